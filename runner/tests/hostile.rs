//! Cases that misbehave: each fails alone and with its reason, the others are unaffected, and nothing is left.

mod common;
#[path = "hostile/expected.rs"]
mod expected;
#[path = "common/program.rs"]
mod program;
#[path = "common/root.rs"]
mod root;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use common::{Machine, processes_with};
use expected::{EXPECTED, Expected};
use rstest::rstest;

/// A user without any privilege.
const NOBODY: u32 = 65534;

fn open_to_all() -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o777)
}

/// A place that anybody can read, with the program and the hostile cases; programs that those start have the
/// variable in their environment.
fn stage(mark: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let stage = tempfile::tempdir().expect("a temporary directory");
    fs::set_permissions(stage.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    program::copy_program(&stage.path().join("syscase"));
    let cases = stage.path().join("cases/hostile");
    fs::create_dir_all(&cases).expect("a directory");
    let place = stage.path().display().to_string();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/hostile")).expect("the cases") {
        let file = file.expect("a file");
        let text = fs::read_to_string(file.path()).expect("text");
        let text = text.replace("MARK=1", mark).replace("STAGE", &place);
        fs::write(cases.join(file.file_name()), text).expect("a file");
    }
    fs::create_dir(stage.path().join(CANARY)).expect("a directory");
    fs::write(stage.path().join(CANARY).join("file"), "unharmed").expect("a file");
    stage
}

/// What cases make a way to.
const CANARY: &str = "canary";

/// Runs the hostile cases; verdict, reason and last line by case.
fn run(command: &mut Command, json: &Path) -> BTreeMap<String, (String, String)> {
    let output = command.output().expect("the program runs");
    assert_eq!(output.status.code(), Some(1), "{}", common::stderr(&output));
    let text = fs::read_to_string(json).unwrap_or_else(|_| common::stdout(&output));
    let events = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let cases = events.filter(|e| e["type"] == "case").map(|case| {
        let id = case["id"].as_str().unwrap_or_default().trim_start_matches("hostile/").to_owned();
        let last = case["trace"].as_array().and_then(|t| t.last()).map(|s| s["shown"].to_string()).unwrap_or_default();
        let told = format!("{} {last}", case["reason"].as_str().unwrap_or_default());
        (id, (case["verdict"].as_str().unwrap_or_default().to_owned(), told))
    });
    cases.collect()
}

#[rstest]
#[case::as_we_are(None)]
#[case::as_nobody(Some(NOBODY))]
fn each_hostile_case_costs_itself_alone(#[case] uid: Option<u32>) {
    if uid.is_some() && !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: only root can become somebody else");
        return;
    }
    let mark = format!("SYSCASE_TEST=hostile-{}-{}", std::process::id(), uid.unwrap_or(0));
    let stage = stage(&mark);
    let json_dir = tempfile::tempdir().expect("a temporary directory");
    let json = json_dir.path().join("run.jsonl");
    fs::set_permissions(json_dir.path(), open_to_all()).expect("permissions");
    let (name, value) = mark.split_once('=').expect("a variable");
    let temporary = tempfile::tempdir().expect("a temporary directory");
    fs::set_permissions(temporary.path(), open_to_all()).expect("permissions");
    let before = Machine::look(temporary.path());
    let mut command = Command::new(stage.path().join("syscase"));
    command.args(["run", "--sandbox=never", "--cases"]).arg(stage.path().join("cases")).arg("--json").arg(&json);
    command.env(name, value).env("TMPDIR", temporary.path());
    if let Some(uid) = uid {
        command.uid(uid).gid(uid);
    }
    let found = run(&mut command, &json);
    let root = uid.is_none() && nix::unistd::geteuid().is_root();
    let differing = EXPECTED.iter().filter_map(|expected| {
        let Expected { id, .. } = expected;
        let (verdict, told) = found.get(*id)?;
        let unavailable = verdict == "skip" && told.starts_with("needs kernel");
        (!unavailable && !expected.is(root, verdict, told)).then(|| format!("{id}: {verdict}: {told}"))
    });
    assert_eq!(differing.collect::<Vec<_>>(), Vec::<String>::new());
    assert_eq!(found.keys().collect::<Vec<_>>(), EXPECTED.iter().map(|e| e.id).collect::<Vec<_>>());
    assert_eq!(processes_with(&mark), Vec::<u32>::new(), "processes remain");
    assert_eq!(Machine::look(temporary.path()), before, "something remains");
    assert_eq!(keys_seen_by(uid), "", "keys remain");
    let canary = fs::read_to_string(stage.path().join(CANARY).join("file"));
    assert_eq!(canary.ok().as_deref(), Some("unharmed"), "a door was walked through");
}

/// In a chroot there are no namespaces (not for root either: `/` is no mount point there),
/// and this one has no `/proc`: the suite runs all the same, and says what it cannot test.
#[rstest]
#[case::as_root(0)]
#[case::as_nobody(NOBODY)]
fn without_namespaces_and_proc(#[case] uid: u32) {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: only root can change the root directory");
        return;
    }
    let stage = stage("NOT=USED");
    root::furnish(stage.path(), &["tmp"]);
    let script = "chroot --userspec=$1:$1 $2 /syscase run --cases /cases --json /tmp/run.jsonl";
    let uid_text = uid.to_string();
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", &uid_text]).arg(stage.path());
    let found = run(&mut command, &stage.path().join("tmp/run.jsonl"));
    let verdict = |id: &str| (found[&format!("cases/{id}")].0.as_str(), found[&format!("cases/{id}")].1.trim());
    for innocent in ["a-innocent", "m-innocent", "z-innocent"] {
        assert_eq!(verdict(innocent).0, "pass");
    }
    assert_eq!(verdict("kill-everybody"), ("skip", "needs namespaces, to be harmless"));
    assert_eq!(verdict("thread-asleep"), ("skip", "needs /proc to observe blocking"));
    assert_eq!(verdict("kill-parent"), ("skip", "needs namespaces, to be harmless"));
    assert!(!verdict("huge-file").1.contains("too many"), "others' processes are not its own: {found:?}");
    assert!(verdict("fork-without-end").1.contains("too many processes"), "{found:?}");
    assert_eq!(found["processes/kill-the-unborn"].0, "pass", "{found:?}");
    // It would have had all of root's processes wait for everybody else's.
    assert_eq!(found["limits/the-others"].0, "skip");
    assert_eq!(found["files/user-key"].0, "skip");
    assert_eq!(processes_below(stage.path()), Vec::<u32>::new(), "processes remain");
    let left: Vec<_> = fs::read_dir(stage.path().join("tmp")).expect("a directory").flatten().collect();
    assert!(left.iter().all(|e| e.file_name() == "run.jsonl"), "{left:?}");
}

/// Keys of hostile cases that a user has. The kernel collects those of namespaces that are gone when it has time to.
fn keys_seen_by(uid: Option<u32>) -> String {
    let mut command = Command::new("grep");
    command.args(["hostile", "/proc/keys"]);
    if let Some(uid) = uid {
        command.uid(uid).gid(uid);
    }
    let mut look = || common::stdout(&command.output().expect("grep"));
    let mut seen = look();
    for _ in 0..100 {
        if seen.is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        seen = look();
    }
    seen
}

/// Processes whose root directory this is.
fn processes_below(root: &Path) -> Vec<u32> {
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = numbers.filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| fs::read_link(format!("/proc/{pid}/root")).is_ok_and(|of| of == root)).collect()
}
