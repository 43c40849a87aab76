//! What is seen. `UPDATE_EXPECT=1 cargo test` writes the screens anew.

use drillcore::{Engine, Scope};
use expect_test::expect_file;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use ratatui::style::Color;

use super::worlds::{args, block_on, flights, play, sales};
use crate::commands::explore::keys::Key;
use crate::commands::explore::script::{press, screen};
use crate::commands::explore::{start, view};

/// Holds the screens of a line against a file.
async fn check(engine: &Engine, name: &str, line: &[&str]) {
    expect_file![format!("golden/{name}.txt")].assert_eq(&play(engine, line).await);
}

/// The screens after these keys.
async fn shot(engine: &Engine, line: &[&str], keys: &str) -> String {
    let keys = format!("{keys} shot");
    play(engine, &[line, &["--keys", &keys]].concat()).await
}

const SMALL: [&str; 2] = ["--size", "60x12"];

#[test]
fn members_have_bars_on_both_sides_of_zero() {
    block_on(async {
        let engine = sales().await;
        let geo = ["sales", "--hierarchy", "geo"];
        check(&engine, "first", &[&geo[..], &SMALL, &["--keys", "shot"]].concat()).await;
        check(&engine, "negative", &[&geo[..], &SMALL, &["--keys", "m shot"]].concat()).await;
        check(&engine, "narrow", &[&geo[..], &["--size", "40x10", "--keys", "m shot"]].concat()).await;
        check(&engine, "too_small", &[&geo[..], &["--size", "39x10", "--keys", "m shot"]].concat()).await;
    });
}

#[test]
fn makers_are_drilled_to_their_models_and_back() {
    block_on(async {
        let engine = flights().await;
        let fleet = [&["flights", "--hierarchy", "fleet"][..], &SMALL].concat();
        check(&engine, "makers", &[&fleet[..], &["--keys", "down shot"]].concat()).await;
        check(&engine, "models", &[&fleet[..], &["--keys", "down right shot"]].concat()).await;
        let before = shot(&engine, &fleet, "down").await;
        for back in ["left", "backspace", "esc"] {
            assert_eq!(shot(&engine, &fleet, &format!("down right {back}")).await, before);
            assert_eq!(shot(&engine, &fleet, &format!("down enter down down {back}")).await, before);
        }
        let below = shot(&engine, &fleet, "down right right").await;
        assert!(below.ends_with("\nnothing is below EMB-145LR; f keeps it as a filter\n"), "{below}");
    });
}

#[test]
fn datetimes_are_drilled_by_their_levels() {
    block_on(async {
        let engine = flights().await;
        let zone = ["--timezone", "America/New_York"];
        let hours = [&["flights", "--dimension", "time_hour"][..], &zone, &SMALL].concat();
        check(&engine, "months", &[&hours[..], &["--keys", "right right shot"]].concat()).await;
        // The same rows, however deep: flights that were planned for one hour.
        let hour = shot(&engine, &hours, "right right right right right").await;
        assert!(hour.contains("> 2013-01-01 > 2013-01-01 05:00:00-05:00\n"), "{hour}");
        assert!(hour.contains("\n1 member, total 6 "), "{hour}");
    });
}

#[test]
fn a_tree_shows_own_rows_and_what_has_no_place() {
    block_on(async {
        let engine = sales().await;
        let coasts = [&["sales", "--hierarchy", "coasts"][..], &SMALL].concat();
        check(&engine, "own_rows", &[&coasts[..], &["--keys", "down right right shot"]].concat()).await;
        let own = shot(&engine, &coasts, "down right right right").await;
        assert!(own.ends_with("\nnothing is below Ghent (own); f keeps it as a filter\n"), "{own}");
        let lost = shot(&engine, &coasts, "right").await;
        assert!(lost.contains("\nAll > (unassigned)\n") && lost.contains("\n4 members, total 4 "), "{lost}");
    });
}

#[test]
fn a_member_is_kept_for_the_next_dimension_and_dropped() {
    block_on(async {
        let engine = sales().await;
        let country = [&["sales", "--dimension", "country"][..], &SMALL].concat();
        check(&engine, "filter", &[&country[..], &["--keys", "down f shot"]].concat()).await;
        let cities = [&["sales", "--dimension", "city"][..], &SMALL].concat();
        // The mark is still on the member that was marked.
        let dropped = shot(&engine, &country, "down f F").await;
        assert_eq!(dropped, shot(&engine, &cities, "down down").await);
        assert_eq!(shot(&engine, &country, "down f left").await, shot(&engine, &country, "down").await);
        // Filters stay in all dimensions, and so does the way down in a hierarchy.
        let geo = [&["sales", "--hierarchy", "geo"][..], &SMALL].concat();
        let kept = shot(&engine, &geo, "right f tab tab").await;
        assert!(kept.contains("\nwhere Geography = BE > Ghent\n") && kept.contains("\n2 members, total 2 "), "{kept}");
        let twice = shot(&engine, &country, "f down f").await;
        assert!(twice.contains("\nwhere country = BE, city = Bruges\n"), "{twice}");
    });
}

