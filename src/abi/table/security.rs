//! Privilege: capabilities, seccomp filters, Landlock, security modules.

use linux_raw_sys::general::*;
use linux_raw_sys::landlock::{landlock_net_port_attr, landlock_path_beneath_attr};
use linux_raw_sys::ptrace::*;

use super::prelude::*;

subsystem! {
    calls {
        own!(capget(hdrp: inout(&CAP_HEADER), datap: output(&CAP_DATA))),
        // Only of the caller itself, since Linux 2.6.24.
        own!(capset(hdrp: inout(&CAP_HEADER), datap: input(&CAP_DATA))),
        own!(seccomp(
            operation: one_of(U32, &SECCOMP), flags: flags(U32, &SECCOMP_FILTER),
            args: Kind::By("operation", SECCOMP_ARGS, &ADDR) => optional,
        ) -> Int),
        // With LANDLOCK_CREATE_RULESET_VERSION it returns a version instead.
        own!(landlock_create_ruleset(
            attr: input(&LANDLOCK_RULESET_ATTR) => optional, size: size("attr"),
            flags: flags(U32, &LANDLOCK_CREATE) => optional,
        ) -> Fd; ret_by: &[("LANDLOCK_CREATE_RULESET_VERSION", Ret::Int), ("LANDLOCK_CREATE_RULESET_ERRATA", Ret::Int)]),
        own!(landlock_add_rule(
            ruleset_fd: FD, rule_type: one_of(I32, &LANDLOCK_RULE), rule_attr: Kind::By("rule_type", RULE_ATTR, &ADDR),
            flags: flags(U32, &LANDLOCK_ADD) => optional,
        )),
        own!(landlock_restrict_self(ruleset_fd: FD, flags: flags(U32, &LANDLOCK_RESTRICT) => optional)),
        own!(lsm_get_self_attr(
            attr: one_of(U32, &LSM_ATTR), ctx: BYTES_OUT => optional, size: inout(&len(U32, "ctx")),
            flags: flags(U32, &LSM_FLAG) => optional,
        ) -> Count),
        own!(lsm_set_self_attr(
            attr: one_of(U32, &LSM_ATTR), ctx: input(&LSM_CTX), size: len(U32, "ctx"),
            flags: flags(U32, &LSM_FLAG) => optional,
        )),
        own!(lsm_list_modules(
            ids: Kind::Array(Dir::Out, &LSM_ID_NUMBER) => optional, size: inout(&UINT), flags: UINT => optional,
        ) -> Count),
    }
    constants {
        one_of CAP_VERSION = "capability versions" {
            _LINUX_CAPABILITY_VERSION_1, _LINUX_CAPABILITY_VERSION_2, _LINUX_CAPABILITY_VERSION_3,
        }
        one_of SECCOMP = "seccomp operations" {
            SECCOMP_SET_MODE_STRICT, SECCOMP_SET_MODE_FILTER, SECCOMP_GET_ACTION_AVAIL, SECCOMP_GET_NOTIF_SIZES,
        }
        flags SECCOMP_FILTER = "seccomp flags" {
            SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
            SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
            SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
        }
        one_of SECCOMP_RET = "seccomp actions" {
            SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_KILL, SECCOMP_RET_TRAP, SECCOMP_RET_ERRNO,
            SECCOMP_RET_USER_NOTIF, SECCOMP_RET_TRACE, SECCOMP_RET_LOG, SECCOMP_RET_ALLOW,
        }
        flags SECCOMP_ADDFD = "descriptor injection flags" { SECCOMP_ADDFD_FLAG_SETFD = 1, SECCOMP_ADDFD_FLAG_SEND = 2 }
        flags SECCOMP_USER_NOTIF = "answers to notifications" { SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1 }
        // Classic BPF: an instruction's class, size, mode, operation and source.
        flags BPF_CODE = "BPF instructions" {
            BPF_MISC, BPF_RSH, BPF_RET, BPF_JMP, BPF_STX, BPF_DIV, BPF_AND, BPF_LSH, BPF_MEM, BPF_JGE, BPF_MSH, BPF_XOR, BPF_MOD, BPF_ALU, BPF_ST, BPF_LDX, BPF_ABS, BPF_IND, BPF_LEN, BPF_JEQ, BPF_JGT, BPF_JSET, BPF_B, BPF_H, BPF_X, BPF_A = 0x10, BPF_SUB, BPF_MUL, BPF_OR, BPF_NEG, BPF_TXA, BPF_LD, BPF_W, BPF_IMM, BPF_K, BPF_JA, BPF_ADD, BPF_TAX,
        }
        flags LANDLOCK_CREATE = "landlock_create_ruleset flags" {
            LANDLOCK_CREATE_RULESET_VERSION = 1, LANDLOCK_CREATE_RULESET_ERRATA = 2,
        }
        flags LANDLOCK_ADD = "landlock_add_rule flags" { LANDLOCK_ADD_RULE_QUIET = 1 }
        flags LANDLOCK_RESTRICT = "landlock_restrict_self flags" {
            LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF = 1, LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON = 2,
            LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF = 4, LANDLOCK_RESTRICT_SELF_TSYNC = 8,
            LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS = 16,
        }
        one_of LANDLOCK_RULE = "landlock rule types" { LANDLOCK_RULE_PATH_BENEATH = 1, LANDLOCK_RULE_NET_PORT = 2 }
        flags LANDLOCK_FS = "landlock file access rights" {
            LANDLOCK_ACCESS_FS_EXECUTE = 1, LANDLOCK_ACCESS_FS_WRITE_FILE = 2, LANDLOCK_ACCESS_FS_READ_FILE = 4,
            LANDLOCK_ACCESS_FS_READ_DIR = 8, LANDLOCK_ACCESS_FS_REMOVE_DIR = 16, LANDLOCK_ACCESS_FS_REMOVE_FILE = 32,
            LANDLOCK_ACCESS_FS_MAKE_CHAR = 64, LANDLOCK_ACCESS_FS_MAKE_DIR = 128, LANDLOCK_ACCESS_FS_MAKE_REG = 256,
            LANDLOCK_ACCESS_FS_MAKE_SOCK = 512, LANDLOCK_ACCESS_FS_MAKE_FIFO = 1024, LANDLOCK_ACCESS_FS_MAKE_BLOCK = 2048,
            LANDLOCK_ACCESS_FS_MAKE_SYM = 0x1000, LANDLOCK_ACCESS_FS_REFER = 0x2000, LANDLOCK_ACCESS_FS_TRUNCATE = 0x4000,
            LANDLOCK_ACCESS_FS_IOCTL_DEV = 0x8000, LANDLOCK_ACCESS_FS_RESOLVE_UNIX = 0x1_0000,
        }
        flags LANDLOCK_NET = "landlock network access rights" {
            LANDLOCK_ACCESS_NET_BIND_TCP = 1, LANDLOCK_ACCESS_NET_CONNECT_TCP = 2, LANDLOCK_ACCESS_NET_BIND_UDP = 4,
            LANDLOCK_ACCESS_NET_CONNECT_SEND_UDP = 8,
        }
        flags LANDLOCK_SCOPE = "landlock scopes" { LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET = 1, LANDLOCK_SCOPE_SIGNAL = 2 }
        one_of LSM_ID = "security modules" {
            LSM_ID_UNDEF = 0, LSM_ID_CAPABILITY = 100, LSM_ID_SELINUX = 101, LSM_ID_SMACK = 102, LSM_ID_TOMOYO = 103, LSM_ID_APPARMOR = 104, LSM_ID_YAMA = 105,
            LSM_ID_LOADPIN = 106, LSM_ID_SAFESETID = 107, LSM_ID_LOCKDOWN = 108, LSM_ID_BPF = 109, LSM_ID_LANDLOCK = 110, LSM_ID_IMA = 111, LSM_ID_EVM = 112,
            LSM_ID_IPE = 113,
        }
        one_of LSM_ATTR = "security attributes" {
            LSM_ATTR_UNDEF = 0, LSM_ATTR_CURRENT = 100, LSM_ATTR_EXEC = 101, LSM_ATTR_FSCREATE = 102, LSM_ATTR_KEYCREATE = 103, LSM_ATTR_PREV = 104,
            LSM_ATTR_SOCKCREATE = 105,
        }
        flags LSM_FLAG = "lsm_get_self_attr flags" { LSM_FLAG_SINGLE = 1 }
    }
    structures {
        CAP_HEADER = "__user_cap_header_struct" as __user_cap_header_struct {
            version: one_of(&CAP_VERSION), pid: plain(),
        }
        CAP_SETS = "__user_cap_data_struct" as __user_cap_data_struct {
            effective: plain(), permitted: plain(), inheritable: plain(),
        }
        LANDLOCK_PATH_BENEATH_ATTR = "landlock_path_beneath_attr" as landlock_path_beneath_attr {
            allowed_access @ (0) = flags(U64, &LANDLOCK_FS), parent_fd @ (8) = FD,
        }
        LANDLOCK_NET_PORT_ATTR = "landlock_net_port_attr" as landlock_net_port_attr {
            allowed_access: flags(&LANDLOCK_NET), port: plain(),
        }
        SECCOMP_NOTIF_SIZES = "seccomp_notif_sizes" as seccomp_notif_sizes {
            seccomp_notif: plain(), seccomp_notif_resp: plain(), seccomp_data: plain(),
        }
        SECCOMP_DATA = "seccomp_data" as seccomp_data {
            nr: plain(), arch: plain(), instruction_pointer: plain(), args = Kind::Fixed(&ULONG, 6),
        }
        SECCOMP_NOTIF = "seccomp_notif" as seccomp_notif {
            id: plain(), pid: plain(), flags: plain(), data = SECCOMP_DATA,
        }
        SECCOMP_NOTIF_RESP = "seccomp_notif_resp" as seccomp_notif_resp {
            id: plain(), val: plain(), error: plain(), flags: flags(&SECCOMP_USER_NOTIF),
        }
        SECCOMP_NOTIF_ADDFD = "seccomp_notif_addfd" as seccomp_notif_addfd {
            id: plain(), flags: flags(&SECCOMP_ADDFD), srcfd = FD, newfd = FD, newfd_flags: flags(&super::fs::OPEN),
        }
        SOCK_FILTER = "sock_filter" as sock_filter { code: flags(&BPF_CODE), jt: plain(), jf: plain(), k: plain() }
        SOCK_FPROG = "sock_fprog" as sock_fprog {
            len: len("filter"), filter = Kind::Array(Dir::In, &SOCK_FILTER),
        }
    }
    laid {
        // The headers, as packaged, lack the last three fields (Linux 7.2).
        LANDLOCK_RULESET_ATTR = "landlock_ruleset_attr" {
            handled_access_fs = flags(U64, &LANDLOCK_FS), handled_access_net = flags(U64, &LANDLOCK_NET),
            scoped = flags(U64, &LANDLOCK_SCOPE), quiet_access_fs = flags(U64, &LANDLOCK_FS),
            quiet_access_net = flags(U64, &LANDLOCK_NET), quiet_scoped = flags(U64, &LANDLOCK_SCOPE),
        }
        // The context follows.
        LSM_CTX = "lsm_ctx" { id = one_of(U64, &LSM_ID), flags = ULONG, len = ULONG, ctx_len = ULONG }
    }
}

/// Two of them since version 2.
const CAP_DATA: Kind = Kind::Fixed(&CAP_SETS, 2);
const LSM_ID_NUMBER: Kind = one_of(U64, &LSM_ID);
const ACTION: Kind = one_of(U32, &SECCOMP_RET);

static SECCOMP_ARGS: &[(&str, Kind)] = &[
    ("SECCOMP_SET_MODE_FILTER", input(&SOCK_FPROG)),
    ("SECCOMP_GET_ACTION_AVAIL", input(&ACTION)),
    ("SECCOMP_GET_NOTIF_SIZES", output(&SECCOMP_NOTIF_SIZES)),
];

static RULE_ATTR: &[(&str, Kind)] = &[
    ("LANDLOCK_RULE_PATH_BENEATH", input(&LANDLOCK_PATH_BENEATH_ATTR)),
    ("LANDLOCK_RULE_NET_PORT", input(&LANDLOCK_NET_PORT_ATTR)),
];
