//! Performs the steps of a plan in the case's own process: no allocation, no lock, no libc but
//! for what neither allocates nor locks. The main actor directs; the others wait to be told.

use std::sync::atomic::Ordering;

use rkyv::option::ArchivedOption;

use crate::abi::{Int, is_error};
use crate::plan::{
    ArchivedBind, ArchivedBindFrom, ArchivedCapture, ArchivedCondition, ArchivedFormula, ArchivedLinePiece,
    ArchivedNumberIs, ArchivedOp, ArchivedOperation, ArchivedPatch, ArchivedPlanRepeat, ArchivedPlanStep,
    ArchivedSegment, ArchivedWait, MAX_BUFFER, MAX_CAPTURE, MOST_AWAITED, Match, Numbers, Operation, find_line,
};

use crate::exec::child::actor::{self as child, Start};
use crate::exec::child::fault;
use crate::exec::child::fingerprint;
use crate::exec::child::mark::Marks;
use crate::exec::child::mutant::MutantCall;
use crate::exec::child::observe;
use crate::exec::child::setup::{self, Actors, Lent, content, setup_failed, store, tampered, value};
use crate::exec::child::slot::CaseSlot;
use crate::exec::child::wrongness::perform_wrong;
use crate::exec::shared::record::state;
use crate::exec::shared::slot::{ActorCell, NO_CALL, phase};
use crate::exec::shared::wire::ArchivedStep;
use crate::exec::sys::{self, Prctl, futex_wait, futex_wake, syscall};

/// Stack of a thread, in bytes.
const STACK: u64 = 128 << 10;
/// Longest sleep between looks at whether an actor that is waited for still lives, in microseconds.
const LOOK: u64 = 2_000;

/// The case's process: sets up, performs, ends.
pub(in crate::exec) fn perform(slot: CaseSlot, around: Lent<'_>) -> ! {
    let actors = setup::set_up(slot, around);
    let header = slot.header();
    header.actors[0].tid.store(sys::gettid() as u32, Ordering::Release);
    for actor in 1..actors.count {
        if actors.is_child(actor) {
            child::prepare(slot, actor);
        } else if !actors.is_process(actor) {
            spawn_thread(slot, actor);
        }
    }
    slot.reach(phase::STEPS);
    for step in 0..slot.layout.steps {
        direct(slot, &actors, step);
    }
    if header.examine != 0 {
        header.fingerprint.store(fingerprint::fingerprint(slot, &actors), Ordering::Release);
    }
    slot.reach(phase::FINISHED);
    sys::exit(0)
}

/// Does what is done whatever happened, as far as the case's own process did not begin it before it ended.
pub(in crate::exec) fn put_back(slot: CaseSlot, around: Lent<'_>) -> ! {
    let first = setup::set_up_afterwards(slot, around);
    slot.header().actors[0].tid.store(sys::gettid() as u32, Ordering::Release);
    for step in (first..slot.layout.steps).filter(|step| slot.record(*step).state() == 0) {
        act(slot, 0, step, planned(slot, step));
    }
    sys::exit(0)
}

/// Places in the code that every case goes through.
pub(in crate::exec) fn code() -> [*const u8; 3] {
    [perform as *const u8, act as *const u8, one_call as *const u8]
}

/// A step as it was loaded.
#[inline(always)]
fn planned<'a>(slot: CaseSlot, step: usize) -> &'a ArchivedStep<'a> {
    slot.planned(step).unwrap_or_else(|| tampered(slot))
}

