//! The memory that runner, worker and case share. Each slot is a file of its own, with one case's plan and trace: no
//! case can reach another's through it. What runner and worker tell each other is in the [`Control`] file, which no
//! case's process has. The runner writes and reads some slots while the worker performs another.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicI32, AtomicI64, AtomicU32, AtomicU64, Ordering};

use std::os::fd::BorrowedFd;

use crate::abi::CARRIED_BYTES;
use crate::case::Workdir;
use crate::plan::{MAX_TRACE_DATA, Op, Plan, UNBOUND};

use crate::exec::shared::mutation::Mutant;
use crate::exec::shared::record::{CaptureRecord, Noted, Record, signal, signals};
use crate::exec::shared::seal::{COUNT, Key, SMALL, Seal, What};
use crate::exec::shared::vars::{Variable, Variables};
use crate::exec::shared::wire::{self, ArchivedPreparation, ArchivedStep};
use crate::exec::shared::wrongness::EveryCall;
use crate::exec::sys::page_size;

/// Slots of a worker.
pub(in crate::exec) const SLOTS: u32 = 8;
/// Bytes of a slot; only what is written takes memory.
pub(in crate::exec) const SLOT_SIZE: usize = 64 << 20;
/// Bytes of the control file.
pub(in crate::exec) const CONTROL_SIZE: usize = size_of::<Control>().next_multiple_of(PAGE);
/// All that is shared with a worker, in bytes.
pub(in crate::exec) const SHARED_SIZE: usize = CONTROL_SIZE + SLOTS as usize * SLOT_SIZE;
/// A multiple of every page size, in bytes.
const PAGE: usize = 64 << 10;
/// Actors of a case, the main one included.
pub const MAX_ACTORS: usize = 32;
/// Variables of a case.
pub const MAX_VARS: usize = 1024;
/// Slots that held more than this are given back to the system after use, in bytes.
const KEEP: usize = 256 << 10;
/// The part of a plan that comes before its steps.
const SET_UP: usize = 0;
/// Steps of which a worker knows whether they fork.
const KNOWN_STEPS: usize = 4096;

/// Starting, with its ids mapped.
pub(in crate::exec) const MAPPED: u32 = 3;

/// How the runner and a worker hand over cases.
#[repr(C)]
pub(in crate::exec) struct Control {
    /// Cases handed over so far.
    pub(in crate::exec) posted: AtomicU32,
    /// Cases done so far.
    pub(in crate::exec) done: AtomicU32,
    /// How many cases must be done for the runner to be woken.
    pub(in crate::exec) awaited: AtomicU32,
    /// 0: starting; 1: ready; 2: could not start; [`MAPPED`].
    pub(in crate::exec) ready: AtomicU32,
    /// 1: namespaces; 0: processes.
    pub(in crate::exec) namespaces: AtomicU32,
    /// Its ids are no other worker's, and nobody else's.
    pub(in crate::exec) own_ids: AtomicU32,
    /// `/proc` can be read.
    pub(in crate::exec) proc: AtomicU32,
    /// Why it could not start.
    pub(in crate::exec) errno: AtomicI32,
    /// Cases done when the worker found that it cannot do any more as the first; 0: it did not.
    pub(in crate::exec) spoiled: AtomicU32,
    /// `statfs` types of the two kinds of working directory (0: none).
    pub(in crate::exec) filesystem: [AtomicI64; 2],
    /// What is told of the case in each slot.
    pub(in crate::exec) cases: [Handover; SLOTS as usize],
}

/// What runner and worker tell each other of one case. A case's process has none of it.
#[repr(C)]
pub(in crate::exec) struct Handover {
    posted: UnsafeCell<Posted>,
    ended: UnsafeCell<Ended>,
}

// SAFETY: `posted` and `done` of the control file hand it over: only one side at a time looks at it.
unsafe impl Sync for Handover {}

