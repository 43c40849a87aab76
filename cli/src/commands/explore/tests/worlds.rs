//! What is walked in the tests.

use std::path::PathBuf;

use clap::Parser;
use drillcore::{Color, Dataset, Element, Engine, Formula, Hierarchy, Link, PushMode, Rows};
use serde_json::{Value, json};

use crate::commands::explore::{ExploreArgs, screens};

/// The command line behind `drillcore explore`.
#[derive(Debug, Parser)]
pub(super) struct Line {
    #[command(flatten)]
    pub(super) args: ExploreArgs,
}

/// The arguments of a line that is right.
pub(super) fn args(line: &[&str]) -> ExploreArgs {
    Line::try_parse_from([&["explore"][..], line].concat()).unwrap().args
}

/// The screens that a line with --keys prints.
pub(super) async fn play(engine: &Engine, line: &[&str]) -> String {
    let args = args(line);
    let keys = args.keys.clone().unwrap();
    screens(engine, &args, &keys).await.unwrap()
}

/// Waits for an engine without a runtime of its own.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Box::pin(work))
}

/// A few sales, with wide names, NULL and negative amounts, and hierarchies of each kind that has levels or a tree.
pub(super) async fn sales() -> Engine {
    let engine = Engine::in_memory().unwrap();
    let row = |country: Value, city: Value, promo: Value, day: Value, amount: i64| {
        vec![country, city, promo, day, json!(amount)]
    };
    let none = || Value::Null;
    let rows = vec![
        row(json!("BE"), json!("Ghent"), json!(true), json!("2025-12-30"), 30),
        row(json!("BE"), json!("Bruges"), json!(false), json!("2026-01-02"), -12),
        row(json!("BE"), json!("Ghent"), json!(false), json!("2026-03-02"), 5),
        row(json!("FR"), json!("Paris"), json!(true), json!("2026-03-30"), 40),
        row(json!("FR"), json!("Lille"), none(), json!("2026-04-01"), -50),
        row(json!("NL"), json!("Utrecht"), json!(false), json!("2026-04-01"), 3),
        row(json!("日本"), json!("東京"), json!(true), json!("2026-05-09"), 11),
        row(none(), none(), json!(true), none(), 2),
    ];
    let columns = ["country", "city", "promo", "day", "amount"];
    Box::pin(engine.push("sales", PushMode::Create, Rows::new(columns, rows))).await.unwrap();
    let coasts = [
        Element::group("north").named("North Sea").colored(Color::new(0, 128, 255)),
        Element::value("Ghent").under("north"),
        Element::value("Bruges").under("Ghent"),
    ];
    Box::pin(engine.save_hierarchy(Hierarchy::tree("coasts", "sales", "city", coasts))).await.unwrap();
    let geo = Hierarchy::levels("geo", "sales", ["country", "city"]).named("Geography").all_named("World");
    Box::pin(engine.save_hierarchy(geo)).await.unwrap();
    Box::pin(engine.save_formula(Formula::new("mean", "sales", "SUM({amount}) / COUNTR()"))).await.unwrap();
    engine
}

/// The flights that left New York, with a hierarchy of their planes behind the link `plane`.
pub(super) async fn flights() -> Engine {
    let file = |name: &str| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/nycflights13").join(name);
    let engine = Engine::in_memory().unwrap();
    Box::pin(engine.create(Dataset::csv("planes", file("planes.csv")).null_text("NA"))).await.unwrap();
    Box::pin(engine.create(Dataset::parquet("flights", file("flights.parquet")))).await.unwrap();
    Box::pin(engine.link(Link::new("plane").from("flights", ["tailnum"]).to("planes", ["tailnum"]))).await.unwrap();
    let fleet = Hierarchy::levels("fleet", "planes", ["manufacturer", "model"]);
    Box::pin(engine.save_hierarchy(fleet)).await.unwrap();
    engine
}
