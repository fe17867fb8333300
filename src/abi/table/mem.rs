//! Memory.

use super::reach::*;

use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Effect, Syscall};

// Protections and flags are `int` in the manual and a whole register to the kernel.
pub(super) static CALLS: &[Syscall] = &[
    call!(mmap(
        addr: ADDR => optional, length: SIZE, prot: flags(U64, &PROT), flags: flags(U64, &MAP), fd: FD,
        offset: OFF,
    ) -> Addr; effect: EXECUTABLE, hints: MMAP_HINTS),
    own!(munmap(addr: ADDR, length: SIZE)),
    call!(mprotect(addr: ADDR, len: SIZE, prot: flags(U64, &PROT)); effect: EXECUTABLE, hints: MPROTECT_HINTS),
    own!(mremap(
        old_address: ADDR, old_size: SIZE, new_size: SIZE, flags: flags(U64, &MREMAP),
        new_address: ADDR => optional,
    ) -> Addr),
    call!(madvise(addr: ADDR, length: SIZE, advice: one_of(I32, &MADVISE)); effect: MADVISE_EFFECT),
    own!(mincore(addr: ADDR, length: SIZE, vec: BYTES_OUT)),
    own!(msync(addr: ADDR, length: SIZE, flags: flags(U32, &MSYNC))),
    own!(mlock(addr: ADDR, len: SIZE)),
    own!(mlock2(addr: ADDR, len: SIZE, flags: flags(U32, &MLOCK2))),
    own!(munlock(addr: ADDR, len: SIZE)),
    own!(mlockall(flags: flags(U32, &MLOCKALL))),
    own!(munlockall()),
    own!(brk(addr: ADDR) -> Addr),
    own!(process_vm_readv(
        pid: INT, local_iov: IOV_OUT, liovcnt: size("local_iov"), remote_iov: IOV_IN,
        riovcnt: size("remote_iov"), flags: ULONG,
    ) -> Bytes),
    call!(process_vm_writev(
        pid: INT, local_iov: IOV_IN, liovcnt: size("local_iov"), remote_iov: IOV_OUT,
        riovcnt: size("remote_iov"), flags: ULONG,
    ) -> Bytes; effect: Effect::Others(0)),
    own!(futex(
        uaddr: ANY_INOUT, futex_op: flags(U32, &FUTEX), val: UINT => optional,
        timeout: input(&TIMESPEC) => optional, uaddr2: ANY_INOUT => optional, val3: UINT => optional,
    ) -> Count),
];
