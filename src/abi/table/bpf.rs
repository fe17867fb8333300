//! bpf(2), by command.

use super::prelude::*;

subsystem! {
    calls {
        call!(bpf(cmd: one_of(I32, &BPF), attr: Kind::By("cmd", ATTR, &BYTES_INOUT), size: len(U32, "attr")) -> Int;
            effect: BY_COMMAND, ret_by: RETURNS),
    }
    constants {
        // linux/bpf.h: the crate has none of it.
        one_of BPF = "bpf commands" {
            BPF_MAP_CREATE = 0, BPF_MAP_LOOKUP_ELEM = 1, BPF_MAP_UPDATE_ELEM = 2, BPF_MAP_DELETE_ELEM = 3, BPF_MAP_GET_NEXT_KEY = 4,
            BPF_PROG_LOAD = 5, BPF_OBJ_PIN = 6, BPF_OBJ_GET = 7, BPF_PROG_ATTACH = 8, BPF_PROG_DETACH = 9, BPF_PROG_TEST_RUN = 10,
            BPF_PROG_RUN = 10, BPF_PROG_GET_NEXT_ID = 11, BPF_MAP_GET_NEXT_ID = 12, BPF_PROG_GET_FD_BY_ID = 13, BPF_MAP_GET_FD_BY_ID = 14,
            BPF_OBJ_GET_INFO_BY_FD = 15, BPF_PROG_QUERY = 16, BPF_RAW_TRACEPOINT_OPEN = 17, BPF_BTF_LOAD = 18, BPF_BTF_GET_FD_BY_ID = 19,
            BPF_TASK_FD_QUERY = 20, BPF_MAP_LOOKUP_AND_DELETE_ELEM = 21, BPF_MAP_FREEZE = 22, BPF_BTF_GET_NEXT_ID = 23,
            BPF_MAP_LOOKUP_BATCH = 24, BPF_MAP_LOOKUP_AND_DELETE_BATCH = 25, BPF_MAP_UPDATE_BATCH = 26, BPF_MAP_DELETE_BATCH = 27,
            BPF_LINK_CREATE = 28, BPF_LINK_UPDATE = 29, BPF_LINK_GET_FD_BY_ID = 30, BPF_LINK_GET_NEXT_ID = 31, BPF_ENABLE_STATS = 32,
            BPF_ITER_CREATE = 33, BPF_LINK_DETACH = 34, BPF_PROG_BIND_MAP = 35, BPF_TOKEN_CREATE = 36, BPF_PROG_STREAM_READ_BY_FD = 37,
            BPF_PROG_ASSOC_STRUCT_OPS = 38,
        }
        one_of BPF_MAP_TYPE = "bpf map types" {
            BPF_MAP_TYPE_UNSPEC = 0, BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_PROG_ARRAY = 3,
            BPF_MAP_TYPE_PERF_EVENT_ARRAY = 4, BPF_MAP_TYPE_PERCPU_HASH = 5, BPF_MAP_TYPE_PERCPU_ARRAY = 6,
            BPF_MAP_TYPE_STACK_TRACE = 7, BPF_MAP_TYPE_CGROUP_ARRAY = 8, BPF_MAP_TYPE_LRU_HASH = 9, BPF_MAP_TYPE_LRU_PERCPU_HASH = 10,
            BPF_MAP_TYPE_LPM_TRIE = 11, BPF_MAP_TYPE_ARRAY_OF_MAPS = 12, BPF_MAP_TYPE_HASH_OF_MAPS = 13, BPF_MAP_TYPE_DEVMAP = 14,
            BPF_MAP_TYPE_SOCKMAP = 15, BPF_MAP_TYPE_CPUMAP = 16, BPF_MAP_TYPE_XSKMAP = 17, BPF_MAP_TYPE_SOCKHASH = 18,
            BPF_MAP_TYPE_CGROUP_STORAGE_DEPRECATED = 19, BPF_MAP_TYPE_CGROUP_STORAGE = 19, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY = 20,
            BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE_DEPRECATED = 21, BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE = 21, BPF_MAP_TYPE_QUEUE = 22,
            BPF_MAP_TYPE_STACK = 23, BPF_MAP_TYPE_SK_STORAGE = 24, BPF_MAP_TYPE_DEVMAP_HASH = 25, BPF_MAP_TYPE_STRUCT_OPS = 26,
            BPF_MAP_TYPE_RINGBUF = 27, BPF_MAP_TYPE_INODE_STORAGE = 28, BPF_MAP_TYPE_TASK_STORAGE = 29, BPF_MAP_TYPE_BLOOM_FILTER = 30,
            BPF_MAP_TYPE_USER_RINGBUF = 31, BPF_MAP_TYPE_CGRP_STORAGE = 32, BPF_MAP_TYPE_ARENA = 33, BPF_MAP_TYPE_INSN_ARRAY = 34,
            BPF_MAP_TYPE_RHASH = 35,
        }
        one_of BPF_PROG_TYPE = "bpf program types" {
            BPF_PROG_TYPE_UNSPEC = 0, BPF_PROG_TYPE_SOCKET_FILTER = 1, BPF_PROG_TYPE_KPROBE = 2, BPF_PROG_TYPE_SCHED_CLS = 3,
            BPF_PROG_TYPE_SCHED_ACT = 4, BPF_PROG_TYPE_TRACEPOINT = 5, BPF_PROG_TYPE_XDP = 6, BPF_PROG_TYPE_PERF_EVENT = 7,
            BPF_PROG_TYPE_CGROUP_SKB = 8, BPF_PROG_TYPE_CGROUP_SOCK = 9, BPF_PROG_TYPE_LWT_IN = 10, BPF_PROG_TYPE_LWT_OUT = 11,
            BPF_PROG_TYPE_LWT_XMIT = 12, BPF_PROG_TYPE_SOCK_OPS = 13, BPF_PROG_TYPE_SK_SKB = 14, BPF_PROG_TYPE_CGROUP_DEVICE = 15,
            BPF_PROG_TYPE_SK_MSG = 16, BPF_PROG_TYPE_RAW_TRACEPOINT = 17, BPF_PROG_TYPE_CGROUP_SOCK_ADDR = 18,
            BPF_PROG_TYPE_LWT_SEG6LOCAL = 19, BPF_PROG_TYPE_LIRC_MODE2 = 20, BPF_PROG_TYPE_SK_REUSEPORT = 21,
            BPF_PROG_TYPE_FLOW_DISSECTOR = 22, BPF_PROG_TYPE_CGROUP_SYSCTL = 23, BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE = 24,
            BPF_PROG_TYPE_CGROUP_SOCKOPT = 25, BPF_PROG_TYPE_TRACING = 26, BPF_PROG_TYPE_STRUCT_OPS = 27, BPF_PROG_TYPE_EXT = 28,
            BPF_PROG_TYPE_LSM = 29, BPF_PROG_TYPE_SK_LOOKUP = 30, BPF_PROG_TYPE_SYSCALL = 31, BPF_PROG_TYPE_NETFILTER = 32,
        }
        one_of BPF_ATTACH_TYPE = "bpf attach types" {
            BPF_CGROUP_INET_INGRESS = 0, BPF_CGROUP_INET_EGRESS = 1, BPF_CGROUP_INET_SOCK_CREATE = 2, BPF_CGROUP_SOCK_OPS = 3,
            BPF_SK_SKB_STREAM_PARSER = 4, BPF_SK_SKB_STREAM_VERDICT = 5, BPF_CGROUP_DEVICE = 6, BPF_SK_MSG_VERDICT = 7,
            BPF_CGROUP_INET4_BIND = 8, BPF_CGROUP_INET6_BIND = 9, BPF_CGROUP_INET4_CONNECT = 10, BPF_CGROUP_INET6_CONNECT = 11,
            BPF_CGROUP_INET4_POST_BIND = 12, BPF_CGROUP_INET6_POST_BIND = 13, BPF_CGROUP_UDP4_SENDMSG = 14, BPF_CGROUP_UDP6_SENDMSG = 15,
            BPF_LIRC_MODE2 = 16, BPF_FLOW_DISSECTOR = 17, BPF_CGROUP_SYSCTL = 18, BPF_CGROUP_UDP4_RECVMSG = 19, BPF_CGROUP_UDP6_RECVMSG = 20,
            BPF_CGROUP_GETSOCKOPT = 21, BPF_CGROUP_SETSOCKOPT = 22, BPF_TRACE_RAW_TP = 23, BPF_TRACE_FENTRY = 24, BPF_TRACE_FEXIT = 25,
            BPF_MODIFY_RETURN = 26, BPF_LSM_MAC = 27, BPF_TRACE_ITER = 28, BPF_CGROUP_INET4_GETPEERNAME = 29,
            BPF_CGROUP_INET6_GETPEERNAME = 30, BPF_CGROUP_INET4_GETSOCKNAME = 31, BPF_CGROUP_INET6_GETSOCKNAME = 32, BPF_XDP_DEVMAP = 33,
            BPF_CGROUP_INET_SOCK_RELEASE = 34, BPF_XDP_CPUMAP = 35, BPF_SK_LOOKUP = 36, BPF_XDP = 37, BPF_SK_SKB_VERDICT = 38,
            BPF_SK_REUSEPORT_SELECT = 39, BPF_SK_REUSEPORT_SELECT_OR_MIGRATE = 40, BPF_PERF_EVENT = 41, BPF_TRACE_KPROBE_MULTI = 42,
            BPF_LSM_CGROUP = 43, BPF_STRUCT_OPS = 44, BPF_NETFILTER = 45, BPF_TCX_INGRESS = 46, BPF_TCX_EGRESS = 47, BPF_TRACE_UPROBE_MULTI = 48,
            BPF_CGROUP_UNIX_CONNECT = 49, BPF_CGROUP_UNIX_SENDMSG = 50, BPF_CGROUP_UNIX_RECVMSG = 51, BPF_CGROUP_UNIX_GETPEERNAME = 52,
            BPF_CGROUP_UNIX_GETSOCKNAME = 53, BPF_NETKIT_PRIMARY = 54, BPF_NETKIT_PEER = 55, BPF_TRACE_KPROBE_SESSION = 56,
            BPF_TRACE_UPROBE_SESSION = 57, BPF_TRACE_FSESSION = 58, BPF_TRACE_FENTRY_MULTI = 59, BPF_TRACE_FEXIT_MULTI = 60,
            BPF_TRACE_FSESSION_MULTI = 61,
        }
        flags BPF_MAP_FLAGS = "bpf map flags" {
            BPF_F_NO_PREALLOC = 1, BPF_F_NO_COMMON_LRU = 2, BPF_F_NUMA_NODE = 4, BPF_F_RDONLY = 8, BPF_F_WRONLY = 16,
            BPF_F_STACK_BUILD_ID = 32, BPF_F_ZERO_SEED = 64, BPF_F_RDONLY_PROG = 128, BPF_F_WRONLY_PROG = 256, BPF_F_CLONE = 512,
            BPF_F_MMAPABLE = 1024, BPF_F_PRESERVE_ELEMS = 2048, BPF_F_INNER_MAP = 0x1000, BPF_F_LINK = 0x2000, BPF_F_PATH_FD = 0x4000,
            BPF_F_VTYPE_BTF_OBJ_FD = 0x8000, BPF_F_TOKEN_FD = 0x1_0000, BPF_F_SEGV_ON_FAULT = 0x2_0000, BPF_F_NO_USER_CONV = 0x4_0000,
        }
        flags BPF_ELEM_FLAGS = "bpf element flags" { BPF_NOEXIST = 1, BPF_EXIST = 2, BPF_F_LOCK = 4 }
        flags BPF_PROG_FLAGS = "bpf program flags" {
            BPF_F_STRICT_ALIGNMENT = 1, BPF_F_ANY_ALIGNMENT = 2, BPF_F_TEST_RND_HI32 = 4, BPF_F_TEST_STATE_FREQ = 8, BPF_F_SLEEPABLE = 16,
            BPF_F_XDP_HAS_FRAGS = 32, BPF_F_XDP_DEV_BOUND_ONLY = 64, BPF_F_TEST_REG_INVARIANTS = 128,
        }
        flags BPF_ATTACH_FLAGS = "bpf attach flags" {
            BPF_F_ALLOW_OVERRIDE = 1, BPF_F_ALLOW_MULTI = 2, BPF_F_REPLACE = 4, BPF_F_BEFORE = 8, BPF_F_AFTER = 16, BPF_F_ID = 32,
        }
    }
    laid {
        // A member of the kernel's union for each command or group of commands.
        MAP_CREATE = "bpf_attr_map_create" {
            map_type = one_of(U32, &BPF_MAP_TYPE), key_size = UINT, value_size = UINT, max_entries = UINT,
            map_flags = flags(U32, &BPF_MAP_FLAGS), inner_map_fd = FD, numa_node = UINT, map_name = OBJECT_NAME,
            map_ifindex = UINT, btf_fd = FD, btf_key_type_id = UINT, btf_value_type_id = UINT,
            btf_vmlinux_value_type_id = UINT, map_extra = ULONG, value_type_btf_obj_fd = FD, map_token_fd = FD,
            excl_prog_hash = BYTES_IN, excl_prog_hash_size = len(U32, "excl_prog_hash"),
        }
        // What is read or written has the sizes of the map.
        MAP_ELEM = "bpf_attr_map_elem" {
            map_fd = FD, key = BYTES_INOUT, value = BYTES_INOUT, next_key @ (16) = BYTES_INOUT,
            flags = flags(U64, &BPF_ELEM_FLAGS),
        }
        MAP_BATCH = "bpf_attr_batch" {
            in_batch = BYTES_IN, out_batch = BYTES_INOUT, keys = BYTES_INOUT, values = BYTES_INOUT, count = UINT,
            map_fd = FD, elem_flags = flags(U64, &BPF_ELEM_FLAGS), flags = ULONG,
        }
        PROG_LOAD = "bpf_attr_prog_load" {
            prog_type = one_of(U32, &BPF_PROG_TYPE), insn_cnt = len(U32, "insns"),
            insns = Kind::Array(Dir::In, &BPF_INSN), license = PATH, log_level = UINT, log_size = len(U32, "log_buf"),
            log_buf = BYTES_INOUT, kern_version = UINT, prog_flags = flags(U32, &BPF_PROG_FLAGS),
            prog_name = OBJECT_NAME, prog_ifindex = UINT, expected_attach_type = one_of(U32, &BPF_ATTACH_TYPE),
            prog_btf_fd = FD, func_info_rec_size = UINT, func_info = BYTES_IN, func_info_cnt = UINT,
            line_info_rec_size = UINT, line_info = BYTES_IN, line_info_cnt = UINT, attach_btf_id = UINT,
            attach_prog_fd = FD, attach_btf_obj_fd @ (112) = FD, core_relo_cnt = UINT,
            fd_array = Kind::Array(Dir::In, &FD), core_relos = BYTES_IN, core_relo_rec_size = UINT,
            log_true_size = UINT, prog_token_fd = FD, fd_array_cnt = UINT, signature = BYTES_IN,
            signature_size = len(U32, "signature"), keyring_id = INT,
        }
        OBJ = "bpf_attr_obj" {
            pathname = PATH, bpf_fd = FD, file_flags = flags(U32, &BPF_MAP_FLAGS), path_fd = FD,
        }
        ATTACH = "bpf_attr_attach" {
            target_fd = FD, target_ifindex @ (0) = UINT, attach_bpf_fd = FD,
            attach_type = one_of(U32, &BPF_ATTACH_TYPE), attach_flags = flags(U32, &BPF_ATTACH_FLAGS),
            replace_bpf_fd = FD, relative_fd = FD, relative_id @ (20) = UINT, expected_revision = ULONG,
        }
        TEST = "bpf_attr_test" {
            prog_fd = FD, retval = UINT, data_size_in = len(U32, "data_in"), data_size_out = len(U32, "data_out"),
            data_in = BYTES_IN, data_out = BYTES_INOUT, repeat = UINT, duration = UINT,
            ctx_size_in = len(U32, "ctx_in"), ctx_size_out = len(U32, "ctx_out"), ctx_in = BYTES_IN,
            ctx_out = BYTES_INOUT, flags = UINT, cpu = UINT, batch_size = UINT,
        }
        GET_ID = "bpf_attr_get_id" {
            start_id = UINT, prog_id @ (0) = UINT, map_id @ (0) = UINT, btf_id @ (0) = UINT, link_id @ (0) = UINT,
            next_id = UINT, open_flags = UINT, fd_by_id_token_fd = FD,
        }
        INFO = "bpf_attr_info" { bpf_fd = FD, info_len = len(U32, "info"), info = BYTES_INOUT }
        QUERY = "bpf_attr_query" {
            target_fd = FD, target_ifindex @ (0) = UINT, attach_type = one_of(U32, &BPF_ATTACH_TYPE),
            query_flags = UINT, attach_flags = flags(U32, &BPF_ATTACH_FLAGS), prog_ids = BYTES_INOUT, prog_cnt = UINT,
            count @ (24) = UINT, prog_attach_flags @ (32) = BYTES_INOUT, link_ids = BYTES_INOUT,
            link_attach_flags = BYTES_INOUT, revision = ULONG,
        }
        RAW_TRACEPOINT = "bpf_attr_raw_tracepoint" { name = PATH, prog_fd = FD, cookie = ULONG }
        BTF_LOAD = "bpf_attr_btf_load" {
            btf = BYTES_IN, btf_log_buf = BYTES_INOUT, btf_size = len(U32, "btf"),
            btf_log_size = len(U32, "btf_log_buf"), btf_log_level = UINT, btf_log_true_size = UINT, btf_flags = UINT,
            btf_token_fd = FD,
        }
        TASK_FD_QUERY = "bpf_attr_task_fd_query" {
            pid = UINT, fd = FD, flags = UINT, buf_len = len(U32, "buf"), buf = BYTES_INOUT, prog_id = UINT,
            fd_type = UINT, probe_offset = ULONG, probe_addr = ULONG,
        }
        // What comes after the flags depends on the type of attachment.
        LINK_CREATE = "bpf_attr_link_create" {
            prog_fd = FD, map_fd @ (0) = FD, target_fd = FD, target_ifindex @ (4) = UINT,
            attach_type = one_of(U32, &BPF_ATTACH_TYPE), flags = UINT, target_btf_id = UINT,
            iter_info @ (16) = BYTES_IN, iter_info_len @ (24) = len(U32, "iter_info"), bpf_cookie @ (16) = ULONG,
            multi_flags @ (16) = UINT, multi_cnt @ (20) = UINT, multi_syms @ (24) = ADDR, multi_addrs @ (32) = ADDR,
            multi_cookies @ (40) = ADDR, tracing_cookie @ (24) = ULONG, netfilter_pf @ (16) = UINT,
            netfilter_hooknum @ (20) = UINT, netfilter_priority @ (24) = INT, netfilter_flags @ (28) = UINT,
            relative_fd @ (16) = FD, relative_id @ (16) = UINT, expected_revision @ (24) = ULONG,
            uprobe_path @ (16) = PATH, uprobe_offsets @ (24) = ADDR, uprobe_ref_ctr_offsets @ (32) = ADDR,
            uprobe_cookies @ (40) = ADDR, uprobe_cnt @ (48) = UINT, uprobe_flags @ (52) = UINT,
            uprobe_pid @ (56) = UINT, uprobe_path_fd @ (60) = FD,
        }
        LINK_UPDATE = "bpf_attr_link_update" {
            link_fd = FD, new_prog_fd = FD, new_map_fd @ (4) = FD, flags = flags(U32, &BPF_ATTACH_FLAGS),
            old_prog_fd = FD, old_map_fd @ (12) = FD,
        }
        LINK_DETACH = "bpf_attr_link_detach" { link_fd = FD }
        ENABLE_STATS = "bpf_attr_enable_stats" { type = UINT }
        ITER_CREATE = "bpf_attr_iter_create" { link_fd = FD, flags = UINT }
        PROG_BIND_MAP = "bpf_attr_prog_bind_map" { prog_fd = FD, map_fd = FD, flags = UINT }
        TOKEN_CREATE = "bpf_attr_token_create" { flags = UINT, bpffs_fd = FD }
        STREAM_READ = "bpf_attr_prog_stream_read" {
            stream_buf = BYTES_INOUT, stream_buf_len = len(U32, "stream_buf"), stream_id = UINT, prog_fd = FD,
        }
        ASSOC_STRUCT_OPS = "bpf_attr_prog_assoc_struct_ops" { map_fd = FD, prog_fd = FD, flags = UINT }
        BPF_INSN = "bpf_insn" {
            code = BYTE, dst_reg = Kind::Bits(U8, 0, 4), src_reg @ (1) = Kind::Bits(U8, 4, 4), off = Kind::Int(I16), imm = INT,
        }
    }
}

