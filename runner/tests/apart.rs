//! Cases share nothing: what one does to what is around it, no other finds.

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use rstest::rstest;

/// A user without any privilege.
const NOBODY: u32 = 65534;

/// A place that anybody can use: the program, a directory for temporary files, cases.
struct Stage(tempfile::TempDir);

impl Stage {
    fn new() -> Self {
        let stage = Stage(tempfile::tempdir().expect("a temporary directory"));
        // Not by this process: whatever other tests start meanwhile would have the file open for writing.
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_syscase")).arg(stage.path("syscase")).status();
        assert!(copied.is_ok_and(|status| status.success()));
        fs::create_dir(stage.path("tmp")).expect("a directory");
        for (dir, mode) in [(stage.0.path().to_owned(), 0o777), (stage.path("tmp"), 0o1777)] {
            fs::set_permissions(dir, fs::Permissions::from_mode(mode)).expect("permissions");
        }
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a file of cases there, with the words replaced.
    fn cases(&self, file: &str, words: &[(&str, &str)]) {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apart").join(file));
        let text = words.iter().fold(text.expect("cases"), |text, (word, with)| text.replace(word, with));
        fs::create_dir_all(self.path("cases/apart")).expect("a directory");
        fs::write(self.path("cases/apart").join(file), text).expect("a file");
    }

    /// The program, started by another one, if any.
    fn command(&self, by: &[&str]) -> Command {
        let program = self.path("syscase");
        let mut command = Command::new(by.first().map_or(program.as_path(), Path::new));
        if let [_, rest @ ..] = by {
            command.args(rest).arg(program);
        }
        command.args(["run", "--cases"]).arg(self.path("cases")).env("TMPDIR", self.path("tmp"));
        command
    }

    /// Verdict and reason by case.
    fn run(&self, command: &mut Command) -> BTreeMap<String, (String, String)> {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let json = self.path(&format!("{}.jsonl", RUNS.fetch_add(1, Ordering::Relaxed)));
        let output = command.arg("--json").arg(&json).output().expect("the program runs");
        let text = fs::read_to_string(&json).unwrap_or_else(|_| panic!("{}", common::stderr(&output)));
        let events = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let cases = events.filter(|event| event["type"] == "case");
        cases.map(|case| (text(&case["id"]), (text(&case["verdict"]), text(&case["reason"])))).collect()
    }
}

/// Of one worker each, in the order of their names: whatever one does above its directory, the next has it as ever.
#[rstest]
fn what_is_above_a_case_is_as_it_was_made(
    #[values("", "workdir: disk")] given: &str,
    #[values("auto", "always", "never", "without-namespaces")] sandbox: &str,
    #[values(None, Some(NOBODY))] uid: Option<u32>,
) {
    let root = nix::unistd::geteuid().is_root();
    if (uid.is_some() || sandbox == "without-namespaces") && !root {
        eprintln!("skipped: this needs root");
        return;
    }
    let stage = Stage::new();
    stage.cases("above.yaml", &[("GIVEN", given)]);
    let no_namespaces = "echo 0 > /proc/sys/user/max_pid_namespaces; echo 0 > /proc/sys/user/max_user_namespaces; \
                         exec \"$@\"";
    let mut command = match sandbox {
        "without-namespaces" => {
            stage.command(&["unshare", "--user", "--map-root-user", "sh", "-c", no_namespaces, "sh"])
        }
        _ => stage.command(&[]),
    };
    if sandbox != "without-namespaces" {
        command.arg(format!("--sandbox={sandbox}"));
    }
    if let Some(uid) = uid {
        command.uid(uid).gid(uid);
    }
    let found = stage.run(command.args(["--jobs", "1"]));
    // Nobody else than root can give a file to a group that is not the user's.
    let refused = |id: &str| id == "apart/above/c-group" && (uid.is_some() || sandbox == "without-namespaces");
    let other = found.iter().filter(|(id, (verdict, _))| verdict != "pass" && !refused(id));
    assert_eq!(other.collect::<Vec<_>>(), Vec::<(&String, &(String, String))>::new());
    assert_eq!(found.len(), 18);
    assert_eq!(fs::read_dir(stage.path("tmp")).expect("a directory").count(), 0, "something remains");
}

/// What the kernel rations by user, a case in the sandbox spends of its own worker's share; in a run of its own, too.
#[rstest]
#[case::of_a_run(1)]
#[case::of_several(2)]
fn what_is_rationed_by_user_is_rationed_by_worker(#[case] runs: usize) {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: only root can have ids for others");
        return;
    }
    let stage = Stage::new();
    stage.cases("quotas.yaml", &[]);
    let run = || stage.run(stage.command(&[]).args(["--sandbox=always", "--jobs", "2"]));
    let found: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..runs).map(|_| scope.spawn(run)).collect();
        runs.into_iter().flat_map(|run| run.join().expect("a run")).collect()
    });
    let other = found.iter().filter(|(_, (verdict, _))| verdict != "pass");
    assert_eq!(other.collect::<Vec<_>>(), Vec::<&(String, (String, String))>::new());
    assert_eq!(found.len(), 102 * runs);
}

/// What a case finds as the program that performs it, and may write to if the kernel lets it, is nobody's file.
#[test]
fn whoever_performs_cases_is_a_copy() {
    let stage = Stage::new();
    stage.cases("program.yaml", &[]);
    let found = stage.run(&mut stage.command(&[]));
    let other = found.iter().filter(|(_, (verdict, _))| verdict != "pass");
    assert_eq!(other.collect::<Vec<_>>(), Vec::<(&String, &(String, String))>::new());
    assert_eq!(found.len(), 2);
}

/// The variable by which the copy knows itself starts nothing where it comes from elsewhere.
#[rstest]
#[case("")]
#[case("0")]
#[case("77")]
fn nobody_else_is_the_copy(#[case] socket: &str) {
    let stage = Stage::new();
    stage.cases("program.yaml", &[]);
    let output = stage.command(&[]).env("SYSCASE_LAUNCHER", socket).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(common::stderr(&output).contains("SYSCASE_LAUNCHER is set"), "{}", common::stderr(&output));
}
