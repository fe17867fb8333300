//! Reading nodes. What does not fit is noted, and reading goes on.

use std::ops::RangeInclusive;

use crate::case::{
    diagnostic::{Diagnostic, did_you_mean},
    node::{Node, Span, Spanned, Value},
};

/// How many names are listed, and how many wrong names are compared with them.
const MAX_COMPARED: usize = 50;

/// Reads nodes and collects what is wrong with them.
#[derive(Default)]
pub(crate) struct Decoder {
    pub(crate) diags: Vec<Diagnostic>,
}

/// The entries of a mapping whose keys are fixed.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'n> {
    /// What it is, for messages: `step`.
    what: &'static str,
    pub(crate) span: &'n Span,
    pub(crate) entries: &'n [(Spanned<String>, Node)],
}

impl<'n> Fields<'n> {
    pub(crate) fn new(what: &'static str, span: &'n Span, entries: &'n [(Spanned<String>, Node)]) -> Self {
        Fields { what, span, entries }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|(_, node)| node)
    }

    pub(crate) fn entry(&self, key: &str) -> Option<(&'n Spanned<String>, &'n Node)> {
        self.entries.iter().find(|(k, _)| k.value == key).map(|(k, node)| (k, node))
    }
}

impl Decoder {
    pub(crate) fn report(&mut self, diag: Diagnostic) {
        self.diags.push(diag);
    }

    /// Notes that a node is not what belongs there.
    pub(crate) fn expected(&mut self, node: &Node, expected: &str) {
        let title = format!("found {}, expected {expected}", node.describe());
        self.report(Diagnostic::at(&node.span, title, format!("expected {expected}")));
    }

    /// A mapping with no keys but these.
    pub(crate) fn fields<'n>(&mut self, node: &'n Node, what: &'static str, known: &[&str]) -> Option<Fields<'n>> {
        let Some(entries) = node.as_map() else {
            self.expected(node, &format!("a {what}, which is a mapping"));
            return None;
        };
        for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            self.unknown("key", key, known, &format!("no key of a {what}"));
        }
        Some(Fields { what, span: &node.span, entries })
    }

    /// Notes a name that is not one of those known.
    pub(crate) fn unknown(&mut self, kind: &str, found: &Spanned<String>, known: &[&str], label: &str) {
        let diag = Diagnostic::at(&found.span, format!("unknown {kind} `{}`", found.value), label);
        // Nobody reads that many, and each is compared with every name that is known.
        if self.diags.len() > MAX_COMPARED {
            return self.report(diag);
        }
        let few = if known.len() > MAX_COMPARED { &known[..MAX_COMPARED] } else { known };
        let help = match did_you_mean(found, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`? Known: {}", list(few)),
            None if known.is_empty() => "none is declared".into(),
            None => format!("known: {}", list(few)),
        };
        self.report(diag.help(help));
    }

    /// The value of a key that must be there.
    pub(crate) fn required<'n>(&mut self, fields: &Fields<'n>, key: &str) -> Option<&'n Node> {
        let found = fields.get(key);
        if found.is_none() {
            let title = format!("the {} has no `{key}`", fields.what);
            self.report(Diagnostic::at(fields.span, title, format!("`{key}` is required")));
        }
        found
    }

    /// The entries of a mapping whose keys are names.
    pub(crate) fn entries<'n>(&mut self, node: &'n Node, expected: &str) -> &'n [(Spanned<String>, Node)] {
        node.as_map().unwrap_or_else(|| {
            self.expected(node, expected);
            &[]
        })
    }

    pub(crate) fn items<'n>(&mut self, node: &'n Node, expected: &str) -> &'n [Node] {
        node.as_list().unwrap_or_else(|| {
            self.expected(node, expected);
            &[]
        })
    }

    /// A scalar that is not empty.
    pub(crate) fn name(&mut self, node: &Node, expected: &str) -> Option<Spanned<String>> {
        match node.text() {
            Some(text) if !text.is_empty() => Some(Spanned { value: text.to_owned(), span: node.span.clone() }),
            _ => {
                self.expected(node, expected);
                None
            }
        }
    }

    /// A list of names, each given once.
    pub(crate) fn names(&mut self, node: &Node, expected: &str) -> Vec<Spanned<String>> {
        let items = self.items(node, expected);
        items.iter().filter_map(|item| self.name(item, "a name")).collect()
    }

    /// A number within bounds.
    pub(crate) fn number<T>(&mut self, node: &Node, bounds: &RangeInclusive<T>) -> Option<Spanned<T>>
    where
        T: TryFrom<i128> + PartialOrd + std::fmt::Display,
    {
        let number = node.plain().and_then(parse_number).and_then(|n| T::try_from(n).ok());
        match number.filter(|n| bounds.contains(n)) {
            Some(value) => Some(Spanned { value, span: node.span.clone() }),
            None => {
                self.expected(node, &format!("a number from {} to {}", bounds.start(), bounds.end()));
                None
            }
        }
    }

    /// Permission bits.
    pub(crate) fn mode(&mut self, node: &Node, max: u32) -> Option<Spanned<u32>> {
        let mode = node.plain().and_then(parse_number).and_then(|n| u32::try_from(n).ok());
        match mode.filter(|mode| *mode <= max) {
            Some(value) => Some(Spanned { value, span: node.span.clone() }),
            None => {
                self.expected(node, &format!("permission bits, at most {max:#o}"));
                None
            }
        }
    }

    /// One of these words.
    pub(crate) fn word<T: Copy>(&mut self, node: &Node, what: &str, words: &[(&str, T)]) -> Option<Spanned<T>> {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let Some(text) = node.plain().filter(|text| !text.is_empty()) else {
            self.expected(node, &either(&known));
            return None;
        };
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let name = Spanned { value: text.to_owned(), span: node.span.clone() };
            self.unknown(what, &name, &known, &format!("expected {}", either(&known)));
        }
        found.map(|(_, value)| Spanned { value: *value, span: node.span.clone() })
    }

    /// A path that is only looked at: inside the working directory, or below `/proc` or `/sys`.
    pub(crate) fn seen_path(&mut self, path: &Spanned<String>) {
        let is_told = path.starts_with("/proc/") || path.starts_with("/sys/");
        if !is_told || path.split('/').any(|part| part == "..") {
            self.path(path);
        }
    }

    /// A path inside the working directory.
    pub(crate) fn path(&mut self, path: &Spanned<String>) {
        let outside = path.starts_with('/') || path.split('/').any(|part| part == "..");
        if path.is_empty() || outside {
            let title = format!("`{}` is not a path inside the working directory", path.value);
            self.report(Diagnostic::at(&path.span, title, "expected a relative path without `..`"));
        }
    }
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn list(names: &[&str]) -> String {
    joined(names, "and")
}

/// `` `a`, `b` or `c` ``.
pub(crate) fn either(names: &[&str]) -> String {
    joined(names, "or")
}

fn joined(names: &[&str], last_by: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {last_by} {last}", rest.join(", ")),
    }
}

/// `65536`, `-1`, `0x10`, `0o644`.
pub(crate) fn parse_number(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        _ => (10, digits),
    };
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    let number = i128::from(u64::from_str_radix(digits, radix).ok()?);
    Some(if negative { -number } else { number })
}

/// Whether a node is a mapping that has one of these keys.
pub(crate) fn has_key(node: &Node, keys: &[&str]) -> bool {
    matches!(&node.value, Value::Map(entries) if entries.iter().any(|(k, _)| keys.contains(&k.as_str())))
}
