//! `syscase mutate` on small trees: what a weak case overlooks, what a strong one notices, and what is no difference.

use std::path::Path;
use std::process::{Command, Output};

use rstest::{fixture, rstest};
use serde_json::Value;
use tempfile::TempDir;

const WRITE: &str = r#"
subject: write(2)
fixtures:
  pipe:
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
  file:
    given: {files: {file: "0123456789"}}
    steps:
      - {call: openat, args: {dirfd: AT_FDCWD, pathname: file, flags: [O_RDWR]}, bind: {return: fd}}
cases:
  weak:
    summary: A case that says next to nothing.
    use: [pipe]
    steps:
      - {call: write, args: {fd: $w, buf: "hello", count: 5}, expect: {return: {min: 0}}}
  strong:
    summary: A case that looks at what was written.
    use: [pipe]
    steps:
      - {call: write, args: {fd: $w, buf: "hello", count: 5}, expect: {return: 5}}
      - {call: read, args: {fd: $r, buf: {room: 9}, count: 9}, expect: {return: 5, out: {buf: "hello"}}}
  no-reader:
    summary: A case that listens for the signal.
    use: [pipe]
    signals: {SIGPIPE: record}
    steps:
      - {call: close, args: {fd: $r}}
      - {call: write, args: {fd: $w, buf: "x", count: 1}, expect: {errno: EPIPE, signals: [SIGPIPE]}}
  offset-unseen:
    summary: A case that does not look where the offset is.
    use: [file]
    steps:
      - {call: write, args: {fd: $fd, buf: "abc", count: 3}, expect: {return: 3, files: {file: "abc3456789"}}}
  offset-seen:
    summary: A case that looks where the offset is.
    use: [file]
    steps:
      - {call: write, args: {fd: $fd, buf: "abc", count: 3}, expect: {return: 3, offsets: {$fd: 3}}}
"#;

const OTHERS: &[(&str, &str)] = &[
    (
        "close",
        r#"
subject: close(2)
fixtures:
  pipe:
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
cases:
  end-of-file-unseen:
    summary: A case that does not look whether the writing end is gone.
    use: [pipe]
    steps:
      - {call: close, args: {fd: $w}, expect: {return: 0}}
  end-of-file-seen:
    summary: A case that reads the end of file that follows.
    use: [pipe]
    steps:
      - {call: close, args: {fd: $w}, expect: {return: 0, opens: -1}}
      - {call: read, args: {fd: $r, buf: {room: 1}, count: 1}, expect: {return: 0}}
"#,
    ),
    (
        "read",
        r#"
subject: read(2)
fixtures:
  pipe:
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
cases:
  content-unseen:
    summary: A case that does not look at what was read.
    use: [pipe]
    steps:
      - {call: write, args: {fd: $w, buf: "hello", count: 5}}
      - {call: read, args: {fd: $r, buf: {room: 5}, count: 5}, expect: {return: 5}}
  content-seen:
    summary: A case that looks at what was read.
    use: [pipe]
    steps:
      - {call: write, args: {fd: $w, buf: "hello", count: 5}}
      - {call: read, args: {fd: $r, buf: {room: 5}, count: 5}, expect: {return: 5, out: {buf: "hello"}}}
  sleeps:
    summary: A case that sees a reader sleep.
    use: [pipe]
    actors: {peer: thread}
    steps:
      - {start: reading, on: peer, call: read, args: {fd: $r, buf: {room: 5}, count: 5}}
      - {blocked: reading}
      - {call: write, args: {fd: $w, buf: "hello", count: 5}}
      - {finish: reading, expect: {return: 5, out: {buf: "hello"}}}
"#,
    ),
    (
        "openat",
        r#"
subject: open(2)
cases:
  unused:
    summary: A case that does not use what it opens.
    given: {files: {file: "x"}}
    steps:
      - {call: openat, args: {dirfd: AT_FDCWD, pathname: file, flags: []}, expect: {return: {min: 3}}}
  used:
    summary: A case that uses what it opens.
    given: {files: {file: "x"}}
    steps:
      - call: openat
        args: {dirfd: AT_FDCWD, pathname: file, flags: [O_CLOEXEC]}
        expect: {return: {min: 3}}
        bind: {return: fd}
      - {call: fcntl, args: {fd: $fd, op: F_GETFD}, expect: {return: 1}}
"#,
    ),
    (
        "splice",
        r#"
subject: splice(2)
cases:
  flag-without-effect:
    summary: SPLICE_F_MORE makes no difference to a pipe.
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [out_r, out_w]}}
      - {call: write, args: {fd: $w, buf: "hello", count: 5}}
      - {call: splice, args: {fd_in: $r, fd_out: $out_w, len: 5, flags: [SPLICE_F_MORE]}, expect: {return: 5}}
      - {call: read, args: {fd: $out_r, buf: {room: 5}, count: 5}, expect: {return: 5, out: {buf: "hello"}}}
  asleep-at-the-end:
    summary: A case that ends while splice sleeps with the pipe locked.
    actors: {peer: thread}
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
      - {call: socketpair, args: {domain: AF_UNIX, type: [SOCK_SEQPACKET], protocol: 0}, bind: {sv: [near, far]}}
      - call: sendto
        args: {sockfd: $near, buf: {fill: 0, len: 1000}, len: 1000, flags: [MSG_DONTWAIT], addrlen: 0}
        repeat: {until: EAGAIN}
      - {call: write, args: {fd: $w, buf: "data", count: 4}}
      - {start: giving, on: peer, call: splice, args: {fd_in: $r, fd_out: $near, len: 4, flags: [SPLICE_F_NONBLOCK]}}
      - {blocked: giving}
