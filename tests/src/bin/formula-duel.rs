//! Random formulas over random tables, compiled by the engine and evaluated by the reference: a long run.
//!
//! `formula-duel [FORMULAS [SEED]]`, 1,000,000 formulas unless told. It prints what was covered and every difference, and
//! fails if there is one. What a world holds depends on its seed alone; a report names it, and
//! `formula-duel 2000 SEED` repeats it.

use std::process::ExitCode;
use std::thread::available_parallelism;

use drillcore_tests::formulas::run;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |place: usize, default: u64| arguments.get(place).map_or(default, |text| text.parse().expect("a number"));
    let (formulas, seed) = (number(0, 1_000_000) as usize, number(1, 20_130_101));
    let threads = available_parallelism().map_or(1, usize::from);
    let run = run(formulas, seed, threads);
    println!("{}", run.coverage);
    for difference in &run.differences {
        println!("----\n{difference}");
    }
    if run.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
