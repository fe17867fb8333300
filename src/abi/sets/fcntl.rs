//! Opening, duplicating and controlling descriptors; reading and writing.

use linux_raw_sys::general::*;

sets! {
    // O_NOTIFICATION_PIPE is O_EXCL to pipe2 and is therefore not here.
    flags OPEN = "open flags" {
        O_RDONLY, O_TMPFILE, O_SYNC, O_RSYNC = O_SYNC, O_ACCMODE, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC,
        O_APPEND, O_NONBLOCK, O_DSYNC, O_ASYNC = FASYNC, O_DIRECT, O_LARGEFILE, O_DIRECTORY, O_NOFOLLOW,
        O_NOATIME, O_CLOEXEC, O_PATH, O_NDELAY,
    }
    flags PIPE_FLAGS = "pipe flags" {
        O_CLOEXEC, O_NONBLOCK, O_DIRECT, O_NOTIFICATION_PIPE = O_EXCL,
    }
    flags DUP3_FLAGS = "dup3 flags" { O_CLOEXEC }
    flags RESOLVE = "openat2 resolve flags" {
        RESOLVE_NO_XDEV, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH, RESOLVE_IN_ROOT,
        RESOLVE_CACHED,
    }
    flags CLOSE_RANGE = "close_range flags" { CLOSE_RANGE_UNSHARE = 2, CLOSE_RANGE_CLOEXEC = 4 }
    one_of FCNTL = "fcntl operations" {
        F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_SETOWN, F_GETOWN,
        F_SETSIG, F_GETSIG, F_SETOWN_EX, F_GETOWN_EX, F_GETOWNER_UIDS, F_OFD_GETLK, F_OFD_SETLK,
        F_OFD_SETLKW, F_SETLEASE, F_GETLEASE, F_NOTIFY, F_DUPFD_QUERY, F_CREATED_QUERY, F_CANCELLK,
        F_DUPFD_CLOEXEC, F_SETPIPE_SZ, F_GETPIPE_SZ, F_ADD_SEALS, F_GET_SEALS, F_GET_RW_HINT,
        F_SET_RW_HINT, F_GET_FILE_RW_HINT, F_SET_FILE_RW_HINT, F_GETDELEG = 1039, F_SETDELEG = 1040,
    }
    flags FD_FLAGS = "descriptor flags" { FD_CLOEXEC }
    one_of LOCK_TYPE = "lock types" { F_RDLCK, F_WRLCK, F_UNLCK, F_EXLCK, F_SHLCK }
    one_of OWNER_TYPE = "owner types" { F_OWNER_TID, F_OWNER_PID, F_OWNER_PGRP }
    flags SEALS = "seals" {
        F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE, F_SEAL_FUTURE_WRITE, F_SEAL_EXEC,
    }
    flags NOTIFY = "directory notification flags" {
        DN_ACCESS, DN_MODIFY, DN_CREATE, DN_DELETE, DN_RENAME, DN_ATTRIB, DN_MULTISHOT,
    }
    one_of WRITE_LIFE = "write life hints" {
        RWH_WRITE_LIFE_NOT_SET, RWH_WRITE_LIFE_NONE, RWH_WRITE_LIFE_SHORT, RWH_WRITE_LIFE_MEDIUM,
        RWH_WRITE_LIFE_LONG, RWH_WRITE_LIFE_EXTREME,
    }
    flags FLOCK = "flock operations" { LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN }
    one_of WHENCE = "whence" { SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2, SEEK_DATA = 3, SEEK_HOLE = 4 }
    flags RWF = "preadv2 and pwritev2 flags" {
        RWF_HIPRI, RWF_DSYNC, RWF_SYNC, RWF_NOWAIT, RWF_APPEND, RWF_NOAPPEND = 0x20, RWF_ATOMIC = 0x40,
        RWF_DONTCACHE = 0x80, RWF_NOSIGNAL = 0x100,
    }
    flags SPLICE = "splice flags" { SPLICE_F_MOVE, SPLICE_F_NONBLOCK, SPLICE_F_MORE, SPLICE_F_GIFT }
}
