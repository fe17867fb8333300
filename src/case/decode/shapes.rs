//! Shapes that many keys have.

use std::fmt::Display;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use serde_json::{Value as Json, json};

use super::decoder::Decoder;
use super::key::{Mapping, Shape};
use crate::case::node::{Node, Spanned};
use crate::schema::{Definitions, keyed, list, literal, named, or_reference, path, scalar, words};

/// A mapping of fixed keys.
pub(crate) struct Of<M>(PhantomData<fn() -> M>);

pub(crate) fn of<M: Mapping>() -> Of<M> {
    Of(PhantomData)
}

impl<M: Mapping> Shape for Of<M> {
    type Value = M;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<M> {
        let fields = d.fields(node, M::WHAT, M::NAMES)?;
        M::read(d, key, &fields)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        keyed(d, M::KEYS)
    }
}

/// A scalar that is read as text; what is expected there.
pub(crate) struct Text(pub(crate) &'static str);

impl Shape for Text {
    type Value = Spanned<String>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Spanned<String>> {
        d.name(node, self.0)
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        scalar()
    }
}

/// The same, of which the schema knows more.
pub(crate) struct Name(pub(crate) &'static str, pub(crate) fn(&mut Definitions) -> Json);

impl Shape for Name {
    type Value = Spanned<String>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Spanned<String>> {
        d.name(node, self.0)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        self.1(d)
    }
}

/// A path inside the working directory.
pub(crate) struct Path(pub(crate) &'static str);

impl Shape for Path {
    type Value = Spanned<String>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Spanned<String>> {
        let path = d.name(node, self.0)?;
        d.path(&path);
        Some(path)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        path(d)
    }
}

/// What the planner reads, since it knows constants and variables.
pub(crate) struct Unread(pub(crate) fn(&mut Definitions) -> Json);

impl Shape for Unread {
    type Value = Node;

    fn read(&self, _: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Node> {
        Some(node.clone())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        self.0(d)
    }
}

/// A mapping of names to what the planner reads.
pub(crate) struct UnreadEntries(pub(crate) &'static str);

impl Shape for UnreadEntries {
    type Value = Vec<(Spanned<String>, Node)>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        Some(d.entries(node, self.0).to_vec())
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({"type": "object"})
    }
}

/// A number within bounds.
pub(crate) struct Number<T>(pub(crate) RangeInclusive<T>);

impl<T> Shape for Number<T>
where
    T: TryFrom<i128> + TryInto<i64> + PartialOrd + Display + Copy,
{
    type Value = Spanned<T>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Spanned<T>> {
        d.number(node, &self.0)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let wide = |n: &T| (*n).try_into().unwrap_or(i64::MAX);
        literal(d, wide(self.0.start()), wide(self.0.end()))
    }
}

/// Permission bits, at most these.
pub(crate) struct Mode(pub(crate) u32);

impl Shape for Mode {
    type Value = Spanned<u32>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Spanned<u32>> {
        d.mode(node, self.0)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        literal(d, 0, self.0.into())
    }
}

/// One of these words; what it is, for messages.
pub(crate) struct Word<T: 'static>(pub(crate) &'static str, pub(crate) &'static [(&'static str, T)]);

impl<T: Copy> Shape for Word<T> {
    type Value = Spanned<T>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Spanned<T>> {
        d.word(node, self.0, self.1)
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        words(self.1)
    }
}

/// A list of such values; what is expected there. What is no such value is left out of it.
pub(crate) struct List<S>(pub(crate) &'static str, pub(crate) S);

impl<S: Shape> Shape for List<S> {
    type Value = Vec<S::Value>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        let items = d.items(node, self.0);
        Some(items.iter().filter_map(|item| self.1.read(d, key, item)).collect())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        list(self.1.schema(d))
    }
}

/// A mapping of names that the case chooses, which match the pattern, if there is one. What is expected there.
pub(crate) struct Entries<S> {
    pub(crate) expected: &'static str,
    pub(crate) pattern: Option<&'static str>,
    pub(crate) each: S,
}

impl<S> Entries<S> {
    pub(crate) fn of(expected: &'static str, each: S) -> Self {
        Entries { expected, pattern: None, each }
    }
}

impl<S: Shape> Shape for Entries<S> {
    type Value = Vec<(Spanned<String>, S::Value)>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        let entries = d.entries(node, self.expected);
        Some(entries.iter().filter_map(|(name, node)| Some((name.clone(), self.each.read(d, name, node)?))).collect())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let each = self.each.schema(d);
        match self.pattern {
            Some(pattern) => named(pattern, each),
            None => json!({"type": "object", "additionalProperties": each}),
        }
    }
}

/// The values of a mapping that know the names that they stand under.
pub(crate) struct Values<S>(pub(crate) Entries<S>);

impl<S: Shape> Shape for Values<S> {
    type Value = Vec<S::Value>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        Some(self.0.read(d, key, node)?.into_iter().map(|(_, value)| value).collect())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        self.0.schema(d)
    }
}

/// This, or a parameter that stands for it: those are replaced before anything is read.
pub(crate) struct OrParameter<S>(pub(crate) S);

impl<S: Shape> Shape for OrParameter<S> {
    type Value = S::Value;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<S::Value> {
        self.0.read(d, key, node)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let schema = self.0.schema(d);
        or_reference(d, schema)
    }
}

/// This, which has a definition of that name in the schema.
pub(crate) struct Shared<S>(pub(crate) &'static str, pub(crate) S);

impl<S: Shape> Shape for Shared<S> {
    type Value = S::Value;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<S::Value> {
        self.1.read(d, key, node)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        d.share(self.0, |d| self.1.schema(d))
    }
}

/// This, without its place.
pub(crate) struct Bare<S>(pub(crate) S);

impl<T, S: Shape<Value = Spanned<T>>> Shape for Bare<S> {
    type Value = T;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<T> {
        self.0.read(d, key, node).map(|read| read.value)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        self.0.schema(d)
    }
}

/// This, with its place.
pub(crate) struct Placed<S>(pub(crate) S);

impl<S: Shape> Shape for Placed<S> {
    type Value = Spanned<S::Value>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        self.0.read(d, key, node).map(|value| Spanned { value, span: node.span.clone() })
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        self.0.schema(d)
    }
}
