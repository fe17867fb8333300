//! Telling of what happens to files: inotify, fanotify.

use linux_raw_sys::general::*;

use super::admin::WATCHES;
use super::fs::OPEN;
use super::prelude::*;

subsystem! {
    calls {
        own!(inotify_init() -> Fd),
        own!(inotify_init1(flags: flags(U32, &INOTIFY_INIT)) -> Fd; page: Some("inotify_init")),
        own!(inotify_add_watch(fd: FD, pathname: PATH, mask: flags(U32, &INOTIFY)) -> Id),
        own!(inotify_rm_watch(fd: FD, wd: INT)),
        call!(fanotify_init(flags: flags(U32, &FAN_INIT), event_f_flags: flags(U32, &OPEN)) -> Fd; effect: WATCHES),
        call!(fanotify_mark(
            fanotify_fd: FD, flags: flags(U32, &FAN_MARK), mask: flags(U64, &FAN), dirfd: FD,
            pathname: PATH => optional,
        ); effect: FANOTIFY_MARK_EFFECT),
    }
    constants {
        flags INOTIFY_INIT = "inotify_init1 flags" { IN_CLOEXEC, IN_NONBLOCK }
        flags INOTIFY = "inotify events" {
            IN_ALL_EVENTS, IN_CLOSE, IN_MOVE, IN_ACCESS, IN_MODIFY, IN_ATTRIB, IN_CLOSE_WRITE,
            IN_CLOSE_NOWRITE, IN_OPEN, IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE, IN_DELETE_SELF,
            IN_MOVE_SELF, IN_UNMOUNT, IN_Q_OVERFLOW, IN_IGNORED, IN_ONLYDIR, IN_DONT_FOLLOW, IN_EXCL_UNLINK,
            IN_MASK_CREATE, IN_MASK_ADD, IN_ISDIR, IN_ONESHOT,
        }
        // The packaged headers lack fanotify: values are those of linux/fanotify.h.
        flags FAN_INIT = "fanotify_init flags" {
            FAN_CLASS_NOTIF = 0, FAN_REPORT_DFID_NAME_TARGET = 0x1e00, FAN_REPORT_DFID_NAME = 0xc00,
            FAN_CLOEXEC = 1, FAN_NONBLOCK = 2, FAN_CLASS_CONTENT = 4, FAN_CLASS_PRE_CONTENT = 8,
            FAN_UNLIMITED_QUEUE = 0x10, FAN_UNLIMITED_MARKS = 0x20, FAN_ENABLE_AUDIT = 0x40,
            FAN_REPORT_PIDFD = 0x80, FAN_REPORT_TID = 0x100, FAN_REPORT_FID = 0x200, FAN_REPORT_DIR_FID = 0x400,
            FAN_REPORT_NAME = 0x800, FAN_REPORT_TARGET_FID = 0x1000, FAN_REPORT_FD_ERROR = 0x2000,
            FAN_REPORT_MNT = 0x4000,
        }
        flags FAN_MARK = "fanotify_mark flags" {
            FAN_MARK_INODE = 0, FAN_MARK_MNTNS = 0x110, FAN_MARK_IGNORE_SURV = 0x440, FAN_MARK_ADD = 1,
            FAN_MARK_REMOVE = 2, FAN_MARK_DONT_FOLLOW = 4, FAN_MARK_ONLYDIR = 8, FAN_MARK_MOUNT = 0x10,
            FAN_MARK_IGNORED_MASK = 0x20, FAN_MARK_IGNORED_SURV_MODIFY = 0x40, FAN_MARK_FLUSH = 0x80,
            FAN_MARK_FILESYSTEM = 0x100, FAN_MARK_EVICTABLE = 0x200, FAN_MARK_IGNORE = 0x400,
        }
        flags FAN = "fanotify events" {
            FAN_CLOSE = 0x18, FAN_MOVE = 0xc0, FAN_ACCESS = 1, FAN_MODIFY = 2, FAN_ATTRIB = 4, FAN_CLOSE_WRITE = 8,
            FAN_CLOSE_NOWRITE = 0x10, FAN_OPEN = 0x20, FAN_MOVED_FROM = 0x40, FAN_MOVED_TO = 0x80, FAN_CREATE = 0x100,
            FAN_DELETE = 0x200, FAN_DELETE_SELF = 0x400, FAN_MOVE_SELF = 0x800, FAN_OPEN_EXEC = 0x1000,
            FAN_Q_OVERFLOW = 0x4000, FAN_FS_ERROR = 0x8000, FAN_OPEN_PERM = 0x1_0000, FAN_ACCESS_PERM = 0x2_0000,
            FAN_OPEN_EXEC_PERM = 0x4_0000, FAN_PRE_ACCESS = 0x10_0000, FAN_MNT_ATTACH = 0x100_0000,
            FAN_MNT_DETACH = 0x200_0000, FAN_EVENT_ON_CHILD = 0x800_0000, FAN_RENAME = 0x1000_0000,
            FAN_ONDIR = 0x4000_0000,
        }
        one_of FAN_INFO = "fanotify record types" {
            FAN_EVENT_INFO_TYPE_FID = 1, FAN_EVENT_INFO_TYPE_DFID_NAME = 2, FAN_EVENT_INFO_TYPE_DFID = 3,
            FAN_EVENT_INFO_TYPE_PIDFD = 4, FAN_EVENT_INFO_TYPE_ERROR = 5, FAN_EVENT_INFO_TYPE_RANGE = 6,
            FAN_EVENT_INFO_TYPE_MNT = 7, FAN_EVENT_INFO_TYPE_OLD_DFID_NAME = 10,
            FAN_EVENT_INFO_TYPE_NEW_DFID_NAME = 12,
        }
        flags FAN_RESPONSE = "fanotify responses" { FAN_ALLOW = 1, FAN_DENY = 2, FAN_AUDIT = 0x10, FAN_INFO = 0x20 }
        one_of FAN_FD = "descriptors of fanotify" { FAN_NOFD = -1i64, FAN_NOPIDFD = -1i64, FAN_EPIDFD = -2i64 }
    }
    structures {
        INOTIFY_EVENT = "inotify_event" as inotify_event {
            wd: plain(), mask: flags(&INOTIFY), cookie: plain(), len: plain(),
        } => { record: Some(&Record { len: Some("len"), uncounted: 16, align: 1, rest: &WATCHED_NAME }) }
        FANOTIFY_EVENT = "fanotify_event_metadata" as libc::fanotify_event_metadata {
            event_len: plain(), vers: plain(), metadata_len: plain(), mask: flags(&FAN), fd: one_of(&FAN_FD),
            pid: plain(),
        } => { record: Some(&Record { len: Some("event_len"), uncounted: 0, align: 1, rest: &EVENT_INFO }) }
        // With the members of each type; a file handle follows that of the file system, and after that a name.
        FANOTIFY_INFO = "fanotify_event_info_header" as [u64; 3] {
            info_type @ (0) = one_of(U8, &FAN_INFO), len @ (2) = plain(U16),
            fsid @ (4) = FSID => if info_type in [
                FAN_EVENT_INFO_TYPE_FID, FAN_EVENT_INFO_TYPE_DFID, FAN_EVENT_INFO_TYPE_DFID_NAME,
                FAN_EVENT_INFO_TYPE_OLD_DFID_NAME, FAN_EVENT_INFO_TYPE_NEW_DFID_NAME,
            ],
            pidfd @ (4) = one_of(I32, &FAN_FD) => if info_type in [FAN_EVENT_INFO_TYPE_PIDFD],
            error @ (4) = INT => if info_type in [FAN_EVENT_INFO_TYPE_ERROR],
            error_count @ (8) = UINT => if info_type in [FAN_EVENT_INFO_TYPE_ERROR],
            offset @ (8) = ULONG => if info_type in [FAN_EVENT_INFO_TYPE_RANGE],
            count @ (16) = ULONG => if info_type in [FAN_EVENT_INFO_TYPE_RANGE],
            mnt_id @ (4) = ULONG => if info_type in [FAN_EVENT_INFO_TYPE_MNT],
        } => { record: Some(&Record { len: Some("len"), uncounted: 0, align: 1, rest: &INFO_OF_FILE }) }
        FANOTIFY_RESPONSE = "fanotify_response" as libc::fanotify_response {
            fd: plain(), response: flags(&FAN_RESPONSE),
        }
    }
    laid {
        // As in a record: only as long as it says.
        HANDLE = "fanotify_file_handle" { handle_bytes = UINT, handle_type = INT }
            => { record: Some(&Record { len: Some("handle_bytes"), uncounted: 8, align: 1, rest: &HANDLE_BYTES }) }
    }
}

