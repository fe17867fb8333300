//! What changes or watches the machine as a whole. Most cases of these are refused in the sandbox
//! (`crate::abi::machine_wide`).

use linux_raw_sys::general::*;
use linux_raw_sys::system::{new_utsname, sysinfo};

use super::prelude::*;

subsystem! {
    calls {
        call!(sethostname(name: BYTES_IN, len: size("name")); effect: NAMES),
        call!(setdomainname(name: BYTES_IN, len: size("name")); effect: NAMES),
        own!(uname(buf: output(&UTSNAME))),
        own!(sysinfo(info: output(&SYSINFO))),
        call!(swapon(path: PATH, swapflags: flags(U32, &SWAPON)); effect: SWAP),
        call!(swapoff(path: PATH); effect: SWAP),
        call!(init_module(module_image: BYTES_IN, len: size("module_image"), param_values: PATH); effect: MODULES),
        call!(finit_module(fd: FD, param_values: PATH, flags: flags(U32, &MODULE_INIT)); effect: MODULES),
        call!(delete_module(name: PATH, flags: flags(U32, &MODULE_DELETE)); effect: MODULES),
        call!(kexec_load(
            entry: ADDR, nr_segments: size("segments"), segments: Kind::Array(Dir::In, &KEXEC_SEGMENT) => optional,
            flags: flags(U64, &KEXEC),
        ); effect: KERNEL, x32: Some(528)),
        call!(kexec_file_load(
            kernel_fd: FD, initrd_fd: FD, cmdline_len: size("cmdline"), cmdline: BYTES_IN,
            flags: flags(U64, &KEXEC_FILE),
        ); effect: KERNEL),
        call!(reboot(
            magic: one_of(U32, &REBOOT_MAGIC), magic2: one_of(U32, &REBOOT_MAGIC2), op: one_of(U32, &REBOOT),
            arg: Kind::By("op", REBOOT_ARG, &ADDR) => optional,
        ) -> Int; effect: KERNEL),
        call!(syslog(type: one_of(I32, &SYSLOG), bufp: BYTES_OUT => optional, len: len(I32, "bufp")) -> Bytes;
            effect: SYSLOG_EFFECT),
        call!(acct(filename: PATH => optional); effect: ACCOUNTING),
        call!(vhangup(); effect: TERMINAL),
        call!(iopl(level: INT); effect: HARDWARE_PORTS),
        call!(ioperm(from: ULONG, num: ULONG, turn_on: INT); effect: HARDWARE_PORTS),
        own!(getrandom(buf: BYTES_OUT, buflen: size("buf"), flags: flags(U32, &RANDOM)) -> Bytes),
    }
    constants {
        // A priority stands in the lowest 15 bits.
        flags SWAPON = "swapon flags" {
            SWAP_FLAG_PREFER = 0x8000, SWAP_FLAG_DISCARD = 0x1_0000, SWAP_FLAG_DISCARD_ONCE = 0x2_0000,
            SWAP_FLAG_DISCARD_PAGES = 0x4_0000,
        }
        flags MODULE_INIT = "finit_module flags" {
            MODULE_INIT_IGNORE_MODVERSIONS = 1, MODULE_INIT_IGNORE_VERMAGIC = 2, MODULE_INIT_COMPRESSED_FILE = 4,
        }
        flags MODULE_DELETE = "delete_module flags" { O_NONBLOCK, O_TRUNC }
        flags KEXEC = "kexec_load flags" {
            KEXEC_ARCH_RISCV = 0xf3_0000, KEXEC_ARCH_AARCH64 = 0xb7_0000, KEXEC_ARCH_X86_64 = 0x3e_0000, KEXEC_ARCH_386 = 0x3_0000, KEXEC_ON_CRASH = 1,
            KEXEC_PRESERVE_CONTEXT = 2, KEXEC_UPDATE_ELFCOREHDR = 4, KEXEC_CRASH_HOTPLUG_SUPPORT = 8,
        }
        flags KEXEC_FILE = "kexec_file_load flags" {
            KEXEC_FILE_UNLOAD = 1, KEXEC_FILE_ON_CRASH = 2, KEXEC_FILE_NO_INITRAMFS = 4, KEXEC_FILE_DEBUG = 8, KEXEC_FILE_NO_CMA = 16,
            KEXEC_FILE_FORCE_DTB = 32,
        }
        one_of REBOOT_MAGIC = "first magic numbers of reboot" { LINUX_REBOOT_MAGIC1 }
        one_of REBOOT_MAGIC2 = "second magic numbers of reboot" {
            LINUX_REBOOT_MAGIC2, LINUX_REBOOT_MAGIC2A, LINUX_REBOOT_MAGIC2B, LINUX_REBOOT_MAGIC2C,
        }
        one_of REBOOT = "reboot operations" {
            LINUX_REBOOT_CMD_RESTART, LINUX_REBOOT_CMD_HALT, LINUX_REBOOT_CMD_CAD_ON, LINUX_REBOOT_CMD_CAD_OFF,
            LINUX_REBOOT_CMD_POWER_OFF, LINUX_REBOOT_CMD_RESTART2, LINUX_REBOOT_CMD_SW_SUSPEND,
            LINUX_REBOOT_CMD_KEXEC,
        }
        // include/linux/syslog.h
        one_of SYSLOG = "syslog operations" {
            SYSLOG_ACTION_CLOSE = 0, SYSLOG_ACTION_OPEN = 1, SYSLOG_ACTION_READ = 2, SYSLOG_ACTION_READ_ALL = 3,
            SYSLOG_ACTION_READ_CLEAR = 4, SYSLOG_ACTION_CLEAR = 5, SYSLOG_ACTION_CONSOLE_OFF = 6,
            SYSLOG_ACTION_CONSOLE_ON = 7, SYSLOG_ACTION_CONSOLE_LEVEL = 8, SYSLOG_ACTION_SIZE_UNREAD = 9,
            SYSLOG_ACTION_SIZE_BUFFER = 10,
        }
        flags RANDOM = "getrandom flags" { GRND_NONBLOCK, GRND_RANDOM, GRND_INSECURE }
    }
    structures {
        UTSNAME = "new_utsname" as new_utsname {
            sysname = NAME, nodename = NAME, release = NAME, version = NAME, machine = NAME, domainname = NAME,
        }
        SYSINFO = "sysinfo" as sysinfo {
            uptime: plain(), loads = Kind::Fixed(&ULONG, 3), totalram: plain(), freeram: plain(), sharedram: plain(),
            bufferram: plain(), totalswap: plain(), freeswap: plain(), procs: plain(), totalhigh: plain(),
            freehigh: plain(), mem_unit: plain(),
        }
    }
    laid {
        KEXEC_SEGMENT = "kexec_segment" { buf = BYTES_IN, bufsz = size("buf"), mem = ADDR, memsz = SIZE }
    }
}

