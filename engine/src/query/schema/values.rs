//! Values, units, and the parameters that may stand for them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::names::{LevelName, LevelNumber, ParameterTypeName, UnitName, schema};

/// Null, true or false, a number or a text.
#[derive(Debug)]
pub(super) struct Plain;

impl JsonSchema for Plain {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Plain".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema([("type", ["null", "boolean", "number", "string"].into_iter().collect())])
    }
}

/// A number of up to 76 digits, none of which is lost.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Decimal {
    decimal: String,
}

/// The value of a parameter of the query.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ParameterUse {
    /// The name under which it is declared.
    parameter: String,
}

/// A value or a parameter.
#[derive(Debug, JsonSchema)]
#[schemars(untagged, inline)]
pub(super) enum Given<T> {
    Value(T),
    Parameter(ParameterUse),
}

/// One value. Dates and times are texts.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Scalar {
    Plain(Plain),
    Decimal(Decimal),
    Parameter(ParameterUse),
}

/// A number.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Number {
    Plain(f64),
    Decimal(Decimal),
    Parameter(ParameterUse),
}

/// A level of a datetime: from 1 (year) to 9 (millisecond), or a name.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum LevelForm {
    Number(LevelNumber),
    Name(LevelName),
    Parameter(ParameterUse),
}

/// A unit of time: from 1 (year) to 9 (millisecond), or a name.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Unit {
    Number(LevelNumber),
    Name(UnitName),
    Parameter(ParameterUse),
}

/// A length of time.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Period {
    /// How many units; 1 without it.
    quantity: Option<Given<u32>>,
    unit: Unit,
}

/// The declaration of a parameter.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Parameter {
    #[schemars(rename = "type")]
    held: ParameterTypeName,
    /// A `timerange` is written `start~end` and stands for the list of the two.
    value: Option<serde_json::Value>,
    /// What stands in where there is no value.
    default: Option<serde_json::Value>,
}
