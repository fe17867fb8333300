//! The directory of a case, in its worker's working directory: as it was made, for every case anew.

use std::cell::Cell;
use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::{env, fs, io};

use super::clear::{remove_flat, remove_tree};
use super::sys::{call, clock, now};

/// Its name.
pub(super) const NAME: &str = "c";

/// The working directory of worker and case, which is made anew unless nobody has touched it.
pub(super) struct CaseDir {
    path: CString,
    /// What it was like behind its making, if that can be told.
    made: Cell<Option<Stat>>,
}

/// A time of [`coarse_now`], in seconds and nanoseconds.
pub(super) type Coarse = (i64, i64);

impl CaseDir {
    /// In the working directory, which it then is.
    pub(super) fn make() -> io::Result<Self> {
        let path = env::current_dir()?.join(NAME);
        let dir = CaseDir { path: CString::new(path.as_os_str().as_bytes())?, made: Cell::new(None) };
        match dir.create() {
            ret @ ..0 => Err(io::Error::from_raw_os_error(-ret as i32)),
            _ => Ok(dir),
        }
    }

    fn create(&self) -> i64 {
        call!(mkdirat, libc::AT_FDCWD, self.path.as_ptr(), 0o755);
        let entered = call!(chdir, self.path.as_ptr());
        self.made.set(Stat::here().filter(|_| entered == 0));
        entered
    }

    /// Its path, for who does not begin in it.
    pub(super) fn path(&self) -> Option<&CStr> {
        self.made.get().is_none().then_some(&self.path)
    }

    /// Leaves it empty for the next case, behind one that was started at that time.
    pub(super) fn renew(&self, started: Coarse) {
        if self.is_untouched(started) {
            return;
        }
        clear(&self.path);
        self.create();
    }

    /// Its times tell if the case was started at a later one than it was made: what happens within one tick of the
    /// clock, file systems stamp alike.
    fn is_untouched(&self, started: Coarse) -> bool {
        let made = self.made.get();
        made.is_some_and(|made| made.changed < started) && made == Stat::here()
    }
}

/// What shows that somebody changed or read a directory.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stat {
    device: (u32, u32),
    inode: u64,
    links: u32,
    mode: u16,
    owner: (u32, u32),
    size: u64,
    accessed: Coarse,
    changed: Coarse,
}

impl Stat {
    /// Of the working directory. That somebody gave it another name, its time of change shows.
    fn here() -> Option<Self> {
        // SAFETY: all zeros are a valid statx.
        let mut stat: libc::statx = unsafe { std::mem::zeroed() };
        let flags = libc::AT_SYMLINK_NOFOLLOW;
        // Not by libc: the page of code is one more that each child is given.
        let at = std::ptr::from_mut(&mut stat);
        let ret = call!(statx, libc::AT_FDCWD, c".".as_ptr(), flags, libc::STATX_BASIC_STATS, at);
        let time = |time: libc::statx_timestamp| (time.tv_sec, time.tv_nsec.into());
        (ret == 0).then_some(Stat {
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
}

/// The time that file systems stamp with.
pub(super) fn coarse_now() -> Coarse {
    let t = clock(libc::CLOCK_REALTIME_COARSE);
    (t.tv_sec, t.tv_nsec)
}

/// Removes a tree, and makes way for the next one even if that fails.
pub(super) fn clear(dir: &CStr) {
    let path = Path::new(OsStr::from_bytes(dir.to_bytes()));
    if !remove_flat(dir) && !remove_tree(path) {
        let _ = fs::rename(path, path.with_extension(now().to_string()));
    }
}
