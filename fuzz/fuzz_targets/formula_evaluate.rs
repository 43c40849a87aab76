//! Values of formulas: four bytes for the setting and the names, then what a formula is put together by.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "only what says whether a tree is well typed is asked here")]
#[path = "../checks/formula_check.rs"]
mod formula_check;
#[path = "../checks/formula_evaluate.rs"]
mod formula_evaluate;
#[path = "../checks/formula_names.rs"]
mod formula_names;
#[path = "../checks/formula_text.rs"]
mod formula_text;

fuzz_target!(|data: &[u8]| {
    formula_evaluate::check(data);
});
