//! A control group for each worker: it bounds what the processes of a case use up together, which no limit of a
//! process does. There is none where the program may not make one, and where somebody else has bounded it already.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use procfs::process::{MountInfo, Process};

use crate::exec::launcher::held::Hold;
use crate::exec::shared::bounds::{CasePlace, MEMORY, PROCESSES};
use crate::exec::sys::{self, futex_wait, now};

/// How long the dead may take to leave their group, in microseconds.
const LEAVE: u64 = 1_000_000;

/// A controller that bounds something.
struct Bound {
    controller: &'static str,
    /// The file that takes the bound, and the bound, in each version of the interface.
    files: [(&'static str, u64); 2],
}

/// Swap would take what memory does not: where it is not counted, the kernel has no such file.
const BOUNDS: [Bound; 3] = [
    Bound { controller: "pids", files: [("pids.max", PROCESSES), ("pids.max", PROCESSES)] },
    Bound { controller: "memory", files: [("memory.limit_in_bytes", MEMORY), ("memory.max", MEMORY)] },
    // With memory in version 1, apart in version 2.
    Bound { controller: "memory", files: [("memory.memsw.limit_in_bytes", MEMORY), ("memory.swap.max", 0)] },
];

/// Where groups that are bounded by a controller can be made.
struct Parent {
    controller: &'static str,
    /// Of the interface, counted from 0.
    version: usize,
    dir: PathBuf,
}

/// How the names of all groups begin.
const NAME: &str = "syscase-";
/// How the name of a case's group ends, which begins as that of its worker's.
const OF_CASE: &str = "-case";

/// The groups of one worker, one a hierarchy, which this process holds.
pub(in crate::exec) struct Cgroup {
    dirs: BTreeMap<PathBuf, Hold>,
    /// The process that moves the worker there.
    mover: Option<i32>,
}

impl Cgroup {
    /// A name for the next groups that are made, which begins with this one.
    pub(in crate::exec) fn name(name: &str) -> String {
        static MADE: AtomicU32 = AtomicU32::new(0);
        format!("{name}-{}", MADE.fetch_add(1, Ordering::Relaxed))
    }

    /// Makes groups of that name, as far as that is possible.
    pub(in crate::exec) fn make(name: &str) -> Self {
        let mut made = Cgroup { dirs: BTreeMap::new(), mover: None };
        for parent in parents() {
            let dir = parent.dir.join(name);
            if !made.dirs.contains_key(&dir) {
                let Ok((dir, hold)) = Hold::make(|| fs::create_dir(&dir).map(|()| dir.clone())) else { continue };
                made.dirs.insert(dir, hold);
            }
            bound(parent, &dir);
        }
        made
    }

    /// Moves a process there, in a process of its own: the kernel waits for all processors with that, which takes
    /// longer than to start a worker.
    pub(in crate::exec) fn add(&mut self, pid: i32) {
        if self.dirs.is_empty() {
            return;
        }
        // SAFETY: the launcher has one thread.
        match unsafe { sys::clone(libc::SIGCHLD) } {
            0 => {
                for dir in self.dirs.keys() {
                    // Where it stays outside, it is bounded as where there is no group.
                    let _ = fs::write(dir.join("cgroup.procs"), pid.to_string());
                }
                sys::exit(0)
            }
            mover => self.mover = i32::try_from(mover).ok().filter(|pid| *pid > 0),
        }
    }

    /// Waits until whoever was to be moved is there, or has ended.
    pub(in crate::exec) fn settle(&mut self) {
        if let Some(mover) = self.mover.take() {
            sys::wait4(mover, libc::__WALL);
        }
    }

    /// Removes the groups, whose processes are dead.
    pub(in crate::exec) fn remove(&self) {
        for dir in self.dirs.keys() {
            let mut of_case = dir.clone().into_os_string();
            of_case.push(OF_CASE);
            remove(Path::new(&of_case));
            remove(dir);
        }
    }
}

/// The places for the cases of a worker whose groups have that name.
pub(in crate::exec) fn places_of_case(name: &str) -> Vec<CasePlace> {
    let place = |parent: &Parent| {
        let dir = CString::new(parent.dir.as_os_str().as_bytes()).ok()?;
        let name = CString::new(format!("{name}{OF_CASE}")).ok()?;
        Some(CasePlace { controller: parent.controller, version: parent.version, dir, name })
    };
    parents().iter().filter_map(place).collect()
}

/// Removes the groups whose names begin with this one.
pub(in crate::exec) fn remove_all(name: &str) {
    groups(name).for_each(|dir| remove(&dir));
}

/// Removes the groups of runs that were killed with all of their processes at once: nobody holds them.
pub(in crate::exec) fn remove_left() {
    for dir in groups(NAME) {
        // Held until it is gone: who is about to hold it sees that.
        if let Some(_hold) = Hold::of_left(&dir) {
            let _ = fs::remove_dir(&dir);
        }
    }
}

/// The groups whose names begin with this one.
fn groups(name: &str) -> impl Iterator<Item = PathBuf> {
    let dirs = parents().iter().flat_map(|parent| fs::read_dir(&parent.dir).into_iter().flatten().flatten());
    dirs.filter(move |dir| dir.file_name().as_encoded_bytes().starts_with(name.as_bytes())).map(|dir| dir.path())
}

fn remove(dir: &Path) {
    let limit = now() + LEAVE;
    while fs::remove_dir(dir).is_err_and(|error| error.kind() == io::ErrorKind::ResourceBusy) && now() < limit {
        futex_wait(&AtomicU32::new(0), 0, Some(200));
    }
}

/// Sets what this parent's controller bounds.
fn bound(parent: &Parent, dir: &Path) {
    for bound in BOUNDS.iter().filter(|bound| bound.controller == parent.controller) {
        let (file, most) = bound.files[parent.version];
        let _ = fs::write(dir.join(file), most.to_string());
    }
}

/// Where groups are made: looked for once, before there is any.
fn parents() -> &'static [Parent] {
    static PARENTS: OnceLock<Vec<Parent>> = OnceLock::new();
    PARENTS.get_or_init(|| find().unwrap_or_default())
}

fn find() -> procfs::ProcResult<Vec<Parent>> {
    let me = Process::myself()?;
    let (mounts, groups) = (me.mountinfo()?, me.cgroups()?);
    let find = |controller: &'static str| {
        let own = |mount: &MountInfo| {
            let group = groups.0.iter().find(|group| match mount.fs_type.as_str() {
                "cgroup" => group.controllers.iter().any(|name| name == controller),
                _ => group.hierarchy == 0,
            })?;
            // A mount shows what is below its root.
            let below = Path::new(&group.pathname).strip_prefix(&mount.root).ok()?;
            Some(mount.mount_point.join(below))
        };
        mounts.iter().find_map(|mount| match mount.fs_type.as_str() {
            "cgroup" if mount.super_options.contains_key(controller) => {
                Some(Parent { controller, version: 0, dir: own(mount)? })
            }
            "cgroup2" => {
                let dir = enabling(controller, &own(mount)?, &mount.mount_point)?;
                Some(Parent { controller, version: 1, dir })
            }
            _ => None,
        })
    };
    Ok(["pids", "memory"].into_iter().filter_map(find).collect())
}

