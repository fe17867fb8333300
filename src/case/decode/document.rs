//! The list of documents, and of their claims that no run can decide.

use serde_json::Value as Json;

use super::claim::CLAIM_ID;
use super::decoder::Decoder;
use super::key::{Key, Shape, mapping};
use super::shapes::{Bare, Entries, Shared, Text, Values, of};
use crate::case::node::{Node, Spanned};
use crate::schema::Definitions;

/// The key of `documents.yaml`.
pub(crate) const DOCUMENTS: Key = Key {
    name: "documents",
    says: "in `documents.yaml` alone: the documents that claims are from",
    required: false,
    schema: |d| Documents.schema(d),
};

mapping! {
    /// A document that claims things about system calls.
    #[derive(Clone, Debug)]
    pub struct Document: "document" under name {
        /// its title, in English
        "title" required title: String = Bare(Text("the document's title")),
        /// id → `section`, `states` and `untested`, the reason: claims that have no case
        "claims" default claims: Vec<UntestedClaim> = Shared("untested", Values(Entries {
            expected: "a mapping of ids to claims",
            pattern: Some(CLAIM_ID),
            each: Untested,
        })),
    }
}

mapping! {
    /// What no run can decide.
    #[derive(Clone, Debug)]
    pub struct UntestedClaim: "claim without a case" under id {
        /// where in the document
        "section" required section: String = Bare(Text("where in the document")),
        /// what the document states, in English
        "states" required states: String = Bare(Text("what the document states")),
        /// why no run can decide it
        "untested" required reason: String = Bare(Text("why no run can decide it")),
    }
}

struct Documents;

impl Shape for Documents {
    type Value = Vec<Document>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Vec<Document>> {
        Values(Entries::of("a mapping of names to documents", of::<Document>())).read(d, key, node)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        Entries::of("", of::<Document>()).schema(d)
    }
}

/// A claim under its id.
struct Untested;

impl Shape for Untested {
    type Value = UntestedClaim;

    fn read(&self, d: &mut Decoder, id: &Spanned<String>, node: &Node) -> Option<UntestedClaim> {
        d.check_claim_id(id);
        of::<UntestedClaim>().read(d, id, node)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        of::<UntestedClaim>().schema(d)
    }
}

impl Decoder {
    /// What `documents.yaml` holds.
    pub(crate) fn documents(&mut self, tree: &Node) -> Vec<Document> {
        let Some(fields) = self.fields(tree, "list of documents", &[DOCUMENTS.name]) else { return Vec::new() };
        self.required(&fields, DOCUMENTS.name);
        let documents = fields.entry(DOCUMENTS.name).and_then(|(key, node)| Documents.read(self, key, node));
        documents.unwrap_or_default()
    }
}
