//! A case whose fixtures are inlined and whose parameters are expanded.

use super::shape::{Decoder, Fields};
use crate::case::{
    diagnostic::Diagnostic,
    model::{ActorKind, Case, Disposition},
    node::{Node, Span, Spanned},
};

pub(crate) const ACTORS: [(&str, ActorKind); 2] = [("thread", ActorKind::Thread), ("process", ActorKind::Process)];
pub(crate) const DISPOSITIONS: [(&str, Disposition); 3] =
    [("record", Disposition::Record), ("ignore", Disposition::Ignore), ("block", Disposition::Block)];

/// Words that end with a full stop and do not end a sentence.
const ABBREVIATIONS: [&str; 5] = ["e.g.", "i.e.", "cf.", "vs.", "etc."];

/// Where a case stands.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// Its name.
    pub(crate) name: &'a Span,
    /// The names of the fixtures that are put into it.
    pub(crate) fixtures: &'a [Span],
}

impl Decoder {
    /// The case of that id.
    pub(crate) fn case(&mut self, id: String, subject: &str, place: Place<'_>, body: &Fields<'_>) -> Option<Case> {
        let found = self.diags.len();
        let summary = self.required(body, "summary").and_then(|node| self.summary(node));
        let claim = body.get("claim").map(|node| self.claim(node));
        let actors = body.get("actors").map(|node| self.actors(node)).unwrap_or_default();
        let needs = body.get("needs").map(|node| self.needs(node)).unwrap_or_default();
        let given = body.get("given").map(|node| self.given(node)).unwrap_or_default();
        let memory = body.get("memory").map(|node| self.memory(node, &given)).unwrap_or_default();
        let signals = body.get("signals").map(|node| self.signals(node)).unwrap_or_default();
        let deadline = body.get("deadline").and_then(|node| self.deadline(node));
        let steps = self.required(body, "steps").map(|node| {
            let steps = self.steps(node, &actors, claim.is_some());
            if node.as_list().is_some_and(<[Node]>::is_empty) {
                self.report(Diagnostic::at(&node.span, "a case without steps", "expected at least one step"));
            }
            steps
        });
        if self.diags.len() > found {
            return None;
        }
        Some(Case {
            id,
            folders: Vec::new(),
            subject: subject.to_owned(),
            summary: summary?,
            span: place.name.clone(),
            fixtures: place.fixtures.to_vec(),
            claim: claim.flatten(),
            needs,
            given,
            signals,
            memory,
            actors,
            steps: steps?,
            deadline,
        })
    }

    fn summary(&mut self, node: &Node) -> Option<String> {
        let text = self.name(node, "one sentence")?.value;
        if !text.ends_with('.') {
            self.report(Diagnostic::at(&node.span, "the summary does not end with a full stop", "expected a sentence"));
        }
        let ends = text.match_indices(". ").map(|(at, _)| text.split_at(at + 1));
        let mut next = ends.filter(|(before, after)| {
            let word = before.rsplit(' ').next().unwrap_or(before);
            after.trim_start().starts_with(char::is_uppercase) && !ABBREVIATIONS.contains(&word)
        });
        if next.next().is_some() {
            self.report(Diagnostic::at(&node.span, "the summary is more than one sentence", "expected one sentence"));
        }
        Some(text)
    }

    fn actors(&mut self, node: &Node) -> Vec<(Spanned<String>, Spanned<ActorKind>)> {
        let entries = self.entries(node, "a mapping of actors to `thread` or `process`");
        let read = |(name, node): &(Spanned<String>, Node)| Some((name.clone(), self.word(node, "actor", &ACTORS)?));
        entries.iter().filter_map(read).collect()
    }

    fn signals(&mut self, node: &Node) -> Vec<(Spanned<String>, Spanned<Disposition>)> {
        let entries = self.entries(node, "a mapping of signals to `record`, `ignore` or `block`");
        let read = |(name, node): &(Spanned<String>, Node)| {
            Some((name.clone(), self.word(node, "disposition", &DISPOSITIONS)?))
        };
        entries.iter().filter_map(read).collect()
    }

    fn deadline(&mut self, node: &Node) -> Option<Spanned<f64>> {
        let seconds = node.plain().and_then(|text| text.parse::<f64>().ok());
        match seconds.filter(|s| *s > 0.0 && *s <= 3600.0) {
            Some(value) => Some(Spanned { value, span: node.span.clone() }),
            None => {
                self.wrong(node, "seconds: a number above 0, at most 3600");
                None
            }
        }
    }
}
