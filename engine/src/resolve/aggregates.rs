//! From the aggregation of a measure to the aggregates it is made of.

use drillcore_formulas::{AggregateFunction, Constant, Node, Typed};

use super::base::list;
use super::filters::is_null;
use super::{Call, Cumulative, Grain, Latest, Part, Predicate, Resolver, Scalar, wrong};
use crate::error::{Error, Result};
use crate::functions::{HistogramBins, Share};
use crate::model::{Aggregation, Column, ColumnType, Kind, formula_type};
use crate::query::{self, AggregationSettings, Literal, PercentileKind, Pick, Reference, Target};

/// Values that a list of texts holds unless a query says otherwise.
const DEFAULT_LIST_LENGTH: u64 = 1_000;

/// What an aggregation is made of: one aggregate, or two that are divided.
pub(super) enum Made {
    One(Call),
    Rate,
    WeightedAverage,
}

impl Made {
    /// Whether a value of a type can be aggregated so.
    pub(super) fn check_type(&self, of: Option<ColumnType>) -> Result<(), String> {
        let Some(of) = of else { return Ok(()) };
        let any = match self {
            Self::One(call) => {
                matches!(
                    call,
                    Call::CountRows
                        | Call::CountValues
                        | Call::CountDistinct
                        | Call::Min
                        | Call::Max
                        | Call::Mode
                        | Call::First
                        | Call::Last
                        | Call::ApproxDistinct
                ) || matches!(call, Call::StringList { .. }) && of == ColumnType::Text
            }
            _ => false,
        };
        if any || of.kind() == Kind::Numeric { Ok(()) } else { Err(format!("{} is no number", of.name())) }
    }

    /// The one aggregate; that of a sum where there are two.
    pub(super) fn simple(&self) -> Call {
        match self {
            Self::One(call) => call.clone(),
            Self::Rate | Self::WeightedAverage => Call::Sum,
        }
    }
}

/// What a function of a formula is made of. Without parameters it has the right type only.
pub(super) fn call_of(function: AggregateFunction, parameters: &[Constant]) -> Result<Made, String> {
    use AggregateFunction as F;
    let share = || match parameters.first() {
        Some(Constant::Float(bits)) => Share::parse(&f64::from_bits(*bits).to_string())
            .ok_or_else(|| format!("the share of {} has at most 9 digits behind the point", function.name())),
        _ => Ok(Share::default()),
    };
    Ok(Made::One(match function {
        F::Sum => Call::Sum,
        F::Average => Call::Average,
        F::Median => Call::Median,
        F::Percentile => Call::Percentile { share: share()?, kind: PercentileKind::Continuous },
        F::PercentileDiscrete => Call::Percentile { share: share()?, kind: PercentileKind::Discrete },
        F::CountValues => Call::CountValues,
        F::CountRows => Call::CountRows,
        F::CountDistinct => Call::CountDistinct,
        F::Min => Call::Min,
        F::Max => Call::Max,
        F::Stddev => Call::Stddev,
        F::Variance => Call::Variance,
        F::StddevPop => Call::StddevPop,
        F::VariancePop => Call::VariancePop,
        F::Correlation => Call::Correlation,
        F::Covariance => Call::Covariance,
        F::CovariancePop => Call::CovariancePop,
        F::Mode => Call::Mode,
        F::First => Call::First,
        F::Last => Call::Last,
        F::Rate => return Ok(Made::Rate),
        F::WeightedAverage => return Ok(Made::WeightedAverage),
        F::StringList => Call::StringList {
            separator: match parameters.first() {
                Some(Constant::Text(separator)) => separator.clone(),
                _ => ", ".to_owned(),
            },
            distinct: true,
            descending: false,
            max: DEFAULT_LIST_LENGTH,
        },
        F::ApproxCountDistinct => Call::ApproxDistinct,
        F::ApproxPercentile => Call::ApproxPercentile(share()?),
    }))
}

