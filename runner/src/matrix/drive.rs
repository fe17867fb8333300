//! A target from its start to its end: what it says is judged as it comes, what it does not survive is put on
//! record, and it is started again after that.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use syscase::case::Machine;
use syscase::exec::{End, Performed, Scratch, Trace};
use syscase::judge::is_for;
use syscase::plan::Planned;
use syscase::remote::{Message, Messages, Pack, judged};
use syscase::report::{CaseEvent, Event};
use syscase::target::Target;

use super::kernels;
use super::machine::Machines;
use super::target_file::{Start, TargetFile};

/// How long a target may take from its start to its first word.
const BOOT: Duration = Duration::from_secs(90);
/// How long it may be silent beyond a case's deadline.
const GRACE: Duration = Duration::from_secs(30);
/// Microseconds that a case may take which is not for the target's kernel: what it does there is recorded, not judged.
const NOT_FOR: u64 = 1_000_000;
/// How often an interrupt is looked for.
const LOOK: Duration = Duration::from_millis(100);
/// How often a start may fail in a row, or the same case end the target, until that is believed.
const TRIES: u32 = 2;
/// How often a target is started in all.
const STARTS: u32 = 24;
/// Messages of a target that may wait to be heard: each can be large.
const WAITING: usize = 16;
/// The variable that tells the processes of a start, whose directory it names, from all others.
const MARK: &str = "SYSCASE_START";
/// How much of a console is looked at, in bytes.
const TAIL: u64 = 64 << 10;

/// What there is to do, on any target.
pub(crate) struct Job<'a> {
    pub(crate) machines: &'a Machines,
    pub(crate) cases: &'a [Planned],
    /// What all cases are, of which these may be a part.
    pub(crate) suite: String,
    /// In microseconds.
    pub(crate) deadline: u64,
    /// Whether targets that are not Linux fail by accidents of Linux.
    pub(crate) accidents: bool,
    /// Whether the kernel's own counters are wanted.
    pub(crate) counters: bool,
    /// Whether it is told what of the kernel each case entered.
    pub(crate) by_case: bool,
    pub(crate) interrupted: &'a AtomicBool,
}

/// Hears of what happens on a target.
pub(crate) trait Listener {
    /// The target, then its cases.
    fn event(&mut self, event: Event);
    /// A start that went wrong, and what is done about it.
    fn note(&mut self, note: String);
    /// What of the kernel a case entered: by object, as in `counters`, the numbers of functions.
    fn entered(&mut self, _id: String, _functions: Vec<(String, Vec<u32>)>) {}
    /// What the kernel counted in one of its objects since the start: the path of the file that gcov expects that in, and
    /// its content.
    fn counters(&mut self, _object: String, _data: Vec<u8>) {}
}

/// One target on its way.
struct Drive<'a, L> {
    job: &'a Job<'a>,
    file: &'a TargetFile,
    listener: &'a mut L,
    /// Indices of the cases to come, and each one's by its id.
    left: BTreeSet<usize>,
    by_id: HashMap<&'a str, usize>,
    target: Option<Target>,
    /// How often the target went down in a case.
    downs: BTreeMap<usize, u32>,
    /// Whether cases must not be performed side by side: one of them takes the target down.
    one_by_one: bool,
}

/// How a start ended.
enum Stop {
    /// It said that it was done.
    Done,
    /// It went down, in one of these cases if in any.
    Down { within: Vec<usize>, how: String },
    /// The user has had enough.
    Interrupted,
}

/// Performs the cases on the target. An error: it did not get through all of them, and why.
pub(crate) fn drive<L: Listener>(job: &Job<'_>, file: &TargetFile, listener: &mut L) -> Result<(), String> {
    job.machines.ready(file)?;
    let left = (0..job.cases.len()).collect();
    let by_id = job.cases.iter().enumerate().map(|(case, planned)| (planned.id.as_str(), case)).collect();
    Drive { job, file, listener, left, by_id, target: None, downs: BTreeMap::new(), one_by_one: false }.go()
}

