//! How targets are started: a command that says [`syscase::remote::Message`]s on its standard output.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use syscase::remote::Pack;

use super::initramfs::{self, is_static};
use super::kernels;
use super::kvm::Accelerator;
use super::modules;
use super::target_file::{Start, TargetFile};
use crate::perform::{DONE, GUEST_PLANS, PORT};

/// How many cases a program performs side by side: most of the time goes into cases that wait.
const SIDE_BY_SIDE: &str = "8";

/// For the environment of user-mode Linux's first process. Without register sets a page fault there clears the
/// upper halves of the vector registers, so that nothing may be copied with more than SSE.
const NO_AVX: &str = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-AVX512VL,-AVX512BW,-AVX_Fast_Unaligned_Load";

/// What targets are started with.
pub(crate) struct Machines {
    /// The static program.
    pub(crate) guest: PathBuf,
    /// What QEMU runs kernels with.
    pub(crate) accelerator: Accelerator,
}

/// A target ready to be started.
pub(crate) struct Launch {
    pub(crate) command: Command,
    /// Where its kernel's own words go, if it has any.
    pub(crate) console: Option<PathBuf>,
    /// The status that it ends with if all went well.
    pub(crate) done: i32,
}

impl Machines {
    /// Whether the target's programs and images are there; what is missing otherwise, and what to do about it.
    pub(crate) fn ready(&self, target: &TargetFile) -> Result<(), String> {
        if target.start.boots() && !is_static(&self.guest) {
            return Err(format!("a kernel needs a static program, which {} is not; see --guest", self.guest.display()));
        }
        match &target.start {
            Start::Native {} => Ok(()),
            Start::Qemu { kernel } => {
                found("qemu-system-x86_64", "qemu")?;
                kernels::image(kernel).map(drop)
            }
            Start::Image(path) => {
                found("qemu-system-x86_64", "qemu")?;
                kernels::check(path)
            }
            Start::Uml { kernel } => user_mode(kernel.as_deref()).map(drop),
            Start::Gvisor { .. } => runsc().map(drop),
            Start::QemuUser {} => found("qemu-x86_64", "qemu-user").map(drop),
        }
    }

    /// Prepares a start that performs this pack; files are made in `dir`.
    pub(crate) fn launch(&self, target: &TargetFile, pack: &Pack, dir: &Path) -> Result<Launch, String> {
        let bytes = pack.to_bytes();
        let plans = dir.join("plans");
        let write = |path: &Path, bytes: &[u8]| {
            fs::write(path, bytes).map_err(|e| format!("cannot write {}: {e}", path.display()))
        };
        let (initrd, copy) = (dir.join("initrd"), dir.join("syscase"));
        if target.start.boots() {
            let modules = match &target.start {
                Start::Qemu { kernel } => modules::of(kernel, pack)?,
                _ => Vec::new(),
            };
            let mut files = vec![(GUEST_PLANS, bytes.as_slice())];
            files.extend(modules.iter().map(|(path, module)| (path.as_str(), module.as_slice())));
            write(&initrd, &initramfs::with(&self.guest, &files)?)?;
        } else {
            write(&plans, &bytes)?;
            // Cases try to write to the running program, and an emulator may well let them.
            fs::copy(&self.guest, &copy).map_err(|e| format!("cannot copy {}: {e}", self.guest.display()))?;
        }
        let sandbox = OsString::from(format!("--sandbox={}", target.start.sandbox()));
        let program = |first: Option<&OsStr>, more: &[&OsStr]| {
            let mut words: Vec<&OsStr> = first.into_iter().chain(more.iter().copied()).collect();
            words.extend([copy.as_os_str(), "perform".as_ref(), "--plans".as_ref(), plans.as_os_str(), &sandbox]);
            words.extend(["--jobs".as_ref(), if pack.one_by_one { "1" } else { SIDE_BY_SIDE }.as_ref()] as [&OsStr; 2]);
            let mut command = Command::new(words[0]);
            command.args(&words[1..]);
            Launch { command, console: None, done: 0 }
        };
        Ok(match &target.start {
            Start::Native {} => program(None, &[]),
            Start::QemuUser {} => {
                // It refuses to make namespaces and filters, so that the sandbox is around it. Other users that a case
                // becomes must be able to pass through the one place that can be written.
                let open = fs::Permissions::from_mode(0o711);
                fs::set_permissions(dir, open).map_err(|e| format!("cannot open {}: {e}", dir.display()))?;
                let emulator = found("qemu-x86_64", "qemu-user")?;
                let mut launch =
                    program(Some(copy.as_os_str()), &["confined".as_ref(), dir.as_os_str(), emulator.as_os_str()]);
                launch.command.env("TMPDIR", dir);
                launch
            }
            Start::Gvisor { platform } => {
                let root = joined("--root=", &dir.join("runsc"));
                let platform = OsString::from(format!("--platform={platform}"));
                // An ordinary user has no cgroups and no network to give away.
                let mut words: Vec<&OsStr> =
                    vec![&root, &platform, "--network=none".as_ref(), "--ignore-cgroups".as_ref()];
                if !nix::unistd::geteuid().is_root() {
                    words.push("--rootless".as_ref());
                }
                words.push("do".as_ref());
                program(Some(runsc()?.as_ref()), &words)
            }
            Start::Qemu { kernel } => self.qemu(&kernels::image(kernel)?, &initrd, disk(dir).as_deref(), dir),
            Start::Image(path) => self.qemu(path, &initrd, disk(dir).as_deref(), dir),
            Start::Uml { kernel } => uml(&user_mode(kernel.as_deref())?, &initrd, disk(dir).as_deref(), dir)?,
        })
    }

