//! Reading, writing and moving data.

use super::reach::*;

use crate::abi::Syscall;
use crate::abi::sets::*;
use crate::abi::shape::*;

// The kernel takes a vector's offset in two registers; on 64-bit machines the second does not count.
pub(super) static CALLS: &[Syscall] = &[
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
];
