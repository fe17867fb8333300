//! The program's side: workers that perform plans, replaced when a case takes one down.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::plan::Plan;

use crate::exec::guest::Guest;
use crate::exec::in_flight;
use crate::exec::processes;
use crate::exec::runner::launcher::Launcher;
use crate::exec::runner::limits;
use crate::exec::runner::slot::RunnerSlot;
use crate::exec::runner::spare::{self, Spare, Spares, Started};
use crate::exec::runner::trace::{End, Trace};
use crate::exec::shared::map::Shared;
use crate::exec::shared::mutation::{Aftermath, Mutant};
use crate::exec::shared::policy::{Confinement, Sandbox};
use crate::exec::shared::seal::Key;
use crate::exec::shared::slot::{Kernel, SLOTS};
use crate::exec::shared::wrongness::EveryCall;
use crate::exec::sys::{futex_wait, futex_wake, kill, now};

/// How often a waiting thread looks whether the run was interrupted or the worker died, in microseconds.
const LOOK: u64 = 50_000;
/// How long a worker may take beyond a case's deadline, in microseconds: a busy machine has kept one waiting for 9 s.
const GRACE: u64 = 15_000_000;
/// How often a worker is started anew while there is no memory for it.
const TRIES: u32 = 40;
/// Cases done for which a waiting thread is woken, while there are more: to be woken costs as much as to judge.
const BATCH: u32 = SLOTS / 2;

/// Starts workers. Cheap to clone.
#[derive(Clone)]
pub struct Executor {
    // Before the launcher: its thread uses it.
    spares: Arc<OnceLock<Spares>>,
    launcher: Arc<Mutex<Launcher>>,
    interrupted: Arc<AtomicBool>,
    deadline: u64,
    marks: bool,
    sandbox: Sandbox,
}

/// What a worker found out about where it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The sandbox that is on, if it is.
    pub sandbox: Option<Sandbox>,
    /// Cases run in namespaces of the worker's own.
    pub namespaces: bool,
    /// Its user and group ids are nobody else's: what the kernel rations by user, it has for itself.
    pub own_ids: bool,
    /// The machine is this program's own, to do with as cases like.
    pub own_machine: bool,
    /// `/proc` can be read there.
    pub proc: bool,
    /// `statfs` type of the working directories.
    pub filesystem: i64,
    /// `statfs` type of the working directories on disk, if there are any.
    pub disk_filesystem: Option<i64>,
}

impl Executor {
    /// Prepares to start workers. To be called first thing in `main`: it forks, so the program
    /// must still have one thread, and the smaller it is the faster cases are.
    ///
    /// # Errors
    /// When the system refuses a process or a socket.
    pub fn new() -> io::Result<Self> {
        limits::raise();
        let launcher = Arc::new(Mutex::new(Launcher::fork()?));
        let (interrupted, sandbox) = (Arc::default(), Sandbox::default());
        let spares = Arc::default();
        Ok(Executor { spares, launcher, interrupted, deadline: 5_000_000, marks: false, sandbox })
    }

    /// With this deadline for cases that have none of their own, in microseconds (default: 5 s).
    #[must_use]
    pub fn with_deadline(mut self, micros: u64) -> Self {
        self.deadline = micros;
        self
    }

    /// Marks the steps of cases for an observer of calls: see [`MARK`](super::MARK).
    #[must_use]
    pub fn marking_steps(mut self) -> Self {
        self.marks = true;
        self
    }

    /// With this sandbox for what is performed (default: [`Sandbox::Auto`]).
    #[must_use]
    pub fn with_sandbox(mut self, sandbox: Sandbox) -> Self {
        self.sandbox = sandbox;
        self
    }

    /// The sandbox of what is performed.
    pub fn sandbox(&self) -> Sandbox {
        self.sandbox
    }

    /// The deadline for cases that have none of their own, in microseconds.
    pub fn deadline(&self) -> u64 {
        self.deadline
    }

    /// Set it to end the run: cases that are being performed end as [`End::Interrupted`].
    pub fn interrupted(&self) -> &Arc<AtomicBool> {
        &self.interrupted
    }

    /// Starts a worker that has whatever privilege the program has, as far as the sandbox leaves it.
    ///
    /// # Errors
    /// When no worker can be started.
    pub fn worker(&self) -> io::Result<Worker> {
        self.start(self.sandbox.confinement(true))
    }