#[test]
fn measures_and_orders_go_round() {
    block_on(async {
        let engine = sales().await;
        let geo = [&["sales", "--hierarchy", "geo"][..], &SMALL].concat();
        let first = shot(&engine, &geo, "").await;
        assert_eq!(shot(&engine, &geo, "m m m").await, first, "count, amount, mean");
        assert_eq!(shot(&engine, &geo, "M m").await, first);
        // The mark stays on its member: France is second by count and last by amount.
        let amount = shot(&engine, &geo, "down m").await;
        assert!(amount.contains("\n> FR "), "{amount}");
        let mean = shot(&engine, &geo, "M").await;
        assert!(mean.contains("\n5 members, over all ") && !mean.contains('%'), "{mean}");
        let places = |screen: &str, names: [&str; 3]| names.map(|name| screen.find(&format!("  {name} ")).unwrap());
        let by_member = shot(&engine, &geo, "down down down down m o").await;
        assert!(by_member.contains(" · by member · "), "{by_member}");
        assert!(places(&by_member, ["BE", "FR", "NL"]).is_sorted(), "{by_member}");
    });
}

#[test]
fn members_are_found_by_typing() {
    block_on(async {
        let engine = sales().await;
        let city = [&["sales", "--dimension", "city"][..], &SMALL].concat();
        check(&engine, "search", &[&city[..], &["--keys", "/ type:ut shot"]].concat()).await;
        let marked = |screen: &str| screen.lines().find_map(|line| line.strip_prefix("> ")).unwrap().to_owned();
        for (keys, expected) in [
            ("/ type:B", "Bruges"),
            ("/ type:京", "東京"),
            ("/ type:i down", "Paris"),
            ("/ type:i down down", "Lille"),
            ("/ type:i up", "Paris"),
            ("/ type:parx", "Ghent"),
            ("/ type:parx backspace enter", "Paris"),
            ("end / type:b esc", "∅"),
        ] {
            let screen = shot(&engine, &city, keys).await;
            assert!(marked(&screen).starts_with(&format!("{expected} ")), "{keys}\n{screen}");
        }
        let none = shot(&engine, &city, "/ type:zz").await;
        assert!(none.ends_with("no match\n"), "{none}");
    });
}

#[test]
fn keys_are_explained() {
    block_on(async {
        let engine = sales().await;
        let geo = [&["sales", "--hierarchy", "geo"][..], &SMALL].concat();
        check(&engine, "help", &[&geo[..], &["--keys", "? down shot"]].concat()).await;
        assert!(shot(&engine, &geo, "? end").await.contains("\n  q, Ctrl-C     quit\n"));
        assert_eq!(shot(&engine, &geo, "? down x").await, shot(&engine, &geo, "").await);
    });
}

#[test]
fn a_refused_query_is_told_and_changes_nothing() {
    block_on(async {
        let engine = sales().await;
        let size = Size { width: 60, height: 12 };
        let mut app = start(&engine, &args(&["sales", "--hierarchy", "geo"])).await.unwrap();
        engine.drop_hierarchy("geo").await.unwrap();
        let before = (app.state().clone(), app.list().clone());
        press(&engine, &Scope::unrestricted(), &mut app, Key::Right, size).await;
        assert_eq!((app.state().clone(), app.list().clone()), before);
        let text = screen(&app, size);
        let last = text.lines().last().unwrap();
        assert!(app.notice().is_some_and(|notice| notice.is_error) && last.contains("hierarchy `geo`"), "{text}");
        // The other dimensions are as good as before.
        press(&engine, &Scope::unrestricted(), &mut app, Key::Tab, size).await;
        assert_eq!(app.notice(), None);
    });
}

#[test]
fn members_have_their_colours() {
    block_on(async {
        let engine = sales().await;
        let app = start(&engine, &args(&["sales", "--hierarchy", "coasts"])).await.unwrap();
        let mut terminal = Terminal::new(TestBackend::new(60, 12)).unwrap();
        terminal.draw(|frame| view::draw(frame, &app, false)).unwrap();
        let buffer = terminal.backend().buffer();
        let color = |name: &str| {
            let cells = |y: u16| (0..60).map(move |x| &buffer[(x, y)]);
            let line = |y: &u16| cells(*y).map(ratatui::buffer::Cell::symbol).collect::<String>().contains(name);
            let y = (3..10).find(line).unwrap();
            cells(y).find(|cell| cell.symbol() == "█").unwrap().fg
        };
        assert_eq!(color("North Sea"), Color::Rgb(0, 128, 255));
        assert_eq!(color("(unassigned)"), Color::Cyan);
    });
}
