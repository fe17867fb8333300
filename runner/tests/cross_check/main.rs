//! A cross-check: what strace sees of the cases' calls, beside the trace that syscase prints.

mod calls;
mod case;
mod falsified;
mod line;
mod log;
mod notation;
mod rules;
mod sample;
mod tree;
mod value;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use case::{Account, View};
use rules::{RULES, Rules};
use syscase::abi;
use syscase::case::load_dir;
use syscase::exec::MARK;
use syscase::plan::{Planned, Shown, plan_all};
use syscase::report::{CaseEvent, Event};

/// Disagreements that are shown.
const SHOWN: usize = 400;

/// Cases whose steps are not compared yet, by the beginning of their ids: strace writes what they hand over in notations
/// that are not read here.
const UNREAD: [(&str, &str); 23] = [
    ("capset/sets/version-1", "sets of capabilities in one element"),
    ("claims/zero-copy-article/sendfile/copy-without-gathering", "links, addresses and ethtool"),
    ("claims/zero-copy-article/sendfile/lent-", "links, addresses and ethtool"),
    ("execve/inherited/dispositions", "signals that come once another program is performed"),
    ("ioctl/disks/clone-", "requests of two names"),
    ("ioctl/files/clone-", "requests of two names"),
    ("ioctl/interfaces/", "struct ifreq, of which strace shows the member that is meant"),
    ("ioprio_set/", "IOPRIO_PRIO_VALUE"),
    ("modify_ldt/", "results of 32 bits"),
    ("poll/pipe-blocking/ignored-signal-does-not-interrupt", "a call that is begun anew without a handler"),
    ("prlimit64/processor-time/", "a call that is repeated until it kills"),
    ("recvmsg/control/no-room-for-control", "no control messages"),
    ("sched_get_priority_max/", "a policy that Linux never had"),
    ("sched_get_priority_min/", "a policy that Linux never had"),
    ("sched_rr_get_interval/", "struct sched_param in brackets"),
    ("sched_setaffinity/", "sets of processors"),
    ("sched_setparam/", "struct sched_param in brackets"),
    ("sched_setscheduler/", "struct sched_param in brackets"),
    ("sendmmsg/datagrams/second-fails", "messages that were not sent"),
    ("setsockopt/multicast/", "struct group_req"),
    ("signalfd4/inherited/", "signals from a descriptor that another process made"),
    ("statfs/disks/type", "magic numbers of two names"),
    ("userfaultfd/", "features that are asked for and told in one field"),
];

#[test]
fn every_step_of_every_case_agrees_with_strace() {
    if let Err(reason) = usable() {
        return eprintln!("skipped: {reason}");
    }
    let cases = cases();
    let mut rules = Rules::default();
    let (mut wrong, mut failed) = (Vec::new(), Vec::new());
    let mut told = String::new();
    let newer = newer_than_strace(&cases);
    for view in [View::Registers, View::Meaning] {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let events = run(&cases, view, dir.path());
        let mut log = log::read(&dir.path().join("log"), MARK).expect("strace's files");
        let (mut performed, mut steps) = (0, 0);
        for event in &events {
            let Some(trace) = event.performed.as_ref().and_then(|performed| performed.trace.as_ref()) else { continue };
            let planned = cases.iter().find(|case| case.id == event.id).expect("a case that there is");
            let threads = log.remove(&planned.plan.digest()).unwrap_or_default();
            let unread = UNREAD.iter().any(|(begin, _)| event.id.starts_with(begin));
            if unread || called(planned).any(|call| newer.contains(call)) {
                continue;
            }
            let account = Account { planned, trace, shown: &event.trace };
            let (compared, disagreements) = account.compare(&threads, view, &mut rules);
            if event.verdict.is_bad() {
                failed.push(format!("{}: {}", event.id, event.reason.as_deref().unwrap_or_default()));
            }
            performed += 1;
            steps += compared;
            wrong.extend(disagreements);
        }
        // Nobody keeps the traces of probes.
        let probes: BTreeSet<u64> = cases.iter().filter_map(|case| Some(case.probe.as_ref()?.plan.digest())).collect();
        let unknown: Vec<_> = log.keys().filter(|digest| !probes.contains(digest)).collect();
        assert!(unknown.is_empty(), "strace saw steps of no case: {unknown:x?}");
        assert!(performed > 0 && steps > performed, "{performed} cases, {steps} steps");
        told += &format!("{view:?}: {steps} steps of {performed} cases\n");
    }
    for (name, _) in RULES {
        told += &format!("{:6} × {name}\n", rules.uses(name));
    }
    println!("{told}");
    let shown: Vec<String> = wrong.iter().take(SHOWN).map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{} disagreements:\n{}", wrong.len(), shown.join("\n"));
    assert!(failed.is_empty(), "cases that fail under strace: {failed:#?}");
    assert!(rules.unused().is_empty(), "rules that explain nothing: {:?}", rules.unused());
}

