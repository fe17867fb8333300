//! What calls do beyond the process that makes them, where it takes more than a word to say; and what a kernel may
//! ignore. An operation that nobody has looked at counts as the worst.

use libc::{MAP_FIXED_NOREPLACE, PROT_EXEC, PROT_READ, PROT_WRITE, SPLICE_F_GIFT, SPLICE_F_MORE, SPLICE_F_MOVE};

use crate::abi::{Effect, Hint, Machine, Ret, Shared};

const WHOLE: u32 = u32::MAX;

pub(super) const MOUNTS: Effect = Effect::Worker(Shared::MOUNTS);
pub(super) const NAMES: Effect = Effect::Worker(Shared::NAMES);
pub(super) const IPC_OBJECT: Effect = Effect::Worker(Shared::IPC);
/// A program, a traced process, or memory that it may run as code, does whatever it likes.
pub(super) const ANYTHING: Effect = Effect::Worker(Shared::ANY);
const PORTS: Effect = Effect::Worker(Shared::PORTS);
const NET: Effect = Effect::Worker(Shared::NET);

pub(super) const SIGNALS: Effect = Effect::Signals { pid: 0, signal: 1 };

const fn changes(does: &'static str) -> Effect {
    Effect::Machine(Machine { does, changes: true })
}

const fn exposes(does: &'static str) -> Effect {
    Effect::Machine(Machine { does, changes: false })
}

pub(super) const CLOCK_CHANGE: Effect = changes("changes the clock");
pub(super) const SWAP: Effect = changes("changes what the machine swaps to");
pub(super) const MODULES: Effect = changes("loads or unloads kernel modules");
pub(super) const KERNEL: Effect = changes("starts or prepares another kernel");
pub(super) const KERNEL_LOG: Effect = changes("reads and clears the kernel's log");
pub(super) const ACCOUNTING: Effect = changes("switches process accounting");
pub(super) const QUOTAS: Effect = changes("changes disk quotas");
pub(super) const HARDWARE_PORTS: Effect = changes("reaches the machine's ports");
pub(super) const TERMINAL: Effect = changes("hangs up the terminal");
pub(super) const KEYRINGS: Effect = changes("reads and writes keyrings, which the whole machine shares");
pub(super) const PROGRAMS: Effect = changes("runs programs in the kernel");
pub(super) const WATCHES: Effect = exposes("watches the whole machine");
pub(super) const HOLDS_UP: Effect = exposes("can hold up the kernel");
pub(super) const PAST_DIRECTORIES: Effect = exposes("opens files past the directories that lead to them");
pub(super) const UNFILTERED: Effect = exposes("makes requests that no filter sees");

const FAMILY_MODULE: Effect = changes("may load a kernel module for this address family");
const PROTOCOL_MODULE: Effect = changes("may load a kernel module for this protocol");

/// `SOCK_DCCP`, whose protocol 0 is a module's; `SOCK_PACKET`, which makes the family another one.
const TYPES_OF_MODULES: &[u32] = &[6, 10];
/// The bits of a socket's type that are no flags.
const TYPE_MASK: u32 = 0xf;
/// IP, ICMP, TCP, UDP, ICMPv6, raw: they are there wherever IP is.
const PROTOCOLS: &[u32] = &[0, 1, 6, 17, 58, 255];
/// Routes, users' own messages, events of objects: kernels with netlink have them. One beyond the last (31) loads nothing.
const NETLINK_PROTOCOLS: &[u32] = &[0, 2, 15];

const IP_PROTOCOL: Effect = Effect::All(&[
    Effect::By { arg: 1, mask: TYPE_MASK, arms: &[(TYPES_OF_MODULES, PROTOCOL_MODULE)], others: &Effect::Own },
    Effect::By { arg: 2, mask: WHOLE, arms: &[(PROTOCOLS, Effect::Own)], others: &PROTOCOL_MODULE },
]);
const NETLINK_PROTOCOL: Effect =
    Effect::By { arg: 2, mask: WHOLE, arms: &[(NETLINK_PROTOCOLS, Effect::Own)], others: &PROTOCOL_MODULE };

/// A kernel looks for a module by the names `net-pf-FAMILY`, `net-pf-FAMILY-proto-PROTOCOL-type-TYPE` and
/// `net-pf-FAMILY-proto-PROTOCOL` where it lacks what a socket is made of (net/socket.c, net/ipv4/af_inet.c,
/// net/netlink/af_netlink.c), whoever asks for it.
pub(super) const MAY_LOAD_A_PROTOCOL: Effect = Effect::By {
    arg: 0,
    mask: WHOLE,
    arms: &[
        (&[libc::AF_UNSPEC as u32, libc::AF_UNIX as u32], Effect::Own),
        (&[libc::AF_INET as u32, libc::AF_INET6 as u32], IP_PROTOCOL),
        (&[libc::AF_NETLINK as u32], NETLINK_PROTOCOL),
    ],
    others: &FAMILY_MODULE,
};

