//! Waiting for descriptors: poll, select, epoll, and what makes a descriptor of an event.

use linux_raw_sys::general::*;

use super::prelude::*;
use super::time::{TIMESPEC, TIMEVAL};

subsystem! {
    calls {
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
        own!(epoll_create(size: INT) -> Fd),
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
        // The kernel never had more of these than their numbers.
        own!(epoll_ctl_old(epfd: FD, op: one_of(I32, &EPOLL_CTL), fd: FD, event: input(&EPOLL_EVENT) => optional)),
        own!(epoll_wait_old(epfd: FD, events: EVENTS, maxevents: len(I32, "events"), timeout: INT) -> Count),
        own!(eventfd(initval: UINT) -> Fd),
        own!(eventfd2(initval: UINT, flags: flags(U32, &EVENTFD)) -> Fd; page: Some("eventfd")),
        own!(signalfd(fd: FD, mask: MASK, sizemask: size("mask")) -> Fd),
        own!(signalfd4(fd: FD, mask: MASK, sizemask: size("mask"), flags: flags(U32, &SIGNALFD)) -> Fd;
            page: Some("signalfd")),
    }
    constants {
        flags POLL = "poll events" {
            POLLIN, POLLPRI, POLLOUT, POLLERR, POLLHUP, POLLNVAL, POLLRDNORM, POLLRDBAND, POLLWRNORM,
            POLLWRBAND, POLLMSG, POLLREMOVE, POLLRDHUP,
        }
        flags EPOLL = "epoll events" {
            EPOLLIN, EPOLLPRI, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLNVAL, EPOLLRDNORM, EPOLLRDBAND, EPOLLWRNORM,
            EPOLLWRBAND, EPOLLMSG, EPOLLRDHUP, EPOLLEXCLUSIVE, EPOLLWAKEUP, EPOLLONESHOT, EPOLLET,
        }
        one_of EPOLL_CTL = "epoll_ctl operations" { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD }
        flags EPOLL_CREATE = "epoll_create1 flags" { EPOLL_CLOEXEC }
        flags EVENTFD = "eventfd2 flags" { EFD_SEMAPHORE, EFD_CLOEXEC, EFD_NONBLOCK }
        flags SIGNALFD = "signalfd4 flags" { SFD_CLOEXEC = O_CLOEXEC, SFD_NONBLOCK = O_NONBLOCK }
    }
    structures {
        POLLFD = "pollfd" as pollfd { fd = FD, events: flags(&POLL), revents: flags(&POLL) }
        EPOLL_EVENT = "epoll_event" as epoll_event { events: flags(&EPOLL), data: plain() }
        EPOLL_PARAMS = "epoll_params" as epoll_params {
            busy_poll_usecs: plain(), busy_poll_budget: plain(), prefer_busy_poll: plain(), __pad: plain(),
        }
        // What the sixth argument of pselect6 points to; it has no name in any header.
        SIGMASK_ARG = "pselect6_sigmask" as [u64; 2] {
            ss @ (0) = input(&Kind::SigSet), ss_len @ (8) = size("ss"),
        }
    }
}

const FDS: Kind = Kind::Array(Dir::InOut, &POLLFD);
const FD_SET: Kind = inout(&Kind::FdSet);
const EVENTS: Kind = Kind::Array(Dir::Out, &EPOLL_EVENT);
const MASK: Kind = input(&Kind::SigSet);
