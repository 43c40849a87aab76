//! One test of a value as SQL that is 0 or 1 and never NULL.

use rusqlite::types::Value;

use super::rows::Writer;
use super::text::fold;
use super::value::exact;
use super::wall;
use crate::shown::Shown;
use crate::spec::{Level, Literal, Nulls, Operator, Pattern, Right};

/// The left side of a test.
pub(super) struct Operand {
    pub(super) sql: String,
    pub(super) shown: Shown,
    /// The level of a bucket.
    pub(super) level: Option<Level>,
    /// Whether it comes from an instant, so that literals are times of the query's zone.
    pub(super) in_zone: bool,
    /// Whether text is compared without case.
    pub(super) folded: bool,
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

impl Writer<'_> {
    pub(super) fn test(
        &mut self,
        left: &Operand,
        operator: Operator,
        right: &Right,
        other: Option<&str>,
        nulls: Option<Nulls>,
    ) -> String {
        use Operator as O;
        let x = &left.sql;
        let (positive, negated) = match operator {
            O::Ne => (O::Eq, true),
            O::NotBetween => (O::Between, true),
            O::NotIn => (O::In, true),
            O::NotLike => (O::Like, true),
            O::NotStartsWith => (O::StartsWith, true),
            O::NotEndsWith => (O::EndsWith, true),
            O::NotMatches => (O::Matches, true),
            O::IsNotNull => (O::IsNull, true),
            O::IsNotEmpty => (O::IsEmpty, true),
            other => (other, false),
        };
        let test = match (positive, right) {
            (O::IsNull, _) => format!("({x} IS NULL)"),
            (O::IsEmpty, _) => format!("({x} IS NULL OR {x} = '')"),
            (O::Eq, Right::Literal(literal)) => self.equals(left, literal),
            (O::Lt, Right::Literal(literal)) => self.compare(left, "<", literal),
            (O::Le, Right::Literal(literal)) => self.compare(left, "<=", literal),
            (O::Gt, Right::Literal(literal)) => self.compare(left, ">", literal),
            (O::Ge, Right::Literal(literal)) => self.compare(left, ">=", literal),
            (O::Between, Right::Ends(low, high)) => {
                format!("({} AND {})", self.compare(left, ">=", low), self.compare(left, "<=", high))
            }
            (O::In, Right::List(items)) => {
                let parts: Vec<String> = items.iter().map(|item| self.equals(left, item)).collect();
                if parts.is_empty() { "0".to_owned() } else { format!("({})", parts.join(" OR ")) }
            }
            (O::Like, Right::Literal(Literal::Text(text))) => self.text(left, "holds", text),
            (O::StartsWith, Right::Literal(Literal::Text(text))) => self.text(left, "begins", text),
            (O::EndsWith, Right::Literal(Literal::Text(text))) => self.text(left, "finishes", text),
            (O::Matches, Right::Pattern(pattern)) => self.matches(left, pattern),
            (compared, Right::Column(_)) => {
                let sign = match compared {
                    O::Eq => "=",
                    O::Lt => "<",
                    O::Le => "<=",
                    O::Gt => ">",
                    _ => ">=",
                };
                let y = other.expect("the other column");
                if left.folded {
                    format!("IFNULL(fold({x}) {sign} fold({y}), 0)")
                } else {
                    format!("IFNULL({x} {sign} {y}, 0)")
                }
            }
            (operator, right) => panic!("the oracle has no meaning for {operator:?} with {right:?}"),
        };
        let test = if negated { format!("(NOT {test})") } else { test };
        let null = match other {
            Some(y) => format!("({x} IS NULL OR {y} IS NULL)"),
            None => format!("({x} IS NULL)"),
        };
        ruled(test, null, nulls)
    }

    fn equals(&mut self, left: &Operand, literal: &Literal) -> String {
        match literal {
            Literal::Null => format!("({} IS NULL)", left.sql),
            other => self.compare(left, "=", other),
        }
    }

