//! Formulas over any names at all levels: four bytes for the setting and the names, then the text.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/formula_check.rs"]
mod formula_check;
#[path = "../checks/formula_names.rs"]
mod formula_names;

fuzz_target!(|data: &[u8]| {
    formula_check::check(data);
});
