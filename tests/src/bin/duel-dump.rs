//! Writes random worlds, queries, the engine's answers and the same queries as SQL for DuckDB into a folder, for
//! `benches/peers/duel.py`: `duel-dump FOLDER [QUERIES [SEED]]`.

use std::collections::BTreeMap;
use std::fs::{File, create_dir_all};
use std::io::{BufWriter, Write};
use std::path::Path;

use drillcore::ErrorKind;
use drillcore_tests::arrow_form::batches;
use drillcore_tests::document::document;
use drillcore_tests::duckdb::{MACROS, asked, column_type, csv, wide_table};
use drillcore_tests::engine_side::{Db, from_batches};
use drillcore_tests::generate::rich_query;
use drillcore_tests::random_world::random_world;
use drillcore_tests::rng::Rng;
use serde_json::json;

/// Queries per world.
const PER_WORLD: usize = 250;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |place: usize, default: u64| arguments.get(place).map_or(default, |text| text.parse().expect("a number"));
    let Some(folder) = arguments.first().map(Path::new) else { panic!("usage: duel-dump FOLDER [QUERIES [SEED]]") };
    let (wanted, seed) = (number(1, 10_000) as usize, number(2, 20_130_101));
    create_dir_all(folder).expect("a folder");
    let mut lines = BufWriter::new(File::create(folder.join("queries.jsonl")).expect("a file"));
    writeln!(lines, "{}", json!({"macros": MACROS})).expect("a written line");
    let mut skipped: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut written, mut place) = (0, 0);
    while written < wanted {
        let rng = &mut Rng::new(seed.wrapping_add(place));
        let world = random_world(&format!("world {place}"), rng);
        let db = Db::in_memory().expect("an engine");
        let mut tables = Vec::new();
        for table in &world.tables {
            db.create(from_batches(table, batches(table, rng))).expect("a dataset");
            let file = format!("world{place}_{}.csv", table.name);
            let mut to = File::create(folder.join(&file)).expect("a file");
            to.write_all(csv(table).as_bytes()).expect("a written table");
            let columns: Vec<_> =
                table.columns.iter().map(|column| json!([column.id, column_type(column.ty)])).collect();
            tables.push(json!({"name": table.name, "file": file, "columns": columns}));
        }
        db.link_world(&world).expect("links");
        let line = json!({"world": world.name, "tables": tables, "rows": wide_table(&world)});
        writeln!(lines, "{line}").expect("a written line");
        for _ in 0..PER_WORLD {
            let spec = rich_query(rng, &world);
            let text = document(&world, &spec).to_string();
            let answer = asked(&world, &spec).and_then(|asked| match db.ask(&text) {
                Ok(answer) => Ok((asked, answer)),
                Err(error) if error.kind() == ErrorKind::LimitExceeded => Err("more rows than an answer may have"),
                Err(error) => panic!("{error:?}\n{text}"),
            });
            match answer {
                Ok((asked, answer)) => {
                    // The answer's own text keeps all digits.
                    let (asked, answer) = (asked.to_json(), answer.to_json());
                    writeln!(lines, "{{\"query\":{text},\"asked\":{asked},\"answer\":{answer}}}")
                        .expect("a written line");
                    written += 1;
                }
                Err(why) => *skipped.entry(why).or_default() += 1,
            }
        }
        place += 1;
    }
    lines.flush().expect("written lines");
    let passed_over: usize = skipped.values().sum();
    println!("{written} queries in {}, {passed_over} left out:", folder.display());
    skipped.iter().for_each(|(why, count)| println!("  {why}: {count}"));
}
