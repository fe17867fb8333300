//! The process that starts workers. It ends when the program does, and takes workers and directories with it. Signals
//! that end programs are for the program to hear.

use std::io::{self, IoSliceMut};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use linux_raw_sys::general::PRIO_PROCESS;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};

use crate::exec::in_flight;
use crate::exec::launcher::cgroup::{self, Cgroup};
use crate::exec::launcher::copy;
use crate::exec::launcher::ids::{self, Ids};
use crate::exec::launcher::places::{self, Place, Places};
use crate::exec::launcher::reap::{end_orphans, stop};
use crate::exec::processes;
use crate::exec::shared::map::{FILES, Shared};
use crate::exec::shared::policy::Confinement;
use crate::exec::shared::slot::{Control, MAPPED};
use crate::exec::sys::{self, exit, futex_wait, futex_wake, now, null_stdio, syscall};
use crate::exec::worker::sandbox::Isolation;
use crate::exec::worker::serve::{self as worker, Start};

/// How long a worker may take to get ready, in microseconds.
pub(in crate::exec) const GET_READY: u64 = 30_000_000;

/// A worker, and what it has as long as it exists.
struct Started {
    pid: i32,
    places: Places,
    cgroup: Cgroup,
    /// Of its own, if they are.
    _ids: Option<Ids>,
}

impl Started {
    /// Removes what it had, once it is dead.
    fn remove(&self) {
        in_flight::look();
        self.places.remove();
        self.cgroup.remove();
    }
}

/// The life of a launcher, whose directories' names begin with this one.
pub(in crate::exec) fn live(socket: &OwnedFd, name: &str) -> ! {
    null_stdio();
    copy::forget_environment();
    // What outlives a worker without namespaces comes here, to be ended.
    let _ = set_child_subreaper(true);
    serve(socket, name)
}

fn serve(socket: &OwnedFd, name: &str) -> ! {
    let (mut workers, mut undying) = (Vec::<Started>::new(), Vec::<Started>::new());
    while let Some((request, files)) = receive(socket.as_raw_fd()) {
        let reply = match files.is_empty() {
            false => start(name, files, Confinement::from_code(request)).map(|worker| {
                workers.push(worker);
                workers.last().map_or(0, |worker| worker.pid.into())
            }),
            true => {
                let pid = -request as i32;
                let ended = workers.iter().position(|worker| worker.pid == pid).map(|i| workers.swap_remove(i));
                let is_dead = stop(pid);
                end_orphans(processes::children, |pid| workers.iter().any(|worker| worker.pid == pid));
                ended.iter().for_each(Started::remove);
                // Who does not die has its ids still, and its control group.
                undying.extend(ended.filter(|_| !is_dead));
                Ok(0)
            }
        };
        let reply = reply.unwrap_or_else(|e| -i64::from(e.raw_os_error().unwrap_or(libc::EIO)));
        if nix::unistd::write(socket, &reply.to_ne_bytes()).is_err() {
            break;
        }
    }
    for worker in &workers {
        stop(worker.pid);
    }
    end_orphans(processes::all_children, |_| false);
    workers.iter().chain(&undying).for_each(Started::remove);
    cgroup::remove_left();
    places::remove_left();
    exit(0)
}

fn receive(socket: RawFd) -> Option<(i64, Vec<OwnedFd>)> {
    let mut bytes = [0; 8];
    let mut space = nix::cmsg_space!([RawFd; FILES]);
    let mut parts = [IoSliceMut::new(&mut bytes)];
    let message = recvmsg::<()>(socket, &mut parts, Some(&mut space), MsgFlags::MSG_CMSG_CLOEXEC).ok()?;
    if message.bytes != 8 {
        return None;
    }
    let files = message.cmsgs().ok()?.flat_map(|c| match c {
        ControlMessageOwned::ScmRights(fds) => fds,
        _ => Vec::new(),
    });
    // SAFETY: the kernel has just installed the descriptors for us alone.
    let files = files.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }).collect();
    Some((i64::from_ne_bytes(bytes), files))
}

