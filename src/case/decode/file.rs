//! The keys of a case file, which are read in [`crate::case`]'s loading and expansion.

use serde_json::{Value as Json, json};

use super::case::{case_schema, fixture_schema};
use super::decoder::Decoder;
use super::key::{Key, Shape};
use super::rests::Grounds;
use crate::case::node::{Node, Spanned};
use crate::schema::{Definitions, named};

pub(crate) const SUBJECT: Key = Key {
    name: "subject",
    says: "the manual page that the file is about: `write(2)`",
    required: false,
    schema: |d| Page.schema(d),
};

/// Of all its cases that do not say otherwise.
pub(crate) const RESTS: Key = Key {
    name: "rests",
    says: "what its cases rest on that do not say it themselves",
    required: false,
    schema: |d| Grounds.schema(d),
};

pub(crate) const FIXTURES: Key = Key {
    name: "fixtures",
    says: "set-ups that several cases share",
    required: false,
    schema: |d| {
        let fixture = d.share("fixture", fixture_schema);
        json!({"type": "object", "additionalProperties": fixture})
    },
};

pub(crate) const CASES: Key = Key {
    name: "cases",
    says: "cases by name: small letters and digits in words joined by `-`",
    required: false,
    schema: |d| {
        let case = d.share("case", case_schema);
        let mut cases = named("^[a-z0-9]+(?:-[a-z0-9]+)*$", case);
        cases["minProperties"] = json!(1);
        cases
    },
};

/// `write(2)`.
pub(crate) struct Page;

impl Shape for Page {
    type Value = String;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<String> {
        let expected = "a manual page, such as `write(2)`";
        let text = d.name(node, expected)?;
        let page = text.split_once('(').and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)));
        if !page.is_some_and(|(name, section)| !name.is_empty() && section.starts_with(|c: char| c.is_ascii_digit())) {
            d.expected(node, expected);
        }
        Some(text.value)
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({"type": "string", "pattern": r"^[^(]+\([0-9].*\)$"})
    }
}
