//! Files by path, directories, metadata.

use linux_raw_sys::general::*;

use super::prelude::*;
use super::time::TIMESPEC;

subsystem! {
    calls {
        own!(open(pathname: PATH, flags: flags(U32, &OPEN), mode: MODE_T => optional) -> Fd;
            sleeps_as: number("openat")),
        own!(openat(dirfd: FD, pathname: PATH, flags: flags(U32, &OPEN), mode: MODE_T => optional) -> Fd),
        own!(openat2(dirfd: FD, pathname: PATH, how: input(&OPEN_HOW), size: size("how")) -> Fd; also: &["openat"]),
        call!(open_by_handle_at(mount_fd: FD, handle: ANY_IN, flags: flags(U32, &OPEN)) -> Fd;
            effect: PAST_DIRECTORIES, also: &["openat"]),
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
        own!(fchmodat2(dirfd: FD, pathname: PATH, mode: MODE_T, flags: flags(U32, &PATH_FLAGS));
            page: Some("fchmodat")),
        own!(chown(pathname: PATH, owner: UINT, group: UINT)),
        own!(fchown(fd: FD, owner: UINT, group: UINT)),
        own!(lchown(pathname: PATH, owner: UINT, group: UINT)),
        own!(fchownat(
            dirfd: FD, pathname: PATH, owner: UINT, group: UINT, flags: flags(U32, &PATH_FLAGS),
        )),
        own!(umask(mask: MODE_T) -> Int),
        own!(utimensat(
            dirfd: FD, pathname: PATH => optional, times: Kind::Ptr(Dir::In, &TIMES) => optional,
            flags: flags(U32, &PATH_FLAGS),
        )),
        own!(getxattr(path: PATH, name: PATH, value: BYTES_OUT => optional, size: size("value")) -> Bytes;
            also: &["stat"]),
        own!(fgetxattr(fd: FD, name: PATH, value: BYTES_OUT => optional, size: size("value")) -> Bytes;
            also: &["stat"]),
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
    }
    constants {
        // O_NOTIFICATION_PIPE is O_EXCL to pipe2 and is therefore not here.
        flags OPEN = "open flags" {
            O_RDONLY, O_TMPFILE, O_SYNC, O_RSYNC = O_SYNC, O_ACCMODE, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_NOCTTY,
            O_TRUNC, O_APPEND, O_NONBLOCK, O_DSYNC, O_ASYNC = FASYNC, O_DIRECT, O_LARGEFILE, O_DIRECTORY, O_NOFOLLOW,
            O_NOATIME, O_CLOEXEC, O_PATH, O_NDELAY,
        }
        flags RESOLVE = "openat2 resolve flags" {
            RESOLVE_NO_XDEV, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH, RESOLVE_IN_ROOT,
            RESOLVE_CACHED,
        }
        // File types first: in a mode they are one number, not bits that combine.
        flags MODE = "modes" {
            S_IFMT, S_IFSOCK, S_IFLNK, S_IFBLK, S_IFREG, S_IFDIR, S_IFCHR, S_IFIFO, S_ISUID, S_ISGID, S_ISVTX, S_IRWXU,
            S_IRUSR, S_IWUSR, S_IXUSR, S_IRWXG, S_IRGRP, S_IWGRP, S_IXGRP, S_IRWXO, S_IROTH, S_IWOTH, S_IXOTH,
        }
        flags ACCESS = "access modes" { F_OK, R_OK, W_OK, X_OK }
        flags FACCESSAT_FLAGS = "faccessat2 flags" { AT_EACCESS, AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW }
        flags UNLINKAT_FLAGS = "unlinkat flags" { AT_REMOVEDIR }
        flags LINKAT_FLAGS = "linkat flags" { AT_SYMLINK_FOLLOW, AT_EMPTY_PATH }
        flags STAT_FLAGS = "stat flags" {
            AT_STATX_SYNC_AS_STAT, AT_SYMLINK_NOFOLLOW, AT_NO_AUTOMOUNT, AT_EMPTY_PATH, AT_STATX_FORCE_SYNC,
            AT_STATX_DONT_SYNC,
        }
        flags PATH_FLAGS = "path flags" { AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH }
        flags RENAME_FLAGS = "renameat2 flags" {
            RENAME_NOREPLACE = 1, RENAME_EXCHANGE = 2, RENAME_WHITEOUT = 4,
        }
        flags STATX = "statx mask" {
            STATX_ALL, STATX_BASIC_STATS, STATX_TYPE, STATX_MODE, STATX_NLINK, STATX_UID, STATX_GID,
            STATX_ATIME, STATX_MTIME, STATX_CTIME, STATX_INO, STATX_SIZE, STATX_BLOCKS, STATX_BTIME,
            STATX_MNT_ID, STATX_DIOALIGN, STATX_MNT_ID_UNIQUE, STATX_SUBVOL, STATX_WRITE_ATOMIC,
            STATX_DIO_READ_ALIGN,
        }
        flags STATX_ATTR = "statx attributes" {
            STATX_ATTR_COMPRESSED, STATX_ATTR_IMMUTABLE, STATX_ATTR_APPEND, STATX_ATTR_NODUMP,
            STATX_ATTR_ENCRYPTED, STATX_ATTR_AUTOMOUNT, STATX_ATTR_MOUNT_ROOT, STATX_ATTR_VERITY,
            STATX_ATTR_DAX, STATX_ATTR_WRITE_ATOMIC,
        }
        flags FALLOC = "fallocate modes" {
            FALLOC_FL_ALLOCATE_RANGE, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, FALLOC_FL_NO_HIDE_STALE,
            FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_ZERO_RANGE, FALLOC_FL_INSERT_RANGE, FALLOC_FL_UNSHARE_RANGE,
            FALLOC_FL_WRITE_ZEROES,
        }
        one_of UTIME = "special times" { UTIME_NOW, UTIME_OMIT }
        one_of FILESYSTEM = "file system types" {
            TMPFS_MAGIC, RAMFS_MAGIC, EXT4_SUPER_MAGIC, BTRFS_SUPER_MAGIC, XFS_SUPER_MAGIC, F2FS_SUPER_MAGIC,
            PROC_SUPER_MAGIC, SYSFS_MAGIC, OVERLAYFS_SUPER_MAGIC, PIPEFS_MAGIC, SOCKFS_MAGIC,
            ANON_INODE_FS_MAGIC, HUGETLBFS_MAGIC, CGROUP2_SUPER_MAGIC, DEVPTS_SUPER_MAGIC, PID_FS_MAGIC,
            NSFS_MAGIC, FUSE_SUPER_MAGIC, NFS_SUPER_MAGIC, V9FS_MAGIC,
        }
        flags XATTR = "xattr flags" { XATTR_CREATE, XATTR_REPLACE }
    }
    structures {
        OPEN_HOW = "open_how" as open_how {
            flags: flags(&OPEN), mode: octal(), resolve: flags(&RESOLVE),
        }
        STAT = "stat" as stat {
            st_dev: plain(), st_ino: plain(), st_nlink: plain(), st_mode: octal(), st_uid: plain(),
            st_gid: plain(), st_rdev: plain(), st_size: plain(), st_blksize: plain(), st_blocks: plain(),
            st_atime: plain(), st_atime_nsec: plain(), st_mtime: plain(), st_mtime_nsec: plain(),
            st_ctime: plain(), st_ctime_nsec: plain(),
        }
        STATX_TIMESTAMP = "statx_timestamp" as statx_timestamp { tv_sec: plain(), tv_nsec: plain() }
        STATX_BUF = "statx" as statx {
            stx_mask: flags(&STATX), stx_blksize: plain(), stx_attributes: flags(&STATX_ATTR),
            stx_nlink: plain(), stx_uid: plain(), stx_gid: plain(), stx_mode: octal(), stx_ino: plain(),
            stx_size: plain(), stx_blocks: plain(), stx_attributes_mask: flags(&STATX_ATTR),
            stx_atime = STATX_TIMESTAMP, stx_btime = STATX_TIMESTAMP, stx_ctime = STATX_TIMESTAMP,
            stx_mtime = STATX_TIMESTAMP, stx_rdev_major: plain(), stx_rdev_minor: plain(),
            stx_dev_major: plain(), stx_dev_minor: plain(), stx_mnt_id: plain(), stx_dio_mem_align: plain(),
            stx_dio_offset_align: plain(), stx_subvol: plain(), stx_atomic_write_unit_min: plain(),
            stx_atomic_write_unit_max: plain(), stx_atomic_write_segments_max: plain(),
            stx_dio_read_offset_align: plain(), stx_atomic_write_unit_max_opt: plain(),
        }
        STATFS = "statfs" as statfs {
            f_type: one_of(&FILESYSTEM), f_bsize: plain(), f_blocks: plain(), f_bfree: plain(),
            f_bavail: plain(), f_files: plain(), f_ffree: plain(), f_namelen: plain(), f_frsize: plain(),
            f_flags: plain(),
        }
    }
}

const PAST_DIRECTORIES: Effect = Effect::exposes("opens files past the directories that lead to them");

/// `struct timespec[2]`: access and modification.
const TIMES: Kind = Kind::Fixed(&TIMESPEC, 2);
