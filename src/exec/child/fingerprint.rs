//! What a case's processes leave behind, as one number: two runs that differ in what a later call
//! could find out differ in it. What differs from run to run by itself (inode numbers, times) is left
//! out as far as it is known.

use std::hash::Hasher;
use std::sync::atomic::Ordering;

use fnv::FnvHasher;

use crate::plan::{ARENA, ARENA_SPAN};

use crate::exec::child::descriptors::{Descriptors, FDS};
use crate::exec::child::path::Path;
use crate::exec::child::setup::Actors;
use crate::exec::child::slot::CaseSlot;
use crate::exec::shared::record::state;
use crate::exec::shared::slot::SLOT_SIZE;
use crate::exec::sys::{
    self, CWD, Disposition, close, disposition, fcntl, fstat, getpid, lseek, openat, process_vm_readv, range, syscall,
};

/// Bytes of a file, and of a stretch of memory, that are looked at.
const CONTENT: u64 = 256 << 10;
const PIECE: usize = 4096;
/// Not in `libc`.
const F_GETSIG: i32 = linux_raw_sys::general::F_GETSIG as i32;
const F_GETOWN_EX: i32 = linux_raw_sys::general::F_GETOWN_EX as i32;

/// The fingerprint; never 0. Performs only calls that do not block, and changes nothing but what it looks
/// at through.
// Out of the way of cases that are not examined: a large frame has to be touched page by page.
#[inline(never)]
pub(in crate::exec) fn fingerprint(slot: CaseSlot, actors: &Actors) -> u64 {
    let mut print = Print::default();
    let mut pending = 0u64;
    // SAFETY: writes a set of 8 bytes.
    unsafe { syscall!(rt_sigpending, std::ptr::from_mut(&mut pending), size_of_val(&pending)) };
    print.number(pending as i64);
    // Whoever is told of accesses to files would be told of ours, and the step before be blamed.
    (1..=64).for_each(|signal| disposition(signal, Disposition::Ignore));
    let locked = is_pipe_locked(slot);
    for fd in Descriptors::open().iter() {
        descriptor(&mut print, fd as i64, locked);
    }
    directory(&mut print);
    memory(&mut print, getpid(), slot);
    for actor in (1..actors.count).filter(|&actor| actors.is_process(actor)) {
        let pid = slot.header().actors[actor].tid.load(Ordering::Acquire).into();
        (0..FDS as i64).for_each(|fd| information(&mut print, pid, fd));
        memory(&mut print, pid, slot);
    }
    print.0.finish().max(1)
}

/// Whether a splice sleeps, which has the pipe that it takes from locked: whoever asks for the pipe's size or
/// filling sleeps too.
fn is_pipe_locked(slot: CaseSlot) -> bool {
    slot.header().actors.iter().any(|cell| {
        let step = cell.calling.load(Ordering::Acquire) as usize;
        let calls = (1..=slot.layout.steps).contains(&step) && slot.record(step - 1).state() == state::BEGUN;
        calls && cell.nr.load(Ordering::Acquire) == libc::SYS_splice as u32
    })
}

#[derive(Default)]
struct Print(FnvHasher);

