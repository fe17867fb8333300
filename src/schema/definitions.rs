//! Definitions that schemas share, and the forms that schemas are made of.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Schemas by name.
#[derive(Default)]
pub(super) struct Definitions(BTreeMap<String, Value>);

impl Definitions {
    /// A reference to the definition of this name, which is made where it is missing.
    pub(super) fn share(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.0.contains_key(name) {
            // A definition may refer to itself.
            self.0.insert(name.to_owned(), Value::Null);
            let schema = make(self);
            self.0.insert(name.to_owned(), schema);
        }
        json!({"$ref": format!("#/definitions/{name}")})
    }

    /// The definitions, each with its keys in order.
    pub(super) fn into_sorted(mut self) -> BTreeMap<String, Value> {
        self.0.values_mut().for_each(Value::sort_all_objects);
        self.0
    }
}

/// A name's part of a definition's name: `open-flags` for `open flags`.
pub(super) fn slug(name: &str) -> String {
    name.replace(' ', "-")
}

/// A schema with a description.
pub(super) fn described(description: &str, mut schema: Value) -> Value {
    schema["description"] = json!(description);
    schema
}

/// A value that one of these describes; each is named once.
pub(super) fn any_of(schemas: impl IntoIterator<Item = Value>) -> Value {
    let mut all: Vec<Value> = Vec::new();
    for schema in schemas {
        match schema.as_object() {
            Some(only) if only.len() == 1 && only.contains_key("anyOf") => {
                let inner = only["anyOf"].as_array().into_iter().flatten();
                let new: Vec<_> = inner.filter(|s| !all.contains(s)).cloned().collect();
                all.extend(new);
            }
            _ if all.contains(&schema) => {}
            _ => all.push(schema),
        }
    }
    match all.len() {
        1 => all.remove(0),
        _ => json!({"anyOf": all}),
    }
}

/// A list of such values.
pub(super) fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

/// A mapping that has no other keys than these.
pub(super) fn closed(properties: Map<String, Value>) -> Value {
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

/// A mapping with a fixed list of keys, each with its description and what it holds.
pub(super) fn keyed<'k>(keys: &[&'k str], mut of: impl FnMut(&'k str) -> (&'static str, Value)) -> Value {
    let property = |key: &&'k str| {
        let (description, schema) = of(key);
        ((*key).to_owned(), described(description, schema))
    };
    closed(keys.iter().map(property).collect())
}

/// For a key that the loader knows and the schema does not: a test refuses keys without a description.
pub(super) fn unknown() -> (&'static str, Value) {
    ("", json!({}))
}

/// A mapping of names that the case chooses to such values.
pub(super) fn named(pattern: &str, value: Value) -> Value {
    json!({"type": "object", "propertyNames": {"pattern": pattern}, "additionalProperties": value})
}

/// The same with keys that must be there.
pub(super) fn requiring(keys: &[&str], mut schema: Value) -> Value {
    schema["required"] = json!(keys);
    schema
}

/// The words of a table of words.
pub(super) fn words<T>(words: &[(&str, T)]) -> Value {
    json!({"enum": words.iter().map(|(word, _)| *word).collect::<Vec<_>>()})
}
