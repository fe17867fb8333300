//! What `--sandbox` keeps cases from, and that it changes nothing else.

mod common;
#[path = "common/stage.rs"]
mod stage;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Machine, processes_with};
use rstest::rstest;
use stage::{NOBODY, Stage, Verdicts, become_user, cannot_become};
use syscase::abi::{Caller, machine_wide, syscall};

/// By this variable, the processes of a run are known.
const MARK: &str = "SYSCASE_TEST_SANDBOX";

/// What comes of the cases there.
fn run(stage: &Stage, sandbox: &str, uid: Option<u32>) -> Verdicts {
    let mut command = stage.command(&[]);
    become_user(command.arg(format!("--sandbox={sandbox}")).env(MARK, stage.path("")), uid);
    stage.run(&mut command).1
}

#[rstest]
#[case::as_we_are(None)]
#[case::as_nobody(Some(NOBODY))]
fn foreign_cases_are_refused_or_come_to_nothing(#[case] uid: Option<u32>) {
    if cannot_become(uid) {
        return;
    }
    let stage = Stage::with_cases("tests/sandbox");
    let before = Machine::look(&stage.path("tmp"));
    let found = run(&stage, "always", uid);
    for (id, (verdict, reason)) in &found {
        let refused = id.starts_with("foreign/refused/");
        assert_eq!(verdict, if refused { "skip" } else { "pass" }, "{id}: {reason}");
        assert!(!refused || reason.starts_with("refused in the sandbox: "), "{id}: {reason}");
    }
    assert_eq!(Machine::look(&stage.path("tmp")), before, "something remains");
    let mark = format!("{MARK}={}", stage.path("").display());
    assert_eq!(processes_with(&mark), Vec::<u32>::new(), "processes remain");
    for place in ["/tmp/syscase-was-here", "/var/tmp/syscase-was-here"] {
        assert!(!Path::new(place).exists(), "{place}");
    }
}

/// For root, what changes the machine is refused without being asked for.
#[test]
fn root_is_in_a_sandbox_unless_it_says_otherwise() {
    let stage = Stage::with_cases("tests/sandbox");
    let refused = |sandbox: &str| -> BTreeSet<String> {
        let found = run(&stage, sandbox, None).into_values().filter_map(|(_, reason)| {
            Some(reason.strip_prefix("refused in the sandbox: ")?.split(' ').next()?.to_owned())
        });
        found.collect()
    };
    let known = |caller: Caller| -> BTreeSet<String> {
        let calls = machine_wide(caller).filter(|call| call.nr.is_some() && syscall(call.name).is_some());
        calls.map(|call| call.name.to_owned()).collect()
    };
    let root = nix::unistd::geteuid().is_root();
    assert_eq!(refused("auto"), if root { known(Caller::Anybody) } else { BTreeSet::new() });
    assert_eq!(refused("always"), known(Caller::Stranger));
    let count = |caller| known(caller).len();
    assert!(count(Caller::Anybody) > 20 && count(Caller::Anybody) < count(Caller::Stranger));
}

/// The rule of `auto`: what is tested does not change. `always` may not test all, and says why.
#[rstest]
#[case::as_we_are(None)]
#[case::as_nobody(Some(NOBODY))]
fn verdicts_are_the_same_in_the_sandbox(#[case] uid: Option<u32>) {
    if cannot_become(uid) {
        return;
    }
    let stage = Stage::with_cases("../cases");
    let [never, auto, always] = ["never", "auto", "always"].map(|sandbox| run(&stage, sandbox, uid));
    assert!(never.len() > 1000, "{}", never.len());
    assert_eq!(auto.len(), never.len());
    let refused_call =
        |reason: &str| Some(reason.strip_prefix("refused in the sandbox: ")?.split(' ').next()?.to_owned());
    let machine_wide: BTreeSet<&str> = machine_wide(Caller::Anybody).map(|call| call.name).collect();
    for (id, found) in &auto {
        // Of a mount, the type decides: docs/safety.md.
        let is_module = found.1.ends_with("may load a kernel module for a file system");
        let is_refused = is_module || refused_call(&found.1).is_some_and(|call| machine_wide.contains(&*call));
        assert!(found.0 == "skip" && is_refused || never[id] == *found, "{id}: {found:?}");
    }
    let mut refused = 0;
    for (id, (verdict, reason)) in &always {
        // Calls that the kernel refuses to who has no privilege are kept from strangers.
        let is_refused = refused_call(reason).is_some();
        refused += u32::from(is_refused);
        let lacks = ["needs CAP_", "cannot set up: "].iter().any(|lack| reason.starts_with(lack));
        let skipped = verdict == "skip" && (is_refused || lacks);
        assert!(skipped || never[id] == (verdict.clone(), reason.clone()), "{id}: {verdict} {reason}");
    }
    assert!(refused > 10, "{refused}");
}

/// What root may in a user namespace alone is less than what the capabilities' names say.
#[test]
fn root_of_a_user_namespace_fails_nothing() {
    let stage = Stage::with_cases("../cases");
    let apart = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc"];
    if !Command::new("unshare").args(apart).arg("true").status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: there are no user namespaces");
        return;
    }
    let json = stage.path("run.jsonl");
    let mut command = Command::new("unshare");
    command.args(apart).arg(stage.path("syscase")).args(["run", "--cases"]).arg(stage.path("cases"));
    let output = command.arg("--json").arg(&json).env("TMPDIR", stage.path("tmp")).output().expect("unshare");
    assert_eq!(output.status.code(), Some(0), "{}", common::stdout(&output));
    let text = fs::read_to_string(json).expect("results");
    assert!(text.contains("needs CAP_CHOWN in the first user namespace"));
}

/// Where there is no sandbox, `always` runs nothing: here below a changed root directory, where there
/// are no user namespaces.
#[test]
fn without_a_sandbox_always_runs_nothing() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: only root can change the root directory");
        return;
    }
    let stage = Stage::with_cases("tests/sandbox");
    fs::create_dir(stage.path("root")).expect("a directory");
    let script = "mount --rbind / $1/root && exec chroot $1/root $1/syscase run --sandbox --cases $1/cases \
                  --junit $1/run.xml --ktap $1/run.ktap";
    let mut command = Command::new("unshare");
    let output = command.args(["--mount", "sh", "-c", script, "sh"]).arg(stage.path("")).output().expect("unshare");
    assert_eq!(output.status.code(), Some(3), "{}", common::stderr(&output));
    assert!(common::stderr(&output).contains("no sandbox is available here"), "{}", common::stderr(&output));
    assert!(!common::stdout(&output).contains("foreign"), "{}", common::stdout(&output));
    let read = |name: &str| fs::read_to_string(stage.path(name)).expect("a report");
    let (junit, ktap) = (read("run.xml"), read("run.ktap"));
    assert!(junit.contains("syscase/run") && junit.contains("no sandbox is available here"), "{junit}");
    assert!(
        ktap.contains("\n  not ok 1 foreign/") && ktap.contains("\nBail out! no sandbox is available here"),
        "{ktap}"
    );
}
