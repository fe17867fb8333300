//! What the first process of a kernel does for the machine: the mounts that cases need, and turning it off.

use std::fs;
use std::io;

use nix::mount::{MsFlags, mount};
use nix::sys::reboot::{RebootMode, reboot};

/// The port of QEMU's `isa-debug-exit` device: a write ends the emulator with status `2 × value + 1`.
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

/// A machine whose first process this is.
#[derive(Debug)]
pub struct Machine(());

impl Machine {
    /// Makes the bare root that a kernel unpacked habitable. To be called before anything is forked.
    ///
    /// # Errors
    /// When this is not process 1: somebody else's mounts are left alone.
    pub fn settle() -> io::Result<Self> {
        if std::process::id() != 1 {
            return Err(io::Error::other("only the first process of a kernel may do that"));
        }
        for (at, kind, options) in MOUNTS {
            let made = fs::create_dir_all(at).and_then(|()| {
                mount(Some(kind), at, Some(kind), MsFlags::MS_NOSUID, Some(options)).map_err(io::Error::from)
            });
            if let Err(error) = made {
                eprintln!("syscase: {kind} at {at}: {error}");
            }
        }
        Ok(Machine(()))
    }

    /// Turns the machine off. Where it is an emulator with a port for that, the emulator's status is `2 × code + 1`,
    /// which a panic cannot bring about.
    pub fn turn_off(self, code: u8) -> ! {
        #[cfg(target_arch = "x86_64")]
        out(DEBUG_EXIT, code);
        let _ = reboot(RebootMode::RB_POWER_OFF);
        // Nothing could turn it off: the end of process 1 is a panic.
        super::sys::exit(i32::from(code))
    }
}

/// Writes to a port of the machine, if the kernel lets this process.
#[cfg(target_arch = "x86_64")]
fn out(port: u16, value: u8) {
    if super::sys::call!(iopl, 3) < 0 {
        return;
    }
    // SAFETY: the kernel has granted all ports; a port that nothing answers at ignores the write.
    unsafe {
        std::arch::asm!("out dx, eax", in("dx") port, in("eax") u32::from(value), options(nomem, nostack, preserves_flags));
    }
}