static HANDLE_BYTES: [Field; 1] = [rest("f_handle", 8, Kind::Tail)];
const FSID: Kind = Kind::Fixed(&INT, 2);

static WATCHED_NAME: [Field; 1] = [rest("name", 16, Kind::Text)];
static EVENT_INFO: [Field; 1] = [rest("info", 24, Kind::List(&FANOTIFY_INFO))];
static INFO_OF_FILE: [Field; 2] =
    [rest("handle", 12, HANDLE), rest("name", 12, Kind::By("info_type", NAMED, &Kind::Tail))];
static NAMED: &[(&str, Kind)] = &[
    ("FAN_EVENT_INFO_TYPE_DFID_NAME", Kind::Text),
    ("FAN_EVENT_INFO_TYPE_OLD_DFID_NAME", Kind::Text),
    ("FAN_EVENT_INFO_TYPE_NEW_DFID_NAME", Kind::Text),
];

/// What is asked for permission (to open, to read, to run, before any access) waits for an answer, whoever asks: on a
/// marked mount or file system, anybody.
const FANOTIFY_MARK_EFFECT: Effect = Effect::All(&[
    Effect::by_bits(2, 0x1_0000, &[(&[0x1_0000], HOLDS_UP)], &Effect::Own),
    Effect::by_bits(2, 0x2_0000, &[(&[0x2_0000], HOLDS_UP)], &Effect::Own),
    Effect::by_bits(2, 0x4_0000, &[(&[0x4_0000], HOLDS_UP)], &Effect::Own),
    Effect::by_bits(2, 0x10_0000, &[(&[0x10_0000], HOLDS_UP)], &Effect::Own),
]);
const HOLDS_UP: Effect =
    Effect::All(&[Effect::AnyProcess, Effect::exposes("can hold up whoever opens or reads a file")]);
