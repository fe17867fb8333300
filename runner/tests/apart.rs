//! Cases share nothing: what one does to what is around it, no other finds.

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;
#[expect(dead_code, reason = "each test uses a part of it")]
#[path = "common/stage.rs"]
mod stage;

use std::fs;
use std::path::Path;

use rstest::rstest;
use stage::{NOBODY, Stage, become_user};

/// Puts a file of cases there, with the words replaced.
fn put_cases(stage: &Stage, file: &str, words: &[(&str, &str)]) {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apart").join(file));
    let text = words.iter().fold(text.expect("cases"), |text, (word, with)| text.replace(word, with));
    fs::create_dir_all(stage.path("cases/apart")).expect("a directory");
    fs::write(stage.path("cases/apart").join(file), text).expect("a file");
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
    put_cases(&stage, "above.yaml", &[("GIVEN", given)]);
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
    become_user(&mut command, uid);
    let (_, found) = stage.run(command.args(["--jobs", "1"]));
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
    put_cases(&stage, "quotas.yaml", &[]);
    let run = || stage.run(stage.command(&[]).args(["--sandbox=always", "--jobs", "2"])).1;
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
    put_cases(&stage, "program.yaml", &[]);
    let (_, found) = stage.run(&mut stage.command(&[]));
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
    put_cases(&stage, "program.yaml", &[]);
    let output = stage.command(&[]).env("SYSCASE_LAUNCHER", socket).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(common::stderr(&output).contains("SYSCASE_LAUNCHER is set"), "{}", common::stderr(&output));
}

/// An ordinary user's cases share what is rationed with each other: who finds nothing left is skipped, and does not fail.
#[test]
fn what_others_have_spent_is_no_failure() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: only root can become somebody else");
        return;
    }
    let stage = Stage::new();
    put_cases(&stage, "quotas.yaml", &[]);
    let mut command = stage.command(&[]);
    become_user(&mut command, Some(NOBODY));
    let (_, found) = stage.run(command.args(["--jobs", "3"]));
    let skipped = |(_, (verdict, told)): &(&String, &(String, String))| {
        verdict == "skip" && told.contains("this user's share of") && told.contains("expected return")
    };
    let (skipped, other): (Vec<_>, Vec<_>) =
        found.iter().filter(|(id, (verdict, _))| verdict != "pass" && !id.contains("a-many")).partition(skipped);
    assert_eq!(other, Vec::<(&String, &(String, String))>::new());
    // The two that spend it, which ask for nearly all there is, go on for a second, and each of the others takes a hundredth of one.
    assert!(skipped.len() > 10, "{skipped:?}");
    assert_eq!(found.len(), 102);
}
