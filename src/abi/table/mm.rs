//! Memory, and waiting for a change of it (futexes).

use linux_raw_sys::general::*;

use super::prelude::*;
use super::time::TIMESPEC;

subsystem! {
    calls {
        // Protections and flags are `int` in the manual and a whole register to the kernel.
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
        own!(memfd_create(name: PATH, flags: flags(U32, &MEMFD)) -> Fd),
        own!(process_vm_readv(
            pid: INT, local_iov: IOV_OUT, liovcnt: size("local_iov"), remote_iov: IOV_IN,
            riovcnt: size("remote_iov"), flags: ULONG,
        ) -> Bytes),
        call!(process_vm_writev(
            pid: INT, local_iov: IOV_IN, liovcnt: size("local_iov"), remote_iov: IOV_OUT,
            riovcnt: size("remote_iov"), flags: ULONG,
        ) -> Bytes; effect: Effect::Others(0)),
        call!(userfaultfd(flags: UINT) -> Fd; effect: HOLDS_UP),
        own!(futex(
            uaddr: ANY_INOUT, futex_op: flags(U32, &FUTEX), val: UINT => optional,
            timeout: input(&TIMESPEC) => optional, uaddr2: ANY_INOUT => optional, val3: UINT => optional,
        ) -> Count),
        own!(set_robust_list(head: ANY_IN, len: SIZE)),
    }
    unnamed {
        call!(process_madvise(); effect: PROCESS_MADVISE_EFFECT),
    }
    constants {
        flags PROT = "protections" {
            PROT_NONE, PROT_READ, PROT_WRITE, PROT_EXEC, PROT_SEM, PROT_GROWSDOWN, PROT_GROWSUP,
        }
        flags MAP = "mapping flags" {
            MAP_FILE, MAP_SHARED_VALIDATE, MAP_SHARED, MAP_PRIVATE, MAP_DROPPABLE, MAP_FIXED, MAP_ANONYMOUS,
            MAP_GROWSDOWN, MAP_DENYWRITE, MAP_EXECUTABLE, MAP_LOCKED, MAP_NORESERVE, MAP_POPULATE,
            MAP_NONBLOCK, MAP_STACK, MAP_HUGETLB, MAP_SYNC, MAP_FIXED_NOREPLACE, MAP_ANON = MAP_ANONYMOUS,
            #[cfg(target_arch = "x86_64")] MAP_32BIT,
        }
        one_of MADVISE = "madvise advice" {
            MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTNEED, MADV_FREE, MADV_REMOVE,
            MADV_DONTFORK, MADV_DOFORK, MADV_MERGEABLE, MADV_UNMERGEABLE, MADV_HUGEPAGE, MADV_NOHUGEPAGE,
            MADV_DONTDUMP, MADV_DODUMP, MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_COLD, MADV_PAGEOUT,
            MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_DONTNEED_LOCKED, MADV_COLLAPSE, MADV_HWPOISON,
            MADV_SOFT_OFFLINE, MADV_GUARD_INSTALL, MADV_GUARD_REMOVE,
        }
        flags MREMAP = "mremap flags" { MREMAP_MAYMOVE, MREMAP_FIXED, MREMAP_DONTUNMAP }
        flags MSYNC = "msync flags" { MS_ASYNC, MS_INVALIDATE, MS_SYNC }
        flags MLOCK2 = "mlock2 flags" { MLOCK_ONFAULT }
        flags MLOCKALL = "mlockall flags" { MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT }
        flags MEMFD = "memfd_create flags" {
            MFD_CLOEXEC, MFD_ALLOW_SEALING, MFD_HUGETLB, MFD_NOEXEC_SEAL, MFD_EXEC,
        }
        // Commands by falling value: they are numbers, not bits that combine.
        flags FUTEX = "futex operations" {
            FUTEX_WAIT, FUTEX_LOCK_PI2_PRIVATE, FUTEX_CMP_REQUEUE_PI_PRIVATE, FUTEX_WAIT_REQUEUE_PI_PRIVATE,
            FUTEX_WAKE_BITSET_PRIVATE, FUTEX_WAIT_BITSET_PRIVATE, FUTEX_TRYLOCK_PI_PRIVATE,
            FUTEX_UNLOCK_PI_PRIVATE, FUTEX_LOCK_PI_PRIVATE, FUTEX_WAKE_OP_PRIVATE, FUTEX_CMP_REQUEUE_PRIVATE,
            FUTEX_REQUEUE_PRIVATE, FUTEX_WAKE_PRIVATE, FUTEX_WAIT_PRIVATE, FUTEX_PRIVATE_FLAG, FUTEX_LOCK_PI2,
            FUTEX_CMP_REQUEUE_PI, FUTEX_WAIT_REQUEUE_PI, FUTEX_WAKE_BITSET, FUTEX_WAIT_BITSET,
            FUTEX_TRYLOCK_PI, FUTEX_UNLOCK_PI, FUTEX_LOCK_PI, FUTEX_WAKE_OP, FUTEX_CMP_REQUEUE, FUTEX_REQUEUE,
            FUTEX_FD, FUTEX_WAKE, FUTEX_CLOCK_REALTIME,
        }
        flags FUTEX_WORD = "futex words" {
            FUTEX_BITSET_MATCH_ANY, FUTEX_WAITERS, FUTEX_OWNER_DIED,
        }
    }
}

/// The third argument says whether memory can be run.
const EXECUTABLE: Effect = Effect::by_bits(2, PROT_EXEC, &[(&[0], Effect::Own)], &Effect::ANYTHING);

const POISONS: Effect = Effect::changes("takes pages of memory away from the machine");
/// The page of the machine that lies there is never used again, whoever has it.
const POISON: &[u32] = &[MADV_HWPOISON, MADV_SOFT_OFFLINE];
const MADVISE_EFFECT: Effect = Effect::by(2, &[(POISON, POISONS)], &Effect::Own);
/// From Linux 6.13 on, a process may give itself any advice by this call.
const PROCESS_MADVISE_EFFECT: Effect = Effect::by(3, &[(POISON, POISONS)], &Effect::Own);

const HOLDS_UP: Effect = Effect::exposes("can hold up the kernel");

/// mmap(2): that a page may be written may imply that it may be read.
const READ_BESIDE_WRITE: Hint = Hint { arg: 2, bits: PROT_READ, beside: PROT_WRITE };
const MPROTECT_HINTS: &[Hint] = &[READ_BESIDE_WRITE];
/// mmap(2): to a kernel that does not know MAP_FIXED_NOREPLACE, the address is a hint.
const MMAP_HINTS: &[Hint] = &[READ_BESIDE_WRITE, Hint { arg: 3, bits: MAP_FIXED_NOREPLACE, beside: 0 }];
