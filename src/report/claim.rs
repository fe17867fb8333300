//! What came of a document's claims.

use serde::{Deserialize, Serialize};

/// Whether kernels keep a claim, by all that is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimFinding {
    /// All of it is kept.
    Holds,
    /// What is known of it is kept, and the rest is untested.
    #[serde(rename = "holds-as-tested")]
    HoldsAsTested,
    /// None of it is kept.
    Refuted,
    /// A part of it is kept, and a part is not.
    Partly,
    /// Nothing is known of it.
    Untested,
}

impl ClaimFinding {
    /// All of them, what is wrong first.
    pub const ALL: [ClaimFinding; 5] = {
        use ClaimFinding::{Holds, HoldsAsTested, Partly, Refuted, Untested};
        [Refuted, Partly, HoldsAsTested, Holds, Untested]
    };

    /// What a claim does that came to this: `is refuted`.
    pub fn verb(self) -> &'static str {
        match self {
            ClaimFinding::Holds => "holds",
            ClaimFinding::HoldsAsTested => "holds as far as it is tested",
            ClaimFinding::Refuted => "is refuted",
            ClaimFinding::Partly => "holds in part",
            ClaimFinding::Untested => "is untested",
        }
    }

    /// The same of several claims: `are refuted`.
    pub fn plural(self) -> &'static str {
        match self {
            ClaimFinding::Holds => "hold",
            ClaimFinding::HoldsAsTested => "hold as far as they are tested",
            ClaimFinding::Refuted => "are refuted",
            ClaimFinding::Partly => "hold in part",
            ClaimFinding::Untested => "are untested",
        }
    }
}

/// A document's claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimReport {
    /// Its id, such as `A12`.
    pub id: String,
    /// The document.
    pub document: String,
    /// What came of it.
    pub finding: ClaimFinding,
    /// The cases that decide it.
    pub cases: Vec<String>,
    /// What is true instead, where it is not kept.
    pub instead: Option<String>,
    /// Where in the document.
    pub section: String,
    /// What the document states, paraphrased.
    pub states: String,
    /// Which parts of it hold, or why it is untested.
    pub reason: Option<String>,
    /// Its parts: only itself, if it is not divided.
    pub parts: Vec<PartReport>,
    /// From which version to which it holds, where the results are of several kernels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
    /// What came of it on each kernel, where the results are of several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kernels: Vec<KernelFinding>,
}

/// A part of a claim, which one case entry or nothing decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartReport {
    /// Its id, such as `A12b`.
    pub id: String,
    /// Where in the document.
    pub section: String,
    /// The line of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The words of that line that it turns on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// What the document states, paraphrased.
    pub states: String,
    /// What came of it.
    pub finding: ClaimFinding,
    /// The case, or its rows.
    pub cases: Vec<String>,
    /// What is true instead, where it is not kept.
    pub instead: Option<String>,
    /// Which rows of the case agree, or why it is untested or refuted by reading.
    pub reason: Option<String>,
    /// From which version to which it is known to hold, where it has changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// From which version to which it holds, where the results are of several kernels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
}

/// What came of a claim on one of several kernels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelFinding {
    /// The target's name.
    pub target: String,
    /// The kernel's version.
    pub kernel: String,
    /// What came of the claim.
    pub finding: ClaimFinding,
    /// Which parts of it hold, or why it is untested.
    pub reason: Option<String>,
}

impl PartReport {
    /// Whether it is refuted without a run.
    pub fn is_refuted_by_reading(&self) -> bool {
        self.finding == ClaimFinding::Refuted && self.cases.is_empty()
    }

    /// `example 1, line 418`.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}, line {line}", self.section),
            None => self.section.clone(),
        }
    }
}
