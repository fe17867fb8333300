//! Files by path, directories, metadata, mounts.

use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Dir, Kind, Syscall};

/// `struct timespec[2]`: access and modification.
const TIMES: Kind = Kind::Fixed(&TIMESPEC, 2);

pub(super) static CALLS: &[Syscall] = &[
    call!(open(pathname: PATH, flags: flags(U32, &OPEN), mode: MODE_T => optional) -> Fd),
    call!(openat(dirfd: FD, pathname: PATH, flags: flags(U32, &OPEN), mode: MODE_T => optional) -> Fd),
    call!(openat2(dirfd: FD, pathname: PATH, how: input(&OPEN_HOW), size: size("how")) -> Fd),
    call!(creat(pathname: PATH, mode: MODE_T) -> Fd),
    call!(access(pathname: PATH, mode: flags(U32, &ACCESS))),
    call!(faccessat(dirfd: FD, pathname: PATH, mode: flags(U32, &ACCESS))),
    call!(faccessat2(
        dirfd: FD, pathname: PATH, mode: flags(U32, &ACCESS), flags: flags(U32, &FACCESSAT_FLAGS),
    )),
    call!(unlink(pathname: PATH)),
    call!(unlinkat(dirfd: FD, pathname: PATH, flags: flags(U32, &UNLINKAT_FLAGS))),
    call!(mkdir(pathname: PATH, mode: MODE_T)),
    call!(mkdirat(dirfd: FD, pathname: PATH, mode: MODE_T)),
    call!(mknod(pathname: PATH, mode: MODE_T, dev: UINT => optional)),
    call!(mknodat(dirfd: FD, pathname: PATH, mode: MODE_T, dev: UINT => optional)),
    call!(rmdir(pathname: PATH)),
    call!(rename(oldpath: PATH, newpath: PATH)),
    call!(renameat(olddirfd: FD, oldpath: PATH, newdirfd: FD, newpath: PATH)),
    call!(renameat2(
        olddirfd: FD, oldpath: PATH, newdirfd: FD, newpath: PATH, flags: flags(U32, &RENAME_FLAGS),
    )),
    call!(link(oldpath: PATH, newpath: PATH)),
    call!(linkat(
        olddirfd: FD, oldpath: PATH, newdirfd: FD, newpath: PATH, flags: flags(U32, &LINKAT_FLAGS),
    )),
    call!(symlink(target: PATH, linkpath: PATH)),
    call!(symlinkat(target: PATH, newdirfd: FD, linkpath: PATH)),
    call!(readlink(pathname: PATH, buf: BYTES_OUT, bufsiz: len(I32, "buf"))),
    call!(readlinkat(dirfd: FD, pathname: PATH, buf: BYTES_OUT, bufsiz: len(I32, "buf"))),
    call!(truncate(path: PATH, length: OFF)),
    call!(ftruncate(fd: FD, length: OFF)),
    call!(fallocate(fd: FD, mode: flags(U32, &FALLOC), offset: OFF, size: OFF)),
    call!(stat(pathname: PATH, statbuf: output(&STAT))),
    call!(lstat(pathname: PATH, statbuf: output(&STAT))),
    call!(fstat(fd: FD, statbuf: output(&STAT))),
    call!(newfstatat(dirfd: FD, pathname: PATH, statbuf: output(&STAT), flags: flags(U32, &STAT_FLAGS))),
    call!(statx(
        dirfd: FD, pathname: PATH, flags: flags(U32, &STAT_FLAGS), mask: flags(U32, &STATX),
        statxbuf: output(&STATX_BUF),
    )),
    call!(statfs(path: PATH, buf: output(&STATFS))),
    call!(fstatfs(fd: FD, buf: output(&STATFS))),
    call!(chmod(pathname: PATH, mode: MODE_T)),
    call!(fchmod(fd: FD, mode: MODE_T)),
    call!(fchmodat(dirfd: FD, pathname: PATH, mode: MODE_T)),
    call!(fchmodat2(dirfd: FD, pathname: PATH, mode: MODE_T, flags: flags(U32, &PATH_FLAGS))),
    call!(chown(pathname: PATH, owner: UINT, group: UINT)),
    call!(fchown(fd: FD, owner: UINT, group: UINT)),
    call!(lchown(pathname: PATH, owner: UINT, group: UINT)),
    call!(fchownat(
        dirfd: FD, pathname: PATH, owner: UINT, group: UINT, flags: flags(U32, &PATH_FLAGS),
    )),
    call!(utimensat(
        dirfd: FD, pathname: PATH => optional, times: Kind::Ptr(Dir::In, &TIMES) => optional,
        flags: flags(U32, &PATH_FLAGS),
    )),
    call!(getxattr(path: PATH, name: PATH, value: BYTES_OUT => optional, size: size("value"))),
    call!(fgetxattr(fd: FD, name: PATH, value: BYTES_OUT => optional, size: size("value"))),
    call!(setxattr(
        path: PATH, name: PATH, value: BYTES_IN, size: size("value"), flags: flags(U32, &XATTR),
    )),
    call!(fsetxattr(
        fd: FD, name: PATH, value: BYTES_IN, size: size("value"), flags: flags(U32, &XATTR),
    )),
    call!(getdents64(fd: FD, dirp: BYTES_OUT, count: len(U32, "dirp"))),
    call!(getcwd(buf: BYTES_OUT, size: size("buf"))),
    call!(chdir(path: PATH)),
    call!(fchdir(fd: FD)),
    call!(chroot(path: PATH)),
    call!(mount(
        source: PATH => optional, target: PATH, filesystemtype: PATH => optional,
        mountflags: flags(U64, &MOUNT), data: PATH => optional,
    )),
    call!(umount2(target: PATH, flags: flags(U32, &UMOUNT))),
    call!(inotify_init1(flags: flags(U32, &INOTIFY_INIT)) -> Fd),
    call!(inotify_add_watch(fd: FD, pathname: PATH, mask: flags(U32, &INOTIFY))),
    call!(inotify_rm_watch(fd: FD, wd: INT)),
];