/// What a worker has to know of a case. It never asks the slot, where the case could have changed it.
#[repr(C)]
#[derive(Clone, Copy)]
pub(in crate::exec) struct Posted {
    key: [u64; 2],
    layout: Layout,
    /// Microseconds it may take.
    pub(in crate::exec) deadline: u64,
    /// Actors, the main one included.
    pub(in crate::exec) actors: usize,
    /// It works in a directory that is not on a tmpfs.
    pub(in crate::exec) disk: bool,
    /// Its kernel may be made wrong: it may take longer where it is not seen to sleep.
    pub(in crate::exec) patient: bool,
    /// The case has a control group of its own.
    pub(in crate::exec) grouped: bool,
    /// The case asks for a call to be seen asleep.
    pub(in crate::exec) asks: bool,
    /// It has steps that are done whatever happened.
    pub(in crate::exec) finally: bool,
    /// A bit for each step whose call returns in two processes.
    forking: [u64; KNOWN_STEPS / 64],
}

/// What a worker found; written when nothing of the case is left.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(in crate::exec) struct Ended {
    /// See [`end`].
    pub(in crate::exec) end: u32,
    /// `wait` status, or the stop signal, or an errno.
    pub(in crate::exec) status: i32,
    /// Microseconds it took.
    pub(in crate::exec) micros: u64,
}

impl Handover {
    /// The runner's: before it counts the case as posted.
    pub(in crate::exec) fn post(&self, posted: Posted) {
        // SAFETY: the slot is the runner's until it is posted.
        unsafe {
            self.posted.get().write_volatile(posted);
            self.ended.get().write_volatile(Ended::default());
        }
    }

    /// The worker's: what was posted, with the key, which is then here alone.
    pub(in crate::exec) fn take(&self) -> (&Posted, Key) {
        // SAFETY: the slot is the worker's until it is done.
        unsafe {
            let key = (*self.posted.get()).key;
            (&raw mut (*self.posted.get()).key).write_volatile([0; 2]);
            (&*self.posted.get(), Key::from_words(key))
        }
    }

    /// The worker's: before it counts the case as done.
    pub(in crate::exec) fn end(&self, ended: Ended) {
        // SAFETY: as in `take`.
        unsafe { self.ended.get().write_volatile(ended) };
    }

    /// The runner's: after the case was done, or its worker lost.
    pub(in crate::exec) fn ended(&self) -> Ended {
        // SAFETY: as in `post`.
        unsafe { self.ended.get().read_volatile() }
    }
}

impl Posted {
    /// The slot's key may be anything; what a worker takes it from is the [`Handover`] alone.
    fn of(plan: &Plan, deadline: u64, kernel: Kernel<'_>, slot: &Slot) -> Self {
        let mut forking = [0; KNOWN_STEPS / 64];
        for (index, step) in plan.steps.iter().enumerate().take(KNOWN_STEPS) {
            let forks = matches!(step.op, Op::Call { twice: true, .. });
            forking[index / 64] |= u64::from(forks) << (index % 64);
        }
        Posted {
            key: slot.key.words(),
            layout: slot.layout,
            deadline,
            actors: plan.actors.len(),
            disk: plan.setup.workdir == Some(Workdir::Disk),
            patient: !matches!(kernel, Kernel::Right),
            grouped: plan.setup.cgroup.is_some(),
            asks: plan.steps.iter().any(|step| matches!(step.op, Op::Blocked { .. })),
            finally: plan.finally.is_some(),
            forking,
        }
    }

    /// The steps whose calls return in two processes.
    pub(in crate::exec) fn forking(&self) -> impl Iterator<Item = usize> {
        (0..self.layout.steps.min(KNOWN_STEPS)).filter(|step| self.forking[step / 64] >> (step % 64) & 1 == 1)
    }
}

/// Instead of a call's number, as the kernel shows it of a thread that sleeps in a page fault: -1.
pub(in crate::exec) const NO_CALL: u32 = u32::MAX;

