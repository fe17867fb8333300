//! Reading, writing and moving data, at once or by requests.

use linux_raw_sys::general::*;
use linux_raw_sys::io_uring::io_uring_op::*;
use linux_raw_sys::io_uring::io_uring_register_op::*;
use linux_raw_sys::io_uring::{
    io_cqring_offsets, io_sqring_offsets, io_uring_buf, io_uring_buf_reg, io_uring_buf_status, io_uring_clock_register,
    io_uring_clone_buffers, io_uring_cqe, io_uring_file_index_range, io_uring_files_update, io_uring_getevents_arg,
    io_uring_mem_region_reg, io_uring_napi, io_uring_params, io_uring_probe_op, io_uring_region_desc,
    io_uring_restriction, io_uring_rsrc_register, io_uring_rsrc_update2, io_uring_sqe, io_uring_sync_cancel_reg, *,
};

use super::fs::{OPEN, STAT_FLAGS};
use super::net::{ACCEPT, MSG};
use super::prelude::*;
use super::time::{CLOCK, TIMESPEC};
use super::uring::{
    URING_ADDR, URING_CANCEL, URING_CMD, URING_FSYNC, URING_INDEX, URING_INSTALL, URING_IOPRIO, URING_LEN,
    URING_MEM_REGION_FLAG, URING_MEM_REGION_TYPE, URING_MSG_RING, URING_NOP, URING_RW_ATTR, URING_TIMEOUT,
};

