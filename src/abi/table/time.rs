//! Clocks, timers, sleeping.

use linux_raw_sys::general::*;

use super::prelude::*;
use super::signal::SIGEVENT;

subsystem! {
    calls {
        own!(nanosleep(duration: input(&TIMESPEC), rem: output(&TIMESPEC) => optional)),
        own!(clock_gettime(clockid: one_of(I32, &CLOCK), tp: output(&TIMESPEC))),
        call!(clock_settime(clockid: one_of(I32, &CLOCK), tp: input(&TIMESPEC)); effect: NAMED_CLOCK),
        own!(clock_getres(clockid: one_of(I32, &CLOCK), res: output(&TIMESPEC) => optional)),
        own!(clock_nanosleep(
            clockid: one_of(I32, &CLOCK), flags: flags(U32, &SLEEP_FLAGS), t: input(&TIMESPEC),
            remain: output(&TIMESPEC) => optional,
        )),
        call!(clock_adjtime(clk_id: one_of(I32, &CLOCK), buf: inout(&TIMEX)) -> Int;
            effect: NAMED_CLOCK, page: Some("adjtimex")),
        call!(adjtimex(buf: inout(&TIMEX)) -> Int; effect: CLOCK_CHANGE),
        own!(timerfd_create(clockid: one_of(I32, &CLOCK), flags: flags(U32, &TIMERFD_CREATE)) -> Fd),
        own!(timerfd_settime(
            fd: FD, flags: flags(U32, &TIMERFD_SETTIME), new_value: input(&ITIMERSPEC),
            old_value: output(&ITIMERSPEC) => optional,
        )),
        own!(timerfd_gettime(fd: FD, curr_value: output(&ITIMERSPEC))),
        own!(timer_create(clockid: one_of(I32, &CLOCK), sevp: input(&SIGEVENT) => optional, timerid: output(&INT))),
        own!(timer_settime(
            timerid: INT, flags: flags(U32, &SLEEP_FLAGS), new_value: input(&ITIMERSPEC),
            old_value: output(&ITIMERSPEC) => optional,
        )),
        own!(timer_gettime(timerid: INT, curr_value: output(&ITIMERSPEC)); page: Some("timer_settime")),
        own!(timer_getoverrun(timerid: INT) -> Int),
        own!(timer_delete(timerid: INT)),
        own!(time(tloc: output(&LONG) => optional) -> Int),
        own!(times(buf: output(&TMS) => optional) -> Int),
        own!(getitimer(which: one_of(I32, &ITIMER), curr_value: output(&ITIMERVAL))),
        own!(setitimer(
            which: one_of(I32, &ITIMER), new_value: input(&ITIMERVAL) => optional,
            old_value: output(&ITIMERVAL) => optional,
        )),
        own!(alarm(seconds: UINT) -> Int),
        own!(gettimeofday(tv: output(&TIMEVAL) => optional, tz: output(&TIMEZONE) => optional)),
        call!(settimeofday(tv: input(&TIMEVAL) => optional, tz: input(&TIMEZONE) => optional); effect: CLOCK_CHANGE),
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
        flags ADJ = "adjtimex modes" {
            ADJ_OFFSET_SS_READ = 0xa001, ADJ_OFFSET_SINGLESHOT = 0x8001, ADJ_OFFSET = 1, ADJ_FREQUENCY = 2, ADJ_MAXERROR = 4, ADJ_ESTERROR = 8,
            ADJ_STATUS = 16, ADJ_TIMECONST = 32, ADJ_TAI = 128, ADJ_SETOFFSET = 256, ADJ_MICRO = 0x1000, ADJ_NANO = 0x2000, ADJ_TICK = 0x4000,
        }
        flags STA = "clock status bits" {
            STA_PLL = 1, STA_PPSFREQ = 2, STA_PPSTIME = 4, STA_FLL = 8, STA_INS = 16, STA_DEL = 32, STA_UNSYNC = 64, STA_FREQHOLD = 128, STA_PPSSIGNAL = 256,
            STA_PPSJITTER = 512, STA_PPSWANDER = 1024, STA_PPSERROR = 2048, STA_CLOCKERR = 0x1000, STA_NANO = 0x2000, STA_MODE = 0x4000, STA_CLK = 0x8000,
        }
        one_of ITIMER = "interval timers" { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF }
    }
    structures {
        TIMESPEC = "timespec" as timespec { tv_sec: plain(), tv_nsec: plain() }
        TIMEVAL = "timeval" as timeval { tv_sec: plain(), tv_usec: plain() }
        ITIMERSPEC = "itimerspec" as itimerspec { it_interval = TIMESPEC, it_value = TIMESPEC }
        ITIMERVAL = "itimerval" as itimerval { it_interval = TIMEVAL, it_value = TIMEVAL }
        TIMEZONE = "timezone" as timezone { tz_minuteswest: plain(), tz_dsttime: plain() }
    }
    laid {
        TMS = "tms" { tms_utime = LONG, tms_stime = LONG, tms_cutime = LONG, tms_cstime = LONG }
        TIMEX = "timex" {
            modes = flags(U32, &ADJ), offset = LONG, freq = LONG, maxerror = LONG, esterror = LONG,
            status = flags(I32, &STA), constant = LONG, precision = LONG, tolerance = LONG, time = TIMEVAL,
            tick = LONG, ppsfreq = LONG, jitter = LONG, shift = INT, stabil = LONG, jitcnt = LONG, calcnt = LONG,
            errcnt = LONG, stbcnt = LONG, tai = INT, unused = Kind::Fixed(&INT, 11),
        }
    }
}

const CLOCK_CHANGE: Effect = Effect::changes_by("CAP_SYS_TIME", "changes the clock");
/// Of a clock that is a device, the kernel asks whether its descriptor may be written to.
const NAMED_CLOCK: Effect =
    Effect::by(0, &[(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11], CLOCK_CHANGE)], &Effect::changes("changes a device's clock"));
