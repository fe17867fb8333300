//! A choice by a parameter: `{by: $kind, a-file: …, "a-pipe, a-socket": …, else: …}`.

use super::{
    decode::Decoder,
    diagnostic::{Diagnostic, did_you_mean},
    node::{Node, Span, Spanned},
};

/// The key that names the parameter.
pub(crate) const BY: &str = "by";

/// The key of what stands for all values that have no cell.
pub(crate) const ELSE: &str = "else";

/// Most values that a message lists.
const LISTED: usize = 8;

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

/// A cell: its labels, and what it holds.
struct Cell<'e> {
    labels: Vec<(&'e str, &'e Span)>,
    node: &'e Node,
}

/// What the entries hold for `label`, which is one of `labels`. Everything that is wrong with them is noted.
pub(super) fn among<'e>(
    d: &mut Decoder,
    entries: &'e [(Spanned<String>, Node)],
    by: &Spanned<String>,
    labels: &[String],
    label: &str,
) -> Option<&'e Node> {
    let found = d.diags.len();
    let (mut cells, mut otherwise) = (Vec::new(), None);
    for (key, node) in entries.iter().filter(|(key, _)| key.value != BY) {
        match key.as_str() {
            ELSE => otherwise = Some((key, node)),
            text => {
                let labels = text.split(',').map(|label| (label.trim(), &key.span)).collect();
                cells.push(Cell { labels, node });
            }
        }
    }
    let named: Vec<(&str, &Span)> = cells.iter().flat_map(|cell| cell.labels.iter().copied()).collect();
    for (nth, (name, span)) in named.iter().enumerate() {
        if !labels.iter().any(|label| label == name) {
            let title = format!("no value of `${}` is `{name}`", by.value);
            let near = did_you_mean(name, labels.iter().map(String::as_str));
            let help = near
                .map_or_else(|| format!("its values: {}", listed(labels)), |near| format!("did you mean `{near}`?"));
            d.report(Diagnostic::at(span, title, "this is never chosen").help(help));
        } else if let Some((_, first)) = named[..nth].iter().find(|(other, _)| other == name) {
            let title = format!("two cells for `{name}`");
            d.report(Diagnostic::at(span, title, "again here").related(first, "first here"));
        }
    }
    let missing: Vec<String> =
        labels.iter().filter(|label| named.iter().all(|(name, _)| name != label)).cloned().collect();
    match otherwise {
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
    if d.diags.len() > found {
        return None;
    }
    let own = cells.iter().find(|cell| cell.labels.iter().any(|(name, _)| *name == label)).map(|cell| cell.node);
    own.or(otherwise.map(|(_, node)| node))
}

/// `` `a`, `b` and 3 more ``.
fn listed(labels: &[String]) -> String {
    let shown: Vec<String> = labels.iter().take(LISTED).map(|label| format!("`{label}`")).collect();
    match labels.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
