//! Signals.

use super::number;
use super::reach::*;

use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Effect, Kind, Syscall};

const SIG: Kind = one_of(I32, &SIGNAL);
const SET: Kind = Kind::SigSet;

// `sigsetsize` is the kernel's size of a set, 8; it is checked even where the set is NULL, so that
// it can be derived only where a set is always given.
pub(super) static CALLS: &[Syscall] = &[
    call!(kill(pid: INT, sig: SIG); effect: SIGNALS),
    call!(tkill(tid: INT, sig: SIG); effect: SIGNALS),
    call!(tgkill(tgid: INT, tid: INT, sig: SIG); effect: Effect::Signals { pid: 0, signal: 2 }),
    call!(rt_sigqueueinfo(tgid: INT, sig: SIG, info: input(&SIGINFO)); effect: SIGNALS),
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
];