/// What one actor is doing.
#[repr(C)]
pub(in crate::exec) struct ActorCell {
    /// Step to perform, plus one; 0: nothing to do.
    pub(in crate::exec) mailbox: AtomicU32,
    /// Step in whose system call or memory access it is, plus one; 0: none.
    pub(in crate::exec) calling: AtomicU32,
    /// Step it performs or performed last.
    pub(in crate::exec) step: AtomicU32,
    /// Thread id, 0 when the thread is gone (`CLONE_CHILD_CLEARTID`).
    pub(in crate::exec) tid: AtomicU32,
    /// Number of the system call it is in; [`NO_CALL`]: it accesses memory.
    pub(in crate::exec) nr: AtomicU32,
    /// It is in a guarded memory access.
    pub(in crate::exec) guarded: AtomicU32,
    /// Its thread id as it knows it itself, which in a PID namespace of its own is another.
    pub(in crate::exec) own_tid: AtomicU32,
    /// The actor whose memory it shares: itself, if it shares that of none.
    pub(in crate::exec) memory: AtomicU32,
    /// Of one that a call makes, the step of that call, plus one; 0: it was not made yet.
    pub(in crate::exec) maker: AtomicU32,
    /// It has begun to serve.
    pub(in crate::exec) alive: AtomicU32,
    /// Of one that a call makes, the top of the stack that it runs on.
    pub(in crate::exec) stack: AtomicU64,
}

/// A bit of [`Header::touched`]: see [`Aftermath::in_effect`](super::mutation::Aftermath::in_effect).
pub(in crate::exec) const IN_EFFECT: u32 = 2;

/// How far the case's process got; 0: it is being set up.
pub(in crate::exec) mod phase {
    pub(in crate::exec) const STEPS: u64 = 1;
    pub(in crate::exec) const FINISHED: u64 = 2;
    pub(in crate::exec) const SETUP_FAILED: u64 = 3;
    /// What it was about to rely on had been written by somebody else.
    pub(in crate::exec) const TAMPERED: u64 = 4;
}

/// What the worker found, in [`Ended::end`].
pub(in crate::exec) mod end {
    pub(in crate::exec) const REAPED: u32 = 0;
    pub(in crate::exec) const DEADLINE: u32 = 1;
    pub(in crate::exec) const STOPPED: u32 = 2;
    pub(in crate::exec) const TOO_MANY: u32 = 3;
    pub(in crate::exec) const UNKILLABLE: u32 = 4;
    pub(in crate::exec) const FORK_FAILED: u32 = 5;
}

/// The begin of a slot.
#[repr(C)]
pub(in crate::exec) struct Header {
    /// The worker sleeps on this; it changes when a child ends and when something is asked.
    pub(in crate::exec) wake: AtomicU32,
    /// Started step to be seen asleep, plus one; 0: none.
    pub(in crate::exec) request: AtomicU32,
    /// Changes when a request was answered.
    pub(in crate::exec) reply: AtomicU32,
    /// A sealed [`phase`], which proves what is said of a set-up that failed as well.
    pub(in crate::exec) phase: AtomicU64,
    /// Error of a set-up that failed.
    pub(in crate::exec) setup_errno: AtomicI32,
    /// That error means: not available here.
    pub(in crate::exec) setup_unavailable: AtomicU32,
    /// What was being done, as text.
    pub(in crate::exec) setup_what: [u8; 128],
    /// Bytes of captured data.
    pub(in crate::exec) data_used: AtomicU64,
    /// Whether what the case leaves is to be examined.
    pub(in crate::exec) examine: u64,
    /// Whether the case asks for a call to be seen asleep.
    pub(in crate::exec) asks: u64,
    /// What steps are marked with; 0: they are not. See [`crate::exec::child::mark`].
    pub(in crate::exec) mark: AtomicU64,
    /// See [`Aftermath`].
    pub(in crate::exec) touched: AtomicU32,
    /// 0: not examined.
    pub(in crate::exec) fingerprint: AtomicU64,
    /// Where things lie. The case's process reads it once, before its first step; the seal of the set-up proves it.
    layout: Layout,
    /// The actors.
    pub(in crate::exec) actors: [ActorCell; MAX_ACTORS],
}

/// Number of steps, and byte offsets into a slot.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(in crate::exec) struct Layout {
    pub(in crate::exec) steps: usize,
    vars_at: usize,
    plan_at: usize,
    records_at: usize,
    captures_at: usize,
    data_at: usize,
}