/// Whether strace is there and may trace.
fn usable() -> Result<(), String> {
    let output = Command::new("strace").args(["-f", "--seccomp-bpf", "-o/dev/null", "-etrace=close", "true"]).output();
    match output {
        Err(error) => Err(format!("strace: {error}; to install it: ci/install-targets strace")),
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("strace cannot trace: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

fn case_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases")
}

fn cases() -> Vec<Planned> {
    let planned = load_dir(&case_dir()).and_then(|cases| plan_all(&cases));
    planned.unwrap_or_else(|wrong| panic!("{}", syscase::case::render(&wrong, false)))
}

/// The names of a case's calls.
fn called(case: &Planned) -> impl Iterator<Item = &'static str> {
    case.lines.iter().filter_map(|line| match &line.shown {
        Shown::Call { call, .. } => Some(call.name),
        _ => None,
    })
}

/// Calls that the strace which is installed does not know.
fn newer_than_strace(cases: &[Planned]) -> BTreeSet<&'static str> {
    let knows = |call: &&str| {
        let mut strace = Command::new("strace");
        let output = strace.arg(format!("--trace={call}")).args(["-o", "/dev/null", "true"]).output();
        output.expect("strace runs").status.success()
    };
    let mut calls: BTreeSet<_> = cases.iter().flat_map(called).collect();
    // Of a call without a name, strace cannot be told to trace it.
    calls.retain(|call| abi::syscall(call).is_none() || !knows(call));
    calls
}

/// Runs all cases under strace, which writes to `log/` in this directory.
fn run(cases: &[Planned], view: View, dir: &Path) -> Vec<CaseEvent> {
    fs::create_dir(dir.join("log")).expect("a directory");
    let calls = cases.iter().flat_map(called).chain(["prctl", "rt_sigreturn", "restart_syscall"]);
    // With `?`, a call that the architecture lacks is no error.
    let calls: BTreeSet<String> = calls.map(|name| format!("?{name}")).collect();
    // A page fault that a case serves itself would stop strace for ever, if it looked into such a page.
    let mut command = Command::new("timeout");
    command.args(["--signal=KILL", "900", "strace"]);
    command.args(["-ff", "-A", "-q", "--seccomp-bpf", "-o"]).arg(dir.join("log/thread"));
    command.arg(format!("--trace={}", calls.into_iter().collect::<Vec<_>>().join(",")));
    match view {
        View::Registers => command.arg("--raw=all"),
        View::Meaning => command.args(["--no-abbrev", "--string-limit=32"]),
    };
    command.arg(env!("CARGO_BIN_EXE_syscase")).args(["run", "--marks", "--deadline", "60", "--cases"]).arg(case_dir());
    let output = command.arg("--json").arg(dir.join("events")).output().expect("strace runs");
    let events = fs::read_to_string(dir.join("events")).unwrap_or_default();
    let events = events.lines().map(|line| serde_json::from_str(line).expect("an event"));
    let events: Vec<CaseEvent> =
        events.filter_map(|event| if let Event::Case(case) = event { Some(*case) } else { None }).collect();
    assert_eq!(events.len(), cases.len(), "{}", String::from_utf8_lossy(&output.stderr));
    events
}
