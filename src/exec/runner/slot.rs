//! A slot as the program has it: before its case is posted, and after that is done.

use std::os::fd::BorrowedFd;
use std::sync::atomic::Ordering;

use crate::exec::shared::seal::Key;
use crate::exec::shared::slot::{Kernel, Posted, Slot};
use crate::plan::Plan;

/// A slot of a worker.
#[derive(Clone, Copy)]
pub(in crate::exec) struct RunnerSlot(Slot);

// SAFETY: an address in memory shared between processes, which `posted` and `done` hand over.
unsafe impl Send for RunnerSlot {}

impl RunnerSlot {
    /// # Safety
    /// A slot is mapped there.
    pub(in crate::exec) unsafe fn new(base: *mut u8) -> Self {
        // SAFETY: the caller's.
        RunnerSlot(unsafe { Slot::new(base) })
    }

    /// Puts a plan into the slot, which holds nothing; what its worker has to be told of it. Fails with the size in
    /// bytes if it is too large for a slot.
    pub(in crate::exec) fn load(
        &mut self,
        plan: &Plan,
        deadline: u64,
        kernel: Kernel<'_>,
        key: Key,
    ) -> Result<Posted, usize> {
        self.0.load(plan, deadline, kernel, key)
    }

    /// Has the case's steps marked with this digest.
    pub(in crate::exec) fn mark(self, digest: u64) {
        self.0.header().mark.store(digest, Ordering::Release);
    }

    /// Leaves nothing of a case in the slot, wherever it wrote; `file` is the slot's.
    pub(in crate::exec) fn wipe(self, file: BorrowedFd<'_>) {
        self.0.wipe(file);
    }

    /// For who reads the trace.
    pub(in crate::exec) fn raw(self) -> Slot {
        self.0
    }
}
