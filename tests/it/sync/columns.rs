//! Columns that change between two syncs, and what queries see of them until there are new rows.

use arrow::datatypes::DataType;
use drillcore::{Acceleration, DerivedColumn, ErrorKind, Link, PushMode, Query, Rows, SchemaChange, SyncMode, column};
use futures::executor::block_on;

use super::shop::{DAY, Shop, row};

fn acceleration() -> Acceleration {
    Acceleration::delta("created_at").key(["id"]).on_schema_change(SchemaChange::AddColumns)
}

#[test]
fn the_target_of_a_link_is_read_as_wide_as_it_is_now() {
    let shop = Shop::open(acceleration(), DAY, vec![row(1, 5, 5, 7)]);
    let rows = Rows::new(["id"], vec![vec![1.into()]]);
    block_on(shop.engine.push("visits", PushMode::Create, rows)).expect("visits");
    block_on(shop.engine.link(Link::new("bought").from("visits", ["id"]).to("orders", ["id"]))).expect("a link");
    let shown = || {
        let answer = shop.ask(&Query::on("visits").dimension(column("bought.number")));
        assert_eq!(answer.data_json(), "[[7]]");
        answer.batches()[0].schema().field(0).data_type().clone()
    };
    assert_eq!(shown(), DataType::Int64);
    shop.change(|table| table.columns.wide = true);
    assert_eq!(shop.sync().mode, SyncMode::Unchanged, "there is no new version");
    assert_eq!(shown(), DataType::Decimal128(20, 0));
}

#[test]
fn a_new_column_does_not_show_what_was_derived_under_its_name() {
    let shop = Shop::unsynced(acceleration(), DAY, vec![row(1, 5, 5, 7)]);
    let derived = DerivedColumn::new("extra", "{number} * 100").materialize();
    block_on(shop.engine.derive("orders", derived)).expect("a derived column");
    shop.sync();
    let extra = || shop.ask(&Query::on("orders").dimension(column("number")).dimension(column("extra"))).data_json();
    assert_eq!(extra(), "[[7,700]]");

    block_on(shop.engine.remove_derived("orders", "extra")).expect("nobody needs it");
    shop.change(|table| {
        table.columns.extra = true;
        table.rows[0].extra = Some(5);
        // Because of this one the column comes and its rows do not.
        table.rows.push(drillcore_tests::sync::Row::default());
    });
    let refused = block_on(shop.engine.sync("orders")).expect_err("a row has no key");
    assert_eq!(refused.kind(), ErrorKind::SourceError);
    assert_eq!(extra(), "[[7,null]]");
    let without = Query::on("orders").dimension(column("number"));
    assert_eq!(shop.ask(&without).data_json(), "[[7]]");

    shop.change(|table| table.rows.truncate(1));
    shop.sync();
    assert_eq!(extra(), "[[7,5]]");
}
