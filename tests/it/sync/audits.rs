//! Audits, and rows that are too old or too new: what is held after them, and what the report says.

use std::time::Duration;

use drillcore::{Acceleration, Audit, Level, SyncMode};
use drillcore_tests::sync::{Row, micros};

use super::shop::{DAY, Shop, row};

fn acceleration() -> Acceleration {
    Acceleration::delta("created_at").key(["id"]).insert_update("updated_at")
}

fn audited() -> Acceleration {
    acceleration().audit(Audit::by(Level::Day).measure("number"))
}

/// Two rows a day, from the first day to the ninth; ids and numbers count.
fn rows() -> Vec<Row> {
    (0..18).map(|id| (id, (1 + id / 2) * DAY + id)).map(|(id, made)| row(id, made, made, id)).collect()
}

/// The same as they are held.
fn held() -> Vec<(i64, i64)> {
    (0..18).map(|id| (id, id)).collect()
}

#[test]
fn an_older_row_of_a_key_does_not_take_the_place_of_a_newer_one() {
    let mut all = rows();
    all.push(row(90, DAY + 5, DAY + 5, 1));
    all.push(row(90, 3 * DAY + 5, 3 * DAY + 5, 3));
    // Deleted later, by a row of another day.
    all.push(row(91, DAY + 6, DAY + 6, 1));
    all.push(Row { deleted: Some(4 * DAY + 7), ..row(91, 4 * DAY + 6, 4 * DAY + 6, 4) });
    let audited = audited().insert_update_delete("updated_at", "deleted_at");
    let shop = Shop::open(audited, 10 * DAY, all);
    let mut expected = held();
    expected.push((90, 3));
    shop.holds(&expected);
    let report = shop.sync();
    assert_eq!((report.audited_periods, report.reloaded_periods), (8, 1), "{report}");
    assert_eq!((report.inserted, report.updated, report.deleted), (0, 0, 0), "{report}");
    assert_eq!(report.fetched, report.dropped + report.unchanged);
    shop.holds(&expected);
}

#[test]
fn a_period_that_differs_becomes_what_the_source_has() {
    let shop = Shop::open(audited(), 10 * DAY, rows());
    shop.change(|table| {
        // The fifth day: one changed and one gone, without a new version.
        table.rows[8].number = Some(80);
        table.rows.remove(9);
    });
    shop.asked();
    let report = shop.sync();
    assert_eq!((report.mode, report.reloaded_periods), (SyncMode::Delta, 1), "{report}");
    assert_eq!((report.updated, report.deleted, report.inserted), (1, 1, 0), "{report}");
    let mut expected = held();
    expected[8].1 = 80;
    expected.remove(9);
    shop.holds(&expected);
    let asked = shop.asked();
    assert!(asked.contains(&(7, Some(micros(5 * DAY)))), "{asked:?}");
    assert!(!asked.contains(&(7, None)), "all columns of all rows are read: {asked:?}");
    assert_eq!(shop.sync().mode, SyncMode::Unchanged);
}

#[test]
fn a_sync_that_reads_everything_after_all_says_so() {
    let shop = Shop::open(audited(), 10 * DAY, rows());
    shop.change(|table| table.rows.iter_mut().for_each(|row| row.number = row.number.map(|number| number + 100)));
    let report = shop.sync();
    assert_eq!((report.mode, report.audited_periods), (SyncMode::Full, 8), "{report}");
    assert_eq!((report.pieces, report.reloaded_periods), (0, 0), "{report}");
    assert_eq!((report.fetched, report.inserted, report.updated), (18, 18, 0), "{report}");
    shop.holds(&held().into_iter().map(|(id, number)| (id, number + 100)).collect::<Vec<_>>());
}

#[test]
fn an_audit_leaves_rows_alone_that_may_not_be_read_yet() {
    let shop = Shop::open(audited().lag(Duration::from_secs(3_600)), 10 * DAY, rows());
    shop.change(|table| {
        (table.rows[4].number, table.rows[4].updated) = (Some(40), Some(10 * DAY - 10));
        // A late row is not read either.
        table.rows.push(row(50, 4 * DAY, 10 * DAY - 10, 50));
    });
    shop.sync();
    shop.holds(&held());
    shop.clock.advance(120);
    shop.sync();
    let mut expected = held();
    expected[4].1 = 40;
    expected.push((50, 50));
    shop.holds(&expected);
}

#[test]
fn a_row_whose_time_moves_out_of_the_retention_goes_at_once() {
    let kept = acceleration().retention(Duration::from_secs(7 * 86_400));
    let shop = Shop::open(kept, 10 * DAY, rows());
    // Made on the third day and before: gone already.
    let mut expected: Vec<(i64, i64)> = held().split_off(4);
    shop.holds(&expected);
    shop.change(|table| {
        let moved = &mut table.rows[10];
        (moved.created, moved.updated) = (Some(DAY), Some(10 * DAY - 5));
    });
    let report = shop.sync();
    assert_eq!((report.expired, report.updated, report.deleted), (1, 0, 0), "{report}");
    expected.remove(6);
    shop.holds(&expected);
    assert_eq!(shop.sync().mode, SyncMode::Unchanged);
}
