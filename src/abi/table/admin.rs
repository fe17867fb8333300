//! What changes or watches the machine as a whole. Most cases of these are refused in the sandbox
//! (`crate::abi::machine_wide`).

use linux_raw_sys::general::*;

use super::prelude::*;

subsystem! {
    calls {
        // Options, commands and structures are given as numbers and bytes: nothing here is tested for its own sake yet.
        call!(sethostname(name: BYTES_IN, len: size("name")); effect: NAMES),
        call!(setdomainname(name: BYTES_IN, len: size("name")); effect: NAMES),
        call!(swapon(path: PATH, swapflags: UINT); effect: SWAP),
        call!(swapoff(path: PATH); effect: SWAP),
        call!(init_module(module_image: BYTES_IN, len: size("module_image"), param_values: PATH); effect: MODULES),
        call!(finit_module(fd: FD, param_values: PATH, flags: UINT); effect: MODULES),
        call!(delete_module(name: PATH, flags: UINT); effect: MODULES),
        call!(kexec_load(entry: ULONG, nr_segments: ULONG, segments: ANY_IN, flags: ULONG);
            effect: KERNEL, x32: Some(528)),
        call!(kexec_file_load(
            kernel_fd: FD, initrd_fd: FD, cmdline_len: size("cmdline"), cmdline: BYTES_IN, flags: ULONG,
        ); effect: KERNEL),
        call!(reboot(magic: UINT, magic2: UINT, op: UINT, arg: ANY_IN => optional) -> Int; effect: KERNEL),
        call!(syslog(type: INT, bufp: BYTES_OUT => optional, len: len(I32, "bufp")) -> Bytes; effect: KERNEL_LOG),
        call!(acct(filename: PATH => optional); effect: ACCOUNTING),
        call!(quotactl(op: UINT, special: PATH => optional, id: INT, addr: ANY_INOUT => optional); effect: QUOTAS),
        call!(iopl(level: INT); effect: HARDWARE_PORTS),
        call!(ioperm(from: ULONG, num: ULONG, turn_on: INT); effect: HARDWARE_PORTS),
        call!(bpf(cmd: INT, attr: ANY_INOUT, size: size("attr")) -> Fd; effect: PROGRAMS),
        call!(perf_event_open(attr: ANY_IN, pid: INT, cpu: INT, group_fd: FD, flags: ULONG) -> Fd; effect: WATCHES),
        own!(getrandom(buf: BYTES_OUT, buflen: size("buf"), flags: flags(U32, &RANDOM)) -> Bytes),
    }
    unnamed {
        call!(vhangup(); effect: TERMINAL),
        call!(quotactl_fd(); effect: QUOTAS),
        call!(lookup_dcookie(); effect: WATCHES),
    }
    constants {
        flags RANDOM = "getrandom flags" { GRND_NONBLOCK, GRND_RANDOM, GRND_INSECURE }
    }
}

const NAMES: Effect = Effect::Worker(Shared::NAMES);
const SWAP: Effect = Effect::changes("changes what the machine swaps to");
const MODULES: Effect = Effect::changes("loads or unloads kernel modules");
const KERNEL: Effect = Effect::changes("starts or prepares another kernel");
const KERNEL_LOG: Effect = Effect::changes("reads and clears the kernel's log");
const ACCOUNTING: Effect = Effect::changes("switches process accounting");
const QUOTAS: Effect = Effect::changes("changes disk quotas");
const HARDWARE_PORTS: Effect = Effect::changes("reaches the machine's ports");
const TERMINAL: Effect = Effect::changes("hangs up the terminal");
const PROGRAMS: Effect = Effect::changes("runs programs in the kernel");
pub(super) const WATCHES: Effect = Effect::exposes("watches the whole machine");
