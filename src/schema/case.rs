//! Files, cases, fixtures and claims.

use serde_json::{Value, json};

use super::definitions::{Definitions, any_of, described, keyed, list, named, requiring, unknown, words};
use super::expect::ranged;
use super::given::{given, memory, needs, signals};
use super::step::steps;
use super::value::{VARIABLE, or_reference, text};
use crate::case::keys::{
    ACTORS, CASE, CASE_FILE, CLAIM, DOCUMENT, FINDING, FINDINGS, FIXTURE, SUBSTITUTED, UNTESTED_CLAIM,
};

/// A capital letter, a number, and a letter for a part.
const CLAIM_ID: &str = "^[A-Z][0-9]+[a-z]?$";

/// A case file, a file of shared fixtures, or the list of documents.
pub(super) fn file(d: &mut Definitions) -> Value {
    let mut file = keyed(&CASE_FILE, |key| match key {
        "subject" => {
            let page = json!({"type": "string", "pattern": r"^[^(]+\([0-9].*\)$"});
            ("the manual page that the file is about: write(2)", page)
        }
        "fixtures" => {
            let fixture = d.share("fixture", |d| keyed(&FIXTURE, |key| property(d, key)));
            ("set-ups that several cases share", json!({"type": "object", "additionalProperties": fixture}))
        }
        "cases" => {
            let one = d.share("case", case);
            let mut cases = named("^[a-z0-9]+(?:-[a-z0-9]+)*$", one);
            cases["minProperties"] = json!(1);
            ("cases by name: small letters and digits in words joined by -", cases)
        }
        _ => unknown(),
    });
    file["properties"]["documents"] = described("the documents that claims are from", documents(d));
    file["anyOf"] = json!([
        {"required": ["subject", "cases"]},
        {"required": ["fixtures"], "maxProperties": 1},
        {"required": ["documents"], "maxProperties": 1},
    ]);
    file
}

fn documents(d: &mut Definitions) -> Value {
    let untested = keyed(&UNTESTED_CLAIM, |key| match key {
        "section" => ("where in the document", text()),
        "states" => ("what the document states, in English", text()),
        "untested" => ("why no run can decide it", text()),
        _ => unknown(),
    });
    let claims = named(CLAIM_ID, requiring(&UNTESTED_CLAIM, untested));
    let claims = d.share("untested", |_| claims);
    let document = keyed(&DOCUMENT, |key| match key {
        "title" => ("its title, in English", text()),
        "claims" => ("id → a claim that has no case", claims.clone()),
        _ => unknown(),
    });
    json!({"type": "object", "additionalProperties": requiring(&["title"], document)})
}

fn case(d: &mut Definitions) -> Value {
    let mut case = requiring(&["summary"], keyed(&CASE, |key| property(d, key)));
    // Steps may come from a fixture.
    case["anyOf"] = json!([{"required": ["steps"]}, {"required": ["use"]}]);
    case
}

/// A key of a case or a fixture.
fn property(d: &mut Definitions, key: &str) -> (&'static str, Value) {
    let (description, schema) = match key {
        "summary" => {
            let sentence = json!({"type": "string", "pattern": r"\.$"});
            ("one sentence in the present tense that ends with a full stop", sentence)
        }
        "claim" => ("what a document states", d.share("claim", claim)),
        "needs" => ("conditions: unmet, the case is skipped with the reason", d.share("needs", needs)),
        "given" => ("circumstances that its process is put in", d.share("given", given)),
        "signals" => ("signal → record, ignore or block", d.share("signals", signals)),
        "memory" => ("named memory regions", d.share("memory", memory)),
        "actors" => ("name → thread or process", json!({"type": "object", "additionalProperties": words(&ACTORS)})),
        "use" => ("fixtures, in order", list(text())),
        "params" => {
            let mut params = named(VARIABLE, json!({"type": "array", "minItems": 1}));
            params["minProperties"] = json!(1);
            ("parameter → values: a case of every combination", params)
        }
        "rows" => {
            let mut rows = named("^[A-Za-z0-9_.+:-]*$", named(VARIABLE, json!({})));
            rows["minProperties"] = json!(1);
            ("label → values by column: a case of every row", rows)
        }
        "deadline" => ("seconds, if not the run's", json!({"type": "number", "exclusiveMinimum": 0, "maximum": 3600})),
        "steps" => ("what happens, in order", d.share("steps", steps)),
        _ => return unknown(),
    };
    match SUBSTITUTED.contains(&key) {
        true => (description, or_reference(d, schema)),
        false => (description, schema),
    }
}

fn claim(d: &mut Definitions) -> Value {
    let finding = words(&FINDINGS);
    let mut claim = keyed(&CLAIM, |key| match key {
        "id" => ("a capital letter and a number: A18, or A18b", json!({"type": "string", "pattern": CLAIM_ID})),
        "document" => ("the document's name", text()),
        "section" => ("where in the document", text()),
        "states" => ("what the document states, in English", text()),
        "instead" => ("what is true instead, in one sentence", text()),
        "finding" => {
            let history = ranged(d, &FINDING, "whether the claim holds", &finding);
            ("what is known of it: holds, refuted, or a history", any_of([finding.clone(), history]))
        }
        _ => unknown(),
    });
    claim["required"] = json!(["id", "document", "section", "states", "finding"]);
    claim["if"] = json!({"properties": {"finding": {"const": "refuted"}}, "required": ["finding"]});
    claim["then"] = json!({"required": ["instead"]});
    claim
}