"#,
    ),
    (
        "fcntl",
        r#"
subject: fcntl(2)
cases:
  lease-held:
    summary: A case that ends with a write lease on a file of its directory.
    given: {files: {file: "x"}}
    steps:
      - {call: openat, args: {dirfd: AT_FDCWD, pathname: file, flags: [O_RDONLY]}, bind: {return: fd}}
      - {call: fcntl, args: {fd: $fd, op: F_SETLEASE, arg: F_WRLCK}, expect: {return: 0}}
      - {call: fcntl, args: {fd: $fd, op: F_GETLEASE}, expect: {return: F_WRLCK}}
  child-unseen:
    summary: A case that does not look at what a child changes of its own.
    actors: {child: process}
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
      - {on: child, call: fcntl, args: {fd: $r, op: F_SETFD, arg: [FD_CLOEXEC]}, expect: {return: 0}}
  process-id:
    summary: A case whose return value is a process id.
    actors: {child: process}
    steps:
      - {call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}
      - {on: child, call: getpid, bind: {return: child}}
      - {call: fcntl, args: {fd: $r, op: F_SETOWN, arg: $child}}
      - {call: fcntl, args: {fd: $r, op: F_GETOWN}, expect: {return: $child}}
"#,
    ),
    (
        "mprotect",
        r#"
subject: mprotect(2)
cases:
  implied:
    summary: Memory that may be written may be read on some machines, whether that was asked for or not.
    memory: {page: {len: $page_size, prot: [PROT_NONE]}}
    steps:
      - {call: mprotect, args: {addr: $page, len: $page_size, prot: [PROT_READ, PROT_WRITE]}, expect: {return: 0}}
      - {store: {at: $page, bytes: "x"}}
"#,
    ),
    (
        "mmap",
        r#"
subject: mmap(2)
cases:
  no-access:
    summary: Memory that may not be read raises SIGSEGV.
    signals: {SIGSEGV: record}
    memory: {page: {len: $page_size, prot: [PROT_NONE]}}
    steps:
      - {load: {at: $page, len: 1}, expect: {signals: [SIGSEGV]}}
"#,
    ),
    (
        "nanosleep",
        r#"
subject: nanosleep(2)
cases:
  time-seen:
    summary: A case that looks how long it slept.
    steps:
      - {call: nanosleep, args: {duration: {tv_nsec: 5000000}}, expect: {return: 0, elapsed: {min: 5ms}}}
"#,
    ),
    (
        "chmod",
        r#"
subject: chmod(2)
cases:
  mode-seen:
    summary: A case that looks at the mode.
    given: {files: {file: "x"}}
    steps:
      - {call: chmod, args: {pathname: file, mode: 0o600}, expect: {return: 0, statx: {file: {stx_mode: [S_IFREG, 0o600]}}}}
    finally:
      - {call: chmod, args: {pathname: file, mode: 0o644}, expect: {return: 0}}
"#,
    ),
    (
        "prctl",
        r#"
subject: prctl(2)
cases:
  line-seen:
    summary: A case that looks at a line of a file.
    steps:
      - call: prctl
        args: {option: PR_SET_NAME, arg2: "other"}
        expect: {return: 0, files: {/proc/self/status: {lines: ["Name: other"]}}}
"#,
    ),
    (
        "lseek",
        r#"
subject: lseek(2)
cases:
  repeated:
    summary: A case that seeks on until it is far enough.
    given: {files: {file: "x"}}
    steps:
      - {call: openat, args: {dirfd: AT_FDCWD, pathname: file, flags: []}, bind: {return: fd}}
      - call: lseek
        args: {fd: $fd, offset: 2, whence: SEEK_CUR}
        repeat: {until: {return: {min: 10}}, max: 20, pause: 0}
        expect: {return: 10, offsets: {$fd: 10}}
"#,
    ),
];

