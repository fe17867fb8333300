//! Directories that are a run's as long as it holds them: they are locked, and the lock goes away with who has it, however
//! that ends. What nobody holds, the next run removes.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use crate::exec::sys;

/// How often a directory is made that others take for one that was left, before it is held.
const TRIES: u32 = 16;

/// Holds a directory as long as one process has it open; forked ones share it, and to close theirs changes nothing.
#[derive(Debug)]
pub(in crate::exec) struct Hold(#[expect(dead_code, reason = "what counts is that it is open")] File);

impl Hold {
    /// Makes a directory that nobody removes who looks for those that were left.
    pub(in crate::exec) fn make(mut make: impl FnMut() -> io::Result<PathBuf>) -> io::Result<(PathBuf, Self)> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for _ in 0..TRIES {
            let dir = make()?;
            match Self::of(&dir) {
                // It was removed before it was held.
                Err(error) if error.kind() == io::ErrorKind::NotFound => last = error,
                Err(error) => {
                    let _ = fs::remove_dir(&dir);
                    return Err(error);
                }
                Ok(hold) => return Ok((dir, hold)),
            }
        }
        Err(last)
    }

    fn of(dir: &Path) -> io::Result<Self> {
        let file = File::open(dir)?;
        // Where there are no locks, nobody takes it for one that was left.
        let _ = lock(&file, libc::LOCK_SH);
        fs::metadata(dir).map(|_| Hold(file))
    }

    /// Holds a directory that nobody else does.
    pub(in crate::exec) fn of_left(dir: &Path) -> Option<Self> {
        let file = File::open(dir).ok()?;
        lock(&file, libc::LOCK_EX | libc::LOCK_NB).ok().map(|()| Hold(file))
    }
}

fn lock(file: &File, how: i32) -> io::Result<()> {
    sys::result(sys::flock(file.as_raw_fd().into(), how)).map(drop)
}
