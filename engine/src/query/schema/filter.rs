//! References and filters.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use super::members::Member;
use super::names::{NoneName, NullRuleName, OperatorName, schema};
use super::values::{LevelForm, Period, Scalar};

/// What a reference other than a dimension may say of bins.
#[derive(Debug, JsonSchema)]
pub(super) struct NoDiscretization {
    #[schemars(rename = "type")]
    kind: NoneName,
}

/// A column, a formula, a hierarchy, or something that the query names. Exactly one of `column_id`, `formula`,
/// `formula_id`, `expression`, `hierarchy_id` and `name` is given.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Reference {
    /// A dataset, a link, or a chain of links.
    dataset_id: Option<String>,
    /// A column; `*` stands for all rows, where they are counted.
    column_id: Option<String>,
    /// A formula.
    formula: Option<String>,
    /// A stored formula, by its name or id; in `having`.
    formula_id: Option<String>,
    /// A formula of rows.
    expression: Option<String>,
    /// A hierarchy, whose members are tested; on the left of a filter on rows.
    hierarchy_id: Option<String>,
    /// The name of a column of the answer.
    name: Option<String>,
    /// The level at which a datetime is taken.
    level: Option<LevelForm>,
    discretization: Option<NoDiscretization>,
    unnest: Option<bool>,
}

/// A column by its path, or a reference.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum ColumnForm {
    Path(String),
    Reference(Reference),
}

/// What a test compares with.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Operand {
    Scalar(Scalar),
    List(Vec<Scalar>),
    Reference(Reference),
    Period(Period),
    Member(Member),
    Members(Vec<Member>),
}

/// What is tested and, for most tests, what it is compared with.
#[derive(Debug)]
pub(super) struct Parameters;

impl JsonSchema for Parameters {
    fn schema_name() -> Cow<'static, str> {
        "Parameters".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = [generator.subschema_for::<Reference>(), generator.subschema_for::<Operand>()];
        schema([
            ("type", "array".into()),
            ("prefixItems", items.into_iter().map(Schema::to_value).collect()),
            ("minItems", 1.into()),
            ("maxItems", 2.into()),
        ])
    }
}

/// The words of a test. Letter case and spacing are free.
#[derive(Debug)]
pub(super) struct Expression;

impl JsonSchema for Expression {
    fn schema_name() -> Cow<'static, str> {
        "Expression".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let forms = [OperatorName::json_schema(generator), String::json_schema(generator)];
        schema([("anyOf", forms.into_iter().map(Schema::to_value).collect::<Value>())])
    }
}

/// A test, or exactly one of `and`, `or` and `not`.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Filter {
    expression: Option<Expression>,
    parameters: Option<Parameters>,
    /// What happens to NULL in place of the rule of the test.
    nulls: Option<NullRuleName>,
    /// Whether text is compared with its letter case.
    case_sensitive: Option<bool>,
    /// Whether the test belongs to the context of the whole query.
    context: Option<bool>,
    and: Option<Vec<Self>>,
    or: Option<Vec<Self>>,
    not: Option<Box<Self>>,
}
