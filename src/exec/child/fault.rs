//! Access to user memory that may fault: the fault is recorded where the case asked for it,
//! and the access is given up.

use std::sync::atomic::Ordering;

use crate::abi::{CARRIED_BYTES, HANDLED, SIGINFO_BYTES};
use crate::exec::child::mutant;
use crate::exec::child::slot::CaseSlot;
use crate::exec::shared::slot::ActorCell;
use crate::exec::sys;

#[cfg(target_arch = "x86_64")]
std::arch::global_asm!(
    ".global syscase_copy",
    ".global syscase_copy_fixup",
    "syscase_copy:",
    "mov rcx, rdx",
    "rep movsb",
    "xor eax, eax",
    "ret",
    "syscase_copy_fixup:",
    "mov eax, 1",
    "ret",
    // QEMU 7.2 gives handlers a stack that is not aligned as functions expect it, and they die of that.
    ".global syscase_record",
    "syscase_record:",
    "push rbp",
    "mov rbp, rsp",
    "and rsp, -16",
    "call {record}",
    "mov rsp, rbp",
    "pop rbp",
    "ret",
    record = sym record_aligned,
);

#[cfg(target_arch = "aarch64")]
std::arch::global_asm!(
    ".global syscase_copy",
    ".global syscase_copy_fixup",
    "syscase_copy:",
    "cbz x2, 2f",
    "1: ldrb w3, [x1], #1",
    "strb w3, [x0], #1",
    "subs x2, x2, #1",
    "b.ne 1b",
    "2: mov w0, #0",
    "ret",
    "syscase_copy_fixup:",
    "mov w0, #1",
    "ret",
    ".global syscase_record",
    "syscase_record:",
    "b {record}",
    record = sym record_aligned,
);

unsafe extern "C" {
    fn syscase_copy(to: *mut u8, from: *const u8, len: usize) -> i32;
    fn syscase_copy_fixup();
    fn syscase_record(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void);
}

/// Copies byte by byte; false if it faulted and the signal was recorded.
///
/// # Safety
/// One side is ours and valid for `len` bytes. The other may be anything: a fault there is the
/// case's own doing, and kills it as it would kill any program, unless it is recorded.
pub(in crate::exec) unsafe fn copy(slot: CaseSlot, actor: usize, to: *mut u8, from: *const u8, len: usize) -> bool {
    let cell = &slot.header().actors[actor];
    cell.guarded.store(1, Ordering::Release);
    // SAFETY: the caller's; a fault is the purpose.
    let faulted = unsafe { syscase_copy(to, from, len) };
    cell.guarded.store(0, Ordering::Release);
    faulted == 0
}

/// The slot that signal handlers write to; set before the first handler is installed.
static mut HANDLER_SLOT: Option<CaseSlot> = None;

/// The actor whose memory this is: threads and others that share it have the same. The main one's is not written: that
/// would cost each case a page of its own.
static mut MEMORY: usize = 0;

/// Makes signals that come to the calling thread be noted as that actor's. In a new process, whose memory is nobody
/// else's, `new` is true.
pub(in crate::exec) fn attach_actor(slot: CaseSlot, actor: usize, new: bool) {
    if new {
        // SAFETY: the process has one thread.
        unsafe { MEMORY = actor };
    }
    let cell = &slot.header().actors[actor];
    // SAFETY: written above, before there were others.
    cell.memory.store(unsafe { MEMORY } as u32, Ordering::Release);
    cell.own_tid.store(sys::gettid() as u32, Ordering::Release);
}

/// The actor that the calling thread is.
fn this_actor(slot: CaseSlot) -> Option<&'static ActorCell> {
    // SAFETY: written before the process did anything.
    let memory = unsafe { MEMORY };
    let tid = sys::gettid() as u32;
    let actors: &'static [ActorCell] = &slot.header().actors;
    let is_this = |cell: &&ActorCell| {
        let own = cell.own_tid.load(Ordering::Acquire);
        // The main actor, and a thread that has hardly begun, are known by what is stored there.
        let known = if own == 0 { cell.tid.load(Ordering::Acquire) } else { own };
        known == tid && cell.memory.load(Ordering::Acquire) as usize == memory
    };
    actors.iter().find(is_this).or(actors.get(memory))
}

/// Makes signals be noted in this slot.
pub(in crate::exec) fn attach(slot: CaseSlot) {
    // SAFETY: the process has one thread, and no handler yet, or one that was given the same.
    unsafe { HANDLER_SLOT = Some(slot) };
}

/// Has the disposition of a signal be `record`, with these flags and while these signals are blocked.
pub(in crate::exec) fn record(signal: i32, flags: u64, mask: u64) {
    // SAFETY: it writes to the slot, and does nothing else.
    unsafe { sys::handle(signal, syscase_record, flags, mask) };
}

/// What the handler does, wherever the kernel has put its frame.
extern "C" fn record_aligned(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: written once, before any handler was installed.
    let Some(slot) = (unsafe { HANDLER_SLOT }) else { return };
    let Some(cell) = this_actor(slot) else { return };
    let step = (cell.step.load(Ordering::Acquire) as usize).min(slot.layout.steps - 1);
    // SAFETY: the kernel passes a siginfo.
    let mut carried = unsafe { carried(info) };
    mutant::carried(slot, step, &mut carried);
    slot.note(step, signal as u32, &carried);
    let synchronous = matches!(signal, libc::SIGBUS | libc::SIGSEGV);
    if synchronous && cell.guarded.load(Ordering::Acquire) != 0 {
        // SAFETY: the kernel passes a ucontext; resuming at the fixup leaves `copy` by its error return.
        unsafe { resume_at(context.cast(), syscase_copy_fixup as *const () as u64) };
    }
}

/// What is kept of a signal: its siginfo, and what the handler that calls this runs with. See [`HANDLED`].
///
/// # Safety
/// It is the siginfo that the handler was given.
unsafe fn carried(info: *const libc::siginfo_t) -> [u8; CARRIED_BYTES] {
    let [mask, sp, flags] = [HANDLED[0].offset, HANDLED[1].offset, HANDLED[2].offset];
    let mut all = [0; CARRIED_BYTES];
    // SAFETY: a siginfo has 128 bytes.
    unsafe { all.as_mut_ptr().copy_from_nonoverlapping(info.cast(), SIGINFO_BYTES) };
    all[mask..sp].copy_from_slice(&sys::rt_sigprocmask(libc::SIG_BLOCK, &0).to_ne_bytes());
    let frame = std::ptr::from_ref(&all) as u64;
    all[sp..flags].copy_from_slice(&frame.to_ne_bytes());
    all[flags..flags + 4].copy_from_slice(&sys::stack_flags().to_ne_bytes());
    all
}

#[cfg(target_arch = "x86_64")]
unsafe fn resume_at(context: *mut libc::ucontext_t, address: u64) {
    // SAFETY: the caller's.
    unsafe { (*context).uc_mcontext.gregs[libc::REG_RIP as usize] = address as i64 };
}

#[cfg(target_arch = "aarch64")]
unsafe fn resume_at(context: *mut libc::ucontext_t, address: u64) {
    // SAFETY: the caller's.
    unsafe { (*context).uc_mcontext.pc = address };
}
