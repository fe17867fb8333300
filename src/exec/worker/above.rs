//! The directory above those of cases. It is their worker's own, and a case may change it as it may its own: then
//! the worker is replaced, so that no other case finds that.

use std::cell::Cell;
use std::ffi::{CStr, CString};

use linux_raw_sys::general::fsxattr;
use linux_raw_sys::ioctl::FS_IOC_FSGETXATTR;

use crate::exec::sys::{self, CWD, futex_wait, inode_flags, now, syscall};
use crate::exec::worker::stat::{Coarse, Stat};

/// How long what a case held may take to be given back, in microseconds: the kernel collects some of it later.
const SETTLE: u64 = 20_000;

/// Such a directory, and what it was like when it was made.
pub(in crate::exec) struct Above {
    path: CString,
    /// When nobody but the worker had changed it yet.
    seen: Cell<Option<Stat>>,
    /// None where that cannot be told.
    made: Option<Look>,
    /// Of a file system that has no other user.
    space: Option<Space>,
}

/// What changes when somebody changes a directory, but for times.
#[derive(PartialEq)]
struct Look {
    stat: Stat,
    /// Length of the names of its extended attributes, access lists among them; or an error.
    attributes: i64,
    /// Of the inode: immutable and the like.
    flags: (i64, i32),
    /// More of these, and the project whose quota is used.
    extended: (i64, [u32; 4]),
}

/// What is left of a file system.
#[derive(PartialEq)]
struct Space {
    blocks: u64,
    inodes: u64,
}

impl Above {
    /// The directory at that path, in which there is this one entry, if any. `alone`: nobody else uses its file
    /// system.
    pub(in crate::exec) fn new(path: CString, entry: Option<&CStr>, alone: bool) -> Self {
        let mut above = Above { path, seen: Cell::new(None), made: None, space: None };
        above.made = above.look(entry);
        above.space = above.space().filter(|_| alone);
        above.remember();
        above
    }

    /// Is content with whatever it finds from now on.
    pub(in crate::exec) fn ignore(&mut self) {
        (self.made, self.space) = (None, None);
    }

    /// What has changed until now is the worker's own doing.
    pub(in crate::exec) fn remember(&self) {
        self.seen.set(Stat::of(CWD, &self.path));
    }

    /// Whether its times tell that a case that was started at that one did not change it.
    pub(in crate::exec) fn is_untouched(&self, started: Coarse) -> bool {
        let now = Stat::of(CWD, &self.path);
        let (Some(seen), Some(now)) = (self.seen.get(), now) else { return false };
        seen.is_before(started) && seen.unread() == now.unread()
    }

    /// Whether that directory is at its path still, and no other.
    pub(in crate::exec) fn is_there(&self) -> bool {
        let now = Stat::of(CWD, &self.path);
        self.made.as_ref().is_none_or(|made| now.is_some_and(|now| now.is_same(made.stat)))
    }

    /// Whether it is as it was made, with this one entry, if any.
    pub(in crate::exec) fn is_as_made(&self, entry: Option<&CStr>) -> bool {
        self.made.is_none() || self.look(entry) == self.made
    }

    /// Whether its file system has all the space that it had, now or soon.
    pub(in crate::exec) fn has_its_space(&self) -> bool {
        let limit = now() + SETTLE;
        while self.space.is_some() && self.space() != self.space {
            if now() > limit {
                return false;
            }
            futex_wait(&0.into(), 0, Some(500));
        }
        true
    }

    fn look(&self, entry: Option<&CStr>) -> Option<Look> {
        let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NOFOLLOW | libc::O_CLOEXEC;
        let fd = sys::openat(CWD, &self.path, flags, 0);
        if fd < 0 {
            return None;
        }
        let mut strangers = false;
        let is_whole = sys::each_entry(fd, |found| {
            strangers |= ![Some(c"."), Some(c".."), entry].contains(&Some(found.name));
        });
        let look = Stat::of(fd, c"").map(|stat| Look {
            stat: stat.timeless(),
            // SAFETY: the length alone is asked for.
            attributes: unsafe { syscall!(flistxattr, fd, 0, 0) },
            flags: inode_flags(fd),
            extended: extended(fd),
        });
        sys::close(fd);
        look.filter(|_| is_whole && !strangers)
    }

    fn space(&self) -> Option<Space> {
        // SAFETY: all zeros are a valid statfs.
        let mut stat: libc::statfs = unsafe { std::mem::zeroed() };
        // SAFETY: reads a path; on the architectures that there are, libc's statfs is the kernel's.
        let ret = unsafe { syscall!(statfs, self.path.as_ptr(), std::ptr::from_mut(&mut stat)) };
        (ret == 0).then_some(Space { blocks: stat.f_bfree, inodes: stat.f_ffree })
    }
}

fn extended(fd: i64) -> (i64, [u32; 4]) {
    // SAFETY: all zeros are a valid fsxattr.
    let mut all: fsxattr = unsafe { std::mem::zeroed() };
    // SAFETY: writes an fsxattr.
    let ret = unsafe { syscall!(ioctl, fd, FS_IOC_FSGETXATTR, std::ptr::from_mut(&mut all)) };
    (ret, [all.fsx_xflags, all.fsx_extsize, all.fsx_projid, all.fsx_cowextsize])
}
