//! Operations of ioctl(2).

use linux_raw_sys::general::{
    self as general, file_clone_range, file_dedupe_range, file_dedupe_range_info, fsuuid2, fsxattr, pm_scan_arg,
    procmap_query, termios, termios2, winsize, *,
};
use linux_raw_sys::ioctl::*;
use linux_raw_sys::loop_device::{
    LOOP_CHANGE_FD, LOOP_CLR_FD, LOOP_CONFIGURE, LOOP_CTL_ADD, LOOP_CTL_GET_FREE, LOOP_CTL_REMOVE, LOOP_GET_STATUS64,
    LOOP_SET_BLOCK_SIZE, LOOP_SET_CAPACITY, LOOP_SET_DIRECT_IO, LOOP_SET_FD, LOOP_SET_STATUS64, loop_config,
    loop_info64,
};
use linux_raw_sys::net::{SIOCGSTAMP_OLD, SIOCGSTAMPNS_OLD};

use super::fs::XFLAG;
use super::mm::{
    HOLDS_UP, UFFDIO_API as UFFDIO_API_ARG, UFFDIO_CONTINUE as UFFDIO_CONTINUE_ARG, UFFDIO_COPY as UFFDIO_COPY_ARG,
    UFFDIO_MOVE as UFFDIO_MOVE_ARG, UFFDIO_POISON as UFFDIO_POISON_ARG, UFFDIO_RANGE,
    UFFDIO_REGISTER as UFFDIO_REGISTER_ARG, UFFDIO_WRITEPROTECT as UFFDIO_WRITEPROTECT_ARG,
    UFFDIO_ZEROPAGE as UFFDIO_ZEROPAGE_ARG,
};
use super::net::{IFREQ, NET};
use super::poll::EPOLL_PARAMS;
use super::prelude::*;

