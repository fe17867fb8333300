//! Clocks, timers, sleeping.

use linux_raw_sys::general::*;

use super::prelude::*;

subsystem! {
    calls {
        own!(nanosleep(duration: input(&TIMESPEC), rem: output(&TIMESPEC) => optional)),
        own!(clock_gettime(clockid: one_of(I32, &CLOCK), tp: output(&TIMESPEC))),
        call!(clock_settime(clockid: one_of(I32, &CLOCK), tp: input(&TIMESPEC)); effect: CLOCK_CHANGE),
        own!(clock_getres(clockid: one_of(I32, &CLOCK), res: output(&TIMESPEC) => optional)),
        own!(clock_nanosleep(
            clockid: one_of(I32, &CLOCK), flags: flags(U32, &SLEEP_FLAGS), t: input(&TIMESPEC),
            remain: output(&TIMESPEC) => optional,
        )),
        call!(clock_adjtime(clk_id: one_of(I32, &CLOCK), buf: ANY_INOUT) -> Int; effect: CLOCK_CHANGE),
        call!(adjtimex(buf: ANY_INOUT) -> Int; effect: CLOCK_CHANGE),
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
        call!(settimeofday(tv: input(&TIMEVAL) => optional, tz: ANY_IN => optional); effect: CLOCK_CHANGE),
    }
    constants {
        one_of CLOCK = "clocks" {
            CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
            CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME,
            CLOCK_REALTIME_ALARM, CLOCK_BOOTTIME_ALARM, CLOCK_TAI,
        }
        flags SLEEP_FLAGS = "clock_nanosleep flags" { TIMER_ABSTIME }
        flags TIMERFD_CREATE = "timerfd_create flags" { TFD_CLOEXEC, TFD_NONBLOCK }
        flags TIMERFD_SETTIME = "timerfd_settime flags" { TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET }
        one_of ITIMER = "interval timers" { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF }
    }
    structures {
        TIMESPEC = "timespec" as timespec { tv_sec: plain(), tv_nsec: plain() }
        TIMEVAL = "timeval" as timeval { tv_sec: plain(), tv_usec: plain() }
        ITIMERSPEC = "itimerspec" as itimerspec { it_interval = TIMESPEC, it_value = TIMESPEC }
        ITIMERVAL = "itimerval" as itimerval { it_interval = TIMEVAL, it_value = TIMEVAL }
    }
}

const CLOCK_CHANGE: Effect = Effect::changes("changes the clock");
