//! A slot as its case's processes have it: they read the plan there, and write the trace.

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::abi::CARRIED_BYTES;

use crate::exec::shared::record::{Noted, begun, capture, outcome};
use crate::exec::shared::seal::{COUNT, SMALL, What};
use crate::exec::shared::slot::{Slot, phase};

/// The slot of this case.
#[derive(Clone, Copy)]
pub(in crate::exec) struct CaseSlot(Slot);

/// All of it may be read: nothing of another case is there.
impl Deref for CaseSlot {
    type Target = Slot;

    fn deref(&self) -> &Slot {
        &self.0
    }
}

impl CaseSlot {
    /// The slot at this address, for a process of its case which has yet to begin; an error if what it begins with is
    /// not what the runner wrote.
    ///
    /// # Safety
    /// A slot is mapped there.
    pub(in crate::exec) unsafe fn lent(base: *mut u8, key: [u64; 2]) -> Result<Self, Self> {
        // SAFETY: the caller's.
        unsafe { Slot::lent(base, key) }.map(CaseSlot).map_err(CaseSlot)
    }

    /// The case's process got so far. What went wrong before is not forgotten.
    pub(in crate::exec) fn reach(self, phase: u64) {
        let before = match phase {
            phase::STEPS => 0,
            _ => self.0.phase_seal(phase::STEPS).close(SMALL, phase::STEPS),
        };
        let word = self.0.phase_seal(phase).close(SMALL, phase);
        let _ = self.0.header().phase.compare_exchange(before, word, Ordering::AcqRel, Ordering::Relaxed);
    }

    /// The case's process comes no further.
    pub(in crate::exec) fn give_up(self, phase: u64) {
        self.0.header().phase.store(self.0.phase_seal(phase).close(SMALL, phase), Ordering::Release);
    }

    /// A step is begun, without signals unless one was early.
    pub(in crate::exec) fn begin(self, step: usize) {
        let record = self.0.record(step);
        let none = self.0.signals_seal(step, 0).close(SMALL, 1);
        let _ = record.signals.compare_exchange(0, none, Ordering::AcqRel, Ordering::Relaxed);
        record.outcome.store(begun(self.0.key, step), Ordering::Release);
    }

    /// A step ended, with these of the plan's captures.
    pub(in crate::exec) fn end(self, step: usize, state: u64, ret: i64, repeats: u64, captures: std::ops::Range<u64>) {
        let seal = outcome(self.0.key, step, ret, repeats);
        let seal = captures.fold(seal, |seal, index| {
            let bytes = self.0.captured(index);
            // SAFETY: within the data, where the step has put them.
            capture(seal, bytes.map(|(at, len)| unsafe { std::slice::from_raw_parts(at, len) }))
        });
        let record = self.0.record(step);
        record.ret.store(ret, Ordering::Release);
        record.outcome.store(seal.close(SMALL, state), Ordering::Release);
    }

    /// So many calls of a repetition have succeeded.
    pub(in crate::exec) fn repeated(self, step: usize, times: u64) {
        let times = times.min((1 << COUNT) - 1);
        let word = self.0.key.seal(What::Repeats, step).close(COUNT, times);
        self.0.record(step).repeats.store(word, Ordering::Release);
    }

    /// A signal came, with this. Called from signal handlers, which may interrupt each other here.
    pub(in crate::exec) fn note(self, step: usize, signal: u32, carried: &[u8; CARRIED_BYTES]) {
        let record = self.0.record(step);
        let at = self.0.make_room(CARRIED_BYTES as u64);
        if let Some(at) = at {
            // SAFETY: room in the data, for nobody else to use.
            unsafe { self.0.data().add(at as usize).cast::<[u8; CARRIED_BYTES]>().write(*carried) };
        }
        let noted = Noted::new(signal, at).0;
        let free = |place: &AtomicU32| place.compare_exchange(0, noted, Ordering::AcqRel, Ordering::Relaxed).is_ok();
        if !record.signal.iter().any(free) {
            return;
        }
        loop {
            let before = record.signals.load(Ordering::Acquire);
            let n = record.signal.iter().take_while(|s| s.load(Ordering::Acquire) != 0).count();
            let now = self.0.signals_seal(step, n).close(SMALL, n as u64 + 1);
            if record.signals.compare_exchange(before, now, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                return;
            }
        }
    }

    pub(in crate::exec) fn was_seen_asleep(self, step: usize) -> bool {
        let word = self.0.record(step).blocked.load(Ordering::Acquire);
        self.0.key.seal(What::Blocked, step).open(SMALL, word).is_some()
    }
}