subsystem! {
    calls {
        call!(ioctl(fd: FD, op: one_of(U32, &IOCTL), argp: Kind::By("op", IOCTL_ARG, &ANY_INOUT) => optional) -> Int;
            effect: IOCTL_EFFECT, ret_by: IOCTL_RETURNS, x32: Some(514)),
    }
    constants {
        one_of IOCTL = "ioctl operations" {
            // Any file.
            FIONREAD, FIONBIO, FIOASYNC, FIOCLEX, FIONCLEX, FIOQSIZE, FIGETBSZ, FIBMAP, FIOGETOWN, FIOSETOWN,
            FICLONE, FICLONERANGE, FIDEDUPERANGE, FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_IOC_GETVERSION,
            FS_IOC_SETVERSION, FS_IOC_FSGETXATTR, FS_IOC_FSSETXATTR, FS_IOC_FIEMAP, FS_IOC_GETFSLABEL,
            FS_IOC_SETFSLABEL, FS_IOC_GETFSUUID, FS_IOC_GETFSSYSFSPATH, FIFREEZE, FITHAW, FITRIM,
            FS_IOC_SHUTDOWN = EXT4_IOC_SHUTDOWN, FS_IOC_ENABLE_VERITY, FS_IOC_MEASURE_VERITY,
            // Terminals.
            TCGETS, TCSETS, TCSETSW, TCSETSF, TCGETS2, TCSETS2, TCSETSW2, TCSETSF2, TCSBRK, TCSBRKP, TIOCSBRK,
            TIOCCBRK, TCXONC, TCFLSH, TIOCGWINSZ, TIOCSWINSZ, TIOCGPGRP, TIOCSPGRP, TIOCGSID, TIOCSCTTY, TIOCNOTTY,
            TIOCGPTN, TIOCSPTLCK, TIOCGPTLCK, TIOCGPTPEER, TIOCPKT, TIOCGPKT, TIOCOUTQ, TIOCEXCL, TIOCNXCL,
            TIOCGEXCL, TIOCGETD, TIOCSETD, TIOCGDEV, TIOCMGET, TIOCMBIS, TIOCMBIC, TIOCMSET, TIOCSIG, TIOCSTI,
            TIOCCONS, TIOCLINUX, TIOCVHANGUP,
            // Sockets.
            SIOCATMARK, SIOCGPGRP, SIOCSPGRP, SIOCGSTAMP_OLD, SIOCGSTAMPNS_OLD, SIOCOUTQNSD,
            SIOCGSKNS = 0x894c, SIOCUNIXFILE = 0x89e0, SIOCGIFNAME, SIOCGIFCONF, SIOCGIFFLAGS, SIOCSIFFLAGS,
            SIOCGIFADDR, SIOCSIFADDR, SIOCGIFDSTADDR, SIOCSIFDSTADDR, SIOCGIFBRDADDR, SIOCSIFBRDADDR,
            SIOCGIFNETMASK, SIOCSIFNETMASK, SIOCGIFMETRIC, SIOCSIFMETRIC, SIOCGIFMTU, SIOCSIFMTU, SIOCSIFNAME,
            SIOCGIFHWADDR, SIOCSIFHWADDR, SIOCGIFINDEX, SIOCGIFTXQLEN, SIOCSIFTXQLEN, SIOCADDRT, SIOCDELRT,
            TUNSETIFF,
            // Pipes of notifications, inotify, epoll, userfaultfd, namespaces, processes, /proc.
            IOC_WATCH_QUEUE_SET_SIZE, IOC_WATCH_QUEUE_SET_FILTER = 0x5761, INOTIFY_IOC_SETNEXTWD,
            EPIOCSPARAMS, EPIOCGPARAMS, USERFAULTFD_IOC_NEW, UFFDIO_API, UFFDIO_REGISTER, UFFDIO_UNREGISTER,
            UFFDIO_WAKE, UFFDIO_COPY, UFFDIO_ZEROPAGE, UFFDIO_WRITEPROTECT, UFFDIO_CONTINUE, UFFDIO_POISON,
            UFFDIO_MOVE, NS_GET_USERNS, NS_GET_PARENT, NS_GET_NSTYPE, NS_GET_OWNER_UID, NS_GET_MNTNS_ID,
            NS_GET_PID_FROM_PIDNS, NS_GET_TGID_FROM_PIDNS, NS_GET_PID_IN_PIDNS, NS_GET_TGID_IN_PIDNS,
            NS_MNT_GET_INFO, NS_MNT_GET_NEXT, NS_MNT_GET_PREV, NS_GET_ID, PIDFD_GET_CGROUP_NAMESPACE = 0xff01,
            PIDFD_GET_IPC_NAMESPACE = 0xff02, PIDFD_GET_MNT_NAMESPACE = 0xff03, PIDFD_GET_NET_NAMESPACE = 0xff04,
            PIDFD_GET_PID_NAMESPACE = 0xff05, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE = 0xff06,
            PIDFD_GET_TIME_NAMESPACE = 0xff07, PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE = 0xff08,
            PIDFD_GET_USER_NAMESPACE = 0xff09, PIDFD_GET_UTS_NAMESPACE = 0xff0a, PIDFD_GET_INFO, PAGEMAP_SCAN,
            PROCMAP_QUERY,
            // Block devices, loop devices, random numbers.
            BLKROGET, BLKROSET, BLKRRPART, BLKGETSIZE, BLKGETSIZE64, BLKFLSBUF, BLKRAGET, BLKRASET, BLKFRAGET,
            BLKFRASET, BLKSECTGET, BLKSECTSET, BLKSSZGET, BLKPBSZGET, BLKIOMIN, BLKIOOPT, BLKALIGNOFF, BLKPG, BLKBSZGET,
            BLKBSZSET, BLKDISCARD, BLKSECDISCARD, BLKZEROOUT, BLKDISCARDZEROES, BLKROTATIONAL, LOOP_SET_FD, LOOP_CLR_FD,
            LOOP_SET_STATUS64, LOOP_GET_STATUS64, LOOP_CHANGE_FD, LOOP_SET_CAPACITY, LOOP_SET_DIRECT_IO,
            LOOP_SET_BLOCK_SIZE, LOOP_CONFIGURE, LOOP_CTL_ADD, LOOP_CTL_REMOVE, LOOP_CTL_GET_FREE, RNDGETENTCNT,
            RNDADDTOENTCNT, RNDADDENTROPY, RNDZAPENTCNT, RNDCLEARPOOL, RNDRESEEDCRNG,
            // Second names.
            TIOCINQ = FIONREAD, SIOCINQ = FIONREAD, SIOCOUTQ = TIOCOUTQ,
        }
        flags FS_FL = "file flags" {
            FS_SECRM_FL, FS_UNRM_FL, FS_COMPR_FL, FS_SYNC_FL, FS_IMMUTABLE_FL, FS_APPEND_FL, FS_NODUMP_FL,
            FS_NOATIME_FL, FS_DIRTY_FL, FS_COMPRBLK_FL, FS_NOCOMP_FL, FS_ENCRYPT_FL, FS_INDEX_FL, FS_IMAGIC_FL,
            FS_JOURNAL_DATA_FL, FS_NOTAIL_FL, FS_DIRSYNC_FL, FS_TOPDIR_FL, FS_HUGE_FILE_FL, FS_EXTENT_FL,
            FS_VERITY_FL, FS_EA_INODE_FL, FS_EOFBLOCKS_FL, FS_NOCOW_FL, FS_DAX_FL, FS_INLINE_DATA_FL,
            FS_PROJINHERIT_FL, FS_CASEFOLD_FL,
        }
        flags IFLAG = "terminal input flags" {
            IGNBRK, BRKINT, IGNPAR, PARMRK, INPCK, ISTRIP, INLCR, IGNCR, ICRNL, IUCLC, IXON, IXANY, IXOFF, IMAXBEL,
            IUTF8,
        }
        flags OFLAG = "terminal output flags" {
            TAB3, OPOST, OLCUC, ONLCR, OCRNL, ONOCR, ONLRET, OFILL, OFDEL,
        }
        // Speeds and sizes of characters first: they are numbers, not bits that combine.
        flags CFLAG = "terminal control flags" {
            B0, B460800, B230400, B115200, B57600, B38400, B19200, B9600, B4800, B2400, B1200, CS8, CS7, CS6, CS5 = 0,
            CSTOPB, CREAD, PARENB, PARODD, HUPCL, CLOCAL, BOTHER, CMSPAR, CRTSCTS,
        }
        flags LFLAG = "terminal local flags" {
            ISIG, ICANON, XCASE, ECHO, ECHOE, ECHOK, ECHONL, NOFLSH, TOSTOP, ECHOCTL, ECHOPRT, ECHOKE, FLUSHO, PENDIN,
            IEXTEN, EXTPROC,
        }
        one_of TCFLOW = "terminal flow actions" { TCOOFF, TCOON, TCIOFF, TCION }
        one_of TCFLUSH = "terminal queues" { TCIFLUSH, TCOFLUSH, TCIOFLUSH }
        flags TIOCM = "modem lines" {
            TIOCM_LE, TIOCM_DTR, TIOCM_RTS, TIOCM_ST, TIOCM_SR, TIOCM_CTS, TIOCM_CAR, TIOCM_RNG, TIOCM_DSR, TIOCM_OUT1,
            TIOCM_OUT2, TIOCM_LOOP,
        }
        flags FIEMAP_FLAG = "fiemap flags" { FIEMAP_FLAG_SYNC, FIEMAP_FLAG_XATTR, FIEMAP_FLAG_CACHE }
        flags FIEMAP_EXTENT_FLAG = "extent flags" {
            FIEMAP_EXTENT_LAST, FIEMAP_EXTENT_UNKNOWN, FIEMAP_EXTENT_DELALLOC, FIEMAP_EXTENT_ENCODED,
            FIEMAP_EXTENT_DATA_ENCRYPTED, FIEMAP_EXTENT_NOT_ALIGNED, FIEMAP_EXTENT_DATA_INLINE,
            FIEMAP_EXTENT_DATA_TAIL, FIEMAP_EXTENT_UNWRITTEN, FIEMAP_EXTENT_MERGED, FIEMAP_EXTENT_SHARED,
        }
        one_of DEDUPE = "results of deduplication" { FILE_DEDUPE_RANGE_SAME, FILE_DEDUPE_RANGE_DIFFERS }
        flags LO_FLAGS = "loop flags" {
            LO_FLAGS_READ_ONLY = 1, LO_FLAGS_AUTOCLEAR = 4, LO_FLAGS_PARTSCAN = 8, LO_FLAGS_DIRECT_IO = 16,
        }
        flags PAGE_IS = "page categories" {
            PAGE_IS_WPALLOWED, PAGE_IS_WRITTEN, PAGE_IS_FILE, PAGE_IS_PRESENT, PAGE_IS_SWAPPED, PAGE_IS_PFNZERO,
            PAGE_IS_HUGE, PAGE_IS_SOFT_DIRTY, PAGE_IS_GUARD,
        }
        flags PM_SCAN = "PAGEMAP_SCAN flags" { PM_SCAN_WP_MATCHING, PM_SCAN_CHECK_WPASYNC }
        flags PIDFD_INFO = "process information" {
            PIDFD_INFO_PID = 1, PIDFD_INFO_CREDS = 2, PIDFD_INFO_CGROUPID = 4, PIDFD_INFO_EXIT = 8,
            PIDFD_INFO_COREDUMP = 0x10,
        }
    }
    structures {
        WINSIZE = "winsize" as winsize {
            ws_row: plain(), ws_col: plain(), ws_xpixel: plain(), ws_ypixel: plain(),
        }
        TERMIOS = "termios" as termios {
            c_iflag: flags(&IFLAG), c_oflag: flags(&OFLAG), c_cflag: flags(&CFLAG), c_lflag: flags(&LFLAG),
            c_line: plain(), c_cc = CONTROL_CHARACTERS,
        }
        TERMIOS2 = "termios2" as termios2 {
            c_iflag: flags(&IFLAG), c_oflag: flags(&OFLAG), c_cflag: flags(&CFLAG), c_lflag: flags(&LFLAG),
            c_line: plain(), c_cc = CONTROL_CHARACTERS, c_ispeed: plain(), c_ospeed: plain(),
        }
        FILE_CLONE_RANGE = "file_clone_range" as file_clone_range {
            src_fd: plain(), src_offset: plain(), src_length: plain(), dest_offset: plain(),
        }
        FILE_DEDUPE_INFO = "file_dedupe_range_info" as file_dedupe_range_info {
            dest_fd: plain(), dest_offset: plain(), bytes_deduped: plain(), status: one_of(&DEDUPE), reserved: plain(),
        }
        // With one of the places that may follow.
        FILE_DEDUPE_RANGE = "file_dedupe_range" as [u64; 7] {
            src_offset @ (0) = ULONG, src_length @ (8) = ULONG, dest_count @ (16) = plain(U16),
            info @ (size_of::<file_dedupe_range>()) = FILE_DEDUPE_INFO,
        }
        FSXATTR = "fsxattr" as fsxattr {
            fsx_xflags: flags(&XFLAG), fsx_extsize: plain(), fsx_nextents: plain(), fsx_projid: plain(),
            fsx_cowextsize: plain(),
        }
        FSUUID2 = "fsuuid2" as fsuuid2 { len: plain(), uuid = Kind::FixedBytes(16) }
        FS_SYSFS_PATH = "fs_sysfs_path" as general::fs_sysfs_path { len: plain(), name = Kind::FixedBytes(128) }
        FSTRIM_RANGE = "fstrim_range" as general::fstrim_range { start: plain(), len: plain(), minlen: plain() }
        FIEMAP_EXTENT = "fiemap_extent" as [u64; 7] {
            fe_logical @ (0) = ULONG, fe_physical @ (8) = ULONG, fe_length @ (16) = ULONG,
            fe_flags @ (40) = flags(U32, &FIEMAP_EXTENT_FLAG),
        }
        // With four of the extents that may follow.
        FIEMAP = "fiemap" as [u64; 32] {
            fm_start @ (0) = ULONG, fm_length @ (8) = ULONG, fm_flags @ (16) = flags(U32, &FIEMAP_FLAG),
            fm_mapped_extents @ (20) = UINT, fm_extent_count @ (24) = UINT,
            fm_extents @ (32) = Kind::Fixed(&FIEMAP_EXTENT, 4),
        }
        LOOP_INFO64 = "loop_info64" as loop_info64 {
            lo_device: plain(), lo_inode: plain(), lo_rdevice: plain(), lo_offset: plain(), lo_sizelimit: plain(),
            lo_number: plain(), lo_encrypt_type: plain(), lo_encrypt_key_size: plain(), lo_flags: flags(&LO_FLAGS),
            lo_file_name = Kind::FixedBytes(64), lo_crypt_name = Kind::FixedBytes(64),
            lo_encrypt_key = Kind::FixedBytes(32), lo_init = Kind::Fixed(&ULONG, 2),
        }
        LOOP_CONFIG = "loop_config" as loop_config { fd: plain(), block_size: plain(), info = LOOP_INFO64 }
        PAGE_REGION = "page_region" as general::page_region {
            start = ADDR, end = ADDR, categories: flags(&PAGE_IS),
        }
        PM_SCAN_ARG = "pm_scan_arg" as pm_scan_arg {
            size: plain(), flags: flags(&PM_SCAN), start = ADDR, end = ADDR, walk_end = ADDR,
            vec = Kind::Array(Dir::Out, &PAGE_REGION), vec_len = size("vec"), max_pages: plain(),
            category_inverted: flags(&PAGE_IS), category_mask: flags(&PAGE_IS), category_anyof_mask: flags(&PAGE_IS),
            return_mask: flags(&PAGE_IS),
        }
        PROCMAP = "procmap_query" as procmap_query {
            size: plain(), query_flags: plain(), query_addr = ADDR, vma_start = ADDR, vma_end = ADDR,
            vma_flags: plain(), vma_page_size: plain(), vma_offset: plain(), inode: plain(), dev_major: plain(),
            dev_minor: plain(), vma_name_size: plain(), build_id_size: plain(), vma_name_addr = ADDR,
            build_id_addr = ADDR,
        }
        MNT_NS_INFO = "mnt_ns_info" as [u64; 2] { size @ (0) = UINT, nr_mounts @ (4) = UINT, mnt_ns_id @ (8) = ULONG }
        // As the operation's number says that it is: its first version.
        PIDFD_INFO_ARG = "pidfd_info" as [u64; 8] {
            mask @ (0) = flags(U64, &PIDFD_INFO), cgroupid @ (8) = ULONG, pid @ (16) = UINT, tgid @ (20) = UINT,
            ppid @ (24) = UINT, ruid @ (28) = UINT, rgid @ (32) = UINT, euid @ (36) = UINT, egid @ (40) = UINT,
            suid @ (44) = UINT, sgid @ (48) = UINT, fsuid @ (52) = UINT, fsgid @ (56) = UINT, exit_code @ (60) = INT,
        }
    }
}

