//! A place that anybody can use: the program, cases, a directory for temporary files.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

#[path = "program.rs"]
mod program;

/// A user without any privilege.
pub(crate) const NOBODY: u32 = 65534;

/// Verdict and reason by case.
pub(crate) type Verdicts = BTreeMap<String, (String, String)>;

/// The place. It goes away with this.
pub(crate) struct Stage(tempfile::TempDir);

impl Stage {
    pub(crate) fn new() -> Self {
        let stage = Stage(tempfile::tempdir().expect("a temporary directory"));
        program::copy_program(&stage.path("syscase"));
        fs::create_dir(stage.path("tmp")).expect("a directory");
        for (dir, mode) in [(stage.path(""), 0o777), (stage.path("tmp"), 0o1777)] {
            fs::set_permissions(dir, fs::Permissions::from_mode(mode)).expect("permissions");
        }
        stage
    }

    /// With the tree of cases that lies there, below the runner's directory.
    pub(crate) fn with_cases(tree: &str) -> Self {
        let stage = Self::new();
        copy_tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join(tree), &stage.path("cases"));
        stage
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A run of the cases, started by another program, if any.
    pub(crate) fn command(&self, by: &[&str]) -> Command {
        let program = self.path("syscase");
        let mut command = Command::new(by.first().map_or(program.as_path(), Path::new));
        if let [_, rest @ ..] = by {
            command.args(rest).arg(program);
        }
        command.args(["run", "--cases"]).arg(self.path("cases")).env("TMPDIR", self.path("tmp"));
        command
    }

    /// What it says, and what came of the cases.
    pub(crate) fn run(&self, command: &mut Command) -> (Output, Verdicts) {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let json = self.path(&format!("{}.jsonl", RUNS.fetch_add(1, Ordering::Relaxed)));
        let output = command.arg("--json").arg(&json).output().expect("the program runs");
        let text = fs::read_to_string(&json).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let events = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let cases = events.filter(|event| event["type"] == "case");
        let verdicts = cases.map(|case| (text(&case["id"]), (text(&case["verdict"]), text(&case["reason"]))));
        (output, verdicts.collect())
    }
}

/// Starts the program as this user, if one is named.
pub(crate) fn become_user(command: &mut Command, uid: Option<u32>) {
    if let Some(uid) = uid {
        command.uid(uid).gid(uid);
    }
}

/// Whether this is asked for and impossible; says so.
pub(crate) fn cannot_become(uid: Option<u32>) -> bool {
    let cannot = uid.is_some() && !nix::unistd::geteuid().is_root();
    if cannot {
        eprintln!("skipped: only root can become somebody else");
    }
    cannot
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory").flatten() {
        let to = to.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => copy_tree(&entry.path(), &to),
            _ => drop(fs::copy(entry.path(), &to).expect("a file")),
        }
    }
}
