//! Files by path, directories, metadata, mounts.

use super::number;
use super::reach::*;

use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Dir, Kind, Syscall};

/// `struct timespec[2]`: access and modification.
const TIMES: Kind = Kind::Fixed(&TIMESPEC, 2);

pub(super) static CALLS: &[Syscall] = &[
    own!(open(pathname: PATH, flags: flags(U32, &OPEN), mode: MODE_T => optional) -> Fd; sleeps_as: number("openat")),
    own!(openat(dirfd: FD, pathname: PATH, flags: flags(U32, &OPEN), mode: MODE_T => optional) -> Fd),
    own!(openat2(dirfd: FD, pathname: PATH, how: input(&OPEN_HOW), size: size("how")) -> Fd; also: &["openat"]),
    own!(creat(pathname: PATH, mode: MODE_T) -> Fd),
    own!(access(pathname: PATH, mode: flags(U32, &ACCESS))),
    own!(faccessat(dirfd: FD, pathname: PATH, mode: flags(U32, &ACCESS))),
    own!(faccessat2(
        dirfd: FD, pathname: PATH, mode: flags(U32, &ACCESS), flags: flags(U32, &FACCESSAT_FLAGS),
    ); page: Some("faccessat")),
    own!(unlink(pathname: PATH)),
    own!(unlinkat(dirfd: FD, pathname: PATH, flags: flags(U32, &UNLINKAT_FLAGS))),
    own!(mkdir(pathname: PATH, mode: MODE_T)),
    own!(mkdirat(dirfd: FD, pathname: PATH, mode: MODE_T)),
    own!(mknod(pathname: PATH, mode: MODE_T, dev: UINT => optional)),
    own!(mknodat(dirfd: FD, pathname: PATH, mode: MODE_T, dev: UINT => optional)),
    own!(rmdir(pathname: PATH)),
    own!(rename(oldpath: PATH, newpath: PATH)),
    own!(renameat(olddirfd: FD, oldpath: PATH, newdirfd: FD, newpath: PATH)),
    own!(renameat2(
        olddirfd: FD, oldpath: PATH, newdirfd: FD, newpath: PATH, flags: flags(U32, &RENAME_FLAGS),
    )),
    own!(link(oldpath: PATH, newpath: PATH)),
    own!(linkat(
        olddirfd: FD, oldpath: PATH, newdirfd: FD, newpath: PATH, flags: flags(U32, &LINKAT_FLAGS),
    )),
    own!(symlink(target: PATH, linkpath: PATH)),
    own!(symlinkat(target: PATH, newdirfd: FD, linkpath: PATH)),
    own!(readlink(pathname: PATH, buf: BYTES_OUT, bufsiz: len(I32, "buf")) -> Bytes),
    own!(readlinkat(dirfd: FD, pathname: PATH, buf: BYTES_OUT, bufsiz: len(I32, "buf")) -> Bytes),
    own!(truncate(path: PATH, length: OFF)),
    own!(ftruncate(fd: FD, length: OFF)),
    own!(fallocate(fd: FD, mode: flags(U32, &FALLOC), offset: OFF, size: OFF)),
    own!(stat(pathname: PATH, statbuf: output(&STAT))),
    own!(lstat(pathname: PATH, statbuf: output(&STAT))),
    own!(fstat(fd: FD, statbuf: output(&STAT)); page: Some("stat")),
    own!(newfstatat(dirfd: FD, pathname: PATH, statbuf: output(&STAT), flags: flags(U32, &STAT_FLAGS));
        page: Some("fstatat")),
    own!(statx(
        dirfd: FD, pathname: PATH, flags: flags(U32, &STAT_FLAGS), mask: flags(U32, &STATX),
        statxbuf: output(&STATX_BUF),
    )),
    own!(statfs(path: PATH, buf: output(&STATFS))),
    own!(fstatfs(fd: FD, buf: output(&STATFS))),
    own!(chmod(pathname: PATH, mode: MODE_T)),
    own!(fchmod(fd: FD, mode: MODE_T)),
    own!(fchmodat(dirfd: FD, pathname: PATH, mode: MODE_T)),
    own!(fchmodat2(dirfd: FD, pathname: PATH, mode: MODE_T, flags: flags(U32, &PATH_FLAGS)); page: Some("fchmodat")),
    own!(chown(pathname: PATH, owner: UINT, group: UINT)),
    own!(fchown(fd: FD, owner: UINT, group: UINT)),
    own!(lchown(pathname: PATH, owner: UINT, group: UINT)),
    own!(fchownat(
        dirfd: FD, pathname: PATH, owner: UINT, group: UINT, flags: flags(U32, &PATH_FLAGS),
    )),
    own!(utimensat(
        dirfd: FD, pathname: PATH => optional, times: Kind::Ptr(Dir::In, &TIMES) => optional,
        flags: flags(U32, &PATH_FLAGS),
    )),
    own!(getxattr(path: PATH, name: PATH, value: BYTES_OUT => optional, size: size("value")) -> Bytes; also: &["stat"]),
    own!(fgetxattr(fd: FD, name: PATH, value: BYTES_OUT => optional, size: size("value")) -> Bytes; also: &["stat"]),
    own!(setxattr(
        path: PATH, name: PATH, value: BYTES_IN, size: size("value"), flags: flags(U32, &XATTR),
    ); also: &["stat"]),
    own!(fsetxattr(
        fd: FD, name: PATH, value: BYTES_IN, size: size("value"), flags: flags(U32, &XATTR),
    ); also: &["stat"]),
    own!(getdents64(fd: FD, dirp: BYTES_OUT, count: len(U32, "dirp")) -> Bytes; page: Some("getdents")),
    own!(getcwd(buf: BYTES_OUT, size: size("buf")) -> Bytes),
    own!(chdir(path: PATH)),
    own!(fchdir(fd: FD)),
    own!(chroot(path: PATH)),
    call!(mount(
        source: PATH => optional, target: PATH, filesystemtype: PATH => optional,
        mountflags: flags(U64, &MOUNT), data: PATH => optional,
    ); effect: MOUNTS),
    call!(umount2(target: PATH, flags: flags(U32, &UMOUNT)); effect: MOUNTS, page: Some("umount")),
    own!(inotify_init1(flags: flags(U32, &INOTIFY_INIT)) -> Fd; page: Some("inotify_init")),
    own!(inotify_add_watch(fd: FD, pathname: PATH, mask: flags(U32, &INOTIFY)) -> Id),
    own!(inotify_rm_watch(fd: FD, wd: INT)),
];
