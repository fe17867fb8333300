//! `syscase coverage` over a tiny manual and a tiny tree of cases.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use insta::assert_snapshot;
use rstest::rstest;

fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/coverage").join(path)
}

fn coverage(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_syscase"));
    command.current_dir(data("")).args(["coverage", "--cases", "cases"]).args(args).output().unwrap()
}

const USUAL: [&str; 4] = ["--man", "man", "--uncoverable", "uncoverable.yaml"];

/// Exit code, output and errors, without what is of this machine.
fn shown(output: &Output) -> String {
    let out = String::from_utf8(output.stdout.clone()).unwrap();
    let kernel = nix::sys::utsname::uname().unwrap();
    let here = format!("Linux {} ({})", kernel.release().display(), kernel.machine().display());
    let out = out.replace(&here, "Linux X (Y)");
    // The calls without a page are all others of the table.
    let out: Vec<_> = out.lines().filter(|line| !line.contains("calls without a page: ")).collect();
    let err = String::from_utf8(output.stderr.clone()).unwrap();
    format!("{}\n{err}exit {}", out.join("\n"), output.status.code().unwrap())
}

#[test]
fn pairs_are_compared() {
    assert_snapshot!(shown(&coverage(&USUAL)));
}

#[test]
fn a_filter_chooses_calls() {
    assert_snapshot!(shown(&coverage(&[USUAL.as_slice(), &["pipe"]].concat())));
}

#[test]
fn json_has_a_line_for_every_pair() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pairs.jsonl");
    let output = coverage(&[USUAL.as_slice(), &["read", "--json", file.to_str().unwrap()]].concat());
    assert!(output.status.success());
    let text = fs::read_to_string(file).unwrap();
    let kernel = nix::sys::utsname::uname().unwrap();
    let text =
        text.replace(&*kernel.release().to_string_lossy(), "X").replace(&*kernel.machine().to_string_lossy(), "Y");
    assert_snapshot!(text);
}

#[test]
fn a_saved_run_says_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let results = dir.path().join("run.jsonl");
    let mut run = Command::new(env!("CARGO_BIN_EXE_syscase"));
    run.current_dir(data("")).args(["run", "--cases", "cases", "--json"]).arg(&results);
    assert_eq!(run.output().unwrap().status.code(), Some(1), "one case is broken");
    let saved = coverage(&[USUAL.as_slice(), &["--results", results.to_str().unwrap()]].concat());
    assert_eq!(shown(&saved), shown(&coverage(&USUAL)));
}

#[rstest]
#[case::stale_entry("stale", &["--man", "man", "--uncoverable", "bad/stale.yaml", "pipe2"])]
#[case::unknown_names("unknown", &["--man", "man", "--uncoverable", "bad/unknown.yaml"])]
#[case::no_list("no-list", &["--man", "man", "--uncoverable", "bad/nowhere.yaml"])]
#[case::no_manual("no-manual", &["--man", "cases"])]
#[case::no_call("no-call", &["--man", "man", "raed"])]
#[case::no_results("no-results", &["--man", "man", "--results", "uncoverable.yaml"])]
#[case::results_of_other_cases("other-results", &["--man", "man", "--results", "bad/other.jsonl"])]
#[case::results_cut_short("cut-results", &["--man", "man", "--results", "bad/cut.jsonl"])]
#[case::empty_results("empty-results", &["--man", "man", "--results", "bad/empty.jsonl"])]
fn what_is_wrong_is_said(#[case] name: &str, #[case] args: &[&str]) {
    assert_snapshot!(name, shown(&coverage(args)));
}