// The headers, as packaged, lack these: direction, size, type and number as `_IOC` puts them together.
const IOC_WATCH_QUEUE_SET_SIZE: u32 = 0x5760;
const FS_IOC_GETFSUUID: u32 = 0x8011_1500;
const FS_IOC_GETFSSYSFSPATH: u32 = 0x8081_1501;
const EPIOCSPARAMS: u32 = 0x4008_8a01;
const EPIOCGPARAMS: u32 = 0x8008_8a02;
const UFFDIO_POISON: u32 = 0xc020_aa08;
const UFFDIO_MOVE: u32 = 0xc028_aa05;
const NS_GET_MNTNS_ID: u32 = 0x8008_b705;
const NS_GET_PID_FROM_PIDNS: u32 = 0x8004_b706;
const NS_GET_TGID_FROM_PIDNS: u32 = 0x8004_b707;
const NS_GET_PID_IN_PIDNS: u32 = 0x8004_b708;
const NS_GET_TGID_IN_PIDNS: u32 = 0x8004_b709;
const NS_MNT_GET_INFO: u32 = 0x8010_b70a;
const NS_MNT_GET_NEXT: u32 = 0x8010_b70b;
const NS_MNT_GET_PREV: u32 = 0x8010_b70c;
const NS_GET_ID: u32 = 0x8008_b70d;
const PIDFD_GET_INFO: u32 = 0xc040_ff0b;
const PAGEMAP_SCAN: u32 = 0xc060_6610;
const PROCMAP_QUERY: u32 = 0xc068_6611;
const RNDRESEEDCRNG: u32 = 0x5207;

