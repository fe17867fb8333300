//! Scalars: text, numbers, constants, references, sums; and bytes.

use serde_json::{Value, json};

use super::definitions::{Definitions, any_of, closed, described, list, requiring, slug};
use super::input::any_structure;
use crate::abi::{self, Set};
use crate::case::{BY, ELSE};
use crate::plan::{NOTATIONS, NUMBERS};

/// What `$name` can refer to.
pub(crate) const VARIABLE: &str = "^[A-Za-z_][A-Za-z0-9_]*$";

/// A key that a parameter stands for.
pub(crate) const REFERENCE_KEY: &str = r"^\$";

/// `$name`, alone.
const NAME: &str = r"^\$[A-Za-z_][A-Za-z0-9_]*$";

/// `$name`, alone, or a choice by a parameter.
pub(crate) fn reference(d: &mut Definitions) -> Value {
    d.share("reference", |_| any_of([json!({"type": "string", "pattern": NAME}), choice(json!({}))]))
}

/// This, or a parameter that stands for it, or a choice by one.
pub(crate) fn or_reference(d: &mut Definitions, schema: Value) -> Value {
    any_of([schema, reference(d)])
}

/// This, or a parameter that stands for it, or a choice by one among these.
pub(crate) fn or_chosen(d: &mut Definitions, schema: Value, among: Value) -> Value {
    any_of([schema, reference(d), choice(among)])
}

/// `{by: $kind, a-file: …, else: …}`, with such cells.
fn choice(cell: Value) -> Value {
    let by = described("the parameter that chooses", json!({"type": "string", "pattern": NAME}));
    let otherwise = described("for all values that have no cell", cell.clone());
    let properties = json!({BY: by, ELSE: otherwise});
    let mut choice = json!({"type": "object", "required": [BY], "properties": properties});
    // To a language server, a key that goes with anything fits better than one that is being typed elsewhere: it would
    // complete nothing else.
    if cell != json!({}) {
        choice["additionalProperties"] = cell;
    }
    choice
}

/// A scalar that is read as text, whatever YAML takes it for.
pub(crate) fn scalar() -> Value {
    json!({"type": ["string", "number", "boolean"]})
}

/// A path inside the working directory.
pub(crate) fn path(d: &mut Definitions) -> Value {
    // Relative, and without a part that is `..`.
    let part = r"(?:[^/.][^/]*|\.(?:[^/.][^/]*)?|\.\.[^/]+)?";
    let pattern = format!("^(?:[^/.][^/]*|\\.(?:[^/.][^/]*)?|\\.\\.[^/]+)(?:/{part})*$");
    d.share("path", |_| json!({"type": ["string", "number", "boolean"], "pattern": pattern}))
}

/// A number that is written as such.
pub(crate) fn literal(d: &mut Definitions, least: i64, most: i64) -> Value {
    let number = json!({"type": "integer", "minimum": least, "maximum": most});
    or_reference(d, number)
}

/// A sum, or a reference. A bare word is none, nor is a number in quotes.
fn sum(d: &mut Definitions) -> Value {
    d.share("sum", |_| {
        let word = "[A-Za-z_][A-Za-z0-9_]*";
        let prefix = r"[-~(]\s*";
        let term = format!(r"(?:\$?{word}|[0-9][0-9A-Za-z_]*)");
        let atom = format!(r"(?:{prefix})*{term}(?:\s*\))*");
        let more = format!(r"\s*(?:[-+*&|]|<<|>>)\s*{atom}");
        let one = format!(r"(?:\${word}|[0-9][0-9A-Za-z]*_[0-9A-Za-z_]*)(?:\s*\))*");
        let alone = format!(r"(?:(?:{prefix})+{atom}|{one})(?:{more})*");
        let joined = format!("{atom}(?:{more})+");
        json!({"type": "string", "pattern": format!(r"^\s*(?:{alone}|{joined})\s*$")})
    })
}

/// The names in a set.
pub(crate) fn names(d: &mut Definitions, set: &Set) -> Value {
    let names = set.consts.iter().map(|(name, _)| *name).collect();
    d.share(&format!("names.{}", slug(set.name)), |_| described(set.name, one_of_names(names)))
}

fn one_of_names(names: Vec<&str>) -> Value {
    let mut distinct: Vec<&str> = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    json!({"enum": distinct})
}

/// The numbers of a place that takes no set of constants.
pub(crate) fn number(d: &mut Definitions) -> Value {
    d.share("number", |d| any_of([json!({"type": "integer"}), names(d, &abi::GENERAL), sum(d)]))
}

/// A time: nanoseconds, or a number with a unit.
pub(crate) fn time(d: &mut Definitions) -> Value {
    d.share("time", |d| {
        let unit = json!({"type": "string", "pattern": "^[0-9]+(?:ns|us|ms|s)$"});
        any_of([unit, json!({"type": "integer", "minimum": 0}), sum(d)])
    })
}

/// A length in bytes or elements.
pub(crate) fn length(d: &mut Definitions) -> Value {
    d.share("length", |d| any_of([json!({"type": "integer", "minimum": 0}), names(d, &abi::GENERAL), sum(d)]))
}

/// The constants of a set. Those that fit anywhere are accepted, but not proposed.
pub(crate) fn constant(d: &mut Definitions, set: &Set) -> Value {
    let general: Vec<&str> = abi::GENERAL.consts.iter().map(|(name, _)| *name).collect();
    let general = format!("^(?:{})$", general.join("|"));
    d.share(&format!("constant.{}", slug(set.name)), |d| {
        let general = d.share("general", |_| json!({"type": "string", "pattern": general}));
        any_of([json!({"type": "integer"}), names(d, set), general, sum(d)])
    })
}

