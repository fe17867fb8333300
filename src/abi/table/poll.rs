//! Waiting for descriptors.

use super::number;

use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Dir, Kind, Syscall};

const FDS: Kind = Kind::Array(Dir::InOut, &POLLFD);
const FD_SET: Kind = Kind::Ptr(Dir::InOut, &Kind::FdSet);
const EVENTS: Kind = Kind::Array(Dir::Out, &EPOLL_EVENT);
const MASK: Kind = Kind::Ptr(Dir::In, &Kind::SigSet);

pub(super) static CALLS: &[Syscall] = &[
    own!(poll(fds: FDS, nfds: len(U32, "fds"), timeout: INT) -> Count; sleeps_as: number("ppoll")),
    own!(ppoll(
        fds: FDS, nfds: len(U32, "fds"), tmo_p: inout(&TIMESPEC) => optional, sigmask: MASK => optional,
        sigsetsize: size("sigmask"),
    ) -> Count),
    own!(select(
        nfds: INT, readfds: FD_SET => optional, writefds: FD_SET => optional, exceptfds: FD_SET => optional,
        timeout: inout(&TIMEVAL) => optional,
    ) -> Count; sleeps_as: number("pselect6")),
    own!(pselect6(
        nfds: INT, readfds: FD_SET => optional, writefds: FD_SET => optional, exceptfds: FD_SET => optional,
        timeout: inout(&TIMESPEC) => optional, sigmask: input(&SIGMASK_ARG) => optional,
    ) -> Count; page: Some("pselect")),
    own!(epoll_create1(flags: flags(U32, &EPOLL_CREATE)) -> Fd; page: Some("epoll_create")),
    own!(epoll_ctl(
        epfd: FD, op: one_of(I32, &EPOLL_CTL), fd: FD, event: input(&EPOLL_EVENT) => optional,
    )),
    own!(epoll_wait(epfd: FD, events: EVENTS, maxevents: len(I32, "events"), timeout: INT) -> Count;
        sleeps_as: number("epoll_pwait")),
    own!(epoll_pwait(
        epfd: FD, events: EVENTS, maxevents: len(I32, "events"), timeout: INT, sigmask: MASK => optional,
        sigsetsize: size("sigmask"),
    ) -> Count; page: Some("epoll_wait")),
    own!(epoll_pwait2(
        epfd: FD, events: EVENTS, maxevents: len(I32, "events"), timeout: input(&TIMESPEC) => optional,
        sigmask: MASK => optional, sigsetsize: size("sigmask"),
    ) -> Count; page: Some("epoll_wait")),
    own!(eventfd2(initval: UINT, flags: flags(U32, &EVENTFD)) -> Fd; page: Some("eventfd")),
    own!(signalfd4(fd: FD, mask: MASK, sizemask: size("mask"), flags: flags(U32, &SIGNALFD)) -> Fd;
        page: Some("signalfd")),
];
