//! Which claims there are, and what decides each.

use std::collections::BTreeMap;

use crate::case::{Document, Finding, Ranged, parts_of_claim_id};
use crate::plan::Planned;

/// A document with all its claims, in the order of their ids.
#[derive(Clone, Debug)]
pub struct Outline {
    /// The document's name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its claims.
    pub claims: Vec<Claimed>,
}

/// A claim.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Its id.
    pub id: String,
    /// Its parts: only itself, if it is not divided.
    pub parts: Vec<Part>,
}

/// What one case entry, or nothing, decides.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its id.
    pub id: String,
    /// Where in the document.
    pub section: String,
    /// The line of the document.
    pub line: Option<u32>,
    /// The words of that line that it turns on.
    pub term: Option<String>,
    /// What the document states, paraphrased.
    pub states: String,
    /// What is true instead.
    pub instead: Option<String>,
    /// From which version to which it is known to hold, where it has changed.
    pub known: Option<String>,
    /// What decides it.
    pub decided: Decided,
}

/// What decides a part.
#[derive(Clone, Debug)]
pub enum Decided {
    /// These cases.
    ByCases(Vec<String>),
    /// Reading is enough to refute it, and why.
    ByReading(String),
    /// No run can, and why not.
    ByNothing(String),
}

/// Letters, number, letters: the order that people count in.
type Natural = (String, u128, String);

/// All documents with the claims that cases judge and those that no run can decide.
pub fn outlines(documents: &[Document], cases: &[Planned]) -> Vec<Outline> {
    documents.iter().map(|document| outline(document, cases)).collect()
}

fn outline(document: &Document, cases: &[Planned]) -> Outline {
    let mut parts: BTreeMap<Natural, Part> = BTreeMap::new();
    for claim in &document.claims {
        let part = Part {
            id: claim.id.value.clone(),
            section: claim.section.clone(),
            line: claim.line,
            term: claim.term.clone(),
            states: claim.states.clone(),
            instead: claim.instead.clone(),
            known: None,
            decided: match (&claim.refuted, &claim.untested) {
                (Some(reason), _) => Decided::ByReading(reason.clone()),
                (None, reason) => Decided::ByNothing(reason.clone().unwrap_or_default()),
            },
        };
        parts.insert(natural(&claim.id), part);
    }
    for case in cases {
        let Some(claim) = case.claim.as_ref().filter(|claim| claim.document.value == document.name.value) else {
            continue;
        };
        let part = parts.entry(natural(&claim.id)).or_insert_with(|| Part {
            id: claim.id.value.clone(),
            section: claim.section.clone(),
            line: claim.line,
            term: claim.term.clone(),
            states: claim.states.clone(),
            instead: claim.instead.clone(),
            known: known(&claim.finding),
            decided: Decided::ByCases(Vec::new()),
        });
        if let Decided::ByCases(rows) = &mut part.decided {
            rows.push(case.id.clone());
        }
    }
    let mut claims: Vec<Claimed> = Vec::new();
    for part in parts.into_values() {
        let (whole, _) = parts_of_claim_id(&part.id);
        match claims.last_mut().filter(|claim| claim.id == whole) {
            Some(claim) => claim.parts.push(part),
            None => claims.push(Claimed { id: whole.to_owned(), parts: vec![part] }),
        }
    }
    Outline { name: document.name.value.clone(), title: document.title.clone(), claims }
}

fn natural(id: &str) -> Natural {
    let digits = id.find(|c: char| c.is_ascii_digit()).unwrap_or(id.len());
    let rest = &id[digits..];
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    (id[..digits].to_owned(), rest[..end].parse().unwrap_or(u128::MAX), id.to_owned())
}

/// `refuted on <4.10; holds on >=4.10 (3d6ea290f337)`; none where it has always been the same.
fn known(history: &[Ranged<Finding>]) -> Option<String> {
    let entry = |entry: &Ranged<Finding>| {
        let ranges: Vec<&str> = entry.kernel.iter().map(|range| range.value.as_str()).collect();
        let evidence: Vec<&str> = entry.evidence.iter().map(|evidence| evidence.value.as_str()).collect();
        let word = match entry.value {
            Finding::Holds => "holds",
            Finding::Refuted => "refuted",
        };
        let told = if evidence.is_empty() { String::new() } else { format!(" ({})", evidence.join(", ")) };
        format!("{word} on {}{told}", ranges.join(" or "))
    };
    let changed = history.len() > 1;
    changed.then(|| history.iter().map(entry).collect::<Vec<_>>().join("; "))
}
