//! The process that starts workers: forked first thing, while the program is still small and has one
//! thread. It ends when the program does, and takes workers and directories with it. Signals that end programs are
//! for the program to hear; where the launcher is killed all the same, the program cleans up in its place.

use std::fs;
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;

use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, sendmsg, socketpair,
};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

use super::cgroup::{self, Cgroup};
use super::clear::remove_tree;
use super::copy;
use super::ids::{self, Ids};
use super::map::{FILES, Shared};
use super::policy::Confinement;
use super::sandbox::{self, Isolation};
use super::seal::Key;
use super::slot::{Control, MAPPED};
use super::sys::{call, futex_wait, futex_wake, now};
use super::worker::{self, Start};

/// How long a worker may take to get ready, in microseconds.
const GET_READY: u64 = 30_000_000;
/// How long the killed may take to die, in microseconds.
const DIE: u64 = 5_000_000;
/// How often the program looks how the launcher is while it waits for it, in milliseconds.
const TICK: u16 = 100;
/// How many times it looks: as long as it may take to start a worker, with every isolation there is.
const PATIENCE: u32 = 4 * ((GET_READY + 2 * DIE) / 1000 / TICK as u64) as u32;
/// The same, for a launcher that is stopped: whoever stops the program, too, lets both go on.
const STOPPED: u32 = 20;

/// `tmpfs` and `ramfs`, as `statfs` numbers them.
const TMPFS: [i64; 2] = [0x0102_1994, 0x8584_58f6];

/// The launcher's end of the program.
pub(super) struct Launcher {
    socket: OwnedFd,
    pid: i32,
    name: String,
    /// Why it is there no more.
    lost: Option<&'static str>,
}

impl Launcher {
    /// Forks the launcher. The program must have one thread.
    pub(super) fn fork() -> io::Result<Self> {
        if let Some((socket, name)) = copy::socket() {
            copy::take_name();
            live(&socket, &name);
        }
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
        let name = format!("syscase-{:016x}", Key::draw().words()[0]);
        // What the launcher leaves if it is killed comes here, to be ended.
        call!(prctl, libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        // It hears no signal, not even before it says so.
        let mask = set_mask(!0);
        let pid = call!(clone, libc::SIGCHLD, 0, 0, 0, 0);
        if pid != 0 {
            set_mask(mask);
        }
        match pid {
            0 => {
                drop(ours);
                // Its own session: Ctrl-C is for the program to hear, and what it has left is told by it.
                call!(setsid);
                copy::become_it(&theirs, &name);
                live(&theirs, &name)
            }
            _ if pid < 0 => Err(io::Error::from_raw_os_error(-pid as i32)),
            _ => Ok(Launcher { socket: ours, pid: pid as i32, name, lost: None }),
        }
    }

    /// Starts a worker on this shared memory; its process id.
    pub(super) fn start(&mut self, shared: &Shared, confinement: Confinement) -> io::Result<i32> {
        self.ask(confinement.code(), &[ControlMessage::ScmRights(&shared.fds())])
    }

    /// Kills a worker and all that it has started.
    pub(super) fn kill(&mut self, pid: i32) -> io::Result<()> {
        self.ask(-i64::from(pid), &[]).map(drop)
    }

    fn ask(&mut self, request: i64, with: &[ControlMessage<'_>]) -> io::Result<i32> {
        if let Some(why) = self.lost {
            return Err(lost(why));
        }
        let request = request.to_ne_bytes();
        let flags = MsgFlags::MSG_NOSIGNAL;
        match sendmsg::<()>(self.socket.as_raw_fd(), &[IoSlice::new(&request)], with, flags, None) {
            Err(nix::Error::EPIPE | nix::Error::ECONNRESET) => return Err(self.give_up("was killed")),
            sent => sent?,
        };
        self.is_heard().map_err(|why| self.give_up(why))?;
        let mut reply = [0; 8];
        let n = nix::unistd::read(&self.socket, &mut reply).unwrap_or(0);
        let reply = i64::from_ne_bytes(reply);
        match (n, reply) {
            (8, 0..) => Ok(reply as i32),
            (8, _) => Err(io::Error::from_raw_os_error(-reply as i32)),
            _ => Err(self.give_up("was killed")),
        }
    }

    /// Waits until the launcher has said something or is gone; else why that takes too long.
    fn is_heard(&self) -> Result<(), &'static str> {
        let mut stopped = 0;
        // Not a time on a clock: while everybody is stopped, that goes on.
        for _ in 0..PATIENCE {
            let mut fds = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
            if poll(&mut fds, TICK).is_ok_and(|ready| ready > 0) {
                return Ok(());
            }
            stopped = if self.is_stopped() { stopped + 1 } else { 0 };
            if stopped == STOPPED {
                return Err("was stopped");
            }
        }
        Err("does not answer")
    }

    fn is_stopped(&self) -> bool {
        let look = WaitPidFlag::WSTOPPED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        matches!(waitid(Id::Pid(Pid::from_raw(self.pid)), look), Ok(WaitStatus::Stopped(..)))
    }

    /// Goes on without the launcher: it must not do anything more.
    fn give_up(&mut self, why: &'static str) -> io::Error {
        call!(kill, self.pid, libc::SIGKILL);
        lost(self.lost.insert(why))
    }

    /// Does what the launcher did not come to.
    fn clean_up(&self) {
        call!(kill, self.pid, libc::SIGKILL);
        stop(self.pid);
        end_orphans(strangers, &[]);
        let parents = [std::env::temp_dir(), "/var/tmp".into(), "/tmp".into(), "/dev/shm".into()];
        let entries = parents.iter().flat_map(|parent| fs::read_dir(parent).into_iter().flatten().flatten());
        let is_ours = |entry: &fs::DirEntry| entry.file_name().as_bytes().starts_with(self.name.as_bytes());
        for place in entries.filter(is_ours) {
            remove_tree(&place.path());
        }
        cgroup::remove_all(&self.name);
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        // Its read returns 0, it removes what it made, and ends, which closes its socket.
        call!(shutdown, self.socket.as_raw_fd(), libc::SHUT_WR);
        let done = self.lost.is_none() && self.is_heard().is_ok() && wait(self.pid) == Some(0);
        if !done {
            self.clean_up();
        }
    }
}

/// Says that there is no launcher any more.
fn lost(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, format!("the process that starts workers {why}"))
}