impl Layout {
    fn words(&self) -> [u64; 6] {
        let Layout { steps, vars_at, plan_at, records_at, captures_at, data_at } = *self;
        [steps, vars_at, plan_at, records_at, captures_at, data_at].map(|word| word as u64)
    }

    /// The set-up and the steps.
    fn parts(&self) -> usize {
        self.steps + 1
    }

    /// Whether a plan lies within a slot, with a table of its parts.
    fn is_sound(&self) -> bool {
        let room = self.records_at.checked_sub(self.plan_at).map(|bytes| bytes / size_of::<Part>());
        let aligned = self.plan_at.is_multiple_of(wire::ALIGN);
        aligned && self.records_at <= SLOT_SIZE && room.is_some_and(|parts| self.steps < parts)
    }
}

/// A part of a plan: where it lies in the slot, in bytes, and what proves it.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Part {
    at: usize,
    len: usize,
    seal: u64,
}

/// The kernel that a case is performed on.
#[derive(Clone, Copy)]
pub(in crate::exec) enum Kernel<'a> {
    /// As it is.
    Right,
    /// As it is, or wrong in one call; and what the case leaves is examined.
    Examined(Option<&'a Mutant>),
    /// Wrong in every call of a kind.
    Wrong(&'a EveryCall<'a>),
}

/// One slot in the shared memory, and what its user knows of it without looking.
#[derive(Clone, Copy)]
pub(in crate::exec) struct Slot {
    base: *mut u8,
    pub(in crate::exec) layout: Layout,
    pub(in crate::exec) key: Key,
}

// SAFETY: a slot is an address in memory shared between processes; all that is changed on
// two sides at a time is atomic, the rest is handed over by `posted` and `done`.
unsafe impl Send for Slot {}

impl Slot {
    /// # Safety
    /// `base` is a mapping of [`SLOT_SIZE`] bytes.
    pub(in crate::exec) unsafe fn new(base: *mut u8) -> Self {
        Slot { base, layout: Layout::default(), key: Key::default() }
    }

    /// The same slot with what was posted.
    pub(in crate::exec) fn taken(self, posted: &Posted, key: Key) -> Self {
        Slot { layout: posted.layout, key, ..self }
    }

    /// A slot that was taken, for a process of its case which has yet to begin; none if what it begins with is not
    /// what the runner wrote.
    ///
    /// # Safety
    /// `base` is the base of that slot.
    pub(in crate::exec) unsafe fn lent(base: *mut u8, key: [u64; 2]) -> Result<Self, Self> {
        let slot = Slot { base, layout: Layout::default(), key: Key::from_words(key) };
        let lent = Slot { layout: slot.header().layout, ..slot };
        let is_as_loaded = lent.layout.is_sound() && lent.part(SET_UP).is_some();
        if is_as_loaded { Ok(lent) } else { Err(slot) }
    }

    pub(in crate::exec) fn base(self) -> *mut u8 {
        self.base
    }

    pub(in crate::exec) fn header<'a>(self) -> &'a Header {
        // SAFETY: the slot begins with a header, valid as zeros, for as long as the mapping lives.
        unsafe { &*self.base.cast::<Header>() }
    }

    fn at<T>(self, offset: usize) -> *mut T {
        // SAFETY: the layout's offsets lie within the slot.
        unsafe { self.base.add(offset).cast() }
    }

    pub(in crate::exec) fn record<'a>(self, step: usize) -> &'a Record {
        // SAFETY: as for the header; `step` is below `layout.steps`.
        unsafe { &*self.at::<Record>(self.layout.records_at).add(step) }
    }

    pub(in crate::exec) fn capture_record(self, index: u64) -> *mut CaptureRecord {
        // SAFETY: `index` counts the plan's captures, for which there is room.
        unsafe { self.at::<CaptureRecord>(self.layout.captures_at).add(index as usize) }
    }

    pub(in crate::exec) fn data(self) -> *mut u8 {
        self.at(self.layout.data_at)
    }

