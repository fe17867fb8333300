//! User and group ids of one worker. Much of what the kernel rations, it rations by user: memory of pipes, watches,
//! queued signals. Workers whose ids are the same would spend each other's share.

use std::io;
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::sys::prctl::{get_pdeathsig, set_pdeathsig};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, bind, socket};

use crate::exec::shared::seal::Key;
use crate::exec::sys::{Prctl, geteuid, prctl, setresuid};

/// The first ids that workers may have: no distribution and no container tool hands them out, and systemd, which
/// has written down who does, knows of no use for those up to [`END`].
const FIRST: u32 = 0x7000_0000;
/// After the last of them.
const END: u32 = 0x7ffe_0000;
/// How many a worker has: those that a case may become or give files to.
const COUNT: u32 = 0x1_0000;
/// How many ranges are tried until one is used that others may be using, too.
const TRIES: u32 = 64;

/// Ids that no other worker on the machine has, as long as this is there, unless its program is in another network
/// namespace and has drawn the same.
pub(in crate::exec) struct Ids {
    first: u32,
    _claim: Option<OwnedFd>,
}

impl Ids {
    /// Draws ids until they are free.
    pub(in crate::exec) fn claim() -> Self {
        let mut first = draw();
        for _ in 0..TRIES {
            match claim(first) {
                Ok(claim) => return Ids { first, _claim: Some(claim) },
                Err(Errno::EADDRINUSE) => first = draw(),
                Err(_) => break,
            }
        }
        Ids { first, _claim: None }
    }

    /// The id that is root's in the worker's user namespace.
    pub(in crate::exec) fn root(&self) -> u32 {
        self.first
    }

    /// As `uid_map` and `gid_map` take them.
    pub(in crate::exec) fn map(&self) -> String {
        format!("0 {} {COUNT}", self.first)
    }

    /// Does something as their root, which keeps the caller's privilege: the kernel counts the namespaces that are
    /// made, and what is used in them, as this user's.
    pub(in crate::exec) fn as_creator<T>(&self, make: impl FnOnce() -> T) -> T {
        const KEEP: i64 = 1 << 2; // SECBIT_NO_SETUID_FIXUP
        const UNCHANGED: u32 = u32::MAX;
        let user = geteuid() as u32;
        // To become another user takes these away.
        let (dumpable, death_signal) = (prctl(Prctl::GetDumpable, 0), get_pdeathsig());
        let bits = prctl(Prctl::GetSecurebits, 0);
        let keeps = bits >= 0 && prctl(Prctl::SetSecurebits, bits | KEEP) == 0;
        if keeps {
            setresuid(UNCHANGED, self.first, UNCHANGED);
        }
        let made = make();
        if keeps {
            setresuid(UNCHANGED, user, UNCHANGED);
            prctl(Prctl::SetSecurebits, bits);
            prctl(Prctl::SetDumpable, dumpable);
            let _ = set_pdeathsig(death_signal.unwrap_or_default());
        }
        made
    }
}

/// Whether this is an id that workers may have.
pub(in crate::exec) fn is_a_worker_s(id: u32) -> bool {
    (FIRST..END).contains(&id)
}

/// A name that one socket can have at a time, and that goes away with it, whoever ends.
fn claim(first: u32) -> Result<OwnedFd, Errno> {
    let fd = socket(AddressFamily::Unix, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    bind(std::os::fd::AsRawFd::as_raw_fd(&fd), &UnixAddr::new_abstract(format!("syscase-ids-{first}").as_bytes())?)?;
    Ok(fd)
}

/// The first of some ids.
fn draw() -> u32 {
    FIRST + Key::draw().words()[0] as u32 % ((END - FIRST) / COUNT) * COUNT
}

/// Maps the ids of a worker in its user namespace, which only its parent has the privilege to.
pub(in crate::exec) fn map(worker: i32, ids: &Ids) -> io::Result<()> {
    std::fs::write(format!("/proc/{worker}/uid_map"), ids.map())?;
    std::fs::write(format!("/proc/{worker}/gid_map"), ids.map())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_claimed_is_claimed_once_until_it_is_let_go() {
        let ids = Ids::claim();
        assert!((FIRST..END).contains(&ids.first) && (END - ids.first).is_multiple_of(COUNT));
        assert_eq!(claim(ids.first).map(drop), Err(Errno::EADDRINUSE));
        let (first, others) = (ids.first, (0..64).map(|_| Ids::claim()).collect::<Vec<_>>());
        assert!(others.iter().all(|other| other.first != first));
        drop(ids);
        assert_eq!(claim(first).map(drop), Ok(()));
    }
}
