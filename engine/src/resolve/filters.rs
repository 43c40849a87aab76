//! Filters: from the words of the document to tests that are true or false for every row.

use datafusion::scalar::ScalarValue;

use super::answer::Answer;
use super::numbers::{Place, place};
use super::relative::with_nulls;
use super::{Bound, Comparison, OutputType, Predicate, Resolver, Scalar, Test, TextPart, TextSide, dates, wrong};
use crate::error::{Error, Result};
use crate::functions::fold_text;
use crate::model::{ColumnType, CyclicPart, Kind, Level};
use crate::query::{DatetimeLevel, Field, Filter, Leaf, Literal, Operand, Operator, Target};
use crate::time::{Calendar, part_label};

/// What a leaf needs to know besides its two sides.
pub(super) struct LeafRules<'a> {
    pub(super) calendar: &'a Calendar,
    /// Compare text by Unicode simple folding.
    pub(super) folded: bool,
    /// The level at which the left side lives, so that literals are truncated to it.
    pub(super) level: Option<Level>,
}

impl Resolver<'_> {
    /// Filters over rows, ANDed.
    pub(super) fn filters(&mut self, filters: &[Filter], path: &str) -> Result<Predicate> {
        let parts = self.parts(filters, path, None)?;
        Ok(Predicate::all(parts))
    }

    /// Filters over the rows of the answer, ANDed.
    pub(super) fn answer_filters(&mut self, filters: &[Filter], path: &str, answer: &Answer<'_>) -> Result<Predicate> {
        let parts = self.parts(filters, path, Some(answer))?;
        Ok(Predicate::all(parts))
    }

    fn parts(&mut self, filters: &[Filter], path: &str, answer: Option<&Answer<'_>>) -> Result<Vec<Predicate>> {
        filters
            .iter()
            .enumerate()
            .map(|(index, filter)| self.filter(filter, &format!("{path}/{index}"), answer))
            .collect()
    }

    /// One filter.
    pub(super) fn filter(&mut self, filter: &Filter, path: &str, answer: Option<&Answer<'_>>) -> Result<Predicate> {
        match filter {
            Filter::And(parts) => Ok(Predicate::all(self.parts(parts, &format!("{path}/and"), answer)?)),
            Filter::Or(parts) => Ok(Predicate::any(self.parts(parts, &format!("{path}/or"), answer)?)),
            Filter::Not(inner) => Ok(self.filter(inner, &format!("{path}/not"), answer)?.negate()),
            Filter::Leaf(leaf) => self.leaf(leaf, path, answer),
        }
    }

    fn leaf(&mut self, filter: &Leaf, path: &str, answer: Option<&Answer<'_>>) -> Result<Predicate> {
        if filter.context && answer.is_some() {
            return Err(wrong(&format!("{path}/context"), "a filter on the answer cannot be a context filter"));
        }
        if let Target::Hierarchy(members) = &filter.left.reference.target {
            if answer.is_some() {
                let message = "members are tested in `where`; here a dimension has none to test";
                return Err(wrong(&format!("{path}/parameters/0/hierarchy_id"), message));
            }
            return self.member_filter(filter, members, path);
        }
        let left = self.side(&filter.left, &format!("{path}/parameters/0"), answer)?;
        if left.output_type() == OutputType::Node {
            return Err(wrong(&format!("{path}/parameters/0"), "members of a hierarchy are tested in `where`"));
        }
        if filter.operator.is_relative() {
            let null = is_null(&left);
            let test = self.relative(left, filter).map_err(|error| error.within(path))?;
            return Ok(with_nulls(test, null, filter.nulls));
        }
        let is_text = left.output_type() == OutputType::Plain(ColumnType::Text);
        let folded = is_text && !filter.case_sensitive.unwrap_or(self.query.options.case_sensitive);
        let (test, null) = match &filter.right {
            Some(Operand::Field(field)) => {
                let right = self.side(field, &format!("{path}/parameters/1"), answer)?;
                if right.output_type() == OutputType::Node {
                    return Err(wrong(&format!("{path}/parameters/1"), "members of a hierarchy are tested in `where`"));
                }
                let null = Predicate::any([is_null(&left), is_null(&right)]);
                (compare_fields(left, filter.operator, right, folded).map_err(|error| error.within(path))?, null)
            }
            right => {
                let literal = match right {
                    Some(Operand::Literal(literal)) => Some(literal),
                    _ => None,
                };
                let level = match filter.left.level {
                    Some(DatetimeLevel::Bucket(level)) => Some(level),
                    _ => None,
                };
                let null = is_null(&left);
                let calendar = self.calendar.clone();
                let rules = LeafRules { calendar: &calendar, folded, level };
                (leaf(left, filter.operator, literal, &rules).map_err(|error| error.within(path))?, null)
            }
        };
        Ok(with_nulls(test, null, filter.nulls))
    }

    /// One side of a filter: a column, or with an answer one of its columns.
    pub(super) fn side(&mut self, field: &Field, path: &str, answer: Option<&Answer<'_>>) -> Result<Scalar> {
        match (answer, &field.reference.target) {
            (Some(answer), Target::Name(name)) => {
                if field.level.is_some() {
                    return Err(wrong(&format!("{path}/level"), "a name of the query has no level of its own"));
                }
                answer.by_name(name, &format!("{path}/name"))
            }
            (Some(_), Target::Formula(text)) => self.answer_formula(text, field.reference.dataset.as_deref(), path),
            (Some(_), Target::StoredFormula(name)) => self.stored_answer(&field.reference, name, path),
            (Some(answer), Target::Column(_) | Target::Expression(_)) => {
                let (scalar, _) = self.scalar(&field.reference, field.level, path)?;
                answer.by_column(&scalar, path)
            }
            (_, Target::Hierarchy(members)) => self.row_node(&field.reference, members, path),
            (None, _) => Ok(self.scalar(&field.reference, field.level, path)?.0),
        }
    }
}

