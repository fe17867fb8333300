//! What requests to io_uring may ask for.

use super::prelude::*;

// The headers, as packaged, lack some of these.
subsystem! {
    constants {
        flags URING_FSYNC = "IORING_OP_FSYNC flags" { IORING_FSYNC_DATASYNC = 1 }
        // Two bits for the clock.
        flags URING_TIMEOUT = "io_uring timeout flags" {
            IORING_TIMEOUT_ABS = 1, IORING_TIMEOUT_UPDATE = 2, IORING_TIMEOUT_BOOTTIME = 4, IORING_TIMEOUT_REALTIME = 8,
            IORING_LINK_TIMEOUT_UPDATE = 0x10, IORING_TIMEOUT_ETIME_SUCCESS = 0x20, IORING_TIMEOUT_MULTISHOT = 0x40,
            IORING_TIMEOUT_IMMEDIATE_ARG = 0x80,
        }
        flags URING_CANCEL = "io_uring cancellation flags" {
            IORING_ASYNC_CANCEL_ALL = 1, IORING_ASYNC_CANCEL_FD = 2, IORING_ASYNC_CANCEL_ANY = 4,
            IORING_ASYNC_CANCEL_FD_FIXED = 8, IORING_ASYNC_CANCEL_USERDATA = 0x10, IORING_ASYNC_CANCEL_OP = 0x20,
        }
        flags URING_NOP = "IORING_OP_NOP flags" {
            IORING_NOP_INJECT_RESULT = 1, IORING_NOP_FILE = 2, IORING_NOP_FIXED_FILE = 4, IORING_NOP_FIXED_BUFFER = 8,
            IORING_NOP_TW = 0x10, IORING_NOP_CQE32 = 0x20,
        }
        flags URING_MSG_RING = "IORING_OP_MSG_RING flags" { IORING_MSG_RING_CQE_SKIP = 1, IORING_MSG_RING_FLAGS_PASS = 2 }
        one_of URING_MSG = "IORING_OP_MSG_RING commands" { IORING_MSG_DATA = 0, IORING_MSG_SEND_FD = 1 }
        flags URING_CMD = "IORING_OP_URING_CMD flags" { IORING_URING_CMD_FIXED = 1, IORING_URING_CMD_MULTISHOT = 2 }
        flags URING_INSTALL = "IORING_OP_FIXED_FD_INSTALL flags" { IORING_FIXED_FD_NO_CLOEXEC = 1 }
        flags URING_ACCEPT = "IORING_OP_ACCEPT flags" {
            IORING_ACCEPT_MULTISHOT = 1, IORING_ACCEPT_DONTWAIT = 2, IORING_ACCEPT_POLL_FIRST = 4,
        }
        flags URING_RECVSEND = "io_uring receive and send flags" {
            IORING_RECVSEND_POLL_FIRST = 1, IORING_RECV_MULTISHOT = 2, IORING_RECVSEND_FIXED_BUF = 4,
            IORING_SEND_ZC_REPORT_USAGE = 8, IORING_RECVSEND_BUNDLE = 0x10, IORING_SEND_VECTORIZED = 0x20,
        }
        flags URING_POLL = "IORING_OP_POLL_ADD flags" {
            IORING_POLL_ADD_MULTI = 1, IORING_POLL_UPDATE_EVENTS = 2, IORING_POLL_UPDATE_USER_DATA = 4,
            IORING_POLL_ADD_LEVEL = 8,
        }
        one_of URING_INDEX = "places of direct descriptors" { IORING_FILE_INDEX_ALLOC = u32::MAX }
        flags URING_MEM_REGION_FLAG = "io_uring memory region flags" { IORING_MEM_REGION_REG_WAIT_ARG = 1 }
        flags URING_MEM_REGION_TYPE = "io_uring memory region kinds" { IORING_MEM_REGION_TYPE_USER = 1 }
        flags URING_RW_ATTR = "io_uring attributes" { IORING_RW_ATTR_FLAG_PI = 1 }
        flags URING_CQ = "completion ring flags" { IORING_CQ_EVENTFD_DISABLED = 1 }
    }
}

/// What `ioprio` holds, by the operation.
pub(super) static URING_IOPRIO: &[(&str, Kind)] = &[
    ("IORING_OP_ACCEPT", flags(U16, &URING_ACCEPT)),
    ("IORING_OP_SEND", flags(U16, &URING_RECVSEND)),
    ("IORING_OP_RECV", flags(U16, &URING_RECVSEND)),
    ("IORING_OP_SENDMSG", flags(U16, &URING_RECVSEND)),
    ("IORING_OP_RECVMSG", flags(U16, &URING_RECVSEND)),
    ("IORING_OP_SEND_ZC", flags(U16, &URING_RECVSEND)),
    ("IORING_OP_SENDMSG_ZC", flags(U16, &URING_RECVSEND)),
    ("IORING_OP_RECV_ZC", flags(U16, &URING_RECVSEND)),
];

/// What `len` holds, by the operation.
pub(super) static URING_LEN: &[(&str, Kind)] =
    &[("IORING_OP_POLL_ADD", flags(U32, &URING_POLL)), ("IORING_OP_POLL_REMOVE", flags(U32, &URING_POLL))];

/// What `addr` holds if that is a number, by the operation.
pub(super) static URING_ADDR: &[(&str, Kind)] = &[("IORING_OP_MSG_RING", one_of(U64, &URING_MSG))];
