//! A query as the JSON document that the engine reads.

mod formula;
mod literal;
mod measures;
mod steps;

use serde_json::{Map, Value, json};

use crate::ground::Ground;
use crate::spec::{At, Bins, Bucket, Dimension, Filter, Having, Key, Leaf, Operator, Output, Right, Spec};
use crate::world::World;

use literal::{instant, literal, number, pattern};

/// The document of a query. Its dimensions are called `d0`, `d1`, .., its measures `m0`, `m1`, .., its windows `w0`,
/// `w1`, ..
#[must_use]
pub fn document(world: &World, spec: &Spec) -> Value {
    Document { ground: Ground::new(world, spec), spec }.query()
}

/// The document of a query that gives one column of all rows that pass some filters, in its own order.
#[must_use]
pub fn rows_of(world: &World, filters: &[Filter], column: At, template: &Spec) -> Value {
    let document = Document { ground: Ground::new(world, template), spec: template };
    let mut options = document.options();
    options.insert("rollup_data".into(), false.into());
    json!({
        "dataset_id": world.tables[0].name,
        "derived": document.derived(),
        "dimensions": [named(document.column(column), "key")],
        "where": filters.iter().map(|filter| document.filter(filter)).collect::<Vec<_>>(),
        "order": [{"by": "key"}],
        "options": options,
    })
}

/// The names of the cells of an answer: measures, comparisons, windows.
#[must_use]
pub fn cell_names(spec: &Spec) -> Vec<String> {
    let mut names: Vec<String> = (0..spec.measures.len()).map(|index| format!("m{index}")).collect();
    if let Some(compare) = &spec.compare {
        for measure in &compare.measures {
            names.extend(["previous", "change", "change_ratio"].map(|suffix| format!("m{measure}_{suffix}")));
        }
    }
    names.extend((0..spec.windows.len()).map(|index| format!("w{index}")));
    names
}

struct Document<'a> {
    ground: Ground<'a>,
    spec: &'a Spec,
}

fn named(mut reference: Map<String, Value>, name: &str) -> Map<String, Value> {
    reference.insert("as".into(), name.into());
    reference
}

