//! One query asked of both sides.

use drillcore::ErrorKind;

use crate::compare::{Rules, difference};
use crate::document::{cell_names, document};
use crate::engine_side::Db;
use crate::json::Json;
use crate::oracle::{Answer, MAX_ROWS, Oracle};
use crate::shrink::shrink;
use crate::spec::Spec;
use crate::world::World;

/// The engine, the oracle, and the world that both hold.
#[derive(Debug)]
pub struct Duel {
    /// The world.
    pub world: World,
    /// The engine.
    pub db: Db,
    /// The oracle.
    pub oracle: Oracle,
}

/// An answer on which both agree.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// The rows and the totals as the engine gives them; null if it rightly refused so many rows.
    pub data: Json,
    /// How many rows there are.
    pub rows: usize,
    /// Where the engine read; empty if it rightly refused so many rows.
    pub path: String,
}

impl Duel {
    /// What the oracle answers.
    ///
    /// # Panics
    /// If the oracle's own statement is wrong.
    #[must_use]
    pub fn expect(&self, spec: &Spec) -> Answer {
        let answer = self.oracle.answer(&self.world, spec);
        answer.unwrap_or_else(|error| panic!("{error}\n{}", document(&self.world, spec)))
    }

    /// Asks both; what differs comes back in words.
    ///
    /// # Errors
    /// The first difference, or what the engine refused.
    ///
    /// # Panics
    /// If the oracle's own statement is wrong.
    pub fn ask(&self, spec: &Spec) -> Result<Agreed, String> {
        self.check(spec, &self.expect(spec))
    }

    /// Asks the engine and compares with an answer that is known.
    ///
    /// # Errors
    /// The first difference, or what the engine refused.
    pub fn check(&self, spec: &Spec, expected: &Answer) -> Result<Agreed, String> {
        let text = document(&self.world, spec).to_string();
        let rows = expected.rows.len();
        let answer = match self.db.ask(&text) {
            Ok(answer) => answer,
            Err(error)
                if error.kind() == ErrorKind::LimitExceeded
                    && expected.total_rows.max(rows).max(expected.groups) > MAX_ROWS =>
            {
                return Ok(Agreed { rows, path: String::new(), data: Json::Null });
            }
            Err(error) => return Err(format!("the engine refuses: {error:?}")),
        };
        let written = answer.to_json();
        let parsed = Json::parse(&written).map_err(|at| format!("the answer is no JSON at byte {at}: {written}"))?;
        judge(spec, expected, &parsed)?;
        let part = |name: &str| parsed.get(name).cloned().unwrap_or(Json::Null);
        let data = Json::List(vec![part("data"), part("totals"), part("total_rows")]);
        Ok(Agreed { rows, path: answer.provenance().path.as_str().to_owned(), data })
    }

    /// All that helps with a difference: a smaller query and both answers.
    #[must_use]
    pub fn report(&self, spec: &Spec, difference: &str) -> String {
        let small = shrink(spec, |candidate| self.ask(candidate).is_err());
        let expected = self.expect(&small);
        let engine = self.db.ask(&document(&self.world, &small).to_string());
        let engine = engine.map_or_else(|error| format!("{error:?}"), |answer| answer.to_json());
        let cut = |text: String| text.chars().take(3_000).collect::<String>();
        format!(
            "in {}:\n{difference}\nquery: {}\n\nshrunk: {}\n{}\noracle: {}\nengine: {}\n",
            self.world.name,
            document(&self.world, spec),
            document(&self.world, &small),
            self.ask(&small).err().unwrap_or_default(),
            cut(format!("{:?} {:?}", expected.rows, expected.totals)),
            cut(engine),
        )
    }
}

/// Whether a document is the answer that is expected.
///
/// # Errors
/// The first difference.
pub fn judge(spec: &Spec, expected: &Answer, found: &Json) -> Result<(), String> {
    let rules = Rules { zone: spec.zone(), week_start: spec.options.first_weekday() };
    let items = |json: &Json, name: &str| json.get(name).map_or(&[] as &[Json], Json::items).to_vec();
    names(spec, expected, &items(found, "columns"))?;
    if let Some(difference) = difference(&expected.rows, &items(found, "data"), &expected.shown, rules) {
        return Err(difference);
    }
    if spec.total_rows && found.get("total_rows") != Some(&Json::Number(expected.total_rows.to_string())) {
        return Err(format!("total_rows is {:?} instead of {}", found.get("total_rows"), expected.total_rows));
    }
    let totals = items(found, "totals");
    if totals.len() != expected.totals.len() {
        return Err(format!("{} levels of totals instead of {}", totals.len(), expected.totals.len()));
    }
    for (level, got) in expected.totals.iter().zip(&totals) {
        let rolled_up =
            (0..spec.dimensions.len()).filter(|index| !level.keys.contains(index)).map(|index| 1_u64 << index);
        let id: u64 = rolled_up.sum();
        if got.get("grouping_id") != Some(&Json::Number(id.to_string())) {
            return Err(format!("grouping_id {:?} instead of {id}", got.get("grouping_id")));
        }
        let keys: Vec<Json> = level.keys.iter().map(|key| Json::Text(format!("d{key}"))).collect();
        if items(got, "keys") != keys {
            return Err(format!("totals of {:?} instead of {keys:?}", got.get("keys")));
        }
        if let Some(difference) = difference(&level.rows, &items(got, "data"), &expected.shown, rules) {
            return Err(format!("totals of {:?}: {difference}", level.keys));
        }
    }
    Ok(())
}

fn names(spec: &Spec, expected: &Answer, columns: &[Json]) -> Result<(), String> {
    if columns.len() != expected.shown.len() {
        return Err(format!("{} columns instead of {}", columns.len(), expected.shown.len()));
    }
    if !spec.pivot.is_empty() {
        return Ok(());
    }
    let found: Vec<Option<&Json>> = columns.iter().map(|column| column.get("name")).collect();
    let dimensions = (0..spec.dimensions.len()).map(|index| format!("d{index}"));
    let wanted: Vec<Json> = dimensions.chain(cell_names(spec)).map(Json::Text).collect();
    if found == wanted.iter().map(Some).collect::<Vec<_>>() {
        return Ok(());
    }
    Err(format!("the columns are {found:?} instead of {wanted:?}"))
}
