//! YAML as a tree in which every value knows where it stands.

use std::{ops::Deref, sync::Arc};

/// A source file, shared by all the spans into it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Path as it is shown, relative to the directory that was given.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// A place in a source file. Lines and columns count from 1; columns count characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Span {
    /// The file.
    pub source: Arc<Source>,
    /// First byte.
    pub start: usize,
    /// Byte after the last one.
    pub end: usize,
    /// Line of the first byte.
    pub line: u32,
    /// Column of the first byte.
    pub column: u32,
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.source.path, self.line, self.column)
    }
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// A YAML value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

/// A YAML value. Scalars keep their text: the argument they are for decides what they mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A scalar.
    Scalar {
        /// Its text, escapes resolved.
        text: String,
        /// Written with quotes (or as a block): always text, never a number or a reference.
        quoted: bool,
    },
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the file; keys are unique.
    Map(Vec<(Spanned<String>, Node)>),
}

impl Node {
    /// The entries, if it is a mapping.
    pub fn as_map(&self) -> Option<&[(Spanned<String>, Node)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if it is a scalar, quoted or not.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The text, if it is a scalar without quotes: a number, a name or a reference.
    pub fn plain(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, quoted: false } => Some(text),
            _ => None,
        }
    }

    /// What a mapping holds under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.iter().find(|(k, _)| k.value == key).map(|(_, node)| node)
    }

    /// What it is, for messages: `a list`, `` `O_RDWR` ``, `nothing`.
    pub fn describe(&self) -> String {
        match &self.value {
            Value::List(_) => "a list".into(),
            Value::Map(_) => "a mapping".into(),
            Value::Scalar { text, quoted: false } if text.is_empty() => "nothing".into(),
            Value::Scalar { text, quoted: false } => format!("`{}`", shorten(text)),
            Value::Scalar { text, quoted: true } => format!("the text {:?}", shorten(text)),
        }
    }
}

/// The beginning of a text that is too long for a message.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
