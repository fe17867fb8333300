//! No case reaches another: each file of cases in `isolation/` is a row of neighbours, performed one after the other.
//! What a case named `…evil…` does is its own affair; one named `…leaves…` does what it wants to, unless it may not; one
//! named `…refused…` expects that the kernel does not let it, one named `…confined…` that the sandbox does not; one named `…innocent…` passes beside them, and one named
//! `…victim…`, which expects what is not so, fails.

#[path = "common/stage.rs"]
mod stage;

use std::fs;

use rstest::rstest;
use stage::{NOBODY, Stage, become_user, cannot_become};

#[rstest]
fn neighbours_are_out_of_reach(
    #[values("auto", "always", "never")] sandbox: &str,
    #[values(None, Some(NOBODY))] uid: Option<u32>,
    #[values(1, 2, 8)] jobs: u32,
) {
    if cannot_become(uid) {
        return;
    }
    let stage = Stage::with_cases("tests/isolation");
    let mut command = stage.command(&[]);
    become_user(command.args([&format!("--sandbox={sandbox}"), "--jobs", &jobs.to_string()]), uid);
    let (output, found) = stage.run(&mut command);
    let told = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(3) && sandbox == "always" && told.contains("no sandbox") {
        eprintln!("skipped: {told}");
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{told}");
    // Without a sandbox root comes so far with all of them, or they would show nothing.
    let may_all = sandbox == "never" && uid.is_none() && nix::unistd::geteuid().is_root();
    let mut seen = [0; 6];
    for (id, (verdict, reason)) in &found {
        let is = |expected| verdict == expected || verdict == "skip";
        let kinds = [
            ("evil", true),
            ("leaves", is("pass") || reason.contains("EPERM") && !may_all),
            ("refused", is("pass")),
            ("confined", is("pass") || may_all),
            ("innocent", is("pass")),
            ("victim", is("fail")),
        ];
        let kind = kinds.iter().position(|(name, _)| id.contains(name)).unwrap_or_else(|| panic!("{id}"));
        seen[kind] += 1;
        assert!(kinds[kind].1, "{id}: {verdict} {reason}");
    }
    assert!(seen.iter().all(|&n| n > 0), "{seen:?}");
    assert_eq!(fs::read_dir(stage.path("tmp")).expect("a directory").count(), 0, "something remains");
}
