//! The memory that runner, worker and case share: a control page, and slots, each with one
//! case's plan and trace. The runner writes and reads some while the worker performs another.

use std::sync::atomic::{AtomicI32, AtomicI64, AtomicU32, AtomicU64, Ordering};

use crate::case::Disposition;
use crate::plan::{MAX_TRACE_DATA, Op, Plan};

use super::mutation::Mutant;
use super::record::{CaptureRecord, Record};
use super::seal::{Key, SMALL, Seal, What};
use super::vars::{Variable, Variables};
use super::wire::{self, Reader};

/// Slots of a worker.
pub(super) const SLOTS: u32 = 8;
/// Address space of one slot and the gap behind it, in bytes; only what is written takes memory.
pub(super) const SLOT_SIZE: usize = 64 << 20;
/// Bytes at the end of each slot, and behind the control page, that a worker has not mapped: mappings that touch
/// would be joined and split again whenever one of them is treated as the others are not.
pub(super) const GAP: usize = 64 << 10;
/// Bytes of the control page and the gap behind it.
pub(super) const CONTROL_SIZE: usize = 2 * GAP;
/// All that is shared with a worker, in bytes.
pub(super) const SHARED_SIZE: usize = CONTROL_SIZE + SLOTS as usize * SLOT_SIZE;
/// Actors of a case, the main one included.
pub const MAX_ACTORS: usize = 32;
/// Variables of a case.
pub const MAX_VARS: usize = 1024;
/// Slots that held more than this are given back to the system after use.
const KEEP: usize = 256 << 10;

/// Starting, with its ids mapped.
pub(super) const MAPPED: u32 = 3;

/// How the runner and a worker hand over cases.
#[repr(C)]
pub(super) struct Control {
    /// Cases handed over so far.
    pub(super) posted: AtomicU32,
    /// Cases done so far.
    pub(super) done: AtomicU32,
    /// How many cases must be done for the runner to be woken.
    pub(super) awaited: AtomicU32,
    /// 0: starting; 1: ready; 2: could not start; [`MAPPED`].
    pub(super) ready: AtomicU32,
    /// 1: namespaces; 0: processes.
    pub(super) namespaces: AtomicU32,
    /// `/proc` can be read.
    pub(super) proc: AtomicU32,
    /// Why it could not start.
    pub(super) errno: AtomicI32,
    /// Cases done when the worker found that it cannot do any more as the first; 0: it did not.
    pub(super) spoiled: AtomicU32,
    /// `statfs` types of the two kinds of working directory (0: none).
    pub(super) filesystem: [AtomicI64; 2],
}

/// What one actor is doing.
#[repr(C)]
pub(super) struct ActorCell {
    /// Step to perform, plus one; 0: nothing to do.
    pub(super) mailbox: AtomicU32,
    /// Step in whose system call it is, plus one; 0: none.
    pub(super) calling: AtomicU32,
    /// Step it performs or performed last.
    pub(super) step: AtomicU32,
    /// Thread id, 0 when the thread is gone (`CLONE_CHILD_CLEARTID`).
    pub(super) tid: AtomicU32,
    /// Number of the system call it is in.
    pub(super) nr: AtomicU32,
    /// It is in a guarded memory access.
    pub(super) guarded: AtomicU32,
}

/// How far the case's process got; 0: it is being set up.
pub(super) mod phase {
    pub(in crate::exec) const STEPS: u64 = 1;
    pub(in crate::exec) const FINISHED: u64 = 2;
    pub(in crate::exec) const SETUP_FAILED: u64 = 3;
    /// What it was about to rely on had been written by somebody else.
    pub(in crate::exec) const TAMPERED: u64 = 4;
}

/// What the worker found, in [`Header::end`]; written when nothing of the case is left that could write, too.
pub(super) mod end {
    pub(in crate::exec) const REAPED: u32 = 0;
    pub(in crate::exec) const DEADLINE: u32 = 1;
    pub(in crate::exec) const STOPPED: u32 = 2;
    pub(in crate::exec) const TOO_MANY: u32 = 3;
    pub(in crate::exec) const UNKILLABLE: u32 = 4;
    pub(in crate::exec) const FORK_FAILED: u32 = 5;
}

