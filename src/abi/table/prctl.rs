//! What a process sets for itself: prctl(2), seccomp(2), personality(2).

use linux_raw_sys::prctl::*;

use super::prelude::*;
use super::process::CAPABILITY;
use super::signal::SIGNAL;

subsystem! {
    calls {
        // prctl takes whole registers; what they mean depends on the option.
        call!(prctl(
            option: one_of(I32, &PRCTL), arg2: Kind::By("option", PRCTL_ARG2, &ULONG) => optional,
            arg3: Kind::By("option", PRCTL_ARG3, &ULONG) => optional, arg4: ULONG => optional,
            arg5: ULONG => optional,
        ) -> Int; effect: PRCTL_EFFECT),
        // Programs are given as bytes.
        own!(seccomp(operation: UINT, flags: UINT, args: ANY_IN => optional) -> Int),
        call!(personality(persona: UINT) -> Int; effect: PERSONALITY_EFFECT),
    }
    constants {
        one_of PRCTL = "prctl options" {
            PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_DUMPABLE, PR_GET_KEEPCAPS,
            PR_SET_KEEPCAPS, PR_GET_TIMING, PR_SET_TIMING, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP,
            PR_SET_SECCOMP, PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_GET_TSC, PR_SET_TSC, PR_GET_SECUREBITS,
            PR_SET_SECUREBITS, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK, PR_TASK_PERF_EVENTS_DISABLE,
            PR_TASK_PERF_EVENTS_ENABLE, PR_MCE_KILL, PR_MCE_KILL_GET, PR_SET_MM, PR_SET_PTRACER,
            PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS,
            PR_GET_TID_ADDRESS, PR_SET_THP_DISABLE, PR_GET_THP_DISABLE, PR_CAP_AMBIENT,
            PR_GET_SPECULATION_CTRL, PR_SET_SPECULATION_CTRL, PR_SET_IO_FLUSHER, PR_GET_IO_FLUSHER,
            PR_SET_SYSCALL_USER_DISPATCH, PR_SCHED_CORE, PR_SET_MDWE, PR_GET_MDWE, PR_SET_VMA, PR_GET_AUXV,
            PR_SET_MEMORY_MERGE, PR_GET_MEMORY_MERGE, PR_FUTEX_HASH,
        }
        one_of CAP_AMBIENT = "ambient capability operations" {
            PR_CAP_AMBIENT_IS_SET, PR_CAP_AMBIENT_RAISE, PR_CAP_AMBIENT_LOWER, PR_CAP_AMBIENT_CLEAR_ALL,
        }
    }
}

static PRCTL_ARG2: &[(&str, Kind)] = &[
    ("PR_SET_PDEATHSIG", one_of(U64, &SIGNAL)),
    ("PR_GET_PDEATHSIG", output(&INT)),
    ("PR_SET_NAME", PATH),
    ("PR_GET_NAME", BYTES_OUT),
    ("PR_CAPBSET_READ", one_of(U64, &CAPABILITY)),
    ("PR_CAPBSET_DROP", one_of(U64, &CAPABILITY)),
    ("PR_CAP_AMBIENT", one_of(U64, &CAP_AMBIENT)),
    ("PR_GET_CHILD_SUBREAPER", output(&INT)),
    ("PR_GET_TSC", output(&INT)),
    ("PR_GET_TID_ADDRESS", output(&ULONG)),
];

static PRCTL_ARG3: &[(&str, Kind)] = &[("PR_CAP_AMBIENT", one_of(U64, &CAPABILITY))];

/// Operations up to 127 are the caller's own but for the one that shares its core's cookie, as are those with names
/// for numbers.
const PRCTL_EFFECT: Effect = Effect::by(
    0,
    &[(&[PR_SCHED_CORE], Effect::Others(2)), (&[PR_SET_PTRACER, PR_SET_VMA, PR_GET_AUXV], Effect::Own)],
    &Effect::by_bits(0, !0x7f, &[(&[0], Effect::Own)], &Effect::ANYTHING),
);

/// With READ_IMPLIES_EXEC, all memory from then on can be run; all bits: it only asks.
const PERSONALITY_EFFECT: Effect = Effect::by(
    0,
    &[(&[u32::MAX], Effect::Own)],
    &Effect::by_bits(0, libc::READ_IMPLIES_EXEC as u32, &[(&[0], Effect::Own)], &Effect::ANYTHING),
);
