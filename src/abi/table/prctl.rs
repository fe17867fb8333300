//! What a process sets for itself: prctl(2), arch_prctl(2), personality(2).

use linux_raw_sys::prctl::*;
use linux_raw_sys::ptrace::{SECCOMP_MODE_DISABLED, SECCOMP_MODE_FILTER, SECCOMP_MODE_STRICT};

use super::prelude::*;
use super::process::CAPABILITY;
use super::security::SOCK_FPROG;
use super::signal::SIGNAL;

subsystem! {
    calls {
        // prctl takes whole registers; what they mean depends on the option.
        call!(prctl(
            option: one_of(I32, &PRCTL), arg2: Kind::By("option", PRCTL_ARG2, &ULONG) => optional,
            arg3: Kind::By("option", PRCTL_ARG3, &ULONG) => optional,
            arg4: Kind::By("option", PRCTL_ARG4, &ULONG) => optional,
            arg5: Kind::By("option", PRCTL_ARG5, &ULONG) => optional,
        ) -> Int; effect: PRCTL_EFFECT),
        call!(arch_prctl(op: one_of(U32, &ARCH), addr: Kind::By("op", ARCH_ADDR, &ULONG) => optional) -> Int;
            effect: ARCH_PRCTL_EFFECT),
        call!(personality(persona: flags(U32, &PERSONA)) -> Int; effect: PERSONALITY_EFFECT),
    }
    constants {
        one_of PRCTL = "prctl options" {
            PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_DUMPABLE, PR_GET_KEEPCAPS,
            PR_SET_KEEPCAPS, PR_GET_TIMING, PR_SET_TIMING, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP,
            PR_SET_SECCOMP, PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_GET_TSC, PR_SET_TSC, PR_GET_SECUREBITS,
            PR_SET_SECUREBITS, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK, PR_TASK_PERF_EVENTS_DISABLE,
            PR_TASK_PERF_EVENTS_ENABLE, PR_MCE_KILL, PR_MCE_KILL_GET, PR_SET_MM, PR_SET_PTRACER,
            PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS,
            PR_GET_TID_ADDRESS, PR_SET_THP_DISABLE, PR_GET_THP_DISABLE, PR_CAP_AMBIENT,
            PR_GET_SPECULATION_CTRL, PR_SET_SPECULATION_CTRL, PR_SET_IO_FLUSHER, PR_GET_IO_FLUSHER,
            PR_SET_SYSCALL_USER_DISPATCH, PR_SCHED_CORE, PR_SET_MDWE, PR_GET_MDWE, PR_SET_VMA, PR_GET_AUXV,
            PR_SET_MEMORY_MERGE, PR_GET_MEMORY_MERGE, PR_FUTEX_HASH, PR_GET_UNALIGN, PR_SET_UNALIGN, PR_GET_FPEMU,
            PR_SET_FPEMU, PR_GET_FPEXC, PR_SET_FPEXC, PR_GET_ENDIAN, PR_SET_ENDIAN, PR_MPX_ENABLE_MANAGEMENT,
            PR_MPX_DISABLE_MANAGEMENT, PR_SET_FP_MODE, PR_GET_FP_MODE, PR_SVE_SET_VL, PR_SVE_GET_VL,
            PR_PAC_RESET_KEYS, PR_SET_TAGGED_ADDR_CTRL, PR_GET_TAGGED_ADDR_CTRL, PR_PAC_SET_ENABLED_KEYS,
            PR_PAC_GET_ENABLED_KEYS, PR_SME_SET_VL, PR_SME_GET_VL, PR_RISCV_V_SET_CONTROL, PR_RISCV_V_GET_CONTROL,
            PR_RISCV_SET_ICACHE_FLUSH_CTX, PR_PPC_GET_DEXCR, PR_PPC_SET_DEXCR, PR_GET_SHADOW_STACK_STATUS,
            PR_SET_SHADOW_STACK_STATUS, PR_LOCK_SHADOW_STACK_STATUS, PR_TIMER_CREATE_RESTORE_IDS,
            PR_RSEQ_SLICE_EXTENSION = 79, PR_GET_CFI = 80, PR_SET_CFI = 81,
        }
        one_of DUMPABLE = "dumpable states" { SUID_DUMP_DISABLE = 0, SUID_DUMP_USER = 1, SUID_DUMP_ROOT = 2 }
        one_of TIMING = "timing modes" { PR_TIMING_STATISTICAL, PR_TIMING_TIMESTAMP }
        one_of TSC = "time stamp counter modes" { PR_TSC_ENABLE, PR_TSC_SIGSEGV }
        flags SECUREBITS = "secure bits" {
            SECBIT_NOROOT = 1, SECBIT_NOROOT_LOCKED = 2, SECBIT_NO_SETUID_FIXUP = 4, SECBIT_NO_SETUID_FIXUP_LOCKED = 8,
            SECBIT_KEEP_CAPS = 0x10, SECBIT_KEEP_CAPS_LOCKED = 0x20, SECBIT_NO_CAP_AMBIENT_RAISE = 0x40,
            SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED = 0x80, SECBIT_EXEC_RESTRICT_FILE = 0x100,
            SECBIT_EXEC_RESTRICT_FILE_LOCKED = 0x200, SECBIT_EXEC_DENY_INTERACTIVE = 0x400,
            SECBIT_EXEC_DENY_INTERACTIVE_LOCKED = 0x800,
        }
        one_of SECCOMP_MODE = "seccomp modes" { SECCOMP_MODE_DISABLED, SECCOMP_MODE_STRICT, SECCOMP_MODE_FILTER }
        one_of MCE_KILL = "PR_MCE_KILL operations" { PR_MCE_KILL_CLEAR, PR_MCE_KILL_SET }
        one_of MCE_KILL_POLICY = "machine check policies" {
            PR_MCE_KILL_LATE, PR_MCE_KILL_EARLY, PR_MCE_KILL_DEFAULT,
        }
        one_of SET_MM = "PR_SET_MM operations" {
            PR_SET_MM_START_CODE, PR_SET_MM_END_CODE, PR_SET_MM_START_DATA, PR_SET_MM_END_DATA,
            PR_SET_MM_START_STACK, PR_SET_MM_START_BRK, PR_SET_MM_BRK, PR_SET_MM_ARG_START, PR_SET_MM_ARG_END,
            PR_SET_MM_ENV_START, PR_SET_MM_ENV_END, PR_SET_MM_AUXV, PR_SET_MM_EXE_FILE, PR_SET_MM_MAP,
            PR_SET_MM_MAP_SIZE,
        }
        one_of PTRACER = "tracers" { PR_SET_PTRACER_ANY = u64::MAX }
        flags THP_DISABLE = "PR_SET_THP_DISABLE flags" { PR_THP_DISABLE_EXCEPT_ADVISED = 2 }
        one_of SPEC_CTRL = "speculation features" {
            PR_SPEC_STORE_BYPASS, PR_SPEC_INDIRECT_BRANCH, PR_SPEC_L1D_FLUSH,
        }
        flags SPEC = "speculation controls" {
            PR_SPEC_PRCTL, PR_SPEC_ENABLE, PR_SPEC_DISABLE, PR_SPEC_FORCE_DISABLE, PR_SPEC_DISABLE_NOEXEC,
        }
        one_of USER_DISPATCH = "syscall user dispatch modes" {
            PR_SYS_DISPATCH_OFF, PR_SYS_DISPATCH_EXCLUSIVE_ON, PR_SYS_DISPATCH_INCLUSIVE_ON,
        }
        one_of SCHED_CORE = "core scheduling operations" {
            PR_SCHED_CORE_GET, PR_SCHED_CORE_CREATE, PR_SCHED_CORE_SHARE_TO, PR_SCHED_CORE_SHARE_FROM,
        }
        one_of SCHED_CORE_SCOPE = "core scheduling scopes" {
            PR_SCHED_CORE_SCOPE_THREAD, PR_SCHED_CORE_SCOPE_THREAD_GROUP, PR_SCHED_CORE_SCOPE_PROCESS_GROUP,
        }
        flags MDWE = "PR_SET_MDWE flags" { PR_MDWE_REFUSE_EXEC_GAIN, PR_MDWE_NO_INHERIT }
        one_of SET_VMA = "PR_SET_VMA operations" { PR_SET_VMA_ANON_NAME }
        one_of FUTEX_HASH = "PR_FUTEX_HASH operations" {
            PR_FUTEX_HASH_SET_SLOTS, PR_FUTEX_HASH_GET_SLOTS,
        }
        one_of RESTORE_IDS = "PR_TIMER_CREATE_RESTORE_IDS operations" {
            PR_TIMER_CREATE_RESTORE_IDS_OFF, PR_TIMER_CREATE_RESTORE_IDS_ON, PR_TIMER_CREATE_RESTORE_IDS_GET,
        }
        one_of SLICE_EXTENSION = "PR_RSEQ_SLICE_EXTENSION operations" {
            PR_RSEQ_SLICE_EXTENSION_GET = 1, PR_RSEQ_SLICE_EXTENSION_SET = 2,
        }
        // asm/prctl.h of x86
        one_of ARCH = "arch_prctl operations" {
            ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003, ARCH_GET_GS = 0x1004, ARCH_GET_CPUID = 0x1011, ARCH_SET_CPUID = 0x1012, ARCH_GET_XCOMP_SUPP = 0x1021,
            ARCH_GET_XCOMP_PERM = 0x1022, ARCH_REQ_XCOMP_PERM = 0x1023, ARCH_GET_XCOMP_GUEST_PERM = 0x1024, ARCH_REQ_XCOMP_GUEST_PERM = 0x1025,
            ARCH_MAP_VDSO_X32 = 0x2001, ARCH_MAP_VDSO_32 = 0x2002, ARCH_MAP_VDSO_64 = 0x2003, ARCH_GET_UNTAG_MASK = 0x4001, ARCH_ENABLE_TAGGED_ADDR = 0x4002,
            ARCH_GET_MAX_TAG_BITS = 0x4003, ARCH_FORCE_TAGGED_SVA = 0x4004, ARCH_SHSTK_ENABLE = 0x5001, ARCH_SHSTK_DISABLE = 0x5002, ARCH_SHSTK_LOCK = 0x5003,
            ARCH_SHSTK_UNLOCK = 0x5004, ARCH_SHSTK_STATUS = 0x5005,
        }
        flags ARCH_SHSTK = "shadow stack features" { ARCH_SHSTK_SHSTK = 1, ARCH_SHSTK_WRSS = 2 }
        // Flags, and one kind in the lowest byte. linux/personality.h
        flags PERSONA = "personalities" {
            PER_LINUX32 = 8, UNAME26 = 0x2_0000, ADDR_NO_RANDOMIZE = 0x4_0000, FDPIC_FUNCPTRS = 0x8_0000,
            MMAP_PAGE_ZERO = 0x10_0000, ADDR_COMPAT_LAYOUT = 0x20_0000, READ_IMPLIES_EXEC = 0x40_0000,
            ADDR_LIMIT_32BIT = 0x80_0000, SHORT_INODE = 0x100_0000, WHOLE_SECONDS = 0x200_0000,
            STICKY_TIMEOUTS = 0x400_0000, ADDR_LIMIT_3GB = 0x800_0000, PER_LINUX = 0,
        }
        one_of CAP_AMBIENT = "ambient capability operations" {
            PR_CAP_AMBIENT_IS_SET, PR_CAP_AMBIENT_RAISE, PR_CAP_AMBIENT_LOWER, PR_CAP_AMBIENT_CLEAR_ALL,
        }
    }
}

