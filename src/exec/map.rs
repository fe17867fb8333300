//! Memory shared with a worker.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};

use super::seal::Key;
use super::setup::disposition;
use super::slot::{CONTROL_SIZE, Control, GAP, SHARED_SIZE, SLOT_SIZE, SLOTS, Slot};
use super::sys::{self, call};

/// A mapping of a memory file; only what is written takes memory.
pub(super) struct Shared {
    base: *mut u8,
    file: OwnedFd,
}

// SAFETY: an address range that the value owns.
unsafe impl Send for Shared {}

impl Shared {
    pub(super) fn new() -> io::Result<Self> {
        let file = memfd_create(c"syscase", MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)?;
        nix::unistd::ftruncate(&file, SHARED_SIZE as i64)?;
        // Whoever gets at the file could else take from us what we read.
        let size = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL;
        fcntl(&file, FcntlArg::F_ADD_SEALS(size))?;
        Self::attach(file)
    }

    pub(super) fn attach(file: OwnedFd) -> io::Result<Self> {
        let (prot, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_NORESERVE);
        // SAFETY: a new mapping; what is already at that address stays there, and the kernel chooses another.
        let base = unsafe { libc::mmap(anywhere() as *mut _, SHARED_SIZE, prot, flags, file.as_raw_fd(), 0) };
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

    pub(super) fn slots(&self) -> [Slot; SLOTS as usize] {
        // SAFETY: a mapping of the shared size.
        std::array::from_fn(|index| unsafe { Slot::new(self.base, index as u32) })
    }
}

/// Keeps all that a worker shares out of the processes that it forks, but for what is [lent](lend) to one of them.
/// False where the system does not do that.
pub(super) fn keep(shared: *mut u8) -> bool {
    let begins = std::iter::once(0).chain((0..SLOTS as usize).map(|slot| CONTROL_SIZE + slot * SLOT_SIZE));
    let ends = begins.clone().skip(1).chain([SHARED_SIZE]);
    let parts = begins.zip(ends).map(|(begin, end)| (shared as usize + begin, end - begin - GAP));
    let advise = |advice| parts.clone().all(|(at, len)| call!(madvise, at, len, advice) == 0);
    for (at, len) in parts.clone() {
        call!(munmap, at + len, GAP);
    }
    if !advise(libc::MADV_DONTFORK) {
        advise(libc::MADV_DOFORK);
        return false;
    }
    let child = call!(clone, libc::SIGCHLD, 0, 0, 0, 0);
    if child == 0 {
        // Under user-mode Linux 6.1 the mapping is gone, and its pages are there.
        disposition(libc::SIGSEGV as u32, faulted as *const () as usize);
        // SAFETY: mapped, or else a fault, which ends the process.
        unsafe { shared.read_volatile() };
        sys::exit(1);
    }
    let mut status = -1;
    call!(wait4, child, std::ptr::from_mut(&mut status), 0, 0);
    if status != 0 {
        advise(libc::MADV_DOFORK);
    }
    status == 0
}

extern "C" fn faulted(_: i32) {
    sys::exit(0);
}

/// Lets the next process that is forked have a slot, or no process any more.
pub(super) fn lend(slot: Slot, lent: bool) {
    let advice = if lent { libc::MADV_DOFORK } else { libc::MADV_DONTFORK };
    call!(madvise, slot.base(), SLOT_SIZE - GAP, advice);
}

/// An address that no case can know: far from everything else, and so even where the kernel does not randomize
/// addresses. Where address spaces are smaller than 47 bits, the kernel chooses.
fn anywhere() -> u64 {
    const LOWEST: u64 = 1 << 44;
    const PAGES: u64 = 1 << 30;
    LOWEST + Key::draw().words()[0] % PAGES * 0x1_0000
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: the mapping made in `attach`.
        unsafe { libc::munmap(self.base.cast(), SHARED_SIZE) };
    }
}
