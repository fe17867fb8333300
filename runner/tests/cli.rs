//! The program as its users meet it: output, reports, exit codes, bad input, interrupts.

mod common;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use common::{Machine, processes_with, stderr, stdout};
use rstest::rstest;

const GOOD: &str = r#"subject: write(2)
cases:
  bad-fd:
    summary: Writing to a descriptor that is not open fails with EBADF.
    steps:
      - {call: write, args: {fd: $closed, buf: "x"}, expect: {errno: EBADF}}
  skipped:
    summary: A case that needs what is not there is skipped.
    needs: {arch: [pdp11]}
    steps:
      - {call: getpid, args: {}, expect: {return: $pid}}
"#;

const BAD: &str = r#"  wrong:
    summary: An empty pipe takes one byte, which this case denies.
    steps:
      - {call: pipe2, args: {flags: [O_NONBLOCK]}, bind: {pipefd: [r, w]}}
      - {call: write, args: {fd: $w, buf: "x"}, expect: {errno: EAGAIN}}
"#;

const SLOW: &str = r#"subject: read(2)
cases:
  sleeps:
    summary: A read of an empty pipe sleeps; this is try $i.
    params: {i: [LIST]}
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
      - {call: read, args: {fd: $r, buf: {room: 1}}, expect: {return: 1}}
"#;

/// The program with no input.
fn syscase(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_syscase"));
    command.args(args).stdin(Stdio::null());
    command
}

/// A case tree of one file.
fn tree(text: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let folder = dir.path().join("write");
    fs::create_dir(&folder).expect("a directory");
    fs::write(folder.join("pipe.yaml"), text).expect("a file");
    dir
}

fn run(dir: &Path, args: &[&str]) -> Output {
    syscase(&["run"]).arg("--cases").arg(dir).args(args).output().expect("the program runs")
}

#[test]
fn a_good_run_ends_with_success() {
    let dir = tree(GOOD);
    let output = run(dir.path(), &[]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.contains("SKIP write/pipe/skipped   needs architecture pdp11"), "{text}");
    assert!(text.contains("2 cases: 1 passed, 0 failed, 0 errors, 1 skipped in"), "{text}");
    assert!(!text.contains('\x1b'), "no colour without a terminal: {text}");
    assert_eq!(stderr(&output), "", "no progress without a terminal");
}

#[test]
fn cases_are_chosen_by_what_they_rest_on() {
    let file = "rests: {documented: \"pipe(7), PIPE_BUF\"}\n";
    let unsaid = format!("{GOOD}{}", BAD.replacen("    steps:", "    rests: accident\n    steps:", 1));
    let dir = tree(&format!("{file}{unsaid}"));
    let chosen =
        [("documented", "2 cases: 1 passed"), ("accident", "1 case: 0 passed"), ("documented,accident", "3 cases")];
    for (levels, cases) in chosen {
        let told = stdout(&run(dir.path(), &["--rests", levels, "--levels"]));
        assert!(told.contains(cases) && told.contains("\nrests on "), "{levels}: {told}");
    }
    let output = run(dir.path(), &["--rests", "practice"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("none of 3 cases rests on what --rests names"), "{}", stderr(&output));
    let list = ["list", "--levels", "--rests", "documented", "--cases"];
    let listed = stdout(&syscase(&list).arg(dir.path()).output().expect("the program runs"));
    assert!(listed.lines().all(|line| line.ends_with("\tdocumented: pipe(7), PIPE_BUF")), "{listed}");
    let strict = |expected| {
        let output = syscase(&["check", "--strict"]).arg(dir.path()).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(expected), "{}", stderr(&output));
    };
    strict(0);
    fs::write(dir.path().join("write/pipe.yaml"), unsaid).expect("a file");
    strict(2);
}

