//! Tracing: ptrace(2) by request, and comparing two processes.

use linux_raw_sys::ptrace::*;

use super::prelude::*;
use super::security::SOCK_FILTER;
use super::signal::SIGINFO;

subsystem! {
    calls {
        // As the kernel has it: what a PEEK request finds is written to where `data` points.
        call!(ptrace(
            op: one_of(U64, &PTRACE), pid: INT, addr: Kind::By("op", PTRACE_ADDR, &ADDR) => optional,
            data: Kind::By("op", PTRACE_DATA, &ULONG) => optional,
        ) -> Int; effect: Effect::All(&[Effect::Others(1), Effect::ANYTHING]),
            ret_by: &[("PTRACE_SECCOMP_GET_FILTER", Ret::Count), ("PTRACE_PEEKSIGINFO", Ret::Count)]),
        own!(kcmp(pid1: INT, pid2: INT, type: one_of(I32, &KCMP), idx1: ULONG => optional, idx2: Kind::By(
            "type", KCMP_IDX2, &ULONG,
        ) => optional) -> Int),
    }
    constants {
        one_of PTRACE = "ptrace operations" {
            PTRACE_TRACEME, PTRACE_PEEKTEXT, PTRACE_PEEKDATA,
            // These have other names in the headers of each architecture.
            PTRACE_PEEKUSER = 3, PTRACE_POKETEXT, PTRACE_POKEDATA, PTRACE_POKEUSER = 6,
            PTRACE_CONT, PTRACE_KILL, PTRACE_SINGLESTEP, PTRACE_ATTACH, PTRACE_DETACH, PTRACE_SYSCALL,
            #[cfg(target_arch = "x86_64")]
            PTRACE_GETREGS = 12,
            #[cfg(target_arch = "x86_64")]
            PTRACE_SETREGS = 13,
            #[cfg(target_arch = "x86_64")]
            PTRACE_GETFPREGS = 14,
            #[cfg(target_arch = "x86_64")]
            PTRACE_SETFPREGS = 15,
            #[cfg(target_arch = "x86_64")]
            PTRACE_GET_THREAD_AREA = 25,
            #[cfg(target_arch = "x86_64")]
            PTRACE_SET_THREAD_AREA = 26,
            #[cfg(target_arch = "x86_64")]
            PTRACE_ARCH_PRCTL = 30,
            #[cfg(not(target_arch = "riscv64"))]
            PTRACE_SYSEMU = 31,
            #[cfg(not(target_arch = "riscv64"))]
            PTRACE_SYSEMU_SINGLESTEP = 32,
            #[cfg(target_arch = "x86_64")]
            PTRACE_SINGLEBLOCK = 33,
            PTRACE_SETOPTIONS, PTRACE_GETEVENTMSG, PTRACE_GETSIGINFO, PTRACE_SETSIGINFO, PTRACE_GETREGSET,
            PTRACE_SETREGSET, PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_LISTEN, PTRACE_PEEKSIGINFO, PTRACE_GETSIGMASK,
            PTRACE_SETSIGMASK, PTRACE_SECCOMP_GET_FILTER, PTRACE_SECCOMP_GET_METADATA, PTRACE_GET_SYSCALL_INFO,
            PTRACE_GET_RSEQ_CONFIGURATION, PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG,
            PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG, PTRACE_SET_SYSCALL_INFO,
        }
        flags PTRACE_O = "ptrace options" {
            PTRACE_O_TRACESYSGOOD, PTRACE_O_TRACEFORK, PTRACE_O_TRACEVFORK, PTRACE_O_TRACECLONE, PTRACE_O_TRACEEXEC,
            PTRACE_O_TRACEVFORKDONE, PTRACE_O_TRACEEXIT, PTRACE_O_TRACESECCOMP, PTRACE_O_EXITKILL,
            PTRACE_O_SUSPEND_SECCOMP,
        }
        one_of PTRACE_EVENT = "ptrace events" {
            PTRACE_EVENT_FORK, PTRACE_EVENT_VFORK, PTRACE_EVENT_CLONE, PTRACE_EVENT_EXEC, PTRACE_EVENT_VFORK_DONE,
            PTRACE_EVENT_EXIT, PTRACE_EVENT_SECCOMP, PTRACE_EVENT_STOP,
        }
        one_of SYSCALL_INFO_OP = "ptrace_syscall_info kinds" {
            PTRACE_SYSCALL_INFO_NONE, PTRACE_SYSCALL_INFO_ENTRY, PTRACE_SYSCALL_INFO_EXIT, PTRACE_SYSCALL_INFO_SECCOMP,
        }
        flags PEEKSIGINFO = "PTRACE_PEEKSIGINFO flags" { PTRACE_PEEKSIGINFO_SHARED }
        one_of REGSET = "register sets" {
            NT_PRSTATUS = 1, NT_PRFPREG = 2, NT_X86_XSTATE = 514, NT_X86_SHSTK = 516, NT_ARM_TLS = 1025, NT_ARM_HW_BREAK = 1026, NT_ARM_HW_WATCH = 1027,
            NT_ARM_SYSTEM_CALL = 1028, NT_ARM_SVE = 1029, NT_ARM_PAC_MASK = 1030, NT_RISCV_CSR = 2304, NT_RISCV_VECTOR = 2305,
        }
        one_of KCMP = "kcmp types" {
            KCMP_FILE = 0, KCMP_VM = 1, KCMP_FILES = 2, KCMP_FS = 3, KCMP_SIGHAND = 4, KCMP_IO = 5, KCMP_SYSVSEM = 6, KCMP_EPOLL_TFD = 7,
        }
    }
    structures {
        PEEKSIGINFO_ARGS = "ptrace_peeksiginfo_args" as ptrace_peeksiginfo_args {
            off: plain(), flags: flags(&PEEKSIGINFO), nr: plain(),
        }
        SECCOMP_METADATA = "seccomp_metadata" as seccomp_metadata { filter_off: plain(), flags: plain() }
        RSEQ_CONFIGURATION = "ptrace_rseq_configuration" as ptrace_rseq_configuration {
            rseq_abi_pointer = ADDR, rseq_abi_size: plain(), signature: plain(), flags: plain(), pad: plain(),
        }
        SUD_CONFIG = "ptrace_sud_config" as ptrace_sud_config {
            mode: plain(), selector = ADDR, offset: plain(), len: plain(),
        }
        // Members of a union share offsets; which are meant depends on `op`.
        SYSCALL_INFO = "ptrace_syscall_info" as ptrace_syscall_info {
            op: one_of(&SYSCALL_INFO_OP), arch @ (4) = UINT, instruction_pointer @ (8) = ADDR,
            stack_pointer @ (16) = ADDR, entry_nr @ (24) = ULONG, entry_args @ (32) = Kind::Fixed(&ULONG, 6),
            exit_rval @ (24) = LONG, exit_is_error @ (32) = BYTE, seccomp_nr @ (24) = ULONG,
            seccomp_args @ (32) = Kind::Fixed(&ULONG, 6), seccomp_ret_data @ (80) = UINT,
        }
    }
    laid {
        KCMP_EPOLL_SLOT = "kcmp_epoll_slot" { efd = UINT, tfd = UINT, toff = UINT }
        // sys/user.h
        #[cfg(target_arch = "x86_64")]
        USER_REGS = "user_regs_struct" {
            r15 = ULONG, r14 = ULONG, r13 = ULONG, r12 = ULONG, rbp = ULONG, rbx = ULONG, r11 = ULONG, r10 = ULONG,
            r9 = ULONG, r8 = ULONG, rax = ULONG, rcx = ULONG, rdx = ULONG, rsi = ULONG, rdi = ULONG, orig_rax = ULONG,
            rip = ULONG, cs = ULONG, eflags = ULONG, rsp = ULONG, ss = ULONG, fs_base = ULONG, gs_base = ULONG,
            ds = ULONG, es = ULONG, fs = ULONG, gs = ULONG,
        }
        #[cfg(target_arch = "x86_64")]
        USER_FPREGS = "user_fpregs_struct" {
            cwd = SHORT, swd = SHORT, ftw = SHORT, fop = SHORT, rip = ULONG, rdp = ULONG, mxcsr = UINT,
            mxcr_mask = UINT, st_space = Kind::Fixed(&UINT, 32), xmm_space = Kind::Fixed(&UINT, 64),
            padding = Kind::Fixed(&UINT, 24),
        }
    }
}

