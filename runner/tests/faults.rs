//! What goes wrong with other kernels, without another kernel: an emulator that is a script, and says what it is told to.

#![cfg(target_arch = "x86_64")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use rstest::{fixture, rstest};
use tempfile::TempDir;

const CASES: &str = r#"
subject: close(2)
cases:
  first:
    summary: Closing what is not open fails with EBADF.
    steps:
      - {call: close, args: {fd: $closed}, expect: {errno: EBADF}}
  second:
    summary: A duplicate can be closed.
    fixtures: []
    steps:
      - {call: getpid, args: {}, expect: {return: $pid}}
  third:
    summary: Closing a negative number fails with EBADF.
    steps:
      - {call: close, args: {fd: -1}, expect: {errno: EBADF}}
"#;

/// What the script begins with. It runs nothing under KVM, does what it should with the kernel `other`, and finds its
/// console, its saved run, and whether it was started before.
const BEGIN: &str = r#"#!/bin/sh
case "$*" in *"-accel kvm"*) exit 1 ;; *"-kernel other"*) cat "$STAGE/run.jsonl"; exit 99 ;; esac
console=$(echo "$*" | sed 's/.*file,id=console,path=\([^ ]*\).*/\1/')
again=
[ -e "$STAGE/started" ] && again=yes
: > "$STAGE/started"
"#;
/// Ends as a guest does that is done.
const DONE: &str = "exit 99\n";

/// A directory with cases, a saved run of them, files that look like a kernel, one that looks like a static program, and
/// no emulator.
#[fixture]
fn stage() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir_all(at("cases/close")).unwrap();
    fs::write(at("cases/close/close.yaml"), CASES.replace("    fixtures: []\n", "")).unwrap();
    let mut kernel = vec![0; 0x1000];
    kernel[0x202..0x206].copy_from_slice(b"HdrS");
    fs::write(at("bzImage"), &kernel).unwrap();
    fs::write(at("other"), &kernel).unwrap();
    let mut program = vec![0; 0x40];
    program[..5].copy_from_slice(b"\x7fELF\x02");
    fs::write(at("static"), program).unwrap();
    fs::create_dir(at("bin")).unwrap();
    let output = syscase(dir.path(), &["perform", "--out", "run.jsonl"]).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    dir
}

fn syscase(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_syscase"));
    let path = format!("{}:{}", dir.join("bin").display(), std::env::var("PATH").unwrap());
    command.args(arguments).current_dir(dir).env("PATH", path).env("STAGE", dir);
    command.env("SYSCASE_CACHE", dir.join("cache")).stdin(Stdio::null());
    command
}

fn emulator(dir: &Path, script: &str) {
    let path = dir.join("bin/qemu-system-x86_64");
    fs::write(&path, format!("{BEGIN}{script}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A matrix of both kernels.
fn matrix(dir: &Path) -> Output {
    let arguments = ["matrix", "--kernel", "bzImage", "--kernel", "other", "--guest", "static", "--out", "out"];
    syscase(dir, &arguments).output().unwrap()
}

/// The verdicts of a target's file.
fn verdicts(dir: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(dir.join("out").join(name)).unwrap();
    let events = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut cases: Vec<_> = events
        .filter(|event| event["type"] == "case")
        .map(|event| format!("{} {}", event["id"].as_str().unwrap(), event["verdict"].as_str().unwrap()))
        .collect();
    cases.sort();
    cases
}

const ALL_PASS: [&str; 3] = ["close/close/first pass", "close/close/second pass", "close/close/third pass"];

#[rstest]
fn garbage_on_the_line_is_no_result(stage: TempDir) {
    let dir = stage.path();
    let script = r#"printf 'SeaBIOS \033[2J\377\376\n{"type":"case"}\n{"half\n'
        while read -r line; do echo "$line"; printf '[    0.1] \200 hello\n\n{}\n'; done < "$STAGE/run.jsonl"
        "#;
    emulator(dir, &format!("{script}{DONE}"));
    let output = matrix(dir);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(verdicts(dir, "bzImage.jsonl"), ALL_PASS);
}

#[rstest]
fn what_goes_down_goes_on_after_the_case(stage: TempDir) {
    let dir = stage.path();
    // Always in the same case: the saved run is cut after the first `begin`; later starts go on after that.
    let script = r#"rest=$(grep -v '"close/close/first"' "$STAGE/run.jsonl")
        count=$(cat "$STAGE/count" 2>/dev/null || echo 0)
        echo $((count + 1)) > "$STAGE/count"
        head -n 1 "$STAGE/run.jsonl"
        if [ "$count" -lt 2 ]; then
            echo '{"type":"begin","id":"close/close/first"}'
            echo 'Kernel panic - not syncing: so it goes' > "$console"
            exit 0
        fi
        echo "$rest"
        "#;
    emulator(dir, &format!("{script}{DONE}"));
    let output = matrix(dir);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("its kernel panicked (so it goes) in close/close/first; started again with it"), "{told}");
    assert!(told.contains("in close/close/first again; started again after it"), "{told}");
    assert_eq!(verdicts(dir, "bzImage.jsonl")[0], "close/close/first fail");
    assert_eq!(verdicts(dir, "bzImage.jsonl")[1..], ALL_PASS[1..]);
    assert_eq!(verdicts(dir, "other.jsonl"), ALL_PASS);
}

#[rstest]
fn a_target_killed_half_way_is_started_again(stage: TempDir) {
    let dir = stage.path();
    let script = r#"[ -n "$again" ] || { head -n 3 "$STAGE/run.jsonl"; kill -9 $$; }
        cat "$STAGE/run.jsonl"
        "#;
    emulator(dir, &format!("{script}{DONE}"));
    let output = matrix(dir);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("was killed; started again"), "{told}");
    assert_eq!(verdicts(dir, "bzImage.jsonl"), ALL_PASS);
}

#[rstest]
#[case::with_success(0)]
#[case::with_an_error(1)]
fn an_end_without_a_word_is_no_success(stage: TempDir, #[case] status: i32) {
    let dir = stage.path();
    emulator(dir, &format!("exit {status}\n"));
    let output = matrix(dir);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains(&format!("partial: ended with status {status}")), "{told}");
    assert_eq!(verdicts(dir, "other.jsonl"), ALL_PASS);
    let written = fs::read_to_string(dir.join("out/bzImage.jsonl")).unwrap();
    assert!(written.contains(r#""partial":true"#), "{written}");
}

#[rstest]
fn a_run_that_says_too_little_is_partial(stage: TempDir) {
    let dir = stage.path();
    let script = r#"grep -v '"close/close/third"' "$STAGE/run.jsonl""#;
    emulator(dir, &format!("{script}\n{DONE}"));
    let output = matrix(dir);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("partial: it left out 1 cases"), "{}", told(&output));
    assert_eq!(verdicts(dir, "bzImage.jsonl"), ALL_PASS[..2]);
}

#[rstest]
fn without_an_emulator_it_says_what_to_install(stage: TempDir) {
    let dir = stage.path();
    let mut command = syscase(dir, &["matrix", "--kernel", "bzImage", "--guest", "static"]);
    let output = command.env("PATH", dir.join("bin")).output().unwrap();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("qemu-system-x86_64 is not installed: run `ci/install-targets qemu`"), "{told}");
}