/// The group nearest to this one whose children have the controller. A group that has processes of its own enables
/// none for its children (no internal processes), so that it is often one above. Not where a group on the way is
/// bounded: whoever bounded it wants the bound for all that is started there.
fn enabling(controller: &str, own: &Path, root: &Path) -> Option<PathBuf> {
    for dir in own.ancestors().take_while(|dir| dir.starts_with(root)) {
        let enabled = fs::read_to_string(dir.join("cgroup.subtree_control")).ok()?;
        if enabled.split_whitespace().any(|name| name == controller) {
            return Some(dir.to_owned());
        }
        let most = fs::read_to_string(dir.join(format!("{controller}.max")));
        if most.is_ok_and(|most| most.trim() != "max") {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, ExitStatus, Stdio};

    use super::*;

    fn kill(pid: &str) {
        let _ = Command::new("kill").arg(pid).stderr(Stdio::null()).status();
    }

    /// How a shell ends that does this in a group of its own; nothing where there is no group with the controller.
    fn perform(controller: &str, script: &str) -> Option<ExitStatus> {
        if !parents().iter().any(|parent| parent.controller == controller) {
            eprintln!("skipped: no control group with {controller} can be made here");
            return None;
        }
        let mut cgroup = Cgroup::make(&Cgroup::name(&format!("syscase-test-{}", std::process::id())));
        if cgroup.dirs.is_empty() {
            eprintln!("skipped: control groups are not for this user to make");
            return None;
        }
        let script = format!("read go; {script}");
        let mut shell = Command::new("sh");
        let mut shell = shell.args(["-c", &script]).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("sh");
        cgroup.add(shell.id() as i32);
        cgroup.settle();
        shell.stdin.take().expect("a pipe").write_all(b"go\n").expect("a line");
        let status = shell.wait().expect("a status");
        let left = cgroup.dirs.keys().filter_map(|dir| fs::read_to_string(dir.join("cgroup.procs")).ok());
        left.flat_map(|pids| pids.lines().map(str::to_owned).collect::<Vec<_>>()).for_each(|pid| kill(&pid));
        cgroup.remove();
        assert!(cgroup.dirs.keys().all(|dir| !dir.exists()), "groups remain");
        Some(status)
    }

    #[test]
    fn memory_of_several_processes_is_bounded() {
        let half = "head -c 700000000 /dev/zero | tail -c 700000000 > /dev/null";
        if let Some(status) = perform("memory", half) {
            assert_eq!(status.code(), Some(0), "{status:?}");
        }
        // Each keeps its part until both have read theirs.
        let both = format!("({half}) & ({half}); mine=$?; wait $! && exit $mine");
        if let Some(status) = perform("memory", &both) {
            assert!(status.code() == Some(128 + 9) || status.signal() == Some(9), "{status:?}");
        }
    }

    #[test]
    fn processes_are_bounded() {
        let asleep = format!("i=0; while [ $i -lt {PROCESSES} ]; do sleep 60 & i=$((i+1)); done");
        if let Some(status) = perform("pids", &asleep) {
            assert_eq!(status.code(), Some(2), "the shell is one, too, and cannot fork the last: {status:?}");
        }
    }

    #[test]
    fn groups_are_found_by_the_beginning_of_their_name() {
        let name = format!("syscase-test-all-{}", std::process::id());
        let made = [Cgroup::name(&name), Cgroup::name(&name)].map(|name| Cgroup::make(&name));
        remove_all(&name);
        assert!(made.iter().flat_map(|cgroup| cgroup.dirs.keys()).all(|dir| !dir.exists()));
    }

    #[test]
    fn groups_that_nobody_holds_are_removed() {
        let name = format!("syscase-test-left-{}", std::process::id());
        let [held, mut left] = [Cgroup::name(&name), Cgroup::name(&name)].map(|name| Cgroup::make(&name));
        let dirs: Vec<_> = left.dirs.keys().cloned().collect();
        // As where the process ends that holds it.
        left.dirs.clear();
        remove_left();
        assert!(dirs.iter().all(|dir| !dir.exists()), "{dirs:?}");
        assert!(held.dirs.keys().all(|dir| dir.exists()), "{:?}", held.dirs);
        held.remove();
    }
}
