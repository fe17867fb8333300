//! Calls that have numbers, and that Linux no longer implements or never did; and numbers without a call.

use super::prelude::*;

subsystem! {
    calls {
        // Never implemented, or not since Linux 2.6: ENOSYS.
        own!(afs_syscall() -> Int; page: Some("unimplemented")),
        own!(getpmsg() -> Int; page: Some("unimplemented")),
        own!(putpmsg() -> Int; page: Some("unimplemented")),
        own!(security() -> Int; page: Some("unimplemented")),
        own!(tuxcall() -> Int; page: Some("unimplemented")),
        own!(vserver() -> Int; page: Some("unimplemented")),
        own!(create_module(name: PATH, size: SIZE) -> Addr),
        own!(get_kernel_syms(table: Kind::Array(Dir::Out, &KERNEL_SYM) => optional) -> Count),
        own!(query_module(
            name: PATH => optional, which: one_of(I32, &QUERY_MODULE), buf: BYTES_OUT => optional,
            bufsize: size("buf"), ret: output(&SIZE) => optional,
        )),
        // Since Linux 3.1.
        own!(nfsservctl(cmd: INT, argp: ADDR => optional, resp: ADDR => optional) -> Int),
        // Since Linux 5.5; until then it set the kernel's parameters.
        call!(_sysctl(args: input(&SYSCTL_ARGS)); effect: PARAMETERS, page: Some("sysctl")),
        // Since Linux 6.7.
        call!(lookup_dcookie(cookie: ULONG, buffer: BYTES_OUT, size: size("buffer")) -> Bytes;
            effect: super::admin::WATCHES),
        // Since Linux 6.16; until then it mapped a program.
        call!(uselib(library: PATH); effect: Effect::ANYTHING),
        // The index that option 2 takes is no pointer: `{raw: N}`.
        own!(ustat(dev: UINT, ubuf: output(&USTAT))),
    }
    constants {
        // linux/module.h of Linux 2.4.
        one_of QUERY_MODULE = "query_module operations" {
            QM_EXISTS = 0, QM_MODULES = 1, QM_DEPS = 2, QM_REFS = 3, QM_SYMBOLS = 4, QM_INFO = 5,
        }
    }
    laid {
        KERNEL_SYM = "kernel_sym" { value = ULONG, name = Kind::FixedBytes(60) }
        SYSCTL_ARGS = "__sysctl_args" {
            name = Kind::Array(Dir::In, &INT), nlen = len(I32, "name"), oldval = BYTES_OUT, oldlenp = inout(&SIZE),
            newval = BYTES_IN, newlen = size("newval"), __unused = Kind::Fixed(&ULONG, 4),
        }
        USTAT = "ustat" {
            f_tfree = INT, f_tinode = ULONG, f_fname = Kind::FixedBytes(6), f_fpack = Kind::FixedBytes(6),
        }
    }
}

const PARAMETERS: Effect = Effect::changes("sets the kernel's parameters");

/// What a case may give a call of which nothing is known, in the order of the registers.
const NUMBERED: [&str; 6] = ["arg1", "arg2", "arg3", "arg4", "arg5", "arg6"];

/// The entry of a number that the table does not know, under this name.
pub(in crate::abi) const fn numbered(nr: u32, name: &'static str) -> crate::abi::Syscall {
    const fn arg(index: usize) -> crate::abi::Arg {
        crate::abi::Arg { name: NUMBERED[index], kind: ANY_INOUT, optional: true }
    }
    const ARGS: &[crate::abi::Arg] = &[arg(0), arg(1), arg(2), arg(3), arg(4), arg(5)];
    // No kernel has a call of a negative number. Any other may be a call of a kernel to come, or of another ABI.
    let effect = if nr > i32::MAX as u32 { Effect::Own } else { Effect::ANYTHING };
    crate::abi::Syscall { name, nr: Some(nr), args: ARGS, ret: Ret::Int, effect, ..super::PLAIN }
}
