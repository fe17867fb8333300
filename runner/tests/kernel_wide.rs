//! `syscase mutate --kernel-wide` on a small tree: bugs that somebody notices, that nobody does, and that are never met.

use std::path::Path;
use std::process::{Command, Output};

use rstest::{fixture, rstest};
use serde_json::Value;
use tempfile::TempDir;

const PIPES: &str = r#"
subject: read(2)
fixtures:
  pipe:
    steps:
      - {call: pipe2, args: {flags: [O_CLOEXEC]}, bind: {pipefd: [r, w]}}
cases:
  what-was-written:
    summary: A read gives what was written.
    use: [pipe]
    steps:
      - {call: write, args: {fd: $w, buf: "hello", count: 5}, expect: {return: 5}}
      - {call: read, args: {fd: $r, buf: {room: 9}, count: 9}, expect: {return: 5, out: {buf: "hello"}}}
  woken:
    summary: A write wakes a reader.
    actors: {reader: thread}
    use: [pipe]
    steps:
      - {on: reader, start: r, call: read, args: {fd: $r, buf: {room: 1}, count: 1}}
      - {blocked: r}
      - {call: write, args: {fd: $w, buf: "x", count: 1}, expect: {return: 1}}
      - {finish: r, expect: {return: 1, out: {buf: "x"}}}
"#;

const FILES: &str = r#"
subject: pread64(2)
fixtures:
  file:
    given: {files: {file: "0123456789"}}
    steps:
      - {call: openat, args: {dirfd: AT_FDCWD, pathname: file, flags: [O_RDWR]}, bind: {return: fd}}
cases:
  offset-unseen:
    summary: A case that does not look where the offset is.
    use: [file]
    steps:
      - {call: pread64, args: {fd: $fd, buf: {room: 3}, count: 3, offset: 2}, expect: {return: 3, out: {buf: "234"}}}
  partial-unlock-unseen:
    summary: A case that does not look what is left of its lock.
    use: [file]
    steps:
      - {call: fcntl, args: {fd: $fd, op: F_SETLK, arg: {l_type: F_WRLCK, l_len: 8}}, expect: {return: 0}}
      - {call: fcntl, args: {fd: $fd, op: F_SETLK, arg: {l_type: F_UNLCK, l_len: 4}}, expect: {return: 0}}
"#;

const SEEN: &str = r#"
subject: pread64(2)
cases:
  offset-seen:
    summary: A case that looks where the offset is.
    given: {files: {file: "0123456789"}}
    steps:
      - {call: openat, args: {dirfd: AT_FDCWD, pathname: file, flags: [O_RDWR]}, bind: {return: fd}}
      - {call: pread64, args: {fd: $fd, buf: {room: 3}, count: 3, offset: 2}, expect: {return: 3, offsets: {$fd: 0}}}
"#;

#[fixture]
fn tree() -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    for (call, text) in [("read", PIPES), ("pread64", FILES)] {
        add(dir.path(), call, "teeth", text);
    }
    dir
}

fn add(tree: &Path, call: &str, name: &str, text: &str) {
    std::fs::create_dir_all(tree.join(call)).expect("a directory");
    std::fs::write(tree.join(call).join(format!("{name}.yaml")), text).expect("a file");
}

fn mutate(tree: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_syscase"));
    command.args(["mutate", "--kernel-wide"]).args(args).arg("--cases").arg(tree).output().expect("the program runs")
}

/// All lines of a run, the summary last; none where cases have no namespaces of their own.
fn lines(tree: &Path, args: &[&str]) -> Option<Vec<Value>> {
    let json = tree.with_extension("json");
    let output = mutate(tree, &[args, &["--json", json.to_str().expect("a name")]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("need namespaces") {
        eprintln!("skipped: {said}");
        return None;
    }
    assert!(said.is_empty(), "{said}");
    let text = std::fs::read_to_string(&json).expect("results");
    Some(text.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect())
}

fn bug<'a>(lines: &'a [Value], name: &str) -> &'a Value {
    lines.iter().find(|line| line["bug"] == name).unwrap_or_else(|| panic!("no {name} in {lines:?}"))
}

