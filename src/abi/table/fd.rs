//! Making, duplicating, controlling and closing descriptors.

use std::mem::offset_of;

use linux_raw_sys::general::*;

use super::fs::OPEN;
use super::io::WHENCE;
use super::prelude::*;
use super::signal::SIGNAL;

subsystem! {
    calls {
        own!(pipe(pipefd: output(&PIPEFD))),
        own!(pipe2(pipefd: output(&PIPEFD), flags: flags(U32, &PIPE_FLAGS))),
        own!(close(fd: FD); closes: true),
        own!(close_range(first: UINT, last: UINT, flags: flags(U32, &CLOSE_RANGE)); closes: true),
        own!(dup(oldfd: FD) -> Fd),
        own!(dup2(oldfd: FD, newfd: FD) -> Fd; closes: true),
        own!(dup3(oldfd: FD, newfd: FD, flags: flags(U32, &DUP3_FLAGS)) -> Fd; closes: true),
        call!(fcntl(fd: FD, op: one_of(I32, &FCNTL), arg: Kind::By("op", FCNTL_ARG, &LONG) => optional) -> Int;
            effect: FCNTL_EFFECT, ret_by: FCNTL_RETURNS),
        own!(flock(fd: FD, op: flags(U32, &FLOCK))),
    }
    constants {
        flags PIPE_FLAGS = "pipe flags" {
            O_CLOEXEC, O_NONBLOCK, O_DIRECT, O_NOTIFICATION_PIPE = O_EXCL,
        }
        flags DUP3_FLAGS = "dup3 flags" { O_CLOEXEC }
        flags CLOSE_RANGE = "close_range flags" { CLOSE_RANGE_UNSHARE = 2, CLOSE_RANGE_CLOEXEC = 4 }
        one_of FCNTL = "fcntl operations" {
            F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_SETOWN, F_GETOWN,
            F_SETSIG, F_GETSIG, F_SETOWN_EX, F_GETOWN_EX, F_GETOWNER_UIDS, F_OFD_GETLK, F_OFD_SETLK,
            F_OFD_SETLKW, F_SETLEASE, F_GETLEASE, F_NOTIFY, F_DUPFD_QUERY, F_CREATED_QUERY, F_CANCELLK,
            F_DUPFD_CLOEXEC, F_SETPIPE_SZ, F_GETPIPE_SZ, F_ADD_SEALS, F_GET_SEALS, F_GET_RW_HINT,
            F_SET_RW_HINT, F_GET_FILE_RW_HINT, F_SET_FILE_RW_HINT, F_GETDELEG, F_SETDELEG,
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
    }
    structures {
        FLOCK_LOCK = "flock" as flock {
            l_type: one_of(&LOCK_TYPE), l_whence: one_of(&WHENCE), l_start: plain(), l_len: plain(),
            l_pid: plain(),
        }
        OWNER = "f_owner_ex" as f_owner_ex {
            type @ (offset_of!(f_owner_ex, type_)) = one_of(I32, &OWNER_TYPE), pid: plain(),
        }
    }
}

const PIPEFD: Kind = Kind::Fixed(&FD, 2);

// The headers, as packaged, lack these.
const F_GETDELEG: u32 = 1039;
const F_SETDELEG: u32 = 1040;

const LOCK: Kind = input(&FLOCK_LOCK);
const LOCK_QUERY: Kind = inout(&FLOCK_LOCK);
const HINT_IN: Kind = input(&WRITE_LIFE_HINT);
const HINT_OUT: Kind = output(&WRITE_LIFE_HINT);
const WRITE_LIFE_HINT: Kind = one_of(U64, &WRITE_LIFE);
/// `uid_t[2]`: real and effective.
const OWNER_UIDS: Kind = Kind::Fixed(&UINT, 2);

static FCNTL_ARG: &[(&str, Kind)] = &[
    ("F_DUPFD", INT),
    ("F_DUPFD_CLOEXEC", INT),
    ("F_SETFD", flags(U32, &FD_FLAGS)),
    ("F_SETFL", flags(U32, &OPEN)),
    ("F_GETLK", LOCK_QUERY),
    ("F_SETLK", LOCK),
    ("F_SETLKW", LOCK),
    ("F_OFD_GETLK", LOCK_QUERY),
    ("F_OFD_SETLK", LOCK),
    ("F_OFD_SETLKW", LOCK),
    ("F_SETOWN", INT),
    ("F_SETOWN_EX", input(&OWNER)),
    ("F_GETOWN_EX", output(&OWNER)),
    ("F_GETOWNER_UIDS", output(&OWNER_UIDS)),
    ("F_SETSIG", one_of(I32, &SIGNAL)),
    ("F_SETLEASE", one_of(I32, &LOCK_TYPE)),
    ("F_NOTIFY", flags(U32, &NOTIFY)),
    ("F_SETPIPE_SZ", INT),
    ("F_ADD_SEALS", flags(U32, &SEALS)),
    ("F_GET_RW_HINT", HINT_OUT),
    ("F_SET_RW_HINT", HINT_IN),
    ("F_GET_FILE_RW_HINT", HINT_OUT),
    ("F_SET_FILE_RW_HINT", HINT_IN),
    ("F_DUPFD_QUERY", FD),
];

static FCNTL_RETURNS: &[(&str, Ret)] = &[
    ("F_DUPFD", Ret::Fd),
    ("F_DUPFD_CLOEXEC", Ret::Fd),
    ("F_GETOWN", Ret::Pid),
    ("F_GETPIPE_SZ", Ret::Bytes),
    ("F_SETPIPE_SZ", Ret::Bytes),
];

/// Signals for input and output go to the owner of a descriptor, which `F_SETOWN_EX` names in memory.
const FCNTL_EFFECT: Effect = Effect::by(
    1,
    &[(&[F_SETOWN], Effect::Others(2)), (&[F_SETOWN_EX], Effect::AnyProcess), (FCNTL_OWN, Effect::Own)],
    &Effect::ANYTHING,
);

const FCNTL_OWN: &[u32] = &[
    F_DUPFD,
    F_GETFD,
    F_SETFD,
    F_GETFL,
    F_SETFL,
    F_GETLK,
    F_SETLK,
    F_SETLKW,
    F_GETOWN,
    F_SETSIG,
    F_GETSIG,
    F_GETOWN_EX,
    F_GETOWNER_UIDS,
    F_OFD_GETLK,
    F_OFD_SETLK,
    F_OFD_SETLKW,
    F_SETLEASE,
    F_GETLEASE,
    F_NOTIFY,
    F_DUPFD_QUERY,
    F_CREATED_QUERY,
    F_CANCELLK,
    F_DUPFD_CLOEXEC,
    F_SETPIPE_SZ,
    F_GETPIPE_SZ,
    F_ADD_SEALS,
    F_GET_SEALS,
    F_GET_RW_HINT,
    F_SET_RW_HINT,
    F_GET_FILE_RW_HINT,
    F_SET_FILE_RW_HINT,
    F_GETDELEG,
    F_SETDELEG,
];
