//! Memory shared with a worker.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::exec::shared::seal::Key;
use crate::exec::shared::slot::{CONTROL_SIZE, Control, SLOT_SIZE, SLOTS};
use crate::exec::sys::{self, syscall};

/// Files of a worker: the control file, and one a slot.
pub(in crate::exec) const FILES: usize = 1 + SLOTS as usize;

/// A mapping of a memory file of exactly that size; only what is written takes memory.
struct Mapping {
    base: *mut u8,
    size: usize,
    file: OwnedFd,
}

/// All that is shared with a worker.
pub(in crate::exec) struct Shared {
    control: Mapping,
    slots: [Mapping; SLOTS as usize],
}

/// Where it is.
#[derive(Clone, Copy)]
pub(in crate::exec) struct Addresses {
    control: *mut u8,
    slots: [*mut u8; SLOTS as usize],
}

// SAFETY: address ranges that the value owns.
unsafe impl Send for Shared {}

impl Mapping {
    fn new(size: usize) -> io::Result<Self> {
        let file = memfd_create(c"syscase", MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)?;
        nix::unistd::ftruncate(&file, size as i64)?;
        // A case that gets at its slot's file can neither take from us what we read nor keep more than that there.
        let seals = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL;
        fcntl(&file, FcntlArg::F_ADD_SEALS(seals))?;
        Self::attach(file, size)
    }

    fn attach(file: OwnedFd, size: usize) -> io::Result<Self> {
        let (prot, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_NORESERVE);
        // SAFETY: a new mapping; what is already at that address stays there, and the kernel chooses another.
        let base = unsafe { libc::mmap(anywhere() as *mut _, size, prot, flags, file.as_raw_fd(), 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Mapping { base: base.cast(), size, file })
    }
}

impl Mapping {
    fn release(&mut self) {
        let size = std::mem::take(&mut self.size);
        if size > 0 {
            // SAFETY: the mapping made in `attach`.
            unsafe { libc::munmap(self.base.cast(), size) };
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.release();
    }
}

impl Shared {
    pub(in crate::exec) fn new() -> io::Result<Self> {
        Self::each(Mapping::new)
    }

    /// The same memory, by the files of [`fds`](Self::fds).
    pub(in crate::exec) fn attach(files: Vec<OwnedFd>) -> io::Result<Self> {
        let mut files = files.into_iter();
        Self::each(|size| Mapping::attach(files.next().ok_or(io::ErrorKind::InvalidData)?, size))
    }

    fn each(mut mapping: impl FnMut(usize) -> io::Result<Mapping>) -> io::Result<Self> {
        let control = mapping(CONTROL_SIZE)?;
        let slots = (0..SLOTS).map(|_| mapping(SLOT_SIZE)).collect::<io::Result<Vec<_>>>()?;
        Ok(Shared { control, slots: slots.try_into().map_err(|_| io::ErrorKind::InvalidData)? })
    }

    pub(in crate::exec) fn fds(&self) -> [RawFd; FILES] {
        std::array::from_fn(|i| match i {
            0 => self.control.file.as_raw_fd(),
            _ => self.slots[i - 1].file.as_raw_fd(),
        })
    }

    /// The file of a slot.
    pub(in crate::exec) fn file(&self, slot: usize) -> BorrowedFd<'_> {
        self.slots[slot].file.as_fd()
    }

    pub(in crate::exec) fn control(&self) -> &Control {
        // SAFETY: the file begins with it, valid as zeros, and is mapped as long as this lives.
        unsafe { &*self.control.base.cast::<Control>() }
    }

    /// Where the slots are.
    pub(in crate::exec) fn slots(&self) -> [*mut u8; SLOTS as usize] {
        std::array::from_fn(|index| self.slots[index].base)
    }

    /// Gives up the slots of a worker that is no more, which nobody looks at again.
    pub(in crate::exec) fn release_slots(&mut self) {
        self.slots.iter_mut().for_each(Mapping::release);
    }

    pub(in crate::exec) fn addresses(&self) -> Addresses {
        Addresses { control: self.control.base, slots: std::array::from_fn(|i| self.slots[i].base) }
    }
}

impl Addresses {
    /// # Safety
    /// The process still has what is there.
    pub(in crate::exec) unsafe fn control<'a>(self) -> &'a Control {
        // SAFETY: the file begins with it; the caller's.
        unsafe { &*self.control.cast::<Control>() }
    }

    /// Where a slot is.
    pub(in crate::exec) fn slot(self, index: u32) -> *mut u8 {
        self.slots[index as usize]
    }

    /// Addresses and sizes in bytes.
    fn all(self) -> impl Iterator<Item = (*mut u8, usize)> + Clone {
        std::iter::once((self.control, CONTROL_SIZE)).chain(self.slots.into_iter().map(|slot| (slot, SLOT_SIZE)))
    }

    /// Takes all but one slot from the calling process.
    ///
    /// # Safety
    /// It has no reference into the rest.
    pub(in crate::exec) unsafe fn unmap_others(self, slot: *mut u8) {
        for (at, size) in self.all().filter(|(at, _)| *at != slot) {
            // SAFETY: the caller's.
            unsafe { syscall!(munmap, at, size) };
        }
    }
}

/// Keeps all that a worker shares out of the processes that it forks, but for what is [lent](lend) to one of them.
/// False where the system does not do that.
pub(in crate::exec) fn keep(shared: Addresses) -> bool {
    // SAFETY: what is there stays as it is for the calling process.
    let advise = |advice| shared.all().all(|(at, size)| unsafe { syscall!(madvise, at, size, advice) } == 0);
    if !advise(libc::MADV_DONTFORK) {
        advise(libc::MADV_DOFORK);
        return false;
    }
    // SAFETY: the child needs no lock.
    let child = unsafe { sys::clone(libc::SIGCHLD) };
    if child == 0 {
        // Under user-mode Linux 6.1 the mapping is gone, and its pages are there.
        // SAFETY: it makes one system call.
        unsafe { sys::handle(libc::SIGSEGV, faulted, 0, 0) };
        // SAFETY: mapped, or else a fault, which ends the process.
        unsafe { shared.control.read_volatile() };
        sys::exit(1);
    }
    let (_, status) = sys::wait4(child as i32, 0);
    if status != 0 {
        advise(libc::MADV_DOFORK);
    }
    status == 0
}

extern "C" fn faulted(_: i32, _: *mut libc::siginfo_t, _: *mut libc::c_void) {
    sys::exit(0);
}

/// Lets the next process that is forked have a slot, or no process any more.
pub(in crate::exec) fn lend(slot: *mut u8, lent: bool) {
    let advice = if lent { libc::MADV_DOFORK } else { libc::MADV_DONTFORK };
    // SAFETY: as above.
    unsafe { syscall!(madvise, slot, SLOT_SIZE, advice) };
}

/// An address that no case can know: far from everything else, and so even where the kernel does not randomize
/// addresses. Where address spaces are smaller than 47 bits, the kernel chooses.
fn anywhere() -> u64 {
    const LOWEST: u64 = 1 << 44;
    const PAGES: u64 = 1 << 30;
    LOWEST + Key::draw().words()[0] % PAGES * 0x1_0000
}
