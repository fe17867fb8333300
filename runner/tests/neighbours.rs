//! What one case does, and the next one of the same worker does not see.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A user without any privilege.
const NOBODY: u32 = 65534;

const ANYWHERE: &str = "sin_addr: {hex: \"7f 00 00 01\"}";

/// A connection over the loopback interface.
fn connection() -> String {
    let port = "sin_port: {hex: \"1f 90\"}";
    let socket = "{call: socket, args: {domain: AF_INET, type: SOCK_STREAM, protocol: 0}";
    let addr = format!("addr: {{sockaddr_in: {{sin_family: AF_INET, {port}, {ANYWHERE}}}}}");
    format!(
        "
      - {socket}, bind: {{return: l}}}}
      - {{call: bind, args: {{sockfd: $l, {addr}}}, expect: {{return: 0}}}}
      - {{call: listen, args: {{sockfd: $l, backlog: 5}}}}
      - {socket}, bind: {{return: c}}}}
      - {{call: connect, args: {{sockfd: $c, {addr}}}, expect: {{return: 0}}}}
      - {{call: accept, args: {{sockfd: $l}}, bind: {{return: s}}}}
      - {{call: close, args: {{fd: $s}}}}
      - {{call: close, args: {{fd: $c}}, expect: {{return: 0}}}}"
    )
}

/// The steps of a case that leaves something, and of one that would notice.
fn pairs() -> Vec<(&'static str, String, String)> {
    let interface = "argp: {concat: [\"lo\", {fill: 0, len: 14}, {fill: 0, len: 24}]}";
    let down = format!(
        "
      - {{call: socket, args: {{domain: AF_INET, type: SOCK_DGRAM, protocol: 0}}, bind: {{return: fd}}}}
      - {{call: ioctl, args: {{fd: $fd, op: {{raw: 0x8914}}, {interface}}}, expect: {{return: 0}}}}"
    );
    // shmget(0x1234, 4096, IPC_CREAT|0666); ret; then rt_sigreturn(2).
    let code = "b8 1d 00 00 00 bf 34 12 00 00 be 00 10 00 00 ba b6 03 00 00 0f 05 c3 b8 0f 00 00 00 0f 05";
    let handler = "
      - {call: rt_sigaction, args: {signum: SIGUSR1, act: {sa_handler: $code, sa_flags: [0x04000000],
          sa_restorer: $code + 23}, sigsetsize: 8}}
      - {call: kill, args: {pid: $pid, sig: SIGUSR1}, expect: {return: 0}}";
    let no_object = "
      - {call: shmget, args: {key: 0x1234, size: 4096, shmflg: []}, expect: {errno: ENOENT}}";
    let name = "
      - {call: setdomainname, args: {name: \"left-behind\", len: 11}, expect: {return: 0}}";
    let no_name = "
      - {call: openat, args: {dirfd: AT_FDCWD, pathname: /proc/sys/kernel/domainname, flags: [O_RDONLY]},
         bind: {return: fd}}
      - {call: read, args: {fd: $fd, buf: {room: 4}, count: 4}, bind: {buf: {u32: found}}}
      - {call: dup2, args: {oldfd: $fd, newfd: $found - 0x7466656c + 99}, expect: {errno: EBADF}}";
    let mut all = vec![
        ("a connection that was closed first by its server", format!("    steps:{}", connection()), connection()),
        ("an interface that was taken down", format!("    steps:{down}"), connection()),
        ("a domain name", format!("    steps:{name}"), no_name.to_owned()),
    ];
    if cfg!(target_arch = "x86_64") {
        let prot = "prot: [PROT_READ, PROT_WRITE, PROT_EXEC]";
        let memory = format!("    memory: {{code: {{len: 4096, {prot}, init: {{hex: \"{code}\"}}}}}}");
        all.push(("an object that machine code made", format!("{memory}\n    steps:{handler}"), no_object.to_owned()));
    }
    all
}

/// The verdict on a case that comes after another one, and on that one.
fn verdicts(program: &Path, evil: &str, innocent: &str, sandbox: &str, uid: Option<u32>) -> (String, String) {
    let stage = tempfile::tempdir().expect("a temporary directory");
    let open = || fs::Permissions::from_mode(0o777);
    fs::set_permissions(stage.path(), open()).expect("permissions");
    let dir = stage.path().join("cases/x");
    fs::create_dir_all(&dir).expect("a directory");
    let text = format!(
        "subject: x(2)\ncases:\n  a-evil:\n    summary: A case leaves something.\n{evil}\n  \
         b-innocent:\n    summary: There is nothing.\n    steps:{innocent}\n"
    );
    fs::write(dir.join("a.yaml"), text).expect("a file");
    let json = stage.path().join("run.jsonl");
    let mut command = Command::new(program);
    command.args(["run", "--jobs", "1", &format!("--sandbox={sandbox}"), "--cases"]);
    command.arg(stage.path().join("cases")).arg("--json").arg(&json).env("TMPDIR", stage.path());
    if let Some(uid) = uid {
        command.uid(uid).gid(uid);
    }
    let output = command.output().expect("the program runs");
    let text = read(&json, &String::from_utf8_lossy(&output.stderr));
    let verdict = |id: &str| {
        let events = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        let mut cases = events.filter(|event| event["id"] == format!("x/a/{id}"));
        let case = cases.next().unwrap_or_else(|| panic!("no {id}: {text}"));
        format!("{} {}", case["verdict"].as_str().unwrap_or_default(), case["reason"].as_str().unwrap_or_default())
    };
    (verdict("b-innocent"), verdict("a-evil"))
}

fn read(json: &Path, errors: &str) -> String {
    fs::read_to_string(json).unwrap_or_else(|_| panic!("{errors}"))
}

/// One after another: a copy of the program that another thread's child still has open for writing cannot be run.
#[test]
fn a_case_sees_nothing_of_the_one_before_it() {
    let root = nix::unistd::geteuid().is_root();
    let stage = tempfile::tempdir().expect("a temporary directory");
    fs::set_permissions(stage.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let program = stage.path().join("syscase");
    program::copy_program(&program);
    // Only root can become somebody else.
    let users = if root { vec![None, Some(NOBODY)] } else { vec![None] };
    for sandbox in ["auto", "always", "never"] {
        for uid in &users {
            for (what, evil, innocent) in pairs() {
                let (second, first) = verdicts(&program, &evil, &innocent, sandbox, *uid);
                assert_eq!(second, "pass ", "{what}, {sandbox}, {uid:?}: the case before: {first}");
                // Without a sandbox root comes so far with all of them, or they would show nothing.
                let refused = first.contains("EPERM") && (sandbox != "never" || !root || uid.is_some());
                assert!(first == "pass " || refused, "{what}, {sandbox}, {uid:?}: {first}");
            }
        }
    }
}
