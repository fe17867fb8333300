//! A choice by a parameter: `{by: $kind, a-file: …, "a-pipe, a-socket": …, else: …}`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{
    decode::Decoder,
    diagnostic::Diagnostic,
    node::{Node, Source, Span, Spanned},
};

/// The key that names the parameter.
pub(crate) const BY: &str = "by";

/// The key of what stands for all values that have no cell.
pub(crate) const ELSE: &str = "else";

/// Most values that a message lists.
const LISTED: usize = 8;

/// Most values that a mistyped label is compared with.
const COMPARED: usize = 50;

/// The parameter that a mapping chooses by, if it is a choice.
pub(super) fn by(entries: &[(Spanned<String>, Node)]) -> Option<Spanned<String>> {
    let (_, node) = entries.iter().find(|(key, _)| key.value == BY)?;
    let name = node.plain()?.strip_prefix('$')?;
    Some(Spanned { value: name.to_owned(), span: node.span.clone() })
}

/// Whether a node is a choice.
pub(super) fn is(node: &Node) -> bool {
    node.as_map().and_then(by).is_some()
}

/// The first choice in a node, in a case that has no parameters.
pub(super) fn first(node: &Node) -> Option<Spanned<String>> {
    let entries = node.as_map().unwrap_or_default();
    let inner = || entries.iter().map(|(_, node)| node).chain(node.as_list().unwrap_or_default());
    by(entries).or_else(|| inner().find_map(first))
}

/// The key under which a value is put: where what is expected is chosen, that may be a history.
pub(super) fn key_of(key: Spanned<String>, written: &Node, put: &Node) -> Spanned<String> {
    let chosen = written.as_list().is_none() && put.as_list().is_some();
    if chosen && key.value == "expect" { Spanned { value: "expect_when".to_owned(), ..key } } else { key }
}

/// The choices that were found to be well-formed, by where they stand: each is met once a case.
pub(super) type Checked = HashSet<(*const Source, usize)>;

/// What the entries hold for `label`, which is one of `labels`. Everything that is wrong with them is noted.
pub(super) fn among<'e>(
    d: &mut Decoder,
    checked: &mut Checked,
    entries: &'e [(Spanned<String>, Node)],
    by: &Spanned<String>,
    labels: &[Arc<str>],
    label: &str,
) -> Option<&'e Node> {
    let place = (Arc::as_ptr(&by.span.source), by.span.start);
    if !checked.contains(&place) {
        let found = d.diags.len();
        check(d, entries, by, labels);
        if d.diags.len() > found {
            return None;
        }
        checked.insert(place);
    }
    let own = entries.iter().find(|(key, _)| names(key).any(|name| name == label));
    own.or_else(|| entries.iter().find(|(key, _)| key.value == ELSE)).map(|(_, node)| node)
}

/// The labels that a key lists.
fn names(key: &Spanned<String>) -> impl Iterator<Item = &str> {
    let is_cell = key.value != BY && key.value != ELSE;
    key.split(',').map(str::trim).filter(move |_| is_cell)
}

/// Whether each label is that of a value, each value has one cell, and each cell a value.
fn check(d: &mut Decoder, entries: &[(Spanned<String>, Node)], by: &Spanned<String>, labels: &[Arc<str>]) {
    let known: HashSet<&str> = labels.iter().map(|label| &**label).collect();
    let mut cells: HashMap<&str, &Span> = HashMap::new();
    for (name, span) in entries.iter().flat_map(|(key, _)| names(key).map(move |name| (name, &key.span))) {
        if !known.contains(name) {
            let name = Spanned { value: name.to_owned(), span: span.clone() };
            let near: Vec<&str> = labels.iter().take(COMPARED).map(|label| &**label).collect();
            d.unknown(&format!("value of `${}`", by.value), &name, &near, "this is never chosen");
        } else if let Some(first) = cells.insert(name, span) {
            let title = format!("two cells for `{name}`");
            d.report(Diagnostic::at(span, title, "again here").related(first, "first here"));
        }
    }
    let missing: Vec<Arc<str>> = labels.iter().filter(|label| !cells.contains_key(&***label)).cloned().collect();
    match entries.iter().find(|(key, _)| key.value == ELSE) {
        None if !missing.is_empty() => {
            let title = format!("nothing is said for {}", listed(&missing));
            let label = format!("values of `${}` without a cell", by.value);
            d.report(Diagnostic::at(&by.span, title, label).help("add them, or `else` for all others"));
        }
        Some((key, _)) if missing.is_empty() => {
            let label = format!("every value of `${}` has a cell", by.value);
            d.report(Diagnostic::at(&key.span, "`else` is never chosen", label).help("leave it out"));
        }
        _ => {}
    }
}

/// `` `a`, `b` and 3 more ``.
fn listed(labels: &[Arc<str>]) -> String {
    let shown: Vec<String> = labels.iter().take(LISTED).map(|label| format!("`{label}`")).collect();
    match labels.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
