//! The command line, and what cannot be walked.

use clap::Parser;

use super::worlds::{Line, args, block_on, play, sales};
use crate::commands::explore::screens;

#[test]
fn command_lines_that_make_no_sense_are_refused() {
    for line in [
        &["explore"][..],
        &["explore", "sales", "--size", "80x24"],
        &["explore", "sales", "--keys", "q", "--size", "80"],
        &["explore", "sales", "--keys", "q", "--size", "0x24"],
        &["explore", "sales", "--keys", "q", "--size", "80x501"],
        &["explore", "sales", "--hierarchy", "geo", "--dimension", "city"],
        &["explore", "sales", "--param", "tenant"],
    ] {
        assert!(Line::try_parse_from(line).is_err(), "{line:?}");
    }
    let args = args(&["sales", "--keys", "q", "--size", "500x1", "--measure", "-1 * COUNTR()", "--param", "a=1"]);
    let size = args.size.unwrap();
    assert_eq!((size.width, size.height), (500, 1));
    assert_eq!(args.measure.as_deref(), Some("-1 * COUNTR()"));
}

#[test]
fn what_is_not_there_is_told() {
    block_on(async {
        let engine = sales().await;
        for (line, expected) in [
            (&["tales"][..], "error: there is no dataset `tales`"),
            (
                &["sales", "--hierarchy", "gio"],
                "error: neither `sales` nor a dataset it links to has a hierarchy `gio`",
            ),
            (&["sales", "--dimension", "town"], "error: `sales` has no column `town` to walk"),
            (&["sales", "--measure", "SUM({amont})"], "error: "),
            (&["sales", "--timezone", "Europe/Atlantis"], "error: "),
        ] {
            let args = args(&[line, &["--keys", ""]].concat());
            let text = screens(&engine, &args, "").await.unwrap_err().render();
            assert!(text.starts_with(expected), "{line:?}: {text}");
        }
        let args = args(&["sales", "--keys", ""]);
        let text = screens(&engine, &args, "down rihgt").await.unwrap_err().render();
        assert_eq!(text, "error: line 1 of the keys: there is no key `rihgt`\n");
        let text = screens(&engine, &args, "@no-such-file").await.unwrap_err().render();
        assert!(text.starts_with("error: `no-such-file` cannot be read: "), "{text}");
    });
}

#[test]
fn a_script_prints_at_shots_or_after_each_word_and_ends_with_q() {
    block_on(async {
        let engine = sales().await;
        let heads = |screens: &str| {
            let heads = screens.lines().filter_map(|line| line.strip_prefix("--- ")).map(str::to_owned);
            heads.collect::<Vec<_>>()
        };
        let printed = |keys: &'static str| {
            let engine = &engine;
            async move { play(engine, &["sales", "--keys", keys]).await }
        };
        assert_eq!(heads(&printed("").await), ["start"]);
        assert_eq!(heads(&printed("down type:mo q up").await), ["start", "down", "type:mo"]);
        assert_eq!(heads(&printed("shot down down shot q shot").await), ["shot", "shot"]);
        assert_eq!(printed("down up shot").await, printed("shot").await);
    });
}

#[test]
fn any_start_can_be_named() {
    block_on(async {
        let engine = sales().await;
        for (line, title) in [
            (&["--hierarchy", "geo"][..], "sales by Geography  "),
            (&["--dimension", "promo"], "sales by promo  "),
            // A number can be walked if it is asked for.
            (&["--dimension", "amount"], "sales by amount  "),
            (&["--measure", "amount"], " sum of amount · by measure · "),
            (&["--measure", "mean"], " mean · by measure · "),
            (&["--measure", "MAX({amount})"], " MAX({amount}) · by measure · "),
            (&[], "sales by coasts  "),
        ] {
            let screen = play(&engine, &[&["sales", "--keys", "shot"], line].concat()).await;
            let first = screen.lines().nth(1).unwrap();
            assert!(first.contains(title), "{line:?}: {first}");
        }
    });
}
