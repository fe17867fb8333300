//! What a case file says, after loading: fixtures are inlined, parameters are
//! expanded (every row is a [`Case`] of its own), names are not yet looked up.

use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

use super::decode::{Claim, Given, Handler, Needs, Region, Step};
use super::node::{Span, Spanned};

/// One behaviour of the system call interface, as its YAML states it.
#[derive(Clone, Debug)]
pub struct Case {
    /// `vmsplice/errors/bad-fd`, with `[row]` after it for one row of a parametrised case.
    pub id: String,
    /// The folders that its file is in, below the root of its tree; none where the root is not known.
    pub folders: Vec<String>,
    /// The file's `subject`, such as `vmsplice(2)`.
    pub subject: String,
    /// One sentence in the present tense.
    pub summary: String,
    /// What its expectations rest on, if that is said.
    pub rests: Option<Rests>,
    /// Where the case's key stands.
    pub span: Span,
    /// Where the keys of the fixtures that it uses stand.
    pub fixtures: Vec<Span>,
    /// What a document states, if this case judges a document.
    pub claim: Option<Claim>,
    /// What the target must have; otherwise the case is skipped.
    pub needs: Needs,
    /// The circumstances the case's process is put in before the first step.
    pub given: Given,
    /// Signal dispositions that differ from the default.
    pub signals: Vec<(Spanned<String>, Disposition)>,
    /// Named memory regions, in the order of the file.
    pub memory: Vec<(Spanned<String>, Region)>,
    /// Actors beside the main one.
    pub actors: Vec<(Spanned<String>, Spanned<ActorKind>)>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// What is done at the end, whatever happened.
    pub finally: Vec<Step>,
    /// Deadline in seconds, if not the run's.
    pub deadline: Option<Spanned<f64>>,
}

/// A thread shares the main actor's memory and descriptors; a process is forked
/// from the main actor right before its first step; a child is what a step's call makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum ActorKind {
    /// `CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD`.
    Thread,
    /// A forked child of the main actor.
    Process,
    /// The process or thread in which the call of a step returns that names it.
    Child,
}

/// What becomes of a signal.
#[derive(Clone, Debug)]
pub enum Disposition {
    /// A handler notes it in the step during which it arrives.
    Record(Handler),
    /// `SIG_IGN`.
    Ignore,
    /// In the signal mask of every actor from the start.
    Block,
}

/// Whether kernels keep a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// They do what the document states.
    Holds,
    /// They do something else.
    Refuted,
}

/// What an expectation rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A manual page, a standard or the kernel's own documentation says so.
    Documented,
    /// Not documented, but programs rely on it, or nothing else is sane.
    Practice,
    /// How Linux happens to do it. Another kernel may differ with right.
    Accident,
}

impl Level {
    /// All levels, the firmest first.
    pub const ALL: [Level; 3] = [Level::Documented, Level::Practice, Level::Accident];

    /// As case files name it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Documented => "documented",
            Level::Practice => "practice",
            Level::Accident => "accident",
        }
    }
}

/// What a case rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rests {
    /// How much it is worth.
    pub level: Level,
    /// The page and its section, of what is documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A value that applies to a set of kernel versions.
#[derive(Clone, Debug)]
pub struct Ranged<T> {
    /// Version ranges, each a comma-separated conjunction; the list is a union. Empty: every version.
    pub kernel: Vec<Spanned<String>>,
    /// What tells that it does so from then on: commits, releases, discussions.
    pub evidence: Vec<Spanned<String>>,
    /// Where it stands.
    pub span: Span,
    /// What applies.
    pub value: T,
}

impl<T> Ranged<T> {
    /// Another value for the same versions.
    pub(crate) fn with<U>(&self, value: U) -> Ranged<U> {
        Ranged { kernel: self.kernel.clone(), evidence: self.evidence.clone(), span: self.span.clone(), value }
    }
}

/// Where the private working directory lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, rkyv::Archive, rkyv::Serialize, Schema)]
#[cfg_attr(test, derive(rkyv::Deserialize))]
pub enum Workdir {
    /// A tmpfs.
    Tmpfs,
    /// A file system that is not tmpfs (where temporary files go).
    Disk,
}