static PRCTL_ARG2: &[(&str, Kind)] = &[
    ("PR_SET_PDEATHSIG", one_of(U64, &SIGNAL)),
    ("PR_GET_PDEATHSIG", output(&INT)),
    ("PR_SET_DUMPABLE", one_of(U64, &DUMPABLE)),
    ("PR_SET_TIMING", one_of(U64, &TIMING)),
    ("PR_SET_NAME", PATH),
    ("PR_GET_NAME", BYTES_OUT),
    ("PR_SET_SECCOMP", one_of(U64, &SECCOMP_MODE)),
    ("PR_CAPBSET_READ", one_of(U64, &CAPABILITY)),
    ("PR_CAPBSET_DROP", one_of(U64, &CAPABILITY)),
    ("PR_CAP_AMBIENT", one_of(U64, &CAP_AMBIENT)),
    ("PR_GET_CHILD_SUBREAPER", output(&INT)),
    ("PR_GET_TSC", output(&INT)),
    ("PR_SET_TSC", one_of(U64, &TSC)),
    ("PR_SET_SECUREBITS", flags(U64, &SECUREBITS)),
    ("PR_MCE_KILL", one_of(U64, &MCE_KILL)),
    ("PR_SET_MM", one_of(U64, &SET_MM)),
    ("PR_SET_PTRACER", one_of(U64, &PTRACER)),
    ("PR_GET_TID_ADDRESS", output(&ULONG)),
    ("PR_GET_SPECULATION_CTRL", one_of(U64, &SPEC_CTRL)),
    ("PR_SET_SPECULATION_CTRL", one_of(U64, &SPEC_CTRL)),
    ("PR_SET_SYSCALL_USER_DISPATCH", one_of(U64, &USER_DISPATCH)),
    ("PR_SCHED_CORE", one_of(U64, &SCHED_CORE)),
    ("PR_SET_MDWE", flags(U64, &MDWE)),
    ("PR_SET_VMA", one_of(U64, &SET_VMA)),
    ("PR_GET_AUXV", BYTES_OUT),
    ("PR_FUTEX_HASH", one_of(U64, &FUTEX_HASH)),
    ("PR_TIMER_CREATE_RESTORE_IDS", one_of(U64, &RESTORE_IDS)),
    ("PR_RSEQ_SLICE_EXTENSION", one_of(U64, &SLICE_EXTENSION)),
    ("PR_GET_UNALIGN", output(&UINT)),
    ("PR_GET_FPEMU", output(&UINT)),
    ("PR_GET_FPEXC", output(&UINT)),
    ("PR_GET_ENDIAN", output(&UINT)),
    ("PR_GET_SHADOW_STACK_STATUS", output(&ULONG)),
];