#[rstest]
#[case::lost_data("write/drops-data", "noticed")]
#[case::a_garbled_byte("read/wrong-last-byte", "noticed")]
#[case::a_lost_wakeup("read/lost-wakeup:fd", "noticed")]
#[case::a_moved_offset("pread64/moves-offset:fd", "unnoticed")]
#[case::a_lock_that_is_gone("fcntl/F_SETLK-unlocks-all", "unnoticed")]
#[case::a_flag_of_the_set_up("pipe2/drops:O_CLOEXEC", "unnoticed")]
#[case::a_flag_that_nobody_gives("pipe2/drops:O_DIRECT", "not-fired")]
#[case::a_call_that_nobody_makes("splice/copies", "not-made")]
fn what_becomes_of_a_bug(tree: TempDir, #[case] name: &str, #[case] outcome: &str) {
    let Some(lines) = lines(tree.path(), &["--bug", name]) else { return };
    let bug = bug(&lines, name);
    assert_eq!(bug["outcome"], outcome, "{bug}");
    let fired = bug["fired_in"].as_array().expect("a list");
    assert_eq!(fired.is_empty(), outcome != "unnoticed", "{bug}");
    assert_eq!(bug["by"].is_string(), outcome == "noticed", "{bug}");
    let summary = lines.last().expect("a summary");
    assert_eq!(summary[outcome.replace('-', "_")], lines.iter().filter(|line| line["outcome"] == outcome).count());
}

#[rstest]
fn a_case_that_looks_notices(tree: TempDir) {
    add(tree.path(), "pread64", "seen", SEEN);
    let name = "pread64/moves-offset:fd";
    let Some(lines) = lines(tree.path(), &["--bug", name]) else { return };
    let bug = bug(&lines, name);
    assert_eq!((&bug["outcome"], &bug["by"]), (&"noticed".into(), &"pread64/seen/offset-seen".into()), "{bug}");
}

#[rstest]
fn a_run_goes_on_where_it_ended(tree: TempDir) {
    let args = ["--bug", "read/wrong", "--bug", "read/one", "--seed", "5"];
    let Some(whole) = lines(tree.path(), &args) else { return };
    let json = tree.path().with_extension("json");
    // As if it had been killed while it wrote the third bug.
    let text = std::fs::read_to_string(&json).expect("results");
    let ends: Vec<_> = text.match_indices('\n').map(|(at, _)| at).collect();
    std::fs::write(&json, &text[..ends[2] + 9]).expect("a file");
    let again = lines(tree.path(), &[&args[..], &["--resume"]].concat()).expect("namespaces");
    assert_eq!(again[..3], whole[..3]);
    let outcomes = |lines: &[Value]| {
        let mut all: Vec<_> = lines
            .iter()
            .filter(|l| l["type"] == "bug")
            .map(|l| (l["bug"].to_string(), l["outcome"].to_string()))
            .collect();
        all.sort();
        all
    };
    assert_eq!(outcomes(&again), outcomes(&whole));
    // Of another seed, it is another run.
    let other = mutate(tree.path(), &["--seed", "6", "--resume", "--json", json.to_str().expect("a name")]);
    assert_eq!(other.status.code(), Some(2));
    std::fs::remove_file(json).expect("a file");
}

#[rstest]
fn a_sample_is_drawn_by_the_seed(tree: TempDir) {
    let drawn = |seed: &str| {
        let lines = lines(tree.path(), &["--sample", "3", "--seed", seed])?;
        let mut names: Vec<_> = lines.iter().filter_map(|line| line["bug"].as_str().map(str::to_owned)).collect();
        names.sort();
        assert_eq!(names.len(), 3);
        Some(names)
    };
    let Some(first) = drawn("1") else { return };
    assert_eq!(drawn("1").as_ref(), Some(&first));
    assert_ne!(drawn("2"), Some(first));
}

#[rstest]
#[case::all_is_noticed("read/wrong-last-byte", 0)]
#[case::something_is_not("pread64/moves-offset", 1)]
#[case::there_is_no_such_bug("pread64/makes-coffee", 2)]
fn the_exit_code_tells_what_is_left(tree: TempDir, #[case] name: &str, #[case] code: i32) {
    let output = mutate(tree.path(), &["--bug", name]);
    if !String::from_utf8_lossy(&output.stderr).contains("need namespaces") {
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
}
