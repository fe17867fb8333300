//! The program killed, interrupted and terminated at random moments: nothing is left behind, and what it has
//! written so far is good. `SYSCASE_KILLS=N` asks for more moments, `SYSCASE_SEED=N` for those of an earlier time.

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{Machine, processes_with};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rstest::rstest;
use serde_json::Value;

/// How long what is left may take to go. Only a watchdog: what stays, stays for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// Moments, where nothing else is asked for.
const KILLS: u32 = 20;

/// Where cases run: in namespaces, or without, in processes that are watched.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Isolation {
    Namespaces,
    Processes,
}

/// Starts the program with its parameters, where no process id namespaces are left.
const WITHOUT_NAMESPACES: &str = "echo 0 > /proc/sys/user/max_pid_namespaces && exec \"$@\"";

/// A run to be ended, and where it leaves its traces.
struct Scene {
    isolation: Isolation,
    dir: tempfile::TempDir,
    mark: String,
    before: (Machine, BTreeSet<PathBuf>),
}

impl Scene {
    fn new(isolation: Isolation, what: &str) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir(dir.path().join("tmp")).expect("a directory");
        let mark = format!("killed-{}-{what}-{isolation:?}", std::process::id());
        let before = machine(dir.path());
        Scene { isolation, dir, mark, before }
    }

    fn json(&self) -> PathBuf {
        self.dir.path().join("run.jsonl")
    }

    /// Starts a run of cases that leave processes, threads and files to be removed.
    fn start(&self) -> Child {
        let _ = fs::remove_file(self.json());
        let mut command = match self.isolation {
            Isolation::Namespaces => Command::new(env!("CARGO_BIN_EXE_syscase")),
            Isolation::Processes => {
                let mut command = Command::new("unshare");
                command.args(["--user", "--map-root-user", "sh", "-c", WITHOUT_NAMESPACES, "sh"]);
                command.arg(env!("CARGO_BIN_EXE_syscase"));
                command
            }
        };
        command.args(["run", "--jobs", "4", "--shuffle", "--json"]).arg(self.json());
        command.arg("--cases").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/killed"));
        command.env("SYSCASE_TEST", &self.mark).env("TMPDIR", self.dir.path().join("tmp"));
        command.current_dir(self.dir.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program starts")
    }

    /// Waits until all is as it was before.
    fn settles(&self) {
        let variable = format!("SYSCASE_TEST={}", self.mark);
        let begin = Instant::now();
        loop {
            let left = (processes_with(&variable), machine(self.dir.path()));
            if left.0.is_empty() && left.1.0 == self.before.0 && left.1.1.is_subset(&self.before.1) {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "this remains: {left:?}; before: {:?}", self.before);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The events written so far, each complete; behind the last, at most a part of one.
    fn events(&self) -> Vec<Value> {
        let text = fs::read(self.json()).unwrap_or_default();
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let events: Vec<Value> = text[..whole]
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| serde_json::from_slice(line).expect("a complete line is an event"))
            .collect();
        for (i, event) in events.iter().enumerate() {
            let expected = if i == 0 { "target" } else { "case" };
            let last = event["type"] == "summary" && i + 1 == events.len();
            assert!(event["type"] == expected || last, "event {i} is {event}");
        }
        // The kernel cuts a write short only for a deadly signal.
        assert!(text.len() == whole || serde_json::from_slice::<Value>(&text[whole..]).is_err_and(|e| e.is_eof()));
        events
    }
}

/// What a run could leave, and what is in the memory that all programs share.
fn machine(dir: &Path) -> (Machine, BTreeSet<PathBuf>) {
    let shared = fs::read_dir("/dev/shm").into_iter().flatten().flatten().map(|entry| entry.path());
    let ours = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("syscase"));
    (Machine::look(&dir.join("tmp")), shared.filter(ours).collect())
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

/// Whether this machine can do without namespaces; says so, if not.
fn is_possible(isolation: Isolation) -> bool {
    if isolation == Isolation::Namespaces {
        return true;
    }
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "sh", "-c", WITHOUT_NAMESPACES, "sh", "true"]);
    let possible = command.status().is_ok_and(|status| status.success());
    if !possible {
        eprintln!("skipped: no user namespace in which to forbid namespaces");
    }
    possible
}

#[rstest]
fn at_any_moment(
    #[values(Signal::SIGKILL, Signal::SIGINT, Signal::SIGTERM)] signal: Signal,
    #[values(Isolation::Namespaces, Isolation::Processes)] isolation: Isolation,
) {
    if !is_possible(isolation) {
        return;
    }
    let seed = number("SYSCASE_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("SYSCASE_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let scene = Scene::new(isolation, signal.as_str());
    // How long it takes if it may.
    let begin = Instant::now();
    let status = scene.start().wait().expect("an end");
    let whole = begin.elapsed();
    assert_eq!(status.code(), Some(0), "undisturbed, all is well");
    let events = scene.events();
    let cases = events.len() - 2;
    assert_eq!(events[0]["isolation"], format!("{isolation:?}").to_lowercase());
    scene.settles();

    let kills = number("SYSCASE_KILLS").map_or(KILLS, |kills| kills as u32);
    let kills = if signal == Signal::SIGKILL { kills } else { kills.div_ceil(4) };
    let mut between = 0;
    for nth in 0..kills {
        let moment = whole.mul_f64(random.f64());
        let mut child = scene.start();
        std::thread::sleep(moment);
        kill(Pid::from_raw(child.id() as i32), signal).expect("a signal");
        let status = child.wait().expect("an end");
        let events = scene.events();
        scene.settles();
        let summary = events.last().filter(|event| event["type"] == "summary");
        let partial = summary.map(|event| event["partial"] == true);
        let done = events.iter().filter(|e| e["type"] == "case").count();
        match status.code() {
            // Before it listens, a signal does what it always does.
            None => assert_eq!((status.signal(), partial), (Some(signal as i32), None), "{nth}: killed"),
            Some(0) => assert_eq!((partial, done), (Some(false), cases), "{nth}: it was through"),
            Some(3) => assert_eq!(partial, Some(true), "{nth}: interrupted, it says so"),
            Some(code) => panic!("{nth}: status {code} after {signal} at {moment:?}: {:?}", events.last()),
        }
        between += u32::from(0 < done && done < cases);
    }
    println!("{kills} times {signal}, {between} of them between the first case and the last");
}