    /// A kernel under QEMU. Its console goes to a file; both ways out of the guest lead to QEMU's standard output.
    fn qemu(&self, kernel: &Path, initrd: &Path, disk: Option<&Path>, dir: &Path) -> Launch {
        let console = dir.join("console");
        let mut command = Command::new("qemu-system-x86_64");
        command.args(self.accelerator.arguments());
        command.args(["-m", "512", "-nodefaults", "-display", "none", "-no-reboot", "-serial", "chardev:console"]);
        command.args(["-chardev", "file,id=line,path=/dev/fd/1", "-serial", "chardev:line"]);
        command.args(["-chardev", "file,id=port,path=/dev/fd/1", "-device", "virtio-serial-pci"]);
        command.args(["-device", &format!("virtserialport,chardev=port,name={PORT}")]);
        command.args(["-device", "isa-debug-exit,iobase=0xf4"]);
        command.arg("-chardev").arg(joined("file,id=console,path=", &console));
        command.arg("-kernel").arg(kernel).arg("-initrd").arg(initrd);
        // A case has a session of its own, for which the kernel would make a group of the scheduler; and a sixth of a
        // boot would be tests of ciphers.
        let mut line = "console=ttyS0 panic=-1 quiet noautogroup cryptomgr.notests -- guest".to_owned();
        if let Some(disk) = disk {
            // The kind of disk that needs no module.
            command.arg("-drive").arg(joined("if=none,id=disk,format=raw,cache=unsafe,file=", disk));
            command.args(["-device", "nvme,drive=disk,serial=syscase"]);
            line.push_str(" /dev/nvme0n1");
        }
        command.args(["-append", &line]);
        Launch { command, console: Some(console), done: 2 * i32::from(DONE) + 1 }
    }

    /// A start under this accelerator that performs nothing: does a guest run?
    pub(crate) fn trial(&self, kernel: &Path, dir: &Path) -> Result<Launch, String> {
        let initrd = dir.join("initrd");
        let bytes = initramfs::with(&self.guest, &[(GUEST_PLANS, &Pack::default().to_bytes())])?;
        fs::write(&initrd, bytes).map_err(|e| format!("cannot write {}: {e}", initrd.display()))?;
        Ok(self.qemu(kernel, &initrd, None, dir))
    }
}

/// Bytes of a guest's disk; only what is written takes room.
const DISK_SIZE: u64 = 256 << 20;

/// A disk with an empty ext4 file system; none where there is nothing to make one with, and cases that need a disk
/// are skipped.
fn disk(dir: &Path) -> Option<PathBuf> {
    let disk = dir.join("disk");
    fs::File::create(&disk).ok()?.set_len(DISK_SIZE).ok()?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let make = places.find_map(|dir| Some(dir.join("mke2fs")).filter(|p| p.is_file()))?;
    let made = Command::new(make).args(["-q", "-F", "-t", "ext4"]).arg(&disk).stdin(Stdio::null()).output().ok()?;
    made.status.success().then_some(disk)
}

/// The program that a User-mode Linux is: Debian's, or that of our own of a version.
fn user_mode(version: Option<&str>) -> Result<PathBuf, String> {
    version.map_or_else(|| found("linux.uml", "uml"), |version| Ok(kernels::built(version)?.image))
}

fn uml(program: &Path, initrd: &Path, disk: Option<&Path>, dir: &Path) -> Result<Launch, String> {
    let console = dir.join("console");
    let log = fs::File::create(&console).map_err(|e| format!("cannot create {}: {e}", console.display()))?;
    let mut command = Command::new(program);
    // Its serial lines are descriptors here; its memory is a file. Without these two it adds some, after the `--`.
    command.args(["root=none", "console=tty0"]);
    command.args(["mem=512M", "panic=-1", "con=null", "con0=null,fd:2", "ssl=null", "ssl1=null,fd:1"]);
    command.arg(joined("initrd=", initrd)).arg(joined("uml_dir=", dir)).args(["umid=syscase", NO_AVX]);
    command.args(disk.map(|disk| joined("ubd0=", disk))).args(["--", "guest"]).args(disk.map(|_| "/dev/ubda"));
    command.env("TMPDIR", dir).stderr(log);
    syscase::exec::refuse_register_sets(&mut command);
    Ok(Launch { command, console: Some(console), done: 0 })
}

fn joined(key: &str, path: &Path) -> OsString {
    let mut word = OsString::from(key);
    word.push(path);
    word
}

fn runsc() -> Result<PathBuf, String> {
    let fetched = kernels::cache().join("tools/runsc");
    if fetched.is_file() { Ok(fetched) } else { found("runsc", "gvisor") }
}

/// Where a program is; how to get it otherwise.
fn found(program: &str, package: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).map(|dir| dir.join(program));
    places
        .find(|p| p.is_file())
        .ok_or_else(|| format!("{program} is not installed: run `ci/install-targets {package}`"))
}