static PRCTL_ARG3: &[(&str, Kind)] = &[
    ("PR_CAP_AMBIENT", one_of(U64, &CAPABILITY)),
    ("PR_SET_SECCOMP", input(&SOCK_FPROG)),
    ("PR_MCE_KILL", one_of(U64, &MCE_KILL_POLICY)),
    ("PR_SET_THP_DISABLE", flags(U64, &THP_DISABLE)),
    ("PR_SET_SPECULATION_CTRL", flags(U64, &SPEC)),
    ("PR_GET_AUXV", size("arg2")),
    ("PR_SET_VMA", ADDR),
];

static PRCTL_ARG4: &[(&str, Kind)] = &[("PR_SCHED_CORE", one_of(U64, &SCHED_CORE_SCOPE))];

static PRCTL_ARG5: &[(&str, Kind)] = &[
    ("PR_SCHED_CORE", output(&ULONG)),
    ("PR_SET_VMA", PATH),
    // The selector is read before each call from then on.
    ("PR_SET_SYSCALL_USER_DISPATCH", ADDR),
];

static ARCH_ADDR: &[(&str, Kind)] = &[
    ("ARCH_GET_FS", output(&ULONG)),
    ("ARCH_GET_GS", output(&ULONG)),
    ("ARCH_GET_XCOMP_SUPP", output(&ULONG)),
    ("ARCH_GET_XCOMP_PERM", output(&ULONG)),
    ("ARCH_GET_XCOMP_GUEST_PERM", output(&ULONG)),
    ("ARCH_GET_UNTAG_MASK", output(&ULONG)),
    ("ARCH_GET_MAX_TAG_BITS", output(&ULONG)),
    ("ARCH_SHSTK_ENABLE", flags(U64, &ARCH_SHSTK)),
    ("ARCH_SHSTK_DISABLE", flags(U64, &ARCH_SHSTK)),
    ("ARCH_SHSTK_STATUS", output(&ULONG)),
];

