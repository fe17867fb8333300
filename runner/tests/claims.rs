//! `syscase claims` on small case trees: what it finds, shows and refuses.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use insta::assert_snapshot;
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

/// A directory for what the program writes.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Place(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs the program in here, with the case tree of that name.
    fn syscase(&self, command: &str, tree: &str, args: &[&str]) -> Output {
        let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/claims").join(tree);
        let mut program = Command::new(env!("CARGO_BIN_EXE_syscase"));
        program.current_dir(self.0.path()).arg(command).arg("--cases").arg(tree).args(args);
        program.output().unwrap()
    }

    fn claims(&self, tree: &str, args: &[&str]) -> Output {
        self.syscase("claims", tree, args)
    }

    /// Results as a run on another kernel would have saved them.
    fn saved_on(&self, kernel: &str, change: impl Fn(&mut Value)) -> String {
        let run = self.syscase("run", "good", &["--json", "run.json"]);
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
        let mut events = events(&self.read("run.json"));
        for event in &mut events {
            if event["type"] == "target" {
                event["kernel"] = kernel.into();
            }
            change(event);
        }
        let name = format!("{kernel}.json");
        let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
        fs::write(self.path(&name), lines).unwrap();
        name
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn events(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Without what differs from kernel to kernel.
fn anywhere(text: &str, place: &Place) -> String {
    let target = events(&place.read("out.json")).remove(0);
    let word = |key: &str| target[key].as_str().unwrap().to_owned();
    text.replace(&format!("{} {}", word("kernel"), word("arch")), "KERNEL ARCH")
}

/// What came of a claim.
fn finding(lines: &str, id: &str) -> Value {
    let found = events(lines).into_iter().find(|event| event["type"] == "claim" && event["id"] == id);
    found.unwrap_or_else(|| panic!("no claim {id} in {lines}"))
}

#[test]
fn a_document_is_judged() {
    let place = Place::new();
    let run = place.claims("good", &["--json", "out.json", "--markdown", "out.md", "--html", "out.html"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert_snapshot!("terminal", anywhere(&text(&run.stdout), &place));
    assert_snapshot!("markdown", anywhere(&place.read("out.md"), &place));
    assert_snapshot!("html", anywhere(&place.read("out.html"), &place));

    let all = events(&place.read("out.json"));
    let types: Vec<_> = all.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let mut runs = types.clone();
    runs.dedup();
    assert_eq!(runs, ["target", "case", "claim", "summary"]);
    assert!(all[0]["suite"].as_str().unwrap().starts_with(concat!(env!("CARGO_PKG_VERSION"), "+")));
    let claims: String =
        all.iter().filter(|event| event["type"] == "claim").map(|claim| format!("{claim:#}\n")).collect();
    assert_snapshot!("json", claims);
}

#[test]
fn one_document_is_judged() {
    let place = Place::new();
    let run = place.claims("good", &["--document", "note", "--json", "out.json"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let all = events(&place.read("out.json"));
    let ids: Vec<_> = all.iter().filter_map(|event| event["id"].as_str()).collect();
    assert_eq!(ids, ["pipe/claims/offset", "B1"]);
}

#[test]
fn a_finding_that_is_recorded_wrongly_fails() {
    let place = Place::new();
    let run = place.claims("wrong", &["--json", "out.json"]);
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    assert!(text(&run.stdout).contains("claim A1: found holds, recorded refuted"), "{}", text(&run.stdout));
    assert_eq!(finding(&place.read("out.json"), "A1")["finding"], "holds");
    let rows = finding(&place.read("out.json"), "A2");
    assert_eq!(rows["finding"], "partly");
    assert_eq!(rows["reason"], "holds: [count=0]; refuted: [count=1]");
}

#[test]
fn several_kernels_make_a_history() {
    let place = Place::new();
    let refuted = |id: &'static str| {
        move |event: &mut Value| {
            if event["claim"]["id"] == id {
                event["claim"]["found"] = "refuted".into();
                event["claim"]["recorded"] = "refuted".into();
            }
        }
    };
    let skipped = |event: &mut Value| {
        if event["claim"]["id"] == "B1" {
            event["claim"] = Value::Null;
            event["verdict"] = "skip".into();
            event["reason"] = "needs CAP_KILL".into();
        }
    };
    let gvisor = |event: &mut Value| {
        if event["type"] == "target" {
            event["name"] = "gvisor".into();
            event["judge_as"] = "6.1".into();
        }
    };
    let files = [
        place.saved_on("7.2.1", refuted("A1")),
        place.saved_on("5.10.0-44-amd64", skipped),
        place.saved_on("6.12.9", |_| {}),
        place.saved_on("4.4.0", gvisor),
    ];
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let args = [&["--json", "out.json", "--markdown", "out.md", "--html", "out.html", "--results"], &*files].concat();
    let run = place.claims("good", &args);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let lines = place.read("out.json");
    let history = |id: &str| finding(&lines, id)["history"].as_str().unwrap().to_owned();
    assert_eq!(history("A1"), "holds up to 6.12.9; is refuted from 7.2.1 on; holds on gvisor");
    assert_eq!(history("A2"), "is refuted from 5.10 to 7.2.1; is refuted on gvisor");
    assert_eq!(
        history("B1"),
        "is refuted from 6.12.9 to 7.2.1; is refuted on gvisor; is untested on 5.10 (needs CAP_KILL)"
    );
    assert_eq!(finding(&lines, "A5")["history"], Value::Null);
    assert_eq!(finding(&lines, "A5")["reason"], "needs a kernel that is not Linux");
    assert_eq!(finding(&lines, "A1")["finding"], "partly");
    let kernels = finding(&lines, "A1")["kernels"].as_array().unwrap().clone();
    let found: Vec<_> =
        kernels.iter().map(|k| (k["kernel"].as_str().unwrap(), k["finding"].as_str().unwrap())).collect();
    let expected = [("5.10.0-44-amd64", "holds"), ("6.12.9", "holds"), ("7.2.1", "refuted"), ("4.4.0", "holds")];
    assert_eq!(found, expected);
    assert_snapshot!("several", place.read("out.md").replace(std::env::consts::ARCH, "ARCH"));
    assert!(place.read("out.html").contains("It holds up to 6.12.9; is refuted from 7.2.1 on; holds on gvisor."));
}

#[rstest]
#[case::no_such_document(&["--document", "leaflets"], "no document is called `leaflets`; did you mean `leaflet`?")]
#[case::no_such_file(&["--results", "none.json"], "cannot read none.json")]
#[case::no_place(&["--json", "none/out.json"], "cannot create none/out.json")]
#[case::both(&["--results", "a.json", "--jobs", "2"], "cannot be used with")]
fn a_wrong_command_line_is_told(#[case] args: &[&str], #[case] told: &str) {
    let run = Place::new().claims("good", args);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains(told), "{}", text(&run.stderr));
}

#[rstest]
#[case::another_suite("suite", "0.0.9+00000000".into(), "results of another version of the suite")]
#[case::an_old_suite("suite", Value::Null, "do not say which version of the suite")]
fn results_of_another_suite_are_refused(#[case] key: &str, #[case] value: Value, #[case] told: &str) {
    let place = Place::new();
    let name = place.saved_on("6.1.0", |event| {
        if event["type"] == "target" {
            event[key] = value.clone();
        }
    });
    let run = place.claims("good", &["--results", &name]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains(told), "{}", text(&run.stderr));
}

#[rstest]
#[case::no_end(|all: &str| all.trim_end().rsplit_once('\n').unwrap().0.to_owned(), "come to its end")]
#[case::no_target(|all: &str| all.split_once('\n').unwrap().1.to_owned(), "line 1: the results do not begin with a target")]
#[case::cut(|all: &str| all[..all.len() - 9].to_owned(), "an event is cut short")]
#[case::nothing(|_: &str| String::new(), "there are no results in it")]
#[case::no_results(|_: &str| "subject: write(2)\n".to_owned(), "line 1: no event of a run")]
fn damaged_results_are_refused(#[case] damage: fn(&str) -> String, #[case] told: &str) {
    let place = Place::new();
    let name = place.saved_on("6.1.0", |_| {});
    fs::write(place.path(&name), damage(&place.read(&name))).unwrap();
    let run = place.claims("good", &["--results", &name]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains(told), "{}", text(&run.stderr));
}

#[test]
fn a_tree_without_documents_has_no_claims() {
    let run = Place::new().claims("good/pipe", &[]);
    assert_eq!(run.status.code(), Some(2));
    let told = text(&run.stderr);
    assert!(told.contains("there is no `documents.yaml`"), "{told}");
}
