//! The sandbox around a program from inside of which there is none: an emulator that makes calls of cases
//! without knowing those that keep them apart.

use std::path::Path;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use crate::abi::Caller;
use crate::exec::shared::policy::{Confinement, Sandbox};
use crate::exec::sys::loopback_up;
use crate::exec::worker::filter;
use crate::exec::worker::lockdown;

/// Puts this process, and all that it becomes or starts, into the sandbox of cases that keep root's identity, as far as
/// it is available: namespaces of its own but for process ids, read-only files without devices, no new privileges, the
/// filter over machine-wide calls. The directory can still be written. It adds nothing where
/// [`Sandbox::Auto`] adds nothing to a case. The process must have one thread.
pub fn confine(directory: &Path) {
    if Sandbox::Auto.confinement(true) != Confinement::Privileged {
        return;
    }
    let apart = CloneFlags::CLONE_NEWIPC | CloneFlags::CLONE_NEWUTS | CloneFlags::CLONE_NEWNET;
    if unshare(apart).is_ok() {
        loopback_up();
    }
    // What is not available of the rest is left out, as it is for a case.
    if unshare(CloneFlags::CLONE_NEWNS).is_ok() {
        let _ = own_files(directory);
    }
    let _ = filter::install(Caller::Anybody);
}

fn own_files(directory: &Path) -> std::io::Result<()> {
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    lockdown::lock_mounts(Some(directory))?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("proc"), "/proc", Some("proc"), flags | MsFlags::MS_NOEXEC, none)?;
    lockdown::lock_proc()?;
    if Path::new("/dev/shm").is_dir() {
        mount(Some("tmpfs"), "/dev/shm", Some("tmpfs"), flags, Some("mode=1777"))?;
    }
    Ok(())
}
