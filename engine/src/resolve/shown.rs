//! The filters of a query as text, for provenance and explain. The query's own literals are shown; a value that a
//! scope gave is shown by the name of its parameter.

use crate::catalog::{DatasetEntry, FilterValue};
use crate::query::{Field, Filter, Leaf, Literal, Member, Operand, Operator, Target};
use crate::scope::{Decision, Scope};

/// The filters of the document, one text for each.
pub(crate) fn asked(filters: &[Filter]) -> Vec<String> {
    filters.iter().map(shown).collect()
}

/// The filters that a dataset adds under a scope.
pub(crate) fn added(dataset: &DatasetEntry, scope: &Scope) -> Vec<String> {
    let applies = |value: &Option<FilterValue>| match value {
        Some(FilterValue::Parameter { parameter, .. }) => {
            let name = parameter.strip_prefix("metadata.").unwrap_or(parameter);
            !scope.is_unrestricted() && scope.decision(name) != Some(&Decision::Clear)
        }
        _ => true,
    };
    let filters = dataset.filters.iter().filter(|filter| applies(&filter.value));
    filters
        .map(|filter| {
            let right = match &filter.value {
                Some(FilterValue::Parameter { parameter, .. }) => {
                    Some(format!("parameter {}", parameter.strip_prefix("metadata.").unwrap_or(parameter)))
                }
                Some(FilterValue::Fixed(literal)) => Some(literal_text(literal)),
                None => None,
            };
            sentence(filter.expression, &format!("{}.{}", dataset.name, filter.column_id), right.as_deref())
        })
        .collect()
}

fn shown(filter: &Filter) -> String {
    let joined = |parts: &[Filter], word: &str| {
        let parts: Vec<String> = parts.iter().map(shown).collect();
        format!("({})", parts.join(&format!(" {word} ")))
    };
    match filter {
        Filter::And(parts) => joined(parts, "and"),
        Filter::Or(parts) => joined(parts, "or"),
        Filter::Not(inner) => format!("not ({})", shown(inner)),
        Filter::Leaf(leaf) => leaf_text(leaf),
    }
}

fn leaf_text(leaf: &Leaf) -> String {
    let right = leaf.right.as_ref().map(|right| match right {
        Operand::Field(field) => field_text(field),
        Operand::Literal(literal) => literal_text(literal),
        Operand::Period { quantity, unit } => format!("{quantity} {}", unit.name()),
        Operand::Members(members) => members_text(members),
    });
    let mut text = sentence(leaf.operator, &field_text(&leaf.left), right.as_deref());
    if leaf.case_sensitive == Some(false) {
        text.push_str(" (any case)");
    }
    text
}

/// The operator with its question marks filled in.
fn sentence(operator: Operator, left: &str, right: Option<&str>) -> String {
    if operator.is_relative() {
        let right = right.map(|right| format!(", {right}")).unwrap_or_default();
        return format!("{operator}({left}{right})");
    }
    let mut sides = [Some(left), right].into_iter().flatten();
    let mut text = String::new();
    for part in operator.as_str().split_inclusive('?') {
        match part.strip_suffix('?') {
            Some(words) => {
                text.push_str(words);
                text.push_str(sides.next().unwrap_or("?"));
            }
            None => text.push_str(part),
        }
    }
    text
}

fn members_text(members: &[Member]) -> String {
    let shown = |member: &Member| match member {
        Member::Id(id) => literal_text(&Literal::Text(id.clone())),
        Member::Path(path) => path.to_string(),
        Member::Own(path) => format!("own rows of {path}"),
        _ => "unassigned".to_owned(),
    };
    let texts: Vec<String> = members.iter().take(20).map(shown).collect();
    let more = members.len().saturating_sub(texts.len());
    let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
    match (texts.as_slice(), more) {
        ([one], 0) => one.clone(),
        _ => format!("[{}{rest}]", texts.join(", ")),
    }
}

fn field_text(field: &Field) -> String {
    let name = match (&field.reference.dataset, &field.reference.target) {
        (Some(dataset), Target::Column(column)) => format!("{dataset}.{column}"),
        (_, Target::Column(name) | Target::Name(name)) => name.clone(),
        (_, Target::Formula(text) | Target::Expression(text)) => format!("({text})"),
        (_, Target::StoredFormula(name)) => format!("formula {name}"),
        (_, Target::Hierarchy(members)) => format!("hierarchy {}", members.hierarchy),
    };
    field.level.map_or_else(|| name.clone(), |level| format!("{}({name})", level.name()))
}

fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Null => "null".to_owned(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Integer(value) => value.to_string(),
        Literal::Number(value) => value.to_string(),
        Literal::Decimal(digits) => digits.clone(),
        Literal::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Literal::List(items) => {
            let shown: Vec<String> = items.iter().take(20).map(literal_text).collect();
            let more = items.len().saturating_sub(shown.len());
            let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
            format!("[{}{rest}]", shown.join(", "))
        }
    }
}
