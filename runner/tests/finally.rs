//! Steps that are performed whatever happened: by the case's process, or by another after it.

use std::fs;
use std::process::Command;

use rstest::rstest;

const CASES: &str = r#"subject: unlink(2)
rests: practice
cases:
  ends:
    summary: The process gets to its end.
    given: {files: {f: ""}}
    steps:
      - {call: dup, args: {oldfd: 0}, bind: {return: fd}, expect: {return: {min: 3}}}
    finally:
      - {call: unlink, args: {pathname: f}}
      - {call: close, args: {fd: $fd}, expect: {return: 0}}
      - {call: getpid, expect: {return: $pid}}
  killed:
    summary: The process is killed, which is expected.
    given: {files: {f: ""}}
    memory: {page: {len: 4096, init: "before"}}
    steps:
      - {call: dup, args: {oldfd: 0}, bind: {return: fd}}
      - {store: {at: $page, bytes: "after!"}}
      - {call: kill, args: {pid: $pid, sig: SIGKILL}, expect: {killed: SIGKILL}}
    finally:
      - {call: unlink, args: {pathname: f}, expect: {return: 0}}
      - {call: unlink, args: {pathname: f}, expect: {errno: ENOENT}}
      - {call: close, args: {fd: $fd}, expect: {errno: EBADF}}
      - {load: {at: $page, len: 6}, expect: {bytes: "before"}}
      - {call: getpid, expect: {return: {not: $pid}}}
  killed-and-not-put-back:
    summary: The process is killed, which is expected, and what is to be put back is not there.
    steps:
      - {call: kill, args: {pid: $pid, sig: SIGKILL}, expect: {killed: SIGKILL}}
    finally:
      - {call: unlink, args: {pathname: f}}
  hangs:
    summary: The process sleeps until the deadline.
    deadline: 0.2
    given: {files: {f: ""}}
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
      - {call: read, args: {fd: $r, buf: {room: 1}}, expect: {return: 1}}
      - {call: getppid}
    finally:
      - {call: unlink, args: {pathname: f}, expect: {return: 0}}
  hangs-at-the-end:
    summary: The process sleeps in what it does at the end, and another does the rest.
    deadline: 0.2
    given: {files: {f: ""}}
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}, expect: {return: 0}}
    finally:
      - {call: read, args: {fd: $r, buf: {room: 1}}}
      - {call: unlink, args: {pathname: f}, expect: {return: 0}}
  fails:
    summary: The behaviour fails, and what it did not make cannot be put back.
    steps:
      - {call: link, args: {oldpath: nothing, newpath: f}, expect: {return: 0}}
    finally:
      - {call: unlink, args: {pathname: f}}
"#;

/// What `run` prints of one of the cases.
fn run(case: &str) -> String {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let folder = dir.path().join("unlink");
    fs::create_dir(&folder).expect("a directory");
    fs::write(folder.join("end.yaml"), CASES).expect("a file");
    let mut syscase = Command::new(env!("CARGO_BIN_EXE_syscase"));
    let run = syscase.args(["trace", "--cases"]).arg(dir.path()).arg(format!("unlink/end/{case}"));
    let output = run.output().expect("runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[rstest]
#[case::by_itself("ends", "= PASS", "unlink(\"f\") = 0")]
#[case::by_another("killed", "= PASS", "load(page, 6) = \"before\"")]
#[case::in_vain("killed-and-not-put-back", "= ERROR: finally: unlink: failed with ENOENT", "unlink(\"f\") = -1 ENOENT")]
#[case::after_the_deadline("hangs", "= FAIL: deadline of 0.2 s: still in read", "unlink(\"f\") = 0")]
#[case::after_a_step_of_these("hangs-at-the-end", "= FAIL: deadline of 0.2 s: still in read", "unlink(\"f\") = 0")]
#[case::not_judged_before_what_was_wrong_first(
    "fails",
    "= FAIL: link: expected return 0, failed with ENOENT",
    "unlink(\"f\") = -1 ENOENT"
)]
fn steps_at_the_end_are_performed(#[case] name: &str, #[case] verdict: &str, #[case] step: &str) {
    let shown = run(name);
    assert!(shown.contains(verdict) && shown.contains(step), "{shown}");
}