/// Sets the calling thread's signal mask; the one before.
fn set_mask(mask: u64) -> u64 {
    let mut old = 0u64;
    call!(rt_sigprocmask, libc::SIG_SETMASK, std::ptr::from_ref(&mask), std::ptr::from_mut(&mut old), 8);
    std::hint::black_box(old)
}

/// Children that are not of the program's session: what the launcher, which has one of its own, has left.
fn strangers() -> Vec<i32> {
    let session = |pid: i32| call!(getsid, pid);
    sandbox::all_children().into_iter().filter(|&pid| session(pid) != session(0)).collect()
}

/// A worker, and what it has as long as it exists.
struct Started {
    pid: i32,
    places: Places,
    cgroup: Cgroup,
    /// Of its own, if they are.
    ids: Option<Ids>,
}

impl Started {
    /// Whether this is its process, or one that is there for it.
    fn has(&self, pid: i32) -> bool {
        self.pid == pid || self.cgroup.mover() == Some(pid)
    }

    /// Kills it and waits for it; false if it does not die.
    fn stop(&mut self) -> bool {
        call!(kill, self.pid, libc::SIGKILL);
        // Not after its end has been waited for: its id may be another process's then.
        self.cgroup.settle();
        stop(self.pid)
    }

    /// Removes what it had, once it is dead.
    fn remove(&mut self) {
        self.places.remove();
        self.cgroup.remove();
    }
}

/// Directories of one worker.
struct Places {
    /// Not on a tmpfs.
    disk: Option<PathBuf>,
    /// Instead of a tmpfs of its own.
    fallback: Option<PathBuf>,
}

