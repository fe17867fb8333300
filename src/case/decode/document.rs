//! The list of documents, and of their claims that no run can decide.

use serde_json::{Value as Json, json};

use super::claim::{CLAIM_ID, LINE, Term};
use super::decoder::Decoder;
use super::key::{Key, Shape, mapping};
use super::shapes::{Bare, Entries, Shared, Text, Values, of};
use crate::case::diagnostic::Diagnostic;
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
        /// id → a claim that has no case
        "claims" default claims: Vec<UnrunClaim> = Shared("unrun", Values(Entries {
            expected: "a mapping of ids to claims",
            pattern: Some(CLAIM_ID),
            each: Unrun,
        })),
    }
}

mapping! {
    /// What no run can decide.
    #[derive(Clone, Debug)]
    pub struct UnrunClaim: "claim without a case" under id {
        /// where in the document
        "section" required section: String = Bare(Text("where in the document")),
        /// the line of the document that says it
        "line" optional line: u32 = Bare(LINE),
        /// the few words of that line that it turns on, no sentence
        "term" optional term: String = Term,
        /// what the document states, in English
        "states" required states: String = Bare(Text("what the document states")),
        /// why no run can decide it
        "untested" optional untested: String = Bare(Text("why no run can decide it")),
        /// why it is refuted by reading, without a run
        "refuted" optional refuted: String = Bare(Text("why it is refuted by reading")),
        /// what is true instead of what is refuted, in one sentence
        "instead" optional instead: String = Bare(Text("what is true instead")),
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

/// A claim under its id, which says why no run decides it.
struct Unrun;

impl Shape for Unrun {
    type Value = UnrunClaim;

    fn read(&self, d: &mut Decoder, id: &Spanned<String>, node: &Node) -> Option<UnrunClaim> {
        d.check_claim_id(id);
        let claim = of::<UnrunClaim>().read(d, id, node)?;
        let wrong = match (&claim.untested, &claim.refuted, &claim.instead) {
            (Some(_), None, None) | (None, Some(_), Some(_)) => return Some(claim),
            (None, None, _) => ("a claim without a case and without a reason", "neither `untested` nor `refuted`"),
            (Some(_), Some(_), _) => ("a claim that is refuted and untested", "has both `untested` and `refuted`"),
            (None, Some(_), None) => ("a refuted claim without `instead`", "what is true instead?"),
            (Some(_), None, Some(_)) => ("`instead` beside a claim that is untested", "nothing is true instead"),
        };
        d.report(Diagnostic::at(&id.span, wrong.0, wrong.1).help(
            "write `untested: ` and why no run can decide it, or `refuted: ` and why it is wrong, with `instead: `",
        ));
        None
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let mut claim = of::<UnrunClaim>().schema(d);
        claim["oneOf"] = json!([{"required": ["untested"]}, {"required": ["refuted", "instead"]}]);
        claim
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
