//! The shortest digits that read back as a float; of two that are equally near those that end in an even digit.

/// Without an exponent.
pub(super) fn plain(value: f64) -> String {
    let text = value.to_string();
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    nearer(text, format!("{value:.places$}"), value)
}

/// With one digit before the point, and an exponent behind an `e`.
pub(super) fn scientific(value: f64) -> String {
    let text = format!("{value:e}");
    let places =
        text.split_once('e').map_or(0, |(mantissa, _)| mantissa.trim_start_matches('-').len().saturating_sub(2));
    nearer(text, format!("{value:.places$e}"), value)
}

/// Of two texts with the same number of digits the one that is rounded to them, half to even, if it reads back.
fn nearer(shortest: String, rounded: String, value: f64) -> String {
    let same = |text: &str| text.parse::<f64>().is_ok_and(|read| read.to_bits() == value.to_bits());
    if same(&rounded) { rounded } else { shortest }
}

#[cfg(test)]
mod tests {
    use super::{plain, scientific};

    #[test]
    fn of_two_that_are_equally_near_the_even_one_is_taken() {
        // Their neighbours are a quarter away, so that both of two digits read back.
        for (value, texts) in [
            (4_594_574_280_819_109.0 / 4.0, ["1148643570204777.2", "1.1486435702047772e15"]),
            (4_594_574_280_819_111.0 / 4.0, ["1148643570204777.8", "1.1486435702047778e15"]),
            (0.1, ["0.1", "1e-1"]),
            (-2.5e-7, ["-0.00000025", "-2.5e-7"]),
        ] {
            assert_eq!([plain(value).as_str(), scientific(value).as_str()], texts);
            assert_eq!(plain(value).parse::<f64>().map(f64::to_bits), Ok(value.to_bits()));
        }
    }
}