/// Ports stay taken for a minute after a connection; by netlink and packets, interfaces are set up and reached.
pub(super) const SOCKET_EFFECT: Effect = Effect::All(&[
    MAY_LOAD_A_PROTOCOL,
    Effect::By {
        arg: 0,
        mask: WHOLE,
        arms: &[
            (&[libc::AF_UNSPEC as u32, libc::AF_UNIX as u32], Effect::Own),
            (&[libc::AF_INET as u32, libc::AF_INET6 as u32], PORTS),
        ],
        others: &NET,
    },
]);

/// Options of the socket, TCP and UDP; others reach as far as the tables of the packet filter.
pub(super) const SETSOCKOPT_EFFECT: Effect = Effect::By {
    arg: 1,
    mask: WHOLE,
    arms: &[(&[libc::SOL_SOCKET as u32, libc::IPPROTO_TCP as u32, libc::IPPROTO_UDP as u32], Effect::Own)],
    others: &NET,
};

/// Signals for input and output go to the owner of a descriptor.
pub(super) const FCNTL_EFFECT: Effect = Effect::By {
    arg: 1,
    mask: WHOLE,
    arms: &[
        (&[libc::F_SETOWN as u32], Effect::Others(2)),
        // F_SETOWN_EX names it in memory.
        (&[15], Effect::AnyProcess),
        // F_DUPFD to F_GETSIG, F_GETOWN_EX and F_GETOWNER_UIDS, the locks of open file descriptions.
        (&[0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 16, 17, 36, 37, 38], Effect::Own),
        // F_SETLEASE to F_SET_FILE_RW_HINT.
        (
            &[1024, 1025, 1026, 1027, 1028, 1029, 1030, 1031, 1032, 1033, 1034, 1035, 1036, 1037, 1038, 1039, 1040],
            Effect::Own,
        ),
    ],
    others: &ANYTHING,
};

pub(super) const FCNTL_RETURNS: &[(&str, Ret)] = &[
    ("F_DUPFD", Ret::Fd),
    ("F_DUPFD_CLOEXEC", Ret::Fd),
    ("F_GETOWN", Ret::Pid),
    ("F_GETPIPE_SZ", Ret::Bytes),
    ("F_SETPIPE_SZ", Ret::Bytes),
];

/// What asks, and what changes a terminal, a file or a descriptor of the case's own.
const IOCTLS_OF_ONES_OWN: &[u32] = &[
    libc::FIONREAD as u32,
    libc::TIOCOUTQ as u32,
    libc::FIONBIO as u32,
    libc::FIOASYNC as u32,
    libc::FIOCLEX as u32,
    libc::FIONCLEX as u32,
    // FIOQSIZE, FIGETBSZ, FIBMAP.
    0x5460,
    2,
    1,
    libc::TCGETS as u32,
    libc::TCSETS as u32,
    libc::TIOCGPGRP as u32,
    libc::TIOCSPGRP as u32,
    libc::TIOCGSID as u32,
    libc::TIOCGWINSZ as u32,
    libc::TIOCSWINSZ as u32,
    libc::TIOCSCTTY as u32,
    // TIOCGPTN, TIOCSPTLCK.
    0x8004_5430,
    0x4004_5431,
    // FICLONE, FICLONERANGE, FS_IOC_GETFLAGS, FS_IOC_SETFLAGS.
    0x4004_9409,
    0x4020_940d,
    0x8008_6601,
    0x4008_6602,
    // IOC_WATCH_QUEUE_SET_SIZE.
    0x5760,
    // FIOGETOWN, SIOCGPGRP, SIOCATMARK, SIOCGSTAMP, SIOCGSTAMPNS.
    0x8903,
    0x8904,
    0x8905,
    0x8906,
    0x8907,
    // SIOCGIFNAME, -CONF, -FLAGS, -ADDR, -DSTADDR, -BRDADDR, -NETMASK, -METRIC, -MTU, -HWADDR, -INDEX.
    0x8910,
    0x8912,
    0x8913,
    0x8915,
    0x8917,
    0x8919,
    0x891b,
    0x891d,
    0x8921,
    0x8927,
    0x8933,
];

