//! Claims: what a document states and what is known of it.

use serde_json::{Value as Json, json};

use super::decoder::Decoder;
use super::history::{ENTRY, entry_names};
use super::key::{Mapping, Shape, mapping};
use super::shapes::{Bare, Number, Text, Word, of};
use crate::case::{
    diagnostic::Diagnostic,
    documents::parts_of_claim_id,
    model::{Case, Finding, Ranged},
    node::{Node, Spanned},
};
use crate::schema::{self, Definitions, any_of, described, list};

/// A capital letter, a number, and a letter for a part.
pub(super) const CLAIM_ID: &str = "^[A-Z][0-9]+[a-z]?$";

const FINDINGS: [(&str, Finding); 2] = [("holds", Finding::Holds), ("refuted", Finding::Refuted)];

mapping! {
    /// What a document states, and what is known about it.
    #[derive(Clone, Debug)]
    pub struct Claim: "claim" {
        /// a capital letter and a number: `A18`, or `A18b` for a part
        "id" required id: Spanned<String> = ClaimId,
        /// the document's name
        "document" required document: Spanned<String> = Text("the document's name"),
        /// where in the document
        "section" required section: String = Bare(Text("where in the document")),
        /// the line of the document that says it
        "line" optional line: u32 = Bare(LINE),
        /// the few words of that line that it turns on, no sentence
        "term" optional term: String = Term,
        /// what the document states, in English
        "states" required states: String = Bare(Text("what the document states")),
        /// what is known of it: `holds`, `refuted`, or a history, a list of `{kernel: [ranges], is: …}`
        "finding" required finding: Vec<Ranged<Finding>> = Findings,
        /// what is true instead, in one sentence
        "instead" optional instead: String = Bare(Text("what is true instead")),
    }
}

mapping! {
    /// Beside the kernel versions, in an entry of a history.
    struct Known: "finding" {
        /// whether the claim holds
        "is" required is: Finding = Bare(Word("finding", &FINDINGS)),
    }
}

/// A claim that says what is true instead, if it is refuted.
pub(super) struct AClaim;

impl Shape for AClaim {
    type Value = Claim;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Claim> {
        let fields = d.fields(node, Claim::WHAT, Claim::NAMES)?;
        let claim = Claim::read(d, key, &fields)?;
        let refuted = claim.finding.iter().find(|f| f.value == Finding::Refuted);
        match (refuted, fields.entry("instead")) {
            (Some(refuted), None) => d.report(
                Diagnostic::at(&refuted.span, "a refuted claim without `instead`", "what is true instead?")
                    .help("add `instead: ` and one sentence"),
            ),
            (None, Some((key, _))) if !claim.finding.is_empty() => {
                d.report(Diagnostic::at(&key.span, "`instead` beside a claim that holds", "nothing is true instead"));
            }
            _ => {}
        }
        Some(claim)
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let mut claim = of::<Claim>().schema(d);
        claim["if"] = json!({"properties": {"finding": {"const": "refuted"}}, "required": ["finding"]});
        claim["then"] = json!({"required": ["instead"]});
        claim
    }
}

/// A line of a document.
pub(super) const LINE: Number<u32> = Number(1..=10_000_000);

/// Most characters of a term.
const LONGEST_TERM: usize = 60;

/// A few words that point to what a document says: what is longer would be a quotation.
pub(super) struct Term;

impl Shape for Term {
    type Value = String;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<String> {
        let term = d.name(node, "the words that the claim turns on")?;
        let characters = term.value.chars().count();
        if characters <= LONGEST_TERM && !term.value.ends_with(['.', '。']) {
            return Some(term.value);
        }
        let title = format!("a term of {characters} characters, or a sentence");
        let label = format!("a term points to a place: {LONGEST_TERM} characters at most, and no full stop");
        d.report(
            Diagnostic::at(&term.span, title, label).help("what the document says is told in other words by `states`"),
        );
        None
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({"type": "string", "maxLength": LONGEST_TERM})
    }
}

struct ClaimId;

impl Shape for ClaimId {
    type Value = Spanned<String>;

    fn read(&self, d: &mut Decoder, _: &Spanned<String>, node: &Node) -> Option<Spanned<String>> {
        let id = d.name(node, "a claim's id, such as `A18`")?;
        d.check_claim_id(&id).then_some(id)
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({"type": "string", "pattern": CLAIM_ID})
    }
}

/// One finding, or a history of findings.
struct Findings;

impl Shape for Findings {
    type Value = Vec<Ranged<Finding>>;

    fn read(&self, d: &mut Decoder, key: &Spanned<String>, node: &Node) -> Option<Self::Value> {
        if node.as_list().is_none() {
            let finding = d.word(node, "finding", &FINDINGS)?;
            return Some(vec![Ranged {
                kernel: Vec::new(),
                evidence: Vec::new(),
                span: finding.span,
                value: finding.value,
            }]);
        }
        Some(d.history(key, node, |d, entry, _| {
            let fields = d.fields(entry, Known::WHAT, &entry_names(Known::NAMES))?;
            Known::read(d, key, &fields).map(|known| known.is)
        }))
    }

    fn schema(&self, d: &mut Definitions) -> Json {
        let entry = schema::keyed(d, ENTRY.iter().chain(Known::KEYS));
        let history = described("a history by kernel versions", list(entry));
        any_of([schema::words(&FINDINGS), history])
    }
}

impl Decoder {
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
}
