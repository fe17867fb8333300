//! Clocks and timers.

use linux_raw_sys::general::*;

sets! {
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
