//! What holds for the value of every formula of row level. The fuzz target and the test that replays its findings share
//! this file.

use drillcore_formulas::{Decimal, Error, MAX_SOURCE_BYTES, Setting, Type, Value, check_row, evaluate, parse};

use super::formula_check::is_well_typed;
use super::formula_names::{Chance, Leaf, asked};
use super::formula_text::{Bytes, formula};

/// Rows over which a formula is evaluated.
const ROWS: u64 = 6;

/// Texts of columns.
const TEXTS: &[&str] =
    &["", "a", "A,b;c", " -1.5e3 ", "2024-02-29", "2024-03-31T02:30:00Z", "Straße İ", "🙂\u{200d}🙂", "\u{0}\n\t", "%"];

/// Reads bytes as a setting and a formula, and evaluates that over a few rows. Gives the error of a formula that has no
/// meaning.
pub(crate) fn check(data: &[u8]) -> Option<Error> {
    let (setting, names, rest) = asked(data);
    check_text(&formula(&mut Bytes(rest)), &setting, names)
}

/// Evaluates a formula over a few rows: it has a value of its type or NULL in each, the same one each time, and so has
/// the formula that is read from its printed form.
pub(crate) fn check_text(source: &str, setting: &Setting, mut names: Chance) -> Option<Error> {
    let checked = parse(source).and_then(|formula| Ok((check_row(&formula, setting, &mut names)?, formula)));
    let (tree, formula) = match checked {
        Ok(checked) => checked,
        Err(error) => return Some(error),
    };
    assert!(is_well_typed(&tree), "a node has a type that it cannot have: {source}");
    let printed = formula.to_string();
    let again = (printed.len() <= MAX_SOURCE_BYTES).then(|| {
        let formula = parse(&printed).unwrap_or_else(|error| panic!("{printed}\n{}", error.render(&printed)));
        check_row(&formula, setting, &mut names).unwrap_or_else(|error| panic!("{printed}\n{}", error.render(&printed)))
    });
    for row in 0..ROWS {
        let value = evaluate(&tree, &mut |leaf: &Leaf| of_row(leaf, row));
        assert!(is_of_type(&value, tree.value_type), "{source}\nis {value:?} and no {}", tree.value_type);
        for tree in [Some(&tree), again.as_ref()].into_iter().flatten() {
            let other = evaluate(tree, &mut |leaf: &Leaf| of_row(leaf, row));
            assert_eq!(value, other, "{source}\nor as it is printed: {printed}");
        }
    }
    None
}

/// The value of a name in a row: mostly one with which something can go wrong.
fn of_row(leaf: &Leaf, row: u64) -> Value {
    let start = 0xcbf2_9ce4_8422_2325 ^ row;
    let hash = leaf.name.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    if hash.is_multiple_of(11) {
        return Value::Null;
    }
    let one_of = |values: &[i64]| values[(hash >> 8) as usize % values.len()];
    const DAY: i64 = 86_400_000_000;
    let micros = || {
        let ends = [0, -1, DAY - 1, -719_162 * DAY, 2_932_897 * DAY - 1, 1_289_097_060_000_000, i64::MIN, i64::MAX];
        if hash.is_multiple_of(3) { one_of(&ends) } else { (hash >> 10) as i64 % (40_000 * DAY) }
    };
    match leaf.value_type {
        Type::Boolean => Value::Boolean(hash.is_multiple_of(2)),
        Type::Integer => Value::Integer(one_of(&[0, 1, -1, 2, 7, -100, 1 << 53, i64::MAX, i64::MIN, 3_000_000_000])),
        Type::Decimal { precision, scale } => {
            let nines = "9".repeat(usize::from(precision));
            let unscaled = ["0", "1", "-1", "25", nines.as_str()][(hash >> 8) as usize % 5];
            Decimal::from_unscaled(unscaled, scale).map_or(Value::Null, Value::Decimal)
        }
        Type::Float => {
            let floats = [0.0, 0.5, -1.5, 2.675, 1e15, -1e21, f64::MAX, f64::MIN, 5e-324, 1e-7];
            Value::Float(floats[(hash >> 8) as usize % floats.len()])
        }
        Type::Text => {
            let text = TEXTS[(hash >> 8) as usize % TEXTS.len()];
            Value::Text(if hash.is_multiple_of(13) { text.repeat(40) } else { text.to_owned() })
        }
        Type::Date => {
            let days = [0, -1, 19_783, -719_162, 2_932_896, i32::MIN, i32::MAX];
            Value::Date(days[(hash >> 8) as usize % days.len()])
        }
        Type::Datetime => Value::Datetime(micros()),
        Type::LocalDatetime => Value::LocalDatetime(micros()),
    }
}

/// Whether a value is one of a type, or NULL.
fn is_of_type(value: &Value, value_type: Type) -> bool {
    match (value, value_type) {
        (Value::Float(value), Type::Float) => value.is_finite() && value.to_bits() != (-0.0_f64).to_bits(),
        (Value::Decimal(value), Type::Decimal { precision, scale }) => {
            let text = value.to_string();
            let behind_point = text.split_once('.').map_or(0, |(_, digits)| digits.len());
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            // Below 0 a scale leaves zeros at the end, which do not count.
            let zeros = usize::from(scale.min(0).unsigned_abs());
            let digits = digits.trim_start_matches('0').len();
            behind_point == usize::from(scale.max(0).unsigned_abs()) && digits <= usize::from(precision) + zeros
        }
        (Value::Null, _)
        | (Value::Boolean(_), Type::Boolean)
        | (Value::Integer(_), Type::Integer)
        | (Value::Text(_), Type::Text)
        | (Value::Date(_), Type::Date)
        | (Value::Datetime(_), Type::Datetime)
        | (Value::LocalDatetime(_), Type::LocalDatetime) => true,
        _ => false,
    }
}
