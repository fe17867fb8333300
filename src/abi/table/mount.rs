//! Mounts, and file systems as a whole.

use std::mem::{offset_of, size_of};

use linux_raw_sys::general::fsconfig_command::*;
use linux_raw_sys::general::*;

use super::fs::FILESYSTEM;
use super::prelude::*;

subsystem! {
    calls {
        call!(mount(
            source: PATH => optional, target: PATH, filesystemtype: PATH => optional,
            mountflags: flags(U64, &MOUNT), data: PATH => optional,
        ); effect: Effect::All(&[MOUNTS, Effect::FileSystem(2)])),
        call!(umount2(target: PATH, flags: flags(U32, &UMOUNT)); effect: MOUNTS, page: Some("umount")),
        call!(pivot_root(new_root: PATH, put_old: PATH); effect: MOUNTS),
        // A configuration is the case's own until it is mounted.
        call!(fsopen(fsname: PATH, flags: flags(U32, &FSOPEN)) -> Fd;
            effect: Effect::All(&[MOUNTS, Effect::FileSystem(0)])),
        own!(fspick(dirfd: FD, path: PATH, flags: flags(U32, &FSPICK)) -> Fd),
        call!(fsconfig(
            fd: FD, cmd: one_of(U32, &FSCONFIG), key: PATH => optional,
            value: Kind::By("cmd", FSCONFIG_VALUE, &ADDR) => optional,
            aux: Kind::By("cmd", FSCONFIG_AUX, &INT) => optional,
        ); effect: FSCONFIG_EFFECT),
        own!(fsmount(fsfd: FD, flags: flags(U32, &FSMOUNT), attr_flags: flags(U32, &MOUNT_ATTR)) -> Fd),
        call!(move_mount(
            from_dirfd: FD, from_path: PATH, to_dirfd: FD, to_path: PATH, flags: flags(U32, &MOVE_MOUNT),
        ); effect: MOUNTS),
        // A copy of mounts is attached nowhere, and ends with its descriptor.
        own!(open_tree(dirfd: FD, path: PATH, flags: flags(U32, &OPEN_TREE)) -> Fd),
        call!(open_tree_attr(
            dirfd: FD, path: PATH, flags: flags(U32, &OPEN_TREE), attr: input(&MOUNT_ATTR_STRUCT) => optional,
            size: size("attr"),
        ) -> Fd; effect: OPEN_TREE_ATTR_EFFECT),
        call!(mount_setattr(
            dirfd: FD, pathname: PATH, flags: flags(U32, &MOUNT_SETATTR), attr: input(&MOUNT_ATTR_STRUCT),
            size: size("attr"),
        ); effect: MOUNTS),
        own!(statmount(
            req: input(&MNT_ID_REQ), smbuf: output(&STATMOUNT), bufsize: size("smbuf"),
            flags: flags(U32, &STATMOUNT_FLAGS) => optional,
        )),
        own!(sysfs(
            option: one_of(I32, &SYSFS), fsname: Kind::By("option", SYSFS_ARG, &LONG) => optional,
            buf: BYTES_OUT => optional,
        ) -> Int),
        own!(listmount(
            req: input(&MNT_ID_REQ), mnt_ids: Kind::Array(Dir::Out, &ULONG), nr_mnt_ids: size("mnt_ids"),
            flags: flags(U32, &LISTMOUNT) => optional,
        ) -> Count),
    }
    constants {
        flags MOUNT = "mount flags" {
            MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_SYNCHRONOUS, MS_REMOUNT, MS_MANDLOCK, MS_DIRSYNC,
            MS_NOSYMFOLLOW, MS_NOATIME, MS_NODIRATIME, MS_BIND, MS_MOVE, MS_REC, MS_SILENT, MS_POSIXACL,
            MS_UNBINDABLE, MS_PRIVATE, MS_SLAVE, MS_SHARED, MS_RELATIME, MS_STRICTATIME, MS_LAZYTIME,
        }
        flags UMOUNT = "umount2 flags" { MNT_FORCE, MNT_DETACH, MNT_EXPIRE, UMOUNT_NOFOLLOW }
        flags FSOPEN = "fsopen flags" { FSOPEN_CLOEXEC }
        flags FSPICK = "fspick flags" {
            FSPICK_CLOEXEC, FSPICK_SYMLINK_NOFOLLOW, FSPICK_NO_AUTOMOUNT, FSPICK_EMPTY_PATH,
        }
        one_of FSCONFIG = "fsconfig commands" {
            FSCONFIG_SET_FLAG, FSCONFIG_SET_STRING, FSCONFIG_SET_BINARY, FSCONFIG_SET_PATH, FSCONFIG_SET_PATH_EMPTY,
            FSCONFIG_SET_FD, FSCONFIG_CMD_CREATE, FSCONFIG_CMD_RECONFIGURE, FSCONFIG_CMD_CREATE_EXCL,
        }
        flags FSMOUNT = "fsmount flags" { FSMOUNT_CLOEXEC, FSMOUNT_NAMESPACE = 2 }
        // Bits for the time of access are one number; relatime is its 0.
        flags MOUNT_ATTR = "mount attributes" {
            MOUNT_ATTR__ATIME, MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC,
            MOUNT_ATTR_NOATIME, MOUNT_ATTR_STRICTATIME, MOUNT_ATTR_NODIRATIME, MOUNT_ATTR_IDMAP,
            MOUNT_ATTR_NOSYMFOLLOW, MOUNT_ATTR_RELATIME,
        }
        flags PROPAGATION = "propagation types" { MS_UNBINDABLE, MS_PRIVATE, MS_SLAVE, MS_SHARED }
        flags MOVE_MOUNT = "move_mount flags" {
            MOVE_MOUNT_F_SYMLINKS, MOVE_MOUNT_F_AUTOMOUNTS, MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_SYMLINKS,
            MOVE_MOUNT_T_AUTOMOUNTS, MOVE_MOUNT_T_EMPTY_PATH, MOVE_MOUNT_SET_GROUP, MOVE_MOUNT_BENEATH,
        }
        flags OPEN_TREE = "open_tree flags" {
            OPEN_TREE_CLONE, OPEN_TREE_NAMESPACE = 2, OPEN_TREE_CLOEXEC, AT_EMPTY_PATH, AT_NO_AUTOMOUNT,
            AT_RECURSIVE, AT_SYMLINK_NOFOLLOW,
        }
        flags MOUNT_SETATTR = "mount_setattr flags" {
            AT_EMPTY_PATH, AT_NO_AUTOMOUNT, AT_RECURSIVE, AT_SYMLINK_NOFOLLOW,
        }
        flags STATMOUNT_MASK = "statmount mask" {
            STATMOUNT_SB_BASIC, STATMOUNT_MNT_BASIC, STATMOUNT_PROPAGATE_FROM, STATMOUNT_MNT_ROOT, STATMOUNT_MNT_POINT,
            STATMOUNT_FS_TYPE, STATMOUNT_MNT_NS_ID, STATMOUNT_MNT_OPTS, STATMOUNT_FS_SUBTYPE, STATMOUNT_SB_SOURCE,
            STATMOUNT_OPT_ARRAY, STATMOUNT_OPT_SEC_ARRAY, STATMOUNT_SUPPORTED_MASK, STATMOUNT_MNT_UIDMAP,
            STATMOUNT_MNT_GIDMAP,
        }
        flags STATMOUNT_FLAGS = "statmount flags" { STATMOUNT_BY_FD = 1 }
        flags LISTMOUNT = "listmount flags" { LISTMOUNT_REVERSE }
        one_of MOUNT_ID = "special mounts" { LSMT_ROOT = u64::MAX }
        one_of MNT_ID_REQ_SIZE = "sizes of a mount request" { MNT_ID_REQ_SIZE_VER0, MNT_ID_REQ_SIZE_VER1 }
        one_of SYSFS = "sysfs options" { NAME_TO_INDEX = 1, INDEX_TO_NAME = 2, HOW_MANY = 3 }
    }
    structures {
        MOUNT_ATTR_STRUCT = "mount_attr" as mount_attr {
            attr_set: flags(&MOUNT_ATTR), attr_clr: flags(&MOUNT_ATTR), propagation: flags(&PROPAGATION),
            userns_fd: plain(),
        }
        // `param` is the mask of statmount, and the mount after which listmount goes on.
        MNT_ID_REQ = "mnt_id_req" as mnt_id_req {
            size: one_of(&MNT_ID_REQ_SIZE), mnt_fd @ (offset_of!(mnt_id_req, spare)) = UINT,
            mnt_id: one_of(&MOUNT_ID), param: flags(&STATMOUNT_MASK), mnt_ns_id: plain(),
        } => { defaults: &[("size", MNT_ID_REQ_SIZE_VER1 as u64)] }
        // With room for the strings that follow; numbers called after strings are their places in `str`.
        STATMOUNT = "statmount" as [u8; STATMOUNT_BYTES] {
            size @ (offset_of!(statmount, size)) = UINT,
            mnt_opts @ (offset_of!(statmount, mnt_opts)) = UINT,
            mask @ (offset_of!(statmount, mask)) = flags(U64, &STATMOUNT_MASK),
            sb_dev_major @ (offset_of!(statmount, sb_dev_major)) = UINT,
            sb_dev_minor @ (offset_of!(statmount, sb_dev_minor)) = UINT,
            sb_magic @ (offset_of!(statmount, sb_magic)) = one_of(U64, &FILESYSTEM),
            sb_flags @ (offset_of!(statmount, sb_flags)) = flags(U32, &MOUNT),
            fs_type @ (offset_of!(statmount, fs_type)) = UINT,
            mnt_id @ (offset_of!(statmount, mnt_id)) = ULONG,
            mnt_parent_id @ (offset_of!(statmount, mnt_parent_id)) = ULONG,
            mnt_id_old @ (offset_of!(statmount, mnt_id_old)) = UINT,
            mnt_parent_id_old @ (offset_of!(statmount, mnt_parent_id_old)) = UINT,
            mnt_attr @ (offset_of!(statmount, mnt_attr)) = flags(U64, &MOUNT_ATTR),
            mnt_propagation @ (offset_of!(statmount, mnt_propagation)) = flags(U64, &PROPAGATION),
            mnt_peer_group @ (offset_of!(statmount, mnt_peer_group)) = ULONG,
            mnt_master @ (offset_of!(statmount, mnt_master)) = ULONG,
            propagate_from @ (offset_of!(statmount, propagate_from)) = ULONG,
            mnt_root @ (offset_of!(statmount, mnt_root)) = UINT,
            mnt_point @ (offset_of!(statmount, mnt_point)) = UINT,
            mnt_ns_id @ (offset_of!(statmount, mnt_ns_id)) = ULONG,
            fs_subtype @ (offset_of!(statmount, fs_subtype)) = UINT,
            sb_source @ (offset_of!(statmount, sb_source)) = UINT,
            opt_num @ (offset_of!(statmount, opt_num)) = UINT,
            opt_array @ (offset_of!(statmount, opt_array)) = UINT,
            opt_sec_num @ (offset_of!(statmount, opt_sec_num)) = UINT,
            opt_sec_array @ (offset_of!(statmount, opt_sec_array)) = UINT,
            supported_mask @ (offset_of!(statmount, supported_mask)) = flags(U64, &STATMOUNT_MASK),
            mnt_uidmap_num @ (offset_of!(statmount, mnt_uidmap_num)) = UINT,
            mnt_uidmap @ (offset_of!(statmount, mnt_uidmap)) = UINT,
            mnt_gidmap_num @ (offset_of!(statmount, mnt_gidmap_num)) = UINT,
            mnt_gidmap @ (offset_of!(statmount, mnt_gidmap)) = UINT,
            str @ (size_of::<statmount>()) = Kind::FixedBytes(STATMOUNT_BYTES - size_of::<statmount>()),
        }
    }
}