/// The life of a launcher, whose directories' names begin with this one.
fn live(socket: &OwnedFd, name: &str) -> ! {
    sandbox::null_stdio();
    // What outlives a worker without namespaces comes here, to be ended.
    call!(prctl, libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    serve(socket, name)
}

fn serve(socket: &OwnedFd, name: &str) -> ! {
    let (mut workers, mut undying) = (Vec::<Started>::new(), Vec::new());
    while let Some((request, files)) = receive(socket.as_raw_fd()) {
        let reply = match files.is_empty() {
            false => start(name, files, Confinement::from_code(request)).map(|worker| {
                workers.push(worker);
                workers.last().map_or(0, |worker| worker.pid.into())
            }),
            true => {
                let pid = -request as i32;
                let mut ended = workers.iter().position(|worker| worker.pid == pid).map(|i| workers.swap_remove(i));
                let is_dead = ended.as_mut().is_some_and(Started::stop);
                end_orphans(sandbox::children, &workers);
                ended.iter_mut().for_each(Started::remove);
                // Who does not die has its ids still.
                undying.extend(ended.filter(|_| !is_dead).and_then(|worker| worker.ids));
                Ok(0)
            }
        };
        let reply = reply.unwrap_or_else(|e| -i64::from(e.raw_os_error().unwrap_or(libc::EIO)));
        if nix::unistd::write(socket, &reply.to_ne_bytes()).is_err() {
            break;
        }
    }
    for worker in &mut workers {
        worker.stop();
    }
    end_orphans(sandbox::all_children, &[]);
    workers.iter_mut().for_each(Started::remove);
    super::sys::exit(0)
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

/// Kills a worker and waits for it. What it was init of dies with it. False if it does not, as where the kernel waits
/// for somebody who does not answer.
fn stop(pid: i32) -> bool {
    call!(kill, pid, libc::SIGKILL);
    wait(pid).is_some()
}

/// Waits for the end of a child: its status, or -1 if it is none. None if it does not end.
fn wait(pid: i32) -> Option<i32> {
    let limit = now() + DIE;
    let mut status = -1;
    while call!(wait4, pid, std::ptr::from_mut(&mut status), libc::WNOHANG | libc::__WALL, 0) == 0 {
        if now() > limit {
            return None;
        }
        futex_wait(&AtomicU32::new(0), 0, Some(100));
    }
    Some(std::hint::black_box(status))
}

/// Kills what workers without namespaces have left behind.
fn end_orphans(children: fn() -> Vec<i32>, workers: &[Started]) {
    let mut undying = Vec::new();
    // Whoever dies leaves its own children to us.
    loop {
        let left = |pid: &i32| !workers.iter().any(|worker| worker.has(*pid)) && !undying.contains(pid);
        let orphans: Vec<_> = children().into_iter().filter(left).collect();
        if orphans.is_empty() {
            return;
        }
        undying.extend(orphans.into_iter().filter(|&pid| !stop(pid)));
    }
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
        let (uid, gid) = (call!(geteuid) as u32, call!(getegid) as u32);
        let pid = sandbox::fork_worker(isolation, ids.as_ref());
        if pid == 0 {
            let Places { disk, fallback } = places;
            worker::live(Start { shared: shared.addresses(), isolation, confinement, uid, gid, disk, fallback });
        }
        if pid < 0 {
            last = io::Error::from_raw_os_error(-pid as i32);
            places.remove();
            continue;
        }
        prefer(pid);
        let mapped = ids.as_ref().map_or(Ok(()), |ids| map_ids(pid as i32, ids, control));
        let ready = mapped.and_then(|()| wait_ready(control));
        let pid = pid as i32;
        if let Err(error) = ready {
            last = error;
            stop(pid);
            places.remove();
            continue;
        }
        let mut cgroup = Cgroup::make(name);
        cgroup.add(pid);
        return Ok(Started { pid, places, cgroup, ids });
    }
    Err(last)
}

/// Has the scheduler prefer a worker to what it watches, where the program may ask for that: in one control group of
/// processors with a case that forks without end, it would hardly ever run. Its children have the usual niceness.
fn prefer(worker: i64) {
    let priority = 0i32;
    // The kernel tells 20 minus it: whoever chose another has it for all that is started.
    if call!(getpriority, libc::PRIO_PROCESS, 0) == 20 && call!(setpriority, libc::PRIO_PROCESS, worker, -20i64) == 0 {
        let policy = libc::SCHED_OTHER | libc::SCHED_RESET_ON_FORK;
        call!(sched_setscheduler, worker, policy, std::ptr::from_ref(&priority));
    }
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

impl Places {
    /// Makes the directories that a worker of this isolation needs. What is above them is nobody's who is confined,
    /// and no other worker's.
    fn make(name: &str, isolation: Isolation, ids: Option<&Ids>) -> io::Result<Self> {
        let temporary = std::env::temp_dir();
        let places = [temporary.as_path(), Path::new("/var/tmp"), Path::new("/tmp")];
        let is_memory = |place: &Path| TMPFS.contains(&sandbox::filesystem_type(place.as_os_str()));
        let mut disks = places.into_iter().filter(|place| !is_memory(place));
        let disk = disks.find_map(|place| private_directory(place, name).ok());
        let mut made = Places { disk, fallback: None };
        match made.complete(name, isolation, &temporary, ids) {
            Ok(()) => Ok(made),
            Err(error) => {
                made.remove();
                Err(error)
            }
        }
    }

    fn complete(&mut self, name: &str, isolation: Isolation, temporary: &Path, ids: Option<&Ids>) -> io::Result<()> {
        if isolation == Isolation::Processes {
            let shm = Path::new("/dev/shm");
            let is_memory = TMPFS.contains(&sandbox::filesystem_type(shm.as_os_str()));
            let memory = is_memory.then(|| private_directory(shm, name).ok()).flatten();
            self.fallback = Some(memory.map_or_else(|| private_directory(temporary, name), Ok)?);
        }
        if let (Some(disk), Some(ids)) = (&self.disk, ids) {
            std::os::unix::fs::chown(disk, Some(ids.root()), Some(ids.root()))?;
        }
        Ok(())
    }

    fn remove(&self) {
        for place in [&self.disk, &self.fallback].into_iter().flatten() {
            remove_tree(place);
        }
    }
}

/// One whose name nobody else knows before.
fn private_directory(parent: &Path, name: &str) -> io::Result<PathBuf> {
    let template = parent.join(format!("{name}-XXXXXX"));
    let mut name = template.as_os_str().as_bytes().to_vec();
    name.push(0);
    // SAFETY: a writable, NUL-terminated template.
    if unsafe { libc::mkdtemp(name.as_mut_ptr().cast()) }.is_null() {
        return Err(io::Error::last_os_error());
    }
    name.pop();
    let path = PathBuf::from(std::ffi::OsString::from_vec(name));
    // Cases that become another user must be able to pass through.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
    Ok(path)
}
