//! The words of the query language, from the lists that the readers have.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::model::{Aggregation, CyclicPart, Level};
use crate::query::json::{DiscretizationKind, ParameterType, WEEK_STARTS, day_name};
use crate::query::{NullRule, NullsOrder, Operator, PercentileKind, Pick, TotalsOver, WindowFunction, WindowTotal};

/// A schema of some fields.
pub(super) fn schema<const N: usize>(fields: [(&str, Value); N]) -> Schema {
    Schema::from(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

fn one_of(names: impl IntoIterator<Item = &'static str>) -> Schema {
    schema([("type", "string".into()), ("enum", names.into_iter().map(Value::from).collect())])
}

/// A type whose values are words of a list.
macro_rules! words {
    ($($name:ident: $words:expr;)*) => {$(
        #[derive(Debug)]
        pub(super) struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                one_of($words)
            }
        }
    )*};
}

words! {
    AggregationName: Aggregation::ALL.into_iter().map(Aggregation::as_str);
    DayName: WEEK_STARTS.into_iter().map(day_name);
    Direction: ["asc", "desc"];
    DiscretizationType: DiscretizationKind::ALL.into_iter().map(DiscretizationKind::as_str);
    FunctionName: WindowFunction::ALL.into_iter().map(WindowFunction::as_str);
    Get: ["get"];
    LevelName: Level::ALL.into_iter().map(Level::name).chain(CyclicPart::ALL.into_iter().map(CyclicPart::name));
    NullRuleName: NullRule::ALL.into_iter().map(NullRule::as_str);
    NullsName: NullsOrder::ALL.into_iter().map(NullsOrder::as_str);
    NoneName: [DiscretizationKind::None.as_str()];
    OperatorName: Operator::ALL.into_iter().map(Operator::as_str);
    OverName: TotalsOver::ALL.into_iter().map(TotalsOver::as_str);
    ParameterTypeName: ParameterType::ALL.into_iter().map(|(name, _)| name);
    PercentileName: PercentileKind::ALL.into_iter().map(PercentileKind::as_str);
    PickName: Pick::ALL.into_iter().map(Pick::as_str);
    PreviousPeriod: ["previous_period"];
    UnitName: Level::ALL.into_iter().map(Level::name);
    WindowTotalName: WindowTotal::ALL.into_iter().map(WindowTotal::as_str);
}

/// The number of a level.
#[derive(Debug)]
pub(super) struct LevelNumber;

impl JsonSchema for LevelNumber {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "LevelNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema([("type", "integer".into()), ("minimum", 1.into()), ("maximum", Level::ALL.len().into())])
    }
}