#[fixture]
fn tree() -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    for (call, text) in OTHERS.iter().chain(&[("write", WRITE)]) {
        std::fs::create_dir(dir.path().join(call)).expect("a directory");
        std::fs::write(dir.path().join(call).join("teeth.yaml"), text).expect("a file");
    }
    dir
}

fn mutate(tree: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_syscase"));
    command.arg("mutate").args(args).arg("--cases").arg(tree).output().expect("the program runs")
}

/// All events of a run, the summary last.
fn events(tree: &Path, args: &[&str]) -> Vec<Value> {
    let json = tree.with_extension("json");
    let output = mutate(tree, &[args, &["--json", json.to_str().expect("a name")]].concat());
    let text = std::fs::read_to_string(&json).expect("events");
    std::fs::remove_file(json).expect("a file");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    text.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}

fn outcomes<'a>(events: &'a [Value], id: &str, mutation: &str) -> Vec<&'a str> {
    let meant = |event: &&Value| event["id"] == id && event["mutation"] == mutation;
    events.iter().filter(meant).map(|event| event["outcome"].as_str().expect("an outcome")).collect()
}

#[rstest]
#[case::an_answer_is_overlooked("write/teeth/weak", "success", &["survived"])]
#[case::a_count_is_overlooked("write/teeth/weak", "short-count", &["survived"])]
#[case::lost_data_is_overlooked("write/teeth/weak", "nothing-done", &["survived"])]
#[case::an_error_is_noticed("write/teeth/weak", "enosys", &["noticed"])]
#[case::never_returning_is_noticed("write/teeth/weak", "hang", &["noticed"])]
#[case::an_answer_is_noticed("write/teeth/strong", "success", &["noticed"])]
#[case::a_count_is_noticed("write/teeth/strong", "short-count", &["noticed"])]
#[case::lost_data_is_noticed("write/teeth/strong", "nothing-done", &["noticed"])]
#[case::a_pipe_has_no_offset("write/teeth/strong", "offset-kept", &["equivalent"])]
#[case::a_near_error_is_noticed("write/teeth/no-reader", "near-errno", &["noticed"])]
#[case::a_signal_is_missed("write/teeth/no-reader", "no-sigpipe", &["noticed"])]
#[case::an_offset_is_overlooked("write/teeth/offset-unseen", "offset-kept", &["survived"])]
#[case::an_offset_is_noticed("write/teeth/offset-seen", "offset-kept", &["noticed"])]
#[case::an_open_file_is_overlooked("close/teeth/end-of-file-unseen", "left-open", &["survived"])]
#[case::an_open_descriptor_is_overlooked("close/teeth/end-of-file-unseen", "success", &["survived"])]
#[case::an_open_file_is_noticed("close/teeth/end-of-file-seen", "left-open", &["noticed"])]
#[case::content_is_overlooked("read/teeth/content-unseen", "flipped-byte", &["survived"])]
#[case::content_is_noticed("read/teeth/content-seen", "flipped-byte", &["noticed"])]
#[case::returning_is_noticed("read/teeth/sleeps", "no-block", &["noticed"])]
#[case::a_closed_descriptor_is_overlooked("openat/teeth/unused", "unopened", &["survived"])]
#[case::a_closed_descriptor_is_noticed("openat/teeth/used", "unopened", &["noticed"])]
#[case::a_flag_is_noticed("openat/teeth/used", "flag-ignored", &["noticed"])]
#[case::a_flag_makes_no_difference("splice/teeth/flag-without-effect", "flag-ignored", &["equivalent"])]
#[case::access_is_noticed("mmap/teeth/no-access", "wrong-mapping", &["noticed"])]
#[case::a_locked_pipe_is_let_alone("splice/teeth/asleep-at-the-end", "hang", &[])]
#[case::a_flag_of_a_sleeper_makes_no_difference("splice/teeth/asleep-at-the-end", "flag-ignored", &["equivalent"])]
#[case::a_lease_is_not_broken("fcntl/teeth/lease-held", "success", &["noticed", "noticed"])]
#[case::a_query_does_nothing("fcntl/teeth/lease-held", "nothing-done", &["equivalent"])]
#[case::a_child_is_examined("fcntl/teeth/child-unseen", "success", &["survived"])]
#[case::a_process_id_is_no_count("fcntl/teeth/process-id", "nothing-done", &[])]
#[case::a_process_id_is_not_one_less("fcntl/teeth/process-id", "short-count", &[])]
#[case::no_sleep_is_noticed("nanosleep/teeth/time-seen", "success", &["noticed"])]
#[case::metadata_is_noticed("chmod/teeth/mode-seen", "success", &["noticed"])]
#[case::what_is_put_back_is_not_tested("chmod/teeth/mode-seen", "enosys", &["noticed"])]
#[case::a_line_is_noticed("prctl/teeth/line-seen", "success", &["noticed"])]
#[case::what_is_waited_for_is_noticed("lseek/teeth/repeated", "success", &["noticed"])]
#[case::a_count_of_the_last_one_is_noticed("lseek/teeth/repeated", "short-count", &["noticed"])]
#[case::a_hint_may_be_ignored("mprotect/teeth/implied", "flag-ignored", &["equivalent", "noticed"])]
fn mutants_are_told_apart(tree: TempDir, #[case] id: &str, #[case] mutation: &str, #[case] expected: &[&str]) {
    assert_eq!(outcomes(&events(tree.path(), &[id]), id, mutation), expected);
}

