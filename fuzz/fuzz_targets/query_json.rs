//! Query documents: any bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/query_json.rs"]
mod query_json;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        query_json::check(text);
    }
});