    pub(in crate::exec) fn vars(self) -> Variables {
        // SAFETY: the layout has room for the plan's variables there.
        unsafe { Variables::new(self.at::<Variable>(self.layout.vars_at), self.key) }
    }

    /// Puts a plan into the slot, which holds nothing; what its worker has to be told of it. Fails if it is too large
    /// for a slot.
    pub(in crate::exec) fn load(
        &mut self,
        plan: &Plan,
        deadline: u64,
        kernel: Kernel<'_>,
        key: Key,
    ) -> Result<Posted, usize> {
        let parts = wire::encode(plan, kernel);
        let captures: usize = plan.steps.iter().map(|s| s.captures.len()).sum();
        let vars = (plan.vars as usize).min(MAX_VARS);
        let vars_at = size_of::<Header>().next_multiple_of(64);
        let plan_at = (vars_at + vars * size_of::<Variable>()).next_multiple_of(64);
        let mut table = Vec::with_capacity(parts.len());
        let mut records_at = (plan_at + parts.len() * size_of::<Part>()).next_multiple_of(wire::ALIGN);
        for part in &parts {
            table.push(Part { at: records_at, len: part.len(), seal: 0 });
            records_at = (records_at + part.len()).next_multiple_of(wire::ALIGN);
        }
        let captures_at = records_at + plan.steps.len() * size_of::<Record>();
        let data_at = (captures_at + captures * size_of::<CaptureRecord>()).next_multiple_of(64);
        if data_at + MAX_TRACE_DATA as usize > SLOT_SIZE {
            return Err(data_at);
        }
        self.layout = Layout { steps: plan.steps.len(), vars_at, plan_at, records_at, captures_at, data_at };
        self.key = key;
        let posted = Posted::of(plan, deadline, kernel, self);
        // SAFETY: all within the slot, which is ours until it is posted.
        unsafe {
            for (part, Part { at, .. }) in parts.iter().zip(&table) {
                self.at::<u8>(*at).copy_from_nonoverlapping(part.as_ptr(), part.len());
            }
            let header = &mut *self.base.cast::<Header>();
            header.examine = matches!(kernel, Kernel::Examined(_)).into();
            header.asks = posted.asks.into();
            header.layout = self.layout;
        }
        for (index, (part, entry)) in parts.iter().zip(&mut table).enumerate() {
            entry.seal = self.part_seal(index, part);
        }
        // SAFETY: as above.
        unsafe { self.at::<Part>(plan_at).copy_from_nonoverlapping(table.as_ptr(), table.len()) };
        (0..vars).for_each(|var| self.vars().set(var, UNBOUND));
        Ok(posted)
    }

    /// What proves a part of the plan; the set-up's proves all that the case's process relies on before its first step.
    #[inline(always)]
    fn part_seal(&self, index: usize, bytes: &[u8]) -> u64 {
        let seal = self.key.seal(What::Part, index);
        let header = self.header();
        let seal = match index {
            SET_UP => seal.words(&self.layout.words()).word(header.examine).word(header.asks),
            _ => seal,
        };
        seal.bytes(bytes).whole()
    }

    /// A part of the plan, if it is what was loaded.
    #[inline(always)]
    fn part<'a>(&self, index: usize) -> Option<&'a [u8]> {
        let Layout { plan_at, records_at, .. } = self.layout;
        if index >= self.layout.parts() {
            return None;
        }
        // SAFETY: the layout has room for the table.
        let Part { at, len, seal } = unsafe { self.at::<Part>(plan_at).add(index).read_volatile() };
        let inside = plan_at <= at && at.checked_add(len).is_some_and(|end| end <= records_at);
        if !inside || !at.is_multiple_of(wire::ALIGN) {
            return None;
        }
        // SAFETY: within the slot.
        let bytes = unsafe { std::slice::from_raw_parts(self.at::<u8>(at), len) };
        (self.part_seal(index, bytes) == seal).then_some(bytes)
    }