/// Sees to it that a step is done: by the main actor itself, or by the actor it belongs to.
fn direct(slot: CaseSlot, actors: &Actors, step: usize) {
    let planned = planned(slot, step);
    let actor = usize::from(planned.step.actor.to_native());
    child::announce(slot, step, &planned.step.op);
    match &planned.step.op {
        ArchivedOp::Blocked { step: of } => {
            begin(slot, 0, step);
            let of = usize::from(of.to_native());
            await_block(slot, of);
            slot.end(step, state::DONE, slot.was_seen_asleep(of).into(), 0, 0..0);
        }
        ArchivedOp::Finish { step: of } => {
            begin(slot, 0, step);
            await_state(slot, actors, of.to_native().into(), state::DONE);
            slot.end(step, state::DONE, 0, 0, 0..0);
        }
        _ if actor == 0 => {
            act(slot, 0, step, planned);
            child::await_made(slot, &planned.step.op);
        }
        op => {
            let cell = &slot.header().actors[actor];
            if actors.is_process(actor) && cell.tid.load(Ordering::Acquire) == 0 {
                fork_actor(slot, actor, actors.die_with_parent);
            }
            if actors.is_child(actor) && !child::is_there(slot, actor) {
                return;
            }
            cell.mailbox.store(step as u32 + 1, Ordering::Release);
            futex_wake(&cell.mailbox);
            let started = planned.step.start;
            // The case goes on beside a step that is started, and not before it.
            await_state(slot, actors, step, if started { state::BEGUN } else { state::DONE });
            if !started {
                child::await_made(slot, op);
            }
        }
    }
}

fn begin(slot: CaseSlot, actor: usize, step: usize) {
    slot.begin(step);
    slot.header().actors[actor].step.store(step as u32, Ordering::Release);
    tell(slot, actor, step);
}

/// Wakes the main actor, which may wait for this; for itself it does not.
fn tell(slot: CaseSlot, actor: usize, step: usize) {
    if actor != 0 {
        futex_wake(slot.record(step).futex());
    }
}

/// Asks the worker, who can look into `/proc`, to say when the step's call sleeps.
fn await_block(slot: CaseSlot, step: usize) {
    let header = slot.header();
    let reply = header.reply.load(Ordering::Acquire);
    header.request.store(step as u32 + 1, Ordering::Release);
    header.wake.fetch_add(1, Ordering::AcqRel);
    futex_wake(&header.wake);
    while header.reply.load(Ordering::Acquire) == reply {
        futex_wait(&header.reply, reply, None);
    }
}

/// Waits until an actor has begun a step, or done it, or is dead.
fn await_state(slot: CaseSlot, actors: &Actors, step: usize, state: u64) {
    let record = slot.record(step);
    let actor = planned(slot, step).step.actor.to_native().into();
    let mut pause = 50;
    loop {
        let seen = record.futex().load(Ordering::Acquire);
        if record.state() >= state {
            return;
        }
        futex_wait(record.futex(), seen, Some(pause));
        if record.state() < state && is_dead(slot, actors, actor, step) {
            return;
        }
        pause = (pause * 2).min(LOOK);
    }
}

/// Notes the death of an actor in its step.
fn is_dead(slot: CaseSlot, actors: &Actors, actor: usize, step: usize) -> bool {
    let cell = &slot.header().actors[actor];
    let tid = cell.tid.load(Ordering::Acquire);
    let ended = if actors.is_child(actor) {
        child::ended(slot, actor)
    } else if actors.is_process(actor) {
        // Already waited for by a step: then it is dead too.
        child::own_child_ended(tid).unwrap_or(Some(0))
    } else {
        (tid == 0).then_some(0)
    };
    ended.into_iter().for_each(|signal| killed_or_ended(slot, step, signal));
    ended.is_some()
}

/// Notes in its step the end of an actor by this signal; 0: by itself.
fn killed_or_ended(slot: CaseSlot, step: usize, signal: i32) {
    if signal == 0 {
        return ended_itself(slot, step);
    }
    let state = match slot.record(step).state() {
        0 => state::DEAD,
        state::BEGUN => state::KILLED,
        // It had done that step.
        _ => return,
    };
    slot.end(step, state, signal.into(), 0, 0..0);
}

/// An actor that ended by exit(2) did its step, if it had begun it.
fn ended_itself(slot: CaseSlot, step: usize) {
    if slot.record(step).state() == state::BEGUN {
        slot.end(step, state::ENDED, 0, 0, 0..0);
    }
}

/// Maps a stack; its end.
pub(super) fn new_stack(slot: CaseSlot) -> *mut u8 {
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: a new mapping, where there is none.
    let stack = unsafe { syscall!(mmap, 0, STACK, prot, flags, -1i64, 0) };
    if stack < 0 {
        setup_failed(slot, "map an actor's stack", stack);
    }
    (stack as u64 + STACK) as *mut u8
}

