//! Answers calls in the kernel's place, wrong on purpose: by a seccomp filter where it is a plain answer,
//! otherwise by doing something before or after the real call.

use std::sync::atomic::Ordering;

use crate::abi::{CARRIED_BYTES, is_error};
use crate::exec::bpf::{self, answer, equal, load};
use crate::exec::child::descriptors::{Descriptors, FDS, is_open};
use crate::exec::child::slot::CaseSlot;
use crate::exec::shared::mutation::ArchivedMutation;
use crate::exec::shared::wire::ArchivedStepMutation;
use crate::exec::sys::{close, getpid, lseek, process_vm_readv, rt_sigprocmask, rt_sigtimedwait, syscall, timespec};

/// Copies that keep files open get numbers from here on, where no case looks.
const HIDDEN: u64 = 400;
/// Numbers below a range that are taken for copies.
const BELOW: u64 = 16;

// A system call instruction of its own, which a filter tells from all others by its address.
#[cfg(target_arch = "x86_64")]
std::arch::global_asm!(
    ".global syscase_marked_call",
    ".global syscase_marked_call_return",
    "syscase_marked_call:",
    "mov rax, rdi",
    "mov r11, rsi",
    "mov rdi, [r11]",
    "mov rsi, [r11 + 8]",
    "mov rdx, [r11 + 16]",
    "mov r10, [r11 + 24]",
    "mov r8, [r11 + 32]",
    "mov r9, [r11 + 40]",
    "syscall",
    "syscase_marked_call_return:",
    "ret",
);

#[cfg(target_arch = "aarch64")]
std::arch::global_asm!(
    ".global syscase_marked_call",
    ".global syscase_marked_call_return",
    "syscase_marked_call:",
    "mov x8, x0",
    "mov x9, x1",
    "ldp x0, x1, [x9]",
    "ldp x2, x3, [x9, #16]",
    "ldp x4, x5, [x9, #32]",
    "svc 0",
    "syscase_marked_call_return:",
    "ret",
);

unsafe extern "C" {
    fn syscase_marked_call(nr: u64, args: *const u64) -> i64;
    fn syscase_marked_call_return();
}

/// A kernel that is wrong in one call.
#[derive(Clone, Copy)]
pub(in crate::exec) struct MutantCall<'a> {
    mutation: &'a ArchivedMutation,
    /// A filter answers.
    filtered: bool,
}

impl<'a> MutantCall<'a> {
    /// Gets ready for the calls of the step.
    pub(in crate::exec) fn new(call: &'a ArchivedStepMutation) -> Self {
        let filtered = match &call.mutation {
            // A filter cannot answer with a count.
            ArchivedMutation::Answer(answer) if call.filter => {
                let answer = answer.to_native();
                (answer == 0 || is_error(answer)) && filter(-answer as u32)
            }
            _ => false,
        };
        MutantCall { mutation: &call.mutation, filtered }
    }

    /// One call, wrong; `perform` is the right one.
    pub(in crate::exec) fn call(
        &self,
        slot: CaseSlot,
        nr: u32,
        mut args: [u64; 6],
        perform: impl Fn([u64; 6]) -> i64,
    ) -> i64 {
        let touch = |touched: bool| {
            slot.header().touched.fetch_or(u32::from(touched), Ordering::AcqRel);
        };
        match self.mutation {
            ArchivedMutation::Answer(answer) => {
                touch(true);
                if self.filtered {
                    // SAFETY: the filter answers; nothing is performed.
                    return unsafe { syscase_marked_call(u64::from(nr), args.as_ptr()) };
                }
                answer.to_native()
            }
            ArchivedMutation::Errno(errno) => {
                let ret = perform(args);
                let wrong = -i64::from(errno.to_native());
                touch(is_error(ret) && ret != wrong);
                if is_error(ret) { wrong } else { ret }
            }
            ArchivedMutation::Short => {
                let ret = perform(args);
                touch(ret > 0);
                if ret > 0 { ret - 1 } else { ret }
            }
            ArchivedMutation::Flip { addr, bits, unwritten } => {
                let addr = addr.to_native();
                let before = peek(addr);
                let ret = perform(args);
                let after = peek(addr);
                let left = before == after && !unwritten;
                if let (false, Some(byte)) = (is_error(ret) || left, after) {
                    touch(poke(addr, &[byte ^ bits]));
                }
                ret
            }
            ArchivedMutation::Hang => {
                touch(true);
                loop {
                    // SAFETY: no argument is an address.
                    unsafe { syscall!(ppoll, 0, 0, 0, 0, 8) };
                }
            }
            ArchivedMutation::NoSignal(signal) => {
                let (ret, discarded) = without_signal(signal.to_native().into(), || perform(args));
                touch(discarded);
                ret
            }
            // The handler sees to it.
            ArchivedMutation::Carried { .. } => perform(args),
            ArchivedMutation::Unopened => {
                let before = Descriptors::open();
                let ret = perform(args);
                let new = Descriptors::open().without(&before);
                new.iter().for_each(|fd| _ = close(fd as i64));
                touch(new.count() > 0);
                ret
            }
            ArchivedMutation::LeftOpen => {
                touch(keep_open(nr, &args));
                perform(args)
            }
            ArchivedMutation::OffsetKept(kept) => {
                let offsets = std::array::from_fn::<_, 6, _>(|i| {
                    if kept >> i & 1 == 0 { -1 } else { lseek(args[i] as i64, 0, libc::SEEK_CUR) }
                });
                let ret = perform(args);
                for (fd, before) in args.into_iter().zip(offsets).filter(|(_, before)| *before >= 0) {
                    let fd = fd as i64;
                    if lseek(fd, 0, libc::SEEK_CUR) != before {
                        touch(lseek(fd, before, libc::SEEK_SET) == before);
                    }
                }
                ret
            }
            ArchivedMutation::FlagIgnored { arg, bits } => {
                let register = usize::from(*arg) % 6;
                let bits = args[register] & bits.to_native();
                args[register] &= !bits;
                touch(bits != 0);
                perform(args)
            }
        }
    }
}

