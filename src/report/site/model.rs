//! What the pages show.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::case::Rests;
use crate::judge::Verdict;
use crate::report::Counts;
use crate::target::Target;

use crate::report::behaviour::Behaviour;

/// A case as its file states it.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// One sentence.
    pub summary: String,
    /// The lines of its file.
    pub yaml: String,
    /// The fixtures that it uses.
    pub fixtures: Vec<SourceFixture>,
    /// What it judges a document by.
    pub claim: Option<SourceClaim>,
}

/// A fixture as its file states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceFixture {
    /// Its file.
    pub file: String,
    /// Its line there.
    pub line: u32,
    /// The lines of its file.
    pub yaml: String,
}

/// A claim as the case states it.
#[derive(Clone, Debug, Serialize)]
pub struct SourceClaim {
    /// `A18`.
    pub id: String,
    /// The document's name.
    pub document: String,
    /// Where in the document.
    pub section: String,
    /// The line of the document.
    pub line: Option<u32>,
    /// The words of that line that it turns on.
    pub term: Option<String>,
    /// What the document states.
    pub states: String,
    /// What is true instead.
    pub instead: Option<String>,
}

/// The results of many targets, to be written as pages.
#[derive(Debug)]
pub struct Site {
    /// The cases at hand, by id.
    pub(super) sources: HashMap<String, Source>,
    pub(super) targets: Vec<Column>,
    pub(super) cases: Vec<Row>,
    /// Index into `cases`, by id.
    pub(super) index: HashMap<String, usize>,
    /// The page of what the cases reach of a kernel, if there is one.
    pub(super) kernel: Option<String>,
}

/// A target.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) target: Target,
    pub(super) counts: Counts,
    /// The file that it came from.
    pub(super) file: String,
}

/// A case.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) subject: String,
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) rests: Option<Rests>,
    /// At most one a target.
    pub(super) runs: Vec<Run>,
    /// Each once; that of most targets first, when all are there.
    pub(super) behaviours: Vec<Behaviour>,
    /// Each once: most targets do the very same.
    pub(super) traces: Vec<Box<RawValue>>,
}

/// What a target did in a case.
#[derive(Debug)]
pub(super) struct Run {
    /// Index into the targets.
    pub(super) target: usize,
    pub(super) verdict: Verdict,
    pub(super) reason: Option<String>,
    /// Index into the case's behaviours; none if the case was skipped.
    pub(super) behaviour: Option<usize>,
    /// Index into the case's traces.
    pub(super) trace: usize,
    /// What came of the claim.
    pub(super) found: Option<String>,
}

impl Row {
    /// Whether targets behave differently, whatever was expected. One that skips the case has no say in it.
    pub(super) fn differs(&self) -> bool {
        self.behaviours.len() > 1
    }
}
