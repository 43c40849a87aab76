//! Text without case, for the letters that the worlds use.

/// The text by Unicode simple case folding, as far as the alphabet of the test worlds goes.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

fn fold_char(letter: char) -> char {
    match letter {
        'A'..='Z' => letter.to_ascii_lowercase(),
        'É' => 'é',
        'Ü' => 'ü',
        'Α' => 'α',
        'Σ' | 'ς' => 'σ',
        'Ж' => 'ж',
        // Capital sharp s, the Kelvin sign and the long s fold to letters of other blocks.
        'ẞ' => 'ß',
        '\u{212a}' => 'k',
        'ſ' => 's',
        // Dotted capital I and dotless i have no simple folding and stay themselves.
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn folding_is_simple() {
        assert_eq!(fold("STRAẞE"), "straße");
        assert_eq!(fold("ΣΑΣ"), fold("σας"));
        assert_eq!(fold("\u{212a}ſ"), "ks");
        assert_eq!(fold("İı"), "İı");
    }
}
