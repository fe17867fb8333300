//! The network of a new namespace.

use crate::exec::sys::{close, syscall};

/// Brings up `lo` in a new network namespace. Failure shows in the cases that need it.
pub(in crate::exec) fn loopback_up() {
    // SAFETY: no argument is an address.
    let fd = unsafe { syscall!(socket, libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
    // SAFETY: all zeros are a valid ifreq.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(*b"lo") {
        *to = from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as i16;
    // SAFETY: the operation reads an ifreq.
    unsafe { syscall!(ioctl, fd, libc::SIOCSIFFLAGS, std::ptr::from_ref(&request)) };
    close(fd);
}
