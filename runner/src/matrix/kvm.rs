//! KVM where a guest really runs under it: a device that is there proves nothing.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::kernels;
use super::machine::Machines;

/// How long the guest of the trial may take.
const TRIAL: Duration = Duration::from_secs(10);

/// What QEMU runs kernels with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accelerator {
    Kvm,
    Tcg,
}

impl Accelerator {
    pub(super) fn arguments(self) -> [&'static str; 4] {
        match self {
            Self::Kvm => ["-accel", "kvm", "-cpu", "host"],
            // With cx16, QEMU 7.2 corrupts newer kernels now and then. Kernels go easier without the others: copies
            // byte by byte, a fifth level of page tables, and another translation for each access to user memory.
            Self::Tcg => ["-accel", "tcg", "-cpu", "max,cx16=off,erms=off,fsrm=off,la57=off,smap=off,smep=off"],
        }
    }

    /// Finds out by a trial, whose result is kept until the machine is booted again.
    pub(crate) fn find(guest: &Path, kernel: &Path) -> Self {
        if fs::File::options().read(true).write(true).open("/dev/kvm").is_err() {
            return Self::Tcg;
        }
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let kept = kernels::cache().join("kvm");
        let works = match fs::read_to_string(&kept).ok().and_then(|text| Some(text.strip_prefix(&boot)? == "works")) {
            Some(works) => works,
            None => {
                let works = trial(guest, kernel) == Some(true);
                // Without the note, there will be another trial.
                let _ = fs::write(&kept, format!("{boot}{}", if works { "works" } else { "does not" }));
                works
            }
        };
        if works { Self::Kvm } else { Self::Tcg }
    }
}

fn trial(guest: &Path, kernel: &Path) -> Option<bool> {
    let dir = tempfile::tempdir().ok()?;
    let machines = Machines { guest: guest.to_owned(), accelerator: Accelerator::Kvm };
    let mut launch = machines.trial(kernel, dir.path()).ok()?;
    let quiet = launch.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = syscase::exec::die_with_parent(quiet).spawn().ok()?;
    let begin = Instant::now();
    let status = loop {
        match child.try_wait().ok()? {
            Some(status) => break Some(status),
            None if begin.elapsed() > TRIAL => break None,
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    Some(status.and_then(|s| s.code()) == Some(launch.done))
}