/// The owner of a descriptor (FIOSETOWN, SIOCSPGRP) is named in memory. All others of a socket's set up interfaces.
pub(super) const IOCTL_EFFECT: Effect = Effect::By {
    arg: 1,
    mask: WHOLE,
    arms: &[(IOCTLS_OF_ONES_OWN, Effect::Own), (&[0x8901, 0x8902], Effect::AnyProcess)],
    others: &Effect::By { arg: 1, mask: !0xff, arms: &[(&[0x8900], NET)], others: &ANYTHING },
};

/// Operations up to 127 are the caller's own but for the one that shares its core's cookie, as are those with names
/// for numbers (PR_SET_PTRACER, PR_SET_VMA, PR_GET_AUXV).
pub(super) const PRCTL_EFFECT: Effect = Effect::By {
    arg: 0,
    mask: WHOLE,
    arms: &[(&[62], Effect::Others(2)), (&[0x5961_6d61, 0x5356_4d41, 0x4155_5856], Effect::Own)],
    others: &Effect::By { arg: 0, mask: !0x7f, arms: &[(&[0], Effect::Own)], others: &ANYTHING },
};

/// With READ_IMPLIES_EXEC, all memory from then on can be run; all bits: it only asks.
pub(super) const PERSONALITY_EFFECT: Effect = Effect::By {
    arg: 0,
    mask: WHOLE,
    arms: &[(&[u32::MAX], Effect::Own)],
    others: &Effect::By {
        arg: 0,
        mask: libc::READ_IMPLIES_EXEC as u32,
        arms: &[(&[0], Effect::Own)],
        others: &ANYTHING,
    },
};

/// The third argument says whether memory can be run.
pub(super) const EXECUTABLE: Effect =
    Effect::By { arg: 2, mask: PROT_EXEC as u32, arms: &[(&[0], Effect::Own)], others: &ANYTHING };

const POISONS: Effect = changes("takes pages of memory away from the machine");
/// The page of the machine that lies there is never used again, whoever has it.
const POISON: &[u32] = &[libc::MADV_HWPOISON as u32, libc::MADV_SOFT_OFFLINE as u32];

pub(super) const MADVISE_EFFECT: Effect =
    Effect::By { arg: 2, mask: WHOLE, arms: &[(POISON, POISONS)], others: &Effect::Own };
/// From Linux 6.13 on, a process may give itself any advice by this call.
pub(super) const PROCESS_MADVISE_EFFECT: Effect =
    Effect::By { arg: 3, mask: WHOLE, arms: &[(POISON, POISONS)], others: &Effect::Own };

const SHM_EXEC: u32 = 0o100_000;

pub(super) const SHMAT_EFFECT: Effect =
    Effect::All(&[IPC_OBJECT, Effect::By { arg: 2, mask: SHM_EXEC, arms: &[(&[0], Effect::Own)], others: &ANYTHING }]);

/// C libraries declare it with different types.
const PRIO_PROCESS: u32 = 0;

/// Of a process, or of a group's and of all of a user's.
pub(super) const SETPRIORITY_EFFECT: Effect = Effect::By {
    arg: 0,
    mask: WHOLE,
    arms: &[(&[PRIO_PROCESS], Effect::HandsDown(1))],
    others: &Effect::All(&[Effect::AnyProcess, ANYTHING]),
};

pub(super) const KEYCTL_EFFECT: Effect =
    Effect::All(&[Effect::Keyring(1), Effect::Keyring(2), Effect::Keyring(3), Effect::Keyring(4), KEYRINGS]);

const MOVE_MORE_GIFT: u32 = SPLICE_F_MOVE | SPLICE_F_MORE | SPLICE_F_GIFT;

/// splice(2): MOVE is only a hint and MORE a helpful one; GIFT does nothing.
pub(super) const SPLICE_HINTS: &[Hint] = &[Hint { arg: 5, bits: MOVE_MORE_GIFT, beside: 0 }];
/// splice(2): for vmsplice and tee, MOVE and MORE do nothing.
pub(super) const PIPE_HINTS: &[Hint] = &[Hint { arg: 3, bits: MOVE_MORE_GIFT, beside: 0 }];
/// mmap(2): that a page may be written may imply that it may be read.
const READ_BESIDE_WRITE: Hint = Hint { arg: 2, bits: PROT_READ as u32, beside: PROT_WRITE as u32 };
pub(super) const MPROTECT_HINTS: &[Hint] = &[READ_BESIDE_WRITE];
/// mmap(2): to a kernel that does not know MAP_FIXED_NOREPLACE, the address is a hint.
pub(super) const MMAP_HINTS: &[Hint] =
    &[READ_BESIDE_WRITE, Hint { arg: 3, bits: MAP_FIXED_NOREPLACE as u32, beside: 0 }];
