//! Memory, and waiting for a change of it (futexes).

use std::mem::offset_of;

use linux_raw_sys::general::*;
use linux_raw_sys::mempolicy::{
    MPOL_BIND, MPOL_DEFAULT, MPOL_F_ADDR, MPOL_F_MEMS_ALLOWED, MPOL_F_NODE, MPOL_F_NUMA_BALANCING,
    MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES, MPOL_INTERLEAVE, MPOL_LOCAL, MPOL_MF_LAZY, MPOL_MF_MOVE,
    MPOL_MF_MOVE_ALL, MPOL_MF_STRICT, MPOL_PREFERRED, MPOL_PREFERRED_MANY, MPOL_WEIGHTED_INTERLEAVE,
};

use super::prelude::*;
use super::time::{CLOCK, TIMESPEC};

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
        ) -> Bytes; x32: Some(539)),
        call!(process_vm_writev(
            pid: INT, local_iov: IOV_IN, liovcnt: size("local_iov"), remote_iov: IOV_OUT,
            riovcnt: size("remote_iov"), flags: ULONG,
        ) -> Bytes; effect: Effect::Others(0), x32: Some(540)),
        // What may be advised for another process changes how fast it runs, and nothing else.
        call!(process_madvise(
            pidfd: FD, iovec: IOV_IN, vlen: size("iovec"), advice: one_of(I32, &MADVISE), flags: UINT => optional,
        ) -> Bytes; effect: PROCESS_MADVISE_EFFECT),
        // Only of a process that is dying already.
        own!(process_mrelease(pidfd: FD, flags: UINT => optional)),
        call!(userfaultfd(flags: flags(U32, &USERFAULTFD)) -> Fd; effect: HOLDS_UP),
        own!(memfd_secret(flags: flags(U32, &MEMFD_SECRET)) -> Fd),
        own!(mseal(addr: ADDR, len: SIZE, flags: ULONG => optional)),
        own!(remap_file_pages(
            addr: ADDR, size: SIZE, prot: flags(U64, &PROT), pgoff: SIZE, flags: flags(U64, &MAP),
        )),
        own!(map_shadow_stack(addr: ADDR, size: SIZE, flags: flags(U32, &SHADOW_STACK)) -> Addr),
        own!(pkey_alloc(flags: ULONG => optional, access_rights: flags(U64, &PKEY)) -> Id),
        own!(pkey_free(pkey: INT)),
        call!(pkey_mprotect(addr: ADDR, len: SIZE, prot: flags(U64, &PROT), pkey: INT); effect: EXECUTABLE),
        // Numbers of nodes count bits, not bytes.
        own!(mbind(
            addr: ADDR, len: SIZE, mode: flags(U32, &MPOL), nodemask: NODES_IN => optional, maxnode: ULONG,
            flags: flags(U32, &MPOL_MF),
        )),
        own!(set_mempolicy(mode: flags(U32, &MPOL), nodemask: NODES_IN => optional, maxnode: ULONG)),
        own!(get_mempolicy(
            mode: output(&MPOL_VALUE) => optional, nodemask: Kind::Array(Dir::Out, &ULONG) => optional, maxnode: ULONG,
            addr: ADDR => optional, flags: flags(U64, &MPOL_GET),
        )),
        own!(set_mempolicy_home_node(start: ADDR, len: SIZE, home_node: ULONG, flags: ULONG => optional)),
        call!(migrate_pages(pid: INT, maxnode: ULONG, old_nodes: NODES_IN, new_nodes: NODES_IN) -> Count;
            effect: Effect::Others(0)),
        call!(move_pages(
            pid: INT, count: size("pages"), pages: Kind::Array(Dir::In, &ADDR),
            nodes: Kind::Array(Dir::In, &INT) => optional, status: Kind::Array(Dir::Out, &INT),
            flags: flags(U32, &MPOL_MF),
        ) -> Count; effect: Effect::Others(0), x32: Some(533)),
        own!(futex(
            uaddr: inout(&UINT), futex_op: flags(U32, &FUTEX), val: UINT => optional,
            timeout: Kind::By("futex_op", FUTEX_TIMEOUT, &FUTEX_WAITS) => optional, uaddr2: inout(&UINT) => optional,
            val3: Kind::By("futex_op", FUTEX_VAL3, &UINT) => optional,
        ) -> Count),
        own!(futex_waitv(
            waiters: FUTEX_VECTOR, nr_futexes: len(U32, "waiters"), flags: UINT => optional,
            timeout: input(&TIMESPEC) => optional, clockid: one_of(I32, &CLOCK) => optional,
        ) -> Int),
        own!(futex_wait(
            uaddr: inout(&UINT), val: ULONG, mask: flags(U64, &FUTEX_WORD), flags: flags(U32, &FUTEX2),
            timeout: input(&TIMESPEC) => optional, clockid: one_of(I32, &CLOCK) => optional,
        )),
        own!(futex_wake(
            uaddr: inout(&UINT), mask: flags(U64, &FUTEX_WORD), nr: INT, flags: flags(U32, &FUTEX2),
        ) -> Count),
        own!(futex_requeue(waiters: FUTEX_VECTOR, flags: UINT, nr_wake: INT, nr_requeue: INT) -> Count),
        own!(set_robust_list(head: input(&ROBUST_LIST_HEAD), len: size("head")); x32: Some(530)),
        own!(get_robust_list(pid: INT, head_ptr: output(&ADDR), len_ptr: output(&SIZE)); x32: Some(531)),
    }
    constants {
        flags PROT = "protections" {
            PROT_NONE, PROT_READ, PROT_WRITE, PROT_EXEC, PROT_SEM, PROT_GROWSDOWN, PROT_GROWSUP,
        }
        flags MAP = "mapping flags" {
            // Sizes of huge pages are numbers in the highest six bits.
            MAP_HUGE_2GB = 0x7c00_0000u32, MAP_HUGE_1GB = 0x7800_0000u32, MAP_HUGE_512MB = 0x7400_0000u32, MAP_HUGE_8MB = 0x5c00_0000u32, MAP_HUGE_256MB = 0x7000_0000u32, MAP_HUGE_32MB = 0x6400_0000u32, MAP_HUGE_2MB = 0x5400_0000u32, MAP_HUGE_512KB = 0x4c00_0000u32, MAP_HUGE_16KB = 0x3800_0000u32, MAP_HUGE_16MB = 0x6000_0000u32, MAP_HUGE_1MB = 0x5000_0000u32, MAP_HUGE_16GB = 0x8800_0000u32, MAP_HUGE_64KB = 0x4000_0000u32,
            MAP_FILE, MAP_SHARED_VALIDATE, MAP_SHARED, MAP_PRIVATE, MAP_DROPPABLE, MAP_FIXED, MAP_ANONYMOUS,
            MAP_GROWSDOWN, MAP_DENYWRITE, MAP_EXECUTABLE, MAP_LOCKED, MAP_NORESERVE, MAP_POPULATE,
            MAP_NONBLOCK, MAP_STACK, MAP_HUGETLB, MAP_SYNC, MAP_FIXED_NOREPLACE, MAP_ANON = MAP_ANONYMOUS,
            #[cfg(target_arch = "x86_64")] MAP_32BIT, #[cfg(target_arch = "x86_64")] MAP_ABOVE4G = 0x80,
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
            MFD_HUGE_2GB = 0x7c00_0000u32, MFD_HUGE_1GB = 0x7800_0000u32, MFD_HUGE_512MB = 0x7400_0000u32, MFD_HUGE_8MB = 0x5c00_0000u32, MFD_HUGE_256MB = 0x7000_0000u32, MFD_HUGE_32MB = 0x6400_0000u32, MFD_HUGE_2MB = 0x5400_0000u32, MFD_HUGE_512KB = 0x4c00_0000u32, MFD_HUGE_16MB = 0x6000_0000u32, MFD_HUGE_1MB = 0x5000_0000u32, MFD_HUGE_16GB = 0x8800_0000u32, MFD_HUGE_64KB = 0x4000_0000u32,
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
            FUTEX_FD, FUTEX_WAKE, FUTEX_CLOCK_REALTIME, FUTEX_ROBUST_UNLOCK = 512, FUTEX_ROBUST_LIST32 = 1024,
        }
        flags FUTEX_WORD = "futex words" {
            FUTEX_BITSET_MATCH_ANY, FUTEX_WAITERS, FUTEX_OWNER_DIED,
        }
        // Sizes first: they are one number of two bits.
        flags FUTEX2 = "futex2 flags" {
            FUTEX2_SIZE_U8, FUTEX2_SIZE_U64, FUTEX2_SIZE_U16, FUTEX2_SIZE_U32, FUTEX2_NUMA, FUTEX2_MPOL,
            FUTEX2_PRIVATE,
        }
        flags USERFAULTFD = "userfaultfd flags" { UFFD_USER_MODE_ONLY, O_CLOEXEC, O_NONBLOCK }
        flags MEMFD_SECRET = "memfd_secret flags" { O_CLOEXEC }
        flags SHADOW_STACK = "shadow stack flags" { SHADOW_STACK_SET_TOKEN = 1, SHADOW_STACK_SET_MARKER = 2 }
        flags PKEY = "protection key rights" { PKEY_UNRESTRICTED = 0, PKEY_DISABLE_ACCESS, PKEY_DISABLE_WRITE }
        // Modes first, by falling value: they are numbers, not bits that combine.
        flags MPOL = "memory policies" {
            MPOL_DEFAULT, MPOL_WEIGHTED_INTERLEAVE, MPOL_PREFERRED_MANY, MPOL_LOCAL, MPOL_INTERLEAVE, MPOL_BIND,
            MPOL_PREFERRED, MPOL_F_NUMA_BALANCING, MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES,
        }
        flags MPOL_MF = "memory migration flags" { MPOL_MF_STRICT, MPOL_MF_MOVE, MPOL_MF_MOVE_ALL, MPOL_MF_LAZY }
        flags MPOL_GET = "get_mempolicy flags" { MPOL_F_NODE, MPOL_F_ADDR, MPOL_F_MEMS_ALLOWED }
        flags UFFD_FEATURE = "userfaultfd features" {
            UFFD_FEATURE_PAGEFAULT_FLAG_WP, UFFD_FEATURE_EVENT_FORK, UFFD_FEATURE_EVENT_REMAP,
            UFFD_FEATURE_EVENT_REMOVE, UFFD_FEATURE_MISSING_HUGETLBFS, UFFD_FEATURE_MISSING_SHMEM,
            UFFD_FEATURE_EVENT_UNMAP, UFFD_FEATURE_SIGBUS, UFFD_FEATURE_THREAD_ID, UFFD_FEATURE_MINOR_HUGETLBFS,
            UFFD_FEATURE_MINOR_SHMEM, UFFD_FEATURE_EXACT_ADDRESS, UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
            UFFD_FEATURE_WP_UNPOPULATED, UFFD_FEATURE_POISON, UFFD_FEATURE_WP_ASYNC, UFFD_FEATURE_MOVE,
            UFFD_FEATURE_RWP = 0x2_0000, UFFD_FEATURE_RWP_ASYNC = 0x4_0000,
        }
        one_of UFFD_API_VERSION = "userfaultfd interfaces" { UFFD_API = 0xaa }
        flags UFFDIO_REGISTER_MODE = "userfaultfd registration modes" {
            UFFDIO_REGISTER_MODE_MISSING = 1, UFFDIO_REGISTER_MODE_WP = 2, UFFDIO_REGISTER_MODE_MINOR = 4,
            UFFDIO_REGISTER_MODE_RWP = 8,
        }
        flags UFFDIO_COPY_MODE = "UFFDIO_COPY modes" { UFFDIO_COPY_MODE_DONTWAKE = 1, UFFDIO_COPY_MODE_WP = 2 }
        flags UFFDIO_ZEROPAGE_MODE = "UFFDIO_ZEROPAGE modes" { UFFDIO_ZEROPAGE_MODE_DONTWAKE = 1 }
        flags UFFDIO_WP_MODE = "UFFDIO_WRITEPROTECT modes" {
            UFFDIO_WRITEPROTECT_MODE_WP = 1, UFFDIO_WRITEPROTECT_MODE_DONTWAKE = 2,
        }
        flags UFFDIO_RWP_MODE = "UFFDIO_RWPROTECT modes" {
            UFFDIO_RWPROTECT_MODE_RWP = 1, UFFDIO_RWPROTECT_MODE_DONTWAKE = 2,
        }
        flags UFFDIO_CONTINUE_MODE = "UFFDIO_CONTINUE modes" {
            UFFDIO_CONTINUE_MODE_DONTWAKE = 1, UFFDIO_CONTINUE_MODE_WP = 2,
        }
        flags UFFDIO_POISON_MODE = "UFFDIO_POISON modes" { UFFDIO_POISON_MODE_DONTWAKE = 1 }
        flags UFFDIO_MOVE_MODE = "UFFDIO_MOVE modes" {
            UFFDIO_MOVE_MODE_DONTWAKE = 1, UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES = 2,
        }
        one_of UFFD_EVENT = "userfaultfd events" {
            UFFD_EVENT_PAGEFAULT = 0x12, UFFD_EVENT_FORK = 0x13, UFFD_EVENT_REMAP = 0x14, UFFD_EVENT_REMOVE = 0x15,
            UFFD_EVENT_UNMAP = 0x16,
        }
        flags UFFD_PAGEFAULT = "userfaultfd page faults" {
            UFFD_PAGEFAULT_FLAG_WRITE, UFFD_PAGEFAULT_FLAG_WP, UFFD_PAGEFAULT_FLAG_MINOR,
            UFFD_PAGEFAULT_FLAG_RWP = 8,
        }
    }
    structures {
        FUTEX_WAITV = "futex_waitv" as futex_waitv {
            val: plain(), uaddr = inout(&UINT), flags: flags(&FUTEX2), __reserved: plain(),
        }
        ROBUST_LIST_HEAD = "robust_list_head" as robust_list_head {
            list = ADDR, futex_offset: plain(), list_op_pending = ADDR,
        }
        UFFDIO_API = "uffdio_api" as uffdio_api {
            api: one_of(&UFFD_API_VERSION), features: flags(&UFFD_FEATURE), ioctls: plain(),
        }
        UFFDIO_RANGE = "uffdio_range" as uffdio_range { start = ADDR, len: plain() }
        UFFDIO_REGISTER = "uffdio_register" as uffdio_register {
            range = UFFDIO_RANGE, mode: flags(&UFFDIO_REGISTER_MODE), ioctls: plain(),
        }
        UFFDIO_COPY = "uffdio_copy" as uffdio_copy {
            dst = ADDR, src = ADDR, len: plain(), mode: flags(&UFFDIO_COPY_MODE), copy: plain(),
        }
        UFFDIO_ZEROPAGE = "uffdio_zeropage" as uffdio_zeropage {
            range = UFFDIO_RANGE, mode: flags(&UFFDIO_ZEROPAGE_MODE), zeropage: plain(),
        }
        UFFDIO_WRITEPROTECT = "uffdio_writeprotect" as uffdio_writeprotect {
            range = UFFDIO_RANGE, mode: flags(&UFFDIO_WP_MODE),
        }
        // The header, as packaged, lacks it.
        UFFDIO_RWPROTECT = "uffdio_rwprotect" as [u64; 3] {
            range @ (0) = UFFDIO_RANGE, mode @ (16) = flags(U64, &UFFDIO_RWP_MODE),
        }
        UFFDIO_CONTINUE = "uffdio_continue" as uffdio_continue {
            range = UFFDIO_RANGE, mode: flags(&UFFDIO_CONTINUE_MODE), mapped: plain(),
        }
        UFFDIO_POISON = "uffdio_poison" as uffdio_poison {
            range = UFFDIO_RANGE, mode: flags(&UFFDIO_POISON_MODE), updated: plain(),
        }
        UFFDIO_MOVE = "uffdio_move" as uffdio_move {
            dst = ADDR, src = ADDR, len: plain(), mode: flags(&UFFDIO_MOVE_MODE),
            move @ (offset_of!(uffdio_move, move_)) = LONG,
        }
        // The members of its union, one after the other.
        UFFD_MSG = "uffd_msg" as [u64; 4] {
            event @ (0) = one_of(U8, &UFFD_EVENT),
            flags @ (8) = flags(U64, &UFFD_PAGEFAULT), address @ (16) = ADDR, ptid @ (24) = UINT,
            ufd @ (8) = UINT,
            from @ (8) = ADDR, to @ (16) = ADDR, len @ (24) = ULONG,
            start @ (8) = ADDR, end @ (16) = ADDR,
        }
    }
}