/// Starts a thread that shares everything with the main actor.
fn spawn_thread(slot: CaseSlot, actor: usize) {
    // SAFETY: the end of a stack that nobody uses yet.
    let start = unsafe { Start { slot, actor, new: false }.put(new_stack(slot)) };
    let tid = slot.header().actors[actor].tid.as_ptr();
    let flags = libc::CLONE_VM
        | libc::CLONE_FS
        | libc::CLONE_FILES
        | libc::CLONE_SIGHAND
        | libc::CLONE_THREAD
        | libc::CLONE_SYSVSEM
        | libc::CLONE_PARENT_SETTID
        | libc::CLONE_CHILD_CLEARTID;
    // SAFETY: the thread lives on its own stack and uses no thread-local storage, which it would share with us.
    let ret = unsafe { libc::clone(thread, start.cast(), flags, start.cast(), tid, std::ptr::null_mut::<u8>(), tid) };
    if ret < 0 {
        setup_failed(slot, "start a thread", -i64::from(libc::EAGAIN));
    }
}

extern "C" fn thread(start: *mut libc::c_void) -> i32 {
    // SAFETY: put there by `spawn_thread`.
    let Start { slot, actor, .. } = unsafe { Start::attach(start.cast()) };
    serve(slot, actor)
}

/// Forks the actor from the main one.
fn fork_actor(slot: CaseSlot, actor: usize, die_with_parent: bool) {
    // SAFETY: neither process needs a lock.
    let pid = unsafe { sys::clone(libc::SIGCHLD) };
    if pid < 0 {
        setup_failed(slot, "fork an actor", pid);
    }
    if pid > 0 {
        slot.header().actors[actor].tid.store(pid as u32, Ordering::Release);
        return;
    }
    if die_with_parent {
        sys::prctl(Prctl::SetPdeathsig, libc::SIGKILL.into());
    }
    // Its id is what its parent says: in a namespace of its own it knows another.
    fault::attach_actor(slot, actor, true);
    serve(slot, actor)
}

/// Does what the mailbox says, for ever.
pub(super) fn serve(slot: CaseSlot, actor: usize) -> ! {
    let cell = &slot.header().actors[actor];
    loop {
        let step = cell.mailbox.load(Ordering::Acquire);
        if step == 0 {
            futex_wait(&cell.mailbox, 0, None);
            continue;
        }
        cell.mailbox.store(0, Ordering::Release);
        let step = step as usize - 1;
        act(slot, actor, step, planned(slot, step));
    }
}

/// Performs one step as this actor.
fn act(slot: CaseSlot, actor: usize, step: usize, planned: &ArchivedStep<'_>) {
    begin(slot, actor, step);
    let parts = &planned.step;
    let first_capture = planned.first_capture.to_native();
    let (mut ok, mut came) = (true, (0, 0));
    compute(slot, &parts.computes);
    if !matches!(parts.op, ArchivedOp::Store { .. }) {
        fill(slot, &parts.fills);
        patch(slot, &parts.patches);
    }
    let began = if is_timed(&parts.binds) { sys::monotonic() } else { 0 };
    match &parts.op {
        ArchivedOp::Call { nr, args, repeat, twice, child, .. } => {
            let cell = &slot.header().actors[actor];
            let (nr, args) = (nr.to_native(), std::array::from_fn(|i| value(slot, &args[i]) as u64));
            let child = child.as_ref().map(|child| Start::of_call(slot, child.to_native().into(), nr, &args));
            let marks = Marks::of(slot, step);
            let call = Call { cell, step, nr, args, twice: *twice, child };
            came = perform_call(slot, call, repeat, planned);
            marks.end();
            // After the mark: the look at the clock is no call of the step's.
            let times = Times::since(began);
            // What the end of the case makes a call return, whose other end of a pipe is gone, says nothing of the case.
            if actor != 0 && !slot.is_at_steps() {
                return;
            }
            capture(slot, &parts.captures, first_capture);
            bind(slot, &parts.binds, came.0, first_capture, times);
        }
        ArchivedOp::Load { wait } => {
            if let ArchivedOption::Some(wait) = wait {
                came.1 = until_it_comes(slot, step, wait, || 0).1;
            }
            ok = accessing(slot, actor, step, || guarded_load(slot, actor, &parts.captures, first_capture));
            bind(slot, &parts.binds, 0, first_capture, Times::since(began));
        }
        ArchivedOp::Store { at } => {
            ok = accessing(slot, actor, step, || guarded_store(slot, actor, value(slot, at) as u64, parts));
            bind(slot, &parts.binds, 0, first_capture, Times::since(began));
        }
        ArchivedOp::Value(number) => came.0 = value(slot, number),
        ArchivedOp::Observe(what) => {
            came.0 = observe::number(what);
            bind(slot, &parts.binds, came.0, first_capture, Times::since(began));
        }
        _ => {}
    }
    let captures = first_capture..first_capture + parts.captures.len() as u64;
    slot.end(step, if ok { state::DONE } else { state::FAULTED }, came.0, came.1, captures);
    tell(slot, actor, step);
}