    fn compare(&mut self, left: &Operand, sign: &str, literal: &Literal) -> String {
        let x = &left.sql;
        let zone = self.spec.zone();
        // A literal date stands for the whole day: compared are days, then, and not instants.
        let day_of_x =
            || if left.in_zone { format!("day_of(wall({x}, '{}'))", zone.name()) } else { format!("day_of({x})") };
        let instant = |wall: i64| if left.in_zone { wall::resolve(wall, zone) } else { wall };
        let shown_at = |instant: i64| if left.in_zone { wall::wall(instant, zone) } else { instant };
        let day = |literal: &Literal| match literal {
            Literal::Day(day) | Literal::Period { start: day, .. } => *day,
            Literal::Instant { micros, .. } => wall::day_of(shown_at(*micros)),
            Literal::Local(wall) => wall::day_of(shown_at(instant(*wall))),
            other => panic!("{other:?} is no day"),
        };
        let (side, value) = match (left.shown, literal) {
            (Shown::Text, Literal::Text(text)) if left.folded => (format!("fold({x})"), Value::Text(fold(text))),
            (Shown::Text, Literal::Text(text)) => (x.clone(), Value::Text(text.clone())),
            (Shown::Boolean, Literal::Boolean(value)) => (x.clone(), Value::Integer(i64::from(*value))),
            (Shown::Part(part), Literal::Text(name)) => {
                let number =
                    (1..=12).find(|number| wall::part_name(part, *number, self.spec.options.first_weekday()) == name);
                (x.clone(), Value::Integer(number.expect("a name of the part")))
            }
            (Shown::Decimal(scale), Literal::Integer(value)) => (x.clone(), Value::Integer(value * 10_i64.pow(scale))),
            (Shown::Decimal(scale), Literal::Decimal { units, scale: digits }) if *digits <= scale => {
                (x.clone(), Value::Integer(units * 10_i64.pow(scale - digits)))
            }
            (Shown::Decimal(scale), Literal::Decimal { units, scale: digits }) => {
                (format!("({x} * {})", 10_i64.pow(digits - scale)), Value::Integer(*units))
            }
            (Shown::Sum(scale), Literal::Integer(value)) => (x.clone(), exact(i128::from(*value) * 10_i128.pow(scale))),
            (Shown::Sum(scale), Literal::Decimal { units, scale: digits }) => {
                (x.clone(), exact(i128::from(*units) * 10_i128.pow(scale - digits)))
            }
            (_, Literal::Integer(value)) => (x.clone(), Value::Integer(*value)),
            (_, Literal::Float(value)) => (x.clone(), Value::Real(*value)),
            (Shown::Day, literal) => match left.level {
                Some(level) => {
                    let first = wall::first_day(
                        day(literal),
                        level,
                        self.spec.options.first_weekday(),
                        self.spec.options.first_month(),
                    );
                    (x.clone(), Value::Integer(i64::from(first)))
                }
                None => (x.clone(), Value::Integer(i64::from(day(literal)))),
            },
            (Shown::Instant | Shown::Local, Literal::Day(day)) if left.level.is_none() => {
                (day_of_x(), Value::Integer(i64::from(*day)))
            }
            (Shown::Instant | Shown::Local, Literal::Instant { .. } | Literal::Local(_)) => {
                let at = match literal {
                    Literal::Instant { micros, .. } => *micros,
                    Literal::Local(wall) => instant(*wall),
                    _ => unreachable!("matched above"),
                };
                let start = match left.level {
                    Some(level) if left.in_zone => wall::instant_bucket(at, level, zone),
                    Some(level) => wall::floor(at, level),
                    None => at,
                };
                (x.clone(), Value::Integer(start))
            }
            (shown, literal) => panic!("the oracle does not compare {shown:?} with {literal:?}"),
        };
        let value = self.bind(value);
        format!("IFNULL({side} {sign} {value}, 0)")
    }

    fn text(&mut self, left: &Operand, function: &str, text: &str) -> String {
        let (x, text) =
            if left.folded { (format!("fold({})", left.sql), fold(text)) } else { (left.sql.clone(), text.to_owned()) };
        let text = self.bind(Value::Text(text));
        format!("IFNULL({function}({x}, {text}), 0)")
    }

    fn matches(&mut self, left: &Operand, pattern: &Pattern) -> String {
        let x = if left.folded { format!("fold({})", left.sql) } else { left.sql.clone() };
        match pattern {
            Pattern::Contains(text) => self.text(left, "holds", text),
            Pattern::Prefix(text) => self.text(left, "begins", text),
            Pattern::Suffix(text) => self.text(left, "finishes", text),
            Pattern::Whole(text) => self.compare(left, "=", &Literal::Text(text.clone())),
            Pattern::Either(one, other) => {
                format!("({} OR {})", self.text(left, "holds", one), self.text(left, "holds", other))
            }
            Pattern::Digit => format!("IFNULL({x} GLOB '*[0-9]*', 0)"),
            Pattern::Any => format!("IFNULL(length({x}) > 0, 0)"),
            Pattern::Empty => format!("IFNULL({x} = '', 0)"),
        }
    }
}
