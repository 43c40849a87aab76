//! Progress on standard error; indicatif draws nothing when that is not a terminal.

use std::time::Duration;

use indicatif::{DecimalBytes, HumanCount, ProgressBar, ProgressStyle};

const ROWS_OF: &str = "{prefix:>12} {bar:40} {human_pos}/{human_len} rows {wide_msg}";
const ROWS: &str = "{prefix:>12} {spinner} {human_pos} rows {wide_msg}";
const STEPS: &str = "{prefix:>12} {bar:40} {pos}/{len} {wide_msg}";

/// Rows read by a sync: a bar if their number is known, a counter otherwise. The message says what is done besides.
pub(crate) fn rows(label: &str, total: Option<u64>) -> ProgressBar {
    ticking(total, label, if total.is_some() { ROWS_OF } else { ROWS })
}

/// A number of steps.
pub(crate) fn steps(label: &str, total: u64) -> ProgressBar {
    ticking(Some(total), label, STEPS)
}

/// `336,776`
pub(crate) fn count(number: u64) -> String {
    HumanCount(number).to_string()
}

/// `5.16 MB`
pub(crate) fn bytes(number: u64) -> String {
    DecimalBytes(number).to_string()
}

fn ticking(total: Option<u64>, label: &str, template: &str) -> ProgressBar {
    let bar = total.map_or_else(ProgressBar::no_length, ProgressBar::new).with_prefix(label.to_owned());
    // A test holds that the templates are right; a plain bar would still be better than stopping.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

#[cfg(test)]
mod tests {
    use indicatif::ProgressStyle;

    use super::{ROWS, ROWS_OF, STEPS, bytes, count};

    #[test]
    fn numbers_are_readable() {
        assert_eq!(count(336_776), "336,776");
        assert_eq!(bytes(5_155_818), "5.16 MB");
    }

    #[test]
    fn templates_are_understood() {
        for template in [ROWS, ROWS_OF, STEPS] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
