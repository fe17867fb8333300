//! Claims: what a document states and what is known of it.

use super::shape::Decoder;
use crate::case::{
    diagnostic::Diagnostic,
    documents::parts_of_claim_id,
    model::{Case, Claim, Finding, Ranged},
    node::{Node, Spanned},
};

pub(crate) const CLAIM: [&str; 6] = ["id", "document", "section", "states", "finding", "instead"];
pub(crate) const FINDING: [&str; 2] = ["kernel", "is"];
pub(crate) const FINDINGS: [(&str, Finding); 2] = [("holds", Finding::Holds), ("refuted", Finding::Refuted)];

impl Decoder {
    pub(super) fn claim(&mut self, node: &Node) -> Option<Claim> {
        let fields = self.fields(node, "claim", &CLAIM)?;
        let id = self.required(&fields, "id").and_then(|id| self.claim_id(id));
        let document = self.required(&fields, "document").and_then(|d| self.name(d, "the document's name"));
        let section = self.required(&fields, "section").and_then(|s| self.name(s, "where in the document"));
        let states = self.required(&fields, "states").and_then(|s| self.name(s, "what the document states"));
        let instead = fields.entry("instead").map(|(key, node)| (key, self.name(node, "what is true instead")));
        self.required(&fields, "finding");
        let (key, node) = fields.entry("finding")?;
        let finding = self.finding(key, node);
        let refuted = finding.iter().find(|f| f.value == Finding::Refuted);
        match (refuted, &instead) {
            (Some(refuted), None) => self.report(
                Diagnostic::at(&refuted.span, "a refuted claim without `instead`", "what is true instead?")
                    .help("add `instead: ` and one sentence"),
            ),
            (None, Some((key, _))) if !finding.is_empty() => {
                self.report(Diagnostic::at(
                    &key.span,
                    "`instead` beside a claim that holds",
                    "nothing is true instead",
                ));
            }
            _ => {}
        }
        Some(Claim {
            id: id?,
            document: document?,
            section: section?.value,
            states: states?.value,
            instead: instead.and_then(|(_, text)| text).map(|text| text.value),
            finding,
        })
    }

    /// Whether the case can tell if its claim, should it have one, holds: its last `own_steps` are not a fixture's.
    pub(crate) fn can_decide_claim(&mut self, case: &Case, own_steps: usize) -> bool {
        let Some(claim) = &case.claim else { return true };
        let own = &case.steps[case.steps.len().saturating_sub(own_steps)..];
        if own.iter().all(|step| step.expect.is_empty()) {
            let title = format!("the case decides claim {} and expects nothing", claim.id.value);
            let label = "none of its own steps has `expect` or `expect_when`";
            self.report(Diagnostic::at(&case.span, title, label).related(&claim.id.span, "the claim"));
            return false;
        }
        let refuted = claim.finding.iter().find(|finding| finding.value == Finding::Refuted);
        if let Some(refuted) = refuted.filter(|_| case.steps.iter().all(|step| step.claimed.is_none())) {
            self.report(
                Diagnostic::at(&refuted.span, "a refuted claim without `claimed`", "what should be seen if it held?")
                    .help(
                        "add `claimed` to the step that refutes it; without any, the claim holds where the case passes",
                    ),
            );
            return false;
        }
        true
    }

    fn claim_id(&mut self, node: &Node) -> Option<Spanned<String>> {
        let id = self.name(node, "a claim's id, such as `A18`")?;
        self.check_claim_id(&id).then_some(id)
    }

    /// `A18`, or `A18b` for a part.
    pub(super) fn check_claim_id(&mut self, id: &Spanned<String>) -> bool {
        let (whole, _) = parts_of_claim_id(id);
        let mut rest = whole.chars();
        let letter = rest.next().is_some_and(|c| c.is_ascii_uppercase());
        let number = rest.as_str();
        if letter && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()) {
            return true;
        }
        let title = format!("`{}` is not a claim's id", id.value);
        self.report(Diagnostic::at(&id.span, title, "expected a capital letter and a number, such as `A18` or `A18b`"));
        false
    }

    fn finding(&mut self, key: &Spanned<String>, node: &Node) -> Vec<Ranged<Finding>> {
        if node.as_list().is_none() {
            let finding = self.word(node, "finding", &FINDINGS);
            let ranged = |f: Spanned<Finding>| Ranged { kernel: Vec::new(), span: f.span, value: f.value };
            return finding.map(ranged).into_iter().collect();
        }
        self.history(key, node, |d, entry, _| {
            let fields = d.fields(entry, "finding", &FINDING)?;
            let is = d.required(&fields, "is")?;
            d.word(is, "finding", &FINDINGS).map(|f| f.value)
        })
    }
}
