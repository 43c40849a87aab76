//! The two last lines: what the members are together, and what is to be said or can be done.

use ratatui::style::{Color, Modifier, Style};

use super::app::{App, Mode};
use super::numbers::grouped;
use super::text::{both, fit_end};

/// The most useful ones first, as a narrow screen cuts them.
const HINTS: &str = "? help  q quit  → below  ← up  Tab dimension  m measure  o order  f keep  / find";

/// `12 members, total 3,456`, and the place of the mark.
pub(super) fn totals(app: &App, cells: usize) -> String {
    let list = app.list();
    let shown = list.rows.len();
    let count = grouped(&list.members.to_string());
    let noun = if list.members == 1 { "member" } else { "members" };
    let members = if u64::try_from(shown).is_ok_and(|shown| shown < list.members) {
        format!("first {} of {count} {noun}", grouped(&shown.to_string()))
    } else {
        format!("{count} {noun}")
    };
    // What does not add up is still known of all rows together.
    let word = if list.adds_up { "total" } else { "over all" };
    let mark = if shown == 0 { String::new() } else { format!("{}/{shown}", app.marked() + 1) };
    both(&format!("{members}, {word} {}", list.total), &mark, cells)
}

/// The last line.
pub(super) fn last(app: &App, is_busy: bool, cells: usize) -> (String, Style) {
    let plain = Style::new();
    if is_busy {
        return ("asking; Esc stops".to_owned(), plain.add_modifier(Modifier::BOLD));
    }
    match (app.mode(), app.notice()) {
        (Mode::Search { text, found, .. }, _) => {
            let end = if *found { "Enter  Esc" } else { "no match" };
            let typed = fit_end(&format!("/{text}"), cells.saturating_sub(end.len() + 2));
            (both(&typed, end, cells), plain)
        }
        (_, Some(notice)) if notice.is_error => (notice.text.clone(), plain.fg(Color::Red)),
        (_, Some(notice)) => (notice.text.clone(), plain.add_modifier(Modifier::BOLD)),
        (Mode::Help(_), None) => ("Up and Down scroll, any other key closes".to_owned(), plain),
        (Mode::Walk, None) => (HINTS.to_owned(), plain.add_modifier(Modifier::DIM)),
    }
}