    /// Starts a worker for cases that need no privilege.
    ///
    /// # Errors
    /// When no worker can be started.
    pub fn unprivileged_worker(&self) -> io::Result<Worker> {
        self.start(self.sandbox.confinement(false))
    }

    fn start(&self, confinement: Confinement) -> io::Result<Worker> {
        limits::enough()?;
        let started = spare::launch(&self.launcher, confinement, Some(spare::WITH_ANOTHER));
        let (shared, pid) = started.map_err(|error| match confinement {
            Confinement::Strict if error.kind() != io::ErrorKind::BrokenPipe => {
                io::Error::other(format!("no sandbox is available here: {error}"))
            }
            _ => error,
        })?;
        let slots = slots(&shared);
        let (executor, secret) = (self.clone(), Key::draw());
        Ok(Worker { executor, confinement, shared, slots, pid, spare: None, taken: 0, secret, keys: 0 })
    }

    /// Starts a worker in the place of one that was killed.
    fn again(&self, confinement: Confinement) -> io::Result<Started> {
        let mut tries = 0..TRIES;
        loop {
            match spare::launch(&self.launcher, confinement, None) {
                // Others that are being replaced have their memory twice for a moment.
                Err(error) if error.kind() == io::ErrorKind::OutOfMemory && tries.next().is_some() => {
                    std::thread::sleep(Duration::from_micros(LOOK));
                }
                started => return started,
            }
        }
    }

