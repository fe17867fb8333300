//! The list of documents, and of their claims that no run can decide.

use super::shape::Decoder;
use crate::case::{
    model::{Document, UntestedClaim},
    node::{Node, Spanned},
};

pub(crate) const DOCUMENT: [&str; 2] = ["title", "claims"];
pub(crate) const UNTESTED_CLAIM: [&str; 3] = ["section", "states", "untested"];

impl Decoder {
    /// What `documents.yaml` holds.
    pub(crate) fn documents(&mut self, tree: &Node) -> Vec<Document> {
        let fields = self.fields(tree, "list of documents", &["documents"]);
        let Some(node) = fields.and_then(|fields| self.required(&fields, "documents")) else { return Vec::new() };
        let entries = self.entries(node, "a mapping of names to documents");
        entries.iter().filter_map(|(name, node)| self.document(name, node)).collect()
    }

    fn document(&mut self, name: &Spanned<String>, node: &Node) -> Option<Document> {
        let fields = self.fields(node, "document", &DOCUMENT)?;
        let title = self.required(&fields, "title").and_then(|node| self.name(node, "the document's title"));
        let claims = fields.get("claims").map(|node| self.entries(node, "a mapping of ids to claims"));
        let claims = claims.unwrap_or_default().iter();
        let claims = claims.filter_map(|(id, node)| self.untested_claim(id, node)).collect();
        Some(Document { name: name.clone(), title: title?.value, claims })
    }

    fn untested_claim(&mut self, id: &Spanned<String>, node: &Node) -> Option<UntestedClaim> {
        self.check_claim_id(id);
        let fields = self.fields(node, "claim without a case", &UNTESTED_CLAIM)?;
        let section = self.required(&fields, "section").and_then(|node| self.name(node, "where in the document"));
        let states = self.required(&fields, "states").and_then(|node| self.name(node, "what the document states"));
        let reason = self.required(&fields, "untested").and_then(|node| self.name(node, "why no run can decide it"));
        Some(UntestedClaim { id: id.clone(), section: section?.value, states: states?.value, reason: reason?.value })
    }
}
