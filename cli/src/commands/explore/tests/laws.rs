//! What holds after any keys.

use drillcore::{Engine, Scope};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use ratatui::layout::Size;

use super::worlds::{args, block_on, sales};
use crate::commands::explore::app::App;
use crate::commands::explore::keys::Key;
use crate::commands::explore::list::List;
use crate::commands::explore::script::{press, screen};
use crate::commands::explore::start;
use crate::commands::explore::state::State;

const SIZE: Size = Size { width: 60, height: 14 };

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        4 => Just(Key::Right),
        3 => Just(Key::Down),
        1 => Just(Key::Up),
        1 => Just(Key::End),
        2 => Just(Key::Left),
        2 => Just(Key::Tab),
        1 => Just(Key::BackTab),
        2 => Just(Key::Char('f')),
        1 => Just(Key::Char('F')),
        1 => Just(Key::Char('m')),
        1 => Just(Key::Char('o')),
    ]
}

/// What is asked, what is shown, and where the mark stands.
fn shown(app: &App) -> (State, List, usize) {
    (app.state().clone(), app.list().clone(), app.marked())
}

async fn walked(engine: &Engine, scope: &Scope, keys: &[Key]) -> App {
    let mut app = start(engine, &args(&["sales"])).await.unwrap();
    for key in keys {
        assert!(!press(engine, scope, &mut app, *key, SIZE).await);
        let notice = app.notice().filter(|notice| notice.is_error);
        assert_eq!(notice, None, "after {keys:?}");
    }
    app
}

#[track_caller]
fn holds_after_any_keys(law: impl AsyncFn(&Engine, &Scope, &mut App) -> Result<(), TestCaseError>) {
    let engine = block_on(sales());
    let scope = Scope::unrestricted();
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let result = runner.run(&prop::collection::vec(key(), 0..14), move |keys| {
        block_on(async {
            let mut app = walked(&engine, &scope, &keys).await;
            law(&engine, &scope, &mut app).await
        })
    });
    result.unwrap();
}

#[test]
fn right_and_left_is_no_change() {
    holds_after_any_keys(async |engine: &Engine, scope: &Scope, app: &mut App| {
        let before = shown(app);
        press(engine, scope, app, Key::Right, SIZE).await;
        if app.state() == &before.0 {
            // There was nothing below, and it was said.
            prop_assert!(app.notice().is_some());
        } else {
            prop_assert_eq!(app.marked(), 0);
            press(engine, scope, app, Key::Left, SIZE).await;
        }
        prop_assert_eq!(shown(app), before);
        Ok(())
    });
}

#[test]
fn another_measure_order_or_dimension_and_back_is_no_change() {
    holds_after_any_keys(async |engine: &Engine, scope: &Scope, app: &mut App| {
        let before = shown(app);
        for (there, back) in [('m', 'M'), ('M', 'm'), ('o', 'o')] {
            press(engine, scope, app, Key::Char(there), SIZE).await;
            press(engine, scope, app, Key::Char(back), SIZE).await;
            prop_assert_eq!(&shown(app), &before, "{} {}", there, back);
        }
        press(engine, scope, app, Key::Tab, SIZE).await;
        press(engine, scope, app, Key::BackTab, SIZE).await;
        prop_assert_eq!(app.state(), &before.0);
        prop_assert_eq!(app.list(), &before.1);
        Ok(())
    });
}

#[test]
fn below_a_member_is_what_it_had() {
    holds_after_any_keys(async |engine: &Engine, scope: &Scope, app: &mut App| {
        let depth = app.state().steps().len();
        let Some(value) = app.list().rows.get(app.marked()).map(|row| row.value.clone()) else { return Ok(()) };
        for key in [Key::Right, Key::Char('f')] {
            let before = shown(app);
            press(engine, scope, app, key, SIZE).await;
            if app.state() != &before.0 {
                prop_assert_eq!(&app.list().total, &value, "{:?} at depth {}", key, depth);
                press(engine, scope, app, Key::Left, SIZE).await;
            }
        }
        Ok(())
    });
}

#[test]
fn every_screen_is_as_large_as_the_terminal() {
    holds_after_any_keys(async |_: &Engine, _: &Scope, app: &mut App| {
        for (width, height) in [(40, 10), (41, 11), (60, 14), (200, 50), (39, 10), (40, 9), (3, 1), (1, 30)] {
            let lines = screen(app, Size { width, height });
            prop_assert_eq!(lines.lines().count(), usize::from(height));
            prop_assert!(lines.lines().all(|line| line.chars().count() <= usize::from(width)));
        }
        Ok(())
    });
}
