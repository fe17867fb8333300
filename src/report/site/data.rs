//! The data of the pages: an index of all cases, and chunks with the rest.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::judge::Verdict;
use crate::report::Counts;

use super::model::{Row, SourceClaim, SourceFixture};

/// Cases in a chunk.
pub(super) const CHUNK: usize = 64;

/// What the list shows and filters by.
#[derive(Serialize)]
pub(super) struct Index<'a> {
    pub(super) version: &'static str,
    pub(super) chunk: usize,
    pub(super) targets: Vec<TargetData<'a>>,
    pub(super) subjects: Vec<&'a str>,
    pub(super) cases: Vec<IndexCase<'a>>,
}

#[derive(Serialize)]
pub(super) struct TargetData<'a> {
    pub(super) name: &'a str,
    pub(super) kernel: &'a str,
    pub(super) build: &'a str,
    pub(super) arch: &'a str,
    pub(super) judge_as: Option<&'a str>,
    pub(super) counts: Counts,
}

/// Id, subject, summary, a letter for each target's verdict, what the case rests on, and where targets differ, each one's behaviour and
/// the history.
#[derive(Serialize)]
pub(super) struct IndexCase<'a>(
    pub(super) &'a str,
    pub(super) usize,
    pub(super) &'a str,
    pub(super) String,
    pub(super) &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")] pub(super) Vec<i32>,
    #[serde(skip_serializing_if = "Option::is_none")] pub(super) Option<String>,
);

/// Cases, and the fixtures that they use: several use the same.
#[derive(Serialize)]
pub(super) struct Chunk<'a> {
    pub(super) cases: Vec<Details<'a>>,
    pub(super) fixtures: Vec<&'a SourceFixture>,
}

/// What the page of a case shows beside that.
#[derive(Serialize)]
pub(super) struct Details<'a> {
    pub(super) file: &'a str,
    pub(super) line: u32,
    /// The page and its section, of what is documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<&'a str>,
    pub(super) yaml: &'a str,
    /// Indices into the chunk's fixtures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fixtures: Vec<usize>,
    pub(super) claim: Option<&'a SourceClaim>,
    pub(super) traces: &'a [Box<RawValue>],
    pub(super) runs: Vec<RunData<'a>>,
}

#[derive(Serialize)]
pub(super) struct RunData<'a> {
    pub(super) target: usize,
    pub(super) trace: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) found: Option<&'a str>,
}

/// A letter for each target, a space where it has no result.
pub(super) fn verdicts(row: &Row, targets: usize) -> String {
    let mut letters = vec![' '; targets];
    for run in &row.runs {
        letters[run.target] = match run.verdict {
            Verdict::Pass => 'p',
            Verdict::Fail => 'f',
            Verdict::Error => 'e',
            Verdict::Skip => 's',
            Verdict::Xfail => 'x',
            Verdict::Xpass => 'X',
        };
    }
    letters.into_iter().collect()
}

/// Each target's behaviour where they differ; -1 where it has none.
pub(super) fn behaviours(row: &Row, targets: usize) -> Vec<i32> {
    if !row.differs() {
        return Vec::new();
    }
    let mut behaviours = vec![-1; targets];
    for run in &row.runs {
        behaviours[run.target] = run.behaviour.and_then(|b| i32::try_from(b).ok()).unwrap_or(-1);
    }
    behaviours
}
