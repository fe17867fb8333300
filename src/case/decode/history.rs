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
use crate::schema::{Definitions, list, or_reference};

/// What every entry of a history has beside what applies.
pub(super) const KERNEL: Key = Key {
    name: "kernel",
    says: "kernel versions: comma is *and*, the list is *or*",
    required: true,
    schema: |d| AnyVersion.schema(d),
};

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
                self.wrong(item, "an entry with its `kernel` ranges");
                continue;
            };
            let fields = Fields::new("entry", &item.span, map);
            let ranges = self.required(&fields, KERNEL.name).and_then(|node| AnyVersion.read(self, key, node));
            let value = read(self, item, &fields);
            if let (Some(kernel), Some(value)) = (ranges, value) {
                entries.push(Ranged { kernel, span: item.span.clone(), value });
            }
        }
        // Entries that could not be read would show as gaps.
        if self.diags.len() == before {
            self.diags.extend(kernel::check_history(&key.span, &entries));
        }
        entries
    }
}
