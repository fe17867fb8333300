//! `bind`: names for results.

use super::bytes::int_of;
use super::number::{C_INT, shape};
use super::op::BindFrom;
use super::outcome::{Outcome, refuse, suggest};
use super::output::{Output, Outputs, Spot};
use crate::abi::Int;
use crate::case::{Diagnostic, Node, Spanned, Value};

/// The numbers that can be bound from bytes.
pub(crate) const NUMBERS: [&str; 6] = ["u8", "u16", "u32", "u64", "i32", "i64"];

/// The names in a `bind`, so that their uses are known even if the step is wrong.
pub(super) fn names(pattern: &Node) -> Vec<Spanned<String>> {
    match &pattern.value {
        Value::Scalar { text, .. } => vec![Spanned { value: text.clone(), span: pattern.span.clone() }],
        Value::List(items) => items.iter().flat_map(names).collect(),
        Value::Map(entries) => entries.iter().flat_map(|(_, node)| names(node)).collect(),
    }
}

/// Each name and where its value comes from.
pub(super) fn sources(
    bind: &[(Spanned<String>, Node)],
    call: &str,
    outputs: &Outputs,
) -> Outcome<Vec<(Spanned<String>, BindFrom)>> {
    let mut all = vec![];
    for (name, pattern) in bind {
        if name.value == "return" {
            all.push((leaf(pattern, "return")?, BindFrom::Return));
            continue;
        }
        let Some((_, output)) = outputs.named.iter().find(|(known, _)| *known == name.value) else {
            let title = format!("`{}` is no output of this {call}", name.value);
            let unknown = Diagnostic::at(&name.span, title, "nothing is written there that could be bound");
            let known = outputs.named.iter().map(|(known, _)| *known).chain(["return"]);
            return refuse(suggest(unknown, name, known));
        };
        matches(output, pattern, name, &mut all)?;
    }
    Ok(all)
}

fn matches(output: &Output, pattern: &Node, what: &str, all: &mut Vec<(Spanned<String>, BindFrom)>) -> Outcome<()> {
    match (output, &pattern.value) {
        (Output::Number { at, kind }, Value::Scalar { .. }) => {
            all.push((leaf(pattern, what)?, source(*at, shape(kind).map_or(C_INT, |s| s.0), pattern)?));
        }
        (Output::List(outputs) | Output::Array { each: outputs, .. }, Value::List(items))
            if items.len() <= outputs.len() =>
        {
            for (i, (output, item)) in outputs.iter().zip(items).enumerate() {
                matches(output, item, &format!("{what}[{i}]"), all)?;
            }
        }
        (Output::Struct { layout, fields }, Value::Map(entries)) => {
            for (key, item) in entries {
                let Some((field, output)) = fields.iter().find(|(field, _)| *field == key.value) else {
                    let title = format!("struct {} has no `{}` to bind", layout.name, key.value);
                    let unknown = Diagnostic::at(&key.span, title, "unknown field");
                    return refuse(suggest(unknown, key, fields.iter().map(|(field, _)| *field)));
                };
                matches(output, item, &format!("{what}.{field}"), all)?;
            }
        }
        (Output::Bytes { at, .. }, Value::Map(entries)) => match &entries[..] {
            [(key, item)] if NUMBERS.contains(&key.value.as_str()) => {
                let int = int_of(key);
                let items = match &item.value {
                    Value::List(items) => items.as_slice(),
                    _ => std::slice::from_ref(item),
                };
                for (i, item) in items.iter().enumerate() {
                    let at = at.behind(i * usize::from(int.size));
                    all.push((leaf(item, what)?, source(at, int, item)?));
                }
            }
            _ => return refuse(number_of_buffer(pattern, what)),
        },
        (Output::Bytes { .. }, _) => return refuse(number_of_buffer(pattern, what)),
        (Output::List(outputs) | Output::Array { each: outputs, .. }, Value::List(_)) => {
            return refuse(Diagnostic::at(
                &pattern.span,
                format!("`{what}` has {} elements", outputs.len()),
                "more names than that",
            ));
        }
        _ => {
            return refuse(Diagnostic::at(
                &pattern.span,
                format!("`{what}` is {}", output.notation()),
                "something else",
            ));
        }
    }
    Ok(())
}

fn number_of_buffer(pattern: &Node, what: &str) -> Diagnostic {
    Diagnostic::at(&pattern.span, format!("`{what}` is a buffer"), "which number in it?")
        .help("write `{u64: name}` for the number at its start")
}

fn leaf(pattern: &Node, what: &str) -> Outcome<Spanned<String>> {
    match &pattern.value {
        Value::Scalar { text, .. } => Ok(Spanned { value: text.clone(), span: pattern.span.clone() }),
        _ => refuse(Diagnostic::at(&pattern.span, format!("`{what}` is one number"), "one name is expected")),
    }
}

fn source(at: Spot, int: Int, pattern: &Node) -> Outcome<BindFrom> {
    match at.source(int) {
        Some(source) => Ok(source),
        None => refuse(Diagnostic::at(
            &pattern.span,
            "the buffer's address is not known while planning",
            "cannot be bound from there",
        )),
    }
}
