//! Random worlds: one table, and a hierarchy of any kind over it.

use drillcore::{Element, HideIf, Hierarchy, OwnRows, Visibility};

use super::asking::{numbers, save, table, texts};
use crate::engine_side::Db;
use crate::rng::Rng;

/// What kind of hierarchy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A tree over the codes.
    Tree,
    /// Three columns of text.
    Levels(HideIf),
    /// Codes and the codes of their parents.
    Parents,
}

impl Sort {
    /// All of them.
    pub const EACH: [Self; 5] = [
        Self::Tree,
        Self::Levels(HideIf::Never),
        Self::Levels(HideIf::Blank),
        Self::Levels(HideIf::EqualsParent),
        Self::Parents,
    ];
}

/// A row of the table `t`. What the hierarchy does not stand on is NULL.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Tells rows apart.
    pub id: i64,
    /// The value in a tree, the key of a row with a parent.
    pub code: Option<String>,
    /// The key of the parent.
    pub parent: Option<String>,
    /// The columns `c1`, `c2` and `c3`.
    pub levels: [Option<String>; 3],
    /// Few different values.
    pub kind: Option<String>,
    /// What is added up.
    pub amount: Option<i64>,
}

/// A world with the hierarchy `h`, and the hierarchy `quiet`, which is the same and hides what is generated.
#[derive(Debug)]
pub struct Planted {
    /// The kind of the hierarchy.
    pub sort: Sort,
    /// The rows of `t`.
    pub rows: Vec<Row>,
    /// The elements, where it is a tree.
    pub elements: Vec<Element>,
    /// The engine that holds it.
    pub db: Db,
}

impl Planted {
    /// A random world.
    ///
    /// # Panics
    /// If the engine refuses it.
    #[must_use]
    pub fn new(rng: &mut Rng, sort: Sort) -> Self {
        let elements = if sort == Sort::Tree { elements(rng) } else { Vec::new() };
        let mut rows = match sort {
            Sort::Tree => of_values(rng, &elements),
            Sort::Levels(_) => of_levels(rng),
            Sort::Parents => of_parents(rng),
        };
        for (id, row) in (1..).zip(&mut rows) {
            row.id = id;
            row.kind = rng.pick(&[Some("a"), Some("b"), Some("c"), None]).map(str::to_owned);
            row.amount = (!rng.chance(10)).then(|| rng.between(-20, 60));
        }
        let db = Db::in_memory().expect("an engine");
        let column = |of: fn(&Row) -> Option<&str>| texts(rows.iter().map(of));
        let columns = vec![
            ("id", numbers(rows.iter().map(|row| Some(row.id)))),
            ("code", column(|row| row.code.as_deref())),
            ("parent", column(|row| row.parent.as_deref())),
            ("c1", column(|row| row.levels[0].as_deref())),
            ("c2", column(|row| row.levels[1].as_deref())),
            ("c3", column(|row| row.levels[2].as_deref())),
            ("kind", column(|row| row.kind.as_deref())),
            ("amount", numbers(rows.iter().map(|row| row.amount))),
        ];
        table(&db, "t", columns);
        let definition = |id: &str| match sort {
            Sort::Tree => Hierarchy::tree(id, "t", "code", elements.clone()),
            Sort::Levels(hide) => Hierarchy::levels(id, "t", ["c1", "c2", "c3"]).hide_if(hide),
            Sort::Parents => Hierarchy::parent_child(id, "t", "code", "parent"),
        };
        save(&db, definition("h"));
        save(&db, definition("quiet").unassigned(Visibility::Hidden).own_rows(OwnRows::Hidden));
        Self { sort, rows, elements, db }
    }

    /// A level at which all leaves stand.
    #[must_use]
    pub fn deepest(&self) -> usize {
        if matches!(self.sort, Sort::Levels(_)) { 3 } else { 200 }
    }

    /// Levels that the hierarchy may be asked for, from the top down.
    #[must_use]
    pub fn levels(&self) -> Vec<usize> {
        if matches!(self.sort, Sort::Levels(_)) { vec![1, 2, 3] } else { vec![1, 2, 3, 5, self.deepest()] }
    }

    /// What tells it from others in a message.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{:?} {:?}\n{:?}", self.sort, self.elements, self.rows)
    }
}

/// A tree with categories, whose elements come in any order.
fn elements(rng: &mut Rng) -> Vec<Element> {
    let mut made: Vec<Element> = Vec::new();
    for number in 0..rng.between(3, 24) {
        let is_category = rng.chance(30);
        let element =
            if is_category { Element::group(format!("g{number}")) } else { Element::value(format!("v{number}")) };
        let element = match made.last() {
            Some(last) if rng.chance(75) => {
                let above = if rng.chance(40) { last } else { rng.pick(&made) };
                element.under(above.id.clone())
            }
            _ => element,
        };
        made.push(if rng.chance(30) { element.ordered(rng.between(-2, 2) as f64) } else { element });
    }
    rng.shuffle(&mut made);
    made
}

/// Values with a place and without, also such that are the id of a category. One at the top is left out: a path that is
/// its id alone means the category.
fn of_values(rng: &mut Rng, elements: &[Element]) -> Vec<Row> {
    let is_meant = |element: &&Element| !element.is_virtual || element.parent.is_some();
    let mut values: Vec<Option<String>> =
        elements.iter().filter(is_meant).map(|element| Some(element.id.clone())).collect();
    values.extend((0..3).map(|number| Some(format!("u{number}"))));
    values.push(None);
    (0..rng.between(20, 80)).map(|_| Row { code: rng.pick(&values).clone(), ..Row::default() }).collect()
}

fn of_levels(rng: &mut Rng) -> Vec<Row> {
    let values = [Some("a"), Some("b"), Some("x y"), Some("é"), Some("q\"t"), Some(""), None];
    let few = rng.between(3, 7) as usize;
    let value = |rng: &mut Rng| {
        let place = if rng.chance(70) { rng.below(few) } else { rng.below(values.len()) };
        values[place].map(str::to_owned)
    };
    let count = rng.between(20, 80);
    (0..count).map(|_| Row { levels: [value(rng), value(rng), value(rng)], ..Row::default() }).collect()
}

/// Keys that are there once, below earlier ones or none, in any order. Chains are long.
fn of_parents(rng: &mut Rng) -> Vec<Row> {
    let mut keys: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for number in 0..rng.between(10, 60) {
        let key = format!("k{number}");
        let code = (!rng.chance(6)).then(|| key.clone());
        let parent = match (rng.below(100), keys.last()) {
            (0..12, _) | (_, None) => None,
            (12..18, _) => Some(key.clone()),
            (18..26, _) => Some("gone".to_owned()),
            (26..70, Some(last)) => Some(last.clone()),
            _ => Some(rng.pick(&keys).clone()),
        };
        keys.extend(code.clone());
        rows.push(Row { code, parent, ..Row::default() });
    }
    rng.shuffle(&mut rows);
    rows
}
