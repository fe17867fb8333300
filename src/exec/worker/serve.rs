//! The zygote: a small single-threaded process that forks a child for every case, watches it,
//! and leaves nothing of it behind. It has no descriptors; it hears of cases by a futex.

use std::convert::Infallible;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::abi::Caller;
use crate::exec::child::group;
use crate::exec::child::interp;
use crate::exec::child::setup::{self, Lent};
use crate::exec::child::slot::CaseSlot;
use crate::exec::processes;
use crate::exec::shared::bounds::{CasePlace, PROCESSES};
use crate::exec::shared::map::{self, Addresses};
use crate::exec::shared::policy::Confinement;
use crate::exec::shared::slot::{Control, Ended, Handover, Posted, SLOTS, end};
use crate::exec::sys::{
    self, Affinity, Disposition, Prctl, futex_wait, futex_wake, kill, now, prctl, rt_sigprocmask, syscall, wait4,
};
use crate::exec::worker::case_dir::{CaseDir, DiskDir, filesystem_type};
use crate::exec::worker::filter;
use crate::exec::worker::observe;
use crate::exec::worker::prefault;
use crate::exec::worker::private_pages;
use crate::exec::worker::sandbox::{self, Isolation};
use crate::exec::worker::slot::WorkerSlot;
use crate::exec::worker::stack;
use crate::exec::worker::stat::{self, Coarse};

/// Processes that a case may have.
const MAX_PROCESSES: usize = 256;
/// How often processes are counted, in microseconds.
const COUNT_EVERY: u64 = 20_000;
/// Times that an examined case must be seen asleep after its deadline, and the pause between looks.
const CALM: (u32, u64) = (3, 2_000);
/// How long a case may go on after its deadline, in microseconds, while it is not at its steps, or is examined.
const GRACE: u64 = 10_000_000;
/// Cases after which a worker lets itself be moved to another processor, for the length of one. Workers that have
/// settled on the same one share it so long.
const STAY: u32 = 8;
/// The slack of timers that a process usually has, in nanoseconds.
const TIMER_SLACK: i64 = 50_000;
/// How long the killed may take to die, in microseconds.
const REAP: u64 = 2_000_000;
/// After what part of that those are looked for that are hard to find.
const SCATTER: u64 = 20_000;

/// What a worker is started with.
pub(in crate::exec) struct Start {
    pub(in crate::exec) shared: Addresses,
    pub(in crate::exec) isolation: Isolation,
    pub(in crate::exec) confinement: Confinement,
    pub(in crate::exec) uid: u32,
    pub(in crate::exec) gid: u32,
    /// A private directory that is not on a tmpfs.
    pub(in crate::exec) disk: Option<PathBuf>,
    /// Where to work without namespaces.
    pub(in crate::exec) fallback: Option<PathBuf>,
    /// Where its cases can have control groups of their own.
    pub(in crate::exec) groups: Vec<CasePlace>,
}

struct WorkerProcess {
    shared: Addresses,
    namespaces: bool,
    disk: Option<DiskDir>,
    affinity: Affinity,
    /// No capability that a case may have lets it reach this process, which is of another user namespace's root.
    guarded: bool,
    /// There are processors to choose from.
    moves: bool,
    page_size: i64,
    /// What is shared is kept out of its children.
    keeps: bool,
    dir: CaseDir,
    groups: Vec<CasePlace>,
}

/// The word to change when a child ends; the futex that the worker sleeps on if a case may ask for something.
static WAKE: AtomicPtr<AtomicU32> = AtomicPtr::new(std::ptr::null_mut());

/// The set of that one signal.
static CHILD_ENDED: u64 = 1 << (libc::SIGCHLD - 1);

extern "C" fn child_ended(_: i32, _: *mut libc::siginfo_t, _: *mut libc::c_void) {
    let word = WAKE.load(Ordering::Acquire);
    if !word.is_null() {
        // SAFETY: points into the shared memory, which stays mapped.
        unsafe { (*word).fetch_add(1, Ordering::AcqRel) };
    }
}

