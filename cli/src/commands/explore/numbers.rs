//! Figures for people.

use crate::plain::plain;
use drillcore::Cell;

/// What stands where there is no value.
pub(super) const NULL: &str = "∅";

/// The number in a cell, for bars and shares.
pub(super) fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Integer(_) | Cell::Decimal(_) | Cell::Float(_) => {
            cell.to_string().parse().ok().filter(|number: &f64| number.is_finite())
        }
        _ => None,
    }
}

/// The cell as people read it: with separators between thousands, a float with a few decimals.
pub(super) fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Null => NULL.to_owned(),
        Cell::Integer(_) | Cell::Decimal(_) => grouped(&cell.to_string()),
        Cell::Float(number) => float(*number),
        other => plain(&other.to_string()),
    }
}

/// `12.5%`; nothing where there is nothing to be a part of.
pub(super) fn share(part: f64, whole: f64) -> Option<String> {
    let share = part / whole * 100.0;
    share.is_finite().then(|| format!("{share:.1}%"))
}

fn float(number: f64) -> String {
    let size = number.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-4) {
        return format!("{number:.2e}");
    }
    grouped(&if size > 0.0 && size < 1.0 { format!("{number:.4}") } else { format!("{number:.2}") })
}

/// A number in plain digits with separators between thousands.
pub(super) fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let whole: String = digits.chars().take_while(char::is_ascii_digit).collect();
    let rest = digits.strip_prefix(whole.as_str()).unwrap_or_default();
    let mut text = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use drillcore::Cell;

    use super::{grouped, number, share, shown};

    #[test]
    fn thousands_are_told_apart() {
        for (digits, expected) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-336776", "-336,776"),
            ("-100", "-100"),
            ("1234567.5", "1,234,567.5"),
            ("", ""),
        ] {
            assert_eq!(grouped(digits), expected);
        }
    }

    #[test]
    fn figures_are_short() {
        for (cell, expected) in [
            (Cell::Null, "∅"),
            (Cell::Integer(-1_234), "-1,234"),
            (Cell::Decimal("1234.50".to_owned()), "1,234.50"),
            (Cell::Float(6.895_377), "6.90"),
            (Cell::Float(0.0), "0.00"),
            (Cell::Float(0.123_456), "0.1235"),
            (Cell::Float(-0.000_012), "-1.20e-5"),
            (Cell::Float(2.5e17), "2.50e17"),
            (Cell::Float(12_345.678), "12,345.68"),
            (Cell::Text("a\nb".to_owned()), "a\\nb"),
        ] {
            assert_eq!(shown(&cell), expected);
        }
    }

    #[test]
    fn only_numbers_have_bars() {
        assert_eq!(number(&Cell::Integer(12)), Some(12.0));
        assert_eq!(number(&Cell::Decimal("-0.5".to_owned())), Some(-0.5));
        assert_eq!(number(&Cell::Text("12".to_owned())), None);
        assert_eq!(number(&Cell::Null), None);
    }

    #[test]
    fn shares_need_a_whole() {
        assert_eq!(share(1.0, 8.0).as_deref(), Some("12.5%"));
        assert_eq!(share(-1.0, 8.0).as_deref(), Some("-12.5%"));
        assert_eq!((share(1.0, 0.0), share(0.0, 0.0)), (None, None));
    }
}
