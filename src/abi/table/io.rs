//! Reading, writing and moving data, at once or by requests.

use linux_raw_sys::general::*;

use super::prelude::*;

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
        // Structures are given as bytes: requests are not tested for their own sake yet.
        call!(io_uring_setup(entries: UINT, p: ANY_INOUT) -> Fd; effect: UNFILTERED),
        call!(io_uring_enter(
            fd: FD, to_submit: UINT, min_complete: UINT, flags: UINT, sig: ANY_IN => optional,
            argsz: size("sig") => optional,
        ) -> Count; effect: UNFILTERED),
    }
    unnamed {
        call!(io_uring_register(); effect: UNFILTERED),
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
            SYNC_FILE_RANGE_WAIT_BEFORE = 1, SYNC_FILE_RANGE_WRITE = 2, SYNC_FILE_RANGE_WAIT_AFTER = 4,
        }
    }
    structures {
        IOVEC = "iovec" as iovec { iov_base = ANY_INOUT, iov_len = size("iov_base") }
    }
}

const MOVE_MORE_GIFT: u32 = SPLICE_F_MOVE | SPLICE_F_MORE | SPLICE_F_GIFT;

/// splice(2): MOVE is only a hint and MORE a helpful one; GIFT does nothing.
const SPLICE_HINTS: &[Hint] = &[Hint { arg: 5, bits: MOVE_MORE_GIFT, beside: 0 }];
/// splice(2): for vmsplice and tee, MOVE and MORE do nothing.
const PIPE_HINTS: &[Hint] = &[Hint { arg: 3, bits: MOVE_MORE_GIFT, beside: 0 }];

const UNFILTERED: Effect = Effect::exposes("makes requests that no filter sees");