pub(super) fn is_null(of: &Scalar) -> Predicate {
    Predicate::Test(Test::Null(of.clone()))
}

/// The test of one value against a literal. Errors carry the place inside the filter.
pub(super) fn leaf(
    of: Scalar,
    operator: Operator,
    literal: Option<&Literal>,
    rules: &LeafRules<'_>,
) -> Result<Predicate> {
    use Operator as O;
    let of = dates::unbucketed(of);
    let need = || {
        literal
            .ok_or_else(|| Error::query(format!("`{}` needs a second parameter", operator.as_str())).at("/parameters"))
    };
    let here = |error: Error| error.at("/parameters/1");
    Ok(match operator {
        O::IsNull => is_null(&of),
        O::IsNotNull => is_null(&of).negate(),
        O::IsEmpty | O::IsNotEmpty => {
            text_only(&of, operator)?;
            let empty = Test::OneOf { of: of.clone(), values: vec![text_value("")], folded: false };
            let test = Predicate::any([is_null(&of), Predicate::Test(empty)]);
            if operator == O::IsNotEmpty { test.negate() } else { test }
        }
        O::Equal => equal(&of, need()?, rules).map_err(here)?,
        O::NotEqual => equal(&of, need()?, rules).map_err(here)?.negate(),
        O::Less | O::LessOrEqual | O::Greater | O::GreaterOrEqual => {
            ordered(&of, operator)?;
            compare(&of, operator, need()?, rules).map_err(here)?
        }
        O::Between | O::NotBetween => {
            ordered(&of, operator)?;
            let test = between(&of, need()?, rules).map_err(here)?;
            if operator == O::NotBetween { test.negate() } else { test }
        }
        O::In | O::NotIn => {
            let Literal::List(items) = need()? else {
                return Err(here(Error::query(format!("`{}` needs a list", operator.as_str()))));
            };
            let test = one_of(&of, items, rules)?;
            if operator == O::NotIn { test.negate() } else { test }
        }
        O::Like | O::NotLike => part(of, operator, need()?, TextPart::Anywhere, rules, operator == O::NotLike)?,
        O::StartsWith | O::NotStartsWith => {
            part(of, operator, need()?, TextPart::Start, rules, operator == O::NotStartsWith)?
        }
        O::EndsWith | O::NotEndsWith => part(of, operator, need()?, TextPart::End, rules, operator == O::NotEndsWith)?,
        O::Matches | O::NotMatches => {
            text_only(&of, operator)?;
            let pattern = text_literal(need()?).map_err(here)?.to_owned();
            crate::functions::check_pattern(&pattern).map_err(here)?;
            let test = Predicate::Test(Test::Matches { of, pattern, case_sensitive: !rules.folded });
            if operator == O::NotMatches { test.negate() } else { test }
        }
        _ => return Err(Error::query(format!("`{operator}` cannot be asked here")).at("/expression")),
    })
}

fn name_of(of: &Scalar) -> String {
    match of.column_ref() {
        Some(column) => format!("column `{}`", column.column),
        None => "this column of the answer".to_owned(),
    }
}

fn text_only(of: &Scalar, operator: Operator) -> Result<()> {
    if of.output_type() == OutputType::Plain(ColumnType::Text) {
        return Ok(());
    }
    let held = of.output_type().column_type().name();
    let message = format!("`{}` is for text, but {} is {held}", operator.as_str(), name_of(of));
    Err(Error::query(message).at("/expression"))
}

