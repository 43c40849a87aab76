//! The members that are shown.

use drillcore::Clicked;
use ratatui::style::Color;

/// A member with its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// What a click on it is; none for what cannot be clicked.
    pub(super) clicked: Option<Clicked>,
    pub(super) label: String,
    pub(super) color: Option<Color>,
    /// None where the value is no number.
    pub(super) number: Option<f64>,
    /// The value as people read it.
    pub(super) value: String,
    /// Its share of all, where members add up.
    pub(super) share: Option<String>,
}

/// The members, and what is known of all of them together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct List {
    pub(super) rows: Vec<Row>,
    /// How many members there are, also those that are not among the rows.
    pub(super) members: u64,
    /// The value over all of them.
    pub(super) total: String,
    /// Whether members add up to the total.
    pub(super) adds_up: bool,
    /// Where the answer came from.
    pub(super) origin: String,
}

impl List {
    /// The place of a member.
    pub(super) fn position(&self, clicked: &Clicked) -> Option<usize> {
        self.rows.iter().position(|row| row.clicked.as_ref() == Some(clicked))
    }

    /// Whether there is this member and no other one.
    pub(super) fn is_only(&self, clicked: &Clicked) -> bool {
        matches!(self.rows.as_slice(), [row] if row.clicked.as_ref() == Some(clicked))
    }

    /// The next row that holds a text, whatever its letter case, from a place on and round the end. The text is in lower
    /// case.
    pub(super) fn find(&self, text: &str, from: usize, forward: bool) -> Option<usize> {
        let count = self.rows.len();
        let places = (0..count).map(|step| if forward { from + step } else { from + count - step });
        let holds = |place: &usize| self.rows.get(*place).is_some_and(|row| row.label.to_lowercase().contains(text));
        places.map(|place| place % count).find(holds)
    }
}

#[cfg(test)]
mod tests {
    use drillcore::{Clicked, Literal};

    use super::{List, Row};

    fn list(labels: &[&str]) -> List {
        let row = |label: &&str| Row {
            clicked: Some(Clicked::Value(Literal::from(*label))),
            label: (*label).to_owned(),
            color: None,
            number: Some(1.0),
            value: "1".to_owned(),
            share: None,
        };
        let rows: Vec<Row> = labels.iter().map(row).collect();
        List { rows, members: 3, total: "3".to_owned(), adds_up: true, origin: "source".to_owned() }
    }

    #[test]
    fn texts_are_found_round_the_end() {
        let list = list(&["Boston", "Bern", "Ghent"]);
        for (text, from, forward, expected) in [
            ("b", 0, true, Some(0)),
            ("b", 1, true, Some(1)),
            ("b", 2, true, Some(0)),
            ("bo", 1, true, Some(0)),
            ("b", 0, false, Some(0)),
            ("b", 2, false, Some(1)),
            ("ghent", 1, false, Some(2)),
            ("x", 0, true, None),
            ("", 2, true, Some(2)),
        ] {
            assert_eq!(list.find(text, from, forward), expected, "{text} from {from}");
        }
        assert_eq!(self::list(&[]).find("b", 0, true), None);
    }

    #[test]
    fn a_member_alone_is_told() {
        let one = |label: &str| Clicked::Value(Literal::from(label));
        assert!(list(&["Bern"]).is_only(&one("Bern")));
        assert!(!list(&["Bern"]).is_only(&one("Ghent")));
        assert!(!list(&["Bern", "Ghent"]).is_only(&one("Bern")));
        assert_eq!(list(&["Bern", "Ghent"]).position(&one("Ghent")), Some(1));
    }
}