/// Works out what later numbers of the step are made of.
fn compute(slot: CaseSlot, formulas: &[ArchivedFormula]) {
    for formula in formulas {
        let operation = match formula.operation {
            ArchivedOperation::Plus => Operation::Plus,
            ArchivedOperation::Times => Operation::Times,
            ArchivedOperation::And => Operation::And,
            ArchivedOperation::Or => Operation::Or,
            ArchivedOperation::ShiftLeft => Operation::ShiftLeft,
            ArchivedOperation::ShiftRight => Operation::ShiftRight,
            ArchivedOperation::Digits => Operation::Digits,
        };
        let computed = operation.apply(value(slot, &formula.left), value(slot, &formula.right));
        slot.vars().set(formula.var.to_native().into(), computed);
    }
}

fn fill(slot: CaseSlot, fills: &[ArchivedSegment]) {
    for segment in fills {
        let len = value(slot, &segment.len);
        if !(0..=MAX_BUFFER as i64).contains(&len) {
            setup_failed(slot, "make a buffer of variable length", -i64::from(libc::EFBIG));
        }
        // SAFETY: the planner puts buffers into memory that is mapped for them, and keeps that much of it for
        // those of variable length.
        unsafe { store(slot, segment, len as usize) };
    }
}

fn patch(slot: CaseSlot, patches: &[ArchivedPatch]) {
    for patch in patches {
        let addr = patch.addr.to_native() as *mut u8;
        let value = value(slot, &patch.value);
        // SAFETY: as above; a little-endian number's low bytes come first.
        unsafe {
            match patch.size {
                0 => set_bit(addr, value),
                size => {
                    let size = usize::from(size.min(8));
                    let mut bytes = value.to_le_bytes();
                    if patch.big {
                        bytes[..size].reverse();
                    }
                    addr.copy_from_nonoverlapping(bytes.as_ptr(), size);
                }
            }
        }
    }
}

/// Sets a bit of an `fd_set`.
///
/// # Safety
/// There are 1024 bits at the address.
unsafe fn set_bit(set: *mut u8, bit: i64) {
    if (0..1024).contains(&bit) {
        // SAFETY: the caller's.
        unsafe { *set.add(bit as usize / 8) |= 1 << (bit % 8) };
    }
}

/// Has an access to memory be seen by who looks whether the step sleeps.
fn accessing(slot: CaseSlot, actor: usize, step: usize, access: impl FnOnce() -> bool) -> bool {
    let cell = &slot.header().actors[actor];
    cell.nr.store(NO_CALL, Ordering::Release);
    cell.calling.store(step as u32 + 1, Ordering::Release);
    let done = access();
    cell.calling.store(0, Ordering::Release);
    done
}