subsystem! {
    calls {
        // The kernel takes a vector's offset in two registers; on 64-bit machines the second does not count.
        own!(read(fd: FD, buf: BYTES_OUT, count: size("buf")) -> Bytes),
        own!(write(fd: FD, buf: BYTES_IN, count: size("buf")) -> Bytes),
        own!(readv(fd: FD, iov: IOV_OUT, iovcnt: size("iov")) -> Bytes; also: &["read"]),
        own!(writev(fd: FD, iov: IOV_IN, iovcnt: size("iov")) -> Bytes; also: &["write"]),
        own!(pread64(fd: FD, buf: BYTES_OUT, count: size("buf"), offset: OFF) -> Bytes;
            page: Some("pread"), also: &["read", "lseek"]),
        own!(pwrite64(fd: FD, buf: BYTES_IN, count: size("buf"), offset: OFF) -> Bytes;
            page: Some("pwrite"), also: &["write", "lseek"]),
        own!(preadv(fd: FD, iov: IOV_OUT, iovcnt: size("iov"), offset: OFF, offset_high: ULONG => optional) -> Bytes;
            page: Some("readv"), also: &["read", "lseek"]),
        own!(pwritev(fd: FD, iov: IOV_IN, iovcnt: size("iov"), offset: OFF, offset_high: ULONG => optional) -> Bytes;
            page: Some("writev"), also: &["write", "lseek"]),
        own!(preadv2(
            fd: FD, iov: IOV_OUT, iovcnt: size("iov"), offset: OFF, offset_high: ULONG => optional,
            flags: flags(U32, &RWF),
        ) -> Bytes; page: Some("readv"), also: &["read", "lseek"]),
        own!(pwritev2(
            fd: FD, iov: IOV_IN, iovcnt: size("iov"), offset: OFF, offset_high: ULONG => optional,
            flags: flags(U32, &RWF),
        ) -> Bytes; page: Some("writev"), also: &["write", "lseek"]),
        own!(lseek(fd: FD, offset: OFF, whence: one_of(U32, &WHENCE)) -> Offset),
        own!(splice(
            fd_in: FD, off_in: inout(&OFF) => optional, fd_out: FD, off_out: inout(&OFF) => optional,
            len: SIZE, flags: flags(U32, &SPLICE),
        ) -> Bytes; hints: SPLICE_HINTS),
        own!(tee(fd_in: FD, fd_out: FD, len: SIZE, flags: flags(U32, &SPLICE)) -> Bytes; hints: PIPE_HINTS),
        // From memory into a pipe, or out of a pipe into memory: the descriptor decides.
        own!(vmsplice(fd: FD, iov: IOV_INOUT, nr_segs: size("iov"), flags: flags(U32, &SPLICE)) -> Bytes;
            hints: PIPE_HINTS),
        own!(sendfile(out_fd: FD, in_fd: FD, offset: inout(&OFF) => optional, count: SIZE) -> Bytes),
        own!(copy_file_range(
            fd_in: FD, off_in: inout(&OFF) => optional, fd_out: FD, off_out: inout(&OFF) => optional,
            len: SIZE, flags: UINT => optional,
        ) -> Bytes),
        own!(readahead(fd: FD, offset: OFF, count: SIZE)),
        own!(fadvise64(fd: FD, offset: OFF, len: OFF, advice: one_of(I32, &FADVISE)); page: Some("posix_fadvise")),
        own!(fsync(fd: FD)),
        own!(fdatasync(fd: FD)),
        own!(sync_file_range(fd: FD, offset: OFF, nbytes: OFF, flags: flags(U32, &SYNC_FILE_RANGE))),
        own!(sync()),
        own!(syncfs(fd: FD)),
        own!(cachestat(
            fd: FD, cstat_range: input(&CACHESTAT_RANGE), cstat: output(&CACHESTAT), flags: UINT => optional,
        )),
        // A context ends with the process, and what it still has to do is waited for.
        own!(io_setup(nr_events: UINT, ctx_idp: inout(&ADDR)); x32: Some(543)),
        own!(io_destroy(ctx_id: ADDR)),
        own!(io_submit(ctx_id: ADDR, nr: len(I64, "iocbpp"), iocbpp: Kind::Array(Dir::In, &IOCB_POINTER)) -> Count;
            x32: Some(544)),
        own!(io_cancel(ctx_id: ADDR, iocb: input(&IOCB), result: output(&IO_EVENT))),
        own!(io_getevents(
            ctx_id: ADDR, min_nr: LONG, nr: len(I64, "events"), events: EVENTS, timeout: input(&TIMESPEC) => optional,
        ) -> Count),
        own!(io_pgetevents(
            ctx_id: ADDR, min_nr: LONG, nr: len(I64, "events"), events: EVENTS, timeout: input(&TIMESPEC) => optional,
            usig: input(&AIO_SIGSET) => optional,
        ) -> Count; page: Some("io_getevents")),
        // Requests lie in memory, where nobody can tell what they ask for.
        call!(io_uring_setup(entries: UINT, p: inout(&URING_PARAMS)) -> Fd; effect: UNFILTERED),
        call!(io_uring_enter(
            fd: FD, to_submit: UINT, min_complete: UINT, flags: flags(U32, &URING_ENTER),
            sig: Kind::By("flags", URING_ENTER_ARG, &SIGNALS) => optional, argsz: size("sig") => optional,
        ) -> Count; effect: UNFILTERED),
        call!(io_uring_register(
            fd: FD, opcode: one_of(U32, &URING_REGISTER), arg: Kind::By("opcode", URING_REGISTER_ARG, &ADDR) => optional,
            nr_args: Kind::By("opcode", URING_REGISTER_COUNT, &UINT) => optional,
        ) -> Int; effect: UNFILTERED),
    }
    constants {
        one_of WHENCE = "whence" { SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2, SEEK_DATA = 3, SEEK_HOLE = 4 }
        flags RWF = "preadv2 and pwritev2 flags" {
            RWF_HIPRI, RWF_DSYNC, RWF_SYNC, RWF_NOWAIT, RWF_APPEND, RWF_NOAPPEND = 0x20, RWF_ATOMIC = 0x40,
            RWF_DONTCACHE = 0x80, RWF_NOSIGNAL = 0x100,
        }
        flags SPLICE = "splice flags" { SPLICE_F_MOVE, SPLICE_F_NONBLOCK, SPLICE_F_MORE, SPLICE_F_GIFT }
        one_of FADVISE = "fadvise advice" {
            POSIX_FADV_NORMAL, POSIX_FADV_RANDOM, POSIX_FADV_SEQUENTIAL, POSIX_FADV_WILLNEED,
            POSIX_FADV_DONTNEED, POSIX_FADV_NOREUSE,
        }
        flags SYNC_FILE_RANGE = "sync_file_range flags" {
            SYNC_FILE_RANGE_WRITE_AND_WAIT = 7, SYNC_FILE_RANGE_WAIT_BEFORE = 1, SYNC_FILE_RANGE_WRITE = 2, SYNC_FILE_RANGE_WAIT_AFTER = 4,
        }
        one_of IOCB_CMD = "asynchronous operations" {
            IOCB_CMD_PREAD = 0, IOCB_CMD_PWRITE = 1, IOCB_CMD_FSYNC = 2, IOCB_CMD_FDSYNC = 3, IOCB_CMD_POLL = 5,
            IOCB_CMD_NOOP = 6, IOCB_CMD_PREADV = 7, IOCB_CMD_PWRITEV = 8,
        }
        flags IOCB_FLAG = "asynchronous flags" { IOCB_FLAG_RESFD = 1, IOCB_FLAG_IOPRIO = 2 }
        flags URING_SETUP = "io_uring_setup flags" {
            IORING_SETUP_IOPOLL, IORING_SETUP_SQPOLL, IORING_SETUP_SQ_AFF, IORING_SETUP_CQSIZE, IORING_SETUP_CLAMP,
            IORING_SETUP_ATTACH_WQ, IORING_SETUP_R_DISABLED, IORING_SETUP_SUBMIT_ALL, IORING_SETUP_COOP_TASKRUN,
            IORING_SETUP_TASKRUN_FLAG, IORING_SETUP_SQE128, IORING_SETUP_CQE32, IORING_SETUP_SINGLE_ISSUER,
            IORING_SETUP_DEFER_TASKRUN, IORING_SETUP_NO_MMAP, IORING_SETUP_REGISTERED_FD_ONLY,
            IORING_SETUP_NO_SQARRAY, IORING_SETUP_HYBRID_IOPOLL, IORING_SETUP_CQE_MIXED = 1 << 18,
            IORING_SETUP_SQE_MIXED = 1 << 19, IORING_SETUP_SQ_REWIND = 1 << 20,
        }
        flags URING_FEAT = "io_uring features" {
            IORING_FEAT_SINGLE_MMAP, IORING_FEAT_NODROP, IORING_FEAT_SUBMIT_STABLE, IORING_FEAT_RW_CUR_POS,
            IORING_FEAT_CUR_PERSONALITY, IORING_FEAT_FAST_POLL, IORING_FEAT_POLL_32BITS, IORING_FEAT_SQPOLL_NONFIXED,
            IORING_FEAT_EXT_ARG, IORING_FEAT_NATIVE_WORKERS, IORING_FEAT_RSRC_TAGS, IORING_FEAT_CQE_SKIP,
            IORING_FEAT_LINKED_FILE, IORING_FEAT_REG_REG_RING, IORING_FEAT_RECVSEND_BUNDLE, IORING_FEAT_MIN_TIMEOUT,
            IORING_FEAT_RW_ATTR, IORING_FEAT_NO_IOWAIT,
        }
        flags URING_ENTER = "io_uring_enter flags" {
            IORING_ENTER_GETEVENTS, IORING_ENTER_SQ_WAKEUP, IORING_ENTER_SQ_WAIT, IORING_ENTER_EXT_ARG,
            IORING_ENTER_REGISTERED_RING, IORING_ENTER_ABS_TIMER, IORING_ENTER_EXT_ARG_REG, IORING_ENTER_NO_IOWAIT,
        }
        one_of URING_OP = "io_uring operations" {
            IORING_OP_NOP, IORING_OP_READV, IORING_OP_WRITEV, IORING_OP_FSYNC, IORING_OP_READ_FIXED,
            IORING_OP_WRITE_FIXED, IORING_OP_POLL_ADD, IORING_OP_POLL_REMOVE, IORING_OP_SYNC_FILE_RANGE,
            IORING_OP_SENDMSG, IORING_OP_RECVMSG, IORING_OP_TIMEOUT, IORING_OP_TIMEOUT_REMOVE, IORING_OP_ACCEPT,
            IORING_OP_ASYNC_CANCEL, IORING_OP_LINK_TIMEOUT, IORING_OP_CONNECT, IORING_OP_FALLOCATE, IORING_OP_OPENAT,
            IORING_OP_CLOSE, IORING_OP_FILES_UPDATE, IORING_OP_STATX, IORING_OP_READ, IORING_OP_WRITE,
            IORING_OP_FADVISE, IORING_OP_MADVISE, IORING_OP_SEND, IORING_OP_RECV, IORING_OP_OPENAT2,
            IORING_OP_EPOLL_CTL, IORING_OP_SPLICE, IORING_OP_PROVIDE_BUFFERS, IORING_OP_REMOVE_BUFFERS, IORING_OP_TEE,
            IORING_OP_SHUTDOWN, IORING_OP_RENAMEAT, IORING_OP_UNLINKAT, IORING_OP_MKDIRAT, IORING_OP_SYMLINKAT,
            IORING_OP_LINKAT, IORING_OP_MSG_RING, IORING_OP_FSETXATTR, IORING_OP_SETXATTR, IORING_OP_FGETXATTR,
            IORING_OP_GETXATTR, IORING_OP_SOCKET, IORING_OP_URING_CMD, IORING_OP_SEND_ZC, IORING_OP_SENDMSG_ZC,
            IORING_OP_READ_MULTISHOT, IORING_OP_WAITID, IORING_OP_FUTEX_WAIT, IORING_OP_FUTEX_WAKE,
            IORING_OP_FUTEX_WAITV, IORING_OP_FIXED_FD_INSTALL, IORING_OP_FTRUNCATE, IORING_OP_BIND, IORING_OP_LISTEN,
            IORING_OP_RECV_ZC, IORING_OP_EPOLL_WAIT, IORING_OP_READV_FIXED, IORING_OP_WRITEV_FIXED, IORING_OP_PIPE,
            IORING_OP_NOP128 = 63, IORING_OP_URING_CMD128 = 64,
        }
        one_of URING_REGISTER = "io_uring_register operations" {
            IORING_REGISTER_BUFFERS, IORING_UNREGISTER_BUFFERS, IORING_REGISTER_FILES, IORING_UNREGISTER_FILES,
            IORING_REGISTER_EVENTFD, IORING_UNREGISTER_EVENTFD, IORING_REGISTER_FILES_UPDATE,
            IORING_REGISTER_EVENTFD_ASYNC, IORING_REGISTER_PROBE, IORING_REGISTER_PERSONALITY,
            IORING_UNREGISTER_PERSONALITY, IORING_REGISTER_RESTRICTIONS, IORING_REGISTER_ENABLE_RINGS,
            IORING_REGISTER_FILES2, IORING_REGISTER_FILES_UPDATE2, IORING_REGISTER_BUFFERS2,
            IORING_REGISTER_BUFFERS_UPDATE, IORING_REGISTER_IOWQ_AFF, IORING_UNREGISTER_IOWQ_AFF,
            IORING_REGISTER_IOWQ_MAX_WORKERS, IORING_REGISTER_RING_FDS, IORING_UNREGISTER_RING_FDS,
            IORING_REGISTER_PBUF_RING, IORING_UNREGISTER_PBUF_RING, IORING_REGISTER_SYNC_CANCEL,
            IORING_REGISTER_FILE_ALLOC_RANGE, IORING_REGISTER_PBUF_STATUS, IORING_REGISTER_NAPI,
            IORING_UNREGISTER_NAPI, IORING_REGISTER_CLOCK, IORING_REGISTER_CLONE_BUFFERS,
            IORING_REGISTER_SEND_MSG_RING, IORING_REGISTER_ZCRX_IFQ, IORING_REGISTER_RESIZE_RINGS,
            IORING_REGISTER_MEM_REGION, IORING_REGISTER_QUERY = 35, IORING_REGISTER_ZCRX_CTRL = 36,
            IORING_REGISTER_BPF_FILTER = 37,
        }
        flags IOSQE = "submission flags" {
            IOSQE_FIXED_FILE = 1, IOSQE_IO_DRAIN = 2, IOSQE_IO_LINK = 4, IOSQE_IO_HARDLINK = 8, IOSQE_ASYNC = 0x10,
            IOSQE_BUFFER_SELECT = 0x20, IOSQE_CQE_SKIP_SUCCESS = 0x40,
        }
        flags CQE = "completion flags" {
            IORING_CQE_F_BUFFER, IORING_CQE_F_MORE, IORING_CQE_F_SOCK_NONEMPTY, IORING_CQE_F_NOTIF,
            IORING_CQE_F_BUF_MORE, IORING_CQE_F_SKIP = 1 << 5, IORING_CQE_F_32 = 1 << 15, IORING_CQE_F_TSTAMP_HW = 1 << 16,
        }
        one_of URING_OFF = "places of rings" { IORING_OFF_SQ_RING, IORING_OFF_CQ_RING, IORING_OFF_SQES }
        flags URING_SQ = "submission ring flags" { IORING_SQ_NEED_WAKEUP, IORING_SQ_CQ_OVERFLOW, IORING_SQ_TASKRUN }
        flags URING_RSRC = "io_uring resource flags" { IORING_RSRC_REGISTER_SPARSE }
        one_of URING_RESTRICTION = "io_uring restrictions" {
            IORING_RESTRICTION_REGISTER_OP = 0, IORING_RESTRICTION_SQE_OP = 1, IORING_RESTRICTION_SQE_FLAGS_ALLOWED = 2,
            IORING_RESTRICTION_SQE_FLAGS_REQUIRED = 3,
        }
        flags URING_PBUF = "buffer ring flags" { IOU_PBUF_RING_MMAP = 1, IOU_PBUF_RING_INC = 2 }
        flags URING_CLONE = "buffer cloning flags" { IORING_REGISTER_SRC_REGISTERED = 1, IORING_REGISTER_DST_REPLACE = 2 }
    }
    structures {
        IOVEC = "iovec" as iovec { iov_base = ANY_INOUT, iov_len = size("iov_base") }
        CACHESTAT_RANGE = "cachestat_range" as cachestat_range { off: plain(), len: plain() }
        CACHESTAT = "cachestat" as cachestat {
            nr_cache: plain(), nr_dirty: plain(), nr_writeback: plain(), nr_evicted: plain(),
            nr_recently_evicted: plain(),
        }
        IOCB = "iocb" as [u64; 8] {
            aio_data @ (0) = ULONG, aio_key @ (8) = UINT, aio_rw_flags @ (12) = flags(U32, &RWF),
            aio_lio_opcode @ (16) = one_of(U16, &IOCB_CMD), aio_reqprio @ (18) = plain(I16), aio_fildes @ (20) = FD,
            aio_buf @ (24) = Kind::By("aio_lio_opcode", IOCB_BUF, &ADDR), aio_nbytes @ (32) = size("aio_buf"),
            aio_offset @ (40) = OFF, aio_reserved2 @ (48) = ULONG, aio_flags @ (56) = flags(U32, &IOCB_FLAG),
            aio_resfd @ (60) = FD,
        }
        IO_EVENT = "io_event" as [u64; 4] {
            data @ (0) = ULONG, obj @ (8) = ADDR, res @ (16) = LONG, res2 @ (24) = LONG,
        }
        AIO_SIGSET = "__aio_sigset" as [u64; 2] {
            sigmask @ (0) = input(&Kind::SigSet), sigsetsize @ (8) = size("sigmask"),
        }
        SQ_OFFSETS = "io_sqring_offsets" as io_sqring_offsets {
            head: plain(), tail: plain(), ring_mask: plain(), ring_entries: plain(), flags: plain(), dropped: plain(),
            array: plain(), resv1: plain(), user_addr = ADDR,
        }
        CQ_OFFSETS = "io_cqring_offsets" as io_cqring_offsets {
            head: plain(), tail: plain(), ring_mask: plain(), ring_entries: plain(), overflow: plain(), cqes: plain(),
            flags: plain(), resv1: plain(), user_addr = ADDR,
        }
        URING_PARAMS = "io_uring_params" as io_uring_params {
            sq_entries: plain(), cq_entries: plain(), flags: flags(&URING_SETUP), sq_thread_cpu: plain(),
            sq_thread_idle: plain(), features: flags(&URING_FEAT), wq_fd: plain(), resv = Kind::Fixed(&UINT, 3),
            sq_off = SQ_OFFSETS, cq_off = CQ_OFFSETS,
        }
        // Unions by their members, as far as these have names of their own.
        SQE = "io_uring_sqe" as io_uring_sqe {
            opcode: one_of(&URING_OP), flags: flags(&IOSQE),
            ioprio @ (2) = Kind::By("opcode", URING_IOPRIO, &SHORT), fd = FD,
            off @ (8) = ULONG, addr2 @ (8) = ADDR, addr @ (16) = Kind::By("opcode", URING_ADDR, &ADDR), splice_off_in @ (16) = ULONG,
            len @ (24) = Kind::By("opcode", URING_LEN, &UINT),
            rw_flags @ (28) = flags(U32, &RWF), fsync_flags @ (28) = flags(U32, &URING_FSYNC), poll32_events @ (28) = UINT,
            sync_range_flags @ (28) = flags(U32, &SYNC_FILE_RANGE), msg_flags @ (28) = flags(U32, &MSG),
            timeout_flags @ (28) = flags(U32, &URING_TIMEOUT), accept_flags @ (28) = flags(U32, &ACCEPT), cancel_flags @ (28) = flags(U32, &URING_CANCEL),
            open_flags @ (28) = flags(U32, &OPEN), statx_flags @ (28) = flags(U32, &STAT_FLAGS),
            fadvise_advice @ (28) = one_of(I32, &FADVISE), splice_flags @ (28) = flags(U32, &SPLICE),
            nop_flags @ (28) = flags(U32, &URING_NOP), msg_ring_flags @ (28) = flags(U32, &URING_MSG_RING),
            uring_cmd_flags @ (28) = flags(U32, &URING_CMD), install_fd_flags @ (28) = flags(U32, &URING_INSTALL),
            futex_flags @ (28) = UINT, pipe_flags @ (28) = UINT,
            user_data: plain(), buf_index @ (40) = SHORT, buf_group @ (40) = SHORT, personality: plain(),
            splice_fd_in @ (44) = FD, file_index @ (44) = one_of(U32, &URING_INDEX), optlen @ (44) = UINT, addr3 @ (48) = ADDR,
            optval @ (48) = ADDR, attr_ptr @ (48) = ADDR, attr_type_mask @ (56) = flags(U64, &URING_RW_ATTR),
        }
        URING_CQE = "io_uring_cqe" as io_uring_cqe { user_data: plain(), res: plain(), flags: flags(&CQE) }
        URING_FILES_UPDATE = "io_uring_files_update" as io_uring_files_update {
            offset: plain(), resv: plain(), fds = Kind::Array(Dir::In, &INT),
        }
        URING_RSRC_REGISTER = "io_uring_rsrc_register" as io_uring_rsrc_register {
            nr: plain(), flags: flags(&URING_RSRC), resv2: plain(), data = ADDR, tags = ADDR,
        }
        URING_RSRC_UPDATE2 = "io_uring_rsrc_update2" as io_uring_rsrc_update2 {
            offset: plain(), resv: plain(), data = ADDR, tags = ADDR, nr: plain(), resv2: plain(),
        }
        URING_RSRC_UPDATE = "io_uring_rsrc_update" as io_uring_rsrc_update {
            offset: plain(), resv: plain(), data: plain(),
        }
        URING_PROBE_OP = "io_uring_probe_op" as io_uring_probe_op {
            op: one_of(&URING_OP), resv: plain(), flags: plain(), resv2: plain(),
        }
        // With room for all operations that there may be.
        URING_PROBE = "io_uring_probe" as [u64; 258] {
            last_op @ (0) = one_of(U8, &URING_OP), ops_len @ (1) = plain(U8),
            ops @ (16) = Kind::Fixed(&URING_PROBE_OP, 256),
        }
        URING_RESTRICT = "io_uring_restriction" as io_uring_restriction {
            opcode: one_of(&URING_RESTRICTION), register_op @ (2) = one_of(U8, &URING_REGISTER),
            sqe_op @ (2) = one_of(U8, &URING_OP), sqe_flags @ (2) = flags(U8, &IOSQE),
        }
        URING_CLOCK = "io_uring_clock_register" as io_uring_clock_register { clockid: one_of(&CLOCK) }
        URING_CLONE_BUFFERS = "io_uring_clone_buffers" as io_uring_clone_buffers {
            src_fd: plain(), flags: flags(&URING_CLONE), src_off: plain(), dst_off: plain(), nr: plain(),
        }
        URING_BUF = "io_uring_buf" as io_uring_buf { addr = ADDR, len: plain(), bid: plain(), resv: plain() }
        URING_BUF_REG = "io_uring_buf_reg" as io_uring_buf_reg {
            ring_addr = ADDR, ring_entries: plain(), bgid: plain(), flags: flags(&URING_PBUF),
        }
        URING_BUF_STATUS = "io_uring_buf_status" as io_uring_buf_status { buf_group: plain(), head: plain() }
        URING_NAPI = "io_uring_napi" as io_uring_napi {
            busy_poll_to: plain(), prefer_busy_poll: plain(), opcode: plain(), op_param: plain(), resv: plain(),
        }
        URING_GETEVENTS_ARG = "io_uring_getevents_arg" as io_uring_getevents_arg {
            sigmask = input(&Kind::SigSet), sigmask_sz: len("sigmask"), min_wait_usec: plain(), ts = input(&TIMESPEC),
        }
        URING_SYNC_CANCEL = "io_uring_sync_cancel_reg" as io_uring_sync_cancel_reg {
            addr: plain(), fd = FD, flags: flags(&URING_CANCEL), timeout = TIMESPEC, opcode: one_of(&URING_OP),
        }
        URING_INDEX_RANGE = "io_uring_file_index_range" as io_uring_file_index_range {
            off: plain(), len: plain(), resv: plain(),
        }
        URING_REGION = "io_uring_region_desc" as io_uring_region_desc {
            user_addr = ADDR, size: plain(), flags: flags(&URING_MEM_REGION_TYPE), id: plain(), mmap_offset: plain(),
        }
        URING_MEM_REGION = "io_uring_mem_region_reg" as io_uring_mem_region_reg {
            region_uptr = inout(&URING_REGION), flags: flags(&URING_MEM_REGION_FLAG),
        }
    }
}

