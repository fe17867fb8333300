//! Definitions that schemas share, and the forms that schemas are made of.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::case::Key;

/// Schemas by name.
#[derive(Default)]
pub(crate) struct Definitions(BTreeMap<String, Value>);

impl Definitions {
    /// A reference to the definition of this name, which is made where it is missing.
    pub(crate) fn share(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.0.contains_key(name) {
            // A definition may refer to itself.
            self.0.insert(name.to_owned(), Value::Null);
            let schema = make(self);
            self.0.insert(name.to_owned(), schema);
        }
        json!({"$ref": format!("#/definitions/{name}")})
    }

    /// The definitions, each with its keys in order.
    pub(crate) fn into_sorted(mut self) -> BTreeMap<String, Value> {
        self.0.values_mut().for_each(Value::sort_all_objects);
        self.0
    }
}

/// A name's part of a definition's name: `open-flags` for `open flags`.
pub(crate) fn slug(name: &str) -> String {
    name.replace(' ', "-")
}

/// A schema with a description.
pub(crate) fn described(description: &str, mut schema: Value) -> Value {
    schema["description"] = json!(description);
    schema
}

/// A value that one of these describes; each is named once.
pub(crate) fn any_of(schemas: impl IntoIterator<Item = Value>) -> Value {
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
pub(crate) fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

/// A mapping that has no other keys than these.
pub(crate) fn closed(properties: Map<String, Value>) -> Value {
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

/// A mapping that has no other keys than these.
pub(crate) fn keyed<'k>(d: &mut Definitions, keys: impl IntoIterator<Item = &'k Key>) -> Value {
    keyed_with(d, keys, |d, key| (key.schema)(d))
}

/// The same, where something holds of a key beside what its definition says.
pub(crate) fn keyed_with<'k>(
    d: &mut Definitions,
    keys: impl IntoIterator<Item = &'k Key>,
    property: impl Fn(&mut Definitions, &Key) -> Value,
) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for key in keys {
        properties.insert(key.name.to_owned(), described(key.says, property(d, key)));
        if key.required {
            required.push(key.name);
        }
    }
    let schema = closed(properties);
    if required.is_empty() { schema } else { requiring(&required, schema) }
}

/// A mapping of names that the case chooses to such values.
pub(crate) fn named(pattern: &str, value: Value) -> Value {
    json!({"type": "object", "propertyNames": {"pattern": pattern}, "additionalProperties": value})
}

/// The same with keys that must be there.
pub(crate) fn requiring(keys: &[&str], mut schema: Value) -> Value {
    schema["required"] = json!(keys);
    schema
}

/// The words of a table of words.
pub(crate) fn words<T>(words: &[(&str, T)]) -> Value {
    json!({"enum": words.iter().map(|(word, _)| *word).collect::<Vec<_>>()})
}
