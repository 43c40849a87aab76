//! The text of a formula, from the command line or from standard input.

use std::io::{self, Read};

use drillcore_formulas::MAX_SOURCE_BYTES;

use crate::failure::{Failure, Outcome};

/// The text; `-` is standard input.
pub(super) fn text(argument: &str) -> Outcome<String> {
    if argument == "-" { read(io::stdin().lock()) } else { Ok(argument.to_owned()) }
}

/// Reads a formula; no more of a text that is too long than tells so.
fn read(input: impl Read) -> Outcome<String> {
    let most = u64::try_from(MAX_SOURCE_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let read = input.take(most.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| Failure::new(format!("standard input cannot be read: {error}")))?;
    if bytes.len() > MAX_SOURCE_BYTES {
        return Err(Failure::new(format!("standard input has more than the {MAX_SOURCE_BYTES} bytes of a formula")));
    }
    let text = String::from_utf8(bytes).map_err(|_| Failure::new("standard input is no text in UTF-8"))?;
    // The end of the last line is the file's, not the formula's.
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use drillcore_formulas::MAX_SOURCE_BYTES;

    use super::{read, text};

    #[test]
    fn the_text_is_the_argument_or_what_is_read() {
        assert_eq!(text("1 + 2").unwrap(), "1 + 2");
        assert_eq!(read("1 +\n2\r\n".as_bytes()).unwrap(), "1 +\n2");
        assert_eq!(read(&b""[..]).unwrap(), "");
    }

    #[test]
    fn what_is_no_formula_is_not_read() {
        let limit = "1".repeat(MAX_SOURCE_BYTES);
        assert_eq!(read(limit.as_bytes()).unwrap(), limit);
        let endless = read(std::io::repeat(b'1')).unwrap_err().render();
        assert_eq!(endless, "error: standard input has more than the 65536 bytes of a formula\n");
        assert_eq!(read(&b"\xff"[..]).unwrap_err().render(), "error: standard input is no text in UTF-8\n");
    }
}