/// What a handler is told of a signal in that step, if the kernel is wrong in that.
pub(in crate::exec) fn carried(slot: CaseSlot, step: usize, carried: &mut [u8; CARRIED_BYTES]) {
    // Of a case that is not examined, no kernel is wrong.
    let planned = if slot.header().examine == 0 { None } else { slot.planned(step) };
    if let Some(ArchivedMutation::Carried { offset, bits }) =
        planned.and_then(|planned| planned.mutation.as_ref()).map(|wrong| &wrong.mutation)
        && let Some(byte) = carried.get_mut(usize::from(*offset))
    {
        *byte ^= bits;
        slot.header().touched.store(1, Ordering::Release);
    }
}

/// A byte of memory, which may be none.
fn peek(addr: u64) -> Option<u8> {
    let mut byte = [0u8];
    let moved = process_vm_readv(getpid(), &mut byte, addr) == 1;
    moved.then(|| std::hint::black_box(byte)[0])
}

/// Stores bytes; false where there is no memory to be written.
pub(super) fn poke(addr: u64, bytes: &[u8]) -> bool {
    let ours = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let theirs = libc::iovec { iov_base: addr as *mut libc::c_void, iov_len: bytes.len() };
    let (ours, theirs) = (std::ptr::from_ref(&ours), std::ptr::from_ref(&theirs));
    // SAFETY: reads our bytes. What it writes to is the output of a call, as a kernel that is wrong would; an address
    // that is none is an error, not a fault.
    unsafe { syscall!(process_vm_writev, getpid(), ours, 1, theirs, 1, 0) == bytes.len() as i64 }
}

/// Does something while the signal is blocked, and takes it away if it came.
fn without_signal(signal: u64, perform: impl FnOnce() -> i64) -> (i64, bool) {
    let set = 1u64 << (signal - 1);
    let before = rt_sigprocmask(libc::SIG_BLOCK, &set);
    let ret = perform();
    let taken = rt_sigtimedwait(&set, &timespec(0));
    rt_sigprocmask(libc::SIG_SETMASK, &before);
    (ret, taken == signal as i64)
}

/// Makes hidden copies of the descriptors that a call is to close; false if there are none.
fn keep_open(nr: u32, args: &[u64; 6]) -> bool {
    let (first, last) = match nr {
        nr if nr == libc::SYS_close as u32 => (args[0], args[0]),
        nr if nr == libc::SYS_close_range as u32 => (args[0], args[1].min(FDS)),
        // dup2 and dup3 close what had the new number.
        _ if args[0] != args[1] => (args[1], args[1]),
        _ => return false,
    };
    // Below a range that goes on for ever: above, copies would be closed with it.
    let endless = last >= FDS;
    let from = if endless { first.saturating_sub(BELOW) } else { HIDDEN };
    let mut kept = false;
    for fd in (first..=last.min(HIDDEN)).filter(|&fd| is_open(fd)) {
        // SAFETY: the operation takes a number.
        let copy = unsafe { syscall!(fcntl, fd, libc::F_DUPFD_CLOEXEC, from) };
        if endless && copy >= first as i64 {
            close(copy);
        } else {
            kept |= copy >= 0;
        }
    }
    kept
}

/// Installs a filter that answers the marked call instruction of this thread with an error (0: with
/// success), and lets everything else pass.
fn filter(errno: u32) -> bool {
    const IP_LOW: u32 = 8;
    const IP_HIGH: u32 = 12;
    let at = syscase_marked_call_return as *const () as u64;
    let program = [
        load(IP_LOW),
        equal(at as u32, 0, 3),
        load(IP_HIGH),
        equal((at >> 32) as u32, 0, 1),
        answer(libc::SECCOMP_RET_ERRNO | errno),
        answer(libc::SECCOMP_RET_ALLOW),
    ];
    bpf::install(&program) == 0
}