const CONTROL_CHARACTERS: Kind = Kind::Fixed(&BYTE, 19);
const FILE_FLAGS: Kind = flags(U32, &FS_FL);
const MODEM_LINES: Kind = flags(U32, &TIOCM);
const LABEL: Kind = Kind::FixedBytes(256);
/// A place and a length.
const RANGE: Kind = Kind::Fixed(&ULONG, 2);

static IOCTL_ARG: &[(&str, Kind)] = &[
    ("FIONREAD", output(&INT)),
    ("TIOCINQ", output(&INT)),
    ("SIOCINQ", output(&INT)),
    ("TIOCOUTQ", output(&INT)),
    ("SIOCOUTQ", output(&INT)),
    ("SIOCOUTQNSD", output(&INT)),
    ("FIONBIO", input(&INT)),
    ("FIOASYNC", input(&INT)),
    ("FIOQSIZE", output(&OFF)),
    ("FIGETBSZ", output(&INT)),
    ("FIBMAP", inout(&INT)),
    ("FIOGETOWN", output(&INT)),
    ("FIOSETOWN", input(&INT)),
    ("SIOCGPGRP", output(&INT)),
    ("SIOCSPGRP", input(&INT)),
    ("SIOCATMARK", output(&INT)),
    ("SIOCGIFNAME", inout(&IFREQ)),
    ("SIOCGIFFLAGS", inout(&IFREQ)),
    ("SIOCSIFFLAGS", input(&IFREQ)),
    ("SIOCGIFADDR", inout(&IFREQ)),
    ("SIOCSIFADDR", input(&IFREQ)),
    ("SIOCGIFDSTADDR", inout(&IFREQ)),
    ("SIOCSIFDSTADDR", input(&IFREQ)),
    ("SIOCGIFBRDADDR", inout(&IFREQ)),
    ("SIOCSIFBRDADDR", input(&IFREQ)),
    ("SIOCGIFNETMASK", inout(&IFREQ)),
    ("SIOCSIFNETMASK", input(&IFREQ)),
    ("SIOCGIFMETRIC", inout(&IFREQ)),
    ("SIOCSIFMETRIC", input(&IFREQ)),
    ("SIOCGIFMTU", inout(&IFREQ)),
    ("SIOCSIFMTU", input(&IFREQ)),
    ("SIOCSIFNAME", input(&IFREQ)),
    ("SIOCGIFHWADDR", inout(&IFREQ)),
    ("SIOCSIFHWADDR", input(&IFREQ)),
    ("SIOCGIFINDEX", inout(&IFREQ)),
    ("SIOCGIFTXQLEN", inout(&IFREQ)),
    ("SIOCSIFTXQLEN", input(&IFREQ)),
    ("TUNSETIFF", inout(&IFREQ)),
    ("TCGETS", output(&TERMIOS)),
    ("TCSETS", input(&TERMIOS)),
    ("TCSETSW", input(&TERMIOS)),
    ("TCSETSF", input(&TERMIOS)),
    ("TCGETS2", output(&TERMIOS2)),
    ("TCSETS2", input(&TERMIOS2)),
    ("TCSETSW2", input(&TERMIOS2)),
    ("TCSETSF2", input(&TERMIOS2)),
    ("TCSBRK", INT),
    ("TCSBRKP", INT),
    ("TCXONC", one_of(I32, &TCFLOW)),
    ("TCFLSH", one_of(I32, &TCFLUSH)),
    ("TIOCGPGRP", output(&INT)),
    ("TIOCSPGRP", input(&INT)),
    ("TIOCGSID", output(&INT)),
    ("TIOCGPTN", output(&UINT)),
    ("TIOCSPTLCK", input(&INT)),
    ("TIOCGPTLCK", output(&INT)),
    ("TIOCGPTPEER", flags(U32, &super::fs::OPEN)),
    ("TIOCPKT", input(&INT)),
    ("TIOCGPKT", output(&INT)),
    ("TIOCGEXCL", output(&INT)),
    ("TIOCGETD", output(&INT)),
    ("TIOCSETD", input(&INT)),
    ("TIOCGDEV", output(&UINT)),
    ("TIOCMGET", output(&MODEM_LINES)),
    ("TIOCMBIS", input(&MODEM_LINES)),
    ("TIOCMBIC", input(&MODEM_LINES)),
    ("TIOCMSET", input(&MODEM_LINES)),
    ("TIOCSIG", one_of(I32, &super::signal::SIGNAL)),
    ("TIOCSTI", input(&BYTE)),
    ("TIOCGWINSZ", output(&WINSIZE)),
    ("TIOCSWINSZ", input(&WINSIZE)),
    ("TIOCSCTTY", INT),
    ("FICLONE", FD),
    ("FICLONERANGE", input(&FILE_CLONE_RANGE)),
    ("FIDEDUPERANGE", inout(&FILE_DEDUPE_RANGE)),
    // Declared with long, transferred as int.
    ("FS_IOC_GETFLAGS", output(&FILE_FLAGS)),
    ("FS_IOC_SETFLAGS", input(&FILE_FLAGS)),
    ("FS_IOC_GETVERSION", output(&INT)),
    ("FS_IOC_SETVERSION", input(&INT)),
    ("FS_IOC_FSGETXATTR", output(&FSXATTR)),
    ("FS_IOC_FSSETXATTR", input(&FSXATTR)),
    ("FS_IOC_FIEMAP", inout(&FIEMAP)),
    ("FS_IOC_GETFSLABEL", output(&LABEL)),
    ("FS_IOC_SETFSLABEL", input(&LABEL)),
    ("FS_IOC_GETFSUUID", output(&FSUUID2)),
    ("FS_IOC_GETFSSYSFSPATH", output(&FS_SYSFS_PATH)),
    ("FITRIM", inout(&FSTRIM_RANGE)),
    ("FS_IOC_SHUTDOWN", input(&UINT)),
    ("IOC_WATCH_QUEUE_SET_SIZE", INT),
    ("INOTIFY_IOC_SETNEXTWD", INT),
    ("EPIOCSPARAMS", input(&EPOLL_PARAMS)),
    ("EPIOCGPARAMS", output(&EPOLL_PARAMS)),
    ("USERFAULTFD_IOC_NEW", flags(U32, &super::mm::USERFAULTFD)),
    ("UFFDIO_API", inout(&UFFDIO_API_ARG)),
    ("UFFDIO_REGISTER", inout(&UFFDIO_REGISTER_ARG)),
    ("UFFDIO_UNREGISTER", input(&UFFDIO_RANGE)),
    ("UFFDIO_WAKE", input(&UFFDIO_RANGE)),
    ("UFFDIO_COPY", inout(&UFFDIO_COPY_ARG)),
    ("UFFDIO_ZEROPAGE", inout(&UFFDIO_ZEROPAGE_ARG)),
    ("UFFDIO_WRITEPROTECT", input(&UFFDIO_WRITEPROTECT_ARG)),
    ("UFFDIO_CONTINUE", inout(&UFFDIO_CONTINUE_ARG)),
    ("UFFDIO_POISON", inout(&UFFDIO_POISON_ARG)),
    ("UFFDIO_MOVE", inout(&UFFDIO_MOVE_ARG)),
    ("NS_GET_OWNER_UID", output(&UINT)),
    ("NS_GET_MNTNS_ID", output(&ULONG)),
    ("NS_GET_ID", output(&ULONG)),
    ("NS_GET_PID_FROM_PIDNS", INT),
    ("NS_GET_TGID_FROM_PIDNS", INT),
    ("NS_GET_PID_IN_PIDNS", INT),
    ("NS_GET_TGID_IN_PIDNS", INT),
    ("NS_MNT_GET_INFO", output(&MNT_NS_INFO)),
    ("NS_MNT_GET_NEXT", output(&MNT_NS_INFO)),
    ("NS_MNT_GET_PREV", output(&MNT_NS_INFO)),
    ("PIDFD_GET_INFO", inout(&PIDFD_INFO_ARG)),
    ("PAGEMAP_SCAN", inout(&PM_SCAN_ARG)),
    ("PROCMAP_QUERY", inout(&PROCMAP)),
    ("BLKROGET", output(&INT)),
    ("BLKROSET", input(&INT)),
    ("BLKGETSIZE", output(&ULONG)),
    ("BLKGETSIZE64", output(&ULONG)),
    ("BLKRAGET", output(&LONG)),
    ("BLKRASET", ULONG),
    ("BLKFRAGET", output(&LONG)),
    ("BLKFRASET", ULONG),
    ("BLKSECTGET", output(&SHORT)),
    ("BLKSSZGET", output(&INT)),
    ("BLKPBSZGET", output(&UINT)),
    ("BLKIOMIN", output(&UINT)),
    ("BLKIOOPT", output(&UINT)),
    ("BLKALIGNOFF", output(&INT)),
    ("BLKBSZGET", output(&INT)),
    ("BLKBSZSET", input(&INT)),
    ("BLKDISCARD", input(&RANGE)),
    ("BLKSECDISCARD", input(&RANGE)),
    ("BLKZEROOUT", input(&RANGE)),
    ("BLKDISCARDZEROES", output(&UINT)),
    ("BLKROTATIONAL", output(&SHORT)),
    ("LOOP_SET_FD", FD),
    ("LOOP_CHANGE_FD", FD),
    ("LOOP_SET_STATUS64", input(&LOOP_INFO64)),
    ("LOOP_GET_STATUS64", output(&LOOP_INFO64)),
    ("LOOP_SET_DIRECT_IO", ULONG),
    ("LOOP_SET_BLOCK_SIZE", ULONG),
    ("LOOP_CONFIGURE", input(&LOOP_CONFIG)),
    ("LOOP_CTL_ADD", INT),
    ("LOOP_CTL_REMOVE", INT),
    ("RNDGETENTCNT", output(&INT)),
    ("RNDADDTOENTCNT", input(&INT)),
];

