//! Putting a parameter's value where `$name` stands.

use super::{
    decode::Decoder,
    diagnostic::Diagnostic,
    node::{Node, Spanned, Value},
};

/// Parameters' names and values for one row.
pub(super) type Bindings<'n> = Vec<(&'n Spanned<String>, &'n Node)>;

/// How much one file may grow to by fixtures and parameters, in bytes of text and 64 for each value.
const MAX_EXPANSION: usize = 64 << 20;

/// What is left of the growth that a file may have.
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Budget(MAX_EXPANSION)
    }
}

impl Budget {
    /// Takes from it; false where not enough is left.
    pub(super) fn take(&mut self, node: &Node) -> bool {
        self.spend(weight(node))
    }

    fn spend(&mut self, weight: usize) -> bool {
        let left = self.0.checked_sub(weight);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

fn weight(node: &Node) -> usize {
    64 + match &node.value {
        Value::Scalar { text, .. } => text.len(),
        Value::List(items) => items.iter().map(weight).sum(),
        Value::Map(entries) => entries.iter().map(|(key, node)| key.len() + weight(node)).sum(),
    }
}

/// Puts values in place of references, and notes which parameters were used.
pub(super) struct Substitution<'a, 'n> {
    pub(super) bindings: &'a Bindings<'n>,
    pub(super) used: &'a mut [bool],
    pub(super) budget: &'a mut Budget,
    pub(super) decoder: &'a mut Decoder,
}

impl<'n> Substitution<'_, 'n> {
    /// The node with every reference to a parameter replaced; none if that cannot be.
    pub(super) fn node(&mut self, node: &Node) -> Option<Node> {
        let value = match &node.value {
            Value::Scalar { text, quoted: false } if text.contains('$') => {
                if let Some(value) = text.strip_prefix('$').and_then(|name| self.value(name)) {
                    return self.charge(value).then(|| value.clone());
                }
                let text = self.text(text, node)?;
                Value::Scalar { text, quoted: false }
            }
            Value::Scalar { .. } => node.value.clone(),
            Value::List(items) => Value::List(items.iter().map(|item| self.node(item)).collect::<Option<_>>()?),
            Value::Map(entries) => {
                let entry = |(key, value): &(Spanned<String>, Node)| Some((self.key(key)?, self.node(value)?));
                let entries: Vec<_> = entries.iter().map(entry).collect::<Option<_>>()?;
                self.distinct(&entries)?;
                Value::Map(entries)
            }
        };
        let shallow = 64 + if let Value::Scalar { text, .. } = &value { text.len() } else { 0 };
        let node = Node { value, span: node.span.clone() };
        if !self.budget.spend(shallow) {
            self.decoder.report(too_much(&node));
            return None;
        }
        Some(node)
    }

    /// A sentence with every reference to a parameter replaced by what the value looks like.
    pub(super) fn sentence(&mut self, node: &Node) -> Option<Node> {
        let Some(text) = node.text() else { return Some(node.clone()) };
        let text = replace(text, |name| self.value(name).map(shown));
        let node = Node { value: Value::Scalar { text, quoted: true }, span: node.span.clone() };
        self.charge(&node).then_some(node)
    }

    fn charge(&mut self, node: &Node) -> bool {
        let enough = self.budget.take(node);
        if !enough {
            self.decoder.report(too_much(node));
        }
        enough
    }

    /// The value of a parameter.
    fn value(&mut self, name: &str) -> Option<&'n Node> {
        let nth = self.bindings.iter().position(|(param, _)| param.value == name)?;
        self.used[nth] = true;
        Some(self.bindings[nth].1)
    }

    fn key(&mut self, key: &Spanned<String>) -> Option<Spanned<String>> {
        if !key.contains('$') {
            return Some(key.clone());
        }
        let node = Node { value: Value::Scalar { text: key.value.clone(), quoted: false }, span: key.span.clone() };
        Some(Spanned { value: self.text(key, &node)?, span: key.span.clone() })
    }

    /// Two different keys can become the same.
    fn distinct(&mut self, entries: &[(Spanned<String>, Node)]) -> Option<()> {
        let mut replaced = entries.iter().enumerate().filter(|(_, (key, _))| {
            let span = &key.span;
            span.source.text[span.start..span.end].starts_with('$')
        });
        let (_, (key, _)) = match replaced.find(|(nth, (key, _))| {
            entries.iter().enumerate().any(|(other, (k, _))| other != *nth && k.value == key.value)
        }) {
            Some(found) => found,
            None => return Some(()),
        };
        let title = format!("duplicate key `{}`", key.value);
        self.decoder.report(Diagnostic::at(&key.span, title, "the parameter's value is another key here"));
        None
    }

    /// A longer text with references in it: `$count + 1`.
    fn text(&mut self, text: &str, place: &Node) -> Option<String> {
        let mut wrong = None;
        let replaced = replace(text, |name| {
            let value = self.value(name)?;
            match value.text() {
                Some(inner) if !is_sum(inner) || text.strip_prefix('$') == Some(name) => return Some(inner.to_owned()),
                Some(_) => wrong = Some((name.to_owned(), value, "a sum")),
                None => wrong = Some((name.to_owned(), value, "no number or name")),
            }
            None
        });
        if let Some((name, value, what)) = wrong {
            let title = format!("`${name}` is {what} and cannot be part of `{text}`");
            self.decoder.report(Diagnostic::at(&place.span, title, "used here").related(&value.span, "the value"));
            return None;
        }
        Some(replaced)
    }
}

pub(super) fn too_much(node: &Node) -> Diagnostic {
    let title = "fixtures and parameters make the file too large";
    Diagnostic::at(&node.span, title, format!("more than {} MiB with this", MAX_EXPANSION >> 20))
}

/// Whether a text is more than one term, so that what stands around it would bind to a part of it.
fn is_sum(text: &str) -> bool {
    text.contains(" + ") || text.contains(" - ")
}

/// Replaces `$name` by what `value` gives for it; what it does not know stays.
fn replace(text: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, reference) = rest.split_at(at);
        let name = &reference[1..];
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        replaced.push_str(before);
        match value(&name[..end]) {
            Some(value) => replaced.push_str(&value),
            None => replaced.push_str(&reference[..=end]),
        }
        rest = &name[end..];
    }
    replaced.push_str(rest);
    replaced
}

/// A value as it stands in ids and summaries: `SEEK_SET`, `O_RDWR|O_CREAT`, `0` for no flags, `r` for `$r`.
pub(super) fn shown(node: &Node) -> String {
    match &node.value {
        Value::Scalar { text, quoted: true } => text.escape_debug().to_string(),
        Value::Scalar { text, quoted: false } => text.replace('$', ""),
        Value::List(items) if items.is_empty() => "0".into(),
        Value::List(items) => items.iter().map(shown).collect::<Vec<_>>().join("|"),
        Value::Map(entries) => {
            let entries: Vec<_> = entries.iter().map(|(key, node)| format!("{}: {}", key.value, shown(node))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}
