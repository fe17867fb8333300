//! Directories of one worker.

use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::exec::launcher::ids::Ids;
use crate::exec::worker::case_dir::filesystem_type;
use crate::exec::worker::clear::remove_tree;
use crate::exec::worker::sandbox::Isolation;

/// `tmpfs` and `ramfs`, as `statfs` numbers them.
const TMPFS: [i64; 2] = [0x0102_1994, 0x8584_58f6];

/// Directories of one worker.
pub(in crate::exec) struct Places {
    /// Not on a tmpfs.
    pub(in crate::exec) disk: Option<PathBuf>,
    /// Instead of a tmpfs of its own.
    pub(in crate::exec) fallback: Option<PathBuf>,
}

impl Places {
    /// Makes the directories that a worker of this isolation needs. What is above them is nobody's who is confined,
    /// and no other worker's.
    pub(in crate::exec) fn make(name: &str, isolation: Isolation, ids: Option<&Ids>) -> io::Result<Self> {
        let temporary = std::env::temp_dir();
        let places = [temporary.as_path(), Path::new("/var/tmp"), Path::new("/tmp")];
        let is_memory = |place: &Path| TMPFS.contains(&filesystem_type(place));
        let mut disks = places.into_iter().filter(|place| !is_memory(place));
        let disk = disks.find_map(|place| private_directory(place, name).ok());
        let mut made = Places { disk, fallback: None };
        match made.complete(name, isolation, &temporary, ids) {
            Ok(()) => Ok(made),
            Err(error) => {
                made.remove();
                Err(error)
            }
        }
    }

    fn complete(&mut self, name: &str, isolation: Isolation, temporary: &Path, ids: Option<&Ids>) -> io::Result<()> {
        if isolation == Isolation::Processes {
            let shm = Path::new("/dev/shm");
            let is_memory = TMPFS.contains(&filesystem_type(shm));
            let memory = is_memory.then(|| private_directory(shm, name).ok()).flatten();
            self.fallback = Some(memory.map_or_else(|| private_directory(temporary, name), Ok)?);
        }
        if let (Some(disk), Some(ids)) = (&self.disk, ids) {
            std::os::unix::fs::chown(disk, Some(ids.root()), Some(ids.root()))?;
        }
        Ok(())
    }

    pub(in crate::exec) fn remove(&self) {
        for place in [&self.disk, &self.fallback].into_iter().flatten() {
            remove_tree(place);
        }
    }
}

/// One whose name nobody else knows before.
fn private_directory(parent: &Path, name: &str) -> io::Result<PathBuf> {
    let template = parent.join(format!("{name}-XXXXXX"));
    let mut name = template.as_os_str().as_bytes().to_vec();
    name.push(0);
    // SAFETY: a writable, NUL-terminated template.
    if unsafe { libc::mkdtemp(name.as_mut_ptr().cast()) }.is_null() {
        return Err(io::Error::last_os_error());
    }
    name.pop();
    let path = PathBuf::from(std::ffi::OsString::from_vec(name));
    // Cases that become another user must be able to pass through.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
    Ok(path)
}
