//! Directories of one worker, and of whoever else needs one for a while.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::exec::launcher::held::Hold;
use crate::exec::launcher::ids::{self, Ids};
use crate::exec::shared::seal::Key;
use crate::exec::sys::geteuid;
use crate::exec::worker::case_dir::filesystem_type;
use crate::exec::worker::clear::remove_tree;
use crate::exec::worker::sandbox::Isolation;

/// `tmpfs` and `ramfs`, as `statfs` numbers them.
const TMPFS: [i64; 2] = [0x0102_1994, 0x8584_58f6];
/// How the names of all runs begin; 16 digits follow.
const NAME: &str = "syscase-";
/// Characters that `mkdtemp` chooses, after the run's name and a dot.
const DRAWN: usize = 6;

/// A directory that no other run removes as long as this is there.
pub(in crate::exec) struct Place {
    path: PathBuf,
    _hold: Hold,
}

/// Directories of one worker.
pub(in crate::exec) struct Places {
    /// Not on a tmpfs.
    pub(in crate::exec) disk: Option<Place>,
    /// Instead of a tmpfs of its own.
    pub(in crate::exec) fallback: Option<Place>,
}

/// A directory for temporary files of this program. It goes away with this or, if the program is killed, with the
/// next run.
pub struct Scratch(Place);

impl Scratch {
    /// Makes one where temporary files belong.
    ///
    /// # Errors
    /// When no directory can be made there.
    pub fn new() -> io::Result<Self> {
        Place::make(&std::env::temp_dir(), &draw_name(), 0o700).map(Scratch)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove_tree(&self.0.path);
    }
}

/// A name for the directories and control groups of one run.
pub(in crate::exec) fn draw_name() -> String {
    format!("{NAME}{:016x}", Key::draw().words()[0])
}

impl Places {
    /// Makes the directories that a worker of this isolation needs. What is above them is nobody's who is confined,
    /// and no other worker's.
    pub(in crate::exec) fn make(name: &str, isolation: Isolation, ids: Option<&Ids>) -> io::Result<Self> {
        let temporary = std::env::temp_dir();
        let places = [temporary.as_path(), Path::new("/var/tmp"), Path::new("/tmp")];
        let mut disks = places.into_iter().filter(|place| !is_memory(place));
        let disk = disks.find_map(|place| Place::for_cases(place, name).ok());
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
            let memory = is_memory(shm).then(|| Place::for_cases(shm, name).ok()).flatten();
            self.fallback = Some(memory.map_or_else(|| Place::for_cases(temporary, name), Ok)?);
        }
        if let (Some(disk), Some(ids)) = (&self.disk, ids) {
            std::os::unix::fs::chown(&disk.path, Some(ids.root()), Some(ids.root()))?;
        }
        Ok(())
    }

    pub(in crate::exec) fn remove(&self) {
        for place in [&self.disk, &self.fallback].into_iter().flatten() {
            remove_tree(&place.path);
        }
    }
}

impl Place {
    /// One that cases which become another user can pass through.
    fn for_cases(parent: &Path, name: &str) -> io::Result<Self> {
        Self::make(parent, name, 0o711)
    }

    /// One whose name nobody else knows before.
    fn make(parent: &Path, name: &str, mode: u32) -> io::Result<Self> {
        let (path, hold) = Hold::make(|| draw(parent, name))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        Ok(Place { path, _hold: hold })
    }

    pub(in crate::exec) fn to_path(&self) -> PathBuf {
        self.path.clone()
    }
}

fn is_memory(place: &Path) -> bool {
    TMPFS.contains(&filesystem_type(place))
}

fn draw(parent: &Path, name: &str) -> io::Result<PathBuf> {
    let template = parent.join(format!("{name}.{}", "X".repeat(DRAWN)));
    let mut name = template.as_os_str().as_bytes().to_vec();
    name.push(0);
    // SAFETY: a writable, NUL-terminated template.
    if unsafe { libc::mkdtemp(name.as_mut_ptr().cast()) }.is_null() {
        return Err(io::Error::last_os_error());
    }
    name.pop();
    Ok(PathBuf::from(std::ffi::OsString::from_vec(name)))
}

/// Removes the directories of the run of that name.
pub(in crate::exec) fn remove_all(run: &str) {
    for (path, _) in of_runs().filter(|(_, name)| name == run) {
        remove_tree(&path);
    }
}

/// Removes those of this user's runs that were killed with all of their processes at once: nobody holds them.
pub(in crate::exec) fn remove_left() {
    let user = geteuid() as u32;
    for (path, _) in of_runs() {
        let is_ours = |uid| uid == user || user == 0 && ids::is_a_worker_s(uid);
        if fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir() && is_ours(found.uid()))
            && let Some(_hold) = Hold::of_left(&path)
        {
            remove_tree(&path);
        }
    }
}

/// Directories of runs, wherever any can be, each with its run's name.
fn of_runs() -> impl Iterator<Item = (PathBuf, String)> {
    // Temporary files mostly belong to one of the others.
    let parents = BTreeSet::from([std::env::temp_dir(), "/var/tmp".into(), "/tmp".into(), "/dev/shm".into()]);
    let entries = parents.into_iter().flat_map(|parent| fs::read_dir(parent).into_iter().flatten().flatten());
    entries.filter_map(|entry| Some((entry.path(), run_of(entry.file_name().to_str()?)?.to_owned())))
}

/// The run that has a directory of this name; none if it is somebody else's.
fn run_of(directory: &str) -> Option<&str> {
    let (run, drawn) = directory.split_once('.')?;
    let digits = run.strip_prefix(NAME)?;
    let is_ours = digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    (is_ours && drawn.len() == DRAWN && drawn.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_of_runs_are_told_from_others() {
        let name = draw_name();
        assert_eq!(run_of(&format!("{name}.aB3dEf")), Some(&*name));
        for other in
            ["syscase-old", "syscase-0123456789abcdef", "syscase-0123456789abcdef.", "x-0123456789abcdef.aB3dEf"]
        {
            assert_eq!(run_of(other), None, "{other}");
        }
        for other in [format!("{name}-aB3dEf"), format!("{name}.aB3dEfg"), format!("{name}0.aB3dEf")] {
            assert_eq!(run_of(&other), None, "{other}");
        }
    }

    #[test]
    fn directories_that_nobody_holds_are_removed() {
        let held = Scratch::new().expect("a directory");
        let (path, hold) = Hold::make(|| draw(&std::env::temp_dir(), &draw_name())).expect("a directory");
        fs::write(path.join("file"), "x").expect("a file");
        remove_left();
        assert!(path.is_dir());
        drop(hold);
        remove_left();
        assert!(held.path().is_dir() && !path.exists());
    }
}
