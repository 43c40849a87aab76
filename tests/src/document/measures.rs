//! Measures of a document.

use serde_json::{Map, Value, json};

use crate::spec::{Aggregation, At, Level, Measure, Span};

use super::{Document, named};

impl Document<'_> {
    pub(super) fn measure(&self, measure: &Measure, index: usize) -> Value {
        let mut object = match (&measure.aggregation, measure.at) {
            (Aggregation::Formula(formula), _) => {
                Map::from_iter([("formula".to_owned(), Value::from(self.formula(formula)))])
            }
            (_, Some(at)) => self.column(at),
            (_, None) => Map::from_iter([("column_id".to_owned(), Value::from("*"))]),
        };
        if !matches!(measure.aggregation, Aggregation::Formula(_)) {
            let fields = self.aggregation(&measure.aggregation);
            let short = fields.len() == 1 && !index.is_multiple_of(2);
            let form = if short { Value::from(measure.aggregation.name()) } else { fields.into() };
            object.insert("aggregation".into(), form);
        }
        if !measure.filter.is_empty() {
            object.insert("where".into(), measure.filter.iter().map(|filter| self.filter(filter)).collect());
        }
        named(object, &format!("m{index}")).into()
    }

    fn aggregation(&self, aggregation: &Aggregation) -> Map<String, Value> {
        let mut fields = Map::new();
        let share = |thousandths: u32| Value::from(f64::from(thousandths) / 1000.0);
        match aggregation {
            Aggregation::Percentile { thousandths, discrete } => {
                fields.insert("p".into(), share(*thousandths));
                if *discrete {
                    fields.insert("kind".into(), "discrete".into());
                } else if thousandths.is_multiple_of(2) {
                    fields.insert("kind".into(), "continuous".into());
                }
            }
            Aggregation::ApproxPercentile { thousandths } => drop(fields.insert("p".into(), share(*thousandths))),
            Aggregation::Rate(other) | Aggregation::WeightedAverage(other) => fields.extend(self.column(*other)),
            Aggregation::First(by) | Aggregation::Last(by) => {
                fields.insert("by".into(), self.column(*by).into());
            }
            Aggregation::StringList { separator, distinct, descending, max } => {
                if let Some(separator) = separator {
                    fields.insert("separator".into(), separator.as_str().into());
                }
                if *distinct {
                    fields.insert("distinct".into(), true.into());
                }
                if *descending {
                    fields.insert("order".into(), "desc".into());
                }
                if let Some(max) = max {
                    fields.insert("max".into(), (*max).into());
                }
            }
            Aggregation::Histogram { size } => drop(fields.insert("size".into(), (*size).into())),
            Aggregation::Latest { date, entities, common, .. } => {
                fields.insert("last_by".into(), self.column(*date).into());
                if !entities.is_empty() {
                    let entities = entities.iter().map(|entity| self.column(*entity).into());
                    fields.insert("entity".into(), entities.collect::<Vec<Value>>().into());
                }
                if *common {
                    fields.insert("pick".into(), "last_common_date".into());
                }
            }
            Aggregation::Cumulative { over, span, .. } => {
                fields.insert("cumulative".into(), self.cumulative(*over, *span));
            }
            _ => {}
        }
        fields.insert("type".into(), aggregation.name().into());
        fields
    }

    fn cumulative(&self, over: At, span: Span) -> Value {
        let mut fields = Map::from_iter([("over".to_owned(), Value::from(self.column(over)))]);
        let unit = |level: Level| Value::from(level.name());
        match span {
            Span::Window { quantity, unit: level } => {
                fields.insert("window".into(), json!({"quantity": quantity, "unit": unit(level)}));
            }
            Span::ToDate(level) => drop(fields.insert("to_date".into(), unit(level))),
            Span::All => drop(fields.insert("all".into(), true.into())),
        }
        fields.into()
    }
}
