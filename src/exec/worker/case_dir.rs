//! The directory of a case, in its worker's working directory: as it was made, for every case anew.

use std::cell::Cell;
use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::{env, io};

use crate::exec::sys::{self, CWD};
use crate::exec::worker::above::Above;
use crate::exec::worker::clear::{remove_flat, remove_tree};
use crate::exec::worker::stat::{Coarse, Stat};

/// Its name.
const NAME: &CStr = c"c";

/// The working directory of worker and case, which is made anew unless nobody has touched it.
pub(in crate::exec) struct CaseDir {
    path: CString,
    /// What it was like after its making, if that can be told.
    made: Cell<Option<Stat>>,
    above: Above,
}

/// A case's directory on a disk, which is there for the cases alone that ask for it.
pub(in crate::exec) struct DiskDir {
    path: CString,
    above: Above,
}

impl CaseDir {
    /// In the working directory, which it then is. `alone`: nobody else uses that file system.
    pub(in crate::exec) fn make(alone: bool) -> io::Result<Self> {
        let above = env::current_dir()?;
        let path = CString::new(below(&above).into_os_string().into_vec())?;
        sys::result(make(&path))?;
        let above = Above::new(CString::new(above.into_os_string().into_vec())?, Some(NAME), alone);
        let mut dir = CaseDir { path, made: Cell::new(None), above };
        sys::result(dir.enter())?;
        if !dir.renew(Coarse::default()) {
            // Nobody has been there, and yet it differs: so a difference tells nothing here.
            dir.above.ignore();
        }
        Ok(dir)
    }

    fn enter(&self) -> i64 {
        let entered = sys::chdir(&self.path);
        self.made.set(Stat::of(CWD, c".").filter(|_| entered == 0));
        entered
    }

    /// Its path, for who does not begin in it.
    pub(in crate::exec) fn path(&self) -> Option<&CStr> {
        self.made.get().is_none().then_some(&self.path)
    }

    /// Leaves it empty for the next case, after one that was started at that time. False if that case changed what
    /// is above it.
    pub(in crate::exec) fn renew(&self, started: Coarse) -> bool {
        let above = self.above.is_untouched(started);
        if !self.is_untouched(started) {
            if !clear(&self.path) || make(&self.path) < 0 || self.enter() < 0 {
                return false;
            }
        } else if above {
            return true;
        }
        let is_new = (above || self.above.is_as_made(Some(NAME))) && self.above.has_its_space();
        self.above.remember();
        is_new
    }

    /// Its times tell if the case was started at a later one than it was made: what happens within one tick of the
    /// clock, file systems stamp alike.
    fn is_untouched(&self, started: Coarse) -> bool {
        let made = self.made.get();
        made.is_some_and(|made| made.is_before(started)) && made == Stat::of(CWD, c".")
    }
}

impl DiskDir {
    /// In this directory, which is empty.
    pub(in crate::exec) fn new(above: &Path) -> io::Result<Self> {
        let path = CString::new(below(above).into_os_string().into_vec())?;
        Ok(DiskDir { path, above: Above::new(CString::new(above.as_os_str().as_bytes())?, None, false) })
    }

    /// Makes it, for a case.
    pub(in crate::exec) fn make(&self) {
        make(&self.path);
    }

    pub(in crate::exec) fn path(&self) -> &CStr {
        &self.path
    }

    /// Removes it, after a case that was started at that time and had it or not. False if something is not as it
    /// was.
    pub(in crate::exec) fn renew(&self, started: Coarse, used: bool) -> bool {
        let above = self.above.is_untouched(started);
        if above && !used {
            return true;
        }
        // What has taken its place is somebody else's.
        let is_new = self.above.is_there() && (!used || clear(&self.path)) && (above || self.above.is_as_made(None));
        self.above.remember();
        is_new
    }
}

/// The type of the file system at a path, as `statfs` numbers it; 0 where it does not tell.
pub(in crate::exec) fn filesystem_type(path: &Path) -> i64 {
    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else { return 0 };
    // SAFETY: a valid path and a buffer of the right type.
    unsafe {
        let mut stat: libc::statfs = std::mem::zeroed();
        if libc::statfs(path.as_ptr(), &mut stat) == 0 { stat.f_type as i64 } else { 0 }
    }
}

fn below(above: &Path) -> PathBuf {
    above.join(OsStr::from_bytes(NAME.to_bytes()))
}

fn make(path: &CStr) -> i64 {
    sys::mkdirat(CWD, path, 0o755)
}

/// Removes a tree; false if something remains.
fn clear(dir: &CStr) -> bool {
    remove_flat(dir) || remove_tree(Path::new(OsStr::from_bytes(dir.to_bytes())))
}
