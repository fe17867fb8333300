//! The matrix, as far as it goes without another kernel: the target at hand, and runs that were saved.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use rstest::rstest;

/// Two behaviours: one that is expected differently before and after Linux 3, one that every kernel has.
const CASES: &str = r#"
subject: close(2)
cases:
  closed:
    summary: Closing what is not open fails with EBADF.
    steps:
      - {call: close, args: {fd: $closed}, expect: {errno: EBADF}}
  dated:
    summary: Another expectation was made of the first kernels.
    steps:
      - call: close
        args: {fd: $closed}
        expect_when:
          - {kernel: ["<3.0"],  return: 0}
          - {kernel: [">=3.0"], errno: EBADF}
"#;

fn cases(dir: &Path) {
    fs::create_dir_all(dir.join("cases/close")).unwrap();
    fs::write(dir.join("cases/close/close.yaml"), CASES).unwrap();
}

fn syscase(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_syscase")).args(arguments).current_dir(dir).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A saved run of the cases on the kernel at hand.
fn saved(dir: &Path) -> String {
    cases(dir);
    let output = syscase(dir, &["perform", "--out", "run.jsonl"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    fs::read_to_string(dir.join("run.jsonl")).unwrap()
}

#[test]
fn the_kernel_at_hand_is_a_target() {
    let dir = tempfile::tempdir().unwrap();
    cases(dir.path());
    let output = syscase(dir.path(), &["matrix", "--target", "native", "--out", "out"]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}{}", text(&output.stderr));
    assert!(told.contains("0 cases behave differently on 1 targets"), "{told}");
    let written = fs::read_to_string(dir.path().join("out/native.jsonl")).unwrap();
    assert_eq!(written.lines().filter(|line| line.contains(r#""verdict":"pass""#)).count(), 2);
    for file in ["native.junit.xml", "native.ktap"] {
        let report = fs::read_to_string(dir.path().join("out").join(file)).unwrap();
        assert!(report.contains("native"), "{report}");
    }
}

/// What would change the machine, if it had an argument that is valid; and a file of the machine, that nobody writes.
const HARMFUL: &str = r#"
subject: openat(2)
cases:
  clock:
    summary: There is no clock of that number to be set.
    steps:
      - {call: clock_settime, args: {clockid: 1000, tp: {tv_sec: 0, tv_nsec: 0}}, expect: {errno: EINVAL}}
  file:
    summary: A file of the machine can be opened for writing.
    steps:
      - {call: openat, args: {dirfd: AT_FDCWD, pathname: /etc/passwd, flags: [O_WRONLY]}, expect: {return: 3}}
  file-with-privilege:
    summary: It can be, with root's privileges.
    needs: {caps: [CAP_CHOWN]}
    steps:
      - {call: openat, args: {dirfd: AT_FDCWD, pathname: /etc/passwd, flags: [O_WRONLY]}, expect: {return: 3}}
"#;

/// Ids, verdicts and reasons in results, in the order of the ids.
fn verdicts(path: &Path) -> Vec<(String, String, String)> {
    let text = fs::read_to_string(path).unwrap();
    let events = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let string = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let cases = events.filter(|event| event["type"] == "case");
    let cases = cases.map(|case| (string(&case["id"]), string(&case["verdict"]), string(&case["reason"])));
    let mut cases: Vec<_> = cases.collect();
    cases.sort();
    cases
}

/// A target that is the machine at hand keeps cases from it as `run` does: both tell the same of them.
#[test]
fn the_kernel_at_hand_has_the_sandbox_of_a_run() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("cases/openat")).unwrap();
    fs::write(dir.path().join("cases/openat/harmful.yaml"), HARMFUL).unwrap();
    syscase(dir.path(), &["run", "--json", "run.jsonl"]);
    syscase(dir.path(), &["matrix", "--target", "native", "--out", "."]);
    let expected = verdicts(&dir.path().join("run.jsonl"));
    let found = verdicts(&dir.path().join("native.jsonl"));
    assert_eq!(found, expected);
    if nix::unistd::geteuid().is_root() {
        let told: Vec<&str> = found.iter().map(|(.., reason)| reason.as_str()).collect();
        let open = |errno: &str| format!("openat: expected return 3, failed with {errno}");
        assert_eq!(
            told,
            ["refused in the sandbox: clock_settime changes a device's clock", &open("EACCES"), &open("EROFS")]
        );
    }
}

/// An emulator makes the calls of cases on the machine at hand, and no sandbox inside of it.
#[test]
fn what_is_emulated_on_the_kernel_at_hand_is_in_a_sandbox() {
    let emulator = Command::new("qemu-x86_64").arg("--version").output();
    if !nix::unistd::geteuid().is_root() || !emulator.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: not root, or there is no qemu-x86_64");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("cases/openat")).unwrap();
    fs::write(dir.path().join("cases/openat/harmful.yaml"), HARMFUL).unwrap();
    fs::write(dir.path().join("emulated.yaml"), "summary: S.\nstart: {kind: qemu-user}\n").unwrap();
    let output = syscase(dir.path(), &["matrix", "--target", "emulated.yaml", "--out", "."]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let found = verdicts(&dir.path().join("emulated.jsonl"));
    let told: Vec<&str> = found.iter().map(|(.., reason)| reason.as_str()).collect();
    let open = "openat: expected return 3, failed with EROFS";
    assert_eq!(told, ["refused in the sandbox: clock_settime changes a device's clock", open, open]);
}

/// Performed by hand, cases are in the sandbox as well.
#[rstest]
#[case::by_default(&[], "auto")]
#[case::by_request(&["--sandbox=never"], "")]
fn what_is_performed_is_in_a_sandbox(#[case] options: &[&str], #[case] sandbox: &str) {
    let dir = tempfile::tempdir().unwrap();
    cases(dir.path());
    let output = syscase(dir.path(), &[&["perform"], options].concat());
    let target = text(&output.stdout).lines().next().map(serde_json::from_str::<serde_json::Value>);
    let target = target.unwrap().unwrap();
    let expected = if nix::unistd::geteuid().is_root() { sandbox } else { "" };
    assert_eq!(target["sandbox"].as_str().unwrap_or_default(), expected);
}

#[test]
fn a_saved_run_is_judged_again() {
    let dir = tempfile::tempdir().unwrap();
    let run = saved(dir.path());
    let old = run.replace(r#""name":"native""#, r#""name":"old""#).replace(r#""judge_as":null"#, r#""judge_as":"2.6""#);
    assert_ne!(run, old);
    fs::write(dir.path().join("old.jsonl"), old).unwrap();
    let output = syscase(dir.path(), &["matrix", "--results", "run.jsonl", "old.jsonl"]);
    let told = text(&output.stdout);
    // Judged as the older kernel, it breaks that one's expectation; and behaves like the newer.
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("close: expected return 0, failed with EBADF"), "{told}");
    assert!(told.lines().any(|line| line.starts_with("old ") && line.contains("3.0 (1 cases)")), "{told}");
    assert!(told.contains("0 cases behave differently on 2 targets"), "{told}");
}

/// A case of accident, which the kernel of a saved run did not do.
#[rstest]
#[case::linux("", &[], 1, "fail")]
#[case::other(r#""system":"Other","#, &[], 0, "skip")]
#[case::asked_for(r#""system":"Other","#, &["--accidents"], 1, "fail")]
fn what_is_no_linux_does_not_fail_by_accident(
    #[case] system: &str,
    #[case] options: &[&str],
    #[case] code: i32,
    #[case] verdict: &str,
) {
    let dir = tempfile::tempdir().unwrap();
    let text_of_run = saved(dir.path()).replacen(r#""name":"native","#, &format!(r#""name":"a",{system}"#), 1);
    fs::write(dir.path().join("run.jsonl"), text_of_run).unwrap();
    let wrong = CASES.replace("subject", "rests: accident\nsubject").replacen("errno: EBADF", "errno: EIO", 1);
    fs::write(dir.path().join("cases/close/close.yaml"), wrong).unwrap();
    let output = syscase(dir.path(), &[&["matrix", "--results", "run.jsonl"][..], options].concat());
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{told}{}", text(&output.stderr));
    assert_eq!(told.contains("expected EIO, failed with EBADF"), verdict == "fail", "{told}");
    let output = syscase(dir.path(), &["matrix", "--results", "run.jsonl", "--rests", "practice"]);
    assert_eq!(output.status.code(), Some(3), "nothing is left: {}", text(&output.stdout));
}

#[test]
fn another_behaviour_is_a_difference() {
    let dir = tempfile::tempdir().unwrap();
    let run = saved(dir.path());
    let other = run.replace(r#""name":"native""#, r#""name":"other""#).replacen(r#""ret":-9"#, r#""ret":0"#, 1);
    assert_ne!(run, other);
    fs::write(dir.path().join("other.jsonl"), other).unwrap();
    let output = syscase(dir.path(), &["matrix", "--differential", "--results", "run.jsonl", "other.jsonl"]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("DIFFERS close/close/closed"), "{told}");
    assert!(told.contains("close(399) = -1 EBADF") && told.contains("close(399) = 0"), "{told}");
    assert!(told.contains("1 cases behave differently on 2 targets"), "{told}");
}

/// Two targets do the same, which is right for one and wrong for the other: neither is told the other's verdict.
#[test]
fn every_target_has_its_own_verdict() {
    let dir = tempfile::tempdir().unwrap();
    let run = saved(dir.path());
    let as_old = |run: &str| run.replace(r#""judge_as":null"#, r#""judge_as":"2.6""#);
    let named = |run: &str, name: &str| run.replace(r#""name":"native""#, &format!(r#""name":"{name}""#));
    // Of the second case, what the third target does is another thing.
    let other = run.lines().map(|line| match line.contains("close/close/dated") {
        true => line.replacen(r#""ret":-9"#, r#""ret":0"#, 1) + "\n",
        false => line.to_owned() + "\n",
    });
    fs::write(dir.path().join("new.jsonl"), named(&run, "new")).unwrap();
    fs::write(dir.path().join("old.jsonl"), as_old(&named(&run, "old"))).unwrap();
    fs::write(dir.path().join("other.jsonl"), named(&other.collect::<String>(), "other")).unwrap();
    fs::write(dir.path().join("tables.md"), "").unwrap();
    let files = ["new.jsonl", "old.jsonl", "other.jsonl"];
    let output = syscase(dir.path(), &[&["matrix", "--markdown", "tables.md", "--results"][..], &files].concat());
    let told = text(&output.stdout);
    let differs = told.split("DIFFERS close/close/dated").nth(1).unwrap();
    let lines: Vec<&str> = differs.lines().filter(|line| line.starts_with("  on ")).collect();
    assert_eq!(
        lines,
        [
            "  on new: pass",
            "  on old: fail, close: expected return 0, failed with EBADF",
            "  on other: fail, close: expected EBADF, returned 0",
        ],
        "{told}"
    );
    let tables = fs::read_to_string(dir.path().join("tables.md")).unwrap();
    assert!(tables.contains("\nnew (pass); old (fail):\n"), "{tables}");
    assert!(tables.contains("\nother (fail):\n"), "{tables}");
}

/// Two runs of one name cannot both be shown: neither is dropped, and it is said how to name them.
#[rstest]
#[case::the_same_cases(
    "",
    "#1",
    "`close/close/closed` is there twice for the target `native`, first in a.jsonl; two runs need"
)]
#[case::another_build("dated", "#2", "the target `native` is on #2 here and on #1 in a.jsonl; two runs need two names")]
fn two_runs_need_two_names(#[case] left_out: &str, #[case] build: &str, #[case] message: &str) {
    let dir = tempfile::tempdir().unwrap();
    let run = saved(dir.path());
    let save = |name: &str, build: &str, without: &str| {
        let line = |line: &str| {
            let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
            if value["type"] == "target" {
                value["build"] = build.into();
            }
            let id = value["id"].as_str().unwrap_or_default();
            (without.is_empty() || !id.contains(without)).then(|| format!("{value}\n"))
        };
        fs::write(dir.path().join(name), run.lines().filter_map(line).collect::<String>()).unwrap();
    };
    save("a.jsonl", "#1", if left_out.is_empty() { "" } else { "closed" });
    save("b.jsonl", build, left_out);
    let output = syscase(dir.path(), &["matrix", "--results", "a.jsonl", "b.jsonl"]);
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "{said}");
    assert!(said.starts_with("error: b.jsonl: ") && said.contains(message), "{said}");
    assert!(said.contains("`--results NAME=b.jsonl`"), "{said}");
    // As it says; and by the other way.
    let output = syscase(dir.path(), &["matrix", "--results", "a.jsonl", "then=b.jsonl"]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}{}", text(&output.stderr));
    assert!(told.contains("\nnative ") && told.contains("\nthen "), "{told}");
    assert!(told.contains("on 2 targets"), "{told}");
}

#[test]
fn a_run_is_named_where_it_is_made() {
    let dir = tempfile::tempdir().unwrap();
    cases(dir.path());
    let made = [
        syscase(dir.path(), &["perform", "--name", "one", "--out", "a=1.jsonl"]),
        syscase(dir.path(), &["run", "--name", "two", "--json", "b.jsonl"]),
        syscase(dir.path(), &["run", "--name", "a=b", "--json", "c.jsonl"]),
    ];
    assert_eq!(made.map(|output| output.status.code()), [Some(0), Some(0), Some(2)]);
    // A file that is there is one, whatever it is called.
    for file in ["a=1.jsonl", "./a=1.jsonl"] {
        let output = syscase(dir.path(), &["matrix", "--results", file, "b.jsonl"]);
        let told = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{told}{}", text(&output.stderr));
        assert!(told.contains("\none ") && told.contains("\ntwo "), "{told}");
    }
}

/// A file holds one run: another one in it would take the place of the first.
#[test]
fn two_runs_in_one_file_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let run = saved(dir.path());
    fs::write(dir.path().join("run.jsonl"), run.repeat(2)).unwrap();
    let output = syscase(dir.path(), &["matrix", "--results", "run.jsonl"]);
    assert_eq!(output.status.code(), Some(2));
    let line = run.lines().count() + 1;
    let message = format!("run.jsonl: line {line}: a second run begins");
    assert!(text(&output.stderr).contains(&message), "{}", text(&output.stderr));
}

#[test]
fn a_run_that_was_cut_off_is_partial() {
    let dir = tempfile::tempdir().unwrap();
    let run = saved(dir.path());
    let whole: usize = run.lines().take(3).map(|line| line.len() + 1).sum();
    fs::write(dir.path().join("run.jsonl"), &run[..whole + 20]).unwrap();
    let output = syscase(dir.path(), &["matrix", "--results", "run.jsonl"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stdout).contains("partial: the file ends before the run does"), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("1 of 4 lines are damaged"), "{}", text(&output.stderr));
}

#[rstest]
#[case::nothing("", "holds no results")]
#[case::text("Linux version 6.1\n<6>[0.0] hello\n", "holds no results (2 lines")]
#[case::cases_alone("{\"type\":\"end\",\"performed\":3}\n", "none says what the target was")]
fn what_holds_no_results_is_refused(#[case] content: &str, #[case] message: &str) {
    let dir = tempfile::tempdir().unwrap();
    cases(dir.path());
    fs::write(dir.path().join("run.jsonl"), content).unwrap();
    let output = syscase(dir.path(), &["matrix", "--results", "run.jsonl"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
}

#[rstest]
#[case::unknown_key("summary: S.\nstart: {kind: native}\ndeviation: []\n", "unknown field `deviation`")]
#[case::unknown_kind("summary: S.\nstart: {kind: xen}\n", "unknown variant `xen`")]
#[case::no_version("summary: S.\nstart: {kind: native}\njudge_as: new\n", "`new` is no kernel version")]
#[case::no_such_case(
    "summary: S.\nstart: {kind: native}\ndeviations:\n  - {cases: [clsoe/*], instead: I, reason: R, review_by: 2999-01-01}\n",
    "no case is called so"
)]
fn a_bad_target_file_is_refused(#[case] content: &str, #[case] message: &str) {
    let dir = tempfile::tempdir().unwrap();
    cases(dir.path());
    fs::write(dir.path().join("target.yaml"), content).unwrap();
    let output = syscase(dir.path(), &["matrix", "--target", "target.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
}

/// Cases of one's own run on targets whose deviations are of other cases; what is mistyped about one's own is still
/// found.
#[rstest]
#[case::named(&["--cases", "cases", "--target", "other"], Some(0), "note: target other: 2 of its deviations, `read/*` the first")]
#[case::in_place(&["--target", "other"], Some(2), "target other: a deviation of `read/*`, and no case is called so")]
fn own_cases_run_on_targets_with_deviations_of_others(
    #[case] options: &[&str],
    #[case] code: Option<i32>,
    #[case] message: &str,
) {
    let dir = tempfile::tempdir().unwrap();
    cases(dir.path());
    fs::create_dir_all(dir.path().join("ci/targets")).unwrap();
    let other = deviating("2999-01-01").replace("close/*/closed", "read/*, pipe2/*");
    fs::write(dir.path().join("ci/targets/other.yaml"), other).unwrap();
    let output = syscase(dir.path(), &[&["matrix"], options].concat());
    assert_eq!(output.status.code(), code, "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
}

/// The targets that the program brings along speak of the cases that it brings along.
#[test]
fn own_cases_run_on_targets_built_in() {
    let dir = tempfile::tempdir().unwrap();
    cases(dir.path());
    let output = Command::new(env!("CARGO_BIN_EXE_syscase"))
        .args(["matrix", "--target", "qemu-user"])
        .env("PATH", "")
        .current_dir(dir.path())
        .output()
        .unwrap();
    // There is no emulator on an empty path: it gets as far as that.
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("note: target qemu-user: "), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("qemu-x86_64 is not installed"), "{}", text(&output.stderr));
}

/// A deviation of the case that is always right, reviewed by then.
fn deviating(review_by: &str) -> String {
    let deviation = format!("{{cases: [close/*/closed], instead: It works, reason: Because, review_by: {review_by}}}");
    format!("summary: S.\nstart: {{kind: native}}\ndeviations:\n  - {deviation}\n")
}

#[rstest]
#[case::in_time("2999-01-01", false)]
#[case::late("2001-01-01", true)]
fn a_deviation_that_is_gone_fails_the_run(#[case] review_by: &str, #[case] warned: bool) {
    let dir = tempfile::tempdir().unwrap();
    cases(dir.path());
    fs::write(dir.path().join("target.yaml"), deviating(review_by)).unwrap();
    let output = syscase(dir.path(), &["matrix", "--target", "target.yaml"]);
    let (told, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("XPASS: It works: Because"), "{told}");
    assert_eq!(said.contains("was to be reviewed by 2001-01-01"), warned, "{said}");
}

#[test]
fn a_target_that_is_not_there_leaves_the_others_alone() {
    let dir = tempfile::tempdir().unwrap();
    cases(dir.path());
    fs::write(dir.path().join("bzImage"), "not a kernel").unwrap();
    let program = env!("CARGO_BIN_EXE_syscase");
    let output = Command::new(program)
        .args(["matrix", "--kernel", "bzImage", "--target", "native", "--guest", "/bin/sh"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    // The shell has an interpreter: a kernel would have no use for it.
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("is no static program"), "{}", text(&output.stderr));
}

/// A target that cannot be started has reports that tell of every case that it was not run.
#[test]
fn reports_of_a_target_that_does_not_start_are_not_green() {
    let dir = tempfile::tempdir().unwrap();
    cases(dir.path());
    let output = syscase(dir.path(), &["matrix", "--target", "native", "--guest", "/bin/false", "--out", "out"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let read = |name: &str| fs::read_to_string(dir.path().join("out").join(name)).unwrap();
    let (junit, ktap) = (read("native.junit.xml"), read("native.ktap"));
    assert!(junit.contains(r#"<testcase name="syscase/run" classname="syscase""#), "{junit}");
    assert!(junit.contains(r#"<error message="ended with status 1" type="broken off"/>"#), "{junit}");
    assert!(junit.contains(r#" tests="3""#) && junit.contains(r#" errors="3""#), "{junit}");
    assert_eq!(
        ktap,
        "KTAP version 1\n1..1\n  KTAP version 1\n  # Subtest: close(2)\n  1..2\n  \
         not ok 1 close/close/closed # ERROR not run: ended with status 1\n  \
         not ok 2 close/close/dated # ERROR not run: ended with status 1\n\
         not ok 1 close(2)\nBail out! ended with status 1\n"
    );
}

#[test]
fn parts_make_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    cases(dir.path());
    let ran = |shard: &str| {
        let output = syscase(dir.path(), &["run", "--json", "part.jsonl", "--shard", shard]);
        let lines = fs::read_to_string(dir.path().join("part.jsonl")).unwrap_or_default();
        let _ = fs::remove_file(dir.path().join("part.jsonl"));
        (output.status.code(), lines.lines().filter(|line| line.contains(r#""type":"case""#)).count())
    };
    let parts = [ran("1/2"), ran("2/2")];
    assert_eq!(parts.iter().map(|(_, cases)| cases).sum::<usize>(), 2, "{parts:?}");
    assert_eq!(ran("3/2").0, Some(2));
}
