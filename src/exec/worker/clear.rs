//! Removes what a case leaves in its directory, whatever that is: deep nests, directories that nobody may enter,
//! immutable files, mounts. Never what lies behind a mount or a symbolic link.

use std::ffi::{CStr, CString};
use std::fs::{self, OpenOptions, Permissions};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use linux_raw_sys::general::FS_IMMUTABLE_FL;
use linux_raw_sys::ioctl::FS_IOC_SETFLAGS;

use crate::exec::sys::{self, CWD, inode_flags, syscall, unlinkat};
use crate::exec::worker::stat::is_mount_point;

/// `FS_IMMUTABLE_FL | FS_APPEND_FL`.
const FIXED: i32 = (FS_IMMUTABLE_FL | linux_raw_sys::general::FS_APPEND_FL) as i32;

/// Removes a directory that holds nothing out of the ordinary: files, and directories that are empty. False if it
/// is still there. Does not allocate: each page that a worker writes to between two cases, it has a page fault for.
pub(in crate::exec) fn remove_flat(dir: &CStr) -> bool {
    uncover(dir);
    let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NOFOLLOW | libc::O_CLOEXEC;
    let fd = sys::openat(CWD, dir, flags, 0);
    if fd < 0 {
        return false;
    }
    let mut removed = true;
    let is_whole = sys::each_entry(fd, |entry| {
        if ![c".", c".."].contains(&entry.name) {
            let flags = if entry.kind == libc::DT_DIR { libc::AT_REMOVEDIR } else { 0 };
            removed &= unlinkat(fd, entry.name, flags) == 0;
        }
    });
    sys::close(fd);
    is_whole && removed && unlinkat(CWD, dir, libc::AT_REMOVEDIR) == 0
}

/// Removes a tree; false if something remains. Nobody else may be at work in it.
pub(in crate::exec) fn remove_tree(dir: &Path) -> bool {
    match dir.symlink_metadata() {
        Err(_) => return true,
        Ok(metadata) if !metadata.is_dir() => return fs::remove_file(dir).is_ok(),
        Ok(_) => {}
    }
    open_up(dir);
    // However deep a nest is, its directories come up here one after the other: no path grows, and no stack.
    let mut names = 0u64..;
    let mut left = entries(dir);
    while !left.is_empty() {
        let removed = left.iter().filter(|(path, is_dir)| match is_dir {
            false => remove_file(path),
            true => names.next().is_some_and(|n| take_apart(path, dir, n)),
        });
        if removed.count() == 0 {
            return false;
        }
        left = entries(dir);
    }
    fs::remove_dir(dir).is_ok()
}

/// Removes a directory's files and then itself; its own directories are moved up.
fn take_apart(dir: &Path, top: &Path, n: u64) -> bool {
    open_up(dir);
    // What is mounted somewhere cannot be renamed: so this is no door to elsewhere.
    let own = top.join(format!("\u{1}{n}"));
    if fs::rename(dir, &own).is_err() {
        return false;
    }
    let mut progress = false;
    for (i, (path, is_dir)) in entries(&own).into_iter().enumerate() {
        progress |= match is_dir {
            false => remove_file(&path),
            true => {
                open_up(&path);
                fs::rename(&path, top.join(format!("\u{2}{n}.{i}"))).is_ok()
            }
        };
    }
    fs::remove_dir(&own).is_ok() || progress
}

/// What is in a directory, and whether it is a directory itself.
fn entries(dir: &Path) -> Vec<(std::path::PathBuf, bool)> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|e| (e.path(), e.file_type().is_ok_and(|t| t.is_dir()))).collect()
}

fn remove_file(path: &Path) -> bool {
    fs::remove_file(path).is_ok() || {
        unfix(path);
        fs::remove_file(path).is_ok()
    }
}

/// Makes a directory one that can be emptied: nothing mounted on it, entered by its owner, changed by all who may.
fn open_up(dir: &Path) {
    if let Ok(path) = CString::new(dir.as_os_str().as_bytes()) {
        uncover(&path);
    }
    if fs::set_permissions(dir, Permissions::from_mode(0o700)).is_err() {
        unfix(dir);
        let _ = fs::set_permissions(dir, Permissions::from_mode(0o700));
    }
    unfix(dir);
}

/// Takes away what is mounted on a directory: it is somebody else's.
fn uncover(dir: &CStr) {
    const DETACH: i32 = libc::MNT_DETACH | libc::UMOUNT_NOFOLLOW;
    // To try until it fails would be simpler, but where a directory is a mount point in another namespace alone, gVisor
    // takes away the mount that the directory lies on.
    while sys::umount2(dir, DETACH) == 0 && is_mount_point(dir) {}
}

/// Takes away the flags that forbid changes.
fn unfix(path: &Path) {
    let Ok(file) = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path) else {
        return;
    };
    let (got, flags) = inode_flags(file.as_raw_fd().into());
    if got == 0 && flags & FIXED != 0 {
        let flags = flags & !FIXED;
        // SAFETY: reads 4 bytes, whatever the size in the operation's number.
        unsafe { syscall!(ioctl, file.as_raw_fd(), FS_IOC_SETFLAGS, std::ptr::from_ref(&flags)) };
    }
}
