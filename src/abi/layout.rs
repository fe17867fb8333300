//! Structures: what the kernel's headers say of sizes and offsets, read off by the compiler.

use std::mem::offset_of;

use linux_raw_sys::{general, net};

use super::sets::*;
use super::shape::*;
use super::types::{Field, Kind, Struct};

/// A field is one of
/// - `name: shape(…)`: an integer whose width and sign are the header's;
/// - `name = kind`: any other kind, at the header's offset;
/// - `name @ (offset) = kind`: for what the header calls otherwise, and members of unions.
macro_rules! layouts {
    ($($id:ident = $name:literal as $ty:ty {
        $($field:ident $(@ ($offset:expr))? $(: $shape:ident($($arg:expr),*))? $(= $kind:expr)?),* $(,)?
    })*) => {
        $(
            #[doc = concat!("`struct ", $name, "`.")]
            pub(super) static $id: Kind = Kind::Struct(&Struct {
                name: $name,
                size: size_of::<$ty>(),
                fields: &[$(Field {
                    name: stringify!($field),
                    offset: layouts!(@offset $ty, $field $(, $offset)?),
                    kind: layouts!(@kind $ty, $field $(, $shape($($arg),*))? $(= $kind)?),
                }),*],
            });
        )*
        static ALL: &[&Kind] = &[$(&$id),*];
    };
    (@offset $ty:ty, $field:ident) => { offset_of!($ty, $field) };
    (@offset $ty:ty, $field:ident, $offset:expr) => { $offset };
    (@kind $ty:ty, $field:ident, $shape:ident($($arg:expr),*)) => {
        $shape(int_of(|s: $ty| s.$field) $(, $arg)*)
    };
    (@kind $ty:ty, $field:ident = $kind:expr) => { $kind };
}

