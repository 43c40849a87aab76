//! The keys, explained.

/// Each key and what it does.
pub(super) const KEYS: [(&str, &str); 14] = [
    ("Up, Down", "the member above, below"),
    ("PgUp, PgDn", "a screen of members"),
    ("Home, End", "the first, the last"),
    ("Right, Enter", "below the marked member"),
    ("Left, Esc", "back up"),
    ("Tab", "next dimension"),
    ("Shift-Tab", "dimension before"),
    ("m, M", "next, former measure"),
    ("o", "by measure or by members"),
    ("f", "keep as filter, go on"),
    ("F", "drop the last filter"),
    ("/", "find; Up, Down: others"),
    ("?", "this help"),
    ("q, Ctrl-C", "quit"),
];

/// A key and what it does on one line.
pub(super) fn line((key, meaning): (&str, &str)) -> String {
    format!("  {key:<12}  {meaning}")
}

#[cfg(test)]
mod tests {
    use super::{KEYS, line};

    #[test]
    fn the_narrowest_screen_shows_all_of_it() {
        for entry in KEYS {
            assert!(line(entry).chars().count() <= 40, "{entry:?}");
        }
    }
}
