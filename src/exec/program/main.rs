//! The suite's own program, for cases to execute: it ends, sleeps, or reports what it found.
//!
//! `build.rs` makes a static executable of it, of a few kilobytes and without a C library: nothing has run before it that
//! could have changed what it reports. A case has a copy of that file alone, with what to do written into it.

#![no_std]
#![no_main]

use core::mem::MaybeUninit;

#[path = "../../program.rs"]
mod program;

use program::{Config, MARK, MAX_ASPECTS, MAX_PATH, REPORT, SLEEP};

/// Written over in each copy.
#[used]
#[unsafe(link_section = ".data")]
static CONFIG: Config =
    Config { mark: MARK, action: [0; 4], status: [0; 4], aspects: [0; MAX_ASPECTS], path: [0; MAX_PATH] };

/// Descriptors that are looked at.
const FDS: usize = 256;
/// Bytes of a report.
const ROOM: usize = 16 << 10;
/// The status with which it ends if it cannot report.
const FAILED: usize = 111;

#[cfg(target_arch = "x86_64")]
mod nr {
    pub const WRITE: usize = 1;
    pub const RT_SIGACTION: usize = 13;
    pub const RT_SIGPROCMASK: usize = 14;
    pub const FCNTL: usize = 72;
    pub const UMASK: usize = 95;
    pub const GETGROUPS: usize = 115;
    pub const GETRESUID: usize = 118;
    pub const GETRESGID: usize = 120;
    pub const CAPGET: usize = 125;
    pub const RT_SIGPENDING: usize = 127;
    pub const SIGALTSTACK: usize = 131;
    pub const PRCTL: usize = 157;
    pub const EXIT_GROUP: usize = 231;
    pub const OPENAT: usize = 257;
    pub const PPOLL: usize = 271;
}

#[cfg(any(target_arch = "aarch64", target_arch = "riscv64"))]
mod nr {
    pub const FCNTL: usize = 25;
    pub const OPENAT: usize = 56;
    pub const WRITE: usize = 64;
    pub const PPOLL: usize = 73;
    pub const CAPGET: usize = 90;
    pub const EXIT_GROUP: usize = 94;
    pub const SIGALTSTACK: usize = 132;
    pub const RT_SIGACTION: usize = 134;
    pub const RT_SIGPROCMASK: usize = 135;
    pub const RT_SIGPENDING: usize = 136;
    pub const GETRESUID: usize = 148;
    pub const GETRESGID: usize = 150;
    pub const GETGROUPS: usize = 158;
    pub const UMASK: usize = 166;
    pub const PRCTL: usize = 167;
}

#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(
    ".globl _start",
    "_start:",
    "xor ebp, ebp",
    "mov rdi, rsp",
    "and rsp, -16",
    "call {main}",
    main = sym main
);

#[cfg(target_arch = "aarch64")]
core::arch::global_asm!(".globl _start", "_start:", "mov x29, 0", "mov x0, sp", "bl {main}", main = sym main);

#[cfg(target_arch = "riscv64")]
core::arch::global_asm!(".globl _start", "_start:", "mv a0, sp", "call {main}", main = sym main);

/// A system call.
fn call(nr: usize, a: [usize; 5]) -> isize {
    let ret: isize;
    // SAFETY: what is passed are numbers, and addresses of memory that may be used for that.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!("syscall", inlateout("rax") nr as isize => ret, in("rdi") a[0], in("rsi") a[1],
            in("rdx") a[2], in("r10") a[3], in("r8") a[4], lateout("rcx") _, lateout("r11") _);
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        core::arch::asm!("svc 0", in("x8") nr, inlateout("x0") a[0] as isize => ret, in("x1") a[1], in("x2") a[2],
            in("x3") a[3], in("x4") a[4]);
    }
    // SAFETY: as above.
    #[cfg(target_arch = "riscv64")]
    unsafe {
        core::arch::asm!("ecall", in("a7") nr, inlateout("a0") a[0] as isize => ret, in("a1") a[1], in("a2") a[2],
            in("a3") a[3], in("a4") a[4]);
    }
    ret
}

