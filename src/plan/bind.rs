//! `bind`: names for results.

use super::bytes::int_of;
use super::line::{self, LINE};
use super::number::{C_INT, U64, shape};
use super::observe;
use super::op::BindFrom;
use super::output::{Output, Outputs, Spot};
use super::performed::Bind;
use super::result::{PlanResult, refuse, suggest};
use super::vars::Scope;
use crate::abi::Int;
use crate::case::{Diagnostic, Node, Span, Spanned, Step, Value};

/// The numbers that can be bound from bytes.
pub(crate) const NUMBERS: [&str; 6] = ["u8", "u16", "u32", "u64", "i32", "i64"];

/// When a step's call began and ended, in nanoseconds of `CLOCK_MONOTONIC`.
pub(crate) const TIMES: [(&str, BindFrom); 2] = [("began", BindFrom::Began), ("ended", BindFrom::Ended)];

/// The names in a `bind`, so that their uses are known even if the step is wrong.
pub(super) fn names(pattern: &Node) -> Vec<Spanned<String>> {
    match &pattern.value {
        Value::Scalar { text, .. } => vec![Spanned { value: text.clone(), span: pattern.span.clone() }],
        Value::List(items) => items.iter().flat_map(names).collect(),
        Value::Map(entries) => {
            let one = |(key, node): &(Spanned<String>, Node)| match key.value.as_str() {
                LINE => line::named(node).map_or_else(|_| vec![], |(_, names)| names),
                _ => names(node),
            };
            entries.iter().flat_map(one).collect()
        }
    }
}

/// The variables that a step binds.
pub(super) fn binds(
    step: &Step,
    call: &str,
    returns: bool,
    outputs: &Outputs,
    scope: &mut Scope,
) -> PlanResult<Vec<Bind>> {
    // What is to fail returns no number, but may have written some.
    let on_error = step.expect.iter().any(|expect| expect.value.errno.is_some());
    let succeeds = step.expect.is_empty() || step.expect.iter().any(|expect| expect.value.errno.is_none());
    let mut patterns = Patterns { outputs, found: vec![] };
    for (name, pattern) in step.bind.iter().filter(|(name, _)| !observe::is_bound(name)) {
        if name.value == "return" && !succeeds {
            return refuse(
                Diagnostic::at(&name.span, "a call that fails returns no number", "nothing to bind")
                    .help("what it writes can be bound, by the names of its arguments"),
            );
        }
        patterns.result(name, pattern, call, returns)?;
    }
    let bind = |(name, from): (Spanned<String>, BindFrom)| {
        let on_error = match from {
            BindFrom::Return => false,
            BindFrom::Captured { .. } | BindFrom::InLine { .. } => on_error,
            BindFrom::Began | BindFrom::Ended | BindFrom::Elapsed => true,
        };
        Ok(Bind { var: scope.bind(&name)?, from, on_error })
    };
    patterns.found.into_iter().map(bind).collect()
}

/// Patterns of names beside what they name.
struct Patterns<'a> {
    outputs: &'a Outputs,
    /// Each name and where its value comes from.
    found: Vec<(Spanned<String>, BindFrom)>,
}

