//! Actors that the call of a step makes: children of any parent, which share whatever the case says.

use std::sync::atomic::Ordering;

use syscalls::Sysno;

use crate::plan::ArchivedOp;

use crate::exec::child::fault;
use crate::exec::child::interp::{new_stack, serve};
use crate::exec::child::path::Path;
use crate::exec::child::slot::CaseSlot;
use crate::exec::shared::record::state;
use crate::exec::shared::slot::ActorCell;
use crate::exec::sys::{self, CWD, futex_wait, futex_wake, syscall};

/// Longest sleep between looks at whether an actor is there, in microseconds.
const LOOK: u64 = 1_000;

/// What a new actor begins with, at the end of its stack.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) slot: CaseSlot,
    pub(super) actor: usize,
    /// Its memory is nobody else's.
    pub(super) new: bool,
}

impl Start {
    /// Of the actor that a call is about to make. To be found out before the call, of which an observer sees no more than
    /// what the case asks for.
    pub(super) fn of_call(slot: CaseSlot, actor: usize, nr: u32, args: &[u64; 6]) -> Self {
        Start { slot, actor, new: flags(nr, args) & libc::CLONE_VM as u64 == 0 }
    }

    /// Puts it at the end of a stack; where the rest of that ends.
    ///
    /// # Safety
    /// Nobody uses the stack yet.
    pub(super) unsafe fn put(self, end: *mut u8) -> *mut u8 {
        // SAFETY: the caller's; the room is a multiple of a stack's alignment.
        unsafe {
            let top = end.sub(size_of::<Start>().next_multiple_of(64));
            top.cast::<Start>().write(self);
            top
        }
    }

    /// Begins as that actor.
    ///
    /// # Safety
    /// It was put there.
    pub(super) unsafe fn attach(top: *mut u8) -> Self {
        // SAFETY: the caller's.
        let start = unsafe { top.cast::<Start>().read() };
        fault::attach_actor(start.slot, start.actor, start.new);
        start
    }
}

fn cell(slot: CaseSlot, actor: usize) -> &'static ActorCell {
    &slot.header().actors[actor]
}

/// Has a stack ready, before anything of the case runs: what it maps later must not depend on it.
pub(in crate::exec) fn prepare(slot: CaseSlot, actor: usize) {
    cell(slot, actor).stack.store(new_stack(slot) as u64, Ordering::Release);
}

/// The step is about to be done, which may make an actor. The main actor's: whoever waits for that actor is asked to
/// after this.
pub(in crate::exec) fn announce(slot: CaseSlot, step: usize, op: &ArchivedOp) {
    if let Some(actor) = made_by(op) {
        cell(slot, actor).maker.store(step as u32 + 1, Ordering::Release);
    }
}

/// The actor that the step's call makes.
fn made_by(op: &ArchivedOp) -> Option<usize> {
    match op {
        ArchivedOp::Call { child, .. } => child.as_ref().map(|child| usize::from(child.to_native())),
        _ => None,
    }
}

/// Makes the call, which returns here, and once more as that actor.
pub(super) fn make(start: Start, nr: u32, args: [u64; 6]) -> i64 {
    let made = cell(start.slot, start.actor);
    // SAFETY: the end of the stack that is kept for it.
    let top = unsafe { start.put(made.stack.load(Ordering::Acquire) as *mut u8) };
    // SAFETY: the purpose of the project; the stack is nobody else's.
    let ret = unsafe { sys::raw_onto(nr, args, top, begin) };
    if ret > 0 {
        made.tid.store(ret as u32, Ordering::Release);
    }
    ret
}

/// The flags of a call that returns twice.
fn flags(nr: u32, args: &[u64; 6]) -> u64 {
    match Sysno::new(nr as usize) {
        Some(Sysno::clone) => args[0],
        Some(Sysno::clone3) => {
            let mut flags = [0u8; 8];
            // What is not there is an error of the call.
            let got = sys::process_vm_readv(sys::getpid(), &mut flags, args[0]);
            if got == 8 { u64::from_ne_bytes(std::hint::black_box(flags)) } else { 0 }
        }
        #[cfg(target_arch = "x86_64")]
        Some(Sysno::vfork) => libc::CLONE_VM as u64,
        _ => 0,
    }
}