fn exit(status: usize) -> ! {
    loop {
        call(nr::EXIT_GROUP, [status, 0, 0, 0, 0]);
    }
}

/// What the kernel has put on the stack.
#[derive(Clone, Copy)]
struct Given {
    argv: *const *const u8,
    envp: *const *const u8,
    auxv: *const [usize; 2],
}

/// A report in the making.
struct Out {
    bytes: [MaybeUninit<u8>; ROOM],
    len: usize,
}

impl Out {
    fn byte(&mut self, byte: u8) {
        if self.len < ROOM {
            self.bytes[self.len].write(byte);
            self.len += 1;
        }
    }

    fn text(&mut self, text: &str) {
        for i in 0..text.len() {
            self.byte(text.as_bytes()[i]);
        }
    }

    fn number(&mut self, number: u64, base: u64) {
        let mut digits = [0u8; 20];
        let (mut rest, mut n) = (number, 0);
        loop {
            digits[n] = b"0123456789abcdef"[(rest % base) as usize];
            n += 1;
            rest /= base;
            if rest == 0 {
                break;
            }
        }
        while n > 0 {
            n -= 1;
            self.byte(digits[n]);
        }
    }

    fn hex(&mut self, number: u64) {
        self.text("0x");
        self.number(number, 16);
    }

    /// A string in double quotes.
    ///
    /// # Safety
    /// It ends with a NUL.
    unsafe fn string(&mut self, mut at: *const u8) {
        self.byte(b'"');
        // SAFETY: the caller's.
        unsafe {
            while *at != 0 {
                if matches!(*at, b'"' | b'\\') {
                    self.byte(b'\\');
                }
                self.byte(*at);
                at = at.add(1);
            }
        }
        self.byte(b'"');
    }

    /// `["p", "a"]`.
    ///
    /// # Safety
    /// It ends with NULL, and each of its strings with a NUL.
    unsafe fn strings(&mut self, mut list: *const *const u8) {
        self.byte(b'[');
        let mut first = true;
        // SAFETY: the caller's.
        unsafe {
            while !(*list).is_null() {
                if !first {
                    self.text(", ");
                }
                first = false;
                self.string(*list);
                list = list.add(1);
            }
        }
        self.byte(b']');
    }

    /// `[USR1 RT_3]`.
    fn signals(&mut self, set: u64) {
        self.byte(b'[');
        let mut first = true;
        for signal in 1..=64usize {
            if set >> (signal - 1) & 1 == 0 {
                continue;
            }
            if !first {
                self.byte(b' ');
            }
            first = false;
            if signal < 32 {
                self.text(SIGNALS[signal]);
            } else {
                self.text("RT_");
                self.number(signal as u64 - 32, 10);
            }
        }
        self.byte(b']');
    }

    /// `0 0 0`.
    fn numbers(&mut self, list: &[u32]) {
        if list.is_empty() {
            self.text("none");
        }
        for i in 0..list.len() {
            if i > 0 {
                self.byte(b' ');
            }
            self.number(u64::from(list[i]), 10);
        }
    }
}

const SIGNALS: [&str; 32] = [
    "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
    "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH",
    "IO", "PWR", "SYS",
];

extern "C" fn main(stack: *const usize) -> ! {
    // SAFETY: a static; volatile, since it is written over in the file.
    let config = unsafe { core::ptr::read_volatile(&raw const CONFIG) };
    match u32::from_ne_bytes(config.action) {
        SLEEP => loop {
            call(nr::PPOLL, [0, 0, 0, 0, 0]);
        },
        REPORT => {
            // SAFETY: the kernel has put there the number of arguments, these, a NULL, the environment, a NULL, and pairs.
            let given = unsafe {
                let argv = stack.add(1).cast::<*const u8>();
                let envp = argv.add(*stack + 1);
                let mut end = envp;
                while !(*end).is_null() {
                    end = end.add(1);
                }
                Given { argv, envp, auxv: end.add(1).cast() }
            };
            report(&config, given)
        }
        _ => exit(u32::from_ne_bytes(config.status) as usize),
    }
}

