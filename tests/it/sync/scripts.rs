//! Random scripts of what happens to a table and to its cache: inserts, updates and deletes of all kinds, other
//! columns, syncs, reconciliation, compaction, older versions, restarts and power cuts. After each step the cache holds
//! what the rules say, and reports tell what was done.

use drillcore_tests::sync::{Fault, Script, run, scripts_to_notice};

use crate::run::setting;

/// From so many scripts on everything must be covered.
const ENOUGH_FOR_ALL: u64 = 1_000;

#[test]
fn caches_hold_what_the_rules_say() {
    let (scripts, seed) = (setting("DRILLCORE_SYNC_SCRIPTS", 2_000), setting("DRILLCORE_SYNC_SEED", 1));
    let run = run(scripts, seed);
    println!("{}", run.coverage);
    assert!(run.failures.is_empty(), "{} scripts fail\n\n{}", run.failures.len(), run.failures.join("\n----\n"));
    if scripts < ENOUGH_FOR_ALL {
        return;
    }
    let missing = run.coverage.missing(scripts);
    assert!(missing.is_empty(), "too rare: {}", missing.join(", "));
    let changing = run.coverage.count("a sync changes something");
    let idle = run.coverage.count("a sync changes nothing");
    assert!(changing * 3 >= changing + idle, "only {changing} of {} syncs change something", changing + idle);
}

/// Otherwise an engine that breaks the rule in the same way would go unnoticed.
#[test]
fn rules_that_are_broken_are_noticed() {
    for fault in Fault::ALL {
        let noticed = scripts_to_notice(fault, 400, 5_000_000);
        println!("{fault:?}: {noticed:?} scripts");
        assert!(noticed.is_some(), "{fault:?} goes unnoticed");
    }
}

#[test]
fn the_same_seed_makes_the_same_script() {
    for seed in 0..50 {
        assert_eq!(Script::random(seed).to_string(), Script::random(seed).to_string());
    }
    assert_ne!(Script::random(1).to_string(), Script::random(2).to_string());
}