#[rstest]
fn what_is_no_kernel_is_not_started(stage: TempDir) {
    let dir = stage.path();
    emulator(dir, DONE);
    fs::write(dir.join("bzImage"), "#!/bin/sh\n").unwrap();
    let output = matrix(dir);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("bzImage is no kernel image (expected a bzImage)"), "{told}");
    assert!(!dir.join("started").exists());
    assert_eq!(verdicts(dir, "other.jsonl"), ALL_PASS);
}

#[rstest]
fn what_is_cached_runs_without_a_network(stage: TempDir) {
    let dir = stage.path();
    emulator(dir, &format!("cat \"$STAGE/run.jsonl\"\n{DONE}"));
    fs::create_dir_all(dir.join("cache/kernels/6.1")).unwrap();
    fs::copy(dir.join("bzImage"), dir.join("cache/kernels/6.1/vmlinuz")).unwrap();
    fs::create_dir(dir.join("ci")).unwrap();
    fs::write(dir.join("ci/fetch-kernel"), "#!/bin/sh\necho 'the mirror cannot be reached' >&2\nexit 1\n").unwrap();
    fs::set_permissions(dir.join("ci/fetch-kernel"), fs::Permissions::from_mode(0o755)).unwrap();
    for version in ["6.1", "6.12"] {
        let text = format!("summary: S.\nstart: {{kind: qemu, kernel: \"{version}\"}}\n");
        fs::write(dir.join(format!("linux-{version}.yaml")), text).unwrap();
    }
    let targets = ["--target", "linux-6.1.yaml", "--target", "linux-6.12.yaml"];
    let output =
        syscase(dir, &[&["matrix", "--guest", "static", "--out", "out"], &targets[..]].concat()).output().unwrap();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("Linux 6.12 could not be fetched: the mirror cannot be reached"), "{told}");
    assert_eq!(verdicts(dir, "linux-6.1.jsonl"), ALL_PASS);
}

#[rstest]
fn a_full_disk_costs_its_file_alone(stage: TempDir) {
    let dir = stage.path();
    emulator(dir, &format!("cat \"$STAGE/run.jsonl\"\n{DONE}"));
    fs::create_dir(dir.join("out")).unwrap();
    symlink("/dev/full", dir.join("out/bzImage.jsonl")).unwrap();
    let output = matrix(dir);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("cannot write out/bzImage.jsonl: No space left on device"), "{told}");
    assert_eq!(verdicts(dir, "other.jsonl"), ALL_PASS);
}

#[rstest]
fn an_interrupt_ends_targets_and_keeps_what_they_said(stage: TempDir) {
    let dir = stage.path();
    // Longer than anybody waits; the number tells this sleep from all others.
    let seconds = format!("{}", 100_000 + std::process::id());
    emulator(dir, &format!("sed '/\"type\":\"performed\"/q' \"$STAGE/run.jsonl\"\nsleep {seconds}\n"));
    let arguments = ["matrix", "--kernel", "bzImage", "--guest", "static", "--out", "out"];
    let child = syscase(dir, &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let sleeps = || {
        let entries = fs::read_dir("/proc").unwrap().flatten();
        let lines = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
        lines.filter(|line| line == format!("sleep\0{seconds}\0").as_bytes()).count()
    };
    let begin = Instant::now();
    while sleeps() == 0 {
        assert!(begin.elapsed() < Duration::from_secs(60), "the emulator is not started");
        std::thread::sleep(Duration::from_millis(10));
    }
    // What was said before the sleep is in the pipe.
    std::thread::sleep(Duration::from_millis(300));
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.id() as i32), nix::sys::signal::Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("partial: interrupted"), "{}", told(&output));
    assert_eq!(sleeps(), 0);
    assert_eq!(verdicts(dir, "bzImage.jsonl"), ALL_PASS[..1]);
}
