//! One test of a value as SQL that is never NULL.

use super::columns::Writer;
use super::literals::{cast, day, moment, plain, text};
use crate::oracle::calendar::Kind;
use crate::shown::Shown;
use crate::spec::{Having, Level, Literal, Nulls, Operator, Pattern, Right};

/// The left side of a test.
pub(super) struct Operand {
    pub(super) sql: String,
    pub(super) shown: Shown,
    /// The level of a bucket.
    pub(super) level: Option<Level>,
    /// How it stands in time, if it does.
    pub(super) kind: Kind,
    /// Whether text is compared without case.
    pub(super) folded: bool,
}

impl Operand {
    /// A text as it is compared.
    fn fold(&self, text: &str) -> String {
        if self.folded { format!("fold({text})") } else { text.to_owned() }
    }
}

/// A test that takes unknown as false.
pub(super) fn known(test: &str) -> String {
    format!("COALESCE({test}, FALSE)")
}

/// A test under a rule for NULL.
pub(super) fn ruled(test: String, null: String, nulls: Option<Nulls>) -> String {
    match nulls {
        None => test,
        Some(Nulls::Include) => format!("({null} OR {test})"),
        Some(Nulls::Exclude) => format!("((NOT {null}) AND {test})"),
        Some(Nulls::Only) => null,
    }
}

/// The expression without its negation.
fn positive(operator: Operator) -> Operator {
    use Operator as O;
    match operator {
        O::Ne => O::Eq,
        O::NotBetween => O::Between,
        O::NotIn => O::In,
        O::NotLike => O::Like,
        O::NotStartsWith => O::StartsWith,
        O::NotEndsWith => O::EndsWith,
        O::NotMatches => O::Matches,
        O::IsNotNull => O::IsNull,
        O::IsNotEmpty => O::IsEmpty,
        other => other,
    }
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Lt => "<",
        Operator::Le => "<=",
        Operator::Gt => ">",
        Operator::Ge => ">=",
        _ => "=",
    }
}

fn written(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Contains(text) => text.clone(),
        Pattern::Prefix(text) => format!("^{text}"),
        Pattern::Suffix(text) => format!("{text}$"),
        Pattern::Whole(text) => format!("^{text}$"),
        Pattern::Either(one, other) => format!("{one}|{other}"),
        Pattern::Digit => "[0-9]".to_owned(),
        Pattern::Any => ".".to_owned(),
        Pattern::Empty => "^$".to_owned(),
    }
}

impl Writer<'_> {
    pub(super) fn test(
        &self,
        left: &Operand,
        operator: Operator,
        right: &Right,
        other: Option<&str>,
        nulls: Option<Nulls>,
    ) -> String {
        use Operator as O;
        let x = &left.sql;
        let asked = positive(operator);
        let calls =
            |function: &str, value: &str| known(&format!("{function}({}, {})", left.fold(x), left.fold(&text(value))));
        let test = match (asked, right) {
            (O::IsNull, _) => format!("({x} IS NULL)"),
            (O::IsEmpty, _) => format!("({x} IS NULL OR {x} = '')"),
            (compared, Right::Column(_)) => {
                let y = other.expect("the other column");
                known(&format!("{} {} {}", left.fold(x), sign(compared), left.fold(y)))
            }
            (O::Between, Right::Ends(low, high)) => {
                format!("({} AND {})", self.compare(left, ">=", low), self.compare(left, "<=", high))
            }
            (O::In, Right::List(items)) => {
                let parts: Vec<String> = items.iter().map(|item| self.equals(left, item)).collect();
                if parts.is_empty() { "FALSE".to_owned() } else { format!("({})", parts.join(" OR ")) }
            }
            (O::Like, Right::Literal(Literal::Text(value))) => calls("contains", value),
            (O::StartsWith, Right::Literal(Literal::Text(value))) => calls("starts_with", value),
            (O::EndsWith, Right::Literal(Literal::Text(value))) => calls("suffix", value),
            (O::Matches, Right::Pattern(pattern)) => {
                let options = if left.folded { ", 'i'" } else { "" };
                known(&format!("regexp_matches({x}, {}{options})", text(&written(pattern))))
            }
            (O::Eq, Right::Literal(literal)) => self.equals(left, literal),
            (compared, Right::Literal(literal)) => self.compare(left, sign(compared), literal),
            (operator, right) => panic!("there is no SQL for {operator:?} with {right:?}"),
        };
        let test = if asked == operator { test } else { format!("(NOT {test})") };
        let null = match other {
            Some(y) => format!("({x} IS NULL OR {y} IS NULL)"),
            None => format!("({x} IS NULL)"),
        };
        ruled(test, null, nulls)
    }

    fn equals(&self, left: &Operand, literal: &Literal) -> String {
        match literal {
            Literal::Null => format!("({} IS NULL)", left.sql),
            other => self.compare(left, "=", other),
        }
    }

    fn compare(&self, left: &Operand, sign: &str, literal: &Literal) -> String {
        let x = &left.sql;
        let (side, value) = match (left.shown, literal, left.level) {
            (Shown::Part(part), Literal::Text(name), _) => (self.part_name(x, part), text(name)),
            (Shown::Day, literal, None) => (x.clone(), self.day_meant(literal, left.kind)),
            (Shown::Day, literal, Some(level)) => {
                (x.clone(), self.first_day(&self.day_meant(literal, left.kind), level))
            }
            // A literal date stands for the whole day: compared are days, then, and not times.
            (Shown::Instant | Shown::Local, Literal::Day(date), _) => (self.day_of(x, left.kind), day(*date)),
            (Shown::Instant | Shown::Local, literal, None) => (x.clone(), self.time_meant(literal, left.kind)),
            (Shown::Instant | Shown::Local, literal, Some(level)) => {
                (x.clone(), self.floor(&self.time_meant(literal, left.kind), level, left.kind))
            }
            (_, literal, _) => (left.fold(x), left.fold(&plain(literal))),
        };
        known(&format!("{side} {sign} {value}"))
    }

    /// The time that a literal means, as a value of a column.
    fn time_meant(&self, literal: &Literal, kind: Kind) -> String {
        match literal {
            Literal::Local(shown) if kind == Kind::Instant => self.instant(&moment(*shown)),
            Literal::Instant { micros, .. } | Literal::Local(micros) => moment(*micros),
            other => panic!("{other:?} is no time"),
        }
    }

    /// The day on which a literal lies.
    fn day_meant(&self, literal: &Literal, kind: Kind) -> String {
        match literal {
            Literal::Day(date) | Literal::Period { start: date, .. } => day(*date),
            time => cast(&self.clock(&self.time_meant(time, kind), kind), "DATE"),
        }
    }

    /// All of some conditions on the cells of a row of the answer.
    pub(super) fn holds(&self, conditions: &[Having]) -> String {
        let tests: Vec<String> = conditions.iter().map(|condition| self.having(condition)).collect();
        if tests.is_empty() { "TRUE".to_owned() } else { tests.join(" AND ") }
    }

    fn having(&self, having: &Having) -> String {
        match having {
            Having::Leaf { cell, operator, right } => {
                let left = Operand {
                    sql: format!("c{cell}"),
                    shown: self.cells[*cell],
                    level: None,
                    kind: Kind::Local,
                    folded: false,
                };
                self.test(&left, *operator, right, None, None)
            }
            Having::Or(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.having(part)).collect();
                format!("({})", parts.join(" OR "))
            }
            Having::Not(inner) => format!("(NOT {})", self.having(inner)),
        }
    }
}
