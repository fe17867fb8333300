//! Scheduling: policies, priorities, affinity, and the order of memory accesses among threads.

use linux_raw_sys::general::*;

use super::prelude::*;

subsystem! {
    calls {
        own!(getpriority(which: one_of(I32, &PRIORITY), who: UINT) -> Int),
        call!(setpriority(which: one_of(I32, &PRIORITY), who: UINT, prio: INT); effect: SETPRIORITY_EFFECT),
        own!(sched_yield()),
        call!(sched_setscheduler(pid: INT, policy: one_of(I32, &SCHED), param: input(&SCHED_PARAM));
            effect: Effect::HandsDown(0)),
        own!(sched_getscheduler(pid: INT) -> Int; page: Some("sched_setscheduler")),
        call!(sched_setparam(pid: INT, param: input(&SCHED_PARAM)); effect: Effect::HandsDown(0)),
        own!(sched_getparam(pid: INT, param: output(&SCHED_PARAM)); page: Some("sched_setparam")),
        call!(sched_setattr(pid: INT, attr: input(&SCHED_ATTR), flags: UINT => optional);
            effect: Effect::HandsDown(0)),
        own!(sched_getattr(pid: INT, attr: output(&SCHED_ATTR), size: len(U32, "attr"), flags: flags(U32, &SCHED_GETATTR) => optional);
            page: Some("sched_setattr")),
        own!(sched_get_priority_max(policy: one_of(I32, &SCHED)) -> Int),
        own!(sched_get_priority_min(policy: one_of(I32, &SCHED)) -> Int; page: Some("sched_get_priority_max")),
        own!(sched_rr_get_interval(pid: INT, tp: output(&super::time::TIMESPEC))),
        call!(sched_setaffinity(pid: INT, cpusetsize: len(U32, "mask"), mask: BYTES_IN); effect: Effect::HandsDown(0)),
        // The kernel fills a whole number of words and returns their bytes.
        own!(sched_getaffinity(pid: INT, cpusetsize: len(U32, "mask"), mask: BYTES_OUT) -> Bytes;
            page: Some("sched_setaffinity")),
        own!(getcpu(cpu: output(&UINT) => optional, node: output(&UINT) => optional, tcache: ADDR => optional)),
        call!(ioprio_set(which: one_of(I32, &IOPRIO_WHO), who: INT, ioprio: UINT);
            effect: IOPRIO_SET_EFFECT),
        own!(ioprio_get(which: one_of(I32, &IOPRIO_WHO), who: INT) -> Int; page: Some("ioprio_set")),
        own!(membarrier(cmd: one_of(I32, &MEMBARRIER), flags: flags(U32, &MEMBARRIER_FLAGS), cpu_id: INT => optional)
            -> Int),
        own!(rseq(rseq: ADDR, rseq_len: UINT, flags: flags(U32, &RSEQ), sig: UINT)),
        own!(rseq_slice_yield() -> Int),
    }
    constants {
        one_of PRIORITY = "priority targets" { PRIO_PROCESS, PRIO_PGRP, PRIO_USER }
        one_of SCHED = "scheduling policies" {
            SCHED_OTHER = SCHED_NORMAL, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE, SCHED_DEADLINE, SCHED_EXT,
            // A flag beside the policies, which do not combine.
            SCHED_RESET_ON_FORK,
        }
        flags SCHED_FLAG = "sched_attr flags" {
            SCHED_FLAG_RESET_ON_FORK, SCHED_FLAG_RECLAIM, SCHED_FLAG_DL_OVERRUN, SCHED_FLAG_KEEP_POLICY,
            SCHED_FLAG_KEEP_PARAMS, SCHED_FLAG_UTIL_CLAMP_MIN, SCHED_FLAG_UTIL_CLAMP_MAX,
        }
        flags SCHED_GETATTR = "sched_getattr flags" { SCHED_GETATTR_FLAG_DL_DYNAMIC = 1 }
        one_of IOPRIO_WHO = "ioprio targets" { IOPRIO_WHO_PROCESS, IOPRIO_WHO_PGRP = 2, IOPRIO_WHO_USER = 3 }
        // In a priority they stand 13 bits higher, above the level: `8192 * IOPRIO_CLASS_BE + 4`.
        one_of IOPRIO_CLASS = "ioprio classes" {
            IOPRIO_CLASS_NONE = 0, IOPRIO_CLASS_RT = 1, IOPRIO_CLASS_BE = 2, IOPRIO_CLASS_IDLE = 3,
        }
        one_of MEMBARRIER = "membarrier commands" {
            MEMBARRIER_CMD_QUERY = 0, MEMBARRIER_CMD_GLOBAL = 1, MEMBARRIER_CMD_GLOBAL_EXPEDITED = 2,
            MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED = 4, MEMBARRIER_CMD_PRIVATE_EXPEDITED = 8,
            MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED = 16, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE = 32,
            MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 64, MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ = 128,
            MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ = 256, MEMBARRIER_CMD_GET_REGISTRATIONS = 512,
            MEMBARRIER_CMD_SHARED = 1,
        }
        flags MEMBARRIER_FLAGS = "membarrier flags" { MEMBARRIER_CMD_FLAG_CPU = 1 }
        flags RSEQ = "rseq flags" { RSEQ_FLAG_UNREGISTER = 1, RSEQ_FLAG_SLICE_EXT_DEFAULT_ON = 2 }
    }
    laid {
        SCHED_PARAM = "sched_param" { sched_priority = INT }
        SCHED_ATTR = "sched_attr" {
            size = UINT, sched_policy = one_of(U32, &SCHED), sched_flags = flags(U64, &SCHED_FLAG), sched_nice = INT,
            sched_priority = UINT, sched_runtime = ULONG, sched_deadline = ULONG, sched_period = ULONG,
            sched_util_min = UINT, sched_util_max = UINT,
        } => { defaults: &[("size", 56)] }
    }
}

/// Of a process, or of a group's and of all of a user's.
const SETPRIORITY_EFFECT: Effect = Effect::by(0, &[(&[PRIO_PROCESS], Effect::HandsDown(1))], &ALL_OF_THEM);
const IOPRIO_SET_EFFECT: Effect = Effect::by(0, &[(&[IOPRIO_WHO_PROCESS], Effect::HandsDown(1))], &ALL_OF_THEM);
const ALL_OF_THEM: Effect = Effect::All(&[Effect::AnyProcess, Effect::ANYTHING]);

const IOPRIO_WHO_PROCESS: u32 = 1;
