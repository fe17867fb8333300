//! The machine, as far as a run as root could change it and `/proc` or `/sys` tell.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

/// Sysctls whose values change without anybody changing them, and why.
const SYSCTLS_ALIVE: [(&str, &str); 15] = [
    ("/proc/sys/fs/aio-nr", "counts requests that are now prepared"),
    ("/proc/sys/fs/dentry-state", "counts names that the kernel now remembers"),
    ("/proc/sys/fs/file-nr", "counts files that are now open"),
    ("/proc/sys/fs/inode-nr", "counts files that the kernel now remembers"),
    ("/proc/sys/fs/inode-state", "counts files that the kernel now remembers"),
    ("/proc/sys/fs/quota/", "counts what was done so far"),
    ("/proc/sys/kernel/ns_last_pid", "is the last process id handed out"),
    ("/proc/sys/kernel/perf_event_max_sample_rate", "is lowered by the kernel when it is busy"),
    ("/proc/sys/kernel/pty/nr", "counts terminals that are now open"),
    ("/proc/sys/kernel/random/entropy_avail", "counts bits that come in by themselves"),
    ("/proc/sys/kernel/random/uuid", "is another one every time"),
    ("/proc/sys/net/netfilter/nf_conntrack_count", "counts connections that are now open"),
    ("/proc/sys/vm/stat_refresh", "is an action, not a value"),
    ("/proc/sys/vm/drop_caches", "is an action, not a value"),
    ("/proc/sys/vm/compact_memory", "is an action, not a value"),
];

/// Files of the machine whose whole text stays the same.
const TEXTS: [&str; 16] = [
    "/proc/filesystems",
    "/proc/key-users",
    "/proc/keys",
    "/proc/locks",
    "/proc/modules",
    "/proc/mounts",
    "/proc/self/mountinfo",
    "/proc/self/limits",
    "/proc/self/oom_score_adj",
    "/proc/self/cgroup",
    "/proc/self/timens_offsets",
    "/proc/swaps",
    "/proc/sysvipc/msg",
    "/proc/sysvipc/sem",
    "/proc/sysvipc/shm",
    "/sys/kernel/mm/transparent_hugepage/enabled",
];

/// Files of the network, of which these columns stay the same (none: all).
const NETWORK: [(&str, &[usize]); 12] = [
    // Names without the counters after them.
    ("/proc/net/dev", &[0]),
    // The addresses in memory, that come first, are others every time.
    ("/proc/net/unix", &[2, 3, 4, 5, 6, 7]),
    ("/proc/net/fib_trie", &[]),
    ("/proc/net/if_inet6", &[]),
    ("/proc/net/ipv6_route", &[0, 1, 2, 3, 4, 5, 8, 9]),
    ("/proc/net/route", &[]),
    ("/proc/net/tcp", &[]),
    ("/proc/net/tcp6", &[]),
    ("/proc/net/udp", &[]),
    ("/proc/net/udp6", &[]),
    ("/proc/net/raw", &[]),
    ("/proc/net/packet", &[]),
];

/// Directories whose whole trees of names stay the same; of files that must keep size and time, too.
const TREES: [(&str, bool); 8] = [
    ("/etc", true),
    ("/boot", true),
    ("/dev", false),
    ("/dev/shm", true),
    ("/sys/block", false),
    ("/sys/class/net", false),
    ("/sys/module", false),
    ("/var/tmp", true),
];

/// How files of a control group end that somebody sets.
const GROUP_SETTINGS: [&str; 6] = [".max", ".weight", "limit_in_bytes", ".shares", ".cpus", ".mems"];

/// How deep trees are looked at.
const DEPTH: u32 = 6;

/// Seconds by which a time service may correct the clock during a run; a case that sets it goes further.
const CORRECTION: i64 = 5;

/// What something was, and what it is.
pub(crate) type Change = (Option<String>, Option<String>);

/// What is where, and by how many seconds the clock is ahead of the time since the start.
pub(crate) struct State(BTreeMap<String, String>, i64);

impl State {
    /// What is there now; `temporary` is where the run puts temporary files.
    pub(crate) fn look(temporary: &Path) -> Self {
        let mut state = State(BTreeMap::new(), clock_ahead());
        for path in TEXTS {
            state.put(path, lasting(&fs::read_to_string(path).unwrap_or_default()));
        }
        for (path, columns) in NETWORK {
            state.put(path, picked(&fs::read_to_string(path).unwrap_or_default(), columns));
        }
        for (dir, content) in TREES {
            state.tree(Path::new(dir), content, DEPTH);
        }
        state.tree(temporary, true, DEPTH);
        state.control_groups();
        state.sysctls(Path::new("/proc/sys"));
        state.processes();
        state
    }

    /// What is not as it was, with both values.
    pub(crate) fn differences(&self, before: &State) -> BTreeMap<String, Change> {
        let names = self.0.keys().chain(before.0.keys());
        let pair = |name: &String| (before.0.get(name).cloned(), self.0.get(name).cloned());
        let clock = [before.1, self.1].map(|ahead| Some(format!("{ahead} s ahead of the time since the start")));
        let [was, is] = clock;
        let clock = (self.1.abs_diff(before.1) > CORRECTION as u64).then(|| ("clock".to_owned(), (was, is)));
        let changed = names.map(|name| (name.clone(), pair(name))).filter(|(_, (was, is))| was != is);
        changed.chain(clock).collect()
    }

