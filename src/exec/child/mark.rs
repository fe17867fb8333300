//! Marks in a case's calls, for an observer that sees calls but no steps: strace, an audit log, a kernel's own trace.

use std::sync::atomic::Ordering;

use crate::exec::child::slot::CaseSlot;
use crate::exec::sys::syscall;

/// `prctl(MARK, digest, step, n, 0)`: with `n` 1, what follows in this thread are the calls of that step of the
/// plan with that [digest](crate::plan::Plan::digest), up to the mark with `n` 2. No kernel knows the option.
pub const MARK: u32 = u32::from_be_bytes(*b"sysc");

/// The marks around the call of one step.
pub(in crate::exec) struct Marks {
    digest: u64,
    step: usize,
}

impl Marks {
    /// Makes the first one, if marks are wanted.
    pub(in crate::exec) fn of(slot: CaseSlot, step: usize) -> Self {
        let marks = Marks { digest: slot.header().mark.load(Ordering::Relaxed), step };
        marks.make(1);
        marks
    }

    /// Makes the second one.
    pub(in crate::exec) fn end(self) {
        self.make(2);
    }

    fn make(&self, n: u64) {
        if self.digest != 0 {
            // SAFETY: no kernel knows the option, and none looks at the rest.
            unsafe { syscall!(prctl, MARK, self.digest, self.step, n, 0) };
        }
    }
}
