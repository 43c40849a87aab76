//! What names stand for: columns of a dataset and of those that links lead to.

use std::collections::{BTreeMap, BTreeSet};

use drillcore::{ColumnType, Description, Engine, Link};
use drillcore_formulas::{Aggregate, AggregateFunction, Names, Reference, ResultType, Type, did_you_mean};

use crate::failure::Outcome;

/// Links followed in a row at most.
const LONGEST_CHAIN: usize = 8;

/// The names that a formula over a dataset may use; over none, there are none.
#[derive(Debug, Default)]
pub(super) struct Known {
    base: Option<String>,
    datasets: BTreeMap<String, Dataset>,
}

#[derive(Debug)]
struct Dataset {
    columns: Vec<(String, Type)>,
    links: Vec<Link>,
}

impl Known {
    /// The names of a dataset of a store.
    pub(super) async fn of(engine: &Engine, base: &str) -> Outcome<Self> {
        // A name that does not exist is told before all others are looked at.
        let described = Dataset::from(Box::pin(engine.describe(base)).await?);
        let mut datasets = BTreeMap::from([(base.to_owned(), described)]);
        for name in Box::pin(engine.datasets()).await? {
            if name != base {
                let described = Dataset::from(Box::pin(engine.describe(&name)).await?);
                datasets.insert(name, described);
            }
        }
        Ok(Self { base: Some(base.to_owned()), datasets })
    }

    /// The dataset that a name before a colon means: the base, a chain of links, a dataset that one shortest chain
    /// leads to, or such a dataset and a chain from there.
    fn dataset(&self, base: &str, name: &str) -> Result<&Dataset, String> {
        let nowhere = || format!("no link leads from dataset `{base}` to `{name}`");
        let reached = self.reached(base, name)?.or_else(|| {
            let (first, rest) = name.split_once('.')?;
            self.by_links(self.reached(base, first).ok()??, rest)
        });
        reached.and_then(|found| self.datasets.get(found)).ok_or_else(nowhere)
    }

    fn reached<'k>(&'k self, base: &'k str, name: &str) -> Result<Option<&'k str>, String> {
        if name == base {
            return Ok(Some(base));
        }
        match self.by_links(base, name) {
            Some(found) => Ok(Some(found)),
            None => self.by_target(base, name),
        }
    }

    fn links(&self, from: &str) -> &[Link] {
        self.datasets.get(from).map_or(&[], |dataset| dataset.links.as_slice())
    }

    fn by_links<'k>(&'k self, base: &'k str, chain: &str) -> Option<&'k str> {
        let mut at = base;
        for (followed, name) in chain.split('.').enumerate() {
            let link = self.links(at).iter().find(|link| link.name == name)?;
            at = link.to.as_str();
            if followed >= LONGEST_CHAIN {
                return None;
            }
        }
        Some(at)
    }

    /// The dataset itself, if links lead to it in one shortest way.
    fn by_target<'k>(&'k self, base: &'k str, target: &str) -> Result<Option<&'k str>, String> {
        let (mut ends, mut seen) = (vec![base], BTreeSet::from([base]));
        for _ in 0..LONGEST_CHAIN {
            let next: Vec<&str> = ends
                .iter()
                .flat_map(|from| self.links(from))
                .map(|link| link.to.as_str())
                .filter(|to| !seen.contains(to))
                .collect();
            let found: Vec<&str> = next.iter().filter(|to| **to == target).copied().collect();
            match found.as_slice() {
                [] => {}
                [only] => return Ok(Some(*only)),
                _ => return Err(format!("several links lead from `{base}` to `{target}`; name one of them")),
            }
            seen.extend(&next);
            ends = next;
        }
        Ok(None)
    }
}

impl From<Description> for Dataset {
    fn from(described: Description) -> Self {
        let typed = described.columns.into_iter().filter_map(|column| Some((column.id, type_of(column.column_type)?)));
        Self { columns: typed.collect(), links: described.links }
    }
}

impl Names for Known {
    type Column = ();
    type Measure = ();

    fn column(&mut self, reference: &Reference) -> Result<((), Type), String> {
        let Some(base) = &self.base else {
            return Err(format!("there is no column `{}`: --dataset names the dataset", reference.name));
        };
        let dataset = self.dataset(base, reference.dataset.as_deref().unwrap_or(base))?;
        let found = dataset.columns.iter().find(|(name, _)| *name == reference.name);
        let (_, value_type) = found.ok_or_else(|| {
            let hint = did_you_mean(&reference.name, dataset.columns.iter().map(|(name, _)| name.as_str()));
            format!("there is no column `{}`{hint}", reference.name)
        })?;
        Ok(((), *value_type))
    }

    fn measure(&mut self, reference: &Reference) -> Result<((), Type), String> {
        Err(format!("`{}` is no measure: there is no query; columns stand inside an aggregate", reference.name))
    }

    fn fixed(&mut self, _: Aggregate<()>) -> Result<(), String> {
        Ok(())
    }