impl<L: Listener> Drive<'_, L> {
    fn go(mut self) -> Result<(), String> {
        let mut fruitless = 0;
        let mut starts = 0;
        while starts < STARTS {
            let (before, chosen) = (self.left.len(), self.chosen());
            match self.start(&chosen)? {
                Stop::Interrupted => return Err("interrupted".to_owned()),
                Stop::Done if self.left.is_empty() => return Ok(()),
                // Those that take a machine each have theirs now.
                Stop::Done if chosen.is_disjoint(&self.left) => continue,
                Stop::Done => return Err(format!("it left out {} cases", self.left.len())),
                Stop::Down { within, how } if within.len() == 1 => self.down(within[0], &how),
                Stop::Down { within, how } => {
                    // Which of several it was shows when they are performed one by one.
                    self.one_by_one |= !within.is_empty();
                    fruitless = if self.left.len() < before { 0 } else { fruitless + 1 };
                    if fruitless > TRIES {
                        return Err(how);
                    }
                    self.listener.note(format!("{how}; started again"));
                }
            }
            starts += 1;
            if self.left.is_empty() {
                return Ok(());
            }
        }
        Err(format!("given up after {STARTS} starts"))
    }

    /// What is performed at the next start: all that leave the machine as it was, then the others one by one.
    fn chosen(&self) -> BTreeSet<usize> {
        let spends = |case: &usize| {
            let needs = &self.job.cases[*case].needs;
            // What is skipped there anyway needs no start.
            self.file.start.boots() && needs.machine.as_ref().is_some_and(|machine| machine.value == Machine::Spent)
        };
        let (spent, kept): (BTreeSet<usize>, BTreeSet<usize>) = self.left.iter().partition(|case| spends(case));
        if kept.is_empty() { spent.into_iter().take(1).collect() } else { kept }
    }

    /// The target went down in a case. Once may be chance: an emulator's own fault. Then it was the case.
    fn down(&mut self, case: usize, how: &str) {
        let id = &self.job.cases[case].id;
        let downs = self.downs.entry(case).or_default();
        *downs += 1;
        if *downs < TRIES {
            return self.listener.note(format!("{how} in {id}; started again with it"));
        }
        self.listener.note(format!("{how} in {id} again; started again after it"));
        self.one_by_one = false;
        let trace = Trace { end: End::TargetLost(how.to_owned()), ..Trace::default() };
        let plan = self.job.cases[case].plan.fingerprint();
        self.take(case, Performed { id: id.clone(), plan, probe: None, trace: Some(trace) });
    }

    /// Starts the target, and listens until it ends.
    fn start(&mut self, chosen: &BTreeSet<usize>) -> Result<Stop, String> {
        let dir = Scratch::new();
        let dir = dir.map_err(|e| format!("cannot make a directory: {e}"))?;
        let pack = Pack::new(chosen.iter().map(|&i| &self.job.cases[i]), self.deadline());
        let mut pack =
            Pack { one_by_one: self.one_by_one, counters: self.job.counters, by_case: self.job.by_case, ..pack };
        let version = self.file.version();
        for (entry, &case) in pack.entries.iter_mut().zip(chosen) {
            let plan = &mut entry.plan;
            plan.deadline = self.file.deviation_deadline(&plan.id).or(plan.deadline);
            if version.is_some_and(|version| !is_for(&self.job.cases[case], version)) {
                plan.deadline = Some(plan.deadline.map_or(NOT_FOR, |deadline| deadline.min(NOT_FOR)));
            }
        }
        let mut launch = self.job.machines.launch(self.file, &pack, dir.path())?;
        let errors = dir.path().join("errors");
        launch.command.stdin(Stdio::null()).stdout(Stdio::piped());
        if !matches!(self.file.start, Start::Uml { .. }) {
            let file = fs::File::create(&errors).map_err(|e| format!("cannot create {}: {e}", errors.display()))?;
            launch.command.stderr(file);
        }
        launch.command.env(MARK, dir.path());
        let child = syscase::exec::die_with_parent(&mut launch.command).spawn();
        let mut child = child.map_err(|e| format!("cannot start {:?}: {e}", launch.command.get_program()))?;
        // The command holds the other ends of the guest's lines.
        drop(launch.command);
        let heard = self.listen(&mut child);
        let status = end(&mut child, matches!(heard, Ok(Heard::Closed { .. })));
        sweep(dir.path());
        Ok(match heard? {
            Heard::Interrupted => Stop::Interrupted,
            Heard::Done => Stop::Done,
            Heard::Silent { within, after } => {
                let words = last_words(launch.console.as_deref(), &errors);
                let how = words.unwrap_or_else(|| format!("was silent for {} s", after.as_secs()));
                Stop::Down { within, how }
            }
            Heard::Closed { within } => {
                let words = last_words(launch.console.as_deref(), &errors);
                let how = words.unwrap_or_else(|| match status {
                    Some(code) if code != launch.done => format!("ended with status {code}"),
                    Some(_) => "ended before it was done".to_owned(),
                    None => "was killed".to_owned(),
                });
                Stop::Down { within, how }
            }
        })
    }

    /// Takes what the target says.
    fn listen(&mut self, child: &mut Child) -> Result<Heard, String> {
        let Some(out) = child.stdout.take() else { return Err("no standard output".to_owned()) };
        let messages = messages(out);
        let (mut within, mut met) = (Vec::new(), false);
        let (mut heard_at, mut patience) = (Instant::now(), BOOT);
        loop {
            if self.job.interrupted.load(Ordering::Acquire) {
                return Ok(Heard::Interrupted);
            }
            let message = match messages.recv_timeout(LOOK) {
                Ok(message) => message,
                Err(RecvTimeoutError::Disconnected) => return Ok(Heard::Closed { within }),
                Err(RecvTimeoutError::Timeout) if heard_at.elapsed() < patience => continue,
                Err(RecvTimeoutError::Timeout) => return Ok(Heard::Silent { within, after: patience }),
            };
            // What was said before is no sign of life: a target may say it for ever.
            match message {
                Message::Target(target) if !met => {
                    met = true;
                    self.meet(*target);
                }
                Message::Begin { id } => {
                    let Some(case) = self.index(&id).filter(|case| !within.contains(case)) else { continue };
                    within.push(case);
                    let longest = within.iter().filter_map(|&case| self.job.cases[case].plan.deadline).max();
                    patience = Duration::from_micros(longest.unwrap_or(0).max(self.deadline())) + GRACE;
                }
                Message::Performed(performed) if self.target.is_some() => {
                    let Some(case) = self.index(&performed.id) else { continue };
                    within.retain(|&other| other != case);
                    let plan = self.job.cases[case].plan.fingerprint();
                    self.take(case, Performed { plan, ..*performed });
                }
                Message::Entered { id, functions } => self.listener.entered(id, functions),
                Message::Counters { object, data } => self.listener.counters(object, data),
                Message::End { .. } => return Ok(Heard::Done),
                Message::Target(_) | Message::Performed(_) => continue,
            }
            heard_at = Instant::now();
        }
    }

    /// Of cases that have none of their own, in microseconds.
    fn deadline(&self) -> u64 {
        self.file.deadline.map_or(self.job.deadline, |seconds| (seconds * 1e6) as u64)
    }

    fn index(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied().filter(|case| self.left.contains(case))
    }

    fn meet(&mut self, target: Target) {
        if self.target.is_some() {
            return;
        }
        let config = match &self.file.start {
            Start::Qemu { kernel } => kernels::config(kernel).map(|text| syscase::target::options(&text)),
            _ => target.config.clone(),
        };
        let (name, judge_as) = (self.file.name.clone(), self.file.judge_as.clone());
        let system = self.file.system.clone().or(target.system);
        let (suite, accidents) = (Some(self.job.suite.clone()), self.job.accidents);
        let target = Target { name, judge_as, config, system, accidents, suite, ..target };
        self.listener.event(Event::Target(Box::new(target.clone())));
        self.target = Some(target);
    }

    fn take(&mut self, case: usize, performed: Performed) {
        let event: CaseEvent = match &self.target {
            Some(target) => {
                let deviation = self.file.deviation(&performed.id);
                judged(&self.job.cases[case], performed, target, deviation.as_ref())
            }
            None => return,
        };
        self.left.remove(&case);
        self.listener.event(Event::Case(Box::new(event)));
    }
}

