//! What a wrong kernel is.

use super::event::MutationKind;
use crate::exec::Mutant;
use crate::plan::MapRegion;

/// A wrong kernel.
pub(super) struct Candidate {
    pub(super) kind: MutationKind,
    pub(super) detail: String,
    /// The step in question.
    pub(super) step: usize,
    pub(super) change: Change,
    /// A manual page lets a kernel do so.
    pub(super) allowed: bool,
}

/// What makes the kernel wrong.
pub(super) enum Change {
    /// How it answers a call.
    Call(Mutant),
    /// How it maps the region of this index.
    Region(usize, MapRegion),
}
