//! What a run says, and what it leaves.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The machine as far as a run could change it: mounts, temporary files, shared memory, IPC objects, the keys of
/// hostile cases, names.
#[derive(Debug, PartialEq)]
pub(crate) struct Machine {
    mounts: String,
    temporary: BTreeSet<PathBuf>,
    /// Entries of `/dev/shm`.
    pub(crate) memory: BTreeSet<PathBuf>,
    ipc: String,
    queues: BTreeSet<PathBuf>,
    keys: String,
    hostname: String,
}

impl Machine {
    /// What is there now; `temporary` is where the run puts temporary files.
    pub(crate) fn look(temporary: &Path) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let entries = |dir: &Path| fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
        let keys = read("/proc/keys");
        Machine {
            mounts: read("/proc/self/mountinfo"),
            temporary: entries(temporary).collect(),
            memory: entries(Path::new("/dev/shm")).collect(),
            queues: entries(Path::new("/dev/mqueue")).collect(),
            keys: keys.lines().filter(|line| line.contains("hostile")).collect(),
            ipc: read("/proc/sysvipc/shm") + &read("/proc/sysvipc/sem") + &read("/proc/sysvipc/msg"),
            hostname: read("/proc/sys/kernel/hostname"),
        }
    }
}

/// Processes that have this variable in their environment, as a run and all that it starts do.
pub(crate) fn processes_with(variable: &str) -> Vec<u32> {
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = numbers.filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    let has = |pid: &u32| {
        let environ = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environ.split(|b| *b == 0).any(|entry| entry == variable.as_bytes())
    };
    pids.filter(has).collect()
}