/// Stores bytes and numbers where the case says, which may be anywhere.
fn guarded_store(slot: CaseSlot, actor: usize, at: u64, parts: &ArchivedPlanStep) -> bool {
    let place = |offset: u64| at.wrapping_add(offset) as *mut u8;
    let mut piece = [0; 256];
    for segment in parts.fills.iter() {
        let to = place(segment.addr.to_native());
        let len = value(slot, &segment.len).max(0) as usize;
        for at in (0..len).step_by(piece.len()) {
            let n = piece.len().min(len - at);
            content(slot, &segment.fill, at, &mut piece[..n]);
            // SAFETY: our side is the piece.
            if !unsafe { fault::copy(slot, actor, to.wrapping_add(at), piece.as_ptr(), n) } {
                return false;
            }
        }
    }
    parts.patches.iter().all(|patch| {
        let mut number = value(slot, &patch.value).to_le_bytes();
        if patch.big {
            number[..usize::from(patch.size.min(8))].reverse();
        }
        let to = place(patch.addr.to_native());
        // SAFETY: our side is the number; its low bytes come first.
        unsafe { fault::copy(slot, actor, to, number.as_ptr(), usize::from(patch.size.min(8))) }
    })
}

fn guarded_load(slot: CaseSlot, actor: usize, captures: &[ArchivedCapture], first: u64) -> bool {
    for (i, capture) in (first..).zip(captures) {
        let (addr, len) = (value(slot, &capture.addr) as *const u8, value(slot, &capture.len));
        let Some((to, index)) = reserve(slot, i, len) else { continue };
        // SAFETY: our side is reserved.
        if !unsafe { fault::copy(slot, actor, to, addr, len as usize) } {
            return false;
        }
        captured(slot, index);
    }
    true
}

/// Makes room in the trace for a capture; `None` if there is none.
fn reserve(slot: CaseSlot, index: u64, len: i64) -> Option<(*mut u8, u64)> {
    let len = u64::try_from(len).ok().filter(|len| *len <= MAX_CAPTURE)?;
    let at = slot.make_room(len)?;
    // SAFETY: `index` is one of the plan's captures, and the data is large enough.
    unsafe {
        let record = slot.capture_record(index);
        (*record).at = at;
        (*record).len = len;
        Some((slot.data().add(at as usize), index))
    }
}

fn captured(slot: CaseSlot, index: u64) {
    // SAFETY: reserved before.
    unsafe { (*slot.capture_record(index)).ok = 1 };
}

/// Copies memory into the trace by a system call: what the case unmapped is an error, not a fault.
fn capture(slot: CaseSlot, captures: &[ArchivedCapture], first: u64) {
    for (i, capture) in (first..).zip(captures) {
        let (addr, len) = (value(slot, &capture.addr) as u64, value(slot, &capture.len));
        let Some((to, index)) = reserve(slot, i, len) else { continue };
        // SAFETY: reserved, for nobody else to use.
        let ours = unsafe { std::slice::from_raw_parts_mut(to, len as usize) };
        if peek(addr, ours) {
            captured(slot, index);
        }
    }
}

/// When a step began and ended, if somebody wants to know, in nanoseconds.
#[derive(Clone, Copy)]
struct Times {
    began: i64,
    ended: i64,
}

impl Times {
    fn since(began: i64) -> Self {
        Times { began, ended: if began == 0 { 0 } else { sys::monotonic() } }
    }
}

fn is_timed(binds: &[ArchivedBind]) -> bool {
    let is_time =
        |from: &_| matches!(from, ArchivedBindFrom::Began | ArchivedBindFrom::Ended | ArchivedBindFrom::Elapsed);
    binds.iter().any(|bind| is_time(&bind.from))
}

/// Names what came of a step that returned this.
fn bind(slot: CaseSlot, binds: &[ArchivedBind], ret: i64, first_capture: u64, times: Times) {
    for bind in binds.iter().filter(|bind| bind.on_error || !is_error(ret)) {
        let value = match &bind.from {
            ArchivedBindFrom::Return => Some(ret),
            ArchivedBindFrom::Began => Some(times.began),
            ArchivedBindFrom::Ended => Some(times.ended),
            ArchivedBindFrom::Elapsed => Some(times.ended - times.began),
            ArchivedBindFrom::Captured { capture, offset, size, signed, big } => {
                let index = first_capture + u64::from(capture.to_native());
                let shape = Int { size: (*size).min(8), signed: *signed, big: *big };
                number_in(slot, index, offset.to_native() as usize, shape)
            }
            ArchivedBindFrom::InLine { capture, line, number } => {
                let index = first_capture + u64::from(capture.to_native());
                numbers_in_line(slot, index, line).and_then(|numbers| numbers.get(usize::from(*number)).copied())
            }
        };
        if let Some(value) = value {
            slot.vars().set(bind.var.to_native().into(), value);
        }
    }
}

