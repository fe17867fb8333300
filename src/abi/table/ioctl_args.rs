//! What ioctl(2) takes and gives.

use linux_raw_sys::general::{
    self as general, file_clone_range, file_dedupe_range, file_dedupe_range_info, fsuuid2, fsxattr, pm_scan_arg,
    procmap_query, termios, termios2, winsize, *,
};
use linux_raw_sys::ioctl::*;
use linux_raw_sys::loop_device::{loop_config, loop_info64};

use super::fs::XFLAG;
use super::net::{IFREQ, SOCKADDR};
use super::prelude::*;

subsystem! {
    constants {
        flags IFLAG = "terminal input flags" {
            IGNBRK, BRKINT, IGNPAR, PARMRK, INPCK, ISTRIP, INLCR, IGNCR, ICRNL, IUCLC, IXON, IXANY, IXOFF, IMAXBEL,
            IUTF8,
        }
        flags OFLAG = "terminal output flags" {
            TAB3, OPOST, OLCUC, ONLCR, OCRNL, ONOCR, ONLRET, OFILL, OFDEL,
        }
        // Speeds and sizes of characters first: they are numbers, not bits that combine.
        flags CFLAG = "terminal control flags" {
            B0, B460800, B230400, B115200, B57600, B38400, B19200, B9600, B4800, B2400, B1200, CS8, CS7, CS6, CS5 = 0,
            CSTOPB, CREAD, PARENB, PARODD, HUPCL, CLOCAL, BOTHER, CMSPAR, CRTSCTS,
        }
        flags LFLAG = "terminal local flags" {
            ISIG, ICANON, XCASE, ECHO, ECHOE, ECHOK, ECHONL, NOFLSH, TOSTOP, ECHOCTL, ECHOPRT, ECHOKE, FLUSHO, PENDIN,
            IEXTEN, EXTPROC,
        }
        flags FIEMAP_FLAG = "fiemap flags" { FIEMAP_FLAG_SYNC, FIEMAP_FLAG_XATTR, FIEMAP_FLAG_CACHE }
        flags FIEMAP_EXTENT_FLAG = "extent flags" {
            FIEMAP_EXTENT_LAST, FIEMAP_EXTENT_UNKNOWN, FIEMAP_EXTENT_DELALLOC, FIEMAP_EXTENT_ENCODED,
            FIEMAP_EXTENT_DATA_ENCRYPTED, FIEMAP_EXTENT_NOT_ALIGNED, FIEMAP_EXTENT_DATA_INLINE,
            FIEMAP_EXTENT_DATA_TAIL, FIEMAP_EXTENT_UNWRITTEN, FIEMAP_EXTENT_MERGED, FIEMAP_EXTENT_SHARED,
        }
        one_of DEDUPE = "results of deduplication" { FILE_DEDUPE_RANGE_SAME, FILE_DEDUPE_RANGE_DIFFERS }
        flags LO_FLAGS = "loop flags" {
            LO_FLAGS_READ_ONLY = 1, LO_FLAGS_AUTOCLEAR = 4, LO_FLAGS_PARTSCAN = 8, LO_FLAGS_DIRECT_IO = 16,
        }
        flags PAGE_IS = "page categories" {
            PAGE_IS_WPALLOWED, PAGE_IS_WRITTEN, PAGE_IS_FILE, PAGE_IS_PRESENT, PAGE_IS_SWAPPED, PAGE_IS_PFNZERO,
            PAGE_IS_HUGE, PAGE_IS_SOFT_DIRTY, PAGE_IS_GUARD,
        }
        flags PM_SCAN = "PAGEMAP_SCAN flags" { PM_SCAN_WP_MATCHING, PM_SCAN_CHECK_WPASYNC }
        flags PIDFD_INFO = "process information" {
            PIDFD_INFO_PID = 1, PIDFD_INFO_CREDS = 2, PIDFD_INFO_CGROUPID = 4, PIDFD_INFO_EXIT = 8,
            PIDFD_INFO_COREDUMP = 0x10, PIDFD_INFO_SUPPORTED_MASK = 0x20, PIDFD_INFO_COREDUMP_SIGNAL = 0x40,
            PIDFD_INFO_COREDUMP_CODE = 0x80,
        }
        flags PIDFD_COREDUMP = "core dumps" {
            PIDFD_COREDUMPED = 1, PIDFD_COREDUMP_SKIP = 2, PIDFD_COREDUMP_USER = 4, PIDFD_COREDUMP_ROOT = 8,
        }
        flags ATF = "neighbour flags" {
            ATF_COM = 2, ATF_PERM = 4, ATF_PUBL = 8, ATF_USETRAILERS = 0x10, ATF_NETMASK = 0x20, ATF_DONTPUB = 0x40,
        }
        flags RTF = "route flags" {
            RTF_UP = 1, RTF_GATEWAY = 2, RTF_HOST = 4, RTF_REINSTATE = 8, RTF_DYNAMIC = 0x10, RTF_MODIFIED = 0x20,
            RTF_MTU = 0x40, RTF_WINDOW = 0x80, RTF_IRTT = 0x100, RTF_REJECT = 0x200,
        }
        one_of FS_VERITY_HASH = "verity hashes" { FS_VERITY_HASH_ALG_SHA256 = 1, FS_VERITY_HASH_ALG_SHA512 = 2 }
        one_of FS_VERITY_METADATA = "verity metadata" {
            FS_VERITY_METADATA_TYPE_MERKLE_TREE = 1, FS_VERITY_METADATA_TYPE_DESCRIPTOR = 2,
            FS_VERITY_METADATA_TYPE_SIGNATURE = 3,
        }
        one_of FSCRYPT_MODE = "encryption modes" {
            FSCRYPT_MODE_AES_256_XTS = 1, FSCRYPT_MODE_AES_256_CTS = 4, FSCRYPT_MODE_AES_128_CBC = 5,
            FSCRYPT_MODE_AES_128_CTS = 6, FSCRYPT_MODE_SM4_XTS = 7, FSCRYPT_MODE_SM4_CTS = 8,
            FSCRYPT_MODE_ADIANTUM = 9, FSCRYPT_MODE_AES_256_HCTR2 = 10,
        }
        one_of FSCRYPT_KEY_SPEC = "kinds of encryption keys" {
            FSCRYPT_KEY_SPEC_TYPE_DESCRIPTOR = 1, FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER = 2,
        }
        one_of FSCRYPT_KEY_STATUS = "encryption key status" {
            FSCRYPT_KEY_STATUS_ABSENT = 1, FSCRYPT_KEY_STATUS_PRESENT = 2, FSCRYPT_KEY_STATUS_INCOMPLETELY_REMOVED = 3,
        }
        one_of BLKPG_OP = "partition operations" {
            BLKPG_ADD_PARTITION = 1, BLKPG_DEL_PARTITION = 2, BLKPG_RESIZE_PARTITION = 3,
        }
        one_of PERF_IOC_FLAG = "perf group flags" { PERF_IOC_FLAG_GROUP = 1 }
        flags SECCOMP_FD_SYNC = "seccomp listener flags" { SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP = 1 }
    }
    structures {
        WINSIZE = "winsize" as winsize {
            ws_row: plain(), ws_col: plain(), ws_xpixel: plain(), ws_ypixel: plain(),
        }
        TERMIOS = "termios" as termios {
            c_iflag: flags(&IFLAG), c_oflag: flags(&OFLAG), c_cflag: flags(&CFLAG), c_lflag: flags(&LFLAG),
            c_line: plain(), c_cc = CONTROL_CHARACTERS,
        }
        TERMIOS2 = "termios2" as termios2 {
            c_iflag: flags(&IFLAG), c_oflag: flags(&OFLAG), c_cflag: flags(&CFLAG), c_lflag: flags(&LFLAG),
            c_line: plain(), c_cc = CONTROL_CHARACTERS, c_ispeed: plain(), c_ospeed: plain(),
        }
        FILE_CLONE_RANGE = "file_clone_range" as file_clone_range {
            src_fd: plain(), src_offset: plain(), src_length: plain(), dest_offset: plain(),
        }
        FILE_DEDUPE_INFO = "file_dedupe_range_info" as file_dedupe_range_info {
            dest_fd: plain(), dest_offset: plain(), bytes_deduped: plain(), status: one_of(&DEDUPE), reserved: plain(),
        }
        // With one of the places that may follow.
        FILE_DEDUPE_RANGE = "file_dedupe_range" as [u64; 7] {
            src_offset @ (0) = ULONG, src_length @ (8) = ULONG, dest_count @ (16) = plain(U16),
            info @ (size_of::<file_dedupe_range>()) = FILE_DEDUPE_INFO,
        }
        FSXATTR = "fsxattr" as fsxattr {
            fsx_xflags: flags(&XFLAG), fsx_extsize: plain(), fsx_nextents: plain(), fsx_projid: plain(),
            fsx_cowextsize: plain(),
        }
        FSUUID2 = "fsuuid2" as fsuuid2 { len: plain(), uuid = Kind::FixedBytes(16) }
        FS_SYSFS_PATH = "fs_sysfs_path" as general::fs_sysfs_path { len: plain(), name = Kind::FixedBytes(128) }
        FSTRIM_RANGE = "fstrim_range" as general::fstrim_range { start: plain(), len: plain(), minlen: plain() }
        FIEMAP_EXTENT = "fiemap_extent" as [u64; 7] {
            fe_logical @ (0) = ULONG, fe_physical @ (8) = ULONG, fe_length @ (16) = ULONG,
            fe_flags @ (40) = flags(U32, &FIEMAP_EXTENT_FLAG),
        }
        // With four of the extents that may follow.
        FIEMAP = "fiemap" as [u64; 32] {
            fm_start @ (0) = ULONG, fm_length @ (8) = ULONG, fm_flags @ (16) = flags(U32, &FIEMAP_FLAG),
            fm_mapped_extents @ (20) = UINT, fm_extent_count @ (24) = UINT,
            fm_extents @ (32) = Kind::Fixed(&FIEMAP_EXTENT, 4),
        }
        LOOP_INFO64 = "loop_info64" as loop_info64 {
            lo_device: plain(), lo_inode: plain(), lo_rdevice: plain(), lo_offset: plain(), lo_sizelimit: plain(),
            lo_number: plain(), lo_encrypt_type: plain(), lo_encrypt_key_size: plain(), lo_flags: flags(&LO_FLAGS),
            lo_file_name = Kind::FixedBytes(64), lo_crypt_name = Kind::FixedBytes(64),
            lo_encrypt_key = Kind::FixedBytes(32), lo_init = Kind::Fixed(&ULONG, 2),
        }
        LOOP_CONFIG = "loop_config" as loop_config { fd: plain(), block_size: plain(), info = LOOP_INFO64 }
        PAGE_REGION = "page_region" as general::page_region {
            start = ADDR, end = ADDR, categories: flags(&PAGE_IS),
        }
        PM_SCAN_ARG = "pm_scan_arg" as pm_scan_arg {
            size: plain(), flags: flags(&PM_SCAN), start = ADDR, end = ADDR, walk_end = ADDR,
            vec = Kind::Array(Dir::Out, &PAGE_REGION), vec_len = size("vec"), max_pages: plain(),
            category_inverted: flags(&PAGE_IS), category_mask: flags(&PAGE_IS), category_anyof_mask: flags(&PAGE_IS),
            return_mask: flags(&PAGE_IS),
        }
        PROCMAP = "procmap_query" as procmap_query {
            size: plain(), query_flags: plain(), query_addr = ADDR, vma_start = ADDR, vma_end = ADDR,
            vma_flags: plain(), vma_page_size: plain(), vma_offset: plain(), inode: plain(), dev_major: plain(),
            dev_minor: plain(), vma_name_size: plain(), build_id_size: plain(), vma_name_addr = ADDR,
            build_id_addr = ADDR,
        }
        MNT_NS_INFO = "mnt_ns_info" as [u64; 2] { size @ (0) = UINT, nr_mounts @ (4) = UINT, mnt_ns_id @ (8) = ULONG }
        // As the operation's number says that it is.
        PIDFD_INFO_ARG = "pidfd_info" as [u64; 11] {
            mask @ (0) = flags(U64, &PIDFD_INFO), cgroupid @ (8) = ULONG, pid @ (16) = UINT, tgid @ (20) = UINT,
            ppid @ (24) = UINT, ruid @ (28) = UINT, rgid @ (32) = UINT, euid @ (36) = UINT, egid @ (40) = UINT,
            suid @ (44) = UINT, sgid @ (48) = UINT, fsuid @ (52) = UINT, fsgid @ (56) = UINT, exit_code @ (60) = INT,
            coredump_mask @ (64) = flags(U32, &PIDFD_COREDUMP), coredump_signal @ (68) = UINT,
            coredump_code @ (72) = UINT, supported_mask @ (80) = flags(U64, &PIDFD_INFO),
        }
        IFCONF = "ifconf" as [u64; 2] { ifc_len @ (0) = INT, ifc_req @ (8) = Kind::Array(Dir::Out, &IFREQ) }
        ARPREQ = "arpreq" as libc::arpreq {
            arp_pa = SOCKADDR, arp_ha = SOCKADDR, arp_flags: flags(&ATF), arp_netmask = SOCKADDR,
            arp_dev = Kind::FixedBytes(16),
        }
        RAND_POOL_INFO = "rand_pool_info" as [u32; 2] { entropy_count @ (0) = INT, buf_size @ (4) = INT }
            => { record: Some(&Record { len: None, uncounted: 0, align: 4, rest: &POOL }) }
    }
    // The headers, as packaged, lack these.
    laid {
        RTENTRY = "rtentry" {
            rt_pad1 = ULONG, rt_dst = SOCKADDR, rt_gateway = SOCKADDR, rt_genmask = SOCKADDR,
            rt_flags = flags(U16, &RTF), rt_pad2 = Kind::Int(I16), rt_pad3 = ULONG, rt_pad4 = ADDR,
            rt_metric = Kind::Int(I16), rt_dev = PATH, rt_mtu = ULONG, rt_window = ULONG, rt_irtt = SHORT,
        }
        FSVERITY_ENABLE_ARG = "fsverity_enable_arg" {
            version = UINT, hash_algorithm = one_of(U32, &FS_VERITY_HASH), block_size = UINT, salt_size = len(U32, "salt_ptr"),
            salt_ptr = BYTES_IN, sig_size = len(U32, "sig_ptr"), __reserved1 = UINT, sig_ptr = BYTES_IN,
            __reserved2 = Kind::Fixed(&ULONG, 11),
        } => { defaults: &[("version", 1)] }
        // The digest follows.
        FSVERITY_DIGEST = "fsverity_digest" { digest_algorithm = one_of(U16, &FS_VERITY_HASH), digest_size = SHORT }
            => { record: Some(&Record { len: None, uncounted: 0, align: 2, rest: &DIGEST }) }
        FSVERITY_READ_METADATA_ARG = "fsverity_read_metadata_arg" {
            metadata_type = one_of(U64, &FS_VERITY_METADATA), offset = ULONG, length = size("buf_ptr"), buf_ptr = BYTES_OUT,
            __reserved = ULONG,
        }
        FSCRYPT_POLICY_V1 = "fscrypt_policy_v1" {
            version = BYTE, contents_encryption_mode = one_of(U8, &FSCRYPT_MODE),
            filenames_encryption_mode = one_of(U8, &FSCRYPT_MODE), flags = BYTE, master_key_descriptor = Kind::FixedBytes(8),
        }
        FSCRYPT_POLICY_V2 = "fscrypt_policy_v2" {
            version = BYTE, contents_encryption_mode = one_of(U8, &FSCRYPT_MODE),
            filenames_encryption_mode = one_of(U8, &FSCRYPT_MODE), flags = BYTE, log2_data_unit_size = BYTE,
            master_key_identifier @ (8) = Kind::FixedBytes(16),
        } => { defaults: &[("version", 2)] }
        FSCRYPT_GET_POLICY_EX_ARG = "fscrypt_get_policy_ex_arg" {
            policy_size = ULONG, version @ (8) = BYTE, v1 @ (8) = FSCRYPT_POLICY_V1, v2 @ (8) = FSCRYPT_POLICY_V2,
        }
        FSCRYPT_KEY_SPECIFIER = "fscrypt_key_specifier" {
            type = one_of(U32, &FSCRYPT_KEY_SPEC), __reserved = UINT,
            descriptor = Kind::FixedBytes(8) => if type in [FSCRYPT_KEY_SPEC_TYPE_DESCRIPTOR],
            identifier @ (8) = Kind::FixedBytes(16) => if type in [FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER],
            room @ (8) = Kind::FixedBytes(32) => if type in [FSCRYPT_KEY_SPEC_TYPE_DESCRIPTOR, FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER],
        }
        // The key follows.
        FSCRYPT_ADD_KEY_ARG = "fscrypt_add_key_arg" {
            key_spec = FSCRYPT_KEY_SPECIFIER, raw_size = UINT, key_id = UINT, flags = UINT, __reserved = Kind::Fixed(&UINT, 7),
        } => { record: Some(&Record { len: None, uncounted: 0, align: 4, rest: &RAW_KEY }) }
        FSCRYPT_REMOVE_KEY_ARG = "fscrypt_remove_key_arg" {
            key_spec = FSCRYPT_KEY_SPECIFIER, removal_status_flags = UINT, __reserved = Kind::Fixed(&UINT, 5),
        }
        FSCRYPT_GET_KEY_STATUS_ARG = "fscrypt_get_key_status_arg" {
            key_spec = FSCRYPT_KEY_SPECIFIER, __reserved = Kind::Fixed(&UINT, 6),
            status = one_of(U32, &FSCRYPT_KEY_STATUS), status_flags = UINT, user_count = UINT,
            __out_reserved = Kind::Fixed(&UINT, 13),
        }
        WATCH_TYPE_FILTER = "watch_notification_type_filter" {
            type = UINT, info_filter = UINT, info_mask = UINT, subtype_filter = Kind::Fixed(&UINT, 8),
        }
        WATCH_FILTER = "watch_notification_filter" { nr_filters = UINT, __reserved = UINT }
            => { record: Some(&Record { len: None, uncounted: 0, align: 4, rest: &FILTERS }) }
        BLKPG_PARTITION = "blkpg_partition" {
            start = LONG, length = LONG, pno = INT, devname = Kind::FixedBytes(64), volname = Kind::FixedBytes(64),
        }
        BLKPG_ARG = "blkpg_ioctl_arg" {
            op = one_of(I32, &BLKPG_OP), flags = INT, datalen = len(I32, "data"), data = input(&BLKPG_PARTITION),
        }
        FUSE_BACKING_MAP = "fuse_backing_map" { fd = FD, flags = UINT, padding = ULONG }
        PERF_QUERY_BPF = "perf_event_query_bpf" { ids_len = UINT, prog_cnt = UINT }
            => { record: Some(&Record { len: None, uncounted: 0, align: 4, rest: &PROGRAMS }) }
    }
}

static POOL: [Field; 1] = [rest("buf", 8, Kind::Tail)];
static DIGEST: [Field; 1] = [rest("digest", 4, Kind::Tail)];
static RAW_KEY: [Field; 1] = [rest("raw", 80, Kind::Tail)];
static FILTERS: [Field; 1] = [rest("filters", 8, Kind::List(&WATCH_TYPE_FILTER))];
static PROGRAMS: [Field; 1] = [rest("ids", 8, Kind::List(&UINT))];

const CONTROL_CHARACTERS: Kind = Kind::Fixed(&BYTE, 19);