fn report(config: &Config, given: Given) -> ! {
    let mut out = Out { bytes: [MaybeUninit::uninit(); ROOM], len: 0 };
    let mut i = 0;
    while i < MAX_ASPECTS && config.aspects[i] != 0 {
        let aspect = config.aspects[i] as usize - 1;
        out.text(program::ASPECTS[aspect]);
        out.text(": ");
        tell(&mut out, aspect, given);
        out.byte(b'\n');
        i += 1;
    }
    const CREATE: usize = 0o1 | 0o100 | 0o1000;
    const CWD: usize = -100isize as usize;
    let fd = call(nr::OPENAT, [CWD, config.path.as_ptr() as usize, CREATE, 0o666, 0]);
    if fd < 0 || call(nr::WRITE, [fd as usize, out.bytes.as_ptr() as usize, out.len, 0, 0]) != out.len as isize {
        exit(FAILED);
    }
    exit(0)
}

fn tell(out: &mut Out, aspect: usize, given: Given) {
    match aspect {
        // SAFETY: so the kernel has put it there.
        0 => unsafe { out.strings(given.argv) },
        // SAFETY: as above.
        1 => unsafe { out.strings(given.envp) },
        2 => descriptors(out),
        3 => out.signals(ignored()),
        4 => out.signals(set(nr::RT_SIGPROCMASK)),
        5 => out.signals(set(nr::RT_SIGPENDING)),
        6 => out.numbers(&ids(nr::GETRESUID)),
        7 => out.numbers(&ids(nr::GETRESGID)),
        8 => groups(out),
        9 => capabilities(out),
        10 => out.number(auxiliary(given, 23).unwrap_or(u64::MAX as usize) as u64, 10),
        11 => match auxiliary(given, 31) {
            // SAFETY: as above.
            Some(at) => unsafe { out.string(at as *const u8) },
            None => out.text("none"),
        },
        12 => name(out),
        13 => {
            let mask = call(nr::UMASK, [0, 0, 0, 0, 0]) as u64;
            call(nr::UMASK, [mask as usize, 0, 0, 0, 0]);
            out.byte(b'0');
            out.number(mask, 8);
        }
        14 => {
            let mut signal = 0i32;
            call(nr::PRCTL, [2, (&raw mut signal) as usize, 0, 0, 0]);
            // SAFETY: as it was, or as the kernel has written it.
            out.number(unsafe { core::ptr::read_volatile(&raw const signal) } as u64, 10);
        }
        15 => out.number(call(nr::PRCTL, [39, 0, 0, 0, 0]) as u64, 10),
        16 => out.number(call(nr::PRCTL, [3, 0, 0, 0, 0]) as u64, 10),
        _ => {
            let mut stack = [0usize; 3];
            call(nr::SIGALTSTACK, [0, stack.as_mut_ptr() as usize, 0, 0, 0]);
            // SAFETY: as above.
            let stack = unsafe { core::ptr::read_volatile(&raw const stack) };
            out.text(if stack[1] as u32 & 2 != 0 { "none" } else { "there is one" });
        }
    }
}

fn descriptors(out: &mut Out) {
    const GETFD: usize = 1;
    let mut first = true;
    for fd in 0..FDS {
        if call(nr::FCNTL, [fd, GETFD, 0, 0, 0]) >= 0 {
            if !first {
                out.byte(b' ');
            }
            first = false;
            out.number(fd as u64, 10);
        }
    }
    if first {
        out.text("none");
    }
}

fn ignored() -> u64 {
    const IGNORE: usize = 1;
    let mut set = 0;
    for signal in 1..=64usize {
        let mut action = [0usize; 4];
        call(nr::RT_SIGACTION, [signal, 0, action.as_mut_ptr() as usize, 8, 0]);
        // SAFETY: as it was, or as the kernel has written it.
        if unsafe { core::ptr::read_volatile(&raw const action[0]) } == IGNORE {
            set |= 1 << (signal - 1);
        }
    }
    set
}

