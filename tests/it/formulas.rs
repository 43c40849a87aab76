//! Formulas twice: compiled by the engine and evaluated by the reference, over random tables and over the examples of
//! the registry.

use drillcore_formulas::Setting;
use drillcore_tests::engine_side::Db;
use drillcore_tests::formulas::{
    Answered, Catalog, Coverage, Fault, Formula, Generator, Table, World, ask, compare, described, run, shown,
};
use drillcore_tests::rng::Rng;

use crate::run::setting;

/// Formulas of a run in which everything must be covered.
const FORMULAS: usize = 20_000;

/// How often each function must be called in such a run.
const WANTED_CALLS: usize = 100;

/// Threads, each with worlds and engines of its own.
const THREADS: usize = 2;

/// Formulas per query.
const PER_QUERY: usize = 25;

#[test]
fn compiled_formulas_give_what_the_reference_gives() {
    let formulas = setting("DRILLCORE_FORMULAS", FORMULAS as u64) as usize;
    let run = run(formulas, setting("DRILLCORE_FORMULA_SEED", 20_130_101), THREADS);
    println!("{}", run.coverage);
    let found = &run.differences;
    assert!(found.is_empty(), "{} differences\n\n{}", found.len(), found.join("\n----\n"));
    if formulas >= FORMULAS {
        let coverage = &run.coverage;
        let missing = coverage.missing(WANTED_CALLS);
        assert!(missing.is_empty(), "called too little: {missing:?}");
        assert!(coverage.deep * 2 >= coverage.formulas, "too few deep formulas\n{coverage}");
        assert!(coverage.nulls * 2 <= coverage.cells, "too many NULLs\n{coverage}");
        assert!(coverage.kept * 2 >= coverage.tried, "too many expressions of a wrong type\n{coverage}");
    }
}

#[test]
fn the_examples_of_the_registry_hold_on_both_sides() {
    let setting = Setting::default();
    let table = Table::single("one row");
    let db = Db::in_memory().expect("an engine");
    db.create(table.dataset()).expect("a dataset");
    let mut wrong: Vec<String> = Vec::new();
    let mut examples: Vec<(Formula, &str)> = Vec::new();
    for callable in &Catalog::get().callables {
        let entry = callable.entry;
        // What takes nothing may tell of the clock, of which there is no example.
        if entry.examples.len() < 2 && !entry.parameters.is_empty() {
            wrong.push(format!("{} has {} examples", entry.name, entry.examples.len()));
        }
        for (text, expected) in entry.examples {
            match Formula::new(text, &setting, &table.columns) {
                Ok(formula) => examples.push((formula, *expected)),
                Err(error) => wrong.push(format!("{}: {text}\n{}", entry.name, error.render(text))),
            }
        }
    }
    for some in examples.chunks(PER_QUERY) {
        let texts: Vec<&str> = some.iter().map(|(formula, _)| formula.text.as_str()).collect();
        let together = ask(&db, &table, &setting, &texts);
        for (place, (formula, expected)) in some.iter().enumerate() {
            match formula.value(&[]) {
                Ok(value) if shown(&value) == **expected => {}
                Ok(value) => {
                    let found = described(&value);
                    wrong.push(format!("{}\nreference: {found}\nexpected:  {expected}", formula.text));
                }
                Err(what) => wrong.push(format!("{}\n{what}", formula.text)),
            }
            let answered: Result<Answered, String> = match &together {
                Ok(answers) => Ok(answers[place].clone()),
                Err(_) => ask(&db, &table, &setting, &[&formula.text]).map(|mut answers| answers.remove(0)),
            };
            match answered {
                Ok(answered) if shown(&answered.values[0]) != **expected => {
                    let found = described(&answered.values[0]);
                    wrong.push(format!("{}\nengine:    {found}\nexpected:  {expected}", formula.text));
                }
                Ok(answered) => {
                    if let Err(difference) = compare(formula, &table, &answered) {
                        wrong.push(format!("{}\n{}", formula.text, difference.what));
                    }
                }
                Err(what) => wrong.push(format!("{}\n{what}", formula.text)),
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong examples\n\n{}", wrong.len(), wrong.join("\n----\n"));
}

/// Faults in the reference show in a run: otherwise it would not see them in the engine either.
#[test]
fn planted_faults_are_found() {
    let mut hidden: Vec<Fault> = Fault::ALL.to_vec();
    let rng = &mut Rng::new(setting("DRILLCORE_FORMULA_SEED", 20_130_101));
    let world = World::new(rng);
    let mut coverage = Coverage::default();
    while coverage.formulas < FORMULAS && !hidden.is_empty() {
        let (table, setting) = (world.table(rng), World::setting(rng));
        let mut generator = Generator::new(rng, table, &setting, &mut coverage);
        let formulas: Vec<Formula> = (0..PER_QUERY).map(|_| generator.formula()).collect();
        let texts: Vec<&str> = formulas.iter().map(|formula| formula.text.as_str()).collect();
        // What the engine and the reference disagree about without a fault is the matter of another test.
        let Ok(answers) = ask(&world.db, table, &setting, &texts) else { continue };
        for (formula, answered) in formulas.iter().zip(&answers) {
            if compare(formula, table, answered).is_ok() {
                hidden.retain(|fault| !fault.shows(formula, &setting, table, answered));
            }
        }
    }
    assert!(hidden.is_empty(), "not found within {} formulas: {hidden:?}", coverage.formulas);
    println!("all faults were found within {} formulas", coverage.formulas);
}
