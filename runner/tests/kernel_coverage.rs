//! `syscase kernel-coverage` over saved runs, and what is said where the kernel is not there. The kernel itself takes long to
//! build: `ci/kernel-coverage-test` runs it where that was done.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use insta::assert_snapshot;

const RUN: &str = r#"{"type":"kernel-coverage","kernel":"6.1.192-syscase","build":"","suite":null,"filter":null,"calls":{"pipe2":"pipe2","tee":"tee"},"cases":3,"passed":2}
{"type":"kernel-file","file":"fs/pipe.c","functions":[[10,13,"__se_sys_pipe2",3],[20,22,"__do_sys_tee",0]],"lines":[[10,3,[],"SYSCALL_DEFINE2(pipe2, int __user *, fildes, int, flags)"],[11,3,[2,0],"if (flags)"],[12,0,[],"return -EINVAL;"],[20,0,[],"SYSCALL_DEFINE4(tee)"]]}
{"type":"kernel-file","file":"ipc/shm.c","functions":[],"lines":[[5,1,[],"down();"]]}
"#;

/// A place with a saved run, and one that reached a line less.
fn place() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    write("run.json", RUN);
    write("before.json", &RUN.replace("[11,3,[2,0]", "[11,0,[0,0]"));
    write("other.json", &RUN.replace("6.1.192", "6.12.1"));
    write("none.yaml", "unreachable: []\n");
    let entry = "  - {file: fs/pipe.c, lines: [\"return -EINVAL;\"], cause: never, because: Nobody asks for it.}\n";
    write("list.yaml", &format!("unreachable:\n{entry}"));
    write(
        "stale.yaml",
        &format!("unreachable:\n{}", entry.replace("fs/pipe.c", "ipc/shm.c").replace("return -EINVAL;", "down();")),
    );
    dir
}

fn syscase(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_syscase"));
    command.current_dir(dir).env("SYSCASE_CACHE", dir.join("cache")).args(args).output().unwrap()
}

fn kernel_coverage(dir: &Path, args: &[&str]) -> Output {
    let list: &[&str] = if args.contains(&"--unreachable") { &[] } else { &["--unreachable", "none.yaml"] };
    syscase(dir, &[&["kernel-coverage"], args, list].concat())
}

fn shown(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    format!("{out}{err}exit {}", output.status.code().unwrap())
}

#[test]
fn a_saved_run_is_shown_by_folder_and_by_file() {
    let dir = place();
    assert_snapshot!(shown(&kernel_coverage(dir.path(), &["--from", "run.json"])));
    assert_snapshot!(shown(&kernel_coverage(dir.path(), &["--from", "run.json", "--file", "fs/*", "--shown", "1"])));
}

#[test]
fn what_was_gained_is_shown() {
    let dir = place();
    assert_snapshot!(shown(&kernel_coverage(
        dir.path(),
        &["--from", "run.json", "--against", "before.json", "--shown", "0"]
    )));
    let other = kernel_coverage(dir.path(), &["--from", "run.json", "--against", "other.json"]);
    assert!(shown(&other).ends_with("exit 2") && shown(&other).contains("6.12.1-syscase"), "{}", shown(&other));
}

#[test]
fn the_list_counts_apart_and_must_be_true() {
    let dir = place();
    assert_snapshot!(shown(&kernel_coverage(
        dir.path(),
        &["--from", "run.json", "--file", "fs/*", "--unreachable", "list.yaml"]
    )));
    assert_snapshot!(shown(&kernel_coverage(
        dir.path(),
        &["--from", "run.json", "--shown", "0", "--unreachable", "stale.yaml"]
    )));
}

#[test]
fn too_little_fails() {
    let dir = place();
    let code = |least: &str| {
        let output = kernel_coverage(dir.path(), &["--from", "run.json", "--file", "fs/*", "--least", least]);
        output.status.code().unwrap()
    };
    assert_eq!([code("50"), code("51"), code("101")], [0, 1, 2]);
}

#[test]
fn it_is_written_and_read_again() {
    let dir = place();
    let args = ["--from", "run.json", "--json", "again.json", "--markdown", "list.md", "--results", "results.md"];
    assert!(kernel_coverage(dir.path(), &args).status.success());
    let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(read("again.json"), RUN);
    assert!(read("list.md").contains("   12   #####  return -EINVAL;"), "{}", read("list.md"));
    let results = read("results.md");
    assert!(
        results.contains("<!-- begin: syscase kernel-coverage -->") && results.contains("| fs/pipe.c | 4 |"),
        "{results}"
    );
}

#[test]
fn what_is_no_run_is_refused() {
    let dir = place();
    for args in [["--from", "none.yaml"], ["--from", "missing.json"]] {
        assert_eq!(kernel_coverage(dir.path(), &args).status.code(), Some(2));
    }
    assert_eq!(kernel_coverage(dir.path(), &["--from", "run.json", "--file", "mm/*"]).status.code(), Some(2));
}

#[test]
fn where_the_kernel_is_not_built_it_is_said_how_to() {
    let dir = place();
    let output = kernel_coverage(dir.path(), &[]);
    let text = shown(&output);
    assert!(text.ends_with("exit 3") && text.contains("ci/build-kernel 6.1"), "{text}");
    let output = kernel_coverage(dir.path(), &["--target", "native"]);
    assert!(shown(&output).ends_with("exit 2"), "{}", shown(&output));
    // The script says so as well, and builds nothing.
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ci/build-kernel");
    let script =
        Command::new(script).arg("--if-built").env("SYSCASE_CACHE", dir.path().join("cache")).output().unwrap();
    assert_eq!(script.status.code(), Some(77), "{}", shown(&script));
    assert!(!dir.path().join("cache/build").exists());
}

#[test]
fn a_report_has_a_page_of_it() {
    let dir = place();
    let run = syscase(dir.path(), &["run", "pipe2/errors/bad-pointer", "--json", "cases.jsonl"]);
    let args = ["report", "--results", "cases.jsonl", "--kernel-coverage", "run.json", "--html", "site"];
    let output = syscase(dir.path(), &args);
    assert!(output.status.success(), "{}{}", shown(&run), shown(&output));
    let read = |name: &str| fs::read_to_string(dir.path().join("site").join(name)).unwrap();
    assert!(read("index.html").contains("href=\"kernel.html\""));
    assert!(read("kernel.html").contains("#####  return -EINVAL;"));
}
