//! As root, a run of the whole suite leaves the machine as it was.

#[path = "untouched/state.rs"]
mod state;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use rstest::rstest;
use state::{Change, State};

/// How long what is collected late may take.
const SETTLE: Duration = Duration::from_secs(10);
/// Set where this program runs apart from the machine's other processes.
const APART: &str = "SYSCASE_TEST_APART";

/// Mounts, network, processes, IPC objects and shared memory of others come and go; so the runner is given some of
/// its own, and from what it does with them it can be seen what it would do with the machine's. All that is not
/// in a namespace is the machine's. Its own mounts pass changes on, as those of most machines do.
const SCRIPT: &str =
    "mount --make-rshared / && mount -t tmpfs tmpfs /dev/shm && mount -t tmpfs tmpfs /var/tmp && exec \"$@\"";

/// Changes of every kind, in namespaces that end with the test.
const CHANGES: &str = "echo elsewhere > /proc/sys/kernel/hostname && echo 1 > /proc/sys/net/ipv4/ip_forward && \
    mount -t tmpfs tmpfs /mnt && echo x > /dev/shm/left && ipcmk --shmem 4096 > /dev/null && \
    echo 500 > /proc/$PPID/oom_score_adj && (sleep 60 > /dev/null 2>&1 &)";

#[rstest]
#[case::without_a_sandbox("never")]
#[case::as_run_by_default("auto")]
fn the_suite_changes_nothing(#[case] sandbox: &str) {
    if !is_apart() {
        return;
    }
    let temporary = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary directory");
    open_to_all(temporary.path());
    let idle = State::look(temporary.path());
    let before = State::look(temporary.path());
    let json = tempfile::NamedTempFile::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_syscase"));
    command.args(["run", "--cases"]).arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../cases"));
    command.arg(format!("--sandbox={sandbox}")).arg("--json").arg(json.path()).env("TMPDIR", temporary.path());
    let output = command.output().expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let by_itself = before.differences(&idle);
    let look = || -> Vec<_> {
        let changed = State::look(temporary.path()).differences(&before);
        changed.into_iter().filter(|d| !by_itself.contains_key(&d.0) && !is_collection(d)).collect()
    };
    // The kernel collects the keyrings of processes that are gone when it has time to.
    let begin = Instant::now();
    let mut changed = look();
    while !changed.is_empty() && begin.elapsed() < SETTLE {
        std::thread::sleep(Duration::from_millis(100));
        changed = look();
    }
    assert!(changed.is_empty(), "changed by the run: {changed:#?}\nchanges by itself: {by_itself:#?}");
}

/// Whether keys only became fewer: those of earlier processes are collected late, too. How many there are of each
/// user follows from the keys.
fn is_collection((name, (before, after)): &(String, Change)) -> bool {
    let serials = |text: &Option<String>| -> BTreeSet<String> {
        let lines = text.iter().flat_map(|text| text.lines());
        lines.filter_map(|line| line.split(' ').next().map(str::to_owned)).collect()
    };
    name == "/proc/key-users" || name == "/proc/keys" && serials(after).is_subset(&serials(before))
}

/// What is compared is enough to see what a case might leave.
#[test]
fn a_change_is_noticed() {
    if !is_apart() {
        return;
    }
    let temporary = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary directory");
    let before = State::look(temporary.path());
    std::fs::write(temporary.path().join("left"), "x").expect("a file");
    let output = Command::new("sh").args(["-c", CHANGES]).output().expect("a shell");
    assert!(output.status.success(), "{}", text(&output));
    let changed = State::look(temporary.path()).differences(&before);
    let left = temporary.path().join("left").display().to_string();
    let expected = [
        "/dev/shm/left",
        "/proc/mounts",
        "/proc/self/mountinfo",
        "/proc/self/oom_score_adj",
        "/proc/sys/kernel/hostname",
        "/proc/sys/net/ipv4/ip_forward",
        "/proc/sysvipc/shm",
        &left,
    ];
    for name in expected {
        assert!(changed.contains_key(name), "{name} is not among {changed:#?}");
    }
    assert!(changed.iter().any(|(name, (_, is))| name.starts_with("process ") && is.is_some()), "{changed:#?}");
}

/// Whether this program is apart from the machine's other processes; if it can be, it has run the test there.
fn is_apart() -> bool {
    let is_root = nix::unistd::geteuid().is_root();
    let inside = std::env::var_os(APART).is_some();
    if !is_root {
        eprintln!("skipped: only root could change the machine");
    } else if !inside {
        apart();
    }
    is_root && inside
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn open_to_all(dir: &Path) {
    std::fs::set_permissions(dir, std::os::unix::fs::PermissionsExt::from_mode(0o777)).expect("permissions");
}

/// Runs the same test in namespaces of its own.
fn apart() {
    let name = std::thread::current().name().expect("tests have names").to_owned();
    let mut command = Command::new("unshare");
    command.args(["--mount", "--net", "--ipc", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child"]);
    command.args(["sh", "-c", SCRIPT, "sh"]).arg(std::env::current_exe().expect("this program"));
    command.args(["--exact", &name, "--nocapture"]).env(APART, "1");
    let output = command.output().expect("unshare");
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("1 passed"), "{}", text(&output));
}
