//! `expect`, `expect_when` and `claimed`.

use serde_json::{Value, json};

use super::definitions::{Definitions, any_of, described, keyed, list, requiring, unknown};
use super::output::{bounds, held_bytes};
use super::value::{bytes, errno, literal, or_reference, signal, value};
use crate::case::keys::OUTCOMES;

/// Version ranges, any of which will do.
pub(super) fn ranges(d: &mut Definitions) -> Value {
    d.share("ranges", |d| {
        let one = r"(?:[<>]=?|=)\s*[0-9]+(?:\.[0-9]+){0,2}";
        let range = json!({"type": "string", "pattern": format!(r"^\s*{one}\s*(?:,\s*{one}\s*)*$")});
        let mut all = list(or_reference(d, range));
        all["minItems"] = json!(1);
        all
    })
}

/// What must come of a step of a kind whose expectations have these keys.
pub(super) fn expect(d: &mut Definitions, kind: &str, keys: &[&'static str]) -> Value {
    let schema = d.share(&format!("expect.{kind}"), |d| whole(keyed(keys, |key| said(d, key)), kind));
    or_reference(d, schema)
}

/// `expect_when`: the same for sets of kernel versions.
pub(super) fn history(d: &mut Definitions, kind: &str, keys: &[&'static str]) -> Value {
    let schema = d.share(&format!("expect-when.{kind}"), |d| {
        let keys = [&["kernel"], keys].concat();
        let mut entry = whole(keyed(&keys, |key| said(d, key)), kind);
        entry["required"] = json!(["kernel"]);
        let entry = or_reference(d, entry);
        list(entry)
    });
    or_reference(d, schema)
}

/// `claimed`: need not speak of the outcome.
pub(super) fn claimed(d: &mut Definitions, kind: &str, keys: &[&'static str]) -> Value {
    let schema = d.share(&format!("claimed.{kind}"), |d| {
        let mut claimed = keyed(keys, |key| said(d, key));
        claimed["minProperties"] = json!(1);
        claimed
    });
    or_reference(d, schema)
}

/// Of a call, exactly one thing comes; of other steps, something.
fn whole(mut expect: Value, kind: &str) -> Value {
    if kind == "call" {
        let one = OUTCOMES.map(|key| json!({"required": [key]}));
        expect["oneOf"] = json!(one);
    } else {
        expect["minProperties"] = json!(1);
    }
    expect
}

fn said(d: &mut Definitions, key: &str) -> (&'static str, Value) {
    match key {
        "kernel" => ("kernel versions: comma is *and*, the list is *or*", ranges(d)),
        "return" => ("the return value: a number, flags, {min, max} or {not}", number_or_bounds(d)),
        "errno" => ("it fails with this error", errno(d)),
        "killed" => ("the actor is killed by this signal", signal(d)),
        "out" => {
            let any = or_reference(d, json!({"type": "object"}));
            ("contents of output arguments, by name", any)
        }
        "signals" => {
            let all = list(signal(d));
            ("signals recorded during the step, in order", or_reference(d, all))
        }
        "bytes" => ("what the load finds", held_bytes(d)),
        "repeats" => ("how many calls of a repetition succeed", value(d)),
        "offsets" => {
            let each = number_or_bounds(d);
            let all = json!({"type": "object", "additionalProperties": each});
            ("descriptor → file offset after the step", or_reference(d, all))
        }
        "files" => {
            let each = bytes(d);
            let all = json!({"type": "object", "additionalProperties": each});
            ("path → content after the step", or_reference(d, all))
        }
        "opens" => ("how many more descriptors are open than before the step", literal(d, -1024, 1024)),
        _ => unknown(),
    }
}

fn number_or_bounds(d: &mut Definitions) -> Value {
    d.share("return", |d| {
        let number = value(d);
        any_of([number.clone(), list(number.clone()), bounds(d, &number)])
    })
}

/// `kernel` and what holds for these versions.
pub(super) fn ranged(d: &mut Definitions, keys: &[&'static str], description: &'static str, held: &Value) -> Value {
    let entry = keyed(keys, |key| match key {
        "is" => (description, held.clone()),
        key => said(d, key),
    });
    described("a history by kernel versions", list(requiring(keys, entry)))
}
