//! Keeps cases from everything else: namespaces of the worker's own where they can be had,
//! else a process tree that is watched and reaped.

use std::ffi::CString;
use std::fs;
use std::path::Path;

use linux_raw_sys::general::{CAP_SYS_ADMIN, CAP_SYS_BOOT};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::resource::setrlimit;

use crate::exec::shared::bounds::BOUNDS;
use crate::exec::shared::policy::Confinement;
use crate::exec::sys::{self, Capabilities, Disposition, Prctl, disposition, loopback_up, prctl};
use crate::exec::worker::lockdown;
use crate::exec::worker::stat::is_mount_point;

/// Namespaces of a worker.
const NAMESPACES: i32 =
    libc::CLONE_NEWNS | libc::CLONE_NEWPID | libc::CLONE_NEWIPC | libc::CLONE_NEWUTS | libc::CLONE_NEWNET;

/// Size of the tmpfs that working directories lie on, all cases of a worker together.
const TMPFS_OPTIONS: &str = "size=64m,nr_inodes=16k,mode=0755";

/// How a worker is kept apart from the rest of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::exec) enum Isolation {
    /// The same inside a user namespace whose ids are nobody's outside, nor any other worker's: [`Ids`].
    Mapped,
    /// Namespaces of its own, made with root's privilege.
    Privileged,
    /// The same inside a user namespace that maps only the user's own id.
    User,
    /// None: a process tree that is watched and reaped.
    Processes,
}

impl Isolation {
    /// From the best to what is always available, as far as it confines enough.
    pub(in crate::exec) fn choices(confinement: Confinement) -> &'static [Self] {
        match confinement {
            Confinement::None | Confinement::Privileged => &[Self::Privileged, Self::User, Self::Processes],
            Confinement::Unprivileged => &[Self::Mapped, Self::Privileged, Self::User, Self::Processes],
            Confinement::Strict if nix::unistd::geteuid().is_root() => &[Self::Mapped],
            Confinement::Strict => &[Self::User],
        }
    }

    pub(in crate::exec) fn clone_flags(self) -> i32 {
        match self {
            Self::Privileged => NAMESPACES,
            Self::User | Self::Mapped => NAMESPACES | libc::CLONE_NEWUSER,
            Self::Processes => 0,
        }
    }
}

/// Becomes root among the ids that were mapped.
pub(in crate::exec) fn become_mapped_root() {
    sys::setgroups(&[]);
    sys::setresgid(0, 0, 0);
    sys::setresuid(0, 0, 0);
    // Otherwise /proc/self is that of the root outside.
    prctl(Prctl::SetDumpable, 1);
}

/// Makes the namespaces habitable: ids, mounts, a loopback interface; then gives up what
/// privilege only the user namespace gave. The working directory is then on a private tmpfs.
pub(in crate::exec) fn settle(
    isolation: Isolation,
    confinement: Confinement,
    (uid, gid): (u32, u32),
    disk: Option<&Path>,
) -> std::io::Result<()> {
    let unless_strict = |result| if confinement == Confinement::Strict { result } else { Ok(()) };
    if isolation == Isolation::User {
        fs::write("/proc/self/setgroups", "deny")?;
        fs::write("/proc/self/uid_map", format!("{uid} {uid} 1"))?;
        fs::write("/proc/self/gid_map", format!("{gid} {gid} 1"))?;
    }
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    if confinement.is_some() {
        unless_strict(lockdown::lock_mounts(disk))?;
    }
    if Path::new("/proc/self").exists() {
        // Where it is not for us to take away, nobody in a user namespace can either.
        while is_mount_point(c"/proc") && umount2("/proc", MntFlags::MNT_DETACH).is_ok() {}
        let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
        mount(Some("proc"), "/proc", Some("proc"), flags, none)?;
        if confinement.is_some() {
            unless_strict(lockdown::lock_proc())?;
        }
    }
    let flags = MsFlags::MS_NOSUID | if confinement.is_some() { MsFlags::MS_NODEV } else { MsFlags::empty() };
    let place = ["/dev/shm", "/run", "/mnt", "/tmp"].into_iter().find(|p| Path::new(p).is_dir());
    let place = place.ok_or(std::io::ErrorKind::NotFound)?;
    mount(Some("tmpfs"), place, Some("tmpfs"), flags, Some(TMPFS_OPTIONS))?;
    std::env::set_current_dir(place)?;
    loopback_up();
    match isolation {
        Isolation::User => keep_capabilities(0),
        // With the one, cases could undo what was done to the mounts. In a user namespace of its own a case has it
        // again, over mounts that it cannot unlock. With the other, `reboot` would end this process.
        Isolation::Mapped => keep_capabilities(!(1 << CAP_SYS_ADMIN | 1 << CAP_SYS_BOOT)),
        _ => {}
    }
    Ok(())
}

fn keep_capabilities(mask: u64) {
    let mut sets = Capabilities::default();
    sys::capget(&mut sets);
    for capability in (0..64).filter(|capability| mask >> capability & 1 == 0) {
        prctl(Prctl::CapbsetDrop, capability);
    }
    sys::capset(&sets.only(mask));
}

/// The state that every case starts from, as far as it is inherited: descriptors 0 to 2 on
/// `/dev/null` and no others, default signal dispositions, an empty mask, no alternate stack, umask 022, limits.
pub(in crate::exec) fn plain_state() {
    sys::null_stdio();
    if sys::close_range(3, u32::MAX, 0) < 0 {
        for fd in 3..4096 {
            sys::close(fd);
        }
    }
    for signal in 1..=64 {
        disposition(signal, Disposition::Default);
    }
    sys::rt_sigprocmask(libc::SIG_SETMASK, &0);
    sys::no_alternate_stack();
    sys::umask(0o022);
    limits();
    // The first to go when memory runs out.
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
}

/// Bounds what a case may use up. A limit that is lower already stays. Hard limits that a case may want to go
/// up to are left.
fn limits() {
    for (resource, bound, both) in BOUNDS {
        if let Ok((_, hard)) = nix::sys::resource::getrlimit(resource) {
            let soft = bound.min(hard);
            let _ = setrlimit(resource, soft, if both { soft } else { hard });
        }
    }
}

/// Breaks off from the file systems below the working directory that programs serve: who waits for an answer of one
/// that was asked already cannot be killed.
pub(in crate::exec) fn abandon_servers() {
    let Ok(here) = std::env::current_dir() else { return };
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    for mount in mounts.lines().rev() {
        let mut fields = mount.split(' ').skip(1);
        let (Some(place), Some(kind)) = (fields.next(), fields.next()) else { continue };
        if kind.starts_with("fuse")
            && Path::new(place).starts_with(&here)
            && let Ok(place) = CString::new(place)
        {
            sys::umount2(&place, libc::MNT_FORCE | libc::MNT_DETACH);
        }
    }
}
