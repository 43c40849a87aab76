//! What a dataset offers to walk and to measure.

use drillcore::{Aggregation, Description, Engine, Hierarchy, Kind};

use super::axis::Axis;
use super::measure::Choice;
use crate::failure::{Failure, Outcome};

/// How many links a hierarchy may be away.
const MOST_LINKS: usize = 3;
/// The locale of names where none is asked for.
const USUAL_LOCALE: &str = "en";

/// A dataset with its dimensions and measures. None of it changes on a walk.
#[derive(Debug)]
pub(super) struct World {
    pub(super) dataset: String,
    /// At least one.
    pub(super) axes: Vec<Axis>,
    /// At least the count.
    pub(super) measures: Vec<Choice>,
    pub(super) locale: Option<String>,
    pub(super) timezone: Option<String>,
    /// The dataset and those that links lead to, by the chain of links.
    reached: Vec<(String, Description)>,
}

/// What to start with; the first of all where nothing is named.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted<'a> {
    pub(super) hierarchy: Option<&'a str>,
    pub(super) dimension: Option<&'a str>,
    pub(super) measure: Option<&'a str>,
}

impl World {
    /// What the store knows: hierarchies of the dataset and of those it links to, text and boolean columns, datetimes;
    /// the count of rows, numeric columns, stored formulas.
    pub(super) async fn gather(engine: &Engine, dataset: &str, locale: Option<&str>) -> Outcome<Self> {
        let base = Box::pin(engine.describe(dataset)).await?;
        let reached = Box::pin(reached(engine, &base)).await?;
        let hierarchies = Box::pin(engine.hierarchies()).await?;
        let shown = locale.unwrap_or(USUAL_LOCALE);
        let mut axes = Vec::new();
        for (chain, dataset) in &reached {
            axes.extend(hierarchies_of(dataset, chain, &hierarchies, shown));
        }
        for kind in [Kind::Hierarchy, Kind::Datetime] {
            axes.extend(columns_of(&base, "", shown, kind));
        }
        let measures = measures_of(&base, shown);
        let locale = locale.map(str::to_owned);
        Ok(Self { dataset: base.name, axes, measures, locale, timezone: None, reached })
    }

    /// The places of the dimension and measure to start with. What is not among those offered is added to them.
    pub(super) fn choose(&mut self, wanted: &Wanted<'_>) -> Outcome<(usize, usize)> {
        let axis = match (wanted.hierarchy, wanted.dimension) {
            (Some(id), _) => self.hierarchy(id)?,
            (None, Some(id)) => self.column(id)?,
            (None, None) if self.axes.is_empty() => {
                return Err(Failure::new(format!("`{}` has no hierarchy, text or datetime to walk", self.dataset))
                    .hint("name another column with --dimension COLUMN"));
            }
            (None, None) => 0,
        };
        let measure = match wanted.measure {
            None => 0,
            Some(id) => self.measures.iter().position(|known| known.id == id).unwrap_or_else(|| {
                self.measures.push(Choice::text(id));
                self.measures.len() - 1
            }),
        };
        Ok((axis, measure))
    }

    fn hierarchy(&self, id: &str) -> Outcome<usize> {
        let behind = |axis: &Axis| axis.id.rsplit_once('.').is_some_and(|(_, last)| last == id);
        let places = || self.axes.iter().enumerate().filter(|(_, axis)| axis.is_hierarchy);
        let exact = places().find(|(_, axis)| axis.id == id);
        exact.or_else(|| places().find(|(_, axis)| behind(axis))).map(|(place, _)| place).ok_or_else(|| {
            Failure::usage(format!("neither `{}` nor a dataset it links to has a hierarchy `{id}`", self.dataset))
                .hint("`drillcore hierarchy show` lists the hierarchies of the store")
        })
    }

    fn column(&mut self, id: &str) -> Outcome<usize> {
        let known = self.axes.iter().position(|axis| !axis.is_hierarchy && axis.id == id);
        if let Some(place) = known {
            return Ok(place);
        }
        let shown = self.locale.as_deref().unwrap_or(USUAL_LOCALE);
        let found = self.reached.iter().find_map(|(chain, description)| {
            let is_it = |axis: &Axis| axis.id == id;
            [Kind::Hierarchy, Kind::Datetime, Kind::Numeric]
                .into_iter()
                .find_map(|kind| columns_of(description, chain, shown, kind).into_iter().find(is_it))
        });
        let axis = found.ok_or_else(|| {
            Failure::usage(format!("`{}` has no column `{id}` to walk", self.dataset))
                .hint(format!("`drillcore describe {}` lists its columns and links", self.dataset))
        })?;
        self.axes.push(axis);
        Ok(self.axes.len() - 1)
    }
}

/// The dataset itself, behind no links, and all that links lead to, the nearest first. No chain comes twice to one
/// dataset.
async fn reached(engine: &Engine, base: &Description) -> Outcome<Vec<(String, Description)>> {
    let mut found = vec![(String::new(), base.clone())];
    let mut front = vec![(String::new(), base.clone(), vec![base.name.clone()])];
    for _ in 0..MOST_LINKS {
        let mut next = Vec::new();
        for (chain, from, passed) in front {
            for link in from.links.iter().filter(|link| !passed.contains(&link.to)) {
                let to = Box::pin(engine.describe(&link.to)).await?;
                let chain = if chain.is_empty() { link.name.clone() } else { format!("{chain}.{}", link.name) };
                let passed = passed.iter().chain([&link.to]).cloned().collect();
                found.push((chain.clone(), to.clone()));
                next.push((chain, to, passed));
            }
        }
        front = next;
    }
    Ok(found)
}

fn hierarchies_of(dataset: &Description, chain: &str, hierarchies: &[Hierarchy], locale: &str) -> Vec<Axis> {
    let own = hierarchies.iter().filter(|definition| definition.dataset == dataset.name);
    own.map(|definition| Axis::of_hierarchy(definition, chain, locale)).collect()
}

/// The columns of a kind, those of the source first.
fn columns_of(dataset: &Description, chain: &str, locale: &str, kind: Kind) -> Vec<Axis> {
    let given = dataset.columns.iter().filter(|column| column.kind() == kind);
    let given = given.map(|column| Axis::of_column(column, &dataset.name, chain, locale));
    let derived = dataset.derived.iter().filter_map(|derived| {
        let held = derived.column_type.filter(|held| held.kind() == kind)?;
        let definition = &derived.definition;
        let label = definition.label.get(locale).unwrap_or(&definition.name);
        Some(Axis::of(&definition.name, label, held, &dataset.name, chain))
    });
    given.chain(derived).collect()
}

fn measures_of(base: &Description, locale: &str) -> Vec<Choice> {
    let mut measures = vec![Choice::count()];
    let numeric = base.columns.iter().filter(|column| column.kind() == Kind::Numeric);
    measures.extend(
        numeric.map(|column| Choice::column(&base.name, &column.id, column.label(locale), column.default_aggregation)),
    );
    measures.extend(base.derived.iter().filter_map(|derived| {
        derived.column_type.filter(|held| held.kind() == Kind::Numeric)?;
        let definition = &derived.definition;
        let label = definition.label.get(locale).unwrap_or(&definition.name);
        Some(Choice::column(&base.name, &definition.name, label, Aggregation::Sum))
    }));
    measures.extend(base.formulas.iter().map(|formula| Choice::stored(&formula.name)));
    measures
}
