//! What came of a mutant. As JSON, its field names are an interface that scripts depend on.

use serde::{Deserialize, Serialize};

/// In which way the kernel is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MutationKind {
    /// It lacks the call.
    Enosys,
    /// It does nothing, and fails with an error that has nothing to do with the call.
    Errno,
    /// It does nothing, and returns 0.
    Success,
    /// It fails as it should, with a near error instead of the right one.
    NearErrno,
    /// It returns one less than it should.
    ShortCount,
    /// What it hands out is not right.
    FlippedByte,
    /// It does nothing, and returns what it should.
    NothingDone,
    /// It blocks where it should return.
    Hang,
    /// It returns where it should block.
    NoBlock,
    /// It does not send SIGPIPE.
    NoSigpipe,
    /// A descriptor that it hands out is not open.
    Unopened,
    /// A file that it should close stays open.
    LeftOpen,
    /// The file offset stays where it was.
    OffsetKept,
    /// It ignores a flag.
    FlagIgnored,
    /// What it tells of a signal is not right.
    WrongSiginfo,
    /// It maps memory in another way than it should.
    WrongMapping,
}

impl MutationKind {
    /// Whether the error or the return value is wrong: of these, all must be noticed.
    pub fn is_answer(self) -> bool {
        matches!(
            self,
            MutationKind::Enosys
                | MutationKind::Errno
                | MutationKind::Success
                | MutationKind::NearErrno
                | MutationKind::ShortCount
        )
    }

    /// `flag-ignored`.
    pub fn name(self) -> &'static str {
        match self {
            MutationKind::Enosys => "enosys",
            MutationKind::Errno => "errno",
            MutationKind::Success => "success",
            MutationKind::NearErrno => "near-errno",
            MutationKind::ShortCount => "short-count",
            MutationKind::FlippedByte => "flipped-byte",
            MutationKind::NothingDone => "nothing-done",
            MutationKind::Hang => "hang",
            MutationKind::NoBlock => "no-block",
            MutationKind::NoSigpipe => "no-sigpipe",
            MutationKind::Unopened => "unopened",
            MutationKind::LeftOpen => "left-open",
            MutationKind::OffsetKept => "offset-kept",
            MutationKind::FlagIgnored => "flag-ignored",
            MutationKind::WrongSiginfo => "wrong-siginfo",
            MutationKind::WrongMapping => "wrong-mapping",
        }
    }
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MutantStatus {
    /// The case does not pass on it.
    Noticed,
    /// The case passes on it.
    Survived,
    /// To the case it is no other kernel.
    Equivalent,
}

/// Why a mutant is no other kernel to the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// The mutation had nothing to change: no SIGPIPE came, no offset moved, the bit was not set.
    Untouched,
    /// Every step went as on the right kernel, and the process left the same behind: what it asked for
    /// makes no difference that this or any further step could find.
    Indistinguishable,
    /// A manual page lets a kernel do so.
    Allowed,
}

/// A mutant, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "mutation")]
pub struct MutationEvent {
    /// The case's id.
    pub id: String,
    /// `write(2)`.
    pub subject: String,
    /// Index of the step, implicit ones counted.
    pub step: usize,
    /// Where the step stands: `cases/write/pipe.yaml:18:9`.
    pub at: String,
    /// The step on the right kernel, in strace's notation.
    pub shown: String,
    /// In which way the kernel was wrong.
    pub mutation: MutationKind,
    /// Which error, flag or byte.
    pub detail: String,
    /// What became of it.
    pub outcome: MutantStatus,
    /// Why it is equivalent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// By what it was noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assessed {
    /// It was performed on these kernels.
    Mutants(Vec<MutationEvent>),
    /// It does not pass on the kernel as it is, which says nothing about wrong ones: verdict and reason.
    NotPassing(String),
}
