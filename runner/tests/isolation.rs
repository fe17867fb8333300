//! No case reaches another: each file of cases in `isolation/` is a row of neighbours, performed one after the other.
//! What a case named `…evil…` does is its own affair; one named `…refused…` expects that the kernel does not let it;
//! one named `…innocent…` passes beside them, and one named `…victim…`, which expects what is not so, fails.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rstest::rstest;

/// A user without any privilege.
const NOBODY: u32 = 65534;

/// The program and the cases, where anybody can read them.
fn stage() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let stage = tempfile::tempdir().expect("a temporary directory");
    fs::set_permissions(stage.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    // By another process: a child of this one that begins meanwhile would have the program open for writing.
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/isolation");
    let mut copied = Command::new("cp");
    copied.arg("-r").args([cases, env!("CARGO_BIN_EXE_syscase").into()]).arg(stage.path());
    assert!(copied.status().is_ok_and(|status| status.success()), "the program and the cases");
    stage
}

#[rstest]
fn neighbours_are_out_of_reach(
    #[values("auto", "always", "never")] sandbox: &str,
    #[values(None, Some(NOBODY))] uid: Option<u32>,
    #[values(1, 2, 8)] jobs: u32,
) {
    if uid.is_some() && !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: only root can become somebody else");
        return;
    }
    let stage = stage();
    let temporary = tempfile::tempdir().expect("a temporary directory");
    fs::set_permissions(temporary.path(), std::os::unix::fs::PermissionsExt::from_mode(0o1777)).expect("permissions");
    let json = temporary.path().join("run.jsonl");
    let mut command = Command::new(stage.path().join("syscase"));
    command.args(["run", &format!("--sandbox={sandbox}"), "--jobs", &jobs.to_string(), "--json"]).arg(&json);
    command.arg("--cases").arg(stage.path().join("isolation")).env("TMPDIR", temporary.path());
    if let Some(uid) = uid {
        command.uid(uid).gid(uid);
    }
    let output = command.output().expect("the program runs");
    let told = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(3) && sandbox == "always" && told.contains("no sandbox") {
        eprintln!("skipped: {told}");
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{told}");
    let text = fs::read_to_string(&json).expect("results");
    let events = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let mut seen = [0; 4];
    for case in events.filter(|event| event["type"] == "case") {
        let (id, verdict) = (case["id"].as_str().unwrap_or_default(), case["verdict"].as_str().unwrap_or_default());
        let (pass, fail) = (Some("pass"), Some("fail"));
        let kinds = [("evil", None), ("refused", pass), ("innocent", pass), ("victim", fail)];
        let kind = kinds.iter().position(|(name, _)| id.contains(name)).unwrap_or_else(|| panic!("{id}"));
        seen[kind] += 1;
        let expected = kinds[kind].1;
        assert!(expected.is_none_or(|expected| expected == verdict || verdict == "skip"), "{case}");
    }
    assert!(seen.iter().all(|&n| n > 0), "{seen:?}");
    let left: Vec<_> = fs::read_dir(temporary.path()).expect("a directory").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["run.jsonl"]);
}
