//! What came of each step, as the shared memory holds it; how it is written, and by whom.

use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU32, AtomicU64, Ordering};

use crate::plan::MAX_TRACE_DATA;

use super::seal::{COUNT, Key, SMALL, Seal, What, said};
use super::slot::Slot;

/// Signals kept for one step; further ones are dropped.
pub(super) const MAX_SIGNALS: usize = 24;

/// How far a step got. 0: not begun.
pub(super) mod state {
    pub(in crate::exec) const BEGUN: u64 = 1;
    pub(in crate::exec) const DONE: u64 = 2;
    pub(in crate::exec) const FAULTED: u64 = 3;
    /// Its actor, which had begun it, was killed by the signal that stands in its place of a return value.
    pub(in crate::exec) const KILLED: u64 = 4;
    /// The same before it was begun.
    pub(in crate::exec) const DEAD: u64 = 5;
    /// Its actor exited in it.
    pub(in crate::exec) const ENDED: u64 = 6;
}

/// What came of a step.
#[repr(C)]
pub(super) struct Record {
    /// A sealed [`state`], which proves the return value, the repetitions and the captures as well.
    pub(super) outcome: AtomicU64,
    /// Sealed by the worker: seen asleep. 0: not seen.
    pub(super) blocked: AtomicU64,
    /// One more than the sealed number of signals, which proves which they are. 0: not begun.
    pub(super) signals: AtomicU64,
    /// Sealed while the step lasts. 0: none.
    pub(super) repeats: AtomicU64,
    pub(super) ret: AtomicI64,
    pub(super) signal: [AtomicU8; MAX_SIGNALS],
}

/// Captured memory.
#[repr(C)]
pub(super) struct CaptureRecord {
    /// 1: captured.
    pub(super) ok: u64,
    /// Byte offset into the data.
    pub(super) at: u64,
    pub(super) len: u64,
}

impl Record {
    /// A state that nobody has verified: enough to know when to go on.
    pub(super) fn state(&self) -> u64 {
        said(SMALL, self.outcome.load(Ordering::Acquire))
    }

    /// It will not change any more.
    pub(super) fn is_done(&self) -> bool {
        self.state() > state::BEGUN
    }

    /// The word on which to wait for a change of the outcome: its low half, in which the state is.
    pub(super) fn futex(&self) -> &AtomicU32 {
        const { assert!(cfg!(target_endian = "little")) };
        // SAFETY: half of a word that lives as long; never written through this.
        unsafe { AtomicU32::from_ptr(self.outcome.as_ptr().cast()) }
    }
}

/// The seal of a step's outcome, to which captures are to be added.
#[inline(always)]
pub(super) fn outcome(key: Key, step: usize, ret: i64, repeats: u64) -> Seal {
    key.seal(What::Outcome, step).word(ret as u64).word(repeats)
}

/// Adds a capture.
pub(super) fn capture(seal: Seal, bytes: Option<&[u8]>) -> Seal {
    match bytes {
        None => seal.word(u64::MAX),
        Some(bytes) => seal.word(bytes.len() as u64).bytes(bytes),
    }
}

/// The seal of a step's first signals.
#[inline(always)]
pub(super) fn signals(key: Key, step: usize, list: &[AtomicU8]) -> Seal {
    list.iter().fold(key.seal(What::Signals, step), |seal, signal| seal.word(signal.load(Ordering::Acquire).into()))
}

/// The writers' side: the case's process and its actors.
impl Slot {
    /// A step is begun, without signals unless one was early.
    pub(super) fn begin(self, step: usize) {
        let record = self.record(step);
        let none = signals(self.key, step, &[]).close(SMALL, 1);
        let _ = record.signals.compare_exchange(0, none, Ordering::AcqRel, Ordering::Relaxed);
        record.outcome.store(self.begun(step), Ordering::Release);
    }

    /// What the outcome of a step is that was begun and not ended.
    pub(super) fn begun(self, step: usize) -> u64 {
        outcome(self.key, step, 0, 0).close(SMALL, state::BEGUN)
    }

    /// A step ended, with these of the plan's captures.
    pub(super) fn end(self, step: usize, state: u64, ret: i64, repeats: u64, captures: std::ops::Range<u64>) {
        let seal = outcome(self.key, step, ret, repeats);
        let seal = captures.fold(seal, |seal, index| {
            let bytes = self.captured(index);
            // SAFETY: within the data, where the step has put them.
            capture(seal, bytes.map(|(at, len)| unsafe { std::slice::from_raw_parts(at, len) }))
        });
        let record = self.record(step);
        record.ret.store(ret, Ordering::Release);
        record.outcome.store(seal.close(SMALL, state), Ordering::Release);
    }

    /// So many calls of a repetition have succeeded.
    pub(super) fn repeated(self, step: usize, times: u64) {
        let times = times.min((1 << COUNT) - 1);
        let word = self.key.seal(What::Repeats, step).close(COUNT, times);
        self.record(step).repeats.store(word, Ordering::Release);
    }

    /// How many calls of a repetition have succeeded; none if nobody has said so.
    pub(super) fn repeats(self, step: usize) -> Option<u64> {
        let word = self.record(step).repeats.load(Ordering::Acquire);
        self.key.seal(What::Repeats, step).open(COUNT, word)
    }

    /// A signal came. Called from signal handlers, which may interrupt each other here.
    pub(super) fn note(self, step: usize, signal: u32) {
        let record = self.record(step);
        let free =
            |place: &AtomicU8| place.compare_exchange(0, signal as u8, Ordering::AcqRel, Ordering::Relaxed).is_ok();
        if !record.signal.iter().any(free) {
            return;
        }
        loop {
            let before = record.signals.load(Ordering::Acquire);
            let n = record.signal.iter().take_while(|s| s.load(Ordering::Acquire) != 0).count();
            let now = signals(self.key, step, &record.signal[..n]).close(SMALL, n as u64 + 1);
            if record.signals.compare_exchange(before, now, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                return;
            }
        }
    }

    /// Where captured bytes lie; none if they were not captured.
    pub(super) fn captured(self, index: u64) -> Option<(*const u8, usize)> {
        // SAFETY: `index` counts the plan's captures, for which there is room.
        let record = unsafe { self.capture_record(index).read_volatile() };
        let inside = record.at.checked_add(record.len).is_some_and(|end| end <= MAX_TRACE_DATA);
        // SAFETY: checked to lie within the data.
        (record.ok == 1 && inside)
            .then(|| unsafe { (self.data().add(record.at as usize).cast_const(), record.len as usize) })
    }
}

/// The worker sees sleep, and the case's process takes note of it.
impl Slot {
    pub(super) fn seen_asleep(self, step: usize, asleep: bool) {
        let word = self.key.seal(What::Blocked, step).close(SMALL, 1);
        self.record(step).blocked.store(if asleep { word } else { 0 }, Ordering::Release);
    }

    pub(super) fn was_seen_asleep(self, step: usize) -> bool {
        let word = self.record(step).blocked.load(Ordering::Acquire);
        self.key.seal(What::Blocked, step).open(SMALL, word).is_some()
    }
}