const NODES_IN: Kind = Kind::Array(Dir::In, &ULONG);
const MPOL_VALUE: Kind = flags(U32, &MPOL);
const FUTEX_VECTOR: Kind = Kind::Array(Dir::In, &FUTEX_WAITV);
const FUTEX_WAITS: Kind = input(&TIMESPEC);

/// A second number, where nothing waits.
static FUTEX_TIMEOUT: &[(&str, Kind)] = &[
    ("FUTEX_WAKE_OP", ULONG),
    ("FUTEX_WAKE_OP_PRIVATE", ULONG),
    ("FUTEX_REQUEUE", ULONG),
    ("FUTEX_REQUEUE_PRIVATE", ULONG),
    ("FUTEX_CMP_REQUEUE", ULONG),
    ("FUTEX_CMP_REQUEUE_PRIVATE", ULONG),
    ("FUTEX_CMP_REQUEUE_PI", ULONG),
    ("FUTEX_CMP_REQUEUE_PI_PRIVATE", ULONG),
];
static FUTEX_VAL3: &[(&str, Kind)] = &[
    ("FUTEX_WAIT_BITSET", BITSET),
    ("FUTEX_WAIT_BITSET_PRIVATE", BITSET),
    ("FUTEX_WAKE_BITSET", BITSET),
    ("FUTEX_WAKE_BITSET_PRIVATE", BITSET),
];
const BITSET: Kind = flags(U32, &FUTEX_WORD);