/// Operations up to 81, the last of Linux 7.3, are the caller's own but for the one that shares its core's cookie, as
/// are those with names for numbers.
const PRCTL_EFFECT: Effect = Effect::by(
    0,
    &[
        (&[PR_SCHED_CORE], Effect::Others(2)),
        (&[PR_SET_PTRACER, PR_SET_VMA, PR_GET_AUXV], Effect::Own),
        (&[64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81], Effect::Own),
    ],
    &Effect::by_bits(0, !0x3f, &[(&[0], Effect::Own)], &Effect::ANYTHING),
);

/// All of them set up the caller itself.
const ARCH_PRCTL_EFFECT: Effect = Effect::by(
    0,
    &[
        (&[0x1001, 0x1002, 0x1003, 0x1004, 0x1011, 0x1012, 0x1021, 0x1022, 0x1023, 0x1024, 0x1025], Effect::Own),
        (&[0x2001, 0x2002, 0x2003, 0x4001, 0x4002, 0x4003, 0x4004], Effect::Own),
        (&[0x5001, 0x5002, 0x5003, 0x5004, 0x5005], Effect::Own),
    ],
    &Effect::ANYTHING,
);

/// With READ_IMPLIES_EXEC, all memory from then on can be run; all bits: it only asks.
const PERSONALITY_EFFECT: Effect = Effect::by(
    0,
    &[(&[u32::MAX], Effect::Own)],
    &Effect::by_bits(0, libc::READ_IMPLIES_EXEC as u32, &[(&[0], Effect::Own)], &Effect::ANYTHING),
);