/// The set of signals that a call tells.
fn set(nr: usize) -> u64 {
    let mut set = 0u64;
    let at = (&raw mut set) as usize;
    match nr {
        nr::RT_SIGPENDING => call(nr, [at, 8, 0, 0, 0]),
        _ => call(nr, [0, 0, at, 8, 0]),
    };
    // SAFETY: as it was, or as the kernel has written it.
    unsafe { core::ptr::read_volatile(&raw const set) }
}

/// Real, effective, saved.
fn ids(nr: usize) -> [u32; 3] {
    let mut ids = [0u32; 3];
    let at = ids.as_mut_ptr() as usize;
    call(nr, [at, at + 4, at + 8, 0, 0]);
    // SAFETY: as they were, or as the kernel has written them.
    unsafe { core::ptr::read_volatile(&raw const ids) }
}

fn groups(out: &mut Out) {
    let mut groups = [0u32; 64];
    let n = call(nr::GETGROUPS, [64, groups.as_mut_ptr() as usize, 0, 0, 0]).max(0) as usize;
    // SAFETY: as they were, or as the kernel has written them.
    let groups = unsafe { core::ptr::read_volatile(&raw const groups) };
    out.numbers(&groups[..n]);
}

fn capabilities(out: &mut Out) {
    const VERSION_3: u32 = 0x2008_0522;
    const AMBIENT: usize = 47;
    let header = [VERSION_3, 0u32];
    // Effective, permitted, inheritable: the low halves, then the high ones.
    let mut sets = [0u32; 6];
    call(nr::CAPGET, [header.as_ptr() as usize, sets.as_mut_ptr() as usize, 0, 0, 0]);
    // SAFETY: as they were, or as the kernel has written them.
    let sets = unsafe { core::ptr::read_volatile(&raw const sets) };
    for (name, i) in [("effective=", 0), (" permitted=", 1), (" inheritable=", 2)] {
        out.text(name);
        out.hex(u64::from(sets[i]) | u64::from(sets[i + 3]) << 32);
    }
    let mut ambient = 0;
    for capability in 0..64usize {
        if call(nr::PRCTL, [AMBIENT, 1, capability, 0, 0]) == 1 {
            ambient |= 1 << capability;
        }
    }
    out.text(" ambient=");
    out.hex(ambient);
}

/// A value of the auxiliary vector.
fn auxiliary(given: Given, key: usize) -> Option<usize> {
    let mut at = given.auxv;
    // SAFETY: it ends with a pair of 0.
    unsafe {
        while (*at)[0] != 0 {
            if (*at)[0] == key {
                return Some((*at)[1]);
            }
            at = at.add(1);
        }
    }
    None
}

fn name(out: &mut Out) {
    let mut name = [0u8; 17];
    call(nr::PRCTL, [16, name.as_mut_ptr() as usize, 0, 0, 0]);
    // SAFETY: as it was, or as the kernel has written it: with a NUL.
    unsafe {
        let name = core::ptr::read_volatile(&raw const name);
        out.string(name.as_ptr());
    }
}

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    exit(FAILED)
}

/// What the compiler calls to copy and to fill. Volatile, so that it does not make calls of these loops.
///
/// # Safety
/// As in C.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    for i in 0..len {
        // SAFETY: the caller's.
        unsafe { to.add(i).write_volatile(from.add(i).read_volatile()) };
    }
    to
}

/// See [`memcpy`].
///
/// # Safety
/// As in C.
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, len: usize) -> *mut u8 {
    for i in 0..len {
        // SAFETY: the caller's.
        unsafe { to.add(i).write_volatile(byte as u8) };
    }
    to
}

/// What the core library, which was compiled to unwind, refers to. Nothing unwinds here.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
