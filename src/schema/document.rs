//! The schema as a document.

use std::fmt::Write;

use serde_json::{Value, json};

use super::definitions::{Definitions, keyed};
use crate::case::{CASES, DOCUMENTS, FIXTURES, RESTS, SUBJECT};

/// The schema as text, a definition a line.
pub fn text() -> String {
    let mut d = Definitions::default();
    let mut file = file(&mut d);
    file["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    // The order of keys must not depend on how serde_json was built.
    file.sort_all_objects();
    let mut text = String::from("{\n");
    for (key, value) in file.as_object().into_iter().flatten() {
        entry(&mut text, "  ", key, value);
        text.push_str(",\n");
    }
    text.push_str("  \"definitions\": {\n");
    let definitions = d.into_sorted();
    for (nth, (name, schema)) in definitions.iter().enumerate() {
        entry(&mut text, "    ", name, schema);
        text.push_str(if nth + 1 < definitions.len() { ",\n" } else { "\n" });
    }
    text.push_str("  }\n}\n");
    text
}

/// A case file, a file of shared fixtures, or the list of documents.
fn file(d: &mut Definitions) -> Value {
    let mut file = keyed(d, [&SUBJECT, &RESTS, &FIXTURES, &CASES, &DOCUMENTS]);
    file["anyOf"] = json!([
        {"required": ["subject", "cases"]},
        {"required": ["fixtures"], "maxProperties": 1},
        {"required": ["documents"], "maxProperties": 1},
    ]);
    file
}

fn entry(text: &mut String, indent: &str, key: &str, value: &Value) {
    let _ = write!(text, "{indent}{}: {value}", json!(key));
}
