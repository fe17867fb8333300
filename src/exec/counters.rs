//! What an instrumented kernel counts (`CONFIG_GCOV_KERNEL`): how often each of its branches was taken. It is read and
//! set back in debugfs, which is mounted for as long as that takes: cases have no business there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};

use super::guest::Guest;

/// Where debugfs is mounted, by convention.
const DEBUG_FS: &str = "/sys/kernel/debug";

/// What counters of an object's file are called by, behind its name.
const DATA: &str = "gcda";

/// Settings of fault injection that keep most allocations from failing, whoever asks for that (`/proc/self/fail-nth`),
/// and what they are set to instead.
const FAULTS: [(&str, &str); 3] =
    [("failslab/ignore-gfp-wait", "N"), ("fail_page_alloc/ignore-gfp-wait", "N"), ("fail_page_alloc/min-order", "0")];

/// A mounted debugfs; unmounted in the end if it was mounted for this.
struct DebugFs {
    mounted: bool,
}

impl DebugFs {
    fn open() -> io::Result<Self> {
        let there = |place: &Path| fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_some());
        if there(Path::new(DEBUG_FS)) {
            return Ok(DebugFs { mounted: false });
        }
        if !Guest::is_own() {
            return Err(io::Error::other(format!("debugfs is not mounted at {DEBUG_FS}")));
        }
        mount(Some("debugfs"), DEBUG_FS, Some("debugfs"), MsFlags::MS_NOSUID, None::<&str>)?;
        Ok(DebugFs { mounted: true })
    }

    fn place(&self, name: &str) -> PathBuf {
        Path::new(DEBUG_FS).join(name)
    }
}

impl Drop for DebugFs {
    fn drop(&mut self) {
        if self.mounted {
            let _ = umount2(DEBUG_FS, MntFlags::MNT_DETACH);
        }
    }
}

/// Sets all counters back to nothing.
///
/// # Errors
/// When the kernel has none, or they cannot be reached.
pub fn reset_counters() -> io::Result<()> {
    fs::write(DebugFs::open()?.place("gcov/reset"), "0")
}

/// Hands out the counters of each object of the kernel: the path of the file that gcov expects them in, and its content.
///
/// # Errors
/// As [`reset_counters`], and those of `each`.
pub fn counters(mut each: impl FnMut(&str, Vec<u8>) -> io::Result<()>) -> io::Result<()> {
    let debug = DebugFs::open()?;
    let root = debug.place("gcov");
    let mut directories = vec![root.clone()];
    while let Some(directory) = directories.pop() {
        let mut entries = fs::read_dir(&directory)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == DATA) {
                let object = Path::new("/").join(path.strip_prefix(&root).unwrap_or(&path));
                each(&object.to_string_lossy(), fs::read(&path)?)?;
            }
        }
    }
    Ok(())
}

/// Lets every allocation be one that can be made to fail, where the kernel can do that.
pub(in crate::exec) fn allow_faults() {
    let Ok(debug) = DebugFs::open() else { return };
    for (name, value) in FAULTS {
        let setting = debug.place(name);
        if setting.exists()
            && let Err(error) = fs::write(&setting, value)
        {
            eprintln!("syscase: {name}: {error}");
        }
    }
}
