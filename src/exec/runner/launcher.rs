//! The program's side of the process that starts workers: forked first thing, while the program is still small and has
//! one thread. Where it is killed, the program cleans up in its place.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::prctl::set_child_subreaper;
use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, Shutdown, SockFlag, SockType, sendmsg, shutdown, socketpair,
};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::{Pid, setsid};

use crate::exec::launcher::reap::{DIE, end_orphans, stop, wait};
use crate::exec::launcher::serve::{GET_READY, live};
use crate::exec::launcher::{cgroup, copy, places};
use crate::exec::processes;
use crate::exec::shared::map::Shared;
use crate::exec::shared::policy::Confinement;
use crate::exec::sys::{self, clone, kill, rt_sigprocmask};

/// How often the program looks how the launcher is while it waits for it, in milliseconds.
const TICK: u16 = 100;
/// How many times it looks: as long as it may take to start a worker, with every isolation there is.
const PATIENCE: u32 = 4 * ((GET_READY + 2 * DIE) / 1000 / TICK as u64) as u32;
/// The same, for a launcher that is stopped: whoever stops the program, too, lets both go on.
const STOPPED: u32 = 20;

/// The launcher's end of the program.
pub(in crate::exec) struct Launcher {
    socket: OwnedFd,
    pid: i32,
    name: String,
    /// Why it is there no more.
    lost: Option<&'static str>,
}

impl Launcher {
    /// Forks the launcher. The program must have one thread.
    pub(in crate::exec) fn fork() -> io::Result<Self> {
        if let Some((socket, name)) = copy::socket() {
            copy::take_name();
            live(&socket, &name);
        }
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
        let name = places::draw_name();
        // What the launcher leaves if it is killed comes here, to be ended.
        let _ = set_child_subreaper(true);
        // It hears no signal, not even before it says so.
        let mask = rt_sigprocmask(libc::SIG_SETMASK, &!0);
        // SAFETY: there is one thread.
        let pid = unsafe { clone(libc::SIGCHLD) };
        if pid != 0 {
            rt_sigprocmask(libc::SIG_SETMASK, &mask);
        }
        match pid {
            0 => {
                drop(ours);
                // Its own session: Ctrl-C is for the program to hear, and what it has left is told by it.
                let _ = setsid();
                copy::become_it(&theirs, &name);
                live(&theirs, &name)
            }
            _ => sys::result(pid).map(|pid| Launcher { socket: ours, pid: pid as i32, name, lost: None }),
        }
    }

    /// Starts a worker on this shared memory; its process id.
    pub(in crate::exec) fn start(&mut self, shared: &Shared, confinement: Confinement) -> io::Result<i32> {
        self.ask(confinement.code(), &[ControlMessage::ScmRights(&shared.fds())])
    }

    /// Kills a worker and all that it has started.
    pub(in crate::exec) fn kill(&mut self, pid: i32) -> io::Result<()> {
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
        kill(self.pid, libc::SIGKILL);
        lost(self.lost.insert(why))
    }

    /// Does what the launcher did not come to.
    fn clean_up(&self) {
        stop(self.pid);
        end_orphans(strangers, |_| false);
        places::remove_all(&self.name);
        cgroup::remove_all(&self.name);
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        // Its read returns 0, it removes what it made, and ends, which closes its socket.
        let _ = shutdown(self.socket.as_raw_fd(), Shutdown::Write);
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

/// Children that are not of the program's session: what the launcher, which has one of its own, has left.
fn strangers() -> Vec<i32> {
    processes::all_children().into_iter().filter(|&pid| sys::getsid(pid) != sys::getsid(0)).collect()
}
