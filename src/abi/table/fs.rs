//! Files by path, directories, metadata.

use linux_raw_sys::general::*;

use super::prelude::*;
use super::time::{TIMESPEC, TIMEVAL};

subsystem! {
    calls {
        own!(open(pathname: PATH, flags: flags(U32, &OPEN), mode: MODE_T => optional) -> Fd;
            sleeps_as: number("openat")),
        own!(openat(dirfd: FD, pathname: PATH, flags: flags(U32, &OPEN), mode: MODE_T => optional) -> Fd),
        own!(openat2(dirfd: FD, pathname: PATH, how: input(&OPEN_HOW), size: size("how")) -> Fd; also: &["openat"]),
        own!(name_to_handle_at(
            dirfd: FD, pathname: PATH, handle: inout(&FILE_HANDLE), mount_id: Kind::By("flags", MOUNT_ID, &OLD_MOUNT_ID),
            flags: flags(U32, &HANDLE_FLAGS),
        ); page: Some("open_by_handle_at")),
        call!(open_by_handle_at(mount_fd: FD, handle: input(&FILE_HANDLE), flags: flags(U32, &OPEN)) -> Fd;
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
        own!(utime(filename: PATH, times: input(&UTIMBUF) => optional)),
        own!(utimes(filename: PATH, times: input(&TIMEVALS) => optional); page: Some("utime")),
        own!(futimesat(dirfd: FD, pathname: PATH => optional, times: input(&TIMEVALS) => optional)),
        own!(getxattr(path: PATH, name: PATH, value: BYTES_OUT => optional, size: size("value")) -> Bytes;
            also: &["stat"]),
        own!(lgetxattr(path: PATH, name: PATH, value: BYTES_OUT => optional, size: size("value")) -> Bytes;
            page: Some("getxattr"), also: &["stat"]),
        own!(fgetxattr(fd: FD, name: PATH, value: BYTES_OUT => optional, size: size("value")) -> Bytes;
            also: &["stat"]),
        own!(getxattrat(
            dirfd: FD, pathname: PATH, at_flags: flags(U32, &PATH_FLAGS), name: PATH, args: input(&GET_XATTR_ARGS),
            size: size("args"),
        ) -> Bytes; page: Some("getxattr"), also: &["stat"]),
        own!(setxattr(
            path: PATH, name: PATH, value: BYTES_IN, size: size("value"), flags: flags(U32, &XATTR),
        ); also: &["stat"]),
        own!(lsetxattr(
            path: PATH, name: PATH, value: BYTES_IN, size: size("value"), flags: flags(U32, &XATTR),
        ); page: Some("setxattr"), also: &["stat"]),
        own!(fsetxattr(
            fd: FD, name: PATH, value: BYTES_IN, size: size("value"), flags: flags(U32, &XATTR),
        ); also: &["stat"]),
        own!(setxattrat(
            dirfd: FD, pathname: PATH, at_flags: flags(U32, &PATH_FLAGS), name: PATH, args: input(&SET_XATTR_ARGS),
            size: size("args"),
        ); page: Some("setxattr"), also: &["stat"]),
        own!(listxattr(path: PATH, list: BYTES_OUT => optional, size: size("list")) -> Bytes; also: &["stat"]),
        own!(llistxattr(path: PATH, list: BYTES_OUT => optional, size: size("list")) -> Bytes;
            page: Some("listxattr"), also: &["stat"]),
        own!(flistxattr(fd: FD, list: BYTES_OUT => optional, size: size("list")) -> Bytes;
            page: Some("listxattr"), also: &["stat"]),
        own!(listxattrat(
            dirfd: FD, pathname: PATH, at_flags: flags(U32, &PATH_FLAGS), list: BYTES_OUT => optional,
            size: size("list"),
        ) -> Bytes; page: Some("listxattr"), also: &["stat"]),
        own!(removexattr(path: PATH, name: PATH); also: &["stat"]),
        own!(lremovexattr(path: PATH, name: PATH); page: Some("removexattr"), also: &["stat"]),
        own!(fremovexattr(fd: FD, name: PATH); page: Some("removexattr"), also: &["stat"]),
        own!(removexattrat(dirfd: FD, pathname: PATH, at_flags: flags(U32, &PATH_FLAGS), name: PATH);
            page: Some("removexattr"), also: &["stat"]),
        own!(file_getattr(
            dirfd: FD, pathname: PATH, attr: output(&FILE_ATTR), size: size("attr"), at_flags: flags(U32, &PATH_FLAGS),
        )),
        own!(file_setattr(
            dirfd: FD, pathname: PATH, attr: input(&FILE_ATTR), size: size("attr"), at_flags: flags(U32, &PATH_FLAGS),
        )),
        own!(getdents(fd: FD, dirp: Kind::Records(Dir::Out, &DIRENT), count: len(U32, "dirp")) -> Bytes),
        own!(getdents64(fd: FD, dirp: Kind::Records(Dir::Out, &DIRENT64), count: len(U32, "dirp")) -> Bytes; page: Some("getdents")),
        own!(getcwd(buf: BYTES_OUT, size: size("buf")) -> Bytes),
        own!(chdir(path: PATH)),
        own!(fchdir(fd: FD)),
        own!(chroot(path: PATH)),
        // Linux 7.3.
        own!(fchroot(fd: FD, flags: UINT => optional)),
    }
    constants {
        // O_NOTIFICATION_PIPE is O_EXCL to pipe2 and is therefore not here.
        flags OPEN = "open flags" {
            O_RDONLY, O_TMPFILE, O_SYNC, O_RSYNC = O_SYNC, O_ACCMODE, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_NOCTTY,
            O_TRUNC, O_APPEND, O_NONBLOCK, O_DSYNC, O_ASYNC = FASYNC, O_DIRECT, O_LARGEFILE, O_DIRECTORY, O_NOFOLLOW,
            O_NOATIME, O_CLOEXEC, O_PATH, O_EMPTYPATH = 0x400_0000, OPENAT2_REGULAR = 0x1_0000_0000u64, O_NDELAY,
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
            NSFS_MAGIC, FUSE_SUPER_MAGIC, NFS_SUPER_MAGIC, V9FS_MAGIC, MSDOS_SUPER_MAGIC, EXFAT_SUPER_MAGIC,
            ISOFS_SUPER_MAGIC, UDF_SUPER_MAGIC, SQUASHFS_MAGIC, EROFS_SUPER_MAGIC_V1, AUTOFS_SUPER_MAGIC,
            BDEVFS_MAGIC, BINFMTFS_MAGIC, BPF_FS_MAGIC, CGROUP_SUPER_MAGIC, DEBUGFS_MAGIC, SECURITYFS_MAGIC,
            TRACEFS_MAGIC, EFIVARFS_MAGIC, SECRETMEM_MAGIC, DMA_BUF_MAGIC, CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC,
            NILFS_SUPER_MAGIC, OCFS2_SUPER_MAGIC, ZONEFS_MAGIC, MQUEUE_MAGIC = 0x1980_0202,
        }
        flags XATTR = "xattr flags" { XATTR_CREATE, XATTR_REPLACE }
        flags HANDLE_FLAGS = "name_to_handle_at flags" {
            AT_EMPTY_PATH, AT_SYMLINK_FOLLOW, AT_HANDLE_FID, AT_HANDLE_MNT_ID_UNIQUE, AT_HANDLE_CONNECTABLE,
        }
        one_of FILEID = "file handle types" {
            FILEID_ROOT = 0, FILEID_INO32_GEN = 1, FILEID_INO32_GEN_PARENT = 2, FILEID_INVALID = 0xff,
        }
        flags XFLAG = "extended file attributes" {
            FS_XFLAG_REALTIME, FS_XFLAG_PREALLOC, FS_XFLAG_IMMUTABLE, FS_XFLAG_APPEND, FS_XFLAG_SYNC, FS_XFLAG_NOATIME,
            FS_XFLAG_NODUMP, FS_XFLAG_RTINHERIT, FS_XFLAG_PROJINHERIT, FS_XFLAG_NOSYMLINKS, FS_XFLAG_EXTSIZE,
            FS_XFLAG_EXTSZINHERIT, FS_XFLAG_NODEFRAG, FS_XFLAG_FILESTREAM, FS_XFLAG_DAX, FS_XFLAG_COWEXTSIZE,
            FS_XFLAG_HASATTR = 0x8000_0000u32, FS_XFLAG_VERITY = 0x2_0000, FS_XFLAG_CASEFOLD = 0x4_0000,
            FS_XFLAG_CASENONPRESERVING = 0x8_0000,
        }
        one_of ACL_TAG = "access list tags" {
            ACL_USER_OBJ = 1, ACL_USER = 2, ACL_GROUP_OBJ = 4, ACL_GROUP = 8, ACL_MASK = 0x10, ACL_OTHER = 0x20,
        }
        flags ACL_PERM = "access list permissions" { ACL_READ = 4, ACL_WRITE = 2, ACL_EXECUTE = 1 }
        one_of ACL_ID = "access list users" { ACL_UNDEFINED_ID = -1i64 }
        one_of ENTRY_TYPE = "directory entry types" {
            DT_UNKNOWN, DT_FIFO, DT_CHR, DT_DIR, DT_BLK, DT_REG, DT_LNK, DT_SOCK, DT_WHT = 14,
        }
        flags ST = "file system flags" {
            ST_RDONLY = 1, ST_NOSUID = 2, ST_NODEV = 4, ST_NOEXEC = 8, ST_SYNCHRONOUS = 0x10, ST_VALID = 0x20,
            ST_MANDLOCK = 0x40, ST_NOATIME = 0x400, ST_NODIRATIME = 0x800, ST_RELATIME = 0x1000,
            ST_NOSYMFOLLOW = 0x2000,
        }
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
            f_flags: flags(&ST),
        }
        UTIMBUF = "utimbuf" as [i64; 2] { actime @ (0) = LONG, modtime @ (8) = LONG }
        // With room for the largest handle (MAX_HANDLE_SZ).
        FILE_HANDLE = "file_handle" as [u32; 34] {
            handle_bytes @ (0) = UINT, handle_type @ (4) = one_of(I32, &FILEID),
            f_handle @ (8) = Kind::FixedBytes(128),
        }
        SET_XATTR_ARGS = "xattr_args" as [u64; 2] {
            value @ (0) = BYTES_IN, size @ (8) = len(U32, "value"), flags @ (12) = flags(U32, &XATTR),
        }
        // The same structure, of which the value is written.
        GET_XATTR_ARGS = "xattr_args_out" as [u64; 2] {
            value @ (0) = BYTES_OUT, size @ (8) = len(U32, "value"), flags @ (12) = flags(U32, &XATTR),
        }
        FILE_ATTR = "file_attr" as file_attr {
            fa_xflags: flags(&XFLAG), fa_extsize: plain(), fa_nextents: plain(), fa_projid: plain(),
            fa_cowextsize: plain(),
        }
        DIRENT64 = "linux_dirent64" as linux_dirent64 {
            d_ino: plain(), d_off: plain(), d_reclen: plain(), d_type: one_of(&ENTRY_TYPE),
        } => { record: Some(&Record { len: Some("d_reclen"), uncounted: 0, align: 1, rest: &ENTRY_NAME64 }) }
        // Its last byte is the type.
        DIRENT = "linux_dirent" as [u64; 3] {
            d_ino @ (0) = ULONG, d_off @ (8) = ULONG, d_reclen @ (16) = plain(U16),
        } => { record: Some(&Record { len: Some("d_reclen"), uncounted: 0, align: 1, rest: &ENTRY_NAME }) }
        ACL_ENTRY = "posix_acl_xattr_entry" as [u16; 4] {
            e_tag @ (0) = one_of(U16, &ACL_TAG), e_perm @ (2) = flags(U16, &ACL_PERM), e_id @ (4) = one_of(U32, &ACL_ID),
        }
        ACL = "posix_acl_xattr_header" as u32 { a_version @ (0) = UINT }
            => { record: Some(&Record { len: None, uncounted: 0, align: 1, rest: &ACL_ENTRIES }) }
    }
}

static ENTRY_NAME64: [Field; 1] = [rest("d_name", 19, Kind::Text)];
static ENTRY_NAME: [Field; 1] = [rest("d_name", 18, Kind::Text)];
static ACL_ENTRIES: [Field; 1] = [rest("a_entries", 4, Kind::List(&ACL_ENTRY))];

const PAST_DIRECTORIES: Effect = Effect::exposes("opens files past the directories that lead to them");

const OLD_MOUNT_ID: Kind = output(&INT);
static MOUNT_ID: &[(&str, Kind)] = &[("AT_HANDLE_MNT_ID_UNIQUE", output(&ULONG))];

/// `struct timeval[2]`: access and modification.
const TIMEVALS: Kind = Kind::Fixed(&TIMEVAL, 2);

/// `struct timespec[2]`: access and modification.
const TIMES: Kind = Kind::Fixed(&TIMESPEC, 2);
