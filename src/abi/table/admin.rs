//! What changes the machine as a whole. Most cases of these are refused in the sandbox (`crate::abi::machine_wide`).

use super::reach::*;

use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Effect, Syscall};

// Options, commands and structures are given as numbers and bytes: nothing here is tested for its own sake yet.
pub(super) static CALLS: &[Syscall] = &[
    call!(settimeofday(tv: input(&TIMEVAL) => optional, tz: ANY_IN => optional); effect: CLOCK_CHANGE),
    call!(adjtimex(buf: ANY_INOUT) -> Int; effect: CLOCK_CHANGE),
    call!(clock_adjtime(clk_id: one_of(I32, &CLOCK), buf: ANY_INOUT) -> Int; effect: CLOCK_CHANGE),
    call!(swapon(path: PATH, swapflags: UINT); effect: SWAP),
    call!(swapoff(path: PATH); effect: SWAP),
    call!(init_module(module_image: BYTES_IN, len: size("module_image"), param_values: PATH); effect: MODULES),
    call!(finit_module(fd: FD, param_values: PATH, flags: UINT); effect: MODULES),
    call!(delete_module(name: PATH, flags: UINT); effect: MODULES),
    call!(kexec_load(entry: ULONG, nr_segments: ULONG, segments: ANY_IN, flags: ULONG); effect: KERNEL, x32: Some(528)),
    call!(kexec_file_load(
        kernel_fd: FD, initrd_fd: FD, cmdline_len: size("cmdline"), cmdline: BYTES_IN, flags: ULONG,
    ); effect: KERNEL),
    call!(reboot(magic: UINT, magic2: UINT, op: UINT, arg: ANY_IN => optional) -> Int; effect: KERNEL),
    call!(syslog(type: INT, bufp: BYTES_OUT => optional, len: len(I32, "bufp")) -> Bytes; effect: KERNEL_LOG),
    call!(acct(filename: PATH => optional); effect: ACCOUNTING),
    call!(quotactl(op: UINT, special: PATH => optional, id: INT, addr: ANY_INOUT => optional); effect: QUOTAS),
    call!(setdomainname(name: BYTES_IN, len: size("name")); effect: NAMES),
    call!(iopl(level: INT); effect: HARDWARE_PORTS),
    call!(ioperm(from: ULONG, num: ULONG, turn_on: INT); effect: HARDWARE_PORTS),
    call!(bpf(cmd: INT, attr: ANY_INOUT, size: size("attr")) -> Fd; effect: PROGRAMS),
    call!(perf_event_open(attr: ANY_IN, pid: INT, cpu: INT, group_fd: FD, flags: ULONG) -> Fd; effect: WATCHES),
    call!(userfaultfd(flags: UINT) -> Fd; effect: HOLDS_UP),
    call!(fanotify_init(flags: UINT, event_f_flags: UINT) -> Fd; effect: WATCHES),
    own!(fanotify_mark(
        fanotify_fd: FD, flags: UINT, mask: ULONG, dirfd: FD, pathname: PATH => optional,
    )),
    call!(io_uring_setup(entries: UINT, p: ANY_INOUT) -> Fd; effect: UNFILTERED),
    call!(io_uring_enter(
        fd: FD, to_submit: UINT, min_complete: UINT, flags: UINT, sig: ANY_IN => optional,
        argsz: size("sig") => optional,
    ) -> Count; effect: UNFILTERED),
    call!(request_key(type: PATH, description: PATH, callout_info: PATH => optional, dest_keyring: INT) -> Id;
        effect: Effect::All(&[Effect::Keyring(3), KEYRINGS])),
    call!(keyctl(
        op: INT, arg2: ULONG => optional, arg3: ULONG => optional, arg4: ULONG => optional, arg5: ULONG => optional,
    ) -> Int; effect: KEYCTL_EFFECT),
    call!(open_by_handle_at(mount_fd: FD, handle: ANY_IN, flags: flags(U32, &OPEN)) -> Fd;
        effect: PAST_DIRECTORIES, also: &["openat"]),
];

/// Calls that no case can make by name, for the filter that keeps machine code from them.
pub(in crate::abi) static UNNAMED: &[Syscall] = &[
    call!(vhangup(); effect: TERMINAL),
    call!(quotactl_fd(); effect: QUOTAS),
    call!(lookup_dcookie(); effect: WATCHES),
    call!(io_uring_register(); effect: UNFILTERED),
    call!(process_madvise(); effect: PROCESS_MADVISE_EFFECT),
];
