//! Which descriptors are open, up to a number that no case reaches.

use crate::exec::sys::{self, CWD, close, fcntl, openat};

/// Numbers that are looked at.
pub(in crate::exec) const FDS: u64 = 1024;

/// A set of descriptors.
#[derive(Clone, Copy, Default)]
pub(in crate::exec) struct Descriptors([u64; FDS as usize / 64]);

impl Descriptors {
    /// The calling thread's, as procfs lists them, or else one by one: in an emulator, a call for each takes a second.
    pub(in crate::exec) fn open() -> Self {
        listed().unwrap_or_else(|| (0..FDS).filter(|&fd| is_open(fd)).fold(Self::default(), Self::with))
    }

    pub(in crate::exec) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// In ascending order.
    pub(in crate::exec) fn iter(self) -> impl Iterator<Item = u64> {
        (0..FDS).filter(move |&fd| self.0[fd as usize / 64] >> (fd % 64) & 1 != 0)
    }

    /// Those that are in this set alone.
    pub(in crate::exec) fn without(self, other: &Self) -> Self {
        Descriptors(std::array::from_fn(|i| self.0[i] & !other.0[i]))
    }

    fn with(mut self, fd: u64) -> Self {
        if let Some(word) = self.0.get_mut(fd as usize / 64) {
            *word |= 1 << (fd % 64);
        }
        self
    }
}

/// Whether this one is open.
pub(in crate::exec) fn is_open(fd: u64) -> bool {
    fcntl(fd as i64, libc::F_GETFD) >= 0
}

/// None where there is no procfs, or no descriptor left.
fn listed() -> Option<Descriptors> {
    let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC;
    let dir = openat(CWD, c"/proc/thread-self/fd", flags, 0);
    if dir < 0 {
        return None;
    }
    let mut found = Descriptors::default();
    let is_whole = sys::each_entry(dir, |entry| {
        let number = entry.name.to_str().ok().and_then(|name| name.parse().ok());
        found = number.filter(|&fd| fd != dir as u64).into_iter().fold(found, Descriptors::with);
    });
    close(dir);
    is_whole.then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_find_the_same() {
        // A process of its own: other tests open and close.
        // SAFETY: it needs no lock.
        let child = unsafe { sys::clone(libc::SIGCHLD) };
        if child == 0 {
            (0..FDS).for_each(|fd| _ = close(fd as i64));
            let expected = [0, 7, 300, 301];
            let opened = openat(CWD, c"/dev/null", libc::O_RDONLY, 0) == 0;
            let copied = expected[1..].iter().all(|&fd| sys::dup3(0, fd as i64, 0) == fd as i64);
            let listed = listed();
            let same = listed.is_some_and(|set| set.iter().eq(expected) && set.count() == 4);
            let asked = (0..FDS).filter(|&fd| is_open(fd)).eq(expected);
            let new = Descriptors::open().with(9).without(&Descriptors::open()).iter().eq([9]);
            sys::exit(i32::from(!(opened && copied && same && asked && new)));
        }
        assert_eq!(sys::wait4(child as i32, 0), (child, 0));
    }
}
