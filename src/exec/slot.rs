//! The memory that runner, worker and case share: a control page, and slots, each with one
//! case's plan and trace. The runner writes and reads some while the worker performs another.

use std::sync::atomic::{AtomicI32, AtomicI64, AtomicU32, AtomicU64, Ordering};

use crate::case::Disposition;
use crate::plan::{MAX_TRACE_DATA, Plan};

use super::mutation::{Aftermath, Mutant};
use super::trace::{End, State, StepTrace, Trace};
use super::wire;

/// Slots of a worker.
pub(super) const SLOTS: u32 = 8;
/// Address space of one slot, in bytes; only what is written takes memory.
pub(super) const SLOT_SIZE: usize = 64 << 20;
/// Bytes of the control page.
pub(super) const CONTROL_SIZE: usize = 4096;
/// All that is shared with a worker, in bytes.
pub(super) const SHARED_SIZE: usize = CONTROL_SIZE + SLOTS as usize * SLOT_SIZE;
/// Actors of a case, the main one included.
pub const MAX_ACTORS: usize = 32;
/// Variables of a case.
pub const MAX_VARS: usize = 1024;
/// Signals kept for one step; further ones are dropped.
const MAX_SIGNALS: usize = 24;
/// Slots that held more than this are given back to the system after use.
const KEEP: usize = 256 << 10;

/// How the runner and a worker hand over cases.
#[repr(C)]
pub(super) struct Control {
    /// Cases handed over so far.
    pub(super) posted: AtomicU32,
    /// Cases done so far.
    pub(super) done: AtomicU32,
    /// How many cases must be done for the runner to be woken.
    pub(super) awaited: AtomicU32,
    /// 0: starting; 1: ready; 2: could not start.
    pub(super) ready: AtomicU32,
    /// 1: namespaces; 0: processes.
    pub(super) namespaces: AtomicU32,
    /// `/proc` can be read.
    pub(super) proc: AtomicU32,
    /// Why it could not start.
    pub(super) errno: AtomicI32,
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
    pub(in crate::exec) const STEPS: u32 = 1;
    pub(in crate::exec) const FINISHED: u32 = 2;
    pub(in crate::exec) const SETUP_FAILED: u32 = 3;
}

/// What the worker found, in [`Header::end`].
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
    /// The worker sleeps on this; it changes when a child ends and when something is asked.
    pub(super) wake: AtomicU32,
    /// Started step to be seen asleep, plus one; 0: none.
    pub(super) request: AtomicU32,
    /// Changes when a request was answered.
    pub(super) reply: AtomicU32,
    /// See [`phase`].
    pub(super) phase: AtomicU32,
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
    /// The variables.
    pub(super) vars: [i64; MAX_VARS],
}

/// Number of steps, and byte offsets into a slot.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct Layout {
    pub(super) steps: usize,
    plan_at: usize,
    records_at: usize,
    captures_at: usize,
    data_at: usize,
}

/// What came of a step.
#[repr(C)]
pub(super) struct Record {
    /// A [`State`]; a futex for who waits for the step.
    pub(super) state: AtomicU32,
    /// Seen asleep.
    pub(super) blocked: AtomicU32,
    /// Signal that killed the actor.
    pub(super) killed: AtomicU32,
    /// Signals recorded.
    pub(super) signals: AtomicU32,
    pub(super) ret: AtomicI64,
    pub(super) repeats: AtomicU64,
    pub(super) signal: [std::sync::atomic::AtomicU8; MAX_SIGNALS],
}

