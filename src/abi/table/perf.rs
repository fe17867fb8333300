//! Counting and sampling events: perf_event_open(2), and the calls that the kernel's own probes make.

use super::prelude::*;
use super::time::CLOCK;

subsystem! {
    calls {
        call!(perf_event_open(
            attr: input(&PERF_EVENT_ATTR), pid: INT, cpu: INT, group_fd: FD, flags: flags(U64, &PERF_FLAG) => optional,
        ) -> Fd; effect: Effect::All(&[Effect::Others(1), super::admin::WATCHES])),
        // The kernel places them in programs that are probed; made by anybody else, a signal or an error comes of it.
        own!(uretprobe() -> Int),
        own!(uprobe() -> Int),
    }
    constants {
        one_of PERF_TYPE = "perf event types" {
            PERF_TYPE_HARDWARE = 0, PERF_TYPE_SOFTWARE = 1, PERF_TYPE_TRACEPOINT = 2, PERF_TYPE_HW_CACHE = 3, PERF_TYPE_RAW = 4,
            PERF_TYPE_BREAKPOINT = 5,
        }
        one_of PERF_HW = "hardware events" {
            PERF_COUNT_HW_CPU_CYCLES = 0, PERF_COUNT_HW_INSTRUCTIONS = 1, PERF_COUNT_HW_CACHE_REFERENCES = 2,
            PERF_COUNT_HW_CACHE_MISSES = 3, PERF_COUNT_HW_BRANCH_INSTRUCTIONS = 4, PERF_COUNT_HW_BRANCH_MISSES = 5,
            PERF_COUNT_HW_BUS_CYCLES = 6, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND = 7, PERF_COUNT_HW_STALLED_CYCLES_BACKEND = 8,
            PERF_COUNT_HW_REF_CPU_CYCLES = 9,
        }
        one_of PERF_SW = "software events" {
            PERF_COUNT_SW_CPU_CLOCK = 0, PERF_COUNT_SW_TASK_CLOCK = 1, PERF_COUNT_SW_PAGE_FAULTS = 2,
            PERF_COUNT_SW_CONTEXT_SWITCHES = 3, PERF_COUNT_SW_CPU_MIGRATIONS = 4, PERF_COUNT_SW_PAGE_FAULTS_MIN = 5,
            PERF_COUNT_SW_PAGE_FAULTS_MAJ = 6, PERF_COUNT_SW_ALIGNMENT_FAULTS = 7, PERF_COUNT_SW_EMULATION_FAULTS = 8,
            PERF_COUNT_SW_DUMMY = 9, PERF_COUNT_SW_BPF_OUTPUT = 10, PERF_COUNT_SW_CGROUP_SWITCHES = 11,
        }
        flags PERF_SAMPLE = "perf sample types" {
            PERF_SAMPLE_IP = 1, PERF_SAMPLE_TID = 2, PERF_SAMPLE_TIME = 4, PERF_SAMPLE_ADDR = 8, PERF_SAMPLE_READ = 16,
            PERF_SAMPLE_CALLCHAIN = 32, PERF_SAMPLE_ID = 64, PERF_SAMPLE_CPU = 128, PERF_SAMPLE_PERIOD = 256, PERF_SAMPLE_STREAM_ID = 512,
            PERF_SAMPLE_RAW = 1024, PERF_SAMPLE_BRANCH_STACK = 2048, PERF_SAMPLE_REGS_USER = 0x1000, PERF_SAMPLE_STACK_USER = 0x2000,
            PERF_SAMPLE_WEIGHT = 0x4000, PERF_SAMPLE_DATA_SRC = 0x8000, PERF_SAMPLE_IDENTIFIER = 0x1_0000, PERF_SAMPLE_TRANSACTION = 0x2_0000,
            PERF_SAMPLE_REGS_INTR = 0x4_0000, PERF_SAMPLE_PHYS_ADDR = 0x8_0000, PERF_SAMPLE_AUX = 0x10_0000, PERF_SAMPLE_CGROUP = 0x20_0000,
            PERF_SAMPLE_DATA_PAGE_SIZE = 0x40_0000, PERF_SAMPLE_CODE_PAGE_SIZE = 0x80_0000, PERF_SAMPLE_WEIGHT_STRUCT = 0x100_0000,
        }
        flags PERF_FORMAT = "perf read formats" {
            PERF_FORMAT_TOTAL_TIME_ENABLED = 1, PERF_FORMAT_TOTAL_TIME_RUNNING = 2, PERF_FORMAT_ID = 4, PERF_FORMAT_GROUP = 8,
            PERF_FORMAT_LOST = 16,
        }
        flags PERF_FLAG = "perf_event_open flags" {
            PERF_FLAG_FD_NO_GROUP = 1, PERF_FLAG_FD_OUTPUT = 2, PERF_FLAG_PID_CGROUP = 4, PERF_FLAG_FD_CLOEXEC = 8,
        }
        flags HW_BREAKPOINT = "breakpoint types" {
            HW_BREAKPOINT_RW = 3, HW_BREAKPOINT_R = 1, HW_BREAKPOINT_W = 2, HW_BREAKPOINT_X = 4,
        }
        flags PERF_BRANCH = "branch sample types" {
            PERF_SAMPLE_BRANCH_USER = 1, PERF_SAMPLE_BRANCH_KERNEL = 2, PERF_SAMPLE_BRANCH_HV = 4, PERF_SAMPLE_BRANCH_ANY = 8,
            PERF_SAMPLE_BRANCH_ANY_CALL = 16, PERF_SAMPLE_BRANCH_ANY_RETURN = 32, PERF_SAMPLE_BRANCH_IND_CALL = 64,
            PERF_SAMPLE_BRANCH_ABORT_TX = 128, PERF_SAMPLE_BRANCH_IN_TX = 256, PERF_SAMPLE_BRANCH_NO_TX = 512,
            PERF_SAMPLE_BRANCH_COND = 1024, PERF_SAMPLE_BRANCH_CALL_STACK = 2048, PERF_SAMPLE_BRANCH_IND_JUMP = 0x1000,
            PERF_SAMPLE_BRANCH_CALL = 0x2000, PERF_SAMPLE_BRANCH_NO_FLAGS = 0x4000, PERF_SAMPLE_BRANCH_NO_CYCLES = 0x8000,
            PERF_SAMPLE_BRANCH_TYPE_SAVE = 0x1_0000, PERF_SAMPLE_BRANCH_HW_INDEX = 0x2_0000, PERF_SAMPLE_BRANCH_PRIV_SAVE = 0x4_0000,
            PERF_SAMPLE_BRANCH_COUNTERS = 0x8_0000,
        }
    }
    laid {
        // Members of a union share offsets.
        PERF_EVENT_ATTR = "perf_event_attr" {
            type = one_of(U32, &PERF_TYPE), size = UINT, config = Kind::By("type", PERF_CONFIG, &ULONG),
            sample_period = ULONG, sample_freq @ (16) = ULONG, sample_type = flags(U64, &PERF_SAMPLE),
            read_format = flags(U64, &PERF_FORMAT),
            disabled @ (40) = Kind::Bits(U64, 0, 1),
            inherit @ (40) = Kind::Bits(U64, 1, 1),
            pinned @ (40) = Kind::Bits(U64, 2, 1),
            exclusive @ (40) = Kind::Bits(U64, 3, 1),
            exclude_user @ (40) = Kind::Bits(U64, 4, 1),
            exclude_kernel @ (40) = Kind::Bits(U64, 5, 1),
            exclude_hv @ (40) = Kind::Bits(U64, 6, 1),
            exclude_idle @ (40) = Kind::Bits(U64, 7, 1),
            mmap @ (40) = Kind::Bits(U64, 8, 1),
            comm @ (40) = Kind::Bits(U64, 9, 1),
            freq @ (40) = Kind::Bits(U64, 10, 1),
            inherit_stat @ (40) = Kind::Bits(U64, 11, 1),
            enable_on_exec @ (40) = Kind::Bits(U64, 12, 1),
            task @ (40) = Kind::Bits(U64, 13, 1),
            watermark @ (40) = Kind::Bits(U64, 14, 1),
            precise_ip @ (40) = Kind::Bits(U64, 15, 2),
            mmap_data @ (40) = Kind::Bits(U64, 17, 1),
            sample_id_all @ (40) = Kind::Bits(U64, 18, 1),
            exclude_host @ (40) = Kind::Bits(U64, 19, 1),
            exclude_guest @ (40) = Kind::Bits(U64, 20, 1),
            exclude_callchain_kernel @ (40) = Kind::Bits(U64, 21, 1),
            exclude_callchain_user @ (40) = Kind::Bits(U64, 22, 1),
            mmap2 @ (40) = Kind::Bits(U64, 23, 1),
            comm_exec @ (40) = Kind::Bits(U64, 24, 1),
            use_clockid @ (40) = Kind::Bits(U64, 25, 1),
            context_switch @ (40) = Kind::Bits(U64, 26, 1),
            write_backward @ (40) = Kind::Bits(U64, 27, 1),
            namespaces @ (40) = Kind::Bits(U64, 28, 1),
            ksymbol @ (40) = Kind::Bits(U64, 29, 1),
            bpf_event @ (40) = Kind::Bits(U64, 30, 1),
            aux_output @ (40) = Kind::Bits(U64, 31, 1),
            cgroup @ (40) = Kind::Bits(U64, 32, 1),
            text_poke @ (40) = Kind::Bits(U64, 33, 1),
            build_id @ (40) = Kind::Bits(U64, 34, 1),
            inherit_thread @ (40) = Kind::Bits(U64, 35, 1),
            remove_on_exec @ (40) = Kind::Bits(U64, 36, 1),
            sigtrap @ (40) = Kind::Bits(U64, 37, 1),
            defer_callchain @ (40) = Kind::Bits(U64, 38, 1),
            defer_output @ (40) = Kind::Bits(U64, 39, 1),
            wakeup_events = UINT,
            wakeup_watermark @ (48) = UINT, bp_type = flags(U32, &HW_BREAKPOINT), bp_addr = ADDR,
            kprobe_func @ (56) = ADDR, uprobe_path @ (56) = ADDR, config1 @ (56) = ULONG, bp_len = ULONG,
            kprobe_addr @ (64) = ADDR, probe_offset @ (64) = ULONG, config2 @ (64) = ULONG,
            branch_sample_type = flags(U64, &PERF_BRANCH), sample_regs_user = ULONG, sample_stack_user = UINT,
            clockid = one_of(I32, &CLOCK), sample_regs_intr = ULONG, aux_watermark = UINT, sample_max_stack = SHORT,
            aux_sample_size @ (112) = UINT, aux_action = UINT, sig_data = ULONG, config3 = ULONG, config4 = ULONG,
        } => { defaults: &[("size", 144)] }
    }
}

static PERF_CONFIG: &[(&str, Kind)] =
    &[("PERF_TYPE_HARDWARE", one_of(U64, &PERF_HW)), ("PERF_TYPE_SOFTWARE", one_of(U64, &PERF_SW))];
