//! Sysctls of a case's own namespaces.

use std::ffi::CStr;

use crate::exec::child::setup::{CaseSetup, text};
use crate::exec::sys::{self, CWD, syscall};

/// Where they are.
const PLACE: &CStr = c"/proc/sys";

impl CaseSetup<'_> {
    /// A descriptor of the directory of sysctls, while this process may still have it otherwise than the worker: for
    /// root, whose worker has locked it, a mount of its own that nobody else sees.
    pub(super) fn reach_sysctls(&mut self) -> i64 {
        if self.plan.setup.sysctls.is_empty() {
            return -1;
        }
        let tree = unlocked(PLACE);
        if tree >= 0 {
            return tree;
        }
        let fd = sys::openat(CWD, PLACE, libc::O_PATH | libc::O_CLOEXEC, 0);
        self.try_optional("open ", PLACE.to_bytes(), fd);
        fd
    }

    /// Writes the sysctls: the kernel finds those of the namespaces that whoever opens them is in.
    pub(super) fn set_sysctls(&mut self, dir: i64) {
        for sysctl in self.plan.setup.sysctls.iter() {
            let (path, value) = (text(&sysctl.0), text(&sysctl.1).to_bytes());
            let fd = sys::openat(dir, path, libc::O_WRONLY | libc::O_CLOEXEC, 0);
            // A kernel may lack the one or the other.
            self.optional = fd == -i64::from(libc::ENOENT);
            if self.optional {
                self.fail("find the sysctl ", &sysctl.0, fd);
            }
            self.try_optional("open the sysctl ", &sysctl.0, fd);
            // SAFETY: reads the value.
            let written = unsafe { syscall!(write, fd, value.as_ptr(), value.len()) };
            self.check("write the sysctl ", &sysctl.0, written);
            sys::close(fd);
        }
        if dir >= 0 {
            sys::close(dir);
        }
    }
}

/// What is at that place, as a mount of its own that is not read-only and has devices, for who may have that.
pub(super) fn unlocked(place: &CStr) -> i64 {
    // What is set, what is cleared, propagation, a user namespace.
    let attributes = [0, libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NODEV, 0, 0];
    let clone = libc::OPEN_TREE_CLONE | libc::OPEN_TREE_CLOEXEC;
    // SAFETY: reads a path.
    let tree = unsafe { syscall!(open_tree, CWD, place.as_ptr(), clone) };
    if tree < 0 {
        return tree;
    }
    let (at, size) = (attributes.as_ptr(), size_of_val(&attributes));
    // SAFETY: reads an empty path, and attributes of that size.
    let changed = unsafe { syscall!(mount_setattr, tree, c"".as_ptr(), libc::AT_EMPTY_PATH, at, size) };
    if changed < 0 {
        sys::close(tree);
        return changed;
    }
    tree
}