#[test]
fn a_failure_shows_the_difference() {
    let dir = tree(&format!("{GOOD}{BAD}"));
    let output = run(dir.path(), &["wrong"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    let lines = [
        "FAIL write/pipe/wrong   An empty pipe takes one byte, which this case denies.",
        "pipe.yaml:16:57",
        "   |   pipe2([3, 4], O_NONBLOCK) = 0",
        "   | - write(4, \"x\", 1) = -1 EAGAIN (Resource temporarily unavailable)",
        "   | + write(4, \"x\", 1) = 1",
    ];
    for line in lines {
        assert!(text.contains(line), "{line} is missing in {text}");
    }
}

const STARTED: &str = r#"subject: write(2)
cases:
  fails:
    summary: A program that is not there fails to start, and nobody asks.
    actors: {child: process}
    steps:
      - {start: program, on: child, call: execve, args: {pathname: "no-such", argv: ["no-such"], envp: []}}
      - {call: nanosleep, args: {duration: {tv_nsec: 50000000}}, expect: {return: 0}}
  fails-in-the-end:
    summary: A write that the end of the case makes fail is not looked at; this is try $i.
    signals: {SIGPIPE: ignore}
    actors: {child: process}
    params: {i: [1, 2, 3, 4, 5, 6, 7, 8]}
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
      - {call: write, args: {fd: $w, buf: {fill: $i, len: 65536}}, expect: {return: 65536}}
      - {call: close, on: child, args: {fd: $r}, expect: {return: 0}}
      - {start: writing, on: child, call: write, args: {fd: $w, buf: "x"}}
      - {blocked: writing}
"#;

#[test]
fn a_started_call_that_fails_is_not_passed_over() {
    let dir = tree(STARTED);
    let output = run(dir.path(), &[]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let lines = [
        "ERROR write/pipe/fails ",
        "[child] execve(\"no-such\", [\"no-such\"], []) = -1 ENOENT (No such file or directory)",
        "add `finish: program`",
        "9 cases: 8 passed, 0 failed, 1 error, ",
    ];
    for line in lines {
        assert!(text.contains(line), "{line} is missing in {text}");
    }
}

#[test]
fn reports_are_written() {
    let dir = tree(&format!("{GOOD}{BAD}"));
    let out = tempfile::tempdir().expect("a temporary directory");
    let path = |name: &str| out.path().join(name).display().to_string();
    let (json, junit, ktap) = (path("run.jsonl"), path("run.xml"), path("run.ktap"));
    let output = run(dir.path(), &["--json", &json, "--junit", &junit, "--ktap", &ktap, "--jobs", "2"]);
    assert_eq!(output.status.code(), Some(1));
    let text = fs::read_to_string(json).expect("a file");
    let events: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let types: Vec<_> = events.iter().map(|e| e["type"].as_str().expect("a type")).collect();
    assert_eq!(types, ["target", "case", "case", "case", "summary"]);
    for key in ["name", "kernel", "arch"] {
        assert!(events[0][key].is_string(), "{key}");
    }
    let case = events.iter().find(|e| e["id"] == "write/pipe/wrong").expect("the case");
    for key in ["subject", "summary", "file", "line", "verdict", "reason", "micros", "trace", "claim"] {
        assert!(case.get(key).is_some(), "{key}");
    }
    for key in ["call", "shown", "return", "errno", "signals", "blocked"] {
        assert!(case["trace"][0].get(key).is_some(), "{key}");
    }
    assert_eq!((&events[4]["pass"], &events[4]["fail"], &events[4]["skip"]), (&1.into(), &1.into(), &1.into()));
    assert!(fs::read_to_string(junit).expect("a file").contains("<testsuite"));
    assert!(fs::read_to_string(ktap).expect("a file").starts_with("KTAP version 1\n"));
}

#[rstest]
#[case::nothing_matches(&["run", "--cases", "DIR", "no-such-case"], 2, "no case matches `no-such-case` (of 2)")]
#[case::near_miss(&["run", "--cases", "DIR", "wirte"], 2, "did you mean `write`?")]
#[case::no_directory(&["run", "--cases", "DIR/none"], 2, "DIR/none")]
#[case::a_file_as_directory(&["run", "--cases", "DIR/write/pipe.yaml"], 2, "pipe.yaml")]
#[case::unknown_option(&["run", "--jsn", "x"], 2, "--json")]
#[case::no_jobs(&["run", "--jobs", "0"], 2, "0")]
#[case::no_deadline(&["run", "--deadline", "0"], 2, "expected seconds")]
#[case::report_into_nowhere(&["run", "--cases", "DIR", "--json", "DIR/none/x"], 2, "cannot create DIR/none/x")]
#[case::only_skips(&["run", "--cases", "DIR", "skipped"], 3, "nothing ran: every case was skipped")]
#[case::trace_of_nothing(&["trace", "--cases", "DIR", "write/pipe/bad-f"], 2, "did you mean `write/pipe/bad-fd`?")]
#[case::check_of_nothing(&["check", "DIR/none"], 2, "DIR/none")]
#[case::list_of_nothing(&["list", "--cases", "DIR", "nothing"], 2, "no case matches")]
fn what_cannot_be_done_is_said(#[case] args: &[&str], #[case] code: i32, #[case] told: &str) {
    let dir = tree(GOOD);
    let place = dir.path().display().to_string();
    let args: Vec<String> = args.iter().map(|a| a.replace("DIR", &place)).collect();
    let output = syscase(&args.iter().map(String::as_str).collect::<Vec<_>>()).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    assert!(stderr(&output).contains(&told.replace("DIR", &place)), "{}", stderr(&output));
}

#[test]
fn one_bad_case_and_nothing_is_run() {
    let dir = tree(&GOOD.replace("errno: EBADF", "errno: EBADFF"));
    let json = dir.path().join("run.jsonl");
    let output = run(dir.path(), &["--json", &json.display().to_string()]);
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    for part in ["EBADFF", "write/pipe.yaml:6:", "did you mean `EBADF`?", "1 error; nothing was run"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert_eq!(stdout(&output), "");
    assert!(!json.exists(), "no report of what was not run");
}

/// Two cases, of which the second has these lines beside its summary.
fn two_alike(lines: &str) -> String {
    let steps = "    steps:\n      - {call: write, args: {fd: $closed, buf: \"x\"}, expect: {errno: EBADF}}\n";
    format!(
        "subject: write(2)\ncases:\n  one:\n    summary: write fails.\n{steps}  two:\n    summary: It does not work.\n{lines}{steps}"
    )
}

#[rstest]
#[case::alike("", 2, "the same steps: write/pipe/one, write/pipe/two\n")]
#[case::for_other_kernels("    needs: {kernel: [\"<5.0\"]}\n", 0, "")]
#[case::with_another_circumstance("    given: {umask: 0o77}\n", 0, "")]
fn finds_duplicates(#[case] lines: &str, #[case] code: i32, #[case] told: &str) {
    let dir = tree(&two_alike(lines));
    let path = dir.path().to_str().expect("UTF-8");
    let plain = syscase(&["check", path]).output().expect("it runs");
    assert_eq!(plain.status.code(), Some(0), "{}", stderr(&plain));
    let strict = syscase(&["check", "--duplicates", path]).output().expect("it runs");
    assert_eq!(strict.status.code(), Some(code), "{}", stderr(&strict));
    assert_eq!(stdout(&strict), format!("{}{told}", stdout(&plain)));
}

#[test]
fn lists_checks_and_traces() {
    let dir = tree(&format!("{GOOD}{BAD}"));
    let output = syscase(&["list", "--cases"]).arg(dir.path()).arg("bad").output().expect("the program runs");
    assert_eq!(stdout(&output), "write/pipe/bad-fd\tWriting to a descriptor that is not open fails with EBADF.\n");
    let output = syscase(&["check"]).arg(dir.path()).output().expect("the program runs");
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), "3 cases in 1 files are well-formed\n"));
    let trace = ["trace", "write/pipe/wrong", "--cases"];
    let output = syscase(&trace).arg(dir.path()).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "whatever the verdict");
    assert!(stdout(&output).contains("write(4, \"x\", 1) = 1"), "{}", stdout(&output));
}

