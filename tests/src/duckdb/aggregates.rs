//! Aggregates as SQL over the columns of the rows: `v0`, `w0`, .., for the base of a comparison `bv0`, `bw0`, ..

use super::columns::Writer;
use super::formulas::{Typed, arithmetic};
use super::literals::{cast, decimal, text};
use super::parts::{Aggregate, Part, Reach, Value};
use crate::oracle::value::digits;
use crate::shown::{self, Shown};
use crate::spec::Sign;

/// How far an approximate percentile may be off, in thousandths of the number of values.
const RANK_ERROR: i64 = 40;

fn is_float(shown: Shown) -> bool {
    matches!(shown, Shown::Float | Shown::Near)
}

/// The sum of values.
fn total(of: &str, shown: Shown) -> Typed {
    let sql =
        if is_float(shown) { format!("float_sum({of})") } else { cast(&format!("sum({of})"), &decimal(digits(shown))) };
    Typed::new(sql, shown::sum(shown))
}

impl Writer<'_> {
    fn source(&self, value: &Value) -> Typed {
        match value {
            Value::Rows => Typed::new("1", Shown::Integer),
            Value::Column(at) => self.typed(*at),
            Value::Formula(formula) => self.formula(formula),
        }
    }

    /// What a part takes of a row, and the condition under which it does.
    pub(super) fn taken(&self, part: &Part<'_>) -> (Typed, Option<Typed>, Option<String>) {
        let value = self.source(&part.of);
        let second = part.second.as_ref().map(|second| self.source(second));
        match (&part.aggregate, second) {
            (Aggregate::Weighted, Some(weight)) => {
                let both = format!("{} IS NOT NULL AND {} IS NOT NULL", value.sql, weight.sql);
                let wide = |typed: Typed| match typed.shown {
                    Shown::Integer => Typed::new(typed.scaled(0), Shown::Sum(0)),
                    _ => typed.exact(),
                };
                let weight = wide(weight);
                (arithmetic(Sign::Multiply, &wide(value), &weight), Some(weight), Some(both))
            }
            (_, second) => (value, second, None),
        }
    }

    /// A part over the rows of a group.
    pub(super) fn aggregated(&self, part: &Part<'_>, number: usize, side: &str) -> String {
        let (value, second, _) = self.taken(part);
        let w = format!("{side}w{number}");
        let v = match part.reach {
            Reach::Latest { .. } => {
                format!("CASE WHEN {side}d{number} = {side}l{number} THEN {side}v{number} END")
            }
            _ => format!("{side}v{number}"),
        };
        let float = is_float(value.shown);
        let present = format!("FILTER (WHERE {v} IS NOT NULL)");
        let list = |of: &str| format!("list({of} ORDER BY {v}) {present}");
        let wide = || cast(&v, &decimal(digits(value.shown)));
        match &part.aggregate {
            Aggregate::Count => format!("count({v})"),
            Aggregate::Distinct => format!("count(DISTINCT {v})"),
            Aggregate::Min => format!("min({v})"),
            Aggregate::Max => format!("max({v})"),
            Aggregate::Mode => format!("mode({v} ORDER BY {v})"),
            Aggregate::Sum => total(&v, value.shown).sql,
            Aggregate::Average if float => format!("float_sum({v}) / count({v})"),
            Aggregate::Average => format!("avg({v})"),
            Aggregate::Median if float => format!("middle({})", list(&v)),
            Aggregate::Median => format!("middle_exact({})", list(&wide())),
            Aggregate::Spread(name) => {
                let values = if float { list(&v) } else { list(&wide()) };
                format!("list_{name}(shifted({values}))")
            }
            Aggregate::Between(share) => {
                let x = cast(&v, "DOUBLE");
                let place = f64::from(*share) / 1000.0;
                format!("[quantile_cont({x}, {place}), reach({}, {share})]", list(&x))
            }
            Aggregate::Discrete(share) => format!("discrete({}, {share})", list(&v)),
            Aggregate::Bounds(share) => {
                let (low, high) = (i64::from(*share) - RANK_ERROR, i64::from(*share) + RANK_ERROR);
                format!("[near({}, {low}, -2), near({}, {high}, 2)]", list(&v), list(&v))
            }
            Aggregate::First | Aggregate::Last => {
                let name = if matches!(part.aggregate, Aggregate::First) { "first" } else { "last" };
                format!("{name}({v} ORDER BY {w}, {v}) FILTER (WHERE {v} IS NOT NULL AND {w} IS NOT NULL)")
            }
            Aggregate::Rate | Aggregate::Weighted => {
                let second = second.expect("a second value");
                format!("finite({} / {})", total(&v, value.shown).float(), total(&w, second.shown).float())
            }
            Aggregate::List { separator, distinct, descending, most } => {
                let each = if *distinct { "DISTINCT " } else { "" };
                let order = if *descending { " DESC" } else { "" };
                let values = format!("list({each}{v} ORDER BY {v}{order}) {present}");
                format!("text_list({values}, {}, {most})", text(separator))
            }
            Aggregate::Histogram(size) => {
                let places = list(&format!("CAST(floor({v} / {size}) AS BIGINT)"));
                format!("histogram_of({places}, {size})")
            }
        }
    }
}
