//! The program, the process that starts its workers, or all that a run consists of, killed, stopped, interrupted and
//! terminated at random moments: nothing is left behind, and what was written so far is good. `SYSCASE_KILLS=N` asks
//! for more moments, `SYSCASE_SEED=N` for those of an earlier time.

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use common::{Machine, processes_with};
use nix::fcntl::{Flock, FlockArg};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rstest::rstest;
use serde_json::Value;

/// How long what is left may take to go. Only a watchdog: what stays, stays for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// Moments for SIGKILL, where nothing else is asked for; a quarter for the others.
const KILLS: u32 = 20;

/// The same, for those that somebody else than the program gets.
const ENDS: u32 = 3;

/// Keeps a place without process id namespaces, with a `/dev/shm` that nobody else uses, until its input ends.
const WITHOUT_NAMESPACES: &str =
    "mount -t tmpfs tmpfs /dev/shm && echo 0 > /proc/sys/user/max_pid_namespaces && echo ready && exec cat";

/// Such a place.
struct Place {
    keeper: Child,
}

impl Place {
    /// None if this machine has no user namespaces.
    fn make() -> Option<Self> {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", WITHOUT_NAMESPACES]);
        let mut place = Place { keeper: command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()? };
        let mut said = [0; 6];
        place.keeper.stdout.as_mut()?.read_exact(&mut said).ok().map(|()| place)
    }

    /// The program there.
    fn command(&self) -> Command {
        let mut command = Command::new("nsenter");
        let target = self.keeper.id().to_string();
        command.args([
            "--target",
            &target,
            "--user",
            "--mount",
            "--preserve-credentials",
            env!("CARGO_BIN_EXE_syscase"),
        ]);
        command
    }

