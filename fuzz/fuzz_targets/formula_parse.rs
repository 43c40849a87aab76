//! Texts of formulas: any bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/formula_parse.rs"]
mod formula_parse;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        formula_parse::check(text);
    }
});
