//! Descriptors in messages that nobody receives. The kernel collects those whose sockets nobody has any more, some time
//! after it was asked to; until then they hold memory, locks, names and quotas.

use std::io::IoSlice;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::socket::{AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, sendmsg, socketpair};

/// How long the kernel may take, in milliseconds.
const PATIENCE: u16 = 500;

/// Has the kernel look for them: it does so when a socket of that family is closed (`unix_gc`).
pub(in crate::exec) fn look() {
    let _ = socketpair(AddressFamily::Unix, SockType::Datagram, None, SockFlag::SOCK_CLOEXEC);
}

/// Waits until all that were there are collected, by one of its own: the end of a pipe, which hangs up then.
pub(in crate::exec) fn collect() -> nix::Result<()> {
    let read = send_to_nobody()?;
    look();
    poll(&mut [PollFd::new(read.as_fd(), PollFlags::empty())], PATIENCE).map(drop)
}

/// Sends one end of a pipe to a socket that nobody has, itself on the way; the other end.
fn send_to_nobody() -> nix::Result<OwnedFd> {
    let (read, write) = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?;
    let (one, other) = socketpair(AddressFamily::Unix, SockType::Datagram, None, SockFlag::SOCK_CLOEXEC)?;
    let all = [one.as_raw_fd(), other.as_raw_fd(), write.as_raw_fd()];
    let message = ControlMessage::ScmRights(&all);
    sendmsg::<()>(one.as_raw_fd(), &[IoSlice::new(b"x")], &[message], MsgFlags::empty(), None)?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_receives_is_collected() {
        let read = send_to_nobody().expect("it is sent");
        collect().expect("it is asked for");
        assert_eq!(poll(&mut [PollFd::new(read.as_fd(), PollFlags::empty())], 0u8), Ok(1), "it is not collected");
    }
}