static IOCTL_RETURNS: &[(&str, Ret)] = &[
    ("TIOCGPTPEER", Ret::Fd),
    ("SIOCGSKNS", Ret::Fd),
    ("SIOCUNIXFILE", Ret::Fd),
    ("USERFAULTFD_IOC_NEW", Ret::Fd),
    ("NS_GET_USERNS", Ret::Fd),
    ("NS_GET_PARENT", Ret::Fd),
    ("NS_MNT_GET_NEXT", Ret::Fd),
    ("NS_MNT_GET_PREV", Ret::Fd),
    ("NS_GET_PID_FROM_PIDNS", Ret::Pid),
    ("NS_GET_TGID_FROM_PIDNS", Ret::Pid),
    ("NS_GET_PID_IN_PIDNS", Ret::Pid),
    ("NS_GET_TGID_IN_PIDNS", Ret::Pid),
    ("PIDFD_GET_CGROUP_NAMESPACE", Ret::Fd),
    ("PIDFD_GET_IPC_NAMESPACE", Ret::Fd),
    ("PIDFD_GET_MNT_NAMESPACE", Ret::Fd),
    ("PIDFD_GET_NET_NAMESPACE", Ret::Fd),
    ("PIDFD_GET_PID_NAMESPACE", Ret::Fd),
    ("PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE", Ret::Fd),
    ("PIDFD_GET_TIME_NAMESPACE", Ret::Fd),
    ("PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE", Ret::Fd),
    ("PIDFD_GET_USER_NAMESPACE", Ret::Fd),
    ("PIDFD_GET_UTS_NAMESPACE", Ret::Fd),
    ("LOOP_CTL_ADD", Ret::Id),
    ("LOOP_CTL_GET_FREE", Ret::Id),
];

