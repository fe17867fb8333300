//! Signals.

use std::mem::offset_of;

use linux_raw_sys::general::*;

use super::common::ERRNO;
use super::poll::POLL;
use super::prelude::*;
use super::time::TIMESPEC;

subsystem! {
    calls {
        // `sigsetsize` is the kernel's size of a set, 8; it is checked even where the set is NULL, so that
        // it can be derived only where a set is always given.
        call!(kill(pid: INT, sig: SIG); effect: SIGNALS),
        call!(tkill(tid: INT, sig: SIG); effect: SIGNALS),
        call!(tgkill(tgid: INT, tid: INT, sig: SIG); effect: Effect::Signals { pid: 0, signal: 2 }),
        call!(rt_sigqueueinfo(tgid: INT, sig: SIG, info: input(&SIGINFO)); effect: SIGNALS),
        call!(rt_tgsigqueueinfo(tgid: INT, tid: INT, sig: SIG, info: input(&SIGINFO));
            effect: Effect::Signals { pid: 0, signal: 2 }, page: Some("rt_sigqueueinfo")),
        // It goes on where the stack says.
        call!(rt_sigreturn() -> Int; effect: Effect::ANYTHING, page: Some("sigreturn")),
        own!(rt_sigaction(
            signum: SIG, act: input(&SIGACTION) => optional, oldact: output(&SIGACTION) => optional,
            sigsetsize: SIZE,
        ); page: Some("sigaction")),
        own!(rt_sigprocmask(
            how: one_of(I32, &SIG_HOW), set: input(&SET) => optional, oldset: output(&SET) => optional,
            sigsetsize: SIZE,
        ); page: Some("sigprocmask")),
        own!(rt_sigpending(set: output(&SET), sigsetsize: size("set")); page: Some("sigpending")),
        own!(rt_sigsuspend(mask: input(&SET), sigsetsize: size("mask")); page: Some("sigsuspend")),
        own!(rt_sigtimedwait(
            set: input(&SET), info: output(&SIGINFO) => optional, timeout: input(&TIMESPEC) => optional,
            sigsetsize: size("set"),
        ) -> Int; page: Some("sigtimedwait")),
        own!(sigaltstack(
            ss: input(&SIGALTSTACK_STACK) => optional, old_ss: output(&SIGALTSTACK_STACK) => optional,
        )),
        own!(pause(); sleeps_as: number("rt_sigsuspend")),
    }
    constants {
        // Real-time signals as the kernel counts them: a C library keeps the first few for itself.
        one_of SIGNAL = "signals" {
            SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV,
            SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN,
            SIGTTOU, SIGURG, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGPWR, SIGSYS, SIGRTMIN,
            SIGRT_1 = 33, SIGRT_2 = 34, SIGRT_3 = 35, SIGRT_4 = 36, SIGRT_5 = 37, SIGRT_6 = 38, SIGRT_7 = 39,
            SIGRT_8 = 40, SIGRT_9 = 41, SIGRT_10 = 42, SIGRT_11 = 43, SIGRT_12 = 44, SIGRT_13 = 45,
            SIGRT_14 = 46, SIGRT_15 = 47, SIGRT_16 = 48, SIGRT_17 = 49, SIGRT_18 = 50, SIGRT_19 = 51,
            SIGRT_20 = 52, SIGRT_21 = 53, SIGRT_22 = 54, SIGRT_23 = 55, SIGRT_24 = 56, SIGRT_25 = 57,
            SIGRT_26 = 58, SIGRT_27 = 59, SIGRT_28 = 60, SIGRT_29 = 61, SIGRT_30 = 62, SIGRT_31 = 63,
            SIGRT_32 = 64,
            // Second names.
            SIGIOT, SIGPOLL, SIGCLD = SIGCHLD, SIGRTMAX = 64,
        }
        one_of SIG_HOW = "sigprocmask operations" { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK }
        one_of HANDLER = "signal handlers" { SIG_DFL = 0, SIG_IGN = 1, SIG_ERR = -1i64 }
        flags SA = "sigaction flags" {
            SA_NOCLDSTOP, SA_NOCLDWAIT, SA_SIGINFO, SA_UNSUPPORTED, SA_EXPOSE_TAGBITS, SA_RESTORER, SA_ONSTACK,
            SA_RESTART, SA_NODEFER, SA_RESETHAND, SA_NOMASK, SA_ONESHOT,
        }
        // Of every signal: a number below SI_KERNEL means something else with each of them.
        one_of SI_CODE = "signal codes" {
            SI_USER, SI_KERNEL, SI_QUEUE, SI_TIMER, SI_MESGQ, SI_ASYNCIO, SI_SIGIO, SI_TKILL, SI_DETHREAD,
            SI_ASYNCNL, CLD_EXITED, CLD_KILLED, CLD_DUMPED, CLD_TRAPPED, CLD_STOPPED, CLD_CONTINUED, POLL_IN,
            POLL_OUT, POLL_MSG, POLL_ERR, POLL_PRI, POLL_HUP, SEGV_MAPERR, SEGV_ACCERR, SEGV_BNDERR,
            SEGV_PKUERR, SEGV_CPERR = 10, BUS_ADRALN, BUS_ADRERR, BUS_OBJERR, BUS_MCEERR_AR, BUS_MCEERR_AO, FPE_INTDIV,
            FPE_INTOVF, FPE_FLTDIV, FPE_FLTOVF, FPE_FLTUND, FPE_FLTRES, FPE_FLTINV, FPE_FLTSUB, FPE_FLTUNK = 14, FPE_CONDTRAP = 15, ILL_ILLOPC,
            ILL_ILLOPN, ILL_ILLADR, ILL_ILLTRP, ILL_PRVOPC, ILL_PRVREG, ILL_COPROC, ILL_BADSTK, ILL_BADIADDR = 9, TRAP_BRKPT,
            TRAP_TRACE, TRAP_BRANCH, TRAP_HWBKPT, TRAP_UNK, TRAP_PERF, SYS_SECCOMP, SYS_USER_DISPATCH,
        }
        one_of CLD = "SIGCHLD codes" {
            CLD_EXITED, CLD_KILLED, CLD_DUMPED, CLD_TRAPPED, CLD_STOPPED, CLD_CONTINUED,
            SI_USER, SI_KERNEL, SI_QUEUE, SI_SIGIO, SI_TKILL,
        }
        one_of POLL_CODE = "SIGIO codes" {
            POLL_IN, POLL_OUT, POLL_MSG, POLL_ERR, POLL_PRI, POLL_HUP,
            SI_USER, SI_KERNEL, SI_QUEUE, SI_SIGIO, SI_TKILL,
        }
        one_of SEGV = "SIGSEGV codes" {
            SEGV_MAPERR, SEGV_ACCERR, SEGV_BNDERR, SEGV_PKUERR, SEGV_CPERR = 10, SI_USER, SI_KERNEL, SI_QUEUE, SI_SIGIO, SI_TKILL,
        }
        one_of BUS = "SIGBUS codes" {
            BUS_ADRALN, BUS_ADRERR, BUS_OBJERR, BUS_MCEERR_AR, BUS_MCEERR_AO, SI_USER, SI_KERNEL, SI_QUEUE,
            SI_SIGIO, SI_TKILL,
        }
        one_of ILL = "SIGILL codes" {
            ILL_ILLOPC, ILL_ILLOPN, ILL_ILLADR, ILL_ILLTRP, ILL_PRVOPC, ILL_PRVREG, ILL_COPROC, ILL_BADSTK, ILL_BADIADDR = 9,
            SI_USER, SI_KERNEL, SI_QUEUE, SI_SIGIO, SI_TKILL,
        }
        one_of FPE = "SIGFPE codes" {
            FPE_INTDIV, FPE_INTOVF, FPE_FLTDIV, FPE_FLTOVF, FPE_FLTUND, FPE_FLTRES, FPE_FLTINV, FPE_FLTSUB, FPE_FLTUNK = 14, FPE_CONDTRAP = 15,
            SI_USER, SI_KERNEL, SI_QUEUE, SI_SIGIO, SI_TKILL,
        }
        one_of TRAP = "SIGTRAP codes" {
            TRAP_BRKPT, TRAP_TRACE, TRAP_BRANCH, TRAP_HWBKPT, TRAP_UNK, TRAP_PERF, SI_USER, SI_KERNEL,
            SI_QUEUE, SI_SIGIO, SI_TKILL,
        }
        one_of SYS_CODE = "SIGSYS codes" {
            SYS_SECCOMP, SYS_USER_DISPATCH, SI_USER, SI_KERNEL, SI_QUEUE, SI_SIGIO, SI_TKILL,
        }
        one_of SIGEV = "sigevent notifications" { SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD, SIGEV_THREAD_ID }
        flags SIGALTSTACK = "sigaltstack flags" { SS_ONSTACK, SS_DISABLE, SS_AUTODISARM }
    }
    structures {
        SIGACTION = "sigaction" as kernel_sigaction {
            sa_handler @ (offset_of!(kernel_sigaction, sa_handler_kernel)) = one_of(U64, &HANDLER),
            sa_flags: flags(&SA), sa_restorer = ADDR,
            sa_mask = Kind::SigSet,
        }
        SIGALTSTACK_STACK = "stack_t" as sigaltstack {
            ss_sp = ADDR, ss_flags: flags(&SIGALTSTACK), ss_size: plain(),
        }
        // Members of a union share offsets; which are meant depends on the signal and its code.
        SIGINFO = "siginfo" as siginfo_t {
            si_signo @ (0) = one_of(I32, &SIGNAL), si_errno @ (4) = one_of(I32, &ERRNO),
            si_code @ (8) = Kind::By("si_signo", SI_CODES, &Kind::Enum(I32, &SI_CODE)),
            si_pid @ (16) = INT, si_uid @ (20) = UINT, si_status @ (24) = Kind::By("si_code", STATUS, &INT), si_value @ (24) = INT,
            si_int @ (24) = INT,
            si_ptr @ (24) = ADDR, si_utime @ (32) = LONG, si_stime @ (40) = LONG,
            si_timerid @ (16) = INT, si_overrun @ (20) = INT,
            si_addr @ (16) = ADDR, si_addr_lsb @ (24) = Kind::Int(I16), si_lower @ (32) = ADDR,
            si_upper @ (40) = ADDR, si_pkey @ (32) = UINT,
            si_band @ (16) = Kind::Flags(I64, &POLL), si_fd @ (24) = FD,
            si_call_addr @ (16) = ADDR, si_syscall @ (24) = INT, si_arch @ (28) = UINT,
        }
        SIGNALFD_SIGINFO = "signalfd_siginfo" as libc::signalfd_siginfo {
            ssi_signo: one_of(&SIGNAL), ssi_errno: plain(), ssi_code: plain(), ssi_pid: plain(),
            ssi_uid: plain(), ssi_fd: plain(), ssi_tid: plain(), ssi_band: plain(), ssi_overrun: plain(),
            ssi_trapno: plain(), ssi_status: plain(), ssi_int: plain(), ssi_ptr: plain(), ssi_utime: plain(),
            ssi_stime: plain(), ssi_addr: plain(),
        }
        SIGEVENT = "sigevent" as sigevent_t {
            sigev_value @ (0) = ULONG, sigev_signo @ (8) = one_of(I32, &SIGNAL),
            sigev_notify @ (12) = one_of(I32, &SIGEV), sigev_notify_thread_id @ (16) = INT,
        }
    }
}

const SIG: Kind = one_of(I32, &SIGNAL);
const SET: Kind = Kind::SigSet;

const SIGNALS: Effect = Effect::Signals { pid: 0, signal: 1 };

/// What became of a child: with these codes, by which signal.
static STATUS: &[(&str, Kind)] =
    &[("CLD_KILLED", SIG), ("CLD_DUMPED", SIG), ("CLD_STOPPED", SIG), ("CLD_TRAPPED", SIG), ("CLD_CONTINUED", SIG)];

static SI_CODES: &[(&str, Kind)] = &[
    ("SIGCHLD", one_of(I32, &CLD)),
    ("SIGIO", one_of(I32, &POLL_CODE)),
    ("SIGPOLL", one_of(I32, &POLL_CODE)),
    ("SIGSEGV", one_of(I32, &SEGV)),
    ("SIGBUS", one_of(I32, &BUS)),
    ("SIGSYS", one_of(I32, &SYS_CODE)),
    ("SIGILL", one_of(I32, &ILL)),
    ("SIGFPE", one_of(I32, &FPE)),
    ("SIGTRAP", one_of(I32, &TRAP)),
];