/// The begin of a slot.
#[repr(C)]
pub(super) struct Header {
    /// The case's key, until the worker takes it.
    key: [AtomicU64; 2],
    /// The worker sleeps on this; it changes when a child ends and when something is asked.
    pub(super) wake: AtomicU32,
    /// Started step to be seen asleep, plus one; 0: none.
    pub(super) request: AtomicU32,
    /// Changes when a request was answered.
    pub(super) reply: AtomicU32,
    /// A sealed [`phase`], which proves what is said of a set-up that failed as well.
    pub(super) phase: AtomicU64,
    /// See [`end`].
    pub(super) end: AtomicU32,
    /// `wait` status, or the stop signal, or an errno.
    pub(super) status: AtomicI32,
    /// Error of a set-up that failed.
    pub(super) setup_errno: AtomicI32,
    /// That error means: not available here.
    pub(super) setup_unavailable: AtomicU32,
    /// What was being done, as text.
    pub(super) setup_what: [u8; 128],
    /// Microseconds it took.
    pub(super) micros: AtomicU64,
    /// Microseconds it may take.
    pub(super) deadline: u64,
    /// Bytes of captured data.
    pub(super) data_used: AtomicU64,
    /// Whether what the case leaves is to be examined.
    pub(super) examine: u64,
    /// Whether the case asks for a call to be seen asleep.
    pub(super) asks: u64,
    /// What steps are marked with; 0: they are not. See [`super::mark`].
    pub(super) mark: AtomicU64,
    /// See [`Aftermath`].
    pub(super) touched: AtomicU32,
    /// 0: not examined.
    pub(super) remains: AtomicU64,
    /// Where things lie. Each side reads it once, before the case can scribble over it.
    pub(super) layout: Layout,
    /// The actors.
    pub(super) actors: [ActorCell; MAX_ACTORS],
}

/// Number of steps, and byte offsets into a slot.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct Layout {
    pub(super) steps: usize,
    vars_at: usize,
    plan_at: usize,
    records_at: usize,
    captures_at: usize,
    data_at: usize,
}

pub(super) fn disposition_code(disposition: Disposition) -> u64 {
    match disposition {
        Disposition::Record => 0,
        Disposition::Ignore => 1,
        Disposition::Block => 2,
    }
}

/// Whether the remains of a case are examined, and if so, whether the kernel is wrong.
pub(super) type Examine<'a> = Option<Option<&'a Mutant>>;

/// One slot in the shared memory, and what its user knows of it without looking.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    base: *mut u8,
    pub(super) layout: Layout,
    pub(super) key: Key,
}

// SAFETY: a slot is an address in memory shared between processes; all that is changed on
// two sides at a time is atomic, the rest is handed over by `posted` and `done`.
unsafe impl Send for Slot {}

impl Slot {
    /// # Safety
    /// `shared` is a mapping of [`SHARED_SIZE`] bytes.
    pub(super) unsafe fn new(shared: *mut u8, index: u32) -> Self {
        // SAFETY: within the mapping.
        let base = unsafe { shared.add(CONTROL_SIZE + index as usize * SLOT_SIZE) };
        Slot { base, layout: Layout::default(), key: Key::default() }
    }

    /// Takes over what was posted: where things lie, and the key, which is then here alone.
    pub(super) fn taken(mut self) -> Self {
        let header = self.header();
        self.layout = header.layout;
        self.key = Key::from_words([0, 1].map(|i| header.key[i].swap(0, Ordering::AcqRel)));
        self
    }

    /// A slot that was taken, for a process of its case which has yet to begin.
    ///
    /// # Safety
    /// `base` is the base of that slot.
    pub(super) unsafe fn lent(base: *mut u8, key: [u64; 2]) -> Self {
        let slot = Slot { base, layout: Layout::default(), key: Key::from_words(key) };
        Slot { layout: slot.header().layout, ..slot }
    }

    pub(super) fn base(self) -> *mut u8 {
        self.base
    }

    pub(super) fn header<'a>(self) -> &'a Header {
        // SAFETY: the slot begins with a header, valid as zeros, for as long as the mapping lives.
        unsafe { &*self.base.cast::<Header>() }
    }

    fn at<T>(self, offset: usize) -> *mut T {
        // SAFETY: the layout's offsets lie within the slot.
        unsafe { self.base.add(offset).cast() }
    }

    pub(super) fn record<'a>(self, step: usize) -> &'a Record {
        // SAFETY: as for the header; `step` is below `layout.steps`.
        unsafe { &*self.at::<Record>(self.layout.records_at).add(step) }
    }

    pub(super) fn capture_record(self, index: u64) -> *mut CaptureRecord {
        // SAFETY: `index` counts the plan's captures, for which there is room.
        unsafe { self.at::<CaptureRecord>(self.layout.captures_at).add(index as usize) }
    }

    pub(super) fn data(self) -> *mut u8 {
        self.at(self.layout.data_at)
    }

    pub(super) fn words(self) -> *const u64 {
        self.at::<u64>(self.layout.plan_at)
    }

    pub(super) fn vars(self) -> Variables {
        // SAFETY: the layout has room for the plan's variables there.
        unsafe { Variables::new(self.at::<Variable>(self.layout.vars_at), self.key) }
    }