extern "C" fn begin(start: *mut u8) -> ! {
    // SAFETY: put there by `make`.
    let Start { slot, actor, .. } = unsafe { Start::attach(start) };
    let cell = cell(slot, actor);
    // While its parent sleeps, nobody else says it; in a namespace of its own, its parent does.
    let _ = cell.tid.compare_exchange(0, sys::gettid() as u32, Ordering::AcqRel, Ordering::Relaxed);
    cell.alive.store(1, Ordering::Release);
    futex_wake(&cell.alive);
    serve(slot, actor)
}

/// Waits until the actor is there that this call has made, if it did.
pub(in crate::exec) fn await_made(slot: CaseSlot, op: &ArchivedOp) {
    if let Some(actor) = made_by(op) {
        is_there(slot, actor);
    }
}

/// Waits until the actor is there; false if its call has not made it, or it ended before it began.
pub(in crate::exec) fn is_there(slot: CaseSlot, actor: usize) -> bool {
    let cell = cell(slot, actor);
    let mut pause = 50;
    loop {
        if cell.alive.load(Ordering::Acquire) != 0 {
            return true;
        }
        let Some(maker) = (cell.maker.load(Ordering::Acquire) as usize).checked_sub(1) else { return false };
        let record = slot.record(maker.min(slot.layout.steps - 1));
        let succeeded = record.state() == state::DONE && record.ret.load(Ordering::Acquire) > 0;
        let failed = record.is_done() && !succeeded;
        if failed || ended(slot, actor).is_some() {
            return cell.alive.load(Ordering::Acquire) != 0;
        }
        futex_wait(&cell.alive, 0, Some(pause));
        pause = (pause * 2).min(LOOK);
    }
}

/// The signal that ended the actor, whoever's child it is, or 0 if that was itself or is not known; none while it is
/// there.
pub(in crate::exec) fn ended(slot: CaseSlot, actor: usize) -> Option<i32> {
    let tid = cell(slot, actor).tid.load(Ordering::Acquire);
    if tid == 0 {
        return None;
    }
    own_child_ended(tid).unwrap_or_else(|_| {
        // Somebody else's child.
        told_by_procfs(tid).unwrap_or_else(|| (sys::kill(tid as i32, 0) == -i64::from(libc::ESRCH)).then_some(0))
    })
}

/// The same of a child of the calling process, which stays to be waited for; an error if it is none, or none any more.
pub(super) fn own_child_ended(tid: u32) -> Result<Option<i32>, i64> {
    // SAFETY: an all-zero siginfo is valid.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT | libc::__WALL;
    // SAFETY: writes a siginfo.
    let ret = unsafe { syscall!(waitid, libc::P_PID, tid, std::ptr::from_mut(&mut info), flags, 0) };
    if ret != 0 {
        return Err(ret);
    }
    let killed = matches!(info.si_code, libc::CLD_KILLED | libc::CLD_DUMPED);
    // SAFETY: a SIGCHLD siginfo.
    let signal = if killed { unsafe { info.si_status() } } else { 0 };
    Ok((info.si_signo != 0).then_some(signal))
}

/// The same, as `/proc` tells it; none where there is no `/proc`.
fn told_by_procfs(tid: u32) -> Option<Option<i32>> {
    let path = Path::default().text(b"/proc/").number(tid.into()).text(b"/stat");
    let mut text = [0u8; 512];
    let fd = sys::openat(CWD, path.as_c_str(), libc::O_RDONLY | libc::O_CLOEXEC, 0);
    if fd < 0 {
        // SAFETY: reads a path.
        let mounted = unsafe { syscall!(faccessat, CWD, c"/proc/self/stat".as_ptr(), libc::F_OK) } == 0;
        return mounted.then_some(Some(0));
    }
    // SAFETY: writes to the text.
    let len = unsafe { syscall!(read, fd, text.as_mut_ptr(), text.len()) };
    sys::close(fd);
    // It was there, and is reaped now.
    let Ok(len) = usize::try_from(len) else { return Some(Some(0)) };
    let text = text.get(..len)?;
    // After the name, which may be anything: the state first, the exit code last.
    let after = &text[text.iter().rposition(|byte| *byte == b')')? + 1..];
    if !matches!(after.get(1)?, b'Z' | b'X') {
        return Some(None);
    }
    let code = after.trim_ascii().rsplit(|byte| *byte == b' ').next()?;
    let code = code.iter().fold(0i32, |code, digit| code * 10 + i32::from(digit.wrapping_sub(b'0')));
    Some(Some(code & 0x7f))
}