/// The numbers in a line of captured text, if that was captured and has such a line.
fn numbers_in_line(slot: CaseSlot, capture: u64, line: &[ArchivedLinePiece]) -> Option<Numbers> {
    let (at, len) = slot.captured(capture)?;
    // SAFETY: the capture is there, and nobody else's by now.
    let text = unsafe { std::slice::from_raw_parts(at, len) };
    find_line(text, &|i| {
        line.get(i).map(|piece| match piece {
            ArchivedLinePiece::Bytes(bytes) => Match::Bytes(bytes.as_slice()),
            ArchivedLinePiece::Blanks => Match::Blanks,
            ArchivedLinePiece::Anything => Match::Anything,
            ArchivedLinePiece::Is(number, base) => Match::Number(Some(value(slot, number)), *base),
            ArchivedLinePiece::Named(base) => Match::Number(None, *base),
        })
    })
}

/// A number in captured memory, if that was captured.
fn number_in(slot: CaseSlot, capture: u64, offset: usize, shape: Int) -> Option<i64> {
    let (at, len) = slot.captured(capture)?;
    let size = usize::from(shape.size);
    if offset.checked_add(size)? > len {
        return None;
    }
    let mut bytes = [0; 8];
    // SAFETY: within the capture.
    unsafe { bytes.as_mut_ptr().copy_from_nonoverlapping(at.add(offset), size) };
    Some(number_of(bytes, shape))
}

/// The number that memory holds in these first bytes.
fn number_of(mut bytes: [u8; 8], shape: Int) -> i64 {
    if shape.big {
        bytes[..usize::from(shape.size)].reverse();
    }
    let unused = 64 - 8 * u32::from(shape.size);
    let value = u64::from_le_bytes(bytes) << unused;
    if shape.signed { value as i64 >> unused } else { (value >> unused) as i64 }
}

/// A call that is about to be made.
#[derive(Clone, Copy)]
struct Call<'a> {
    cell: &'a ActorCell,
    step: usize,
    nr: u32,
    args: [u64; 6],
    twice: bool,
    child: Option<Start>,
}

/// The call under test, as often as the plan says. What the last one returned, or the sum; and how many of a
/// repetition succeeded.
fn perform_call(slot: CaseSlot, call: Call<'_>, repeat: &ArchivedPlanRepeat, planned: &ArchivedStep<'_>) -> (i64, u64) {
    let Call { cell, step, nr, mut args, .. } = call;
    let mutant = planned.mutation.as_ref().map(MutantCall::new);
    let perform = |args| match (&mutant, planned.wrongness.as_ref()) {
        (None, None) => one_call(call, args),
        (Some(mutant), _) => mutant.call(slot, nr, args, |args| one_call(call, args)),
        (None, Some(wrongness)) => perform_wrong(slot, wrongness, nr, args, |nr, args| {
            cell.nr.store(nr, Ordering::Release);
            // Whoever sleeps in its place makes no other one.
            one_call(if nr == call.nr { call } else { Call { nr, twice: false, child: None, ..call } }, args)
        }),
    };
    cell.nr.store(nr, Ordering::Release);
    let limit = match repeat {
        ArchivedPlanRepeat::Once => 1,
        ArchivedPlanRepeat::Times(times) => value(slot, times),
        ArchivedPlanRepeat::Until { max, .. } => max.to_native() as i64,
        ArchivedPlanRepeat::Comes(wait) => return until_it_comes(slot, step, wait, || perform(args)),
        ArchivedPlanRepeat::Advance { .. } => i64::MAX,
    };
    let once = matches!(repeat, ArchivedPlanRepeat::Once);
    let advance = match repeat {
        ArchivedPlanRepeat::Advance { buf, count } => Some((usize::from(*buf) % 6, usize::from(*count) % 6)),
        _ => None,
    };
    let (mut ret, mut sum) = (0, 0);
    let mut calls = 0;
    while calls < limit {
        ret = perform(args);
        if is_error(ret) {
            break;
        }
        calls += 1;
        if !once {
            slot.repeated(step, calls as u64);
        }
        if let Some((buf, count)) = advance {
            sum += ret;
            args[buf] = args[buf].wrapping_add(ret as u64);
            args[count] = args[count].saturating_sub(ret as u64);
            if ret == 0 || args[count] == 0 {
                break;
            }
        }
    }
    let repeats = if once { 0 } else { calls as u64 };
    (if advance.is_some() && calls > 0 { sum } else { ret }, repeats)
}

