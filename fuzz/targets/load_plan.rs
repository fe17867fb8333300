//! Any text as a case file: loaded and planned, or told what is wrong with it.
#![no_main]

#[expect(dead_code, reason = "a target uses one of them")]
#[path = "../../tests/reading/mod.rs"]
mod reading;

libfuzzer_sys::fuzz_target!(|text: &str| reading::load_plan(text));