/// The third argument says whether memory can be run.
const EXECUTABLE: Effect = Effect::by_bits(2, PROT_EXEC, &[(&[0], Effect::Own)], &Effect::ANYTHING);

const POISONS: Effect = Effect::changes_by("CAP_SYS_ADMIN", "takes pages of memory away from the machine");
/// The page of the machine that lies there is never used again, whoever has it.
const POISON: &[u32] = &[MADV_HWPOISON, MADV_SOFT_OFFLINE];
const MADVISE_EFFECT: Effect = Effect::by(2, &[(POISON, POISONS)], &Effect::Own);
/// From Linux 6.13 on, a process may give itself any advice by this call.
const PROCESS_MADVISE_EFFECT: Effect = Effect::by(3, &[(POISON, POISONS)], &Effect::Own);

/// What comes of page faults that a program answers.
pub(super) const HOLDS_UP: Effect = Effect::exposes("can hold up the kernel");

/// mmap(2): that a page may be written may imply that it may be read.
const READ_BESIDE_WRITE: Hint = Hint { arg: 2, bits: PROT_READ, beside: PROT_WRITE };
const MPROTECT_HINTS: &[Hint] = &[READ_BESIDE_WRITE];
/// mmap(2): to a kernel that does not know MAP_FIXED_NOREPLACE, the address is a hint.
const MMAP_HINTS: &[Hint] = &[READ_BESIDE_WRITE, Hint { arg: 3, bits: MAP_FIXED_NOREPLACE, beside: 0 }];
