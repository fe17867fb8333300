//! Making, duplicating, controlling and closing descriptors.

use super::reach::*;

use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Dir, Effect, Kind, Syscall};

const PIPEFD: Kind = Kind::Fixed(&FD, 2);

pub(super) static CALLS: &[Syscall] = &[
    own!(pipe(pipefd: output(&PIPEFD))),
    own!(pipe2(pipefd: output(&PIPEFD), flags: flags(U32, &PIPE_FLAGS))),
    own!(close(fd: FD); closes: true),
    own!(close_range(first: UINT, last: UINT, flags: flags(U32, &CLOSE_RANGE)); closes: true),
    own!(dup(oldfd: FD) -> Fd),
    own!(dup2(oldfd: FD, newfd: FD) -> Fd; closes: true),
    own!(dup3(oldfd: FD, newfd: FD, flags: flags(U32, &DUP3_FLAGS)) -> Fd; closes: true),
    call!(fcntl(fd: FD, op: one_of(I32, &FCNTL), arg: Kind::By("op", FCNTL_ARG, &LONG) => optional) -> Int;
        effect: FCNTL_EFFECT, ret_by: FCNTL_RETURNS),
    call!(ioctl(fd: FD, op: one_of(U32, &IOCTL), argp: Kind::By("op", IOCTL_ARG, &ANY_INOUT) => optional) -> Int;
        effect: IOCTL_EFFECT),
    own!(flock(fd: FD, op: flags(U32, &FLOCK))),
    own!(memfd_create(name: PATH, flags: flags(U32, &MEMFD)) -> Fd),
    call!(pidfd_open(pid: INT, flags: flags(U32, &PIDFD)) -> Fd; effect: Effect::Others(0)),
    own!(pidfd_getfd(pidfd: FD, targetfd: FD, flags: UINT => optional) -> Fd),
    own!(pidfd_send_signal(
        pidfd: FD, sig: one_of(I32, &SIGNAL), info: input(&SIGINFO) => optional, flags: UINT => optional,
    )),
];

const LOCK: Kind = Kind::Ptr(Dir::In, &FLOCK_LOCK);
const LOCK_QUERY: Kind = Kind::Ptr(Dir::InOut, &FLOCK_LOCK);
const HINT_IN: Kind = Kind::Ptr(Dir::In, &WRITE_LIFE_HINT);
const HINT_OUT: Kind = Kind::Ptr(Dir::Out, &WRITE_LIFE_HINT);
static WRITE_LIFE_HINT: Kind = Kind::Enum(U64, &WRITE_LIFE);
/// `uid_t[2]`: real and effective.
static OWNER_UIDS: Kind = Kind::Fixed(&UINT, 2);

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

static IOCTL_ARG: &[(&str, Kind)] = &[
    ("FIONREAD", output(&INT)),
    ("TIOCINQ", output(&INT)),
    ("SIOCINQ", output(&INT)),
    ("TIOCOUTQ", output(&INT)),
    ("SIOCOUTQ", output(&INT)),
    ("FIONBIO", input(&INT)),
    ("FIOASYNC", input(&INT)),
    ("FIOQSIZE", output(&OFF)),
    ("FIGETBSZ", output(&INT)),
    ("FIOGETOWN", output(&INT)),
    ("FIOSETOWN", input(&INT)),
    ("SIOCGPGRP", output(&INT)),
    ("SIOCSPGRP", input(&INT)),
    ("SIOCATMARK", output(&INT)),
    ("TIOCGPGRP", output(&INT)),
    ("TIOCSPGRP", input(&INT)),
    ("TIOCGSID", output(&INT)),
    ("TIOCGPTN", output(&UINT)),
    ("TIOCSPTLCK", input(&INT)),
    ("TIOCGWINSZ", output(&WINSIZE)),
    ("TIOCSWINSZ", input(&WINSIZE)),
    ("TIOCSCTTY", INT),
    ("FICLONE", FD),
    ("FICLONERANGE", input(&FILE_CLONE_RANGE)),
    // Declared with long, transferred as int.
    ("FS_IOC_GETFLAGS", output(&INT)),
    ("FS_IOC_SETFLAGS", input(&INT)),
    ("IOC_WATCH_QUEUE_SET_SIZE", INT),
];
