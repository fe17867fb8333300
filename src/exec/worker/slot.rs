//! A slot as its worker has it. The worker writes nothing there but what it has seen, and follows nothing that it finds:
//! a case could have written that.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::exec::shared::record::{Record, begun};
use crate::exec::shared::seal::{Key, SMALL, What};
use crate::exec::shared::slot::{ActorCell, Posted, Slot};
use crate::exec::shared::wire::ArchivedStep;
use crate::exec::sys::futex_wake;

/// The slot of the case at hand.
#[derive(Clone, Copy)]
pub(in crate::exec) struct WorkerSlot(Slot);

impl WorkerSlot {
    /// The slot at this address, with what was posted.
    ///
    /// # Safety
    /// A slot is mapped there.
    pub(in crate::exec) unsafe fn taken(base: *mut u8, posted: &Posted, key: Key) -> Self {
        // SAFETY: the caller's.
        WorkerSlot(unsafe { Slot::new(base) }.taken(posted, key))
    }

    /// What the case's own process needs to find it: its address, and the words of its key.
    pub(in crate::exec) fn to_lend(self) -> (*mut u8, [u64; 2]) {
        (self.0.base(), self.0.key.words())
    }

    /// The word that changes when the worker is to look.
    pub(in crate::exec) fn wake(&self) -> &AtomicU32 {
        &self.0.header().wake
    }

    /// The step that is to be seen asleep, if there is one.
    pub(in crate::exec) fn request(self) -> Option<usize> {
        let step = self.0.header().request.load(Ordering::Acquire).checked_sub(1)? as usize;
        (step < self.0.layout.steps).then_some(step)
    }

    /// Answers the request.
    pub(in crate::exec) fn reply(self, step: usize, asleep: bool) {
        let word = self.0.key.seal(What::Blocked, step).close(SMALL, 1);
        self.0.record(step).blocked.store(if asleep { word } else { 0 }, Ordering::Release);
        let header = self.0.header();
        header.request.store(0, Ordering::Release);
        header.reply.fetch_add(1, Ordering::AcqRel);
        futex_wake(&header.reply);
    }

    /// Whether the case's process is between its set-up and its end.
    pub(in crate::exec) fn is_at_steps(self) -> bool {
        self.0.is_at_steps()
    }

    /// How many calls of a repetition have succeeded; none if nobody has said so.
    pub(in crate::exec) fn repeats(self, step: usize) -> Option<u64> {
        self.0.repeats(step)
    }

    /// Whether a step will not change any more.
    pub(in crate::exec) fn is_done(self, step: usize) -> bool {
        self.record(step).is_done()
    }

    /// Whether a step was begun, and has not ended.
    pub(in crate::exec) fn is_begun(self, step: usize) -> bool {
        self.record(step).outcome.load(Ordering::Acquire) == begun(self.0.key, step)
    }

    /// A step of the plan, if it is what was loaded.
    pub(in crate::exec) fn planned<'a>(self, step: usize) -> Option<&'a ArchivedStep<'a>> {
        self.0.planned(step)
    }

    /// What an actor says that it is doing.
    pub(in crate::exec) fn actor<'a>(self, actor: usize) -> Option<&'a ActorCell> {
        self.0.header().actors.get(actor)
    }

    fn record<'a>(self, step: usize) -> &'a Record {
        self.0.record(step)
    }
}
