//! Memory shared with a worker.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::sys::memfd::{MFdFlags, memfd_create};

use super::slot::{Control, SHARED_SIZE, Slot};

/// A mapping of a memory file; only what is written takes memory.
pub(super) struct Shared {
    base: *mut u8,
    file: OwnedFd,
}

// SAFETY: an address range that the value owns.
unsafe impl Send for Shared {}

impl Shared {
    pub(super) fn new() -> io::Result<Self> {
        let file = memfd_create(c"syscase", MFdFlags::MFD_CLOEXEC)?;
        nix::unistd::ftruncate(&file, SHARED_SIZE as i64)?;
        Self::attach(file)
    }

    pub(super) fn attach(file: OwnedFd) -> io::Result<Self> {
        let (prot, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_NORESERVE);
        // SAFETY: a new mapping at an address of the kernel's choice.
        let base = unsafe { libc::mmap(std::ptr::null_mut(), SHARED_SIZE, prot, flags, file.as_raw_fd(), 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Shared { base: base.cast(), file })
    }

    pub(super) fn fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }

    pub(super) fn base(&self) -> *mut u8 {
        self.base
    }

    pub(super) fn control(&self) -> &Control {
        // SAFETY: the mapping begins with the control page, valid as zeros.
        unsafe { &*self.base.cast::<Control>() }
    }

    pub(super) fn slot(&self, index: u32) -> Slot {
        // SAFETY: a mapping of the shared size.
        unsafe { Slot::new(self.base, index) }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: the mapping made in `attach`.
        unsafe { libc::munmap(self.base.cast(), SHARED_SIZE) };
    }
}
