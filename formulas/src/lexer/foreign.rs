//! Signs that begin no token, most of them from other languages: what to write instead.

use crate::{Error, Span};

/// What is wrong with a sign at a place.
pub(super) fn refused(sign: &str, start: usize) -> Error {
    let span = Span::new(start, start + sign.len());
    match sign.chars().next() {
        Some(c) if c.is_ascii_graphic() => Error::new(span, format!("`{sign}` has no meaning here{}", hint(sign))),
        Some(c) => {
            let message = format!("the character U+{:04X} has no meaning here{}", u32::from(c), typographic(c));
            Error::new(span, message)
        }
        None => Error::new(span, "something here has no meaning"),
    }
}

fn hint(sign: &str) -> &'static str {
    match sign {
        "!" => "; write `<>` or `!=` for not equal, NOT for not",
        "|" => "; write `||` to join texts, OR for or",
        "&" | "&&" => "; write AND for and, `||` to join texts",
        "%" => "; MOD(a, b) is the remainder of a division",
        "^" | "**" => "; POWER(a, b) raises a to b",
        "==" => "; write `=`",
        "=>" => "; write `>=`",
        "::" => "; CAST(a, type) converts",
        ":=" => "; a formula gives a value and assigns none",
        "?" => "; IF(condition, a, b) chooses",
        ";" => "; a formula ends without it",
        "#" => "; dates are written with an `@`: @2024-03-01",
        "}" => "; a reference begins with `{`",
        "[" | "`" => "; a reference is written in braces",
        _ => "",
    }
}

/// For what word processors make of plain signs.
fn typographic(c: char) -> &'static str {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '«' | '»' => {
            "; texts stand in straight quotes"
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "; write `-`",
        '×' => "; write `*`",
        '÷' => "; write `/`",
        '≤' => "; write `<=`",
        '≥' => "; write `>=`",
        '≠' => "; write `<>`",
        _ => "",
    }
}
