//! Mounts.

use linux_raw_sys::general::*;

use super::prelude::*;

subsystem! {
    calls {
        call!(mount(
            source: PATH => optional, target: PATH, filesystemtype: PATH => optional,
            mountflags: flags(U64, &MOUNT), data: PATH => optional,
        ); effect: MOUNTS),
        call!(umount2(target: PATH, flags: flags(U32, &UMOUNT)); effect: MOUNTS, page: Some("umount")),
    }
    constants {
        flags MOUNT = "mount flags" {
            MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_SYNCHRONOUS, MS_REMOUNT, MS_MANDLOCK, MS_DIRSYNC,
            MS_NOSYMFOLLOW, MS_NOATIME, MS_NODIRATIME, MS_BIND, MS_MOVE, MS_REC, MS_SILENT, MS_POSIXACL,
            MS_UNBINDABLE, MS_PRIVATE, MS_SLAVE, MS_SHARED, MS_RELATIME, MS_STRICTATIME, MS_LAZYTIME,
        }
        flags UMOUNT = "umount2 flags" { MNT_FORCE, MNT_DETACH, MNT_EXPIRE, UMOUNT_NOFOLLOW }
    }
}

const MOUNTS: Effect = Effect::Worker(Shared::MOUNTS);
