//! The process that starts workers: forked first thing, while the program is still small and has one
//! thread. It ends when the program does, and takes workers and directories with it.

use std::fs;
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;

use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, sendmsg, socketpair,
};

use super::clear::remove_tree;
use super::copy;
use super::ids::{self, Ids};
use super::map::Shared;
use super::policy::Confinement;
use super::sandbox::{self, Isolation};
use super::slot::{Control, MAPPED};
use super::sys::{call, futex_wait, futex_wake, now};
use super::worker::{self, Start};

/// How long a worker may take to get ready, in microseconds.
const GET_READY: u64 = 30_000_000;
/// How long the killed may take to die, in microseconds.
const DIE: u64 = 5_000_000;

/// `tmpfs` and `ramfs`, as `statfs` numbers them.
const TMPFS: [i64; 2] = [0x0102_1994, 0x8584_58f6];

/// The launcher's end of the program.
pub(super) struct Launcher {
    socket: OwnedFd,
    pid: i32,
}

impl Launcher {
    /// Forks the launcher. The program must have one thread.
    pub(super) fn fork() -> io::Result<Self> {
        if let Some(socket) = copy::socket() {
            copy::take_name();
            live(&socket);
        }
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
        let pid = call!(clone, libc::SIGCHLD, 0, 0, 0, 0);
        match pid {
            0 => {
                drop(ours);
                // Ctrl-C is for the program to hear.
                call!(setsid);
                copy::become_it(&theirs);
                live(&theirs)
            }
            _ if pid < 0 => Err(io::Error::from_raw_os_error(-pid as i32)),
            _ => Ok(Launcher { socket: ours, pid: pid as i32 }),
        }
    }

    /// Starts a worker on this shared memory; its process id.
    pub(super) fn start(&self, shared: &Shared, confinement: Confinement) -> io::Result<i32> {
        let request = confinement.code().to_ne_bytes();
        let fds = [shared.fd()];
        sendmsg::<()>(
            self.socket.as_raw_fd(),
            &[IoSlice::new(&request)],
            &[ControlMessage::ScmRights(&fds)],
            MsgFlags::MSG_NOSIGNAL,
            None,
        )?;
        self.reply()
    }

    /// Kills a worker and all that it has started.
    pub(super) fn kill(&self, pid: i32) -> io::Result<()> {
        let request = (-i64::from(pid)).to_ne_bytes();
        sendmsg::<()>(self.socket.as_raw_fd(), &[IoSlice::new(&request)], &[], MsgFlags::MSG_NOSIGNAL, None)?;
        self.reply().map(drop)
    }

    fn reply(&self) -> io::Result<i32> {
        let mut reply = [0; 8];
        let n = nix::unistd::read(&self.socket, &mut reply)?;
        let reply = i64::from_ne_bytes(reply);
        match (n, reply) {
            (8, 0..) => Ok(reply as i32),
            (8, _) => Err(io::Error::from_raw_os_error(-reply as i32)),
            _ => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the process that starts workers is gone")),
        }
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        // Its read returns 0, it removes what it made, and ends.
        call!(shutdown, self.socket.as_raw_fd(), libc::SHUT_RDWR);
        call!(wait4, self.pid, 0, 0, 0);
    }
}

/// A worker, and what it has as long as it exists.
struct Started {
    pid: i32,
    places: Places,
    /// Of its own, if they are.
    ids: Option<Ids>,
}

/// Directories of one worker.
struct Places {
    /// Not on a tmpfs.
    disk: Option<PathBuf>,
    /// Instead of a tmpfs of its own.
    fallback: Option<PathBuf>,
}

