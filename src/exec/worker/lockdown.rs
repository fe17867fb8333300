//! The machine's files as a confined worker sees them: read-only, without devices that reach the machine.

use std::ffi::CString;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use linux_raw_sys::general::{MOUNT_ATTR_NODEV, MOUNT_ATTR_NOSUID, MOUNT_ATTR_RDONLY};
use nix::mount::{MntFlags, MsFlags, mount, umount2};

use crate::exec::sys::{self, CWD, syscall};

/// Devices that do nothing to the machine.
const DEVICES: [&str; 6] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"];
/// Sockets of the machine's services lie here, and what others have left for everybody to use.
const HIDDEN: [&str; 4] = ["/run", "/var/run", "/tmp", "/var/tmp"];
/// What `/proc` lets root change of the machine.
const PROC: [&str; 11] =
    ["acpi", "asound", "bus", "driver", "fs", "irq", "latency_stats", "mtrr", "scsi", "sys", "sysrq-trigger"];

/// `struct mount_attr`.
#[repr(C)]
#[derive(Default)]
struct Attributes {
    set: u64,
    clear: u64,
    propagation: u64,
    userns: u64,
}

/// Makes every mount read-only and free of devices, but for the directory that cases work in and harmless devices;
/// hides directories that everybody uses. The mount namespace must be the worker's own.
pub(in crate::exec) fn lock_mounts(disk: Option<&Path>) -> io::Result<()> {
    let devices = DEVICES.map(Path::new).into_iter().filter(|device| device.exists());
    let devices: Vec<&Path> = devices.filter(|device| over_itself(device).is_ok()).collect();
    disk.map_or(Ok(()), over_itself)?;
    let locked = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID;
    change(Path::new("/"), libc::AT_RECURSIVE, &Attributes { set: u64::from(locked), ..Attributes::default() })?;
    for device in devices {
        // Where devices did not work before, they need not now.
        let _ = change(device, 0, &Attributes { clear: u64::from(MOUNT_ATTR_NODEV), ..Attributes::default() });
    }
    if let Some(disk) = disk {
        change(disk, 0, &Attributes { clear: u64::from(MOUNT_ATTR_RDONLY), ..Attributes::default() })?;
    }
    for dir in HIDDEN.map(Path::new).into_iter().filter(|dir| dir.is_dir() && !dir.is_symlink()) {
        hide(dir, disk.filter(|disk| disk.starts_with(dir)))?;
    }
    // Without them there are no terminals, which cases find out.
    let _ = own_terminals();
    Ok(())
}

/// Covers a directory by an empty one; the directory that cases work in stays where it is.
fn hide(dir: &Path, disk: Option<&Path>) -> io::Result<()> {
    let disk = disk.map(|disk| Ok::<_, io::Error>((disk, File::open(disk)?))).transpose()?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("tmpfs"), dir, Some("tmpfs"), flags, Some("size=16k,mode=0755"))?;
    let kept = disk.map_or(Ok(()), |(disk, open)| keep(disk, &open));
    if kept.is_err() {
        let _ = umount2(dir, MntFlags::MNT_DETACH);
    }
    kept?;
    change(dir, 0, &Attributes { set: u64::from(MOUNT_ATTR_RDONLY), ..Attributes::default() })
}

/// Makes a directory that is covered by now appear again at its place.
fn keep(disk: &Path, open: &File) -> io::Result<()> {
    fs::create_dir_all(disk)?;
    let covered = format!("/proc/self/fd/{}", open.as_raw_fd());
    mount(Some(covered.as_str()), disk, None::<&str>, MsFlags::MS_BIND, None::<&str>)?;
    change(disk, 0, &Attributes { clear: u64::from(MOUNT_ATTR_RDONLY), ..Attributes::default() })
}

/// Terminals that are not the machine's.
fn own_terminals() -> io::Result<()> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    mount(Some("devpts"), "/dev/pts", Some("devpts"), flags, Some("newinstance,ptmxmode=0666,mode=0620"))?;
    mount(Some("/dev/pts/ptmx"), "/dev/ptmx", None::<&str>, MsFlags::MS_BIND, None::<&str>)?;
    // The kernel makes the terminals there; a case could close them to all later ones.
    let read_only = Attributes { set: u64::from(MOUNT_ATTR_RDONLY), ..Attributes::default() };
    let closed = [Path::new("/dev/pts"), Path::new("/dev/ptmx")].map(|place| change(place, 0, &read_only));
    closed.into_iter().collect::<io::Result<()>>()
}

/// Makes the parts of a new `/proc` read-only that are not about processes.
pub(in crate::exec) fn lock_proc() -> io::Result<()> {
    for part in PROC.map(|name| Path::new("/proc").join(name)).iter().filter(|part| part.exists()) {
        over_itself(part)?;
        change(part, 0, &Attributes { set: u64::from(MOUNT_ATTR_RDONLY), ..Attributes::default() })?;
    }
    Ok(())
}

/// Makes a file or directory a mount of its own, where it is.
fn over_itself(path: &Path) -> io::Result<()> {
    mount(Some(path), path, None::<&str>, MsFlags::MS_BIND, None::<&str>).map_err(io::Error::from)
}

fn change(path: &Path, flags: i32, attributes: &Attributes) -> io::Result<()> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    let (at, size) = (std::ptr::from_ref(attributes), size_of::<Attributes>());
    // SAFETY: reads a path, and attributes of this size.
    sys::result(unsafe { syscall!(mount_setattr, CWD, path.as_ptr(), flags, at, size) }).map(drop)
}