layouts! {
    TIMESPEC = "timespec" as general::timespec { tv_sec: plain(), tv_nsec: plain() }
    TIMEVAL = "timeval" as general::timeval { tv_sec: plain(), tv_usec: plain() }
    ITIMERSPEC = "itimerspec" as general::itimerspec { it_interval = TIMESPEC, it_value = TIMESPEC }
    ITIMERVAL = "itimerval" as general::itimerval { it_interval = TIMEVAL, it_value = TIMEVAL }
    RLIMIT_PAIR = "rlimit" as general::rlimit { rlim_cur: plain(), rlim_max: plain() }
    RUSAGE = "rusage" as general::rusage {
        ru_utime = TIMEVAL, ru_stime = TIMEVAL, ru_maxrss: plain(), ru_minflt: plain(), ru_majflt: plain(),
        ru_inblock: plain(), ru_oublock: plain(), ru_nvcsw: plain(), ru_nivcsw: plain(),
    }
    IOVEC = "iovec" as general::iovec { iov_base = ANY_INOUT, iov_len = size("iov_base") }

    STAT = "stat" as general::stat {
        st_dev: plain(), st_ino: plain(), st_nlink: plain(), st_mode: octal(), st_uid: plain(),
        st_gid: plain(), st_rdev: plain(), st_size: plain(), st_blksize: plain(), st_blocks: plain(),
        st_atime: plain(), st_atime_nsec: plain(), st_mtime: plain(), st_mtime_nsec: plain(),
        st_ctime: plain(), st_ctime_nsec: plain(),
    }
    STATX_TIMESTAMP = "statx_timestamp" as general::statx_timestamp { tv_sec: plain(), tv_nsec: plain() }
    STATX_BUF = "statx" as general::statx {
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
    STATFS = "statfs" as general::statfs {
        f_type: one_of(&FILESYSTEM), f_bsize: plain(), f_blocks: plain(), f_bfree: plain(),
        f_bavail: plain(), f_files: plain(), f_ffree: plain(), f_namelen: plain(), f_frsize: plain(),
        f_flags: plain(),
    }
    OPEN_HOW = "open_how" as general::open_how {
        flags: flags(&OPEN), mode: octal(), resolve: flags(&RESOLVE),
    }
    CLONE_ARGS = "clone_args" as general::clone_args {
        flags: flags(&CLONE), pidfd = ADDR, child_tid = ADDR, parent_tid = ADDR,
        exit_signal: one_of(&SIGNAL), stack = ADDR, stack_size: plain(), tls: plain(), set_tid = ADDR,
        set_tid_size: plain(), cgroup: plain(),
    }
    FLOCK_LOCK = "flock" as general::flock {
        l_type: one_of(&LOCK_TYPE), l_whence: one_of(&WHENCE), l_start: plain(), l_len: plain(),
        l_pid: plain(),
    }
    OWNER = "f_owner_ex" as general::f_owner_ex {
        type @ (offset_of!(general::f_owner_ex, type_)) = one_of(I32, &OWNER_TYPE), pid: plain(),
    }
    INOTIFY_EVENT = "inotify_event" as general::inotify_event {
        wd: plain(), mask: flags(&INOTIFY), cookie: plain(), len: plain(),
    }
    WINSIZE = "winsize" as general::winsize {
        ws_row: plain(), ws_col: plain(), ws_xpixel: plain(), ws_ypixel: plain(),
    }
    FILE_CLONE_RANGE = "file_clone_range" as general::file_clone_range {
        src_fd: plain(), src_offset: plain(), src_length: plain(), dest_offset: plain(),
    }

    POLLFD = "pollfd" as general::pollfd { fd = FD, events: flags(&POLL), revents: flags(&POLL) }
    EPOLL_EVENT = "epoll_event" as general::epoll_event { events: flags(&EPOLL), data: plain() }
    // What the sixth argument of pselect6 points to; it has no name in any header.
    SIGMASK_ARG = "pselect6_sigmask" as [u64; 2] {
        ss @ (0) = input(&Kind::SigSet), ss_len @ (8) = size("ss"),
    }

    SOCKADDR = "sockaddr" as libc::sockaddr { sa_family: one_of(&FAMILY), sa_data = Kind::FixedBytes(14) }
    SOCKADDR_UN = "sockaddr_un" as net::sockaddr_un {
        sun_family: one_of(&FAMILY), sun_path = Kind::FixedBytes(108),
    }
    // Ports and addresses are in network order: bytes, the same on every machine.
    SOCKADDR_IN = "sockaddr_in" as net::sockaddr_in {
        sin_family: one_of(&FAMILY), sin_port = Kind::FixedBytes(2), sin_addr = Kind::FixedBytes(4),
    }
    SOCKADDR_IN6 = "sockaddr_in6" as net::sockaddr_in6 {
        sin6_family: one_of(&FAMILY), sin6_port = Kind::FixedBytes(2), sin6_flowinfo = Kind::FixedBytes(4),
        sin6_addr = Kind::FixedBytes(16), sin6_scope_id: plain(),
    }
    // Lengths are derived from what the pointers point to, on the way in.
    MSGHDR = "msghdr" as net::msghdr {
        msg_name = ANY_INOUT, msg_namelen: len("msg_name"), msg_iov = IOV_INOUT,
        msg_iovlen = size("msg_iov"), msg_control = ANY_INOUT, msg_controllen = size("msg_control"),
        msg_flags: flags(&MSG),
    }
    LINGER = "linger" as net::linger { l_onoff: plain(), l_linger: plain() }
    UCRED = "ucred" as net::ucred { pid: plain(), uid: plain(), gid: plain() }

    SIGACTION = "sigaction" as general::kernel_sigaction {
        sa_handler @ (offset_of!(general::kernel_sigaction, sa_handler_kernel)) = one_of(U64, &HANDLER),
        sa_flags: flags(&SA), sa_restorer = ADDR,
        sa_mask = Kind::SigSet,
    }
    SIGALTSTACK_STACK = "stack_t" as general::sigaltstack {
        ss_sp = ADDR, ss_flags: flags(&SIGALTSTACK), ss_size: plain(),
    }
    // Members of a union share offsets; which are meant depends on the signal and its code.
    SIGINFO = "siginfo" as general::siginfo_t {
        si_signo @ (0) = one_of(I32, &SIGNAL), si_errno @ (4) = one_of(I32, &ERRNO),
        si_code @ (8) = Kind::By("si_signo", SI_CODES, &Kind::Enum(I32, &SI_CODE)),
        si_pid @ (16) = INT, si_uid @ (20) = UINT, si_status @ (24) = INT, si_value @ (24) = INT,
        si_ptr @ (24) = ADDR, si_utime @ (32) = LONG, si_stime @ (40) = LONG,
        si_timerid @ (16) = INT, si_overrun @ (20) = INT,
        si_addr @ (16) = ADDR, si_addr_lsb @ (24) = Kind::Int(I16),
        si_band @ (16) = Kind::Flags(I64, &POLL), si_fd @ (24) = FD,
        si_call_addr @ (16) = ADDR, si_syscall @ (24) = INT, si_arch @ (28) = UINT,
    }
    SIGNALFD_SIGINFO = "signalfd_siginfo" as libc::signalfd_siginfo {
        ssi_signo: one_of(&SIGNAL), ssi_errno: plain(), ssi_code: plain(), ssi_pid: plain(),
        ssi_uid: plain(), ssi_fd: plain(), ssi_tid: plain(), ssi_band: plain(), ssi_overrun: plain(),
        ssi_trapno: plain(), ssi_status: plain(), ssi_int: plain(), ssi_ptr: plain(), ssi_utime: plain(),
        ssi_stime: plain(), ssi_addr: plain(),
    }
    SIGEVENT = "sigevent" as general::sigevent_t {
        sigev_value @ (0) = ULONG, sigev_signo @ (8) = one_of(I32, &SIGNAL),
        sigev_notify @ (12) = one_of(I32, &SIGEV), sigev_notify_thread_id @ (16) = INT,
    }
}

static SI_CODES: &[(&str, Kind)] = &[
    ("SIGCHLD", Kind::Enum(I32, &CLD)),
    ("SIGIO", Kind::Enum(I32, &POLL_CODE)),
    ("SIGPOLL", Kind::Enum(I32, &POLL_CODE)),
    ("SIGSEGV", Kind::Enum(I32, &SEGV)),
    ("SIGBUS", Kind::Enum(I32, &BUS)),
    ("SIGSYS", Kind::Enum(I32, &SYS_CODE)),
];

/// Every structure of the table.
pub fn structures() -> impl Iterator<Item = &'static Struct> {
    ALL.iter().filter_map(|kind| match kind {
        Kind::Struct(structure) => Some(*structure),
        _ => None,
    })
}
