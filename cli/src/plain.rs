//! Texts of the data for the terminal.

/// A text on one line, which cannot drive the terminal.
pub(crate) fn plain(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        // Besides control characters those that break lines or turn the direction of writing.
        let odd = matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if odd || character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn data_does_not_drive_the_terminal() {
        assert_eq!(plain("a\n\u{1b}[1mé\u{202e}"), "a\\n\\u{1b}[1mé\\u{202e}");
    }
}