    fn aggregate_type(&self, function: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
        let of = argument.unwrap_or(Type::Integer);
        Ok(match (function, of, function.entry().result) {
            (AggregateFunction::Sum, Type::Integer, _) => Type::Decimal { precision: 38, scale: 0 },
            (AggregateFunction::Sum, Type::Decimal { precision, scale }, _) => {
                Type::Decimal { precision: precision.saturating_add(19).min(76), scale }
            }
            (AggregateFunction::Median, Type::Decimal { precision: precision @ ..76, scale }, _) => {
                Type::Decimal { precision: precision + 1, scale: scale.saturating_add(1) }
            }
            (AggregateFunction::Median, _, _) => Type::Float,
            (_, _, ResultType::Always(value_type)) => value_type,
            _ => of,
        })
    }
}

/// The type of a column in formulas.
fn type_of(column: ColumnType) -> Option<Type> {
    Some(match column {
        ColumnType::Boolean => Type::Boolean,
        ColumnType::Integer => Type::Integer,
        ColumnType::Decimal { precision, scale } => Type::Decimal { precision, scale },
        ColumnType::Float => Type::Float,
        ColumnType::Text => Type::Text,
        ColumnType::Date => Type::Date,
        ColumnType::Datetime => Type::Datetime,
        ColumnType::LocalDatetime => Type::LocalDatetime,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use drillcore::Link;
    use drillcore_formulas::{AggregateFunction, Names, Reference, Span, Type};

    use super::{Dataset, Known};

    /// Flights with two airports and a plane, which has a maker; airports have a country.
    fn flights() -> Known {
        let links = |all: &[(&str, &str, &str)]| -> Vec<Link> {
            all.iter().map(|(name, from, to)| Link::new(*name).from(*from, ["x"]).to(*to, ["y"])).collect()
        };
        let dataset = |columns: &[(&str, Type)], all: &[(&str, &str, &str)]| Dataset {
            columns: columns.iter().map(|(name, value_type)| ((*name).to_owned(), *value_type)).collect(),
            links: links(all),
        };
        let datasets = [
            (
                "flights",
                dataset(
                    &[("distance", Type::Integer), ("carrier", Type::Text)],
                    &[
                        ("origin", "flights", "airports"),
                        ("dest", "flights", "airports"),
                        ("plane", "flights", "planes"),
                    ],
                ),
            ),
            ("airports", dataset(&[("name", Type::Text)], &[("country", "airports", "countries")])),
            ("planes", dataset(&[("seats", Type::Integer)], &[("maker", "planes", "makers")])),
            ("makers", dataset(&[("founded", Type::Date)], &[])),
            ("countries", dataset(&[("code", Type::Text)], &[])),
            ("islands", dataset(&[("area", Type::Float)], &[])),
        ];
        Known {
            base: Some("flights".to_owned()),
            datasets: datasets.into_iter().map(|(name, dataset)| (name.to_owned(), dataset)).collect(),
        }
    }

    #[track_caller]
    fn check(dataset: Option<&str>, name: &str, expected: Result<Type, &str>) {
        let reference = Reference { dataset: dataset.map(str::to_owned), name: name.to_owned(), span: Span::at(0) };
        let found = flights().column(&reference).map(|((), value_type)| value_type);
        assert_eq!(found, expected.map_err(str::to_owned), "{dataset:?} {name}");
    }

    #[test]
    fn columns_are_found_as_in_a_query() {
        check(None, "distance", Ok(Type::Integer));
        check(Some("flights"), "distance", Ok(Type::Integer));
        check(Some("origin"), "name", Ok(Type::Text));
        check(Some("origin.country"), "code", Ok(Type::Text));
        check(Some("planes"), "seats", Ok(Type::Integer));
        check(Some("makers"), "founded", Ok(Type::Date));
        check(Some("planes.maker"), "founded", Ok(Type::Date));
        check(Some("flights.plane"), "seats", Ok(Type::Integer));
    }

    #[test]
    fn what_is_not_found_is_told() {
        check(None, "distence", Err("there is no column `distence`; did you mean `distance`?"));
        check(Some("plane"), "wings", Err("there is no column `wings`"));
        check(Some("islands"), "area", Err("no link leads from dataset `flights` to `islands`"));
        check(Some("plane.pilot"), "age", Err("no link leads from dataset `flights` to `plane.pilot`"));
        check(Some("airports"), "name", Err("several links lead from `flights` to `airports`; name one of them"));
        let reference = Reference { dataset: None, name: "x".to_owned(), span: Span::at(0) };
        let refused = Known::default().column(&reference).unwrap_err();
        assert_eq!(refused, "there is no column `x`: --dataset names the dataset");
    }

    #[test]
    fn sums_have_room() {
        let known = Known::default();
        let decimal = |precision, scale| Type::Decimal { precision, scale };
        for (function, of, expected) in [
            (AggregateFunction::Sum, Some(Type::Integer), decimal(38, 0)),
            (AggregateFunction::Sum, Some(decimal(10, 2)), decimal(29, 2)),
            (AggregateFunction::Sum, Some(Type::Float), Type::Float),
            (AggregateFunction::Median, Some(decimal(10, 2)), decimal(11, 3)),
            (AggregateFunction::Median, Some(Type::Integer), Type::Float),
            (AggregateFunction::Max, Some(Type::Date), Type::Date),
            (AggregateFunction::Average, Some(Type::Integer), Type::Float),
            (AggregateFunction::CountRows, None, Type::Integer),
        ] {
            assert_eq!(known.aggregate_type(function, of), Ok(expected), "{}", function.name());
        }
    }
}
