//! Fixtures: set-ups that several cases share, put into the cases that use them.

use std::collections::BTreeMap;

use super::{
    decode::{Decoder, Fields, shared_keys},
    diagnostic::Diagnostic,
    node::{Node, Span, Spanned, Value},
    substitute::{Budget, too_much},
};

type Entries = Vec<(Spanned<String>, Node)>;

/// The entries of a case with its fixtures, and where those stand.
pub(super) type Inlined = (Entries, Vec<Span>);

/// The fixtures that a file sees.
#[derive(Clone, Default)]
pub(super) struct Fixtures<'n>(BTreeMap<&'n str, (&'n Spanned<String>, &'n Node)>);

impl<'n> Fixtures<'n> {
    /// Adds those of a `fixtures` key.
    pub(super) fn add(&mut self, d: &mut Decoder, node: &'n Node) {
        let known: Vec<&str> = shared_keys().map(|key| key.name).collect();
        for (name, fixture) in d.entries(node, "a mapping of names to fixtures") {
            d.fields(fixture, "fixture", &known);
            if let Some((first, _)) = self.0.insert(name, (name, fixture)) {
                let title = format!("two fixtures are called `{}`", name.value);
                d.report(Diagnostic::at(&name.span, title, "this one").related(&first.span, "and this one"));
            }
        }
    }

    /// The entries of a case with the fixtures that it uses put before its own, and where those fixtures stand.
    pub(super) fn inline(
        &self,
        d: &mut Decoder,
        case: &Fields<'n>,
        used: &Node,
        budget: &mut Budget,
    ) -> Option<Inlined> {
        let (mut merged, mut places) = (Entries::new(), Vec::new());
        let found = d.diags.len();
        let names = d.names(used, "a list of fixtures");
        for (nth, name) in names.iter().enumerate() {
            let Some((key, fixture)) = self.0.get(name.as_str()) else {
                let known: Vec<&str> = self.0.keys().copied().collect();
                d.unknown("fixture", name, &known, "neither in this file nor in `fixtures.yaml`");
                continue;
            };
            if let Some(first) = names[..nth].iter().find(|first| first.value == name.value) {
                let title = format!("the fixture `{}` is used twice", name.value);
                d.report(Diagnostic::at(&name.span, title, "again here").related(&first.span, "first here"));
                return None;
            }
            if !budget.take(fixture) {
                d.report(too_much(used));
                return None;
            }
            let entries = fixture.as_map().unwrap_or_default().iter();
            for (key, node) in entries.filter(|(key, _)| shared_keys().any(|known| known.name == key.value)) {
                merge(d, "", &mut merged, key, node);
            }
            if d.diags.len() > found {
                return None;
            }
            places.push(key.span.clone());
        }
        for (key, node) in case.entries.iter().filter(|(key, _)| key.value != "use") {
            merge(d, "", &mut merged, key, node);
        }
        (d.diags.len() == found).then_some((merged, places))
    }
}

/// The keys below `parent` whose mappings are merged; below all others, a key in both is an error.
fn merged_below(parent: &str) -> &'static [&'static str] {
    match parent {
        "" => &["needs", "given", "signals", "memory", "actors"],
        "given" => &["files", "rlimits"],
        "needs" => &["config"],
        _ => &[],
    }
}

fn merge(d: &mut Decoder, parent: &str, into: &mut Entries, key: &Spanned<String>, node: &Node) {
    let Some((first, held)) = into.iter_mut().find(|(k, _)| k.value == key.value) else {
        into.push((key.clone(), node.clone()));
        return;
    };
    match (&mut held.value, &node.value) {
        (Value::List(held), Value::List(more)) if parent.is_empty() && key.value == "steps" => {
            held.extend(more.iter().cloned());
        }
        // Put back in the opposite order.
        (Value::List(held), Value::List(more)) if parent.is_empty() && key.value == "finally" => {
            held.splice(0..0, more.iter().cloned());
        }
        (Value::Map(held), Value::Map(more)) if merged_below(parent).contains(&key.as_str()) => {
            for (name, node) in more {
                merge(d, &key.value, held, name, node);
            }
        }
        _ => {
            let title = format!("`{}` comes from two places", key.value);
            d.report(
                Diagnostic::at(&key.span, title, "given again here")
                    .related(&first.span, "first given here")
                    .help("a fixture's mappings are merged with the case's; a key may be in one of them"),
            );
        }
    }
}
