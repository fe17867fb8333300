//! What changes the machine as a whole. Cases of these are refused in the sandbox (`crate::abi::machine_wide`).

use crate::abi::Syscall;
use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;

// Options, commands and structures are given as numbers and bytes: nothing here is tested for its own sake yet.
pub(super) static CALLS: &[Syscall] = &[
    call!(settimeofday(tv: input(&TIMEVAL) => optional, tz: ANY_IN => optional)),
    call!(adjtimex(buf: ANY_INOUT)),
    call!(clock_adjtime(clk_id: one_of(I32, &CLOCK), buf: ANY_INOUT)),
    call!(swapon(path: PATH, swapflags: UINT)),
    call!(swapoff(path: PATH)),
    call!(init_module(module_image: BYTES_IN, len: size("module_image"), param_values: PATH)),
    call!(finit_module(fd: FD, param_values: PATH, flags: UINT)),
    call!(delete_module(name: PATH, flags: UINT)),
    call!(kexec_load(entry: ULONG, nr_segments: ULONG, segments: ANY_IN, flags: ULONG)),
    call!(kexec_file_load(
        kernel_fd: FD, initrd_fd: FD, cmdline_len: size("cmdline"), cmdline: BYTES_IN, flags: ULONG,
    )),
    call!(reboot(magic: UINT, magic2: UINT, op: UINT, arg: ANY_IN => optional)),
    call!(syslog(type: INT, bufp: BYTES_OUT => optional, len: len(I32, "bufp"))),
    call!(acct(filename: PATH => optional)),
    call!(quotactl(op: UINT, special: PATH => optional, id: INT, addr: ANY_INOUT => optional)),
    call!(setdomainname(name: BYTES_IN, len: size("name"))),
    call!(iopl(level: INT)),
    call!(ioperm(from: ULONG, num: ULONG, turn_on: INT)),
    call!(bpf(cmd: INT, attr: ANY_INOUT, size: size("attr")) -> Fd),
    call!(perf_event_open(attr: ANY_IN, pid: INT, cpu: INT, group_fd: FD, flags: ULONG) -> Fd),
    call!(userfaultfd(flags: UINT) -> Fd),
    call!(fanotify_init(flags: UINT, event_f_flags: UINT) -> Fd),
    call!(fanotify_mark(
        fanotify_fd: FD, flags: UINT, mask: ULONG, dirfd: FD, pathname: PATH => optional,
    )),
    call!(io_uring_setup(entries: UINT, p: ANY_INOUT) -> Fd),
    call!(io_uring_enter(
        fd: FD, to_submit: UINT, min_complete: UINT, flags: UINT, sig: ANY_IN => optional,
        argsz: size("sig") => optional,
    )),
    call!(request_key(type: PATH, description: PATH, callout_info: PATH => optional, dest_keyring: INT)),
    call!(keyctl(
        op: INT, arg2: ULONG => optional, arg3: ULONG => optional, arg4: ULONG => optional, arg5: ULONG => optional,
    )),
    call!(open_by_handle_at(mount_fd: FD, handle: ANY_IN, flags: flags(U32, &OPEN)) -> Fd),
];