/// Why nothing more was heard.
enum Heard {
    Done,
    Closed { within: Vec<usize> },
    Silent { within: Vec<usize>, after: Duration },
    Interrupted,
}

/// What a target says, read by a thread of its own.
fn messages(out: impl Read + Send + 'static) -> Receiver<Message> {
    let (to, from) = sync_channel(WAITING);
    thread::spawn(move || {
        for message in Messages::new(out) {
            if to.send(message).is_err() {
                return;
            }
        }
    });
    from
}

/// Ends what is left of a start, and waits; its status, if it ended by itself.
fn end(child: &mut Child, closed: bool) -> Option<i32> {
    // It has said all it had to say; an emulator ends right after its guest.
    let patience = Instant::now() + Duration::from_secs(if closed { 5 } else { 2 });
    while Instant::now() < patience {
        if let Ok(Some(status)) = child.try_wait() {
            return status.code();
        }
        thread::sleep(Duration::from_millis(10));
    }
    let group = Pid::from_raw(child.id() as i32);
    let _ = killpg(group, Signal::SIGTERM);
    thread::sleep(Duration::from_millis(200));
    let _ = killpg(group, Signal::SIGKILL);
    let _ = child.wait();
    None
}

/// Kills what a start has left behind: under an emulator, cases do not always die with who started them.
fn sweep(dir: &Path) {
    let mark = [MARK.as_bytes(), b"=", dir.as_os_str().as_bytes()].concat();
    let marked = |pid: &i32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == mark)
    };
    // What is killed may just have started another.
    for _ in 0..50 {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let left: Vec<i32> = pids.filter(marked).collect();
        if left.is_empty() {
            return;
        }
        for pid in left {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// What a kernel, or else its emulator, had to say of its end.
fn last_words(console: Option<&Path>, errors: &Path) -> Option<String> {
    let panic = console.and_then(tail).and_then(|text| {
        let line = text.lines().rev().find(|line| line.contains("Kernel panic"))?;
        Some(
            line.split_once("Kernel panic")
                .map_or(line, |(_, rest)| rest)
                .trim_start_matches(" - not syncing: ")
                .to_owned(),
        )
    });
    let error = || tail(errors)?.lines().rev().find(|line| !line.trim().is_empty()).map(str::to_owned);
    panic.map(|words| format!("its kernel panicked ({words})")).or_else(error)
}

fn tail(path: &Path) -> Option<String> {
    let mut file = fs::File::open(path).ok()?;
    let len = file.metadata().ok()?.len();
    std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(len.saturating_sub(TAIL))).ok()?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
