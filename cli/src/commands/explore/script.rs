//! A walk without a terminal: keys of a script, screens as text.

use std::fmt::Write as _;

use drillcore::{Engine, Scope};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Size;

use super::app::{App, Next};
use super::keys::{Key, Word};
use super::{load, view};

/// Presses the keys and gives the screens: at each `shot`, or the first one and that after each word where the script
/// has none. Each has a line before it that tells the word.
pub(super) async fn play(engine: &Engine, scope: &Scope, app: &mut App, words: &[Word], size: Size) -> String {
    let at_shots = words.contains(&Word::Shot);
    let mut screens = String::new();
    let mut show = |app: &App, word: &str| {
        // Writing to a String never fails.
        let _ = write!(screens, "--- {word}\n{}", screen(app, size));
    };
    if !at_shots {
        show(app, "start");
    }
    for word in words {
        match word {
            Word::Shot => show(app, "shot"),
            Word::Press(name, keys) => {
                for key in keys {
                    if Box::pin(press(engine, scope, app, *key, size)).await {
                        return screens;
                    }
                }
                if !at_shots {
                    show(app, name);
                }
            }
        }
    }
    screens
}

/// Presses a key and waits for what it asks for. Whether it quits.
pub(super) async fn press(engine: &Engine, scope: &Scope, app: &mut App, key: Key, size: Size) -> bool {
    match app.press(key, size) {
        Next::Quit => return true,
        Next::Nothing => {}
        Next::Ask(asked) => {
            let answer = Box::pin(load::load(engine, scope, app.world(), &asked.state)).await;
            app.arrived(asked, answer);
        }
    }
    false
}

/// What a terminal of this size would show.
pub(super) fn screen(app: &App, size: Size) -> String {
    let Ok(mut terminal) = Terminal::new(TestBackend::new(size.width, size.height));
    let Ok(_) = terminal.draw(|frame| view::draw(frame, app, false));
    text(terminal.backend().buffer())
}

/// The lines of a screen, without the blanks at their ends.
fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut lines = String::new();
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        // What stands below the rest of a wide character is nothing.
        let mut covered = 0_u16;
        for cell in (area.left()..area.right()).filter_map(|x| buffer.cell((x, y))) {
            if covered == 0 {
                line.push_str(cell.symbol());
                covered = cell.symbol().cell_width().saturating_sub(1);
            } else {
                covered -= 1;
            }
        }
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    lines
}