/// Devices by themselves: a filter can say that bits have a value, not that they have another.
const IOCTL_EFFECT: Effect = Effect::All(&[Effect::by_bits(1, !0xff, DEVICES, &Effect::Own), OPERATIONS]);

/// The owner of a descriptor is named in memory. All others of a socket's set up interfaces.
const OPERATIONS: Effect = Effect::by(
    1,
    &[
        (IOCTL_OWN, Effect::Own),
        (&[FIOSETOWN, SIOCSPGRP], Effect::AnyProcess),
        (&[TUNSETIFF], NET),
        (&[USERFAULTFD_IOC_NEW], HOLDS_UP),
        (FILE_SYSTEM, Effect::changes("changes a file system as a whole")),
        (BLOCK_DEVICE, Effect::changes("changes a block device")),
        (&[TIOCSTI, TIOCCONS, TIOCLINUX, TIOCVHANGUP], Effect::changes("takes over a terminal")),
        (&[TIOCSETD], Effect::changes("may load a kernel module for a line discipline")),
        (RANDOM, Effect::changes("changes the random number generator")),
    ],
    &Effect::by_bits(1, !0xff, &[(&[SOCKET_IOCTLS], NET)], &Effect::ANYTHING),
);

const USERFAULTFD_IOC_NEW: u32 = 0xaa00;

