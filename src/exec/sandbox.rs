//! Keeps cases from everything else: namespaces of the worker's own where they can be had,
//! else a process tree that is watched and reaped.

use std::ffi::{CString, OsStr};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::mount::{MsFlags, mount};
use nix::sys::resource::setrlimit;

use super::ids::Ids;
use super::limits::BOUNDS;
use super::lockdown;
use super::policy::Confinement;
use super::sys::call;

/// Namespaces of a worker.
const NAMESPACES: i32 =
    libc::CLONE_NEWNS | libc::CLONE_NEWPID | libc::CLONE_NEWIPC | libc::CLONE_NEWUTS | libc::CLONE_NEWNET;

/// No process id is larger.
const PID_MAX: i32 = 1 << 22;

/// Size of the tmpfs that working directories lie on, all cases of a worker together.
const TMPFS_OPTIONS: &str = "size=64m,nr_inodes=16k,mode=0755";

/// How a worker is kept apart from the rest of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Isolation {
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
    /// From the best to what is always to be had, as far as it confines enough.
    pub(super) fn choices(confinement: Confinement) -> &'static [Self] {
        match confinement {
            Confinement::None | Confinement::Privileged => &[Self::Privileged, Self::User, Self::Processes],
            Confinement::Unprivileged => &[Self::Mapped, Self::Privileged, Self::User, Self::Processes],
            Confinement::Strict if nix::unistd::geteuid().is_root() => &[Self::Mapped],
            Confinement::Strict => &[Self::User],
        }
    }

    fn clone_flags(self) -> i32 {
        match self {
            Self::Privileged => NAMESPACES,
            Self::User | Self::Mapped => NAMESPACES | libc::CLONE_NEWUSER,
            Self::Processes => 0,
        }
    }
}

/// Forks a worker so isolated, with these ids if they are to be mapped: 0 in the worker, a process id, or `-errno`.
pub(super) fn fork_worker(isolation: Isolation, ids: Option<&Ids>) -> i64 {
    let fork = || call!(clone, isolation.clone_flags() | libc::SIGCHLD, 0, 0, 0, 0);
    ids.map_or_else(fork, |ids| ids.as_creator(fork))
}

/// Makes the namespaces habitable: ids, mounts, a loopback interface; then gives up what
/// privilege only the user namespace gave. The working directory is then on a private tmpfs.
pub(super) fn settle(
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
        let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
        mount(Some("proc"), "/proc", Some("proc"), flags, none)?;
        if confinement.is_some() {
            unless_strict(lockdown::lock_proc())?;
        }
    }
    let place = ["/dev/shm", "/run", "/mnt", "/tmp"].into_iter().find(|p| Path::new(p).is_dir());
    let place = place.ok_or(std::io::ErrorKind::NotFound)?;
    mount(Some("tmpfs"), place, Some("tmpfs"), MsFlags::MS_NOSUID, Some(TMPFS_OPTIONS))?;
    std::env::set_current_dir(place)?;
    loopback_up();
    match isolation {
        Isolation::User => keep_capabilities(0),
        // With it, cases could undo what was done to the mounts. In a user namespace of its own a case has it
        // again, over mounts that it cannot unlock.
        Isolation::Mapped => keep_capabilities(!(1 << linux_raw_sys::general::CAP_SYS_ADMIN)),
        _ => {}
    }
    Ok(())
}

fn keep_capabilities(mask: u64) {
    let header = [0x2008_0522u32, 0];
    // Effective, permitted, inheritable: low words, then high words.
    let mut sets = [0u32; 6];
    call!(capget, header.as_ptr(), sets.as_mut_ptr());
    for (i, set) in sets.iter_mut().enumerate() {
        *set &= if i < 3 { mask as u32 } else { (mask >> 32) as u32 };
    }
    for capability in (0..64).filter(|capability| mask >> capability & 1 == 0) {
        call!(prctl, libc::PR_CAPBSET_DROP, capability, 0, 0, 0);
    }
    call!(capset, header.as_ptr(), sets.as_ptr());
}

/// Brings up `lo` in a new network namespace. Failure shows in the cases that need it.
pub(super) fn loopback_up() {
    let fd = call!(socket, libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
    // SAFETY: all zeros are a valid ifreq.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(*b"lo") {
        *to = from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as i16;
    call!(ioctl, fd, libc::SIOCSIFFLAGS, std::ptr::from_ref(&request));
    call!(close, fd);
}

/// The state that every case starts from, as far as it is inherited: descriptors 0 to 2 on
/// `/dev/null` and no others, default signal dispositions, an empty mask, umask 022, limits.
pub(super) fn plain_state() {
    null_stdio();
    if call!(close_range, 3, u32::MAX, 0) < 0 {
        for fd in 3..4096 {
            call!(close, fd);
        }
    }
    for signal in 1..=64 {
        super::setup::disposition(signal, libc::SIG_DFL);
    }
    let none = 0u64;
    call!(rt_sigprocmask, libc::SIG_SETMASK, std::ptr::from_ref(&none), 0, 8);
    call!(umask, 0o022);
    limits();
    // The first to go when memory runs out.
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
}

/// Descriptors 0 to 2 on `/dev/null`.
pub(super) fn null_stdio() {
    let null = call!(openat, libc::AT_FDCWD, c"/dev/null".as_ptr(), libc::O_RDWR);
    for fd in 0..3 {
        if null >= 0 && null != fd {
            call!(dup3, null, fd, 0);
        }
    }
    if null > 2 {
        call!(close, null);
    }
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
pub(super) fn abandon_servers() {
    let Ok(here) = std::env::current_dir() else { return };
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    for mount in mounts.lines().rev() {
        let mut fields = mount.split(' ').skip(1);
        let (Some(place), Some(kind)) = (fields.next(), fields.next()) else { continue };
        if kind.starts_with("fuse")
            && Path::new(place).starts_with(&here)
            && let Ok(place) = CString::new(place)
        {
            call!(umount2, place.as_ptr(), libc::MNT_FORCE | libc::MNT_DETACH);
        }
    }
}

/// The processes in the worker's namespace, itself included.
pub(super) fn processes() -> Vec<i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|e| e.file_name().to_str()?.parse().ok()).collect()
}

/// Direct children of this process, which adopts the orphans among its descendants.
pub(super) fn children() -> Vec<i32> {
    let me = std::process::id() as i32;
    processes().into_iter().filter(|&pid| parent(pid) == Some(me)).collect()
}

/// The same, even where there is no `/proc`: then every id that a process may have is asked for.
pub(super) fn all_children() -> Vec<i32> {
    if Path::new("/proc/self").exists() { children() } else { (1..=PID_MAX).filter(|&pid| is_child(pid)).collect() }
}

fn is_child(pid: i32) -> bool {
    let look = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT | libc::__WALL;
    call!(waitid, libc::P_PID, pid, 0, look, 0) == 0
}

fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let after_name = stat.iter().rposition(|b| *b == b')')?;
    let text = String::from_utf8_lossy(&stat[after_name + 1..]).into_owned();
    text.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// The type of the file system at a path, as `statfs` numbers it.
pub(super) fn filesystem_type(path: &OsStr) -> i64 {
    let Ok(path) = CString::new(path.as_bytes()) else { return 0 };
    // SAFETY: a valid path and a buffer of the right type.
    unsafe {
        let mut stat: libc::statfs = std::mem::zeroed();
        if libc::statfs(path.as_ptr(), &mut stat) == 0 { stat.f_type as i64 } else { 0 }
    }
}