/// The type of an aggregate over values of a type.
pub(super) fn part_type(call: &Call, of: Option<ColumnType>) -> ColumnType {
    let of = of.unwrap_or(ColumnType::Integer);
    match call {
        Call::CountRows | Call::CountValues | Call::CountDistinct | Call::ApproxDistinct => ColumnType::Integer,
        Call::Sum => match of {
            ColumnType::Integer => ColumnType::Decimal { precision: 38, scale: 0 },
            ColumnType::Decimal { precision, scale } => {
                ColumnType::Decimal { precision: precision.saturating_add(19).min(76), scale }
            }
            other => other,
        },
        Call::Median => match of {
            ColumnType::Decimal { precision, scale } if precision < 76 => {
                ColumnType::Decimal { precision: precision + 1, scale: scale + 1 }
            }
            _ => ColumnType::Float,
        },
        Call::Average
        | Call::Stddev
        | Call::Variance
        | Call::StddevPop
        | Call::VariancePop
        | Call::Correlation
        | Call::Covariance
        | Call::CovariancePop
        | Call::ApproxPercentile(_)
        | Call::Percentile { kind: PercentileKind::Continuous, .. } => ColumnType::Float,
        Call::Min
        | Call::Max
        | Call::Mode
        | Call::First
        | Call::Last
        | Call::Percentile { kind: PercentileKind::Discrete, .. } => of,
        Call::StringList { .. } | Call::Histogram(_) => ColumnType::Text,
    }
}