/// The life of a worker.
pub(in crate::exec) fn live(start: Start) -> ! {
    // SAFETY: what it was started with, and never gives up.
    let control = unsafe { start.shared.control() };
    match WorkerProcess::new(start, control) {
        Ok(worker) => {
            prefault::spare_faults();
            // Cases cannot look into it, unless they may look into everything.
            prctl(Prctl::SetDumpable, 0);
            announce(control, 1);
            match stack::at_end_of_page(|| -> Infallible { worker.serve(control) }) {}
        }
        Err(error) => {
            control.errno.store(error.raw_os_error().unwrap_or(libc::EINVAL), Ordering::Release);
            announce(control, 2);
            sys::exit(1)
        }
    }
}

fn announce(control: &Control, ready: u32) {
    control.ready.store(ready, Ordering::Release);
    futex_wake(&control.ready);
}

impl WorkerProcess {
    fn new(start: Start, control: &Control) -> std::io::Result<Self> {
        prctl(Prctl::SetPdeathsig, libc::SIGKILL.into());
        sandbox::plain_state();
        sys::setsid();
        let namespaces = start.isolation != Isolation::Processes;
        if start.isolation == Isolation::Mapped {
            while control.ready.load(Ordering::Acquire) == 0 {
                futex_wait(&control.ready, 0, None);
            }
            sandbox::become_mapped_root();
            // To become another user takes it back.
            prctl(Prctl::SetPdeathsig, libc::SIGKILL.into());
            if start.disk.as_ref().is_some_and(|disk| !disk.is_dir()) {
                // A directory on the way is closed to others.
                return Err(std::io::Error::from_raw_os_error(libc::EACCES));
            }
        }
        if namespaces {
            sandbox::settle(start.isolation, start.confinement, (start.uid, start.gid), start.disk.as_deref())?;
        } else {
            prctl(Prctl::SetChildSubreaper, 1);
            std::env::set_current_dir(start.fallback.as_deref().unwrap_or(Path::new("/")))?;
        }
        let affinity = sys::affinity();
        hear_at_once(false);
        let proc =
            fs::read_link("/proc/self").is_ok_and(|me| me.as_os_str() == OsStr::new(&std::process::id().to_string()));
        control.proc.store(u32::from(proc), Ordering::Release);
        control.namespaces.store(u32::from(namespaces), Ordering::Release);
        control.own_ids.store(u32::from(start.isolation == Isolation::Mapped), Ordering::Release);
        control.filesystem[0].store(filesystem_type(Path::new(".")), Ordering::Release);
        if let Some(disk) = &start.disk {
            control.filesystem[1].store(filesystem_type(disk), Ordering::Release);
        }
        let disk = start.disk.as_deref().map(DiskDir::new).transpose()?;
        // Keys that cases add are theirs, and not the user's.
        // SAFETY: the keyring is given no name.
        unsafe { syscall!(keyctl, libc::KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0) };
        let dir = CaseDir::make(namespaces)?;
        if start.confinement.is_some() {
            let strict = start.confinement == Confinement::Strict;
            let filtered = filter::install(match start.isolation {
                _ if strict => Caller::Stranger,
                // Nobody over the machine: see `sandbox::settle` for what it has over its own namespaces.
                Isolation::Mapped => Caller::Unprivileged,
                _ => Caller::Anybody,
            });
            if strict {
                filtered?;
            }
        }
        private_pages::copy_inherited();
        if start.isolation == Isolation::Mapped || start.isolation == Isolation::User && counts_by_namespace() {
            let _ = setrlimit(Resource::RLIMIT_NPROC, PROCESSES, PROCESSES);
        }
        let guarded = matches!(start.isolation, Isolation::Mapped | Isolation::User) || start.uid != 0;
        let (shared, page_size) = (start.shared, sys::page_size() as i64);
        let moves = affinity.iter().map(|word| word.count_ones()).sum::<u32>() != 1;
        let keeps = map::keep(shared);
        Ok(WorkerProcess {
            shared,
            namespaces,
            disk,
            affinity,
            guarded,
            moves,
            page_size,
            keeps,
            dir,
            groups: start.groups,
        })
    }