fn ordered(of: &Scalar, operator: Operator) -> Result<()> {
    if of.output_type().column_type() != ColumnType::Boolean {
        return Ok(());
    }
    let message = format!("`{}` needs values with an order, but {} is boolean", operator.as_str(), name_of(of));
    Err(Error::query(message).at("/expression"))
}

fn text_value(text: &str) -> ScalarValue {
    ScalarValue::Utf8View(Some(text.to_owned()))
}

fn text_literal(literal: &Literal) -> Result<&str> {
    match literal {
        Literal::Text(text) => Ok(text),
        _ => Err(Error::query("a text is needed here")),
    }
}

fn mismatch(of: &Scalar) -> Error {
    let wanted = match of.output_type().column_type().kind() {
        Kind::Numeric => "a number",
        Kind::Datetime => "a date or datetime as text",
        Kind::Hierarchy if of.output_type().column_type() == ColumnType::Boolean => "true or false",
        Kind::Hierarchy => "a text",
    };
    Error::query(format!("{} is compared with {wanted}", name_of(of)))
}

fn null_literal(operator: &str) -> Error {
    Error::query(format!("null cannot be compared by `{operator}`; use `? is null`"))
}

/// Exactly the value, or NULL for a NULL literal.
fn equal(of: &Scalar, literal: &Literal, rules: &LeafRules<'_>) -> Result<Predicate> {
    if *literal == Literal::Null {
        return Ok(is_null(of));
    }
    let column_type = of.output_type().column_type();
    if column_type.kind() == Kind::Datetime {
        return dates::equal(of, literal, rules.level, rules.calendar);
    }
    Ok(match constant(of, literal, rules)? {
        Some(value) => Predicate::Test(Test::OneOf { of: of.clone(), values: vec![value], folded: rules.folded }),
        None => Predicate::Constant(false),
    })
}

fn one_of(of: &Scalar, items: &[Literal], rules: &LeafRules<'_>) -> Result<Predicate> {
    let at = |index: usize| move |error: Error| error.at(format!("/parameters/1/{index}"));
    let null = if items.contains(&Literal::Null) { is_null(of) } else { Predicate::Constant(false) };
    let items = items.iter().enumerate().filter(|(_, item)| **item != Literal::Null);
    if of.output_type().column_type().kind() == Kind::Datetime {
        let ranges = items
            .map(|(index, item)| dates::equal(of, item, rules.level, rules.calendar).map_err(at(index)))
            .collect::<Result<Vec<_>>>()?;
        return Ok(Predicate::any(ranges.into_iter().chain([null])));
    }
    let mut values = Vec::new();
    for (index, item) in items {
        if let Some(value) = constant(of, item, rules).map_err(at(index))?
            && !values.contains(&value)
        {
            values.push(value);
        }
    }
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    if values.is_empty() {
        return Ok(null);
    }
    Ok(Predicate::any([Predicate::Test(Test::OneOf { of: of.clone(), values, folded: rules.folded }), null]))
}

/// The literal as a value of the column; none if the column can never hold it.
fn constant(of: &Scalar, literal: &Literal, rules: &LeafRules<'_>) -> Result<Option<ScalarValue>> {
    let output_type = of.output_type();
    Ok(match (output_type.column_type(), literal) {
        (ColumnType::Text, Literal::Text(text)) if rules.folded => Some(text_value(&fold_text(text))),
        (ColumnType::Text, Literal::Text(text)) => Some(text_value(text)),
        (ColumnType::Boolean, Literal::Boolean(value)) => Some(ScalarValue::Boolean(Some(*value))),
        (ColumnType::Boolean, Literal::Text(text)) if text == "true" || text == "false" => {
            Some(ScalarValue::Boolean(Some(text == "true")))
        }
        (_, Literal::Text(text)) if matches!(output_type, OutputType::Cyclic(_)) => {
            let OutputType::Cyclic(part) = output_type else { return Err(mismatch(of)) };
            let number = part_number(part, text, rules).ok_or_else(|| mismatch(of))?;
            Some(ScalarValue::Int64(Some(number)))
        }
        (column_type, literal) => match place(literal, column_type).ok_or_else(|| mismatch(of))? {
            Place::Exact(value) => Some(value),
            Place::Between { .. } => None,
        },
    })
}

/// The number of a month or weekday given by name, in any case.
fn part_number(part: CyclicPart, name: &str, rules: &LeafRules<'_>) -> Option<i64> {
    let label = |number: i64| part_label(part, number, rules.calendar.week_start(), "en");
    (1..=12).find(|number| label(*number).is_some_and(|label| label.eq_ignore_ascii_case(name)))
}

fn range(of: &Scalar, low: Option<Bound>, high: Option<Bound>, folded: bool) -> Predicate {
    Predicate::Test(Test::Range { of: of.clone(), low, high, folded })
}

