//! Clocks, timers, sleeping.

use super::reach::*;

use crate::abi::Syscall;
use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;

pub(super) static CALLS: &[Syscall] = &[
    own!(nanosleep(duration: input(&TIMESPEC), rem: output(&TIMESPEC) => optional)),
    own!(clock_gettime(clockid: one_of(I32, &CLOCK), tp: output(&TIMESPEC))),
    call!(clock_settime(clockid: one_of(I32, &CLOCK), tp: input(&TIMESPEC)); effect: CLOCK_CHANGE),
    own!(clock_getres(clockid: one_of(I32, &CLOCK), res: output(&TIMESPEC) => optional)),
    own!(clock_nanosleep(
        clockid: one_of(I32, &CLOCK), flags: flags(U32, &SLEEP_FLAGS), t: input(&TIMESPEC),
        remain: output(&TIMESPEC) => optional,
    )),
    own!(timerfd_create(clockid: one_of(I32, &CLOCK), flags: flags(U32, &TIMERFD_CREATE)) -> Fd),
    own!(timerfd_settime(
        fd: FD, flags: flags(U32, &TIMERFD_SETTIME), new_value: input(&ITIMERSPEC),
        old_value: output(&ITIMERSPEC) => optional,
    )),
    own!(timerfd_gettime(fd: FD, curr_value: output(&ITIMERSPEC))),
    own!(timer_create(clockid: one_of(I32, &CLOCK), sevp: ANY_IN => optional, timerid: output(&INT))),
    own!(timer_settime(
        timerid: INT, flags: flags(U32, &SLEEP_FLAGS), new_value: input(&ITIMERSPEC),
        old_value: output(&ITIMERSPEC) => optional,
    )),
    own!(getitimer(which: one_of(I32, &ITIMER), curr_value: output(&ITIMERVAL))),
    own!(setitimer(
        which: one_of(I32, &ITIMER), new_value: input(&ITIMERVAL) => optional,
        old_value: output(&ITIMERVAL) => optional,
    )),
    own!(alarm(seconds: UINT) -> Int),
    own!(gettimeofday(tv: output(&TIMEVAL) => optional, tz: ANY_OUT => optional)),
];