#[test]
fn results_come_in_the_order_of_the_cases() {
    let list: Vec<String> = (0..40).map(|i| i.to_string()).collect();
    let text = SLOW.replace("LIST", &list.join(", ")).replace(
        "{call: read, args: {fd: $r, buf: {room: 1}}, expect: {return: 1}}",
        "{call: close, args: {fd: $w}, expect: {return: 0}}",
    );
    let dir = tree(&text);
    let ids = |jobs: &str| {
        let json = dir.path().join(format!("{jobs}.jsonl"));
        run(dir.path(), &["--jobs", jobs, "--json", &json.display().to_string()]);
        let text = fs::read_to_string(json).expect("a file");
        let events = text.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).expect("JSON"));
        events.filter_map(|e| e["id"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let one = ids("1");
    assert_eq!(one.len(), 40);
    assert_eq!(one, ids("4"));
}

#[test]
fn a_seed_is_an_order() {
    let list: Vec<String> = (0..40).map(|i| i.to_string()).collect();
    let dir = tree(
        &GOOD
            .replace("    steps:\n      - {call: write", "    params: {i: [LIST]}\n    steps:\n      - {call: write")
            .replace(r#"buf: "x""#, r#"buf: {fill: $i, len: 1}"#)
            .replace("LIST", &list.join(", ")),
    );
    let json = dir.path().join("run.jsonl");
    let order = |option: &str| {
        let output = run(dir.path(), &["bad-fd", option, "--json", &json.display().to_string()]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let text = fs::read_to_string(&json).expect("a file");
        let events = text.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).expect("JSON"));
        let ids: Vec<_> = events.filter_map(|e| e["id"].as_str().map(str::to_owned)).collect();
        (ids, stdout(&output))
    };
    let (sorted, _) = order("--jobs=2");
    let (one, told) = order("--shuffle");
    let seed = told.lines().find_map(|line| line.strip_prefix("order: ")).expect("the seed");
    assert_eq!(one, order(seed).0, "{seed} again");
    assert_ne!(one, sorted);
    assert_ne!(order("--shuffle=1").0, order("--shuffle=2").0);
    let mut all = one;
    all.sort_by_key(|id| sorted.iter().position(|other| other == id));
    assert_eq!(all, sorted, "each case once");
}

#[test]
fn an_interrupt_ends_the_run_and_keeps_what_there_is() {
    let dir = tree(&SLOW.replace("LIST", "0, 1, 2, 3, 4, 5, 6, 7"));
    let json = dir.path().join("run.jsonl");
    let mark = format!("SYSCASE_TEST=interrupt-{}", std::process::id());
    let (name, value) = mark.split_once('=').expect("a variable");
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let before = Machine::look(temporary.path());
    let (junit, ktap) = (dir.path().join("run.xml"), dir.path().join("run.ktap"));
    let mut command = syscase(&["run", "--jobs", "2", "--deadline", "0.7", "--json"]);
    command.arg(&json).arg("--junit").arg(&junit).arg("--ktap").arg(&ktap);
    let child = command.arg("--cases").arg(dir.path()).env(name, value).env("TMPDIR", temporary.path());
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    // Interrupted once there is a result: two cases end at a time, every 0.7 s.
    let begin = Instant::now();
    while fs::read_to_string(&json).unwrap_or_default().lines().count() < 2 {
        assert!(begin.elapsed() < Duration::from_secs(30), "no result");
        std::thread::sleep(Duration::from_millis(10));
    }
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).expect("a signal");
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(3), "signal {:?}: {}", output.status.signal(), stderr(&output));
    assert!(stderr(&output).contains("interrupted; "), "{}", stderr(&output));
    assert!(stdout(&output).contains(" cases: "), "{}", stdout(&output));
    let text = fs::read_to_string(&json).expect("a file");
    let last = text.lines().last().expect("a line");
    assert_eq!(serde_json::from_str::<serde_json::Value>(last).expect("JSON")["type"], "summary");
    assert!(text.lines().count() < 10, "not all cases ran: {text}");
    // Whoever reads a report alone sees that it is not whole: all cases are in it, those that were not run as errors.
    let ran = text.lines().count() - 2;
    let junit = fs::read_to_string(junit).expect("a file");
    assert!(junit.contains(r#" tests="9""#), "eight cases and the run itself: {junit}");
    assert!(junit.contains(r#"<testcase name="syscase/run""#), "{junit}");
    assert!(junit.contains(r#"<error message="interrupted" type="broken off"/>"#), "{junit}");
    let not_run = r#"<error message="not run: interrupted" type="not run"/>"#;
    assert_eq!(junit.matches(not_run).count(), 8 - ran, "{junit}");
    let ktap = fs::read_to_string(ktap).expect("a file");
    assert!(ktap.contains("\n  1..8\n") && ktap.contains("\nnot ok 1 read(2)\n"), "{ktap}");
    assert_eq!(ktap.matches(" # ERROR not run: interrupted\n").count(), 8 - ran, "{ktap}");
    assert!(ktap.ends_with("\nBail out! interrupted\n"), "{ktap}");
    assert_eq!(processes_with(&mark), Vec::<u32>::new(), "processes remain");
    assert_eq!(Machine::look(temporary.path()), before, "something remains");
}

#[test]
fn the_built_in_cases_are_those_of_the_directory() {
    let empty = tempfile::tempdir().expect("a temporary directory");
    let built_in = syscase(&["list"]).current_dir(empty.path()).output().expect("the program runs");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let on_disk = syscase(&["list"]).current_dir(root).output().expect("the program runs");
    assert_eq!(stdout(&built_in), stdout(&on_disk));
    assert!(stdout(&built_in).lines().count() >= 350);
}
