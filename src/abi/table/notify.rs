//! Telling of what happens to files: inotify, fanotify.

use linux_raw_sys::general::*;

use super::admin::WATCHES;
use super::prelude::*;

subsystem! {
    calls {
        own!(inotify_init1(flags: flags(U32, &INOTIFY_INIT)) -> Fd; page: Some("inotify_init")),
        own!(inotify_add_watch(fd: FD, pathname: PATH, mask: flags(U32, &INOTIFY)) -> Id),
        own!(inotify_rm_watch(fd: FD, wd: INT)),
        call!(fanotify_init(flags: UINT, event_f_flags: UINT) -> Fd; effect: WATCHES),
        own!(fanotify_mark(
            fanotify_fd: FD, flags: UINT, mask: ULONG, dirfd: FD, pathname: PATH => optional,
        )),
    }
    constants {
        flags INOTIFY_INIT = "inotify_init1 flags" { IN_CLOEXEC, IN_NONBLOCK }
        flags INOTIFY = "inotify events" {
            IN_ALL_EVENTS, IN_CLOSE, IN_MOVE, IN_ACCESS, IN_MODIFY, IN_ATTRIB, IN_CLOSE_WRITE,
            IN_CLOSE_NOWRITE, IN_OPEN, IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE, IN_DELETE_SELF,
            IN_MOVE_SELF, IN_UNMOUNT, IN_Q_OVERFLOW, IN_IGNORED, IN_ONLYDIR, IN_DONT_FOLLOW, IN_EXCL_UNLINK,
            IN_MASK_CREATE, IN_MASK_ADD, IN_ISDIR, IN_ONESHOT,
        }
    }
    structures {
        INOTIFY_EVENT = "inotify_event" as inotify_event {
            wd: plain(), mask: flags(&INOTIFY), cookie: plain(), len: plain(),
        }
    }
}