impl Resolver<'_> {
    /// The place of an aggregate; equal ones are computed once.
    pub(super) fn part(&mut self, part: Part) -> Scalar {
        let column_type = part.column_type;
        let index = self.parts.iter().position(|known| *known == part).unwrap_or_else(|| {
            self.parts.push(part);
            self.parts.len() - 1
        });
        Scalar::Part { index, column_type }
    }

    /// An aggregate over values, as a value of the group.
    pub(super) fn aggregate(
        &mut self,
        made: Made,
        of: Option<Scalar>,
        second: Option<Scalar>,
        filter: Predicate,
    ) -> Result<Scalar> {
        self.aggregate_over(made, of, second, filter, &Grain::Row)
    }

    /// The same over other groups.
    pub(super) fn aggregate_over(
        &mut self,
        made: Made,
        of: Option<Scalar>,
        second: Option<Scalar>,
        filter: Predicate,
        grain: &Grain,
    ) -> Result<Scalar> {
        let plain = |call: Call, of: Option<Scalar>, by: Option<Scalar>, filter: Predicate| {
            let column_type = part_type(&call, of.as_ref().map(|of| of.output_type().column_type()));
            Part { call, of, by, filter, latest: None, cumulative: None, grain: grain.clone(), column_type }
        };
        let missing = || Error::internal("an aggregate has no second value");
        match made {
            Made::One(Call::CountRows) => Ok(self.part(plain(Call::CountRows, None, None, filter))),
            Made::One(call) => Ok(self.part(plain(call, of, second, filter))),
            Made::Rate => {
                let dividend = self.part(plain(Call::Sum, of, None, filter.clone()));
                let divisor = self.part(plain(Call::Sum, second, None, filter));
                Self::compose("{a} / {b}", &[("a", &dividend), ("b", &divisor)])
            }
            Made::WeightedAverage => {
                let value = of.ok_or_else(missing)?;
                let weight = second.ok_or_else(missing)?;
                let product =
                    Self::compose("{x} * {w}", &[("x", &without_overflow(&value)), ("w", &without_overflow(&weight))])?;
                let both = Predicate::all([filter, is_null(&value).negate(), is_null(&weight).negate()]);
                let products = self.part(plain(Call::Sum, Some(product), None, both.clone()));
                let weights = self.part(plain(Call::Sum, Some(weight), None, both));
                Self::compose("{a} / {b}", &[("a", &products), ("b", &weights)])
            }
        }
    }

    /// The value of a measure that is an aggregation of a column.
    pub(super) fn aggregation(
        &mut self,
        aggregation: Aggregation,
        asked: &query::Measure,
        of: (Scalar, &Column),
        filter: Predicate,
        path: &str,
    ) -> Result<Scalar> {
        let settings = &asked.settings;
        let path = format!("{path}/aggregation");
        let (value, column) = of;
        let held = value.output_type().column_type();
        if !aggregation.applies_to(held.kind()) || (aggregation == Aggregation::StringList && held != ColumnType::Text)
        {
            let allowed = Aggregation::ALL.into_iter().filter(|a| a.applies_to(held.kind())).map(Aggregation::as_str);
            let message = format!(
                "column `{}` is {} and cannot be aggregated by `{}`; it takes {}",
                column.id,
                held.kind().as_str(),
                aggregation.as_str(),
                list(allowed)
            );
            return Err(wrong(&path, message));
        }
        let second = self.second(aggregation, settings, &path)?;
        let made = self.made(aggregation, settings, &value, &path)?;
        let latest = self.latest(settings, &path)?;
        let cumulative = self.cumulative(settings, &path)?;
        if latest.is_none() && cumulative.is_none() {
            return self.aggregate(made, Some(value), second, filter);
        }
        let call = made.simple();
        let column_type = part_type(&call, Some(held));
        let grain = Grain::Row;
        Ok(self.part(Part { call, of: Some(value), by: None, filter, latest, cumulative, grain, column_type }))
    }

    fn made(
        &mut self,
        aggregation: Aggregation,
        settings: &AggregationSettings,
        value: &Scalar,
        path: &str,
    ) -> Result<Made> {
        use Aggregation as A;
        Ok(Made::One(match aggregation {
            A::Sum | A::CumulativeSum => Call::Sum,
            A::Average => Call::Average,
            A::Median => Call::Median,
            A::Count => Call::CountRows,
            A::CountValues => Call::CountValues,
            A::DistinctCount => Call::CountDistinct,
            A::Min => Call::Min,
            A::Max => Call::Max,
            A::Stddev => Call::Stddev,
            A::Variance => Call::Variance,
            A::StddevPop => Call::StddevPop,
            A::VariancePop => Call::VariancePop,
            A::Mode => Call::Mode,
            A::Percentile => {
                Call::Percentile { share: share(settings, path)?, kind: settings.kind.unwrap_or_default() }
            }
            A::Rate => return Ok(Made::Rate),
            A::WeightedAverage => return Ok(Made::WeightedAverage),
            A::First => Call::First,
            A::Last => Call::Last,
            A::StringList => Call::StringList {
                separator: settings.separator.clone().unwrap_or_else(|| ", ".to_owned()),
                distinct: settings.distinct.unwrap_or_default(),
                descending: settings.descending.unwrap_or_default(),
                max: settings.max.unwrap_or(DEFAULT_LIST_LENGTH),
            },
            A::Histogram => Call::Histogram(self.histogram(settings, value, path)?),
            A::ApproxDistinctCount => Call::ApproxDistinct,
            A::ApproxPercentile => Call::ApproxPercentile(share(settings, path)?),
        }))
    }

    fn histogram(&mut self, settings: &AggregationSettings, value: &Scalar, path: &str) -> Result<HistogramBins> {
        if let Some(size) = &settings.size {
            let size =
                super::numbers::float(size).ok_or_else(|| wrong(&format!("{path}/size"), "expected a number"))?;
            return Ok(HistogramBins::of_width(0.0, size));
        }
        let rows = self.asked.all();
        let ends = self.extent(value, &rows);
        let ends = ends.map(|ends| (super::numbers::as_float(&ends.least), super::numbers::as_float(&ends.greatest)));
        let count = settings.bins.and_then(|bins| u32::try_from(bins).ok()).unwrap_or(1);
        Ok(match ends {
            Some((Some(least), Some(greatest))) => HistogramBins::between(least, greatest, count),
            // No value, or not known yet.
            _ => HistogramBins::between(0.0, 0.0, count),
        })
    }

    /// The second value that some aggregations need.
    fn second(
        &mut self,
        aggregation: Aggregation,
        settings: &AggregationSettings,
        path: &str,
    ) -> Result<Option<Scalar>> {
        let (reference, place) = match aggregation {
            Aggregation::Rate | Aggregation::WeightedAverage => (settings.column.as_ref(), path.to_owned()),
            Aggregation::First | Aggregation::Last => (settings.by.as_ref(), format!("{path}/by")),
            _ => return Ok(None),
        };
        let reference =
            reference.ok_or_else(|| wrong(path, format!("`{}` needs a second column", aggregation.as_str())))?;
        let (scalar, column) = self.value(reference, &place)?;
        if place == path && column.kind() != Kind::Numeric {
            return Err(wrong(&format!("{path}/column_id"), format!("column `{}` is no number", column.id)));
        }
        Ok(Some(scalar))
    }

    pub(super) fn latest(&mut self, settings: &AggregationSettings, path: &str) -> Result<Option<Latest>> {
        let Some(date) = &settings.last_by else { return Ok(None) };
        let date = self.date(date, &format!("{path}/last_by"))?;
        let mut entities = Vec::with_capacity(settings.entity.len());
        for (index, entity) in settings.entity.iter().enumerate() {
            entities.push(self.value(entity, &format!("{path}/entity/{index}"))?.0);
        }
        Ok(Some(Latest { date, entities, per_entity: settings.pick != Some(Pick::LastCommonDate) }))
    }

    pub(super) fn cumulative(&mut self, settings: &AggregationSettings, path: &str) -> Result<Option<Cumulative>> {
        let Some(asked) = &settings.cumulative else { return Ok(None) };
        let path = format!("{path}/cumulative/over");
        // A name means the column of a dimension.
        let over = match &asked.over.target {
            Target::Name(name) => self.dimension_reference(name, &path)?,
            _ => asked.over.clone(),
        };
        let over = self.date(&over, &path)?;
        let Some(found) = self.asked.range_on(&over) else {
            let message = "a range of the date stands inside `or`, `not` or a list, so earlier rows cannot be found";
            return Err(wrong(&path, message));
        };
        let filter = self.asked.without_ranges(&[&over]);
        Ok(Some(Cumulative { over, span: asked.span, filter, base: None, range: found.range }))
    }

    /// The column that a dimension of the query is on.
    fn dimension_reference(&self, name: &str, path: &str) -> Result<Reference> {
        let found = self.query.dimensions.iter().find(|dimension| dimension.name.as_deref() == Some(name));
        found
            .map(|dimension| dimension.reference.clone())
            .ok_or_else(|| wrong(&format!("{path}/name"), format!("the query calls no dimension `{name}`")))
    }

    pub(super) fn date(&mut self, reference: &Reference, path: &str) -> Result<Scalar> {
        let (scalar, column) = self.value(reference, path)?;
        if column.kind() == Kind::Datetime {
            return Ok(scalar);
        }
        Err(wrong(&format!("{path}/column_id"), format!("column `{}` is no date", column.id)))
    }
}

fn share(settings: &AggregationSettings, path: &str) -> Result<Share> {
    let refused = || wrong(&format!("{path}/p"), "expected a number from 0 to 1 with at most 9 decimals");
    let text = match &settings.p {
        Some(Literal::Integer(p)) => p.to_string(),
        Some(Literal::Number(p)) => p.to_string(),
        Some(Literal::Decimal(p)) => p.clone(),
        _ => return Err(refused()),
    };
    Share::parse(&text).ok_or_else(refused)
}

/// An integer as a decimal, so that a product of two has room.
fn without_overflow(of: &Scalar) -> Scalar {
    if of.output_type().column_type() != ColumnType::Integer {
        return of.clone();
    }
    let wide = ColumnType::Decimal { precision: 19, scale: 0 };
    let leaf = Typed { node: Node::Leaf(of.clone()), value_type: formula_type(ColumnType::Integer) };
    Scalar::Computed(std::sync::Arc::new(Typed { node: Node::Convert(Box::new(leaf)), value_type: formula_type(wide) }))
}
