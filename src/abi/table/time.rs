//! Clocks, timers, sleeping.

use crate::abi::Syscall;
use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;

pub(super) static CALLS: &[Syscall] = &[
    call!(nanosleep(duration: input(&TIMESPEC), rem: output(&TIMESPEC) => optional)),
    call!(clock_gettime(clockid: one_of(I32, &CLOCK), tp: output(&TIMESPEC))),
    call!(clock_settime(clockid: one_of(I32, &CLOCK), tp: input(&TIMESPEC))),
    call!(clock_getres(clockid: one_of(I32, &CLOCK), res: output(&TIMESPEC) => optional)),
    call!(clock_nanosleep(
        clockid: one_of(I32, &CLOCK), flags: flags(U32, &SLEEP_FLAGS), t: input(&TIMESPEC),
        remain: output(&TIMESPEC) => optional,
    )),
    call!(timerfd_create(clockid: one_of(I32, &CLOCK), flags: flags(U32, &TIMERFD_CREATE)) -> Fd),
    call!(timerfd_settime(
        fd: FD, flags: flags(U32, &TIMERFD_SETTIME), new_value: input(&ITIMERSPEC),
        old_value: output(&ITIMERSPEC) => optional,
    )),
    call!(timerfd_gettime(fd: FD, curr_value: output(&ITIMERSPEC))),
    call!(timer_create(clockid: one_of(I32, &CLOCK), sevp: ANY_IN => optional, timerid: output(&INT))),
    call!(timer_settime(
        timerid: INT, flags: flags(U32, &SLEEP_FLAGS), new_value: input(&ITIMERSPEC),
        old_value: output(&ITIMERSPEC) => optional,
    )),
    call!(getitimer(which: one_of(I32, &ITIMER), curr_value: output(&ITIMERVAL))),
    call!(setitimer(
        which: one_of(I32, &ITIMER), new_value: input(&ITIMERVAL) => optional,
        old_value: output(&ITIMERVAL) => optional,
    )),
    call!(alarm(seconds: UINT)),
    call!(gettimeofday(tv: output(&TIMEVAL) => optional, tz: ANY_OUT => optional)),
];
