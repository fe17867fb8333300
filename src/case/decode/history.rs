//! Values by kernel versions: `expect_when`, and findings that changed.

use serde_json::{Value as Json, json};

use super::decoder::{Decoder, Fields};
use super::key::{Key, Shape};
use crate::case::{
    diagnostic::Diagnostic,
    kernel,
    model::Ranged,
    node::{Node, Spanned},
};
use crate::schema::{Definitions, any_of, list, or_reference};

/// What an entry of a history has beside what applies.
pub(super) static ENTRY: [Key; 2] = [KERNEL, EVIDENCE];

const KERNEL: Key = Key {
    name: "kernel",
    says: "kernel versions: comma is *and*, the list is *or*",
    required: true,
    schema: |d| AnyVersion.schema(d),
};

const EVIDENCE: Key = Key {
    name: "evidence",
    says: "what tells that it is so from its first version on: a commit, a release, or a link to a discussion; or a list of these",
    required: false,
    schema: |d| Evidence.schema(d),
};

/// Whether a key says to which versions an entry applies, and not what applies.
pub(super) fn is_of_entry(name: &str) -> bool {
    ENTRY.iter().any(|key| key.name == name)
}

/// The keys of an entry in which these apply.
pub(super) fn entry_names(names: &[&'static str]) -> Vec<&'static str> {
    ENTRY.iter().map(|key| key.name).chain(names.iter().copied()).collect()
}

/// A commit, a release, or a link; or a list of these.
struct Evidence;

impl Shape for Evidence {
    type Value = Vec<Spanned<String>>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        let expected = "a commit, a release or a link";
        let items = node.as_list().unwrap_or(std::slice::from_ref(node));
        if items.is_empty() {
            d.expected(node, expected);
        }
        let told = items.iter().filter_map(|item| {
            let text = d.name(item, expected)?;
            if !is_evidence(&text) {
                let title = format!("found {}, expected {expected}", item.describe());
                let label = "a commit has 12 to 40 hexadecimal digits";
                d.report(Diagnostic::at(&item.span, title, label).help("a release reads `v5.11`, a link `https://…`"));
            }
            Some(text)
        });
        Some(told.collect())
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        d.share("evidence", |_| {
            let pattern = r"^(?:[0-9a-f]{12,40}|v[0-9]+(?:\.[0-9]+){1,2}(?:-rc[0-9]+)?|https://\S+)$";
            let one = json!({"type": ["string", "number"], "pattern": pattern});
            let mut several = list(one.clone());
            several["minItems"] = json!(1);
            any_of([one, several])
        })
    }
}

/// Whether a text is the id of a commit, the name of a release, or a link.
fn is_evidence(text: &str) -> bool {
    let commit = (12..=40).contains(&text.len()) && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    let number = |n: &str| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit());
    let release = text.strip_prefix('v').is_some_and(|version| {
        let (version, candidate) = version.split_once("-rc").unwrap_or((version, "0"));
        let parts: Vec<&str> = version.split('.').collect();
        (2..=3).contains(&parts.len()) && parts.into_iter().all(number) && number(candidate)
    });
    let link =
        text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace));
    commit || release || link
}

/// Version ranges, any of which will do.
pub(super) struct AnyVersion;

impl Shape for AnyVersion {
    type Value = Vec<Spanned<String>>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        let expected = "a list of version ranges, such as `[\">=5.9, <5.11\"]`";
        if node.as_list().is_some_and(<[Node]>::is_empty) {
            d.report(Diagnostic::at(&node.span, "no version is in an empty list", format!("expected {expected}")));
        }
        Some(d.names(node, expected))
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        d.share("ranges", |d| {
            let one = r"(?:[<>]=?|=)\s*[0-9]+(?:\.[0-9]+){0,2}";
            let range = json!({"type": "string", "pattern": format!(r"^\s*{one}\s*(?:,\s*{one}\s*)*$")});
            let mut all = list(or_reference(d, range));
            all["minItems"] = json!(1);
            all
        })
    }
}

impl Decoder {
    /// `[{kernel: [ranges], …}, …]`, checked for overlap and gaps.
    pub(super) fn history<T>(
        &mut self,
        key: &Spanned<String>,
        node: &Node,
        mut read: impl FnMut(&mut Self, &Node, &Fields<'_>) -> Option<T>,
    ) -> Vec<Ranged<T>> {
        let before = self.diags.len();
        let mut entries = Vec::new();
        for item in self.items(node, "a list of entries, each with its `kernel` ranges") {
            let Some(map) = item.as_map() else {
                self.expected(item, "an entry with its `kernel` ranges");
                continue;
            };
            let fields = Fields::new("entry", &item.span, map);
            let ranges = self.required(&fields, KERNEL.name).and_then(|node| AnyVersion.read(self, key, node));
            let evidence = fields.entry(EVIDENCE.name).and_then(|(key, node)| Evidence.read(self, key, node));
            let value = read(self, item, &fields);
            if let (Some(kernel), Some(value)) = (ranges, value) {
                let evidence = evidence.unwrap_or_default();
                entries.push(Ranged { kernel, evidence, span: item.span.clone(), value });
            }
        }
        // Entries that could not be read would show as gaps.
        if self.diags.len() == before {
            self.diags.extend(kernel::check_history(&key.span, &entries));
        }
        entries
    }
}