#[rstest]
fn filters_and_the_interpreter_give_the_same_verdicts(tree: TempDir) {
    let verdicts = |args: &[&str]| {
        let mut events = events(tree.path(), args);
        events.pop();
        let verdict = |e: Value| [e["id"].clone(), e["mutation"].clone(), e["detail"].clone(), e["outcome"].clone()];
        events.into_iter().map(verdict).collect::<Vec<_>>()
    };
    let by_filter = verdicts(&[]);
    assert!(by_filter.len() > 50);
    assert_eq!(by_filter, verdicts(&["--without-seccomp"]));
}

#[rstest]
fn the_summary_counts_what_the_events_say(tree: TempDir) {
    let mut events = events(tree.path(), &["write/"]);
    let summary = events.pop().expect("a summary");
    assert_eq!(summary["type"], "summary");
    for outcome in ["noticed", "survived", "equivalent"] {
        let count = events.iter().filter(|e| e["type"] == "mutation" && e["outcome"] == outcome).count();
        assert_eq!(summary[outcome], count, "{outcome}");
        assert_eq!(summary["by_subject"]["write(2)"][outcome], count, "{outcome}");
        let by_mutation = summary["by_mutation"].as_object().expect("a map");
        let sum: u64 = by_mutation.values().map(|tally| tally[outcome].as_u64().expect("a count")).sum();
        assert_eq!(sum, count as u64, "{outcome}");
    }
}

#[rstest]
#[case::all_is_noticed("write/teeth/strong", 0)]
#[case::an_answer_survives("write/teeth/weak", 1)]
#[case::no_such_case("no/such/case", 2)]
fn the_exit_code_tells_whether_the_goals_are_met(tree: TempDir, #[case] filter: &str, #[case] code: i32) {
    assert_eq!(mutate(tree.path(), &[filter]).status.code(), Some(code));
}

#[rstest]
fn results_name_the_survivors(tree: TempDir) {
    let path = tree.path().with_extension("md");
    mutate(tree.path(), &["write/teeth/weak", "--results", path.to_str().expect("a name")]);
    let text = std::fs::read_to_string(&path).expect("results");
    assert!(text.contains("- `write/teeth/weak`: short-count 4 in `write(4, \"hello\", 5) = 5`\n"), "{text}");
    std::fs::write(&path, format!("before\n{text}after\n")).expect("a file");
    mutate(tree.path(), &["write/teeth/strong", "--results", path.to_str().expect("a name")]);
    let again = std::fs::read_to_string(&path).expect("results");
    std::fs::remove_file(path).expect("a file");
    assert!(
        again.starts_with("before\n") && again.ends_with("after\n") && !again.contains("write/teeth/weak"),
        "{again}"
    );
}
