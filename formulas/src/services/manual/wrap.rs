//! Lines that are not too long.

/// The most characters of a line.
const WIDTH: usize = 120;

/// A paragraph in lines. They break at blanks, but not inside code in backticks.
pub(super) fn wrapped(text: &str) -> String {
    let (mut lines, mut length) = (String::new(), 0);
    for word in words(text) {
        let characters = word.chars().count();
        if length > 0 && length + 1 + characters > WIDTH {
            lines.push('\n');
            length = 0;
        } else if length > 0 {
            lines.push(' ');
            length += 1;
        }
        lines.push_str(word);
        length += characters;
    }
    lines
}

/// What stands between blanks; code is one word with what it touches.
fn words(text: &str) -> Vec<&str> {
    let mut in_code = false;
    let between = |c: char| {
        in_code ^= c == '`';
        c == ' ' && !in_code
    };
    text.split(between).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{WIDTH, words, wrapped};

    #[test]
    fn code_is_not_torn() {
        assert_eq!(words("a `b c`, d  e"), ["a", "`b c`,", "d", "e"]);
        let text = format!("{} `b c`", "a".repeat(WIDTH - 4));
        assert_eq!(wrapped(&text), format!("{}\n`b c`", "a".repeat(WIDTH - 4)));
        assert_eq!(wrapped(&format!("{} b c", "a".repeat(WIDTH - 2))), format!("{} b\nc", "a".repeat(WIDTH - 2)));
        assert_eq!(wrapped(""), "");
    }

    proptest! {
        #[test]
        fn nothing_is_lost(words in proptest::collection::vec("[a-z]{1,30}", 1..60)) {
            let lines = wrapped(&words.join(" "));
            prop_assert!(lines.lines().all(|line| line.len() <= WIDTH));
            prop_assert_eq!(lines.replace('\n', " "), words.join(" "));
        }
    }
}