const STATMOUNT_BYTES: usize = 4096;

static FSCONFIG_VALUE: &[(&str, Kind)] = &[
    ("FSCONFIG_SET_STRING", PATH),
    ("FSCONFIG_SET_BINARY", BYTES_IN),
    ("FSCONFIG_SET_PATH", PATH),
    ("FSCONFIG_SET_PATH_EMPTY", PATH),
];
static FSCONFIG_AUX: &[(&str, Kind)] = &[
    ("FSCONFIG_SET_BINARY", len(I32, "value")),
    ("FSCONFIG_SET_PATH", FD),
    ("FSCONFIG_SET_PATH_EMPTY", FD),
    ("FSCONFIG_SET_FD", FD),
];
static SYSFS_ARG: &[(&str, Kind)] = &[("NAME_TO_INDEX", PATH)];

const MOUNTS: Effect = Effect::Worker(Shared::MOUNTS);

/// Parameters and new file systems are the case's own; what is reconfigured may be mounted elsewhere.
const FSCONFIG_EFFECT: Effect = Effect::by(1, &[(FSCONFIG_OWN, Effect::Own)], &MOUNTS);
const FSCONFIG_OWN: &[u32] = &[
    FSCONFIG_SET_FLAG as u32,
    FSCONFIG_SET_STRING as u32,
    FSCONFIG_SET_BINARY as u32,
    FSCONFIG_SET_PATH as u32,
    FSCONFIG_SET_PATH_EMPTY as u32,
    FSCONFIG_SET_FD as u32,
    FSCONFIG_CMD_CREATE as u32,
    FSCONFIG_CMD_CREATE_EXCL as u32,
];

/// Attributes are those of the copy, if one is made.
const OPEN_TREE_ATTR_EFFECT: Effect =
    Effect::by_bits(2, OPEN_TREE_CLONE, &[(&[OPEN_TREE_CLONE], Effect::Own)], &MOUNTS);
