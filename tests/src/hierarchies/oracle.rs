//! The same hierarchies in SQLite: which members a row belongs to is found with recursive queries.

use std::collections::BTreeMap;

use drillcore::HideIf;
use rusqlite::{Connection, Result, params};
use serde_json::{Value, json};

use super::planted::{Planted, Sort};

/// What an answer says of each member, by its kind and path: rows; sum, least and greatest of the amounts; different
/// kinds.
pub type Figures = BTreeMap<String, Value>;

/// The rows that count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// All.
    All,
    /// Those below one of these members.
    Below(Vec<String>),
    /// Those below none of them.
    Beside(Vec<String>),
}

/// A planted world in SQLite. The table `above` has every member that a row belongs to, with its depth.
#[derive(Debug)]
pub struct Oracle {
    db: Connection,
}

impl Oracle {
    /// Loads a world.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn new(planted: &Planted) -> Result<Self> {
        let db = Connection::open_in_memory()?;
        db.execute_batch(
            "CREATE TABLE t (id INTEGER, code TEXT, parent TEXT, c1 TEXT, c2 TEXT, c3 TEXT, kind TEXT, amount INTEGER);
             CREATE TABLE element (id TEXT, parent TEXT, is_category INTEGER);
             CREATE INDEX element_id ON element (id);
             CREATE INDEX element_parent ON element (parent)",
        )?;
        for row in &planted.rows {
            let [c1, c2, c3] = &row.levels;
            db.execute(
                "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                params![row.id, row.code, row.parent, c1, c2, c3, row.kind, row.amount],
            )?;
        }
        for element in &planted.elements {
            db.execute(
                "INSERT INTO element VALUES (?, ?, ?)",
                params![element.id, element.parent, element.is_virtual],
            )?;
        }
        match planted.sort {
            Sort::Tree => db.execute_batch(OF_TREE)?,
            Sort::Parents => {
                db.execute_batch(KEYS)?;
                db.execute_batch(OF_TREE)?;
            }
            Sort::Levels(hide) => db.execute_batch(&of_levels(hide))?,
        }
        db.execute_batch("CREATE INDEX above_row ON above (of_row, depth)")?;
        Ok(Self { db })
    }

    /// All members that rows belong to.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn members(&self) -> Result<Vec<String>> {
        let mut asked = self.db.prepare("SELECT DISTINCT member FROM above ORDER BY member")?;
        let found = asked.query_map([], |row| row.get::<_, String>(0))?;
        found.collect()
    }

    /// How far below the root a member is.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn depth(&self, member: &str) -> Result<usize> {
        let asked = "SELECT max(depth) FROM above WHERE member = ?";
        let depth: i64 = self.db.query_row(asked, [member], |row| row.get(0))?;
        Ok(usize::try_from(depth).unwrap_or_default())
    }

    /// The members of a level; what ends before stands for itself.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn level(&self, level: usize, rows: &Rows) -> Result<Figures> {
        let deepest = "(SELECT max(b.depth) FROM above b WHERE b.of_row = t.id AND b.depth <= ?1)";
        self.figures(&format!("a.depth = {deepest}"), level, rows)
    }

    /// The members down to a depth, all of them.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn expanded(&self, depth: usize, rows: &Rows) -> Result<Figures> {
        self.figures("a.depth <= ?1", depth, rows)
    }

    fn figures(&self, shown: &str, depth: usize, rows: &Rows) -> Result<Figures> {
        let (how, members) = match rows {
            Rows::All => ("NOT EXISTS", Vec::new()),
            Rows::Below(members) => ("EXISTS", members.clone()),
            Rows::Beside(members) => ("NOT EXISTS", members.clone()),
        };
        let members: Vec<String> = members.iter().map(|member| format!("'{}'", member.replace('\'', "''"))).collect();
        let sql = format!(
            "SELECT a.member, count(*), sum(t.amount), min(t.amount), max(t.amount), count(DISTINCT t.kind)
             FROM t JOIN above a ON a.of_row = t.id
             WHERE {shown} AND {how} (SELECT 1 FROM above f WHERE f.of_row = t.id AND f.member IN ({}))
             GROUP BY a.member",
            members.join(", ")
        );
        let mut asked = self.db.prepare(&sql)?;
        let depth = i64::try_from(depth).unwrap_or(i64::MAX);
        let found = asked.query_map([depth], |row| {
            let (n, sum, kinds): (i64, Option<i64>, i64) = (row.get(1)?, row.get(2)?, row.get(5)?);
            let (least, greatest): (Option<i64>, Option<i64>) = (row.get(3)?, row.get(4)?);
            let member: String = row.get(0)?;
            Ok((member, json!([n, sum, least, greatest, kinds])))
        })?;
        found.collect()
    }

    /// Plants a fault: rows of members that have children are taken for rows of the member, without a child of theirs.
    /// Tells whether there are any.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn forget_own_rows(&self) -> Result<bool> {
        self.db.execute("DELETE FROM above WHERE member LIKE 'own %'", []).map(|changed| changed > 0)
    }

    /// Plants a fault: one row with a value is taken for one without.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn misplace_a_row(&self) -> Result<bool> {
        let one = "(SELECT min(of_row) FROM above WHERE depth = 1 AND member <> 'member [null]')";
        let moved = format!("UPDATE above SET member = 'member [null]' WHERE depth = 1 AND of_row = {one}");
        self.db.execute(&moved, []).map(|changed| changed == 1)
    }
}