fn start(name: &str, memory: Vec<OwnedFd>, confinement: Confinement) -> io::Result<Started> {
    let shared = Shared::attach(memory)?;
    let control = shared.control();
    let mut last = io::Error::from_raw_os_error(libc::EAGAIN);
    for &isolation in Isolation::choices(confinement) {
        let ids = (isolation == Isolation::Mapped).then(Ids::claim);
        let places = match Places::make(name, isolation, ids.as_ref()) {
            Ok(places) => places,
            Err(error) => {
                last = error;
                continue;
            }
        };
        control.ready.store(0, std::sync::atomic::Ordering::Release);
        let (uid, gid) = (sys::geteuid() as u32, sys::getegid() as u32);
        let group = Cgroup::name(name);
        // Groups of cases are made by those that keep root's privilege.
        let groups = match isolation {
            Isolation::Privileged => cgroup::places_of_case(&group),
            _ => Vec::new(),
        };
        let pid = fork_worker(isolation, ids.as_ref());
        if pid == 0 {
            let [disk, fallback] = [&places.disk, &places.fallback].map(|place| place.as_ref().map(Place::to_path));
            let shared = shared.addresses();
            worker::live(Start { shared, isolation, confinement, uid, gid, disk, fallback, groups });
        }
        if let Err(error) = sys::result(pid) {
            last = error;
            places.remove();
            continue;
        }
        let pid = pid as i32;
        prefer(pid);
        let mut cgroup = Cgroup::make(&group);
        cgroup.add(pid);
        let mapped = ids.as_ref().map_or(Ok(()), |ids| map_ids(pid, ids, control));
        let ready = mapped.and_then(|()| wait_ready(control));
        // What it forked before it is there would stay outside; and its id is its own as long as it is not waited for.
        cgroup.settle();
        let started = Started { pid, places, cgroup, _ids: ids };
        match ready {
            Ok(()) => return Ok(started),
            Err(error) => last = error,
        }
        stop(pid);
        started.remove();
    }
    Err(last)
}

/// Has the scheduler prefer a worker to what it watches, where the program may ask for that: in one control group of
/// processors with a case that forks without end, it would hardly ever run. Its children have the usual niceness.
fn prefer(worker: i32) {
    let priority = 0i32;
    // The kernel tells 20 minus it: whoever chose another has it for all that is started.
    if sys::getpriority(PRIO_PROCESS, 0) == 20 && sys::setpriority(PRIO_PROCESS, worker, -20) == 0 {
        let policy = libc::SCHED_OTHER | libc::SCHED_RESET_ON_FORK;
        // SAFETY: reads a priority.
        unsafe { syscall!(sched_setscheduler, worker, policy, std::ptr::from_ref(&priority)) };
    }
}

/// Forks a worker so isolated, with these ids if they are to be mapped: 0 in the worker, a process id, or `-errno`.
fn fork_worker(isolation: Isolation, ids: Option<&Ids>) -> i64 {
    // SAFETY: the launcher has one thread; new namespaces are not shared.
    let fork = || unsafe { sys::clone(isolation.clone_flags() | libc::SIGCHLD) };
    ids.map_or_else(fork, |ids| ids.as_creator(fork))
}

/// Maps a worker's ids, and lets it go on.
fn map_ids(worker: i32, ids: &Ids, control: &Control) -> io::Result<()> {
    ids::map(worker, ids)?;
    control.ready.store(MAPPED, std::sync::atomic::Ordering::Release);
    futex_wake(&control.ready);
    Ok(())
}

fn wait_ready(control: &Control) -> io::Result<()> {
    use std::sync::atomic::Ordering::Acquire;
    let limit = now() + GET_READY;
    let mut seen = control.ready.load(Acquire);
    while matches!(seen, 0 | MAPPED) && now() < limit {
        futex_wait(&control.ready, seen, Some(GET_READY));
        seen = control.ready.load(Acquire);
    }
    match control.ready.load(Acquire) {
        1 => Ok(()),
        2 => Err(io::Error::from_raw_os_error(control.errno.load(Acquire))),
        _ => Err(io::Error::from_raw_os_error(libc::ETIMEDOUT)),
    }
}