    /// The set-up, if it is what was loaded.
    pub(in crate::exec) fn set_up<'a>(&self) -> Option<&'a ArchivedPreparation<'a>> {
        // SAFETY: `load` put it there, which the seal proves.
        self.part(SET_UP).map(|part| unsafe { wire::set_up(part) })
    }

    /// A step, if it is what was loaded.
    #[inline(always)]
    pub(in crate::exec) fn planned<'a>(&self, step: usize) -> Option<&'a ArchivedStep<'a>> {
        // SAFETY: as above.
        self.part(step.checked_add(1)?).map(|part| unsafe { wire::step(part) })
    }

    /// What proves how far the case's process got.
    #[inline(always)]
    pub(in crate::exec) fn phase_seal(self, phase: u64) -> Seal {
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

    /// Whether the case's process is between its set-up and its end.
    pub(in crate::exec) fn is_at_steps(self) -> bool {
        let word = self.phase_seal(phase::STEPS).close(SMALL, phase::STEPS);
        self.header().phase.load(Ordering::Acquire) == word
    }

    /// Leaves nothing of a case in the slot, wherever it wrote; `file` is the slot's.
    pub(in crate::exec) fn wipe(&self, file: BorrowedFd<'_>) {
        let data = self.header().data_used.load(Ordering::Acquire).min(MAX_TRACE_DATA) as usize;
        let used = (self.layout.data_at + data).min(SLOT_SIZE);
        let end = used.next_multiple_of(page_size() as usize).min(SLOT_SIZE);
        let kept = if used > KEEP { 0 } else { end };
        // No data from there on.
        let nothing = nix::unistd::lseek(file, kept as i64, nix::unistd::Whence::SeekData) == Err(nix::Error::ENXIO);
        let is_gone = !nothing && {
            // SAFETY: the range lies within the slot, a shared mapping of a memory file.
            unsafe { libc::madvise(self.base.add(kept).cast(), SLOT_SIZE - kept, libc::MADV_REMOVE) == 0 }
        };
        // Not every kernel can remove it (gVisor).
        let zeroed = if is_gone { kept } else { end };
        // SAFETY: within the slot, which nobody else has by now.
        unsafe { self.base.write_bytes(0, zeroed) };
    }

    /// How many calls of a repetition have succeeded; none if nobody has said so.
    pub(in crate::exec) fn repeats(self, step: usize) -> Option<u64> {
        let word = self.record(step).repeats.load(Ordering::Acquire);
        self.key.seal(What::Repeats, step).open(COUNT, word)
    }

    /// What a signal carried, if that lies within the data.
    pub(in crate::exec) fn carried<'a>(self, noted: Noted) -> Option<&'a [u8]> {
        let at = noted.at().filter(|at| at + CARRIED_BYTES as u64 <= MAX_TRACE_DATA)?;
        // SAFETY: within the data; written before it was noted, by whoever noted it.
        Some(unsafe { std::slice::from_raw_parts(self.data().add(at as usize), CARRIED_BYTES) })
    }

    /// The seal of the first signals of a step.
    pub(in crate::exec) fn signals_seal(self, step: usize, n: usize) -> Seal {
        let list = self.record(step).signal.iter().take(n);
        let noted = list.map(|word| Noted(word.load(Ordering::Acquire)));
        noted.fold(signals(self.key, step), |seal, noted| signal(seal, noted, self.carried(noted)))
    }

    /// Makes room for so many bytes in the data; their offset, if there is any.
    pub(in crate::exec) fn make_room(self, len: u64) -> Option<u64> {
        let at = self.header().data_used.fetch_add(len, Ordering::AcqRel);
        at.checked_add(len).is_some_and(|end| end <= MAX_TRACE_DATA).then_some(at)
    }

    /// Where captured bytes lie; none if they were not captured.
    pub(in crate::exec) fn captured(self, index: u64) -> Option<(*const u8, usize)> {
        // SAFETY: `index` counts the plan's captures, for which there is room.
        let record = unsafe { self.capture_record(index).read_volatile() };
        let inside = record.at.checked_add(record.len).is_some_and(|end| end <= MAX_TRACE_DATA);
        // SAFETY: checked to lie within the data.
        (record.ok == 1 && inside)
            .then(|| unsafe { (self.data().add(record.at as usize).cast_const(), record.len as usize) })
    }
}