const MOVE_MORE_GIFT: u32 = SPLICE_F_MOVE | SPLICE_F_MORE | SPLICE_F_GIFT;

/// splice(2): MOVE is only a hint and MORE a helpful one; GIFT does nothing.
const SPLICE_HINTS: &[Hint] = &[Hint { arg: 5, bits: MOVE_MORE_GIFT, beside: 0 }];
/// splice(2): for vmsplice and tee, MOVE and MORE do nothing.
const PIPE_HINTS: &[Hint] = &[Hint { arg: 3, bits: MOVE_MORE_GIFT, beside: 0 }];

const IOCB_POINTER: Kind = input(&IOCB);
const EVENTS: Kind = Kind::Array(Dir::Out, &IO_EVENT);
const SIGNALS: Kind = input(&Kind::SigSet);
const DESCRIPTORS: Kind = Kind::Array(Dir::In, &FD);
const WORKERS: Kind = Kind::Fixed(&UINT, 2);

static IOCB_BUF: &[(&str, Kind)] = &[
    ("IOCB_CMD_PREAD", BYTES_OUT),
    ("IOCB_CMD_PWRITE", BYTES_IN),
    ("IOCB_CMD_PREADV", IOV_OUT),
    ("IOCB_CMD_PWRITEV", IOV_IN),
];

