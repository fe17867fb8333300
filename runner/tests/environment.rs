//! A poor environment: limits that are too low, no `/proc`, no devices, nowhere to write. That is not the kernel's
//! failure: no case fails of them, or nothing is run, with the reason.

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;
#[path = "common/program.rs"]
mod program;
#[path = "common/root.rs"]
mod root;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

use nix::sys::resource::{Resource, setrlimit};
use rstest::rstest;
use serde_json::Value;

/// A user without any privilege.
const NOBODY: u32 = 65534;

/// Files of cases that meet most of what surrounds them.
const FILES: [&str; 4] = ["open/direct.yaml", "write/files.yaml", "sendfile/transfer.yaml", "mmap/errors.yaml"];

/// A copy of the program that anybody can start, with cases, in a directory in which anybody can write.
fn stage() -> tempfile::TempDir {
    let stage = tempfile::tempdir().expect("a temporary directory");
    fs::set_permissions(stage.path(), fs::Permissions::from_mode(0o777)).expect("permissions");
    program::copy_program(&stage.path().join("syscase"));
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases");
    for file in FILES {
        let copy = stage.path().join("cases").join(file);
        fs::create_dir_all(copy.parent().expect("a directory")).expect("a directory");
        fs::copy(all.join(file), copy).expect("a file of cases");
    }
    stage
}

fn is_root() -> bool {
    let root = nix::unistd::geteuid().is_root();
    if !root {
        eprintln!("skipped: only root can make such an environment");
    }
    root
}

/// The program there, as nobody where we can be somebody else, with this limit.
fn limited(stage: &Path, resource: Resource, (soft, hard): (u64, u64)) -> Command {
    let mut command = Command::new(stage.join("syscase"));
    command.args(["run", "--json", "run.jsonl", "--cases", "cases"]).current_dir(stage).env("TMPDIR", stage);
    if nix::unistd::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    // SAFETY: one system call, which is safe after a fork.
    unsafe { command.pre_exec(move || setrlimit(resource, soft, hard).map_err(io::Error::from)) };
    command
}

/// Events of the run, of which no case failed or could not be set up.
fn sound(output: &Output, json: &Path) -> Vec<Value> {
    let (said, shown) = (common::stderr(output), common::stdout(output));
    assert_eq!(output.status.code(), Some(0), "{:?}: {said}{shown}", output.status);
    let text = fs::read_to_string(json).expect("a file");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[rstest]
#[case(
    Resource::RLIMIT_NOFILE,
    6,
    "error: RLIMIT_NOFILE is 6 descriptors, and cannot be raised: 1024 descriptors are needed\n"
)]
#[case(
    Resource::RLIMIT_NOFILE,
    32,
    "error: RLIMIT_NOFILE is 32 descriptors, and cannot be raised: 1024 descriptors are needed\n"
)]
#[case(Resource::RLIMIT_AS, 300 << 20, "error: RLIMIT_AS is 300 MiB, and cannot be raised: 2048 MiB are needed\n")]
#[case(Resource::RLIMIT_AS, 1200 << 20, "error: RLIMIT_AS is 1200 MiB, and cannot be raised: 2048 MiB are needed\n")]
#[case(Resource::RLIMIT_FSIZE, 1 << 20, "error: RLIMIT_FSIZE is 1 MiB, and cannot be raised: 1024 MiB are needed\n")]
#[case(
    Resource::RLIMIT_NPROC,
    20,
    "error: RLIMIT_NPROC is 20 processes, and cannot be raised: 512 processes are needed\n"
)]
fn a_limit_that_is_too_low_is_said(#[case] resource: Resource, #[case] limit: u64, #[case] told: &str) {
    let stage = stage();
    let output = limited(stage.path(), resource, (limit, limit)).output().expect("the program starts");
    assert_eq!((output.status.code(), common::stderr(&output).as_str()), (Some(3), told));
    assert!(!stage.path().join("run.jsonl").exists(), "nothing was begun");
}

#[rstest]
#[case(Resource::RLIMIT_NOFILE, 10)]
#[case(Resource::RLIMIT_NPROC, 1)]
#[case(Resource::RLIMIT_FSIZE, 1 << 20)]
fn a_limit_that_is_too_low_is_raised(#[case] resource: Resource, #[case] soft: u64) {
    let (_, hard) = nix::sys::resource::getrlimit(resource).expect("a limit");
    let stage = stage();
    let output = limited(stage.path(), resource, (soft, hard)).output().expect("the program starts");
    assert!(sound(&output, &stage.path().join("run.jsonl")).len() > 10);
}

#[test]
fn where_there_is_memory_for_a_few_workers_they_do() {
    let stage = stage();
    let mut command = limited(stage.path(), Resource::RLIMIT_AS, (2 << 30, 2 << 30));
    let output = command.args(["--jobs", "64"]).output().expect("the program starts");
    assert!(sound(&output, &stage.path().join("run.jsonl")).len() > 10);
}

/// What becomes of the root directory's parts.
const WHOLE: &str = "mount -t tmpfs shm dev/shm && mknod -m 666 dev/zero c 1 5 && mknod -m 666 dev/full c 1 7";

#[rstest]
#[case::no_proc("true", &["needs /proc"])]
#[case::no_devices("mount -t proc proc proc && rm dev/zero dev/full", &["needs /dev/full", "needs /dev/zero"])]
#[case::nowhere_to_write("mount -t proc proc proc && mount -o remount,ro,bind .", &[])]
fn cases_that_need_what_is_missing_are_skipped(
    #[case] poorer: &str,
    #[case] reasons: &[&str],
    #[values(0, NOBODY)] uid: u32,
) {
    if !is_root() {
        return;
    }
    let stage = stage();
    root::furnish(stage.path(), &["dev/shm", "proc", "tmp", "out"]);
    let out = tempfile::tempdir().expect("a temporary directory");
    fs::set_permissions(out.path(), fs::Permissions::from_mode(0o777)).expect("permissions");
    // All mounts go with the namespace.
    let script = format!(
        "mount --bind $2 $2 && cd $2 && {WHOLE} && mount --bind $3 out && {poorer} && \
         exec chroot --userspec=$1:$1 . /syscase run --cases /cases --json /out/run.jsonl"
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", &script, "sh", &uid.to_string()]).arg(stage.path()).arg(out.path());
    let output = command.output().expect("a shell");
    let events = sound(&output, &out.path().join("run.jsonl"));
    let skips: BTreeSet<&str> = events.iter().filter_map(|event| event["reason"].as_str()).collect();
    assert!(reasons.iter().all(|reason| skips.contains(*reason)), "{skips:?}");
    let left: Vec<_> = fs::read_dir(stage.path().join("tmp")).expect("a directory").flatten().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn without_the_null_device_nothing_is_run() {
    if !is_root() {
        return;
    }
    let stage = stage();
    root::furnish(stage.path(), &["dev/shm", "proc", "tmp", "out"]);
    fs::remove_file(stage.path().join("dev/null")).expect("a file");
    let output = Command::new("chroot").arg(stage.path()).args(["/syscase", "run"]).output().expect("chroot");
    let told =
        "error: /dev/null cannot be opened, which every case begins with: No such file or directory (os error 2)\n";
    assert_eq!((output.status.code(), common::stderr(&output).as_str()), (Some(3), told));
}
