//! Files and descriptors. These are numbers: those of a case are nobody's to own.

use std::ffi::{CStr, c_char};

use linux_raw_sys::ioctl::FS_IOC_GETFLAGS;

use crate::exec::sys::{of_numbers, syscall};

/// Where relative paths begin.
pub(in crate::exec) const CWD: i64 = libc::AT_FDCWD as i64;

of_numbers! {
    fn close(fd: i64);
    fn close_range(first: u32, last: u32, flags: u32);
    fn dup3(fd: i64, to: i64, flags: i32);
    fn fchmod(fd: i64, mode: u32);
    fn flock(fd: i64, operation: i32);
    fn lseek(fd: i64, offset: i64, whence: i32);
}

/// `mode` counts where the flags say that a file is made.
#[inline(always)]
pub(in crate::exec) fn openat(dir: i64, path: &CStr, flags: i32, mode: u32) -> i64 {
    // SAFETY: reads a path.
    unsafe { syscall!(openat, dir, path.as_ptr(), flags, mode) }
}

#[inline(always)]
pub(in crate::exec) fn chdir(path: &CStr) -> i64 {
    // SAFETY: reads a path.
    unsafe { syscall!(chdir, path.as_ptr()) }
}

#[inline(always)]
pub(in crate::exec) fn mkdirat(dir: i64, path: &CStr, mode: u32) -> i64 {
    // SAFETY: reads a path.
    unsafe { syscall!(mkdirat, dir, path.as_ptr(), mode) }
}

#[inline(always)]
pub(in crate::exec) fn unlinkat(dir: i64, path: &CStr, flags: i32) -> i64 {
    // SAFETY: reads a path.
    unsafe { syscall!(unlinkat, dir, path.as_ptr(), flags) }
}

/// Type and options are left out where the flags say that they do not count.
#[inline(always)]
pub(in crate::exec) fn mount(
    what: &CStr,
    at: &CStr,
    fstype: Option<&CStr>,
    flags: libc::c_ulong,
    options: Option<&CStr>,
) -> i64 {
    let address = |text: Option<&CStr>| text.map_or(std::ptr::null::<c_char>(), CStr::as_ptr);
    // SAFETY: reads strings; of the options it may read a page, and stops where there is none.
    unsafe { syscall!(mount, what.as_ptr(), at.as_ptr(), address(fstype), flags, address(options)) }
}

#[inline(always)]
pub(in crate::exec) fn umount2(at: &CStr, flags: i32) -> i64 {
    // SAFETY: reads a path.
    unsafe { syscall!(umount2, at.as_ptr(), flags) }
}

/// An operation that takes nothing.
#[inline(always)]
pub(in crate::exec) fn fcntl(fd: i64, operation: i32) -> i64 {
    // SAFETY: one that takes an address would be given none.
    unsafe { syscall!(fcntl, fd, operation, 0) }
}

/// What the kernel returned, and what there is to tell of the file.
#[inline(always)]
pub(in crate::exec) fn fstat(fd: i64) -> (i64, libc::stat) {
    // SAFETY: an all-zero stat is valid.
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: on the architectures that there are, libc's stat is the kernel's.
    let ret = unsafe { syscall!(fstat, fd, std::ptr::from_mut(&mut stat)) };
    (ret, stat)
}

/// What the kernel returned, and the flags of the inode: immutable and the like.
#[inline(always)]
pub(in crate::exec) fn inode_flags(fd: i64) -> (i64, i32) {
    let mut flags = 0i32;
    // SAFETY: writes 4 bytes, whatever the size in the operation's number.
    let ret = unsafe { syscall!(ioctl, fd, FS_IOC_GETFLAGS, std::ptr::from_mut(&mut flags)) };
    (ret, std::hint::black_box(flags))
}

/// What `getdents64` tells of one name in a directory.
pub(in crate::exec) struct Entry<'a> {
    pub(in crate::exec) name: &'a CStr,
    /// `DT_REG` and the like.
    pub(in crate::exec) kind: u8,
    pub(in crate::exec) inode: u64,
}

/// Goes through the names in a directory that is open; whether it came to their end.
// Out of the way of cases that look into none: a large frame has to be touched page by page.
#[inline(never)]
pub(in crate::exec) fn each_entry(dir: i64, mut each: impl FnMut(Entry<'_>)) -> bool {
    const SIZE: usize = 1024;
    let mut buffer = [0u8; SIZE];
    loop {
        // SAFETY: writes to the buffer.
        let n = unsafe { syscall!(getdents64, dir, buffer.as_mut_ptr(), SIZE) };
        if n <= 0 {
            return n == 0;
        }
        // The kernel wrote there, which the compiler cannot know of.
        entries(&std::hint::black_box(&buffer)[..(n as usize).min(SIZE)]).for_each(&mut each);
    }
}

/// The entries that `getdents64` has written.
fn entries(mut written: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    const NAME: usize = std::mem::offset_of!(libc::dirent64, d_name);
    const LEN: usize = std::mem::offset_of!(libc::dirent64, d_reclen);
    const KIND: usize = std::mem::offset_of!(libc::dirent64, d_type);
    std::iter::from_fn(move || {
        if written.len() <= NAME {
            return None;
        }
        let len = usize::from(u16::from_ne_bytes([written[LEN], written[LEN + 1]])).clamp(NAME, written.len());
        let (entry, after) = written.split_at(len);
        written = after;
        let inode = u64::from_ne_bytes(std::array::from_fn(|i| entry[i]));
        let name = CStr::from_bytes_until_nul(&entry[NAME..]).unwrap_or_default();
        Some(Entry { name, kind: entry[KIND], inode })
    })
}

/// Descriptors 0 to 2 on `/dev/null`.
pub(in crate::exec) fn null_stdio() {
    let null = openat(CWD, c"/dev/null", libc::O_RDWR, 0);
    for fd in 0..3 {
        if null >= 0 && null != fd {
            dup3(null, fd, 0);
        }
    }
    if null > 2 {
        close(null);
    }
}