    /// Puts a plan into the slot. Fails if it is too large for a slot.
    pub(super) fn load(&mut self, plan: &Plan, deadline: u64, examine: Examine<'_>, key: Key) -> Result<(), usize> {
        let mut words = wire::encode(plan, examine.flatten());
        wire::seal(&mut words, plan.steps.len(), key);
        let captures: usize = plan.steps.iter().map(|s| s.captures.len()).sum();
        let vars = plan.vars.min(MAX_VARS);
        let vars_at = size_of::<Header>().next_multiple_of(64);
        let plan_at = (vars_at + vars * size_of::<Variable>()).next_multiple_of(64);
        let records_at = plan_at + words.len() * 8;
        let captures_at = records_at + plan.steps.len() * size_of::<Record>();
        let data_at = (captures_at + captures * size_of::<CaptureRecord>()).next_multiple_of(64);
        if data_at + MAX_TRACE_DATA as usize > SLOT_SIZE - GAP {
            return Err(data_at);
        }
        self.layout = Layout { steps: plan.steps.len(), vars_at, plan_at, records_at, captures_at, data_at };
        self.key = key;
        // SAFETY: all within the slot, which is ours until it is posted.
        unsafe {
            self.base.write_bytes(0, plan_at);
            self.at::<u8>(records_at).write_bytes(0, data_at - records_at);
            self.at::<u64>(plan_at).copy_from_nonoverlapping(words.as_ptr(), words.len());
            let header = &mut *self.base.cast::<Header>();
            header.key = key.words().map(AtomicU64::new);
            header.deadline = deadline;
            header.examine = u64::from(examine.is_some());
            header.asks = u64::from(plan.steps.iter().any(|step| matches!(step.op, Op::Blocked { .. })));
            header.layout = self.layout;
        }
        // What a failed call did not bind is no descriptor, no address and no length.
        (0..vars).for_each(|var| self.vars().set(var, -1));
        Ok(())
    }

    /// The words of a step, if they are those that were loaded.
    #[inline(always)]
    pub(super) fn step_words(self, step: usize) -> Option<Reader> {
        let Layout { steps, plan_at, records_at, .. } = self.layout;
        let count = (records_at - plan_at) / size_of::<u64>();
        if step >= steps {
            return None;
        }
        // SAFETY: below `count` are the words of the plan.
        let words = unsafe { std::slice::from_raw_parts(self.words(), count) };
        let at = usize::try_from(words[step]).ok().filter(|at| *at < count)?;
        let step = wire::sealed(&words[at..], step, self.key)?;
        // SAFETY: what was loaded is a step that `encode` wrote.
        Some(unsafe { Reader::new(step.as_ptr()) })
    }

    /// What proves how far the case's process got.
    #[inline(always)]
    pub(super) fn phase_seal(self, phase: u64) -> Seal {
        let header = self.header();
        let seal = self.key.seal(What::Phase, 0);
        if phase != phase::SETUP_FAILED {
            return seal;
        }
        let numbers = [
            header.setup_errno.load(Ordering::Acquire) as u64,
            header.setup_unavailable.load(Ordering::Acquire).into(),
        ];
        numbers.into_iter().fold(seal, Seal::word).bytes(&header.setup_what)
    }

    /// The case's process got so far. What went wrong before is not forgotten.
    pub(super) fn reach(self, phase: u64) {
        let before = match phase {
            phase::STEPS => 0,
            _ => self.phase_seal(phase::STEPS).close(SMALL, phase::STEPS),
        };
        let word = self.phase_seal(phase).close(SMALL, phase);
        let _ = self.header().phase.compare_exchange(before, word, Ordering::AcqRel, Ordering::Relaxed);
    }

    /// Whether the case's process is between its set-up and its end.
    pub(super) fn is_at_steps(self) -> bool {
        let word = self.phase_seal(phase::STEPS).close(SMALL, phase::STEPS);
        self.header().phase.load(Ordering::Acquire) == word
    }

    /// The case's process comes no further.
    pub(super) fn give_up(self, phase: u64) {
        self.header().phase.store(self.phase_seal(phase).close(SMALL, phase), Ordering::Release);
    }

    /// Gives the memory of a slot that held much back to the system.
    pub(super) fn shrink(self) {
        let header = self.header();
        let used = self.layout.data_at + header.data_used.load(Ordering::Acquire).min(MAX_TRACE_DATA) as usize;
        if used > KEEP {
            let keep = KEEP.next_multiple_of(4096);
            // SAFETY: the range lies within the slot, a shared mapping of a memory file.
            unsafe { libc::madvise(self.base.add(keep).cast(), SLOT_SIZE - keep, libc::MADV_REMOVE) };
        }
    }
}