/// A name of `uname`.
const NAME: Kind = Kind::FixedBytes(65);

static REBOOT_ARG: &[(&str, Kind)] = &[("LINUX_REBOOT_CMD_RESTART2", PATH)];

const NAMES: Effect = Effect::Worker(Shared::NAMES);
const SWAP: Effect = Effect::changes_by("CAP_SYS_ADMIN", "changes what the machine swaps to");
const MODULES: Effect = Effect::changes_by("CAP_SYS_MODULE", "loads or unloads kernel modules");
const KERNEL: Effect = Effect::changes_by("CAP_SYS_BOOT", "starts or prepares another kernel");
const KERNEL_LOG: Effect = Effect::changes_by("CAP_SYSLOG", "reads and clears the kernel's log");
/// CLOSE, OPEN and the sizes say nothing of what is logged; READ_ALL leaves it as it is.
const SYSLOG_EFFECT: Effect =
    Effect::by(0, &[(&[0, 1, 9, 10], Effect::Own), (&[3], Effect::exposes("reads the kernel's log"))], &KERNEL_LOG);
const ACCOUNTING: Effect = Effect::changes_by("CAP_SYS_PACCT", "switches process accounting");
const HARDWARE_PORTS: Effect = Effect::changes_by("CAP_SYS_RAWIO", "reaches the machine's ports");
const TERMINAL: Effect = Effect::changes_by("CAP_SYS_TTY_CONFIG", "hangs up the terminal");
pub(super) const WATCHES: Effect = Effect::exposes("watches the whole machine");
