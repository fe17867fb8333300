//! Disks of a case: loop devices over files without a name, which a process of the case holds.

use std::ffi::CStr;

use linux_raw_sys::loop_device::{
    LO_FLAGS_AUTOCLEAR, LO_FLAGS_READ_ONLY, LOOP_CONFIGURE, LOOP_CTL_GET_FREE, loop_config,
};

use crate::disk::IMAGES;
use crate::exec::child::path::Path;
use crate::exec::child::setup::{CaseSetup, ORDINARY, text};
use crate::exec::child::sysctls::unlocked;
use crate::exec::sys::{self, CWD, exit, syscall};
use crate::plan::ArchivedPlanDisk;

const CONTROL: &CStr = c"/dev/loop-control";
/// How often a device may be somebody else's that was free a moment ago.
const TRIES: u32 = 64;

impl CaseSetup<'_> {
    /// Makes a file appear as a block device under the path.
    pub(super) fn disk(&mut self, disk: &ArchivedPlanDisk) {
        self.as_root();
        let file = self.disk_content(disk);
        let (device, tree, path) = self.loop_device(file, disk.read_only);
        sys::close(file);
        // The device is the machine's; under this path it is there for the case alone.
        let made = sys::openat(CWD, text(&disk.path), libc::O_CREAT | libc::O_EXCL | libc::O_CLOEXEC, 0o600);
        self.check("create ", &disk.path, made);
        sys::close(made);
        let at = text(&disk.path);
        let bound = match tree {
            0.. => {
                // SAFETY: reads paths.
                unsafe { syscall!(move_mount, tree, c"".as_ptr(), CWD, at.as_ptr(), libc::MOVE_MOUNT_F_EMPTY_PATH) }
            }
            _ => sys::mount(path.as_c_str(), at, None, libc::MS_BIND, None),
        };
        self.try_optional("bind a device to ", &disk.path, bound);
        sys::close(tree);
        // Who holds it open keeps it: the last one that closes it gives it back.
        self.leave_behind(|| {
            loop {
                // SAFETY: waits for a signal.
                unsafe { syscall!(ppoll, 0, 0, 0, 0, 0) };
            }
        });
        sys::close(device);
        self.as_before();
    }

    /// A file in memory with what the disk holds.
    fn disk_content(&mut self, disk: &ArchivedPlanDisk) -> i64 {
        // SAFETY: reads a name.
        let file = unsafe { syscall!(memfd_create, c"disk".as_ptr(), libc::MFD_CLOEXEC) };
        self.try_optional("make a file without a name", b"", file);
        // SAFETY: numbers.
        self.check("size a disk", b"", unsafe { syscall!(ftruncate, file, disk.size.to_native()) });
        let image = IMAGES.iter().find(|image| image.name == disk.image.as_str());
        for (at, bytes) in image.map(|image| image.parts).unwrap_or_default() {
            // SAFETY: reads the bytes.
            let written = unsafe { syscall!(pwrite64, file, bytes.as_ptr(), bytes.len(), *at) };
            self.check("fill a disk", b"", written);
        }
        file
    }

    /// A device over the file; the mount by which it is reached, where the worker has locked it; and its path.
    fn loop_device(&mut self, file: i64, read_only: bool) -> (i64, i64, Path) {
        let (control, tree) = self.device(CONTROL);
        sys::close(tree);
        // SAFETY: zeros are a device over no file.
        let mut config: loop_config = unsafe { std::mem::zeroed() };
        config.fd = file as u32;
        config.info.lo_flags = LO_FLAGS_AUTOCLEAR as u32 | if read_only { LO_FLAGS_READ_ONLY as u32 } else { 0 };
        let mut configured = -i64::from(libc::EBUSY);
        for _ in 0..TRIES {
            // SAFETY: no argument.
            let number = unsafe { syscall!(ioctl, control, LOOP_CTL_GET_FREE, 0) };
            self.try_optional("find a free loop device", b"", number);
            let path = Path::default().text(b"/dev/loop").number(number as u64);
            let (device, tree) = self.device(path.as_c_str());
            // SAFETY: reads the configuration.
            configured = unsafe { syscall!(ioctl, device, LOOP_CONFIGURE, std::ptr::from_ref(&config)) };
            if configured >= 0 {
                sys::close(control);
                return (device, tree, path);
            }
            sys::close(device);
            sys::close(tree);
            if configured != -i64::from(libc::EBUSY) {
                break;
            }
        }
        self.optional = true;
        self.fail("set up a loop device", b"", configured)
    }

    /// A device, open, and the mount of our own by which it is reached, if it is not by its path: in the sandbox it is
    /// locked, like all devices but a few; a mount of one's own is not. A machine that has none is no failure.
    pub(super) fn device(&mut self, path: &CStr) -> (i64, i64) {
        let flags = libc::O_RDWR | libc::O_CLOEXEC;
        let device = sys::openat(CWD, path, flags, 0);
        if device >= 0 {
            return (device, -1);
        }
        let tree = unlocked(path);
        if tree >= 0 {
            let through = Path::default().text(b"/proc/self/fd/").number(tree as u64);
            let device = sys::openat(CWD, through.as_c_str(), flags, 0);
            if device >= 0 {
                return (device, tree);
            }
        }
        self.optional = true;
        self.fail("open ", path.to_bytes(), device)
    }

    /// Has this done by a process that is no child of the case's, until somebody kills it: what is done ends with the
    /// case.
    pub(super) fn leave_behind(&mut self, job: impl FnOnce() -> i32) {
        // A child's child: the case's process has no children but its own.
        // SAFETY: the child shares nothing with this process.
        let child = unsafe { sys::clone(libc::SIGCHLD) };
        if child == 0 {
            // SAFETY: as above.
            if unsafe { sys::clone(libc::SIGCHLD) } == 0 {
                // No signal to the case's group is for it.
                sys::setsid();
                exit(job());
            }
            exit(0);
        }
        self.check("fork a process beside the case", b"", child);
        sys::wait4(child as i32, 0);
    }

    /// Whoever will have no privilege makes files as itself; disks are root's.
    pub(super) fn as_root(&self) {
        if self.gives_up {
            sys::setfsuid(0);
            sys::setfsgid(0);
        }
    }

    pub(super) fn as_before(&self) {
        if self.gives_up {
            sys::setfsgid(ORDINARY);
            sys::setfsuid(ORDINARY);
        }
    }
}