/// All bits of a socket's operations but the last eight.
const SOCKET_IOCTLS: u32 = 0x8900;

/// Operations of devices that the whole machine shares, by all bits but the last eight.
const DEVICES: &[(&[u32], Effect)] = &[
    (&[0x4b00, 0x5600], Effect::changes("sets up the console")),
    (&[0x4c00], Effect::changes("sets up loop devices")),
];

const FILE_SYSTEM: &[u32] = &[FIFREEZE, FITHAW, FITRIM, EXT4_IOC_SHUTDOWN, FS_IOC_SETFSLABEL];
const RANDOM: &[u32] = &[RNDADDTOENTCNT, RNDADDENTROPY, RNDZAPENTCNT, RNDCLEARPOOL, RNDRESEEDCRNG];
const BLOCK_DEVICE: &[u32] = &[
    BLKROSET,
    BLKRRPART,
    BLKFLSBUF,
    BLKRASET,
    BLKFRASET,
    BLKSECTSET,
    BLKPG,
    BLKBSZSET,
    BLKDISCARD,
    BLKSECDISCARD,
    BLKZEROOUT,
    BLKTRACESETUP,
    BLKTRACESTART,
    BLKTRACESTOP,
    BLKTRACETEARDOWN,
];

/// What asks, and what changes a terminal, a file, a descriptor or memory of the case's own.
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
    TCSETSW,
    TCSETSF,
    TCGETS2,
    TCSETS2,
    TCSETSW2,
    TCSETSF2,
    TCSBRK,
    TCSBRKP,
    TIOCSBRK,
    TIOCCBRK,
    TCXONC,
    TCFLSH,
    TIOCGPGRP,
    TIOCSPGRP,
    TIOCGSID,
    TIOCGWINSZ,
    TIOCSWINSZ,
    TIOCSCTTY,
    TIOCGPTN,
    TIOCSPTLCK,
    TIOCGPTLCK,
    TIOCGPTPEER,
    TIOCPKT,
    TIOCGPKT,
    TIOCEXCL,
    TIOCNXCL,
    TIOCGEXCL,
    TIOCGETD,
    TIOCGDEV,
    TIOCMGET,
    FICLONE,
    FICLONERANGE,
    FIDEDUPERANGE,
    FS_IOC_GETFLAGS,
    FS_IOC_SETFLAGS,
    FS_IOC_GETVERSION,
    FS_IOC_SETVERSION,
    FS_IOC_FSGETXATTR,
    FS_IOC_FSSETXATTR,
    FS_IOC_FIEMAP,
    FS_IOC_GETFSLABEL,
    FS_IOC_GETFSUUID,
    FS_IOC_GETFSSYSFSPATH,
    FS_IOC_ENABLE_VERITY,
    FS_IOC_MEASURE_VERITY,
    IOC_WATCH_QUEUE_SET_SIZE,
    INOTIFY_IOC_SETNEXTWD,
    EPIOCSPARAMS,
    EPIOCGPARAMS,
    UFFDIO_API,
    UFFDIO_REGISTER,
    UFFDIO_UNREGISTER,
    UFFDIO_WAKE,
    UFFDIO_COPY,
    UFFDIO_ZEROPAGE,
    UFFDIO_WRITEPROTECT,
    UFFDIO_CONTINUE,
    UFFDIO_POISON,
    UFFDIO_MOVE,
    NS_GET_USERNS,
    NS_GET_PARENT,
    NS_GET_NSTYPE,
    NS_GET_OWNER_UID,
    NS_GET_MNTNS_ID,
    NS_GET_PID_FROM_PIDNS,
    NS_GET_TGID_FROM_PIDNS,
    NS_GET_PID_IN_PIDNS,
    NS_GET_TGID_IN_PIDNS,
    NS_MNT_GET_INFO,
    NS_MNT_GET_NEXT,
    NS_MNT_GET_PREV,
    NS_GET_ID,
    PIDFD_GET_INFO,
    PROCMAP_QUERY,
    BLKROGET,
    BLKGETSIZE,
    BLKGETSIZE64,
    BLKRAGET,
    BLKFRAGET,
    BLKSECTGET,
    BLKSSZGET,
    BLKPBSZGET,
    BLKIOMIN,
    BLKIOOPT,
    BLKALIGNOFF,
    BLKBSZGET,
    BLKDISCARDZEROES,
    BLKROTATIONAL,
    RNDGETENTCNT,
    FIOGETOWN,
    SIOCGPGRP,
    SIOCATMARK,
    SIOCGSTAMP_OLD,
    SIOCGSTAMPNS_OLD,
    SIOCOUTQNSD,
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
    SIOCGIFTXQLEN,
];

const SIOCOUTQNSD: u32 = 0x894b;
