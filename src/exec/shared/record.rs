//! What came of each step, as the shared memory holds it; how it is written, and by whom.

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};

use crate::plan::MAX_TRACE_DATA;

use crate::exec::shared::seal::{Key, SMALL, Seal, What, said};

/// Signals kept for one step; further ones are dropped.
pub(in crate::exec) const MAX_SIGNALS: usize = 24;

/// How far a step got. 0: not begun.
pub(in crate::exec) mod state {
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
pub(in crate::exec) struct Record {
    /// A sealed [`state`], which proves the return value, the repetitions and the captures as well.
    pub(in crate::exec) outcome: AtomicU64,
    /// Sealed by the worker: seen asleep. 0: not seen.
    pub(in crate::exec) blocked: AtomicU64,
    /// One more than the sealed number of signals, which proves which they are and what they carried. 0: not begun.
    pub(in crate::exec) signals: AtomicU64,
    /// Sealed while the step lasts. 0: none.
    pub(in crate::exec) repeats: AtomicU64,
    pub(in crate::exec) ret: AtomicI64,
    /// See [`Noted`].
    pub(in crate::exec) signal: [AtomicU32; MAX_SIGNALS],
}

/// A signal that came, as a word: its number, and where in the data lies what it carried. 0: none.
#[derive(Clone, Copy)]
pub(in crate::exec) struct Noted(pub(in crate::exec) u32);

impl Noted {
    const NUMBER: u32 = 8;

    pub(in crate::exec) fn new(signal: u32, at: Option<u64>) -> Self {
        const { assert!(MAX_TRACE_DATA < 1 << (32 - Noted::NUMBER)) };
        Noted(at.map_or(0, |at| at as u32 + 1) << Self::NUMBER | signal)
    }

    pub(in crate::exec) fn signal(self) -> u32 {
        self.0 & ((1 << Self::NUMBER) - 1)
    }

    /// Offset into the data, in bytes; none if there was no room.
    pub(in crate::exec) fn at(self) -> Option<u64> {
        u64::from(self.0 >> Self::NUMBER).checked_sub(1)
    }
}

/// Captured memory.
#[repr(C)]
pub(in crate::exec) struct CaptureRecord {
    /// 1: captured.
    pub(in crate::exec) ok: u64,
    /// Byte offset into the data.
    pub(in crate::exec) at: u64,
    pub(in crate::exec) len: u64,
}

impl Record {
    /// A state that nobody has verified: enough to know when to go on.
    pub(in crate::exec) fn state(&self) -> u64 {
        said(SMALL, self.outcome.load(Ordering::Acquire))
    }

    /// It will not change any more.
    pub(in crate::exec) fn is_done(&self) -> bool {
        self.state() > state::BEGUN
    }

    /// The word on which to wait for a change of the outcome: its low half, in which the state is.
    pub(in crate::exec) fn futex(&self) -> &AtomicU32 {
        const { assert!(cfg!(target_endian = "little")) };
        // SAFETY: half of a word that lives as long; never written through this.
        unsafe { AtomicU32::from_ptr(self.outcome.as_ptr().cast()) }
    }
}

/// The seal of a step's outcome, to which captures are to be added.
#[inline(always)]
pub(in crate::exec) fn outcome(key: Key, step: usize, ret: i64, repeats: u64) -> Seal {
    key.seal(What::Outcome, step).word(ret as u64).word(repeats)
}

/// Adds a capture.
pub(in crate::exec) fn capture(seal: Seal, bytes: Option<&[u8]>) -> Seal {
    match bytes {
        None => seal.word(u64::MAX),
        Some(bytes) => seal.word(bytes.len() as u64).bytes(bytes),
    }
}

/// The seal of a step without signals, to which they are to be added.
#[inline(always)]
pub(in crate::exec) fn signals(key: Key, step: usize) -> Seal {
    key.seal(What::Signals, step)
}

/// Adds a signal, with what it carried.
#[inline(always)]
pub(in crate::exec) fn signal(seal: Seal, noted: Noted, carried: Option<&[u8]>) -> Seal {
    seal.word(noted.0.into()).bytes(carried.unwrap_or_default())
}

/// What the outcome of a step is that was begun and not ended.
pub(in crate::exec) fn begun(key: Key, step: usize) -> u64 {
    outcome(key, step, 0, 0).close(SMALL, state::BEGUN)
}
