//! What the first process of a kernel does for the machine: the mounts that cases need, and turning it off.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::mount::{MsFlags, mount};
use nix::sys::reboot::{RebootMode, reboot};

use super::counters;

/// The port of QEMU's `isa-debug-exit` device: a write ends the emulator with status `2 × value + 1`.
#[cfg(target_arch = "x86_64")]
const DEBUG_EXIT: u16 = 0xf4;

/// File systems by place, in order. What a kernel does not have is left out.
const MOUNTS: [(&str, &str, &str); 7] = [
    ("/dev", "devtmpfs", "mode=0755"),
    ("/proc", "proc", ""),
    ("/sys", "sysfs", ""),
    ("/dev/pts", "devpts", "ptmxmode=0666"),
    ("/dev/shm", "tmpfs", "mode=1777"),
    ("/run", "tmpfs", "mode=0755"),
    ("/tmp", "tmpfs", "mode=1777"),
];

/// How the paths of modules begin, which are loaded in the order of their names. What a kernel unpacks needs no
/// directories so.
pub const MODULES: &str = "/module-";

/// Where the disk goes, if there is one: workers look for a place there that is not in memory.
const DISK: &str = "/var/tmp";
/// How long the disk may take to be found: kernels look for disks while they start other things.
const FIND_DISK: Duration = Duration::from_secs(20);

/// A machine whose first process this is.
#[derive(Debug)]
pub struct Guest(());

/// Whether the machine is this program's own.
static OWN: AtomicBool = AtomicBool::new(false);

impl Guest {
    /// Makes the bare root that a kernel unpacked habitable, with a disk that holds an ext4 file system if one is
    /// named. To be called before anything is forked.
    ///
    /// # Errors
    /// When this is not process 1: somebody else's mounts are left alone.
    pub fn settle(disk: Option<&Path>) -> io::Result<Self> {
        if std::process::id() != 1 {
            return Err(io::Error::other("only the first process of a kernel may do that"));
        }
        for (at, kind, options) in MOUNTS {
            mount_at(Path::new(kind), at, kind, options);
        }
        load_modules();
        if let Some(disk) = disk {
            let begin = Instant::now();
            while !disk.exists() && begin.elapsed() < FIND_DISK {
                std::thread::sleep(Duration::from_millis(5));
            }
            mount_at(disk, DISK, "ext4", "");
        }
        OWN.store(true, Ordering::Relaxed);
        counters::allow_faults();
        Ok(Guest(()))
    }

    /// Mounts control groups, for cases that have one, below which all controllers are enabled that they need. To be
    /// called before the first worker is started.
    pub fn mount_groups(&self) {
        const GROUPS: &str = "/sys/fs/cgroup";
        mount_at(Path::new("cgroup2"), GROUPS, "cgroup2", "");
        if let Err(error) = fs::write(Path::new(GROUPS).join("cgroup.subtree_control"), "+pids +memory") {
            eprintln!("syscase: control groups: {error}");
        }
    }

    /// Whether it was settled by this program.
    pub(in crate::exec) fn is_own() -> bool {
        OWN.load(Ordering::Relaxed)
    }

    /// Turns the machine off. Where it is an emulator with a port for that, the emulator's status is `2 × code + 1`,
    /// which a panic cannot bring about.
    pub fn turn_off(self, code: u8) -> ! {
        #[cfg(target_arch = "x86_64")]
        out(DEBUG_EXIT, code);
        let _ = reboot(RebootMode::RB_POWER_OFF);
        // Nothing could turn it off: the end of process 1 is a panic.
        crate::exec::sys::exit(i32::from(code))
    }
}

/// Loads the modules that there are. What does not load is told, and cases that need it will be skipped.
fn load_modules() {
    let entries = fs::read_dir("/").into_iter().flatten().flatten();
    let is_module = |path: &std::path::PathBuf| path.to_string_lossy().starts_with(MODULES);
    let mut files: Vec<_> = entries.map(|entry| entry.path()).filter(is_module).collect();
    files.sort();
    for file in files {
        if let Err(error) = fs::read(&file).and_then(|module| load(&module)) {
            eprintln!("syscase: {}: {error}", file.display());
        }
        // It takes memory.
        let _ = fs::remove_file(file);
    }
}

fn load(module: &[u8]) -> io::Result<()> {
    let (at, parameters) = (module.as_ptr(), c"".as_ptr());
    // SAFETY: reads the module and a string.
    crate::exec::sys::result(unsafe { crate::exec::sys::syscall!(init_module, at, module.len(), parameters) }).map(drop)
}

/// Mounts what there is; what there is not is told, and cases that need it will be skipped.
fn mount_at(what: &Path, at: &str, kind: &str, options: &str) {
    let made = fs::create_dir_all(at)
        .and_then(|()| mount(Some(what), at, Some(kind), MsFlags::MS_NOSUID, Some(options)).map_err(io::Error::from));
    if let Err(error) = made {
        eprintln!("syscase: {kind} at {at}: {error}");
    }
}

/// Writes to a port of the machine, if the kernel lets this process.
#[cfg(target_arch = "x86_64")]
fn out(port: u16, value: u8) {
    // SAFETY: the argument is no address.
    if unsafe { crate::exec::sys::syscall!(iopl, 3) } < 0 {
        return;
    }
    // SAFETY: the kernel has granted all ports; a port that nothing answers at ignores the write.
    unsafe {
        std::arch::asm!("out dx, eax", in("dx") port, in("eax") u32::from(value), options(nomem, nostack, preserves_flags));
    }
}