/// Tries until what is waited for has come. What the last try returned, and how many there were; 0 if it never came.
fn until_it_comes(slot: CaseSlot, step: usize, wait: &ArchivedWait, attempt: impl Fn() -> i64) -> (i64, u64) {
    let max = wait.max.to_native();
    let mut ret = 0;
    for tries in 1..=max {
        ret = attempt();
        if has_come(slot, wait, ret) {
            slot.repeated(step, tries);
            return (ret, tries);
        }
        if tries < max {
            sys::pause(wait.pause.to_native());
        }
    }
    (ret, 0)
}

/// Whether what is waited for has come, with a call that returned this.
fn has_come(slot: CaseSlot, wait: &ArchivedWait, ret: i64) -> bool {
    wait.conditions.iter().all(|condition| match condition {
        ArchivedCondition::Return(is) => !is_error(ret) && number_is(slot, is, ret),
        ArchivedCondition::Number { addr, size, signed, big, mask, is } => {
            let (mut bytes, shape) = ([0; 8], Int { size: (*size).min(8), signed: *signed, big: *big });
            peek(value(slot, addr) as u64, &mut bytes[..shape.size.into()])
                && number_is(slot, is, number_of(bytes, shape) & mask.to_native() as i64)
        }
        ArchivedCondition::Bytes { addr, bytes } => {
            let mut found = [0; MOST_AWAITED];
            let found = &mut found[..bytes.len().min(MOST_AWAITED)];
            peek(value(slot, addr) as u64, found) && *found == *bytes.as_slice()
        }
    })
}

fn number_is(slot: CaseSlot, is: &ArchivedNumberIs, number: i64) -> bool {
    match is {
        ArchivedNumberIs::Equal(wanted) => number == value(slot, wanted),
        ArchivedNumberIs::Other(other) => number != value(slot, other),
        ArchivedNumberIs::Between(min, max) => (value(slot, min)..=value(slot, max)).contains(&number),
    }
}

/// Copies memory, which may be none; false then.
fn peek(addr: u64, to: &mut [u8]) -> bool {
    let len = to.len();
    let ret = sys::process_vm_readv(sys::getpid(), to, addr);
    // A kernel or a filter may refuse that.
    let refused = ret == -i64::from(libc::ENOSYS) || ret == -i64::from(libc::EPERM);
    if refused && sys::is_readable(addr, len as u64) {
        // SAFETY: readable, unless another actor unmaps it right now, which then costs the case.
        unsafe { to.as_mut_ptr().copy_from_nonoverlapping(addr as *const u8, len) };
        return true;
    }
    ret == len as i64
}

fn one_call(call: Call<'_>, args: [u64; 6]) -> i64 {
    let Call { cell, nr, twice, child, .. } = call;
    cell.calling.store(cell.step.load(Ordering::Relaxed) + 1, Ordering::Release);
    let ret = match child {
        Some(child) => child::make(child, nr, args),
        // SAFETY: the purpose of the project; what it does to this process costs this case alone.
        None => unsafe { if twice { sys::raw_twice(nr, args) } else { sys::raw(nr, args) } },
    };
    cell.calling.store(0, Ordering::Release);
    ret
}
