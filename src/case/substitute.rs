//! Putting a parameter's value where `$name` stands, and choosing by it.

use std::sync::Arc;

use super::{
    choice,
    decode::Decoder,
    diagnostic::Diagnostic,
    node::{Node, Spanned, Value},
    text::{TextPart, hole_parts, text_parts},
};

/// Values refer to each other at most so deep.
const MAX_DEPTH: usize = 8;

/// A parameter with one of its values.
#[derive(Clone)]
pub(super) struct Binding<'n> {
    pub(super) name: &'n Spanned<String>,
    /// What stands for it in ids, summaries and choices. There are as many copies as cases, of what may be long.
    pub(super) label: Arc<str>,
    pub(super) value: &'n Node,
}

/// Parameters' names and values for one row.
pub(super) type Bindings<'n> = Vec<Binding<'n>>;

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
    /// The labels of all values that each may have.
    pub(super) labels: &'a [Vec<Arc<str>>],
    /// The choices in which all is well.
    pub(super) checked: &'a mut choice::Checked,
    pub(super) used: &'a mut [bool],
    pub(super) budget: &'a mut Budget,
    pub(super) decoder: &'a mut Decoder,
    /// How many values stand in each other here.
    pub(super) depth: usize,
}

impl<'n> Substitution<'_, 'n> {
    /// The node with every reference to a parameter replaced; none if that cannot be.
    pub(super) fn node(&mut self, node: &Node) -> Option<Node> {
        let value = match &node.value {
            Value::Scalar { text, quoted: false } if text.contains('$') => {
                if let Some(value) = text.strip_prefix('$').and_then(|name| self.value(name)) {
                    return self.within(node, value);
                }
                let text = self.text(text, node)?;
                Value::Scalar { text, quoted: false }
            }
            Value::Scalar { .. } => node.value.clone(),
            Value::List(items) => Value::List(items.iter().map(|item| self.node(item)).collect::<Option<_>>()?),
            Value::Map(entries) if choice::is(node) => {
                let chosen = self.choose(entries)?;
                return self.node(chosen);
            }
            Value::Map(entries) if matches!(&entries[..], [(key, _)] if key.value == "text" || key.value == "lines") => {
                self.marked(entries)?
            }
            Value::Map(entries) => {
                let entry = |(key, value): &(Spanned<String>, Node)| {
                    let (key, put) = (self.key(key)?, self.node(value)?);
                    Some((choice::key_of(key, value, &put), put))
                };
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
        let text = replace(text, |name| self.label(name));
        let node = Node { value: Value::Scalar { text, quoted: true }, span: node.span.clone() };
        self.charge(&node).then_some(node)
    }

    /// The value that stands at `place`, in which others may stand.
    fn within(&mut self, place: &Node, value: &Node) -> Option<Node> {
        if self.depth == MAX_DEPTH {
            let title = "parameters refer to each other too deeply, or in a circle";
            let label = format!("more than {MAX_DEPTH} stand in each other");
            self.decoder.report(Diagnostic::at(&place.span, title, label));
            return None;
        }
        self.depth += 1;
        let put = self.node(value);
        self.depth -= 1;
        put
    }

    /// What a mapping of labels holds for the value that its parameter has.
    fn choose<'e>(&mut self, entries: &'e [(Spanned<String>, Node)]) -> Option<&'e Node> {
        let by = choice::by(entries)?;
        let Some(nth) = self.bindings.iter().position(|b| b.name.value == by.value) else {
            let known: Vec<&str> = self.bindings.iter().map(|b| b.name.as_str()).collect();
            self.decoder.unknown("parameter", &by, &known, "no parameter of the case is called so");
            return None;
        };
        self.used[nth] = true;
        let label = &self.bindings[nth].label;
        choice::among(self.decoder, self.checked, entries, &by, &self.labels[nth], label)
    }

    /// `{text: "…${name}…"}`, `{lines: ["…${name}…"]}`.
    fn marked(&mut self, entries: &[(Spanned<String>, Node)]) -> Option<Value> {
        let [(key, node)] = entries else { return None };
        let value = match &node.value {
            Value::List(lines) => {
                let lines = lines.iter().map(|line| self.marked_text(line)).collect::<Option<_>>()?;
                Node { value: Value::List(lines), span: node.span.clone() }
            }
            _ => self.marked_text(node)?,
        };
        Some(Value::Map(vec![(key.clone(), value)]))
    }

    /// A text with marks: one takes the parameter's text, or a number's value.
    fn marked_text(&mut self, node: &Node) -> Option<Node> {
        let Value::Scalar { text, quoted: true } = &node.value else { return self.node(node) };
        let Ok(parts) = text_parts(text) else { return Some(node.clone()) };
        let mut replaced = String::new();
        for part in parts {
            match part {
                TextPart::Plain(text) => replaced.push_str(text),
                TextPart::Hole(hole) => {
                    let (name, base) = hole_parts(hole);
                    let base = base.map_or_else(String::new, |base| format!(":{base}"));
                    match self.value(name) {
                        Some(Node { value: Value::Scalar { text, quoted: true }, .. }) if base.is_empty() => {
                            replaced.push_str(text);
                        }
                        Some(Node { value: Value::Scalar { text, quoted: false }, .. }) => {
                            replaced.push_str(&format!("${{{text}{base}}}"));
                        }
                        Some(_) => {
                            let title = format!("`${name}` is no number or text and cannot be part of text");
                            self.decoder.report(Diagnostic::at(&node.span, title, "used here"));
                            return None;
                        }
                        None => replaced.push_str(&format!("${{{}{base}}}", self.hole(name, node)?)),
                    }
                }
            }
        }
        Some(Node { value: Value::Scalar { text: replaced, quoted: true }, span: node.span.clone() })
    }

    /// An expression in which names stand without a `$`.
    fn hole(&mut self, text: &str, place: &Node) -> Option<String> {
        let mut marked = String::with_capacity(text.len());
        let mut in_word = false;
        for c in text.chars() {
            let begins = !in_word && (c.is_ascii_alphabetic() || c == '_');
            in_word = c.is_ascii_alphanumeric() || c == '_';
            marked.extend(begins.then_some('$'));
            marked.push(c);
        }
        self.text(&marked, place).map(|text| text.replace('$', ""))
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
        let nth = self.bindings.iter().position(|binding| binding.name.value == name)?;
        self.used[nth] = true;
        Some(self.bindings[nth].value)
    }

    /// What stands for it in a sentence: of a value that is a choice, what is chosen.
    fn label(&mut self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        if choice::is(value) {
            return self.within(value, value).as_ref().map(shown);
        }
        self.bindings.iter().find(|binding| binding.name.value == name).map(|binding| binding.label.to_string())
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
    [" + ", " - ", " & ", " | ", " << ", " >> "].iter().any(|operator| text.contains(operator))
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

/// How no flags at all are shown.
pub(super) const EMPTY: &str = "0";

/// A value as it stands in ids and summaries: `SEEK_SET`, `O_RDWR|O_CREAT`, `0` for no flags, `r` for `$r`.
pub(super) fn shown(node: &Node) -> String {
    match &node.value {
        Value::Scalar { text, quoted: true } => text.escape_debug().to_string(),
        Value::Scalar { text, quoted: false } => text.replace('$', ""),
        Value::List(items) if items.is_empty() => EMPTY.into(),
        Value::List(items) => items.iter().map(shown).collect::<Vec<_>>().join("|"),
        Value::Map(entries) => {
            let entries: Vec<_> = entries.iter().map(|(key, node)| format!("{}: {}", key.value, shown(node))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}