    /// Who starts and ends workers while others are busy.
    fn spares(&self) -> io::Result<&Spares> {
        if let Some(spares) = self.spares.get() {
            return Ok(spares);
        }
        let new = Spares::new(Arc::clone(&self.launcher))?;
        // Another thread may have been faster.
        Ok(self.spares.get_or_init(|| new))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Launcher> {
        self.launcher.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process that performs plans, one after the other.
pub struct Worker {
    executor: Executor,
    confinement: Confinement,
    shared: Shared,
    /// As they were loaded: what a case writes there is not asked where things lie.
    slots: [RunnerSlot; SLOTS as usize],
    pid: i32,
    /// The worker that comes after this one, if that is known to be needed.
    spare: Option<Spare>,
    /// Plans done whose traces were taken.
    taken: u32,
    /// What the cases' keys are made from.
    secret: Key,
    /// Keys given out so far; none is given out twice.
    keys: u64,
}

impl Worker {
    /// What the worker found out about where it works.
    pub fn environment(&self) -> Environment {
        let control = self.shared.control();
        let load = |i: usize| control.filesystem[i].load(Ordering::Acquire);
        Environment {
            sandbox: Some(self.executor.sandbox).filter(|sandbox| sandbox.is_on()),
            namespaces: control.namespaces.load(Ordering::Acquire) != 0,
            own_machine: Guest::is_own(),
            own_ids: control.own_ids.load(Ordering::Acquire) != 0,
            proc: control.proc.load(Ordering::Acquire) != 0,
            filesystem: load(0),
            disk_filesystem: (load(1) != 0).then(|| load(1)),
        }
    }

    /// Performs one plan.
    ///
    /// # Errors
    /// When a lost worker cannot be replaced.
    pub fn perform(&mut self, plan: &Plan) -> io::Result<Trace> {
        self.perform_on(plan, Kernel::Right).map(|(trace, _)| trace)
    }

    /// Performs one plan, on a kernel that may be wrong in one of its calls, and examines what it leaves.
    ///
    /// # Errors
    /// When a lost worker cannot be replaced.
    pub fn perform_examined(&mut self, plan: &Plan, mutant: Option<&Mutant>) -> io::Result<(Trace, Aftermath)> {
        self.perform_on(plan, Kernel::Examined(mutant))
    }

    /// Performs one plan, on a kernel that is wrong in every call of a kind; and whether that made a difference to what the
    /// kernel did or answered. What it leaves is not examined.
    ///
    /// # Errors
    /// When a lost worker cannot be replaced.
    pub fn perform_wrong(&mut self, plan: &Plan, every: &EveryCall<'_>) -> io::Result<(Trace, Aftermath)> {
        self.perform_on(plan, Kernel::Wrong(every))
    }

    fn perform_on(&mut self, plan: &Plan, kernel: Kernel<'_>) -> io::Result<(Trace, Aftermath)> {
        self.post(plan, kernel);
        let (trace, aftermath) = self.take(plan, 1)?;
        self.is_new_after(plan, &trace)?;
        Ok((trace, aftermath))
    }

    /// Performs plans as long as `next` has any, and gives each one's trace to `each`, in order.
    /// The worker is given the next plan while it performs one, so it does not wait for the judge.
    ///
    /// # Errors
    /// When a lost worker cannot be replaced.
    pub fn perform_all<'p, T>(
        &mut self,
        mut next: impl FnMut() -> Option<(T, &'p Plan)>,
        mut each: impl FnMut(T, Trace),
    ) -> io::Result<()> {
        let mut posted = VecDeque::new();
        let mut held = None;
        loop {
            while posted.len() < SLOTS as usize && !self.executor.interrupted.load(Ordering::Acquire) {
                let Some((tag, plan)) = held.take().or_else(&mut next) else { break };
                let alone = plan.outlasts();
                if alone && self.spare.is_none() && limits::no_end_of_room() {
                    // Without that thread, the next worker is started when it is needed.
                    self.spare = self.executor.spares().ok().map(|spares| spares.start(self.confinement));
                }
                if alone && !posted.is_empty() {
                    // What it leaves must find no trace that nobody has taken yet.
                    held = Some((tag, plan));
                    break;
                }
                self.post(plan, Kernel::Right);
                posted.push_back((tag, plan));
                if alone {
                    break;
                }
            }
            let batch = if posted.len() == SLOTS as usize { BATCH } else { 1 };
            let Some((tag, plan)) = posted.pop_front() else { return self.discard_spare() };
            let (trace, _) = self.take(plan, batch)?;
            if trace.end == End::Interrupted {
                // What was not begun is as if it had never been handed over.
                each(tag, trace);
                return self.discard_spare();
            }
            if self.is_new_after(plan, &trace)? {
                // The new worker knows nothing of what the old one was given.
                posted.iter().for_each(|(_, plan)| self.post(plan, Kernel::Right));
            }
            each(tag, trace);
        }
    }

    fn post(&mut self, plan: &Plan, kernel: Kernel<'_>) {
        let control = self.shared.control();
        let posted = control.posted.load(Ordering::Acquire);
        let deadline = plan.deadline.unwrap_or(self.executor.deadline);
        let key = self.secret.nth(self.keys);
        self.keys += 1;
        let index = (posted % SLOTS) as usize;
        let slot = &mut self.slots[index];
        let case = slot
            .load(plan, deadline, kernel, key)
            .unwrap_or_else(|size| panic!("the plan of {} takes {size} bytes: the planner bounds that", plan.id));
        if self.executor.marks {
            slot.mark(plan.digest());
        }
        control.cases[index].post(case);
        control.posted.store(posted.wrapping_add(1), Ordering::Release);
        futex_wake(&control.posted);
    }

    /// Waits until the worker is done with one more plan, which is this one; if it has to wait at all,
    /// then for so many, unless that takes long.
    fn take(&mut self, plan: &Plan, batch: u32) -> io::Result<(Trace, Aftermath)> {
        let control = self.shared.control();
        let index = self.taken;
        let limit = now() + plan.deadline.unwrap_or(self.executor.deadline) + GRACE;
        control.awaited.store(index.wrapping_add(batch), Ordering::SeqCst);
        let mut enough = 1;
        loop {
            let done = control.done.load(Ordering::SeqCst);
            let ready = done.wrapping_sub(index);
            let spoiled = control.spoiled.load(Ordering::SeqCst) != 0;
            if ready >= enough || ready > 0 && spoiled {
                break;
            }
            enough = batch;
            if futex_wait(&control.done, done, Some(LOOK)) != -i64::from(libc::ETIMEDOUT) {
                continue;
            }
            if ready > 0 {
                break;
            }
            if self.executor.interrupted.load(Ordering::Acquire) {
                return self.lose(plan, index, End::Interrupted);
            }
            if now() > limit || self.is_gone() {
                let end = if self.was_told_to_end(&End::WorkerLost) { End::Interrupted } else { End::WorkerLost };
                return self.lose(plan, index, end);
            }
        }
        self.taken = index.wrapping_add(1);
        let (slot, at) = (self.slot(index), (index % SLOTS) as usize);
        let (trace, aftermath) = (slot.trace(plan, control.cases[at].ended()), slot.aftermath());
        slot.wipe(self.shared.file(at));
        if self.was_told_to_end(&trace.end) {
            return self.lose(plan, index, End::Interrupted);
        }
        if trace.end == End::Unkillable {
            // What does not die stays with the worker that started it.
            self.replace(false)?;
        }
        Ok((trace, aftermath))
    }

    /// Whether a case or its worker has ended of what ends the run, as where all of a service is told to end.
    fn was_told_to_end(&self, end: &End) -> bool {
        let told = matches!(end, End::Killed(libc::SIGINT | libc::SIGTERM | libc::SIGHUP) | End::WorkerLost);
        // The program may be the last to hear of it.
        if told && !self.executor.interrupted.load(Ordering::Acquire) {
            std::thread::sleep(Duration::from_micros(LOOK));
        }
        told && self.executor.interrupted.load(Ordering::Acquire)
    }

    fn lose(&mut self, plan: &Plan, index: u32, end: End) -> io::Result<(Trace, Aftermath)> {
        // A trace that is still being written does not verify.
        self.executor.lock().kill(self.pid)?;
        let ended = self.shared.control().cases[(index % SLOTS) as usize].ended();
        let trace = Trace { end, ..self.slot(index).trace(plan, ended) };
        self.renew()?;
        Ok((trace, Aftermath::default()))
    }

    fn slot(&self, index: u32) -> RunnerSlot {
        self.slots[(index % SLOTS) as usize]
    }

    /// Whether the next plan is for another worker, which is there then: this one was lost, or what the plan did is
    /// there for all that come after it.
    fn is_new_after(&mut self, plan: &Plan, trace: &Trace) -> io::Result<bool> {
        let lost = matches!(trace.end, End::WorkerLost | End::Unkillable | End::Interrupted);
        let spoiled = self.taken != 0 && self.shared.control().spoiled.load(Ordering::SeqCst) == self.taken;
        if !lost && (spoiled || plan.outlasts()) {
            self.replace(plan.outlasts_its_worker())?;
            return Ok(true);
        }
        Ok(lost)
    }

    /// Kills the worker and starts another, after the end of the first if something outlasts that.
    fn replace(&mut self, outlasts: bool) -> io::Result<()> {
        if !outlasts && self.spare.is_some() && self.environment().namespaces {
            // Nothing of the old one reaches the new one: it may take its time to die.
            self.executor.spares()?.kill(self.pid);
        } else {
            self.executor.lock().kill(self.pid)?;
        }
        if outlasts {
            // The kernel closes what it has collected in no order: all of the first time are closed before the second.
            // Where it has no such sockets, nothing was sent by one.
            let _ = in_flight::collect().and_then(|()| in_flight::collect());
        }
        self.renew()
    }

    fn discard_spare(&mut self) -> io::Result<()> {
        if let Some(spare) = self.spare.take() {
            self.executor.spares()?.discard(spare);
        }
        Ok(())
    }

    /// Starts another worker in the place of one that was killed.
    fn renew(&mut self) -> io::Result<()> {
        // Where a spare could not be started, perhaps one can now.
        let spare = self.spare.take().and_then(|spare| spare.ready().ok());
        // There may be room for no more.
        self.shared.release_slots();
        let (shared, pid) = spare.map_or_else(|| self.executor.again(self.confinement), Ok)?;
        self.pid = pid;
        self.slots = slots(&shared);
        self.shared = shared;
        self.taken = 0;
        Ok(())
    }

    fn is_gone(&self) -> bool {
        kill(self.pid, 0) == -i64::from(libc::ESRCH)
            || processes::stat(&format!("/proc/{}", self.pid)).is_some_and(|stat| stat.state == 'Z')
    }
}

/// The slots of a worker's memory.
fn slots(shared: &Shared) -> [RunnerSlot; SLOTS as usize] {
    // SAFETY: mapped as long as the worker, which has both.
    shared.slots().map(|base| unsafe { RunnerSlot::new(base) })
}

impl Drop for Worker {
    fn drop(&mut self) {
        // If the launcher is gone, so are its workers.
        let _ = self.discard_spare();
        let _ = self.executor.lock().kill(self.pid);
    }
}