    #[inline(never)]
    fn serve(&self, control: &Control) -> ! {
        if self.keeps {
            stack::keep_rest();
        }
        loop {
            let done = control.done.load(Ordering::Acquire);
            while control.posted.load(Ordering::Acquire) == done {
                futex_wait(&control.posted, done, None);
            }
            match done % STAY {
                0 if self.moves => sys::set_affinity(&self.affinity),
                1 if self.moves => stay(),
                _ => {}
            }
            let index = done % SLOTS;
            let is_new = self.perform(self.shared.slot(index), &control.cases[index as usize]);
            let done = done.wrapping_add(1);
            if !is_new {
                control.spoiled.store(done, Ordering::SeqCst);
            }
            control.done.store(done, Ordering::SeqCst);
            if !is_new || done == control.awaited.load(Ordering::SeqCst) {
                futex_wake(&control.done);
            }
            if !is_new {
                await_the_end();
            }
        }
    }

    /// Performs a case, and removes what it leaves; false if something remains.
    fn perform(&self, base: *mut u8, handover: &Handover) -> bool {
        let (posted, key) = handover.take();
        // SAFETY: a slot, which stays mapped.
        let slot = unsafe { WorkerSlot::taken(base, posted, key) };
        let uses_disk = posted.disk;
        self.disk.iter().filter(|_| uses_disk).for_each(DiskDir::make);
        if posted.patient && self.namespaces {
            // What is compared should not differ by process ids. Not every kernel lets them be chosen.
            let _ = fs::write("/proc/sys/kernel/ns_last_pid", std::process::id().to_string());
        }
        let asks = posted.asks;
        if asks {
            WAKE.store(std::ptr::from_ref(slot.wake()).cast_mut(), Ordering::Release);
            hear_at_once(true);
        }
        // A case can set the worker's (`/proc/1/timerslack_ns`), and so those of all later ones.
        prctl(Prctl::SetTimerslack, TIMER_SLACK);
        let begin = now();
        let started = stat::coarse_now();
        let (mut end, status) = self.process(case, slot, posted);
        let micros = now() - begin;
        if end != end::UNKILLABLE && posted.finally && slot.is_at_steps() {
            // It has not got to its end.
            if self.process(put_back, slot, posted).0 == end::UNKILLABLE {
                end = end::UNKILLABLE;
            }
        }
        if posted.grouped {
            self.groups.iter().for_each(group::remove);
        }
        handover.end(Ended { end, status, micros });
        if asks {
            hear_at_once(false);
        }
        self.clear_directories(started, uses_disk)
    }

    /// Has a process of the case's begin, and leaves nothing of it. How it ended, and with what status.
    fn process(&self, main: Main, slot: WorkerSlot, posted: &Posted) -> (u32, i32) {
        let (base, [first, second]) = slot.to_lend();
        if self.keeps {
            map::lend(base, true);
        }
        let args = [base as u64, first, second, std::ptr::from_ref(self) as u64];
        let begin = now();
        // SAFETY: the child has the slot, and whoever called `serve` holds the worker.
        let child = unsafe { stack::fork_onto(main, args) };
        if self.keeps {
            map::lend(base, false);
        }
        let ended = match child {
            ..0 => (end::FORK_FAILED, -child as i32),
            _ => self.watch(slot, child as i32, begin, posted),
        };
        if self.reap(child) { ended } else { (end::UNKILLABLE, ended.1) }
    }

