//! What tells whether somebody has touched a file.

use std::ffi::CStr;

use crate::exec::sys::{CWD, clock, syscall};

/// A time of [`coarse_now`], in seconds and nanoseconds.
pub(in crate::exec) type Coarse = (i64, i64);

/// What shows that somebody changed or read a directory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::exec) struct Stat {
    device: (u32, u32),
    inode: u64,
    links: u32,
    mode: u16,
    owner: (u32, u32),
    size: u64,
    accessed: Coarse,
    changed: Coarse,
}

/// Whether something is mounted on it, as far as the kernel tells (Linux does from 5.8 on).
pub(in crate::exec) fn is_mount_point(path: &CStr) -> bool {
    statx(CWD, path).is_some_and(|stat| stat.stx_attributes & libc::STATX_ATTR_MOUNT_ROOT as u64 != 0)
}

fn statx(dir: i64, path: &CStr) -> Option<libc::statx> {
    // SAFETY: all zeros are a valid statx.
    let mut stat: libc::statx = unsafe { std::mem::zeroed() };
    let flags = libc::AT_SYMLINK_NOFOLLOW | if path.is_empty() { libc::AT_EMPTY_PATH } else { 0 };
    // Not by libc: the page of code is one more that each child is given.
    let at = std::ptr::from_mut(&mut stat);
    // SAFETY: reads a path, and writes a statx.
    let ret = unsafe { syscall!(statx, dir, path.as_ptr(), flags, libc::STATX_BASIC_STATS, at) };
    (ret == 0).then_some(stat)
}

impl Stat {
    /// Of a path from an open directory, or of that directory. That somebody gave it another name, its time of change
    /// shows.
    pub(in crate::exec) fn of(dir: i64, path: &CStr) -> Option<Self> {
        let stat = statx(dir, path)?;
        let time = |time: libc::statx_timestamp| (time.tv_sec, time.tv_nsec.into());
        Some(Stat {
            device: (stat.stx_dev_major, stat.stx_dev_minor),
            inode: stat.stx_ino,
            links: stat.stx_nlink,
            mode: stat.stx_mode,
            owner: (stat.stx_uid, stat.stx_gid),
            size: stat.stx_size,
            accessed: time(stat.stx_atime),
            changed: time(stat.stx_ctime),
        })
    }

    /// Whether the last change was before this.
    pub(in crate::exec) fn is_before(self, time: Coarse) -> bool {
        self.changed < time
    }

    /// Whether both are of one file.
    pub(in crate::exec) fn is_same(self, other: Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    /// Whoever may have read it.
    pub(in crate::exec) fn unread(self) -> Self {
        Stat { accessed: (0, 0), ..self }
    }

    /// Whenever it was changed or read.
    pub(in crate::exec) fn timeless(self) -> Self {
        Stat { changed: (0, 0), ..self.unread() }
    }
}

/// The time that file systems stamp with.
pub(in crate::exec) fn coarse_now() -> Coarse {
    let t = clock(libc::CLOCK_REALTIME_COARSE);
    (t.tv_sec, t.tv_nsec)
}
