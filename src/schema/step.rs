//! Steps.

use serde_json::{Map, Value, json};

use super::call;
use super::definitions::{Definitions, any_of, described, keyed, list, requiring, unknown};
use super::expect::{claimed, expect, history};
use super::output::pattern;
use super::value::{address, bytes, errno, length, literal, or_reference, text, value};
use crate::case::keys::{BLOCKED, CALL, KINDS, LOAD, LOADED, MAX_CALLS, OF_RETURN, REPEAT, STEP, STORE, STORED};

/// A list of steps.
pub(super) fn steps(d: &mut Definitions) -> Value {
    let one = d.share("step", step);
    let one = or_reference(d, one);
    list(one)
}

fn step(d: &mut Definitions) -> Value {
    let mut step = keyed(&STEP, |key| property(d, key));
    let kinds = KINDS.map(|(kind, _)| json!({"required": [kind]}));
    step["oneOf"] = json!(kinds);
    step["not"] = json!({"required": ["expect", "expect_when"]});
    step["dependencies"] = json!({"start": {
        "required": ["on"],
        "propertyNames": {"not": {"enum": OF_RETURN}},
    }});
    let mut rules: Vec<Value> = KINDS.iter().map(|(kind, beside)| rule(d, kind, beside)).collect();
    rules.extend(call::rules(d));
    step["allOf"] = json!(rules);
    step
}

/// What goes with a kind of step.
fn rule(d: &mut Definitions, kind: &str, beside: &[&str]) -> Value {
    let keys = [&[kind], beside].concat();
    let (of, said): (&str, &[&'static str]) = match kind {
        "load" => ("load", &LOAD),
        "store" => ("store", &STORE),
        "blocked" => ("blocked", &BLOCKED),
        _ => ("call", &CALL),
    };
    let mut properties = Map::new();
    properties.insert("expect".to_owned(), expect(d, of, said));
    properties.insert("expect_when".to_owned(), history(d, of, said));
    properties.insert("claimed".to_owned(), claimed(d, of, said));
    json!({"if": {"required": [kind]}, "then": {"propertyNames": {"enum": keys}, "properties": properties}})
}

fn property(d: &mut Definitions, key: &str) -> (&'static str, Value) {
    match key {
        "call" => ("performs this system call", call::name(d)),
        "args" => {
            let any = or_reference(d, json!({"type": "object"}));
            ("the call's arguments, by the names of its manual page", any)
        }
        "start" => ("starts the call under this label and goes on without waiting for it", text()),
        "repeat" => ("performs the call more than once", repeat(d)),
        "blocked" => ("waits until the started call is seen asleep in the kernel", text()),
        "finish" => ("waits until the started call returns", text()),
        "store" => {
            let store = keyed(&STORED, |key| match key {
                "at" => ("where", any_of([address(d), value(d)])),
                "bytes" => ("what", bytes(d)),
                _ => unknown(),
            });
            ("stores bytes into user memory", or_reference(d, requiring(&STORED, store)))
        }
        "load" => {
            let load = keyed(&LOADED, |key| match key {
                "at" => ("where", any_of([address(d), value(d)])),
                "len" => ("how many bytes", length(d)),
                _ => unknown(),
            });
            ("loads bytes from user memory", or_reference(d, requiring(&LOADED, load)))
        }
        "on" => ("the actor that does it; left out, the main one", text()),
        "expect" => ("what must come of it", json!({})),
        "expect_when" => ("what must come of it, by kernel versions", json!({})),
        "claimed" => ("what would come of it if the claim's document were right", json!({})),
        "bind" => {
            let names = pattern(d);
            let bind = json!({"type": "object", "additionalProperties": names});
            ("names for results", or_reference(d, bind))
        }
        _ => unknown(),
    }
}

fn repeat(d: &mut Definitions) -> Value {
    let mut bounded = keyed(&REPEAT, |key| match key {
        "times" => ("so many times; a failure ends it", length(d)),
        "until" => ("until it fails with this error", errno(d)),
        "max" => ("at most so many times", literal(d, 1, MAX_CALLS as i64)),
        _ => unknown(),
    });
    bounded["oneOf"] = json!([
        {"required": ["times"], "maxProperties": 1},
        {"required": ["until"]},
    ]);
    let advance =
        described("buffer and count move on by each return until all is transferred", json!({"const": "advance"}));
    let either = any_of([advance, bounded]);
    or_reference(d, either)
}