impl Patterns<'_> {
    fn result(&mut self, name: &Spanned<String>, pattern: &Node, call: &str, returns: bool) -> PlanResult<()> {
        let outputs = self.outputs;
        if name.value == "return" && returns {
            self.found.push((leaf(pattern, "return")?, BindFrom::Return));
            return Ok(());
        }
        if let Some((_, from)) = TIMES.iter().find(|(time, _)| *time == name.value) {
            self.found.push((leaf(pattern, name)?, from.clone()));
            return Ok(());
        }
        let Some((_, output)) = outputs.named.iter().find(|(known, _)| *known == name.value) else {
            let title = format!("`{}` is no output of this {call}", name.value);
            let unknown = Diagnostic::at(&name.span, title, "nothing is written there that could be bound");
            let returns = returns.then_some("return");
            let known = outputs.named.iter().map(|(known, _)| *known).chain(returns);
            return refuse(suggest(unknown, name, known));
        };
        self.output(output, pattern, name)
    }

    fn output(&mut self, output: &Output, pattern: &Node, what: &str) -> PlanResult<()> {
        match (output, &pattern.value) {
            (Output::Number { at, kind }, Value::Scalar { .. }) => {
                self.number(*at, shape(kind).map_or(C_INT, |s| s.0), pattern, what)
            }
            (Output::SigSet(at), Value::Scalar { .. }) => self.number(*at, U64, pattern, what),
            (Output::List(outputs) | Output::Array { each: outputs, .. }, Value::List(items))
                if items.len() <= outputs.len() =>
            {
                let mut each = outputs.iter().zip(items).enumerate();
                each.try_for_each(|(i, (output, item))| self.output(output, item, &format!("{what}[{i}]")))
            }
            (Output::List(outputs) | Output::Array { each: outputs, .. }, Value::Map(entries)) => {
                entries.iter().try_for_each(|(index, item)| {
                    let output = index.parse().ok().and_then(|i: usize| outputs.get(i));
                    match output {
                        Some(output) => self.output(output, item, &format!("{what}[{}]", index.value)),
                        None => refuse(elements(&index.span, what, outputs, "no index of one")),
                    }
                })
            }
            (Output::List(outputs) | Output::Array { each: outputs, .. }, Value::List(_)) => {
                refuse(elements(&pattern.span, what, outputs, "more names than that"))
            }
            (Output::Struct { layout, fields }, Value::Map(entries)) => self.fields(layout.name, fields, entries, what),
            (Output::Bytes { at, .. } | Output::Text { at, .. }, Value::Map(entries)) if !entries.is_empty() => {
                entries.iter().try_for_each(|(place, item)| self.inside(*at, place, item, what))
            }
            (Output::Bytes { .. } | Output::Text { .. }, _) => refuse(number_of_buffer(&pattern.span, what)),
            _ => refuse(Diagnostic::at(&pattern.span, format!("`{what}` is {}", output.notation()), "something else")),
        }
    }

    fn fields(
        &mut self,
        structure: &str,
        fields: &[(&'static str, Output)],
        entries: &[(Spanned<String>, Node)],
        what: &str,
    ) -> PlanResult<()> {
        for (key, item) in entries {
            let Some((field, output)) = fields.iter().find(|(field, _)| *field == key.value) else {
                let title = format!("struct {structure} has no `{}` to bind", key.value);
                let unknown = Diagnostic::at(&key.span, title, "unknown field");
                return refuse(suggest(unknown, key, fields.iter().map(|(field, _)| *field)));
            };
            self.output(output, item, &format!("{what}.{field}"))?;
        }
        Ok(())
    }

    /// Numbers or a structure at a place of a buffer: `u32@12`.
    fn inside(&mut self, start: Spot, place: &Spanned<String>, item: &Node, what: &str) -> PlanResult<()> {
        let (kind, offset) = place.split_once('@').unwrap_or((place, "0"));
        let Some(offset) = crate::case::parse_number(offset).and_then(|n| u32::try_from(n).ok()) else {
            return refuse(
                Diagnostic::at(&place.span, format!("`{}` is no place in `{what}`", place.value), "where?")
                    .help("write the offset in bytes as a number: `u32@12`"),
            );
        };
        let at = start.after(offset as usize);
        if kind == LINE && offset == 0 {
            return self.line(at, item);
        }
        if NUMBERS.contains(&kind) {
            let int = int_of(kind);
            let items = match &item.value {
                Value::List(items) => items.as_slice(),
                _ => std::slice::from_ref(item),
            };
            let mut each = items.iter().enumerate();
            return each.try_for_each(|(i, item)| self.number(at.after(i * usize::from(int.size)), int, item, what));
        }
        match (crate::abi::structure(kind), &item.value) {
            (Some(layout), Value::Map(entries)) => self.fields(layout.name, &Output::fields(layout, at), entries, what),
            (Some(_), _) => refuse(Diagnostic::at(&item.span, "a structure is a mapping", "not a mapping")),
            (None, _) => refuse(suggest(number_of_buffer(&place.span, what), kind, NUMBERS)),
        }
    }

    /// Numbers in the first line that is of a pattern.
    fn line(&mut self, at: Spot, item: &Node) -> PlanResult<()> {
        let (line, names) = line::named(item)?;
        for (number, name) in names.into_iter().enumerate() {
            let from = BindFrom::InLine { capture: at.capture as u16, line: line.clone(), number: number as u8 };
            self.found.push((name, from));
        }
        Ok(())
    }

    fn number(&mut self, at: Spot, int: Int, pattern: &Node, what: &str) -> PlanResult<()> {
        let name = leaf(pattern, what)?;
        let end = at.offset + usize::from(int.size);
        let held = self.outputs.captures.get(at.capture).and_then(|capture| capture.len.known());
        if let Some(held) = held.filter(|held| end as i64 > *held) {
            let title = format!("`{what}` has {held} bytes");
            return refuse(Diagnostic::at(&pattern.span, title, format!("this would end at byte {end}")));
        }
        let from = BindFrom::Captured {
            capture: at.capture as u16,
            offset: at.offset as u32,
            size: int.size,
            signed: int.signed,
            big: int.big,
        };
        self.found.push((name, from));
        Ok(())
    }
}

fn elements(span: &Span, what: &str, outputs: &[Output], label: &str) -> Diagnostic {
    Diagnostic::at(span, format!("`{what}` has {} elements", outputs.len()), label)
}

fn number_of_buffer(span: &Span, what: &str) -> Diagnostic {
    Diagnostic::at(span, format!("`{what}` is a buffer"), "which number in it?")
        .help("write `{u64: name}` for the number at its start, `{u32@12: name}` for one at an offset, `{line: \"…${name}…\"}` for one in a line")
}

fn leaf(pattern: &Node, what: &str) -> PlanResult<Spanned<String>> {
    match &pattern.value {
        Value::Scalar { text, .. } => Ok(Spanned { value: text.clone(), span: pattern.span.clone() }),
        _ => refuse(Diagnostic::at(&pattern.span, format!("`{what}` is one number"), "one name is expected")),
    }
}