    fn shared_memory(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root/dev/shm", self.keeper.id()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A run to be ended, and where it leaves its traces.
struct Scene {
    /// Where there are no namespaces, if so.
    place: Option<Place>,
    dir: tempfile::TempDir,
    mark: String,
    before: Machine,
}

/// A run that nobody disturbs.
struct Whole {
    time: Duration,
    cases: usize,
}

/// A run that was ended.
struct Ended {
    output: Output,
    /// How long that took.
    took: Duration,
    events: Vec<Value>,
    /// Cases of which it tells.
    done: usize,
    /// What the summary says, if there is one.
    partial: Option<bool>,
}

impl Scene {
    /// None where this isolation is not available.
    fn new(isolation: &str, what: &str) -> Option<(Self, fastrand::Rng)> {
        let place = (isolation == "processes").then(Place::make);
        if let Some(None) = place {
            eprintln!("skipped: there is no user namespace in which to forbid namespaces");
            return None;
        }
        let seed = number("SYSCASE_SEED").unwrap_or_else(|| fastrand::u64(..));
        println!("SYSCASE_SEED={seed}");
        let dir = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir(dir.path().join("tmp")).expect("a directory");
        let mark = format!("killed-{}-{what}-{isolation}", std::process::id());
        let before = look(&dir.path().join("tmp"));
        Some((Scene { place: place.flatten(), dir, mark, before }, fastrand::Rng::with_seed(seed)))
    }

    /// A whole run: how long it takes if it may.
    fn undisturbed(&self, isolation: &str) -> Whole {
        let begin = Instant::now();
        let status = self.start().wait().expect("an end");
        let time = begin.elapsed();
        assert_eq!(status.code(), Some(0), "undisturbed, all is well");
        let events = self.events();
        assert_eq!(events[0]["isolation"], isolation);
        self.settles();
        Whole { time, cases: events.len() - 2 }
    }

    /// What is left of a run that was given a signal.
    fn end(&self, child: Child) -> Ended {
        let begin = Instant::now();
        let output = child.wait_with_output().expect("an end");
        let took = begin.elapsed();
        self.settles();
        let events = self.events();
        let summary = events.last().filter(|event| event["type"] == "summary");
        let partial = summary.map(|event| event["partial"] == true);
        let done = events.iter().filter(|event| event["type"] == "case").count();
        Ended { output, took, events, done, partial }
    }

    fn json(&self) -> PathBuf {
        self.dir.path().join("run.jsonl")
    }

    /// Starts a run of cases that leave processes, threads and files to be removed.
    fn start(&self) -> Child {
        let _ = fs::remove_file(self.json());
        let here = || Command::new(env!("CARGO_BIN_EXE_syscase"));
        let mut command = self.place.as_ref().map_or_else(here, Place::command);
        command.args(["run", "--jobs", "4", "--shuffle", "--json"]).arg(self.json());
        command.arg("--cases").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/killed"));
        command.env("SYSCASE_TEST", &self.mark).env("TMPDIR", self.dir.path().join("tmp"));
        command.current_dir(self.dir.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    }

    /// Kills what was not there yet when its parent was, and waits until no process of it is there.
    fn kill_the_rest(&self) {
        let variable = format!("SYSCASE_TEST={}", self.mark);
        let begin = Instant::now();
        loop {
            let rest = processes_with(&variable);
            rest.iter().for_each(|&pid| _ = kill(Pid::from_raw(pid as i32), Signal::SIGKILL));
            if rest.is_empty() {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "{rest:?} remain");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until all is as it was before.
    fn settles(&self) {
        let variable = format!("SYSCASE_TEST={}", self.mark);
        let begin = Instant::now();
        loop {
            let processes = processes_with(&variable);
            let shared = self.place.iter().flat_map(|place| fs::read_dir(place.shared_memory())).flatten().flatten();
            let shared: Vec<_> = shared.map(|entry| entry.path()).collect();
            let machine = look(&self.dir.path().join("tmp"));
            if processes.is_empty() && shared.is_empty() && machine == self.before {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "{processes:?}, {shared:?}, {machine:?} remain; {:?}", self.before);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The events written so far, each complete; after the last, at most a part of one.
    fn events(&self) -> Vec<Value> {
        let text = fs::read(self.json()).unwrap_or_default();
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let events: Vec<Value> = text[..whole]
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| serde_json::from_slice(line).expect("a complete line is an event"))
            .collect();
        for (i, event) in events.iter().enumerate() {
            let expected = if i == 0 { "target" } else { "case" };
            let last = event["type"] == "summary" && i + 1 == events.len();
            assert!(event["type"] == expected || last, "event {i} is {event}");
        }
        // The kernel cuts a write short only for a deadly signal.
        assert!(text.len() == whole || serde_json::from_slice::<Value>(&text[whole..]).is_err_and(|e| e.is_eof()));
        events
    }
}

/// The machine, with what the program puts into `/dev/shm`: others may use that, too.
fn look(temporary: &Path) -> Machine {
    let mut machine = Machine::look(temporary);
    let is_ours = |path: &Path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"syscase-"));
    machine.memory.retain(|path| is_ours(path));
    machine
}

/// The processes below one, that one first.
fn tree(root: i32) -> Vec<i32> {
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let parent = |pid: i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse::<i32>().ok()
    };
    let pids = numbers.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let pairs: Vec<(i32, i32)> = pids.filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&pid) = found.get(next) {
        found.extend(pairs.iter().filter(|(_, parent)| *parent == pid).map(|(pid, _)| *pid));
        next += 1;
    }
    found
}

/// Waits until the program has said what came of so many cases, if it does.
fn await_cases(child: &mut Child, json: &Path, cases: usize) {
    let lines = || fs::read(json).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
    while lines() < cases + 1 && child.try_wait().is_ok_and(|ended| ended.is_none()) {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Who is given a signal.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Whom {
    /// Every process of the run, as where a service is stopped.
    All,
    /// The process that starts workers.
    Launcher,
}

#[rstest]
#[case::interrupt_all(Signal::SIGINT, Whom::All, "interrupted; ")]
#[case::terminate_all(Signal::SIGTERM, Whom::All, "interrupted; ")]
#[case::hang_up_all(Signal::SIGHUP, Whom::All, "interrupted; ")]
#[case::interrupt_launcher(Signal::SIGINT, Whom::Launcher, "")]
#[case::terminate_launcher(Signal::SIGTERM, Whom::Launcher, "")]
#[case::hang_up_launcher(Signal::SIGHUP, Whom::Launcher, "")]
#[case::kill_launcher(Signal::SIGKILL, Whom::Launcher, "error: the process that starts workers was killed\n")]
#[case::stop_launcher(Signal::SIGSTOP, Whom::Launcher, "error: the process that starts workers was stopped\n")]
fn from_outside(
    #[case] signal: Signal,
    #[case] whom: Whom,
    #[case] told: &str,
    #[values("namespaces", "processes")] isolation: &str,
) {
    let Some((scene, mut random)) = Scene::new(isolation, &format!("{signal}-{whom:?}")) else { return };
    let Whole { cases, .. } = scene.undisturbed(isolation);

    let mut hit = 0;
    for nth in 0..number("SYSCASE_KILLS").map_or(ENDS, |kills| kills as u32) {
        let mut child = scene.start();
        await_cases(&mut child, &scene.json(), random.usize(0..cases / 2));
        let pids = tree(child.id() as i32);
        let pids = if whom == Whom::All { &pids[..] } else { pids.get(1..2).unwrap_or_default() };
        pids.iter().for_each(|&pid| _ = kill(Pid::from_raw(pid), signal));
        let Ended { output, took, events, done, partial } = scene.end(child);
        assert!(took < PATIENCE, "{nth}: it took {took:?} to end");
        let said = common::stderr(&output);
        match output.status.code() {
            Some(3) if !told.is_empty() => {
                hit += 1;
                assert!(said.contains(told), "{nth}: {said}");
                assert_eq!(partial, Some(true), "{nth}: {said}");
            }
            Some(0) => assert_eq!((partial, done), (Some(false), cases), "{nth}: {said}"),
            _ => panic!("{nth}: {:?}: {said}", output.status),
        }
        let cases = events.iter().filter(|e| e["type"] == "case");
        let wrong: Vec<_> = cases.filter(|e| e["verdict"] != "pass" && e["reason"] != "interrupted").collect();
        assert!(wrong.is_empty(), "{nth}: {wrong:?}");
    }
    // Who has all workers that it needs does not miss who starts them.
    let missed = signal == Signal::SIGSTOP || told.is_empty();
    assert!(hit > 0 || missed, "all runs were through before the signal");
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

#[rstest]
fn at_any_moment(
    #[values(Signal::SIGKILL, Signal::SIGINT, Signal::SIGTERM)] signal: Signal,
    #[values("namespaces", "processes")] isolation: &str,
) {
    let Some((scene, mut random)) = Scene::new(isolation, signal.as_str()) else { return };
    let Whole { time, cases } = scene.undisturbed(isolation);

    let kills = number("SYSCASE_KILLS").map_or(KILLS, |kills| kills as u32);
    let kills = if signal == Signal::SIGKILL { kills } else { kills.div_ceil(4) };
    let mut between = 0;
    for nth in 0..kills {
        let moment = time.mul_f64(random.f64());
        let child = scene.start();
        std::thread::sleep(moment);
        kill(Pid::from_raw(child.id() as i32), signal).expect("a signal");
        let Ended { output, events, done, partial, .. } = scene.end(child);
        let (status, said) = (output.status, common::stderr(&output));
        match status.code() {
            // Before it has a handler, a signal does what it always does. All may have been done and told by then.
            None => {
                assert_eq!(status.signal(), Some(signal as i32), "{nth}: killed");
                assert!(partial.is_none() || (partial, done) == (Some(false), cases), "{nth}: {partial:?} of {done}");
            }
            Some(0) => assert_eq!((partial, done), (Some(false), cases), "{nth}: it was through"),
            Some(3) if said == "error: interrupted\n" => assert_eq!(partial, None, "{nth}: before the run"),
            Some(3) => assert_eq!(partial, Some(true), "{nth}: interrupted, it says so"),
            Some(code) => panic!("{nth}: status {code} after {signal} at {moment:?}: {:?}", events.last()),
        }
        between += u32::from(0 < done && done < cases);
    }
    println!("{kills} times {signal}, {between} of them between the first case and the last");
}

/// Control groups of runs, and directories below the scene's.
fn places(scene: &Scene) -> impl Iterator<Item = PathBuf> {
    let children = |dir: PathBuf| fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_ours =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"syscase-"));
    let hierarchies = children(PathBuf::from("/sys/fs/cgroup"));
    let shared = scene.place.iter().flat_map(move |place| children(place.shared_memory()));
    hierarchies.flat_map(children).chain(shared).chain(children(scene.dir.path().join("tmp"))).filter(is_ours)
}

fn is_held(path: &Path) -> bool {
    let open = fs::File::open(path);
    open.is_ok_and(|file| Flock::lock(file, FlockArg::LockExclusiveNonblock).is_err())
}

/// A run that goes on meanwhile keeps what it has.
#[rstest]
fn what_is_left_of_a_run_killed_as_a_whole_goes_with_the_next_run(
    #[values("namespaces", "processes")] isolation: &str,
) {
    let Some((scene, mut random)) = Scene::new(isolation, "whole") else { return };
    let Whole { cases, .. } = scene.undisturbed(isolation);
    for nth in 0..ENDS {
        let mut child = scene.start();
        await_cases(&mut child, &scene.json(), random.usize(0..cases / 2));
        // None of them has time to clean up.
        let pids = tree(child.id() as i32);
        pids.iter().for_each(|&pid| _ = kill(Pid::from_raw(pid), Signal::SIGSTOP));
        pids.iter().for_each(|&pid| _ = kill(Pid::from_raw(pid), Signal::SIGKILL));
        child.wait().expect("an end");
        scene.kill_the_rest();
        let left: BTreeSet<_> = places(&scene).filter(|place| !is_held(place)).collect();
        println!("{nth}: {left:?}");
        assert!(left.iter().any(|place| place.starts_with(scene.dir.path())), "{nth}: no directory in {left:?}");
        assert_eq!(scene.start().wait().expect("an end").code(), Some(0));
        let now: BTreeSet<_> = places(&scene).filter(|place| !is_held(place)).collect();
        // Processes of others that are at work are in groups of theirs.
        let is_empty = |place: &&PathBuf| fs::read(place.join("cgroup.procs")).map_or(true, |pids| pids.is_empty());
        let still: Vec<_> = left.intersection(&now).filter(is_empty).cloned().collect();
        assert!(still.is_empty(), "{still:?} remain of the run before");
    }
}

#[test]
fn a_run_keeps_what_it_has_while_others_end() {
    let Some((scene, _)) = Scene::new("namespaces", "beside") else { return };
    let Whole { cases, .. } = scene.undisturbed("namespaces");
    let mut child = scene.start();
    await_cases(&mut child, &scene.json(), 1);
    kill(Pid::from_raw(child.id() as i32), Signal::SIGSTOP).expect("a signal");
    let own: BTreeSet<_> = places(&scene).filter(|place| place.starts_with(scene.dir.path())).collect();
    assert!(!own.is_empty() && own.iter().all(|place| is_held(place)), "{own:?}");
    let mut beside = Command::new(env!("CARGO_BIN_EXE_syscase"));
    beside.args(["run", "close"]).env("TMPDIR", scene.dir.path().join("tmp")).stdout(Stdio::null());
    assert_eq!(beside.status().expect("the program runs").code(), Some(0));
    assert!(own.iter().all(|place| place.is_dir()), "{own:?}");
    kill(Pid::from_raw(child.id() as i32), Signal::SIGCONT).expect("a signal");
    let Ended { output, done, .. } = scene.end(child);
    assert_eq!((output.status.code(), done), (Some(0), cases), "{}", common::stderr(&output));
}