fn compare(of: &Scalar, operator: Operator, literal: &Literal, rules: &LeafRules<'_>) -> Result<Predicate> {
    if *literal == Literal::Null {
        return Err(null_literal(operator.as_str()));
    }
    let column_type = of.output_type().column_type();
    if column_type.kind() == Kind::Datetime {
        return dates::compare(of, operator, literal, rules.level, rules.calendar);
    }
    let upper = matches!(operator, Operator::Less | Operator::LessOrEqual);
    let inclusive = matches!(operator, Operator::LessOrEqual | Operator::GreaterOrEqual);
    let bound = match (column_type.kind(), place(literal, column_type)) {
        (Kind::Numeric, Some(Place::Between { below, above })) => {
            // No value lies between the neighbours, so the nearer one is the bound and belongs to the range.
            (if upper { below } else { above }).map(|value| Bound { value, inclusive: true })
        }
        _ => constant(of, literal, rules)?.map(|value| Bound { value, inclusive }),
    };
    Ok(match bound {
        None => Predicate::Constant(false),
        some if upper => range(of, None, some, rules.folded),
        some => range(of, some, None, rules.folded),
    })
}

fn between(of: &Scalar, literal: &Literal, rules: &LeafRules<'_>) -> Result<Predicate> {
    let Literal::List(items) = literal else {
        return Err(Error::query("`? between ?` needs a list of two values"));
    };
    let [low, high] = items.as_slice() else {
        return Err(Error::query("`? between ?` needs a list of two values"));
    };
    if *low == Literal::Null || *high == Literal::Null {
        return Err(null_literal("? between ?"));
    }
    if of.output_type().column_type().kind() == Kind::Datetime {
        return dates::within(of, low, high, rules.level, rules.calendar);
    }
    let low = compare(of, Operator::GreaterOrEqual, low, rules)?;
    let high = compare(of, Operator::LessOrEqual, high, rules)?;
    Ok(Predicate::all([low, high]))
}

fn part(
    of: Scalar,
    operator: Operator,
    literal: &Literal,
    part: TextPart,
    rules: &LeafRules<'_>,
    negated: bool,
) -> Result<Predicate> {
    text_only(&of, operator)?;
    if *literal == Literal::Null {
        return Err(null_literal(operator.as_str()).at("/parameters/1"));
    }
    let text = text_literal(literal).map_err(|error| error.at("/parameters/1"))?;
    let text = TextSide::Literal(if rules.folded { fold_text(text) } else { text.to_owned() });
    let test = Predicate::Test(Test::Text { of, part, text, folded: rules.folded });
    Ok(if negated { test.negate() } else { test })
}

/// A test of two columns. Errors carry the place inside the filter.
fn compare_fields(left: Scalar, operator: Operator, right: Scalar, folded: bool) -> Result<Predicate> {
    use Operator as O;
    let text = |part, negated| {
        text_only(&left, operator)?;
        text_only(&right, operator)?;
        let text = TextSide::Of(right.clone());
        let test = Predicate::Test(Test::Text { of: left.clone(), part, text, folded });
        Ok(if negated { test.negate() } else { test })
    };
    let (comparison, negated) = match operator {
        O::Equal => (Comparison::Equal, false),
        O::NotEqual => (Comparison::Equal, true),
        O::Less => (Comparison::Less, false),
        O::LessOrEqual => (Comparison::LessOrEqual, false),
        O::Greater => (Comparison::Greater, false),
        O::GreaterOrEqual => (Comparison::GreaterOrEqual, false),
        O::Like => return text(TextPart::Anywhere, false),
        O::NotLike => return text(TextPart::Anywhere, true),
        O::StartsWith => return text(TextPart::Start, false),
        O::NotStartsWith => return text(TextPart::Start, true),
        O::EndsWith => return text(TextPart::End, false),
        O::NotEndsWith => return text(TextPart::End, true),
        _ => {
            let message = format!("`{}` compares with a literal, not with a column", operator.as_str());
            return Err(Error::query(message).at("/parameters/1"));
        }
    };
    if comparison != Comparison::Equal {
        ordered(&left, operator)?;
    }
    let (a, b) = (left.output_type().column_type(), right.output_type().column_type());
    let comparable = a == b || (a.kind() == Kind::Numeric && b.kind() == Kind::Numeric);
    if !comparable {
        let message = format!(
            "{} is {} and {} is {}, which cannot be compared",
            name_of(&left),
            a.name(),
            name_of(&right),
            b.name()
        );
        return Err(Error::query(message).at("/parameters/1"));
    }
    let test = Predicate::Test(Test::Compare { left, comparison, right, folded });
    Ok(if negated { test.negate() } else { test })
}