static PTRACE_ADDR: &[(&str, Kind)] = &[
    ("PTRACE_GETREGSET", one_of(U64, &REGSET)),
    ("PTRACE_SETREGSET", one_of(U64, &REGSET)),
    ("PTRACE_PEEKSIGINFO", input(&PEEKSIGINFO_ARGS)),
    ("PTRACE_GETSIGMASK", size("data")),
    ("PTRACE_SETSIGMASK", size("data")),
    ("PTRACE_GET_SYSCALL_INFO", size("data")),
    ("PTRACE_SET_SYSCALL_INFO", size("data")),
    ("PTRACE_SECCOMP_GET_FILTER", ULONG),
    ("PTRACE_SECCOMP_GET_METADATA", size("data")),
    ("PTRACE_GET_RSEQ_CONFIGURATION", size("data")),
    ("PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG", size("data")),
    ("PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG", size("data")),
];

const SIGNAL: Kind = one_of(U64, &super::signal::SIGNAL);

static PTRACE_DATA: &[(&str, Kind)] = &[
    ("PTRACE_PEEKTEXT", output(&LONG)),
    ("PTRACE_PEEKDATA", output(&LONG)),
    ("PTRACE_PEEKUSER", output(&LONG)),
    ("PTRACE_CONT", SIGNAL),
    ("PTRACE_DETACH", SIGNAL),
    ("PTRACE_SYSCALL", SIGNAL),
    ("PTRACE_SINGLESTEP", SIGNAL),
    #[cfg(target_arch = "x86_64")]
    ("PTRACE_GETREGS", output(&USER_REGS)),
    #[cfg(target_arch = "x86_64")]
    ("PTRACE_SETREGS", input(&USER_REGS)),
    #[cfg(target_arch = "x86_64")]
    ("PTRACE_GETFPREGS", output(&USER_FPREGS)),
    #[cfg(target_arch = "x86_64")]
    ("PTRACE_SETFPREGS", input(&USER_FPREGS)),
    ("PTRACE_SETOPTIONS", flags(U64, &PTRACE_O)),
    ("PTRACE_SEIZE", flags(U64, &PTRACE_O)),
    ("PTRACE_GETEVENTMSG", output(&ULONG)),
    ("PTRACE_GETSIGINFO", output(&SIGINFO)),
    ("PTRACE_SETSIGINFO", input(&SIGINFO)),
    // One buffer, whose length is written as well.
    ("PTRACE_GETREGSET", IOV_OUT),
    ("PTRACE_SETREGSET", IOV_IN),
    ("PTRACE_PEEKSIGINFO", Kind::Array(Dir::Out, &SIGINFO)),
    ("PTRACE_GETSIGMASK", output(&Kind::SigSet)),
    ("PTRACE_SETSIGMASK", input(&Kind::SigSet)),
    ("PTRACE_SECCOMP_GET_FILTER", Kind::Array(Dir::Out, &SOCK_FILTER)),
    ("PTRACE_SECCOMP_GET_METADATA", inout(&SECCOMP_METADATA)),
    ("PTRACE_GET_SYSCALL_INFO", output(&SYSCALL_INFO)),
    ("PTRACE_SET_SYSCALL_INFO", input(&SYSCALL_INFO)),
    ("PTRACE_GET_RSEQ_CONFIGURATION", output(&RSEQ_CONFIGURATION)),
    ("PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG", input(&SUD_CONFIG)),
    ("PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG", output(&SUD_CONFIG)),
];

static KCMP_IDX2: &[(&str, Kind)] = &[("KCMP_EPOLL_TFD", input(&KCMP_EPOLL_SLOT))];
