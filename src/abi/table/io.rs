//! Reading, writing and moving data.

use crate::abi::Syscall;
use crate::abi::sets::*;
use crate::abi::shape::*;

// The kernel takes a vector's offset in two registers; on 64-bit machines the second does not count.
pub(super) static CALLS: &[Syscall] = &[
    call!(read(fd: FD, buf: BYTES_OUT, count: size("buf"))),
    call!(write(fd: FD, buf: BYTES_IN, count: size("buf"))),
    call!(readv(fd: FD, iov: IOV_OUT, iovcnt: size("iov"))),
    call!(writev(fd: FD, iov: IOV_IN, iovcnt: size("iov"))),
    call!(pread64(fd: FD, buf: BYTES_OUT, count: size("buf"), offset: OFF)),
    call!(pwrite64(fd: FD, buf: BYTES_IN, count: size("buf"), offset: OFF)),
    call!(preadv(fd: FD, iov: IOV_OUT, iovcnt: size("iov"), offset: OFF, offset_high: ULONG => optional)),
    call!(pwritev(fd: FD, iov: IOV_IN, iovcnt: size("iov"), offset: OFF, offset_high: ULONG => optional)),
    call!(preadv2(
        fd: FD, iov: IOV_OUT, iovcnt: size("iov"), offset: OFF, offset_high: ULONG => optional,
        flags: flags(U32, &RWF),
    )),
    call!(pwritev2(
        fd: FD, iov: IOV_IN, iovcnt: size("iov"), offset: OFF, offset_high: ULONG => optional,
        flags: flags(U32, &RWF),
    )),
    call!(lseek(fd: FD, offset: OFF, whence: one_of(U32, &WHENCE))),
    call!(splice(
        fd_in: FD, off_in: inout(&OFF) => optional, fd_out: FD, off_out: inout(&OFF) => optional,
        len: SIZE, flags: flags(U32, &SPLICE),
    )),
    call!(tee(fd_in: FD, fd_out: FD, len: SIZE, flags: flags(U32, &SPLICE))),
    call!(vmsplice(fd: FD, iov: IOV_IN, nr_segs: size("iov"), flags: flags(U32, &SPLICE))),
    call!(sendfile(out_fd: FD, in_fd: FD, offset: inout(&OFF) => optional, count: SIZE)),
    call!(copy_file_range(
        fd_in: FD, off_in: inout(&OFF) => optional, fd_out: FD, off_out: inout(&OFF) => optional,
        len: SIZE, flags: UINT => optional,
    )),
    call!(readahead(fd: FD, offset: OFF, count: SIZE)),
    call!(fadvise64(fd: FD, offset: OFF, len: OFF, advice: one_of(I32, &FADVISE))),
    call!(fsync(fd: FD)),
    call!(fdatasync(fd: FD)),
    call!(sync_file_range(fd: FD, offset: OFF, nbytes: OFF, flags: flags(U32, &SYNC_FILE_RANGE))),
    call!(sync()),
    call!(syncfs(fd: FD)),
];