    fn put(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// Names, kinds and owners below a directory; sizes and times too, where the content matters.
    fn tree(&mut self, dir: &Path, content: bool, depth: u32) {
        use std::os::unix::fs::MetadataExt;
        for (path, is_dir) in entries(dir).into_iter().filter(|(path, _)| !is_another_run_s(path)) {
            let Ok(found) = fs::symlink_metadata(&path) else { continue };
            let mut told = format!("{:o} {}:{}", found.mode(), found.uid(), found.gid());
            if content && !is_dir {
                told += &format!(" {} bytes, changed at {}.{:09}", found.size(), found.mtime(), found.mtime_nsec());
            }
            self.put(path.display().to_string(), told);
            if is_dir && depth > 0 && path != Path::new("/dev/shm") && path != Path::new("/dev/pts") {
                self.tree(&path, content, depth - 1);
            }
        }
    }

    /// The groups that this process is in, and those below them: the others are other programs' to make and remove.
    fn control_groups(&mut self) {
        let mounted = Path::new("/sys/fs/cgroup");
        for line in fs::read_to_string("/proc/self/cgroup").unwrap_or_default().lines() {
            // `4:memory:/path`, or `0::/path` in the unified hierarchy.
            let mut parts = line.splitn(3, ':').skip(1);
            let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
            let hierarchy = match controllers {
                "" if mounted.join("unified").is_dir() => mounted.join("unified"),
                "" => mounted.to_owned(),
                name => mounted.join(name.trim_start_matches("name=")),
            };
            let group = hierarchy.join(path.trim_start_matches('/'));
            for (path, is_dir) in entries(&group) {
                let name = path.to_string_lossy();
                if !is_dir && GROUP_SETTINGS.iter().any(|end| name.ends_with(end)) {
                    self.put(path.display().to_string(), fs::read_to_string(&path).unwrap_or_default());
                }
            }
            self.directories(&group, DEPTH);
        }
    }

    fn directories(&mut self, dir: &Path, depth: u32) {
        for (path, _) in entries(dir).into_iter().filter(|(path, is_dir)| *is_dir && !is_another_run_s(path)) {
            self.put(path.display().to_string(), "a control group");
            if depth > 0 {
                self.directories(&path, depth - 1);
            }
        }
    }

    fn sysctls(&mut self, dir: &Path) {
        for (path, is_dir) in entries(dir) {
            let name = path.display().to_string();
            if SYSCTLS_ALIVE.iter().any(|(alive, _)| name.starts_with(alive)) {
                continue;
            }
            match fs::read(&path) {
                _ if is_dir => self.sysctls(&path),
                Ok(value) => self.put(name, String::from_utf8_lossy(&value)),
                // Some can only be written.
                Err(_) => {}
            }
        }
    }

    /// All processes in this namespace.
    fn processes(&mut self) {
        for (path, _) in entries(Path::new("/proc")) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.bytes().all(|b| b.is_ascii_digit()) {
                self.put(format!("process {name}"), fs::read_to_string(path.join("comm")).unwrap_or_default());
            }
        }
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        for line in status.lines().filter(|line| line.starts_with("Cpus_allowed") || line.starts_with("Cap")) {
            self.put(format!("this process: {}", &line[..8]), line);
        }
    }
}

/// The lines but for keyrings of sessions: these end with their processes, and others' come and go. Keys in them have
/// lines of their own.
fn lasting(text: &str) -> String {
    text.lines().filter(|line| !line.contains(" _ses: ")).map(|line| format!("{line}\n")).collect()
}

/// Whether this is a control group or a directory that a run holds which is not over: so another one than that of this test.
fn is_another_run_s(path: &Path) -> bool {
    let is_a_run_s = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"syscase-"));
    let is_held = |file| Flock::lock(file, FlockArg::LockExclusiveNonblock).is_err();
    is_a_run_s && fs::File::open(path).is_ok_and(is_held)
}

fn clock_ahead() -> i64 {
    use nix::time::{ClockId, clock_gettime};
    let seconds = |clock| clock_gettime(clock).map_or(0, |time| time.tv_sec());
    seconds(ClockId::CLOCK_REALTIME) - seconds(ClockId::CLOCK_MONOTONIC)
}

/// What is in a directory, and whether it is a directory itself.
fn entries(dir: &Path) -> Vec<(PathBuf, bool)> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| (entry.path(), entry.file_type().is_ok_and(|kind| kind.is_dir()))).collect()
}

/// These columns of every line, in sorted order of lines.
fn picked(text: &str, columns: &[usize]) -> String {
    let line = |line: &str| {
        let fields = line.split_whitespace().enumerate();
        let fields = fields.filter(|(i, _)| columns.is_empty() || columns.contains(i)).map(|(_, field)| field);
        fields.collect::<Vec<_>>().join(" ")
    };
    let mut lines: Vec<String> = text.lines().map(line).collect();
    lines.sort();
    lines.join("\n")
}
