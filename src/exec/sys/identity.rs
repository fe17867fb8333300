//! Whose a process is, and what it may do.

use crate::exec::sys::{of_numbers, syscall};

of_numbers! {
    fn getuid();
    fn geteuid();
    fn getgid();
    fn getegid();
    /// Real, effective and saved user; `u32::MAX`: as it is.
    fn setresuid(real: u32, effective: u32, saved: u32);
    /// Real, effective and saved group; `u32::MAX`: as it is.
    fn setresgid(real: u32, effective: u32, saved: u32);
    /// The user that files are made and opened as; returns the one before.
    fn setfsuid(user: u32);
    /// The group.
    fn setfsgid(group: u32);
}

/// Sets the supplementary groups.
#[inline(always)]
pub(in crate::exec) fn setgroups(groups: &[u32]) -> i64 {
    // SAFETY: reads so many ids.
    unsafe { syscall!(setgroups, groups.len(), groups.as_ptr()) }
}

/// Capabilities of the calling thread: effective, permitted, inheritable; low words, then high words.
#[derive(Default)]
pub(in crate::exec) struct Capabilities([u32; 6]);

/// `_LINUX_CAPABILITY_VERSION_3`, of the calling thread.
const HEADER: [u32; 2] = [0x2008_0522, 0];

impl Capabilities {
    /// Those that are in the mask, too.
    pub(in crate::exec) fn only(&self, mask: u64) -> Self {
        let words = [mask as u32, (mask >> 32) as u32];
        Capabilities(std::array::from_fn(|i| self.0[i] & words[i / 3]))
    }
}

/// What the calling thread has.
#[inline(always)]
pub(in crate::exec) fn capget(sets: &mut Capabilities) -> i64 {
    let mut header = HEADER;
    // SAFETY: of this version, there are six words; the version that the kernel prefers goes to the header.
    unsafe { syscall!(capget, header.as_mut_ptr(), sets.0.as_mut_ptr()) }
}

/// Has the calling thread have these.
#[inline(always)]
pub(in crate::exec) fn capset(sets: &Capabilities) -> i64 {
    let mut header = HEADER;
    // SAFETY: as for `capget`; the words are read.
    unsafe { syscall!(capset, header.as_mut_ptr(), sets.0.as_ptr()) }
}