impl Record {
    /// Notes a signal; called from signal handlers.
    pub(super) fn note(&self, signal: u32) {
        let i = self.signals.fetch_add(1, Ordering::AcqRel) as usize;
        if let Some(place) = self.signal.get(i) {
            place.store(signal as u8, Ordering::Release);
        }
    }
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

/// How far a step got, as stored in [`Record::state`].
pub(super) mod state {
    pub(in crate::exec) const BEGUN: u32 = 1;
    pub(in crate::exec) const DONE: u32 = 2;
    pub(in crate::exec) const FAULTED: u32 = 3;
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

/// One slot in the shared memory.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    base: *mut u8,
    pub(super) layout: Layout,
}

// SAFETY: a slot is an address in memory shared between processes; all that is changed on
// two sides at a time is atomic, the rest is handed over by `posted` and `done`.
unsafe impl Send for Slot {}

impl Slot {
    /// # Safety
    /// `shared` is a mapping of [`SHARED_SIZE`] bytes, whose slot `index` holds zeros or a plan.
    pub(super) unsafe fn new(shared: *mut u8, index: u32) -> Self {
        // SAFETY: within the mapping.
        let base = unsafe { shared.add(CONTROL_SIZE + index as usize * SLOT_SIZE) };
        let mut slot = Slot { base, layout: Layout::default() };
        slot.layout = slot.header().layout;
        slot
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

    pub(super) fn vars(self) -> *mut i64 {
        // SAFETY: a field of the header.
        unsafe { std::ptr::addr_of_mut!((*self.base.cast::<Header>()).vars).cast() }
    }

    /// Puts a plan into the slot. Fails if it is too large for a slot.
    pub(super) fn load(&mut self, plan: &Plan, deadline: u64, examine: Examine<'_>) -> Result<(), usize> {
        let words = wire::encode(plan, examine.flatten());
        let captures: usize = plan.steps.iter().map(|s| s.captures.len()).sum();
        let plan_at = size_of::<Header>().next_multiple_of(64);
        let records_at = plan_at + words.len() * 8;
        let captures_at = records_at + plan.steps.len() * size_of::<Record>();
        let data_at = (captures_at + captures * size_of::<CaptureRecord>()).next_multiple_of(64);
        if data_at + MAX_TRACE_DATA as usize > SLOT_SIZE {
            return Err(data_at);
        }
        self.layout = Layout { steps: plan.steps.len(), plan_at, records_at, captures_at, data_at };
        // SAFETY: all within the slot, which is ours until it is posted.
        unsafe {
            self.base.write_bytes(0, plan_at);
            self.at::<u8>(records_at).write_bytes(0, data_at - records_at);
            self.at::<u64>(plan_at).copy_from_nonoverlapping(words.as_ptr(), words.len());
            let header = &mut *self.base.cast::<Header>();
            header.deadline = deadline;
            header.examine = u64::from(examine.is_some());
            header.layout = self.layout;
            // What a failed call did not bind is no descriptor, no address and no length.
            header.vars[..plan.vars.min(MAX_VARS)].fill(-1);
        }
        Ok(())
    }

    /// Reads the trace of a plan that was performed. The plan says how much there is: what a
    /// case may have scribbled over is never trusted for sizes.
    pub(super) fn trace(self, plan: &Plan) -> Trace {
        let header = self.header();
        let mut index = 0;
        let steps = plan.steps.iter().enumerate().map(|(i, step)| {
            let captures = step.captures.iter().map(|_| {
                index += 1;
                self.captured(index - 1)
            });
            let captures = captures.collect();
            self.step(i, captures)
        });
        let steps = steps.collect();
        // SAFETY: `vars` lies in the header.
        let vars = (0..plan.vars.min(MAX_VARS)).map(|i| unsafe { self.vars().add(i).read_volatile() }).collect();
        Trace { steps, vars, end: self.end(), micros: header.micros.load(Ordering::Acquire) }
    }

    /// What examining the case found.
    pub(super) fn aftermath(self) -> Aftermath {
        let header = self.header();
        let remains = header.remains.load(Ordering::Acquire);
        let touched = header.touched.load(Ordering::Acquire) != 0;
        Aftermath { touched, remains: (remains != 0).then_some(remains) }
    }

    fn step(self, i: usize, captures: Vec<Option<Vec<u8>>>) -> StepTrace {
        let record = self.record(i);
        let signals = (record.signals.load(Ordering::Acquire) as usize).min(MAX_SIGNALS);
        let killed = record.killed.load(Ordering::Acquire);
        StepTrace {
            state: match record.state.load(Ordering::Acquire) {
                state::BEGUN => State::Begun,
                state::DONE => State::Done,
                state::FAULTED => State::Faulted,
                _ => State::NotReached,
            },
            ret: record.ret.load(Ordering::Acquire),
            repeats: record.repeats.load(Ordering::Acquire),
            blocked: record.blocked.load(Ordering::Acquire) != 0,
            killed: (killed != 0).then_some(killed),
            signals: record.signal[..signals].iter().map(|s| u32::from(s.load(Ordering::Acquire))).collect(),
            captures,
        }
    }

    fn captured(self, index: u64) -> Option<Vec<u8>> {
        // SAFETY: `index` counts the plan's captures, for which there is room.
        let record = unsafe { self.capture_record(index).read_volatile() };
        let inside = record.at.checked_add(record.len).is_some_and(|end| end <= MAX_TRACE_DATA);
        if record.ok != 1 || !inside {
            return None;
        }
        let mut bytes = vec![0; record.len as usize];
        // SAFETY: checked to lie within the data.
        unsafe { self.data().add(record.at as usize).copy_to_nonoverlapping(bytes.as_mut_ptr(), bytes.len()) };
        Some(bytes)
    }

    fn end(self) -> End {
        let header = self.header();
        let status = header.status.load(Ordering::Acquire);
        match header.end.load(Ordering::Acquire) {
            end::DEADLINE => End::Deadline,
            end::STOPPED => End::Stopped(status),
            end::TOO_MANY => End::TooManyProcesses,
            end::UNKILLABLE => End::Unkillable,
            end::FORK_FAILED => End::SetupFailed { what: "fork".into(), errno: status, unavailable: false },
            _ => match header.phase.load(Ordering::Acquire) {
                phase::SETUP_FAILED => End::SetupFailed {
                    what: String::from_utf8_lossy(&header.setup_what).trim_end_matches('\0').to_owned(),
                    errno: header.setup_errno.load(Ordering::Acquire),
                    unavailable: header.setup_unavailable.load(Ordering::Acquire) != 0,
                },
                phase::FINISHED if status == 0 => End::Finished,
                _ if libc::WIFSIGNALED(status) => End::Killed(libc::WTERMSIG(status)),
                _ => End::Exited(libc::WEXITSTATUS(status)),
            },
        }
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