    /// Waits for the end of a case, or brings it about. How it ended, and with what status.
    fn watch(&self, slot: WorkerSlot, child: i32, begin: u64, posted: &Posted) -> (u32, i32) {
        let mut deadline = begin + posted.deadline;
        let last = deadline + GRACE;
        let mut stopped = None;
        let mut count_at = begin + COUNT_EVERY;
        let mut observer = observe::Observer::default();
        let mut calm = 0;
        if !posted.asks {
            // It has hardly begun.
            await_child_ended(posted.deadline.min(COUNT_EVERY));
        }
        loop {
            let wake = slot.wake().load(Ordering::Acquire);
            let flags = libc::WNOHANG | libc::WUNTRACED;
            let (ended, status) = wait4(child, flags);
            if ended == i64::from(child) {
                if !libc::WIFSTOPPED(status) {
                    return (end::REAPED, status);
                }
                stopped = Some(libc::WSTOPSIG(status));
                // With one actor: stopped, it does not go on.
                if posted.actors == 1 {
                    kill(child, libc::SIGKILL);
                    return (end::STOPPED, libc::WSTOPSIG(status));
                }
            }
            let now = now();
            if now >= deadline && now < last && !slot.is_at_steps() {
                // What comes before and after them is the kernel's time: busy elsewhere, it takes seconds over the end
                // of a mount namespace (`synchronize_rcu`).
                deadline = (now + posted.deadline.max(COUNT_EVERY)).min(last);
            } else if now >= deadline && posted.patient && calm < CALM.0 && now < last {
                // Short deadlines mean cases that sleep, not those that a busy machine is slow with.
                calm += u32::from(slot.request().is_none() && self.is_asleep());
                deadline = now + CALM.1;
            } else if now >= deadline {
                let stopped = stopped.filter(|_| observe::is_stopped(child));
                kill(child, libc::SIGKILL);
                return stopped.map_or((end::DEADLINE, 0), |signal| (end::STOPPED, signal));
            }
            if now >= count_at {
                // Without a namespace to count in: its children, and what its steps have forked.
                let processes = match self.namespaces {
                    true => processes::processes().len(),
                    false => processes::children().len().max(forks(slot, posted)),
                };
                if processes > MAX_PROCESSES {
                    kill(child, libc::SIGKILL);
                    return (end::TOO_MANY, 0);
                }
                count_at = now + COUNT_EVERY;
            }
            let pause = deadline.min(count_at) - now;
            if posted.asks {
                let look = observer.answer(slot, child).unwrap_or(u64::MAX);
                futex_wait(slot.wake(), wake, Some(look.min(pause)));
            } else {
                await_child_ended(pause);
            }
        }
    }

    /// Whether nothing of the case runs or could.
    fn is_asleep(&self) -> bool {
        let me = std::process::id() as i32;
        let processes = if self.namespaces { processes::processes() } else { processes::children() };
        !processes.into_iter().filter(|&pid| pid != me).any(observe::is_running)
    }

    /// Ends and reaps all that is left of a case; false if something will not die.
    fn reap(&self, child: i64) -> bool {
        let begin = now();
        // Orphans are no children of ours where the kernel does not let us adopt them.
        self.kill_group(child);
        loop {
            let (gone, _) = wait4(-1, libc::WNOHANG | libc::__WALL);
            if gone > 0 {
                continue;
            }
            if gone < 0 {
                return true;
            }
            if now() > begin + REAP {
                return false;
            }
            if self.namespaces {
                kill(-1, libc::SIGKILL);
                if now() > begin + SCATTER {
                    sandbox::abandon_servers();
                }
            } else {
                // First: without /proc it takes long to find the others.
                self.kill_group(child);
                let patient = now() < begin + SCATTER;
                let left = if patient { processes::children() } else { processes::all_children() };
                left.into_iter().for_each(|pid| _ = kill(pid, libc::SIGKILL));
            }
            let word = AtomicU32::new(0);
            futex_wait(&word, 0, Some(200));
        }
    }

    /// Kills the process group of a case that has no namespace to end with.
    fn kill_group(&self, child: i64) {
        if !self.namespaces && child > 0 {
            kill(-child as i32, libc::SIGKILL);
        }
    }

    /// Leaves empty directories for the next case, after one that was started at that time; false if that case
    /// changed what is above them.
    fn clear_directories(&self, started: Coarse, uses_disk: bool) -> bool {
        let is_new = self.dir.renew(started);
        is_new && self.disk.as_ref().is_none_or(|disk| disk.renew(started, uses_disk))
    }
}

/// What a process of a case's does.
type Main = extern "C" fn(u64, u64, u64, u64) -> !;