/// A number, or any constant that there is.
pub(crate) fn value(d: &mut Definitions) -> Value {
    d.share("value", |d| {
        let mut all: Vec<&str> = abi::all_sets().flat_map(|set| set.consts).map(|(name, _)| *name).collect();
        all.sort_unstable();
        all.dedup();
        any_of([json!({"type": "integer"}), one_of_names(all), sum(d)])
    })
}

/// `{raw: N}`.
pub(crate) fn raw(d: &mut Definitions) -> Value {
    d.share("raw", |d| {
        let raw = described("exactly this register value", value(d));
        requiring(&["raw"], closed([("raw".to_owned(), raw)].into_iter().collect()))
    })
}

/// `NULL`, an address, or a register value: what stands for a pointer itself.
pub(crate) fn pointer(d: &mut Definitions) -> Value {
    d.share("pointer", |d| {
        // YAML reads the plain word as null; a type would make editors propose `null`.
        let null = json!({"not": {"type": ["string", "number", "boolean", "array", "object"]}});
        any_of([null, address(d), raw(d)])
    })
}

/// A sum with a reference in it.
pub(crate) fn address(d: &mut Definitions) -> Value {
    d.share("address", |d| json!({"allOf": [sum(d), {"type": "string", "pattern": "\\$"}]}))
}

/// `{room: N}`.
pub(crate) fn room(d: &mut Definitions) -> Value {
    d.share("room", |d| {
        let room = described("so many bytes (or elements) that the kernel may write", length(d));
        requiring(&["room"], closed([("room".to_owned(), room)].into_iter().collect()))
    })
}

/// The notation of bytes.
pub(crate) fn bytes(d: &mut Definitions) -> Value {
    d.share("bytes", |d| any_of([json!({"type": "string"}), notation(d)]))
}

/// The notations of bytes that are mappings, structures among them.
pub(crate) fn notation(d: &mut Definitions) -> Value {
    d.share("bytes.notation", |d| {
        let structure = any_structure(d);
        any_of(NOTATIONS.map(|name| one_notation(d, name, bytes)).into_iter().chain([structure]))
    })
}

/// The same where bytes are compared: `parts` are those of `concat`.
pub(crate) fn compared_notation(d: &mut Definitions, parts: fn(&mut Definitions) -> Value) -> Value {
    any_of(NOTATIONS.map(|name| one_notation(d, name, parts)))
}

fn one_notation(d: &mut Definitions, name: &str, parts: fn(&mut Definitions) -> Value) -> Value {
    let byte = json!({"type": "integer", "minimum": 0, "maximum": 255});
    let byte = any_of([byte, names(d, &abi::GENERAL), sum(d)]);
    let hex = json!({"type": ["string", "number"], "pattern": r"^(?:\s*[0-9A-Fa-f]\s*[0-9A-Fa-f])*\s*$"});
    let (description, schema) = match name {
        "hex" => ("pairs of hexadecimal digits", or_reference(d, hex)),
        "text" => ("text in which `${…}` stands for a number in decimal", or_reference(d, json!({"type": "string"}))),
        "fill" => ("one byte over and over", byte),
        "pattern" => ("byte i is (seed + i) mod 251: data out of place is noticed", byte),
        "concat" => {
            let parts = list(parts(d));
            ("parts, one after the other", or_reference(d, parts))
        }
        _ => ("a number or a list of numbers, in the machine's byte order", any_of([value(d), list(value(d))])),
    };
    let mut keys = vec![name];
    let property = (name.to_owned(), described(description, schema));
    let mut object = closed([property].into_iter().collect());
    if matches!(name, "fill" | "pattern") {
        keys.push("len");
        object["properties"]["len"] = described("how many bytes", length(d));
    }
    requiring(&keys, object)
}

/// `{u32@12: …}`, or a structure there, with names in place of numbers.
pub(crate) fn bound_numbers(d: &mut Definitions) -> Value {
    d.share("bind.bytes", |d| {
        let names = any_of([variable(d), list(variable(d))]);
        let number = described("the number at the start of the buffer, or numbers from there on", names.clone());
        let fields = described("fields of a structure at that offset, in bytes", json!({"type": "object"}));
        let mut object = closed(NUMBERS.map(|name| (name.to_owned(), number.clone())).into_iter().collect());
        let offset = "(?:0x[0-9a-fA-F]+|[0-9]+)";
        object["patternProperties"] = json!({
            format!("^(?:{})@{offset}$", NUMBERS.join("|")): described("the number at that offset, in bytes", names),
            format!("^(?!(?:{})(?:@|$))[a-z][a-z0-9_]*(?:@{offset})?$", NUMBERS.join("|")): fields,
        });
        let line = json!({"type": "string"});
        object["properties"]["line"] = described("a line, with `${name}` where a number stands", line);
        object["minProperties"] = json!(1);
        object
    })
}

/// A name for a variable.
pub(crate) fn variable(d: &mut Definitions) -> Value {
    d.share("variable", |_| json!({"type": "string", "pattern": VARIABLE}))
}

/// The name of an error.
pub(crate) fn errno(d: &mut Definitions) -> Value {
    let name = names(d, &abi::ERRNO);
    or_reference(d, name)
}

/// The name of a capability.
pub(crate) fn capability(d: &mut Definitions) -> Value {
    let name = names(d, &abi::CAPABILITY);
    or_reference(d, name)
}

/// How real-time signals are named.
pub(crate) const REAL_TIME: &str = r"^SIGRT(?:MIN\+|MAX-)\s*[0-9]+$";

/// The name of a signal.
pub(crate) fn signal(d: &mut Definitions) -> Value {
    d.share("signal", |d| {
        any_of([names(d, &abi::SIGNAL), json!({"type": "string", "pattern": REAL_TIME}), reference(d)])
    })
}
