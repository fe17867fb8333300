//! Operations of ioctl(2).

use linux_raw_sys::general::{file_clone_range, winsize};
use linux_raw_sys::ioctl::*;
use linux_raw_sys::net::{SIOCGSTAMP_OLD, SIOCGSTAMPNS_OLD};

use super::net::NET;
use super::prelude::*;

subsystem! {
    calls {
        call!(ioctl(fd: FD, op: one_of(U32, &IOCTL), argp: Kind::By("op", IOCTL_ARG, &ANY_INOUT) => optional) -> Int;
            effect: IOCTL_EFFECT),
    }
    constants {
        one_of IOCTL = "ioctl operations" {
            FIONREAD, FIONBIO, FIOASYNC, FIOCLEX, FIONCLEX, FIOQSIZE, FIGETBSZ, FIBMAP, FIOGETOWN, FIOSETOWN,
            FICLONE, FICLONERANGE, FIDEDUPERANGE, FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, TCGETS, TCSETS, TCSETSW,
            TIOCGWINSZ, TIOCSWINSZ, TIOCGPGRP, TIOCSPGRP, TIOCGSID, TIOCSCTTY, TIOCNOTTY, TIOCGPTN,
            TIOCSPTLCK, TIOCOUTQ, SIOCATMARK, SIOCGPGRP, SIOCSPGRP, IOC_WATCH_QUEUE_SET_SIZE,
            IOC_WATCH_QUEUE_SET_FILTER = 0x5761,
            // Second names.
            TIOCINQ = FIONREAD, SIOCINQ = FIONREAD, SIOCOUTQ = TIOCOUTQ,
        }
    }
    structures {
        WINSIZE = "winsize" as winsize {
            ws_row: plain(), ws_col: plain(), ws_xpixel: plain(), ws_ypixel: plain(),
        }
        FILE_CLONE_RANGE = "file_clone_range" as file_clone_range {
            src_fd: plain(), src_offset: plain(), src_length: plain(), dest_offset: plain(),
        }
    }
}

// The headers, as packaged, lack it.
const IOC_WATCH_QUEUE_SET_SIZE: u32 = 0x5760;

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

/// The owner of a descriptor is named in memory. All others of a socket's set up interfaces.
const IOCTL_EFFECT: Effect = Effect::by(
    1,
    &[(IOCTL_OWN, Effect::Own), (&[FIOSETOWN, SIOCSPGRP], Effect::AnyProcess)],
    &Effect::by_bits(1, !0xff, &[(&[SOCKET_IOCTLS], NET)], &Effect::ANYTHING),
);

/// All bits of a socket's operations but the last eight.
const SOCKET_IOCTLS: u32 = 0x8900;

/// What asks, and what changes a terminal, a file or a descriptor of the case's own.
const IOCTL_OWN: &[u32] = &[
    FIONREAD,
    TIOCOUTQ,
    FIONBIO,
    FIOASYNC,
    FIOCLEX,
    FIONCLEX,
    FIOQSIZE,
    FIGETBSZ,
    FIBMAP,
    TCGETS,
    TCSETS,
    TIOCGPGRP,
    TIOCSPGRP,
    TIOCGSID,
    TIOCGWINSZ,
    TIOCSWINSZ,
    TIOCSCTTY,
    TIOCGPTN,
    TIOCSPTLCK,
    FICLONE,
    FICLONERANGE,
    FS_IOC_GETFLAGS,
    FS_IOC_SETFLAGS,
    IOC_WATCH_QUEUE_SET_SIZE,
    FIOGETOWN,
    SIOCGPGRP,
    SIOCATMARK,
    SIOCGSTAMP_OLD,
    SIOCGSTAMPNS_OLD,
    SIOCGIFNAME,
    SIOCGIFCONF,
    SIOCGIFFLAGS,
    SIOCGIFADDR,
    SIOCGIFDSTADDR,
    SIOCGIFBRDADDR,
    SIOCGIFNETMASK,
    SIOCGIFMETRIC,
    SIOCGIFMTU,
    SIOCGIFHWADDR,
    SIOCGIFINDEX,
];