/// The life of a case's process.
extern "C" fn case(base: u64, first: u64, second: u64, worker: u64) -> ! {
    // SAFETY: as it was when it forked, and what it lent.
    let (slot, around) = unsafe { lent(base, [first, second], worker) };
    interp::perform(slot, around)
}

/// The life of the process that comes after it, if it ended before it had done what is done whatever happened.
extern "C" fn put_back(base: u64, first: u64, second: u64, worker: u64) -> ! {
    // SAFETY: as above.
    let (slot, around) = unsafe { lent(base, [first, second], worker) };
    interp::put_back(slot, around)
}

/// What a process of a case's begins with.
///
/// # Safety
/// It is what the worker lent when it forked.
unsafe fn lent<'w>(base: u64, key: [u64; 2], worker: u64) -> (CaseSlot, Lent<'w>) {
    // SAFETY: the caller's.
    let (worker, slot) = unsafe { (&*(worker as *const WorkerProcess), CaseSlot::lent(base as *mut u8, key)) };
    let slot = slot.unwrap_or_else(|slot| setup::tampered(slot));
    let around = Lent {
        dir: worker.dir.path(),
        disk: worker.disk.as_ref().map(DiskDir::path),
        page_size: worker.page_size,
        affinity: worker.moves.then_some(&worker.affinity),
        others: (!worker.keeps).then_some(worker.shared),
        namespaces: worker.namespaces,
        guarded: worker.guarded,
        groups: &worker.groups,
    };
    if slot.header().asks != 0 {
        sys::disposition(libc::SIGCHLD, Disposition::Default);
    }
    (slot, around)
}

/// Whether the end of a child is told at once, or waits until it is asked for.
fn hear_at_once(at_once: bool) {
    rt_sigprocmask(if at_once { libc::SIG_UNBLOCK } else { libc::SIG_BLOCK }, &CHILD_ENDED);
    // What a case's process inherits, it has to undo.
    if at_once {
        // SAFETY: it changes a word, at any time.
        unsafe { sys::handle(libc::SIGCHLD, child_ended, 0, 0) };
    } else {
        sys::disposition(libc::SIGCHLD, Disposition::Default);
    }
}

/// Waits until a child ends or stops, for so many microseconds at most.
fn await_child_ended(micros: u64) {
    sys::rt_sigtimedwait(&CHILD_ENDED, &sys::timespec(micros));
}

/// Whether the kernel counts the processes of a user by user namespace (since Linux 5.14), so that a limit is not used
/// up by what else that user runs. The program, the launcher, this process and a child of it are four.
fn counts_by_namespace() -> bool {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NPROC) else { return false };
    let _ = setrlimit(Resource::RLIMIT_NPROC, 2, hard);
    // SAFETY: the child does nothing.
    let child = unsafe { sys::clone(libc::SIGCHLD) };
    if child == 0 {
        sys::exit(0)
    }
    wait4(child as i32, libc::__WALL);
    let _ = setrlimit(Resource::RLIMIT_NPROC, soft, hard);
    child > 0
}

/// Does nothing any more: whoever reads that the worker is spoiled replaces it.
fn await_the_end() -> ! {
    loop {
        futex_wait(&AtomicU32::new(0), 0, None);
    }
}

/// Stays on the processor that it is on, until its affinity is set anew: a child that starts where its parent
/// runs starts in half the time, and a parent that is woken elsewhere waits for that processor to wake up.
fn stay() {
    let mut cpu = 0u32;
    // SAFETY: writes a number; the node is not asked for.
    unsafe { syscall!(getcpu, std::ptr::from_mut(&mut cpu), 0, 0) };
    let mut mask = Affinity::default();
    if let Some(word) = mask.get_mut(cpu as usize / 64) {
        *word = 1 << (cpu % 64);
        sys::set_affinity(&mask);
    }
}

/// How many processes the steps' own calls have forked so far, as far as the case's process proves it.
fn forks(slot: WorkerSlot, posted: &Posted) -> usize {
    posted.forking().filter_map(|step| slot.repeats(step)).sum::<u64>() as usize
}
