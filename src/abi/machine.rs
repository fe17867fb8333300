//! Calls whose effect no namespace bounds: what they change, they change for the whole machine.

use super::table::number;

/// A call that reaches beyond every namespace.
#[derive(Debug)]
pub struct MachineWide {
    /// Its name.
    pub name: &'static str,
    /// Its number on this architecture; `None` where the architecture lacks it.
    pub nr: Option<u32>,
    /// The same call under the x32 ABI of x86-64, where it has a number of its own.
    pub x32: Option<u32>,
    /// It leaves the machine other than it was; the others let a stranger reach more of it than he should.
    pub changes: bool,
    /// What it does: `changes the clock`.
    pub does: &'static str,
    /// Only if its first argument, as an `int`, is none of these.
    pub unless: &'static [u32],
}

macro_rules! machine_wide {
    ($($effect:ident $does:literal: [$($name:ident $(= $x32:literal)?),* $(,)?];)*) => {
        &[$($(MachineWide {
            name: stringify!($name),
            nr: number(stringify!($name)),
            x32: machine_wide!(@ $($x32)?),
            changes: machine_wide!(@ $effect),
            does: $does,
            unless: &[],
        },)*)* SOCKET]
    };
    (@ changes) => { true };
    (@ exposes) => { false };
    (@) => { None };
    (@ $x32:literal) => { Some($x32) };
}

/// Address families that a network namespace bounds. The others may make the kernel load a module.
const FAMILIES: &[u32] = &[
    libc::AF_UNSPEC as u32,
    libc::AF_UNIX as u32,
    libc::AF_INET as u32,
    libc::AF_INET6 as u32,
    libc::AF_NETLINK as u32,
];

const SOCKET: MachineWide = MachineWide {
    name: "socket",
    nr: number("socket"),
    x32: None,
    changes: true,
    does: "may load a kernel module for this address family",
    unless: FAMILIES,
};

/// Calls that reach beyond every namespace, or that no filter sees through.
pub static MACHINE_WIDE: &[MachineWide] = machine_wide! {
    changes "changes the clock": [settimeofday, clock_settime, adjtimex, clock_adjtime];
    changes "changes what the machine swaps to": [swapon, swapoff];
    changes "loads or unloads kernel modules": [init_module, finit_module, delete_module];
    changes "starts or prepares another kernel": [kexec_load = 528, kexec_file_load, reboot];
    changes "reads and clears the kernel's log": [syslog];
    changes "switches process accounting": [acct];
    changes "changes disk quotas": [quotactl, quotactl_fd];
    changes "reaches the machine's ports": [iopl, ioperm];
    changes "hangs up the terminal": [vhangup];
    changes "reads and writes keyrings, which the whole machine shares": [add_key, request_key, keyctl];
    changes "runs programs in the kernel": [bpf];
    exposes "watches the whole machine": [perf_event_open, fanotify_init, lookup_dcookie];
    exposes "can hold up the kernel": [userfaultfd];
    exposes "opens files past the directories that lead to them": [open_by_handle_at];
    exposes "makes requests that no filter sees": [io_uring_setup, io_uring_enter, io_uring_register];
};

/// Those that a sandbox refuses: what changes the machine; for strangers' cases, what exposes it, too.
pub fn machine_wide(strangers: bool) -> impl Iterator<Item = &'static MachineWide> {
    MACHINE_WIDE.iter().filter(move |call| strangers || call.changes)
}

impl MachineWide {
    /// Whether a call by this number is meant, with this first argument (none: not known yet).
    pub fn is(&self, nr: u32, first: Option<i64>) -> bool {
        let same = self.nr == Some(nr) || self.x32_number().is_some_and(|x32| x32 == nr);
        let harmless = |first: i64| self.unless.contains(&(first as u32));
        same && (self.unless.is_empty() || first.is_some_and(|first| !harmless(first)))
    }

    /// The number with which x86-64 asks for the x32 ABI.
    pub fn x32_number(&self) -> Option<u32> {
        const X32: u32 = 0x4000_0000;
        cfg!(target_arch = "x86_64").then(|| self.x32.or(self.nr)).flatten().map(|nr| nr | X32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_known_here() {
        // AArch64 has no ports and no such counter.
        let lacks = ["iopl", "ioperm", "lookup_dcookie"];
        for call in MACHINE_WIDE {
            assert!(call.nr.is_some() || lacks.contains(&call.name), "{}", call.name);
        }
    }

    #[test]
    fn sockets_of_usual_families_are_harmless() {
        let socket = |family: i32| SOCKET.is(libc::SYS_socket as u32, Some(i64::from(family)));
        assert!(!socket(libc::AF_UNIX) && !socket(libc::AF_INET) && socket(libc::AF_ALG) && socket(libc::AF_VSOCK));
        assert!(!SOCKET.is(libc::SYS_socket as u32, None), "the filter sees what is not known yet");
    }
}