impl Document<'_> {
    fn query(&self) -> Value {
        let spec = self.spec;
        let mut query = Map::new();
        if spec.base_at_query || !self.names_base() {
            query.insert("dataset_id".into(), self.ground.world.tables[0].name.clone().into());
        }
        let mut list = |name: &str, items: Vec<Value>| {
            if !items.is_empty() {
                query.insert(name.to_owned(), items.into());
            }
        };
        list("derived", self.derived());
        let dimensions = spec.dimensions.iter().enumerate();
        list("dimensions", dimensions.map(|(index, dimension)| self.dimension(dimension, index)).collect());
        let measures = spec.measures.iter().enumerate();
        list("measures", measures.map(|(index, measure)| self.measure(measure, index)).collect());
        list("where", spec.filter.iter().map(|filter| self.filter(filter)).collect());
        list("having", spec.having.iter().map(|having| self.having(having)).collect());
        let windows = spec.windows.iter().enumerate();
        list("window", windows.map(|(index, window)| self.window(window, index)).collect());
        list("post", spec.post.iter().map(|having| self.having(having)).collect());
        list("order", spec.order.iter().map(|key| self.key(key)).collect());
        if let Some(compare) = &spec.compare {
            query.insert("compare".into(), self.compare(compare));
        }
        if let Some(top) = &spec.top {
            query.insert("top".into(), steps::top(top));
        }
        if let Some(totals) = &spec.totals {
            query.insert("totals".into(), steps::totals(totals));
        }
        if !spec.pivot.is_empty() {
            let columns = steps::dimension_names(&spec.pivot);
            query.insert("pivot".into(), json!({"columns": columns, "max_columns": 10_000}));
        }
        if let Some((rows, skipped)) = spec.limit {
            query.insert("limit".into(), json!({"by": rows, "offset": skipped}));
        }
        query.insert("options".into(), self.options().into());
        query.into()
    }

    /// Whether some column of the base stands in the query, by which the engine can tell where to start.
    fn names_base(&self) -> bool {
        let spec = self.spec;
        spec.dimensions.iter().any(|dimension| dimension.at.path == 0)
            || spec.measures.iter().any(|measure| measure.at.is_some_and(|at| at.path == 0))
    }

    fn options(&self) -> Map<String, Value> {
        const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let options = &self.spec.options;
        let mut object = Map::new();
        if let Some(zone) = options.zone {
            object.insert("timezone_id".into(), zone.name().into());
        }
        if let Some(days) = options.week_start {
            object.insert("week_start".into(), DAYS[days as usize].into());
        }
        if let Some(month) = options.fiscal {
            object.insert("fiscal_year_start".into(), month.into());
        }
        if let Some(sensitive) = options.case_sensitive {
            object.insert("case_sensitive".into(), sensitive.into());
        }
        if let Some(now) = options.now {
            object.insert("as_of".into(), instant(now, 0).into());
        }
        if self.spec.rows_mode {
            object.insert("rollup_data".into(), false.into());
        }
        if self.spec.total_rows {
            object.insert("total_rows".into(), true.into());
        }
        if self.spec.is_approximate() && !self.spec.rows_mode {
            object.insert("exact".into(), false.into());
        }
        object
    }

    fn derived(&self) -> Vec<Value> {
        let one = |derived: &crate::spec::Derived| json!({"as": derived.column.id, "expression": self.formula(&derived.formula)});
        self.spec.derived.iter().map(one).collect()
    }

    fn column(&self, at: At) -> Map<String, Value> {
        let mut object = Map::new();
        if at.path != 0 || !self.spec.base_at_query {
            object.insert("dataset_id".into(), self.ground.world.paths[at.path].reference.clone().into());
        }
        object.insert("column_id".into(), self.ground.column(at).id.clone().into());
        object
    }

    fn at_level(&self, at: At, bucket: Option<Bucket>) -> Map<String, Value> {
        let mut object = self.column(at);
        match bucket {
            None => {}
            Some(Bucket::Level { level, named: true }) => drop(object.insert("level".into(), level.name().into())),
            Some(Bucket::Level { level, named: false }) => drop(object.insert("level".into(), level.0.into())),
            Some(Bucket::Part(part)) => drop(object.insert("level".into(), part.name().into())),
        }
        object
    }

    fn dimension(&self, dimension: &Dimension, index: usize) -> Value {
        let mut object = self.at_level(dimension.at, dimension.bucket);
        if let Some(bins) = &dimension.bins {
            let form = match bins {
                Bins::Width { size, origin: None } => json!({"type": "linear", "size": number(*size)}),
                Bins::Width { size, origin: Some(origin) } => {
                    json!({"type": "linear", "size": number(*size), "origin": number(*origin)})
                }
                Bins::Count(bins) => json!({"type": "linear", "bins": bins}),
                Bins::Edges(edges) => {
                    json!({"type": "custom", "edges": edges.iter().map(|edge| number(*edge)).collect::<Vec<_>>()})
                }
                Bins::Groups { groups, rest } => {
                    let groups: Vec<Value> =
                        groups.iter().map(|(name, members)| json!({"name": name, "in": members})).collect();
                    match rest {
                        Some(rest) => json!({"type": "groups", "groups": groups, "rest": rest}),
                        None => json!({"type": "groups", "groups": groups}),
                    }
                }
            };
            object.insert("discretization".into(), form);
        }
        if dimension.gaps {
            object.insert("include_nonoccurring".into(), true.into());
        }
        named(object, &format!("d{index}")).into()
    }

    fn filter(&self, filter: &Filter) -> Value {
        let all = |parts: &[Filter]| parts.iter().map(|part| self.filter(part)).collect::<Vec<_>>();
        match filter {
            Filter::Leaf(leaf) => self.leaf(leaf).into(),
            Filter::And(parts) => json!({"and": all(parts)}),
            Filter::Or(parts) => json!({"or": all(parts)}),
            Filter::Not(inner) => json!({"not": self.filter(inner)}),
            Filter::Context(leaf) => {
                let mut object = self.leaf(leaf);
                object.insert("context".into(), true.into());
                object.into()
            }
        }
    }

    fn leaf(&self, leaf: &Leaf) -> Map<String, Value> {
        let mut object = self.test(self.at_level(leaf.at, leaf.bucket).into(), leaf.operator, &leaf.right);
        if let Some(nulls) = leaf.nulls {
            object.insert("nulls".into(), nulls.name().into());
        }
        if let Some(sensitive) = leaf.case_sensitive {
            object.insert("case_sensitive".into(), sensitive.into());
        }
        object
    }

    fn having(&self, having: &Having) -> Value {
        match having {
            Having::Leaf { cell, operator, right } => {
                self.test(json!({"name": cell_names(self.spec)[*cell]}), *operator, right).into()
            }
            Having::Or(parts) => json!({"or": parts.iter().map(|part| self.having(part)).collect::<Vec<_>>()}),
            Having::Not(inner) => json!({"not": self.having(inner)}),
        }
    }

    fn test(&self, left: Value, operator: Operator, right: &Right) -> Map<String, Value> {
        let mut parameters = vec![left];
        match right {
            Right::Nothing => {}
            Right::Literal(value) => parameters.push(literal(value)),
            Right::Ends(low, high) => parameters.push(json!([literal(low), literal(high)])),
            Right::List(items) => parameters.push(items.iter().map(literal).collect()),
            Right::Pattern(value) => parameters.push(pattern(value).into()),
            Right::Column(at) => parameters.push(self.column(*at).into()),
            Right::Period { quantity, unit, named } => {
                let mut period = Map::new();
                if let Some(quantity) = quantity {
                    period.insert("quantity".into(), (*quantity).into());
                }
                let unit: Value = if *named { unit.name().into() } else { unit.0.into() };
                period.insert("unit".into(), unit);
                parameters.push(period.into());
            }
        }
        let mut object = Map::new();
        object.insert("expression".into(), operator.text().into());
        object.insert("parameters".into(), parameters.into());
        object
    }

    fn key(&self, key: &Key) -> Value {
        let name = match key.of {
            Output::Dimension(index) => format!("d{index}"),
            Output::Cell(index) => cell_names(self.spec)[index].clone(),
        };
        let mut object = Map::from_iter([("by".to_owned(), Value::from(name))]);
        if key.descending {
            object.insert("order".into(), "desc".into());
        }
        if key.nulls_first {
            object.insert("nulls".into(), "first".into());
        }
        if key.tiered {
            object.insert("tiered".into(), true.into());
        }
        object.into()
    }
}
