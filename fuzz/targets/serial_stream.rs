//! Any bytes as what a target says, judged.
#![no_main]

#[expect(dead_code, reason = "a target uses one of them")]
#[path = "../../tests/reading/mod.rs"]
mod reading;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::serial_stream(bytes));