impl Print {
    /// Adds what comes in an order that differs from run to run: entries of a directory, files that are watched.
    fn unordered(&mut self, one: &Print) {
        self.0 = FnvHasher::with_key(self.0.finish().wrapping_add(one.0.finish()));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    fn number(&mut self, number: i64) {
        self.bytes(&number.to_le_bytes());
    }
}

fn descriptor(print: &mut Print, fd: i64, locked: bool) {
    print.number(fd);
    for op in [libc::F_GETFD, libc::F_GETFL, F_GETSIG, libc::F_GETLEASE, libc::F_GET_SEALS] {
        print.number(fcntl(fd, op));
    }
    let mut owner = [0i32; 2];
    // SAFETY: writes two numbers.
    print.number(unsafe { syscall!(fcntl, fd, F_GETOWN_EX, owner.as_mut_ptr()) });
    let [kind, id] = std::hint::black_box(owner);
    print.number(kind.into());
    // Ids count on from our own, which differs from run to run.
    print.number(if id == 0 { 0 } else { i64::from(id) - getpid() });
    print.number(lseek(fd, 0, libc::SEEK_CUR));
    if !locked {
        let mut queued = 0i32;
        print.number(fcntl(fd, libc::F_GETPIPE_SZ));
        // SAFETY: writes an int.
        print.number(unsafe { syscall!(ioctl, fd, libc::FIONREAD, std::ptr::from_mut(&mut queued)) });
        print.number(queued.into());
    }
    let mut ready = libc::pollfd { fd: fd as i32, events: libc::POLLIN | libc::POLLOUT, revents: 0 };
    let mut now = sys::timespec(0);
    // SAFETY: reads the time, and writes to this one entry.
    unsafe { syscall!(ppoll, std::ptr::from_mut(&mut ready), 1, std::ptr::from_mut(&mut now), 0, 8) };
    print.number(ready.revents.into());
    attributes(print, fd);
    content(print, fd);
    information(print, getpid(), fd);
}

/// What procfs says of a descriptor: flags, offset, locks, what an epoll instance watches, the count of an eventfd.
fn information(print: &mut Print, pid: i64, fd: i64) {
    let mut all = Print(FnvHasher::with_key(fd as u64));
    lines(&Path::default().text(b"/proc/").number(pid as u64).text(b"/fdinfo/").number(fd as u64), |line| {
        let mut one = Print::default();
        match line {
            // Numbers that the kernel hands out one after the other.
            [b'i', b'n', b'o', b':', ..] | [b'm', b'n', b't', ..] => return,
            [b'e', b'v', b'e', b'n', b't', b'f', b'd', b'-', b'i', b'd', ..] => return,
            [b'l', b'o', b'c', b'k', ..] => {
                // `lock:\t1: POSIX ADVISORY WRITE 123 00:1f:42 0 EOF`: without the file's numbers.
                line.iter().filter(|b| b.is_ascii_alphabetic()).for_each(|b| one.bytes(&[*b]));
                let inode = line.iter().rposition(|b| *b == b':').unwrap_or(0);
                one.bytes(line[inode..].splitn(2, |b| *b == b' ').nth(1).unwrap_or_default());
            }
            [b't', b'f', b'd', ..] => {
                let cut = line.windows(4).position(|w| w == b" pos").unwrap_or(line.len());
                one.bytes(&line[..cut]);
            }
            other => one.bytes(other),
        }
        all.unordered(&one);
    });
    print.number(all.0.finish() as i64);
}

/// Type, permissions, links, size, and blocks that it takes.
fn attributes(print: &mut Print, fd: i64) {
    let (ret, stat) = fstat(fd);
    print.number(ret);
    for number in [i64::from(stat.st_mode), stat.st_nlink as i64, stat.st_size, stat.st_blocks] {
        print.number(number);
    }
}

/// The content of a regular file, without moving the offset.
fn content(print: &mut Print, fd: i64) {
    let (_, stat) = fstat(fd);
    if stat.st_mode & libc::S_IFMT != libc::S_IFREG {
        return;
    }
    let mut piece = [0u8; PIECE];
    let mut at = 0;
    // What the files of procfs hold is made when it is read; their size is 0.
    while at < CONTENT.min(stat.st_size as u64) {
        // SAFETY: writes to the piece.
        let n = unsafe { syscall!(pread64, fd, piece.as_mut_ptr(), PIECE, at) };
        if n <= 0 {
            return;
        }
        print.bytes(written(&piece, n));
        at += n as u64;
    }
}

/// What the kernel wrote into a buffer, which the compiler cannot know of.
fn written(buffer: &[u8; PIECE], n: i64) -> &[u8] {
    &std::hint::black_box(buffer)[..(n as usize).min(PIECE)]
}

/// Names and content of what lies in the working directory.
fn directory(print: &mut Print) {
    let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC;
    let dir = openat(CWD, c".", flags, 0);
    if dir < 0 {
        return;
    }
    sys::each_entry(dir, |entry| {
        let mut one = Print::default();
        one.bytes(entry.name.to_bytes());
        // Only regular files: opening others may do something, and so may opening a file with a lease.
        if entry.kind == libc::DT_REG && !has_lease(entry.inode) {
            let flags = libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NOFOLLOW | libc::O_NONBLOCK;
            let file = openat(dir, entry.name, flags, 0);
            if file >= 0 {
                attributes(&mut one, file);
                content(&mut one, file);
                close(file);
            }
        }
        print.unordered(&one);
    });
    close(dir);
}

/// Whether somebody has a lease on the file: then it is looked at through descriptors alone.
fn has_lease(inode: u64) -> bool {
    let mut found = false;
    // `1: LEASE  ACTIVE    WRITE 123 00:1f:42 0 EOF`: after the last colon, the inode.
    lines(&Path::default().text(b"/proc/locks"), |line| {
        let after = line.iter().rposition(|b| *b == b':').map_or(line.len(), |colon| colon + 1);
        let digits = line[after..].iter().map_while(|b| (*b as char).to_digit(10));
        let number = digits.fold(0u64, |sum, digit| sum.wrapping_mul(10).wrapping_add(digit.into()));
        found |= number == inode && line.windows(5).any(|w| w == b"LEASE");
    });
    found
}

/// Mappings and their content within the plan's part of the address space; of others, where they are.
fn memory(print: &mut Print, pid: i64, slot: CaseSlot) {
    let shared = slot.base() as u64..slot.base() as u64 + SLOT_SIZE as u64;
    lines(&Path::default().text(b"/proc/").number(pid as u64).text(b"/maps"), |line| {
        let Some((from, to)) = range(line) else { return };
        let inside = from >= ARENA && to <= ARENA + ARENA_SPAN;
        // What the runner shares with the case is no part of it.
        if shared.contains(&from) || line.windows(7).any(|w| w == b"[stack]") {
            return;
        }
        // Addresses and protection; inode numbers follow.
        let end = line.iter().enumerate().filter(|(_, b)| **b == b' ').nth(1).map_or(line.len(), |(i, _)| i);
        print.bytes(&line[..end]);
        let mut at = from;
        while inside && at < to.min(from + CONTENT) {
            let mut piece = [0u8; PIECE];
            let n = process_vm_readv(pid, &mut piece, at);
            print.bytes(written(&piece, n.max(0)));
            at += PIECE as u64;
        }
    });
}

/// Each line of a file; the begin of those that are longer than a page.
fn lines(path: &Path, mut each: impl FnMut(&[u8])) {
    let fd = openat(CWD, path.as_c_str(), libc::O_RDONLY | libc::O_CLOEXEC, 0);
    if fd < 0 {
        return;
    }
    let mut piece = [0u8; PIECE];
    let mut line = [0u8; PIECE];
    let mut len = 0;
    loop {
        // SAFETY: writes to the piece.
        let n = unsafe { syscall!(read, fd, piece.as_mut_ptr(), PIECE) };
        if n <= 0 {
            break;
        }
        for &byte in written(&piece, n) {
            if byte == b'\n' {
                each(&line[..len]);
                len = 0;
            } else if len < PIECE {
                line[len] = byte;
                len += 1;
            }
        }
    }
    close(fd);
}
