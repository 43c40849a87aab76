//! Queries as canonical JSON: parts with their default value are left out.

use serde_json::{Map, Value};

use super::{aggregations, at, discretizations, members, options, periods, steps, windows};
use crate::model::Aggregation;
use crate::query::operator::Right;
use crate::query::{
    DatetimeLevel, Dimension, Field, Filter, Leaf, Limit, Literal, Measure, NullRule, NullsOrder, Operand, Operator,
    Order, OrderKey, Query, QueryBatch, Reference, Target,
};

/// Sets a field that has a value.
pub(super) fn set(fields: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value.into());
    }
}

/// Sets a list that is not empty.
pub(super) fn set_list<T>(fields: &mut Map<String, Value>, name: &str, items: &[T], write: impl Fn(&T) -> Value) {
    let list = (!items.is_empty()).then(|| items.iter().map(write).collect::<Vec<_>>());
    set(fields, name, list);
}

pub(super) fn set_reference(fields: &mut Map<String, Value>, reference: &Reference, level: Option<DatetimeLevel>) {
    set(fields, "dataset_id", reference.dataset.as_deref());
    let (name, text) = match &reference.target {
        Target::Column(column) => ("column_id", column),
        Target::Name(name) => ("name", name),
        Target::Formula(text) => ("formula", text),
        Target::StoredFormula(name) => ("formula_id", name),
        Target::Expression(text) => ("expression", text),
        Target::Hierarchy(of) => ("hierarchy_id", &of.hierarchy),
    };
    set(fields, name, Some(text.as_str()));
    if let Some(of) = reference.members() {
        members::write_shown(fields, of);
    }
    set(fields, "level", level.map(DatetimeLevel::name));
}

pub(super) fn reference(reference: &Reference) -> Value {
    let mut fields = Map::new();
    set_reference(&mut fields, reference, None);
    fields.into()
}

pub(super) fn direction(descending: bool) -> &'static str {
    if descending { "desc" } else { "asc" }
}

pub(super) fn batch(batch: &QueryBatch) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "queries", Some(batch.queries.iter().map(query).collect::<Vec<_>>()));
    fields.into()
}

pub(super) fn query(query: &Query) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "as", query.name.as_deref());
    set(&mut fields, "dataset_id", query.dataset.as_deref());
    set(&mut fields, "at", query.at.map(at::write));
    set_list(&mut fields, "derived", &query.derived, steps::write_derived);
    set_list(&mut fields, "dimensions", &query.dimensions, dimension);
    set_list(&mut fields, "measures", &query.measures, measure);
    set_list(&mut fields, "where", &query.filters, filter);
    set_list(&mut fields, "having", &query.having, filter);
    set(&mut fields, "compare", query.compare.as_ref().map(steps::write_compare));
    set(&mut fields, "top", query.top.as_ref().map(steps::write_top));
    set_list(&mut fields, "window", &query.windows, windows::write);
    set_list(&mut fields, "post", &query.post, filter);
    set(&mut fields, "totals", query.totals.as_ref().map(steps::write_totals));
    set(&mut fields, "pivot", query.pivot.as_ref().map(steps::write_pivot));
    set_list(&mut fields, "order", &query.order, order);
    set(&mut fields, "limit", query.limit.map(limit));
    let options = options::write(&query.options);
    set(&mut fields, "options", (!options.is_empty()).then_some(options));
    fields.into()
}

fn dimension(dimension: &Dimension) -> Value {
    let mut fields = Map::new();
    set_reference(&mut fields, &dimension.reference, dimension.level);
    set(&mut fields, "discretization", dimension.discretization.as_ref().map(discretizations::write));
    set(&mut fields, "include_nonoccurring", dimension.include_nonoccurring.then_some(true));
    set(&mut fields, "aggregation", dimension.aggregation.map(Aggregation::as_str));
    set(&mut fields, "as", dimension.name.as_deref());
    fields.into()
}

fn measure(measure: &Measure) -> Value {
    let mut fields = Map::new();
    set_reference(&mut fields, &measure.reference, measure.level);
    let aggregation = measure.aggregation.map(|aggregation| aggregations::write(aggregation, &measure.settings));
    set(&mut fields, "aggregation", aggregation);
    set_list(&mut fields, "where", &measure.filters, filter);
    set(&mut fields, "as", measure.name.as_deref());
    fields.into()
}

pub(super) fn order(order: &Order) -> Value {
    let mut fields = Map::new();
    match &order.key {
        OrderKey::By(name) => set(&mut fields, "by", Some(name.as_str())),
        OrderKey::Field { reference, level, aggregation } => {
            set_reference(&mut fields, reference, *level);
            set(&mut fields, "aggregation", aggregation.map(Aggregation::as_str));
        }
    }
    set(&mut fields, "order", Some(direction(order.descending)));
    set(&mut fields, "nulls", order.nulls.map(NullsOrder::as_str));
    set(&mut fields, "tiered", order.tiered.then_some(true));
    let cell = || order.at.iter().map(|(name, member)| (name.clone(), literal(member))).collect::<Map<_, _>>();
    set(&mut fields, "at", (!order.at.is_empty()).then(cell));
    fields.into()
}

fn limit(limit: Limit) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "by", limit.by);
    set(&mut fields, "offset", (limit.offset > 0).then_some(limit.offset));
    fields.into()
}

fn filter(part: &Filter) -> Value {
    let mut fields = Map::new();
    match part {
        Filter::And(parts) => set(&mut fields, "and", Some(parts.iter().map(filter).collect::<Vec<_>>())),
        Filter::Or(parts) => set(&mut fields, "or", Some(parts.iter().map(filter).collect::<Vec<_>>())),
        Filter::Not(inner) => set(&mut fields, "not", Some(filter(inner))),
        Filter::Leaf(test) => return leaf(test),
    }
    fields.into()
}

fn leaf(leaf: &Leaf) -> Value {
    let mut parameters = vec![field(&leaf.left)];
    parameters.extend(leaf.right.as_ref().map(|right| operand(leaf.operator, right)));
    let mut fields = Map::new();
    set(&mut fields, "expression", Some(leaf.operator.as_str()));
    set(&mut fields, "parameters", Some(parameters));
    set(&mut fields, "nulls", leaf.nulls.map(NullRule::as_str));
    set(&mut fields, "case_sensitive", leaf.case_sensitive);
    set(&mut fields, "context", leaf.context.then_some(true));
    fields.into()
}

fn operand(operator: Operator, right: &Operand) -> Value {
    match right {
        Operand::Field(right) => field(right),
        Operand::Literal(value) => literal(value),
        Operand::Period { quantity, unit } => {
            let counted = matches!(operator.right(), Right::Period { counted: true });
            periods::write(counted.then_some(*quantity), *unit)
        }
        Operand::Members(list) => members::write_operand(operator, list),
    }
}

fn field(field: &Field) -> Value {
    let mut fields = Map::new();
    set_reference(&mut fields, &field.reference, field.level);
    fields.into()
}

pub(super) fn literal(value: &Literal) -> Value {
    match value {
        Literal::Null => Value::Null,
        Literal::Boolean(value) => (*value).into(),
        Literal::Integer(value) => (*value).into(),
        Literal::Number(value) => (*value).into(),
        Literal::Decimal(digits) => {
            let mut fields = Map::new();
            set(&mut fields, "decimal", Some(digits.as_str()));
            fields.into()
        }
        Literal::Text(text) => text.as_str().into(),
        Literal::List(values) => values.iter().map(literal).collect(),
    }
}