/// The keys of rows as elements: a parent that is the key itself, or no key, is the root.
const KEYS: &str = "
INSERT INTO element
SELECT code, CASE WHEN parent <> code AND parent IN (SELECT code FROM t WHERE code IS NOT NULL) THEN parent END, 0
FROM t WHERE code IS NOT NULL";

/// From elements to the members above each row.
const OF_TREE: &str = "
CREATE TABLE above AS
WITH RECURSIVE
down (id, is_category, path, depth) AS (
    SELECT id, is_category, json_array(id), 1 FROM element WHERE parent IS NULL
    UNION ALL
    SELECT e.id, e.is_category, json_insert(d.path, '$[#]', e.id), d.depth + 1
    FROM down d JOIN element e ON e.parent = d.id
),
up (leaf, id) AS (
    SELECT id, id FROM element WHERE is_category = 0
    UNION ALL
    SELECT up.leaf, e.parent FROM up JOIN element e ON e.id = up.id WHERE e.parent IS NOT NULL
)
SELECT
    t.id AS of_row,
    CASE d.is_category WHEN 1 THEN 'virtual ' ELSE 'member ' END || d.path AS member,
    d.depth AS depth
FROM t JOIN up ON up.leaf = t.code JOIN down d ON d.id = up.id
UNION ALL
SELECT t.id, 'own ' || d.path, d.depth + 1
FROM t JOIN down d ON d.id = t.code
WHERE d.is_category = 0 AND EXISTS (SELECT 1 FROM element e WHERE e.parent = t.code)
UNION ALL
SELECT t.id, 'unassigned []', 1 FROM t
WHERE t.code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM element e WHERE e.id = t.code AND e.is_category = 0)
UNION ALL
SELECT t.id, 'member ' || json_array(t.code), 2 FROM t
WHERE t.code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM element e WHERE e.id = t.code AND e.is_category = 0)
UNION ALL
SELECT t.id, 'member [null]', 1 FROM t WHERE t.code IS NULL";

/// From the columns of levels to the members above each row: all beginnings of its path.
fn of_levels(hide: HideIf) -> String {
    let step = |before: &str, column: &str| {
        let longer = format!("json_insert({before}, '$[#]', {column})");
        let left_out = match hide {
            HideIf::Never => return longer,
            HideIf::Blank => format!("{column} IS NULL OR {column} = ''"),
            HideIf::EqualsParent => {
                format!("json_array_length({before}) > 0 AND json_extract({before}, '$[#-1]') IS {column}")
            }
        };
        format!("CASE WHEN {left_out} THEN {before} ELSE {longer} END")
    };
    let (first, second, third) = (step("'[]'", "c1"), step("p1", "c2"), step("p2", "c3"));
    format!(
        "CREATE TABLE place AS
         SELECT id AS of_row, {third} AS path FROM (SELECT *, {second} AS p2 FROM (SELECT *, {first} AS p1 FROM t));
         CREATE TABLE above AS
         WITH RECURSIVE up (of_row, path, depth) AS (
             SELECT of_row, path, json_array_length(path) FROM place WHERE path <> '[]'
             UNION ALL
             SELECT of_row, json_remove(path, '$[#-1]'), depth - 1 FROM up WHERE depth > 1
         )
         SELECT of_row, 'member ' || path AS member, depth FROM up
         UNION ALL
         SELECT p.of_row, 'own ' || p.path, json_array_length(p.path) + 1 FROM place p
         WHERE EXISTS (
             SELECT 1 FROM place q
             WHERE json_array_length(q.path) > json_array_length(p.path) AND (
                 p.path = '[]'
                 OR substr(q.path, 1, length(p.path)) = substr(p.path, 1, length(p.path) - 1) || ','
             )
         )"
    )
}