/// The life of a launcher.
fn live(socket: &OwnedFd) -> ! {
    sandbox::null_stdio();
    // What outlives a worker without namespaces comes here, to be ended.
    call!(prctl, libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    serve(socket)
}

fn serve(socket: &OwnedFd) -> ! {
    let (mut workers, mut undying) = (Vec::<Started>::new(), Vec::new());
    while let Some((request, fd)) = receive(socket.as_raw_fd()) {
        let reply = match fd {
            Some(fd) => start(fd, Confinement::from_code(request)).map(|worker| {
                workers.push(worker);
                workers.last().map_or(0, |worker| worker.pid.into())
            }),
            None => {
                let pid = -request as i32;
                let is_dead = stop(pid);
                let ended = workers.iter().position(|worker| worker.pid == pid).map(|i| workers.swap_remove(i));
                end_orphans(sandbox::children, &workers);
                ended.iter().for_each(|worker| worker.places.remove());
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
    for worker in &workers {
        stop(worker.pid);
    }
    end_orphans(sandbox::all_children, &[]);
    workers.iter().for_each(|worker| worker.places.remove());
    super::sys::exit(0)
}

fn receive(socket: RawFd) -> Option<(i64, Option<OwnedFd>)> {
    let mut bytes = [0; 8];
    let mut space = nix::cmsg_space!(RawFd);
    let mut parts = [IoSliceMut::new(&mut bytes)];
    let message = recvmsg::<()>(socket, &mut parts, Some(&mut space), MsgFlags::MSG_CMSG_CLOEXEC).ok()?;
    if message.bytes != 8 {
        return None;
    }
    let fd = message.cmsgs().ok()?.find_map(|c| match c {
        // SAFETY: the kernel has just installed the descriptor for us alone.
        ControlMessageOwned::ScmRights(fds) => fds.first().map(|&fd| unsafe { OwnedFd::from_raw_fd(fd) }),
        _ => None,
    });
    Some((i64::from_ne_bytes(bytes), fd))
}

/// Kills a worker and waits for it. What it was init of dies with it. False if it does not, as where the kernel waits
/// for somebody who does not answer.
fn stop(pid: i32) -> bool {
    call!(kill, pid, libc::SIGKILL);
    let limit = now() + DIE;
    while call!(wait4, pid, 0, libc::WNOHANG | libc::__WALL, 0) == 0 {
        if now() > limit {
            return false;
        }
        futex_wait(&AtomicU32::new(0), 0, Some(100));
    }
    true
}

/// Kills what workers without namespaces have left behind.
fn end_orphans(children: fn() -> Vec<i32>, workers: &[Started]) {
    let mut undying = Vec::new();
    // Whoever dies leaves its own children to us.
    loop {
        let left = |pid: &i32| !workers.iter().any(|worker| worker.pid == *pid) && !undying.contains(pid);
        let orphans: Vec<_> = children().into_iter().filter(left).collect();
        if orphans.is_empty() {
            return;
        }
        undying.extend(orphans.into_iter().filter(|&pid| !stop(pid)));
    }
}

fn start(memory: OwnedFd, confinement: Confinement) -> io::Result<Started> {
    let shared = Shared::attach(memory)?;
    let control = shared.control();
    let mut last = io::Error::from_raw_os_error(libc::EAGAIN);
    for &isolation in Isolation::choices(confinement) {
        let ids = (isolation == Isolation::Mapped).then(Ids::claim);
        let places = match Places::make(isolation, ids.as_ref()) {
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
            worker::live(Start { shared: shared.base(), isolation, confinement, uid, gid, disk, fallback });
        }
        if pid < 0 {
            last = io::Error::from_raw_os_error(-pid as i32);
            places.remove();
            continue;
        }
        let mapped = ids.as_ref().map_or(Ok(()), |ids| map_ids(pid as i32, ids, control));
        match mapped.and_then(|()| wait_ready(control)) {
            Ok(()) => return Ok(Started { pid: pid as i32, places, ids }),
            Err(error) => last = error,
        }
        stop(pid as i32);
        places.remove();
    }
    Err(last)
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
    fn make(isolation: Isolation, ids: Option<&Ids>) -> io::Result<Self> {
        let temporary = std::env::temp_dir();
        let places = [temporary.as_path(), Path::new("/var/tmp"), Path::new("/tmp")];
        let is_memory = |place: &Path| TMPFS.contains(&sandbox::filesystem_type(place.as_os_str()));
        let disk = places.into_iter().filter(|place| !is_memory(place)).find_map(|place| private_directory(place).ok());
        let mut made = Places { disk, fallback: None };
        match made.complete(isolation, &temporary, ids) {
            Ok(()) => Ok(made),
            Err(error) => {
                made.remove();
                Err(error)
            }
        }
    }

    fn complete(&mut self, isolation: Isolation, temporary: &Path, ids: Option<&Ids>) -> io::Result<()> {
        if isolation == Isolation::Processes {
            let shm = Path::new("/dev/shm");
            let is_memory = TMPFS.contains(&sandbox::filesystem_type(shm.as_os_str()));
            let memory = is_memory.then(|| private_directory(shm).ok()).flatten();
            self.fallback = Some(memory.map_or_else(|| private_directory(temporary), Ok)?);
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

fn private_directory(parent: &Path) -> io::Result<PathBuf> {
    let template = parent.join("syscase-XXXXXX");
    let mut name = template.as_os_str().as_bytes().to_vec();
    name.push(0);
    // SAFETY: a writable, NUL-terminated template.
    if unsafe { libc::mkdtemp(name.as_mut_ptr().cast()) }.is_null() {
        return Err(io::Error::last_os_error());
    }
    name.pop();
    let path = PathBuf::from(std::ffi::OsString::from_vec(name));
    // Cases that become another user must be able to pass through.
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
    Ok(path)
}
