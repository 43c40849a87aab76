//! A walk in the terminal.

use std::io;
use std::time::Duration;

use drillcore::{Engine, Error, Scope};
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyEventKind};
use tokio::time::timeout;

use super::app::{App, Asked, Next};
use super::keys::Key;
use super::list::List;
use super::{load, view};
use crate::failure::{Failure, Outcome};

/// How long an answer is awaited before the screen says so, and how often keys are looked at then.
const PATIENCE: Duration = Duration::from_millis(100);

/// Puts the terminal back as it was, however the walk ends. A panic is shown behind that: ratatui's hook sees to it.
#[derive(Debug)]
struct Restore;

impl Drop for Restore {
    fn drop(&mut self) {
        // There is nothing left to be done about it, and the walk may have failed for a better reason.
        let _ = ratatui::try_restore();
    }
}

/// Walks until a key quits.
pub(super) async fn run(engine: &Engine, scope: &Scope, app: &mut App) -> Outcome {
    let _restore = Restore;
    let mut terminal = working(ratatui::try_init())?;
    loop {
        working(terminal.draw(|frame| view::draw(frame, app, false)))?;
        let Some(key) = working(pressed())? else { continue };
        let size = working(terminal.size())?;
        match app.press(key, size) {
            Next::Quit => return Ok(()),
            Next::Nothing => {}
            Next::Ask(asked) => match Box::pin(answer(&mut terminal, engine, scope, app, &asked)).await? {
                Some(answer) => app.arrived(asked, answer),
                None => app.tell("stopped"),
            },
        }
    }
}

/// Asks. None if a key stopped it: the engine gives a query up when nobody waits for it.
async fn answer(
    terminal: &mut DefaultTerminal,
    engine: &Engine,
    scope: &Scope,
    app: &App,
    asked: &Asked,
) -> Outcome<Option<Result<List, Error>>> {
    let mut work = Box::pin(load::load(engine, scope, app.world(), &asked.state));
    loop {
        if let Ok(answer) = timeout(PATIENCE, work.as_mut()).await {
            return Ok(Some(answer));
        }
        working(terminal.draw(|frame| view::draw(frame, app, true)))?;
        while working(event::poll(Duration::ZERO))? {
            if matches!(working(pressed())?, Some(Key::Esc | Key::Interrupt | Key::Char('q'))) {
                return Ok(None);
            }
        }
    }
}

/// Waits for the terminal; none where what happened is no key of ours, such as another size.
fn pressed() -> io::Result<Option<Key>> {
    Ok(match event::read()? {
        Event::Key(key) if key.kind != KeyEventKind::Release => Key::of(&key),
        _ => None,
    })
}

/// What the terminal gave.
fn working<T>(result: io::Result<T>) -> Outcome<T> {
    result.map_err(|error| Failure::new(format!("the terminal does not answer: {error}")))
}
