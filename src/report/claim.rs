//! What came of a document's claims.

use serde::{Deserialize, Serialize};

/// Whether kernels keep a claim, by all that is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimFinding {
    /// All of it is kept.
    Holds,
    /// None of it is kept.
    Refuted,
    /// A part of it is kept.
    Partly,
    /// Nothing is known of it.
    Untested,
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
    /// What the document states, paraphrased.
    pub states: String,
    /// What came of it.
    pub finding: ClaimFinding,
    /// The case, or its rows.
    pub cases: Vec<String>,
    /// What is true instead, where it is not kept.
    pub instead: Option<String>,
    /// Which rows of the case agree, or why it is untested.
    pub reason: Option<String>,
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