static URING_ENTER_ARG: &[(&str, Kind)] = &[("IORING_ENTER_EXT_ARG", input(&URING_GETEVENTS_ARG))];

static URING_REGISTER_ARG: &[(&str, Kind)] = &[
    ("IORING_REGISTER_BUFFERS", IOV_INOUT),
    ("IORING_REGISTER_FILES", DESCRIPTORS),
    ("IORING_REGISTER_EVENTFD", input(&FD)),
    ("IORING_REGISTER_EVENTFD_ASYNC", input(&FD)),
    ("IORING_REGISTER_FILES_UPDATE", input(&URING_FILES_UPDATE)),
    ("IORING_REGISTER_PROBE", output(&URING_PROBE)),
    ("IORING_REGISTER_RESTRICTIONS", Kind::Array(Dir::In, &URING_RESTRICT)),
    ("IORING_REGISTER_FILES2", input(&URING_RSRC_REGISTER)),
    ("IORING_REGISTER_BUFFERS2", input(&URING_RSRC_REGISTER)),
    ("IORING_REGISTER_FILES_UPDATE2", input(&URING_RSRC_UPDATE2)),
    ("IORING_REGISTER_BUFFERS_UPDATE", input(&URING_RSRC_UPDATE2)),
    ("IORING_REGISTER_IOWQ_AFF", BYTES_IN),
    ("IORING_REGISTER_IOWQ_MAX_WORKERS", inout(&WORKERS)),
    ("IORING_REGISTER_RING_FDS", Kind::Array(Dir::InOut, &URING_RSRC_UPDATE)),
    ("IORING_UNREGISTER_RING_FDS", Kind::Array(Dir::In, &URING_RSRC_UPDATE)),
    ("IORING_REGISTER_PBUF_RING", inout(&URING_BUF_REG)),
    ("IORING_UNREGISTER_PBUF_RING", input(&URING_BUF_REG)),
    ("IORING_REGISTER_SYNC_CANCEL", input(&URING_SYNC_CANCEL)),
    ("IORING_REGISTER_FILE_ALLOC_RANGE", input(&URING_INDEX_RANGE)),
    ("IORING_REGISTER_PBUF_STATUS", inout(&URING_BUF_STATUS)),
    ("IORING_REGISTER_NAPI", inout(&URING_NAPI)),
    ("IORING_UNREGISTER_NAPI", output(&URING_NAPI)),
    ("IORING_REGISTER_CLOCK", input(&URING_CLOCK)),
    ("IORING_REGISTER_CLONE_BUFFERS", input(&URING_CLONE_BUFFERS)),
    ("IORING_REGISTER_SEND_MSG_RING", input(&SQE)),
    ("IORING_REGISTER_RESIZE_RINGS", inout(&URING_PARAMS)),
    ("IORING_REGISTER_MEM_REGION", input(&URING_MEM_REGION)),
];

/// Elements of an array; of what is no array, the number is 1, or the size of the structure.
static URING_REGISTER_COUNT: &[(&str, Kind)] = &[
    ("IORING_REGISTER_BUFFERS", len(U32, "arg")),
    ("IORING_REGISTER_FILES", len(U32, "arg")),
    ("IORING_REGISTER_RESTRICTIONS", len(U32, "arg")),
    ("IORING_REGISTER_FILES2", len(U32, "arg")),
    ("IORING_REGISTER_BUFFERS2", len(U32, "arg")),
    ("IORING_REGISTER_FILES_UPDATE2", len(U32, "arg")),
    ("IORING_REGISTER_BUFFERS_UPDATE", len(U32, "arg")),
    ("IORING_REGISTER_IOWQ_AFF", len(U32, "arg")),
    ("IORING_REGISTER_RING_FDS", len(U32, "arg")),
    ("IORING_UNREGISTER_RING_FDS", len(U32, "arg")),
];

/// Requests make whatever calls there are, past the filter.
const UNFILTERED: Effect = Effect::All(&[Effect::exposes("makes requests that no filter sees"), Effect::ANYTHING]);