const BYTES_INOUT: Kind = Kind::Bytes(Dir::InOut);
const OBJECT_NAME: Kind = Kind::FixedBytes(16);

/// Objects may be pinned and programs attached, so that they outlive everybody; they see the whole kernel.
const PROGRAMS: Effect = Effect::changes("runs programs in the kernel");
/// The commands that need this capability before anything else: those that find objects by id (not of types), that
/// tell of tasks, and that count.
const BY_COMMAND: Effect = Effect::by(
    0,
    &[(&[11, 12, 13, 14, 20, 23, 30, 31, 32], Effect::changes_by("CAP_SYS_ADMIN", "reaches programs in the kernel"))],
    &PROGRAMS,
);

static ATTR: &[(&str, Kind)] = &[
    ("BPF_MAP_CREATE", inout(&MAP_CREATE)),
    ("BPF_MAP_LOOKUP_ELEM", inout(&MAP_ELEM)),
    ("BPF_MAP_UPDATE_ELEM", inout(&MAP_ELEM)),
    ("BPF_MAP_DELETE_ELEM", inout(&MAP_ELEM)),
    ("BPF_MAP_GET_NEXT_KEY", inout(&MAP_ELEM)),
    ("BPF_PROG_LOAD", inout(&PROG_LOAD)),
    ("BPF_OBJ_PIN", inout(&OBJ)),
    ("BPF_OBJ_GET", inout(&OBJ)),
    ("BPF_PROG_ATTACH", inout(&ATTACH)),
    ("BPF_PROG_DETACH", inout(&ATTACH)),
    ("BPF_PROG_TEST_RUN", inout(&TEST)),
    ("BPF_PROG_RUN", inout(&TEST)),
    ("BPF_PROG_GET_NEXT_ID", inout(&GET_ID)),
    ("BPF_MAP_GET_NEXT_ID", inout(&GET_ID)),
    ("BPF_PROG_GET_FD_BY_ID", inout(&GET_ID)),
    ("BPF_MAP_GET_FD_BY_ID", inout(&GET_ID)),
    ("BPF_OBJ_GET_INFO_BY_FD", inout(&INFO)),
    ("BPF_PROG_QUERY", inout(&QUERY)),
    ("BPF_RAW_TRACEPOINT_OPEN", inout(&RAW_TRACEPOINT)),
    ("BPF_BTF_LOAD", inout(&BTF_LOAD)),
    ("BPF_BTF_GET_FD_BY_ID", inout(&GET_ID)),
    ("BPF_TASK_FD_QUERY", inout(&TASK_FD_QUERY)),
    ("BPF_MAP_LOOKUP_AND_DELETE_ELEM", inout(&MAP_ELEM)),
    ("BPF_MAP_FREEZE", inout(&MAP_ELEM)),
    ("BPF_BTF_GET_NEXT_ID", inout(&GET_ID)),
    ("BPF_MAP_LOOKUP_BATCH", inout(&MAP_BATCH)),
    ("BPF_MAP_LOOKUP_AND_DELETE_BATCH", inout(&MAP_BATCH)),
    ("BPF_MAP_UPDATE_BATCH", inout(&MAP_BATCH)),
    ("BPF_MAP_DELETE_BATCH", inout(&MAP_BATCH)),
    ("BPF_LINK_CREATE", inout(&LINK_CREATE)),
    ("BPF_LINK_UPDATE", inout(&LINK_UPDATE)),
    ("BPF_LINK_GET_FD_BY_ID", inout(&GET_ID)),
    ("BPF_LINK_GET_NEXT_ID", inout(&GET_ID)),
    ("BPF_ENABLE_STATS", inout(&ENABLE_STATS)),
    ("BPF_ITER_CREATE", inout(&ITER_CREATE)),
    ("BPF_LINK_DETACH", inout(&LINK_DETACH)),
    ("BPF_PROG_BIND_MAP", inout(&PROG_BIND_MAP)),
    ("BPF_TOKEN_CREATE", inout(&TOKEN_CREATE)),
    ("BPF_PROG_STREAM_READ_BY_FD", inout(&STREAM_READ)),
    ("BPF_PROG_ASSOC_STRUCT_OPS", inout(&ASSOC_STRUCT_OPS)),
];

static RETURNS: &[(&str, Ret)] = &[
    ("BPF_MAP_CREATE", Ret::Fd),
    ("BPF_PROG_LOAD", Ret::Fd),
    ("BPF_OBJ_GET", Ret::Fd),
    ("BPF_PROG_GET_FD_BY_ID", Ret::Fd),
    ("BPF_MAP_GET_FD_BY_ID", Ret::Fd),
    ("BPF_BTF_GET_FD_BY_ID", Ret::Fd),
    ("BPF_LINK_GET_FD_BY_ID", Ret::Fd),
    ("BPF_RAW_TRACEPOINT_OPEN", Ret::Fd),
    ("BPF_BTF_LOAD", Ret::Fd),
    ("BPF_LINK_CREATE", Ret::Fd),
    ("BPF_ENABLE_STATS", Ret::Fd),
    ("BPF_ITER_CREATE", Ret::Fd),
    ("BPF_TOKEN_CREATE", Ret::Fd),
    ("BPF_PROG_STREAM_READ_BY_FD", Ret::Bytes),
];
