//! Disk quotas.

use super::prelude::*;

subsystem! {
    calls {
        call!(quotactl(
            op: one_of(U32, &QUOTA), special: PATH => optional, id: Kind::By("op", QUOTA_ID, &UINT),
            addr: Kind::By("op", QUOTA_ADDR, &ADDR) => optional,
        ); effect: Effect::by(0, READS, &QUOTAS)),
        call!(quotactl_fd(
            fd: FD, cmd: one_of(U32, &QUOTA), id: Kind::By("cmd", QUOTA_ID, &UINT),
            addr: Kind::By("cmd", QUOTA_ADDR, &ADDR) => optional,
        ); effect: Effect::by(1, READS, &QUOTAS), page: Some("quotactl")),
    }
    constants {
        // What QCMD(op, type) makes of an operation and a type, which the name has after it.
        one_of QUOTA = "quotactl operations" {
            Q_SYNC_USRQUOTA = 0x8000_0100, Q_SYNC_GRPQUOTA = 0x8000_0101, Q_SYNC_PRJQUOTA = 0x8000_0102,
            Q_QUOTAON_USRQUOTA = 0x8000_0200, Q_QUOTAON_GRPQUOTA = 0x8000_0201, Q_QUOTAON_PRJQUOTA = 0x8000_0202,
            Q_QUOTAOFF_USRQUOTA = 0x8000_0300, Q_QUOTAOFF_GRPQUOTA = 0x8000_0301, Q_QUOTAOFF_PRJQUOTA = 0x8000_0302,
            Q_GETFMT_USRQUOTA = 0x8000_0400, Q_GETFMT_GRPQUOTA = 0x8000_0401, Q_GETFMT_PRJQUOTA = 0x8000_0402,
            Q_GETINFO_USRQUOTA = 0x8000_0500, Q_GETINFO_GRPQUOTA = 0x8000_0501, Q_GETINFO_PRJQUOTA = 0x8000_0502,
            Q_SETINFO_USRQUOTA = 0x8000_0600, Q_SETINFO_GRPQUOTA = 0x8000_0601, Q_SETINFO_PRJQUOTA = 0x8000_0602,
            Q_GETQUOTA_USRQUOTA = 0x8000_0700, Q_GETQUOTA_GRPQUOTA = 0x8000_0701, Q_GETQUOTA_PRJQUOTA = 0x8000_0702,
            Q_SETQUOTA_USRQUOTA = 0x8000_0800, Q_SETQUOTA_GRPQUOTA = 0x8000_0801, Q_SETQUOTA_PRJQUOTA = 0x8000_0802,
            Q_GETNEXTQUOTA_USRQUOTA = 0x8000_0900, Q_GETNEXTQUOTA_GRPQUOTA = 0x8000_0901, Q_GETNEXTQUOTA_PRJQUOTA = 0x8000_0902,
            Q_XQUOTAON_USRQUOTA = 0x58_0100, Q_XQUOTAON_GRPQUOTA = 0x58_0101, Q_XQUOTAON_PRJQUOTA = 0x58_0102,
            Q_XQUOTAOFF_USRQUOTA = 0x58_0200, Q_XQUOTAOFF_GRPQUOTA = 0x58_0201, Q_XQUOTAOFF_PRJQUOTA = 0x58_0202,
            Q_XGETQUOTA_USRQUOTA = 0x58_0300, Q_XGETQUOTA_GRPQUOTA = 0x58_0301, Q_XGETQUOTA_PRJQUOTA = 0x58_0302,
            Q_XSETQLIM_USRQUOTA = 0x58_0400, Q_XSETQLIM_GRPQUOTA = 0x58_0401, Q_XSETQLIM_PRJQUOTA = 0x58_0402,
            Q_XGETQSTAT_USRQUOTA = 0x58_0500, Q_XGETQSTAT_GRPQUOTA = 0x58_0501, Q_XGETQSTAT_PRJQUOTA = 0x58_0502,
            Q_XQUOTARM_USRQUOTA = 0x58_0600, Q_XQUOTARM_GRPQUOTA = 0x58_0601, Q_XQUOTARM_PRJQUOTA = 0x58_0602,
            Q_XQUOTASYNC_USRQUOTA = 0x58_0700, Q_XQUOTASYNC_GRPQUOTA = 0x58_0701, Q_XQUOTASYNC_PRJQUOTA = 0x58_0702,
            Q_XGETQSTATV_USRQUOTA = 0x58_0800, Q_XGETQSTATV_GRPQUOTA = 0x58_0801, Q_XGETQSTATV_PRJQUOTA = 0x58_0802,
            Q_XGETNEXTQUOTA_USRQUOTA = 0x58_0900, Q_XGETNEXTQUOTA_GRPQUOTA = 0x58_0901, Q_XGETNEXTQUOTA_PRJQUOTA = 0x58_0902,
        }
        one_of QFMT = "quota formats" { QFMT_VFS_OLD = 1, QFMT_VFS_V0 = 2, QFMT_OCFS2 = 3, QFMT_VFS_V1 = 4, QFMT_SHMEM = 5 }
        flags QIF = "dqblk fields" {
            QIF_ALL = 63, QIF_LIMITS = 5, QIF_USAGE = 10, QIF_TIMES = 48, QIF_BLIMITS = 1, QIF_SPACE = 2, QIF_ILIMITS = 4, QIF_INODES = 8, QIF_BTIME = 16,
            QIF_ITIME = 32,
        }
        flags IIF = "dqinfo fields" { IIF_ALL = 7, IIF_BGRACE = 1, IIF_IGRACE = 2, IIF_FLAGS = 4 }
        flags DQF = "dqinfo flags" { DQF_ROOT_SQUASH = 1, DQF_SYS_FILE = 0x1_0000 }
        flags FS_DQ = "fs_disk_quota fields" {
            FS_DQ_ISOFT = 1, FS_DQ_IHARD = 2, FS_DQ_BSOFT = 4, FS_DQ_BHARD = 8, FS_DQ_RTBSOFT = 16, FS_DQ_RTBHARD = 32, FS_DQ_BTIMER = 64,
            FS_DQ_ITIMER = 128, FS_DQ_RTBTIMER = 256, FS_DQ_BWARNS = 512, FS_DQ_IWARNS = 1024, FS_DQ_RTBWARNS = 2048, FS_DQ_BCOUNT = 0x1000, FS_DQ_ICOUNT = 0x2000,
            FS_DQ_RTBCOUNT = 0x4000, FS_DQ_BIGTIME = 0x8000,
        }
        flags XFS_TYPE = "XFS quota types" { FS_USER_QUOTA = 1, FS_PROJ_QUOTA = 2, FS_GROUP_QUOTA = 4 }
        flags FS_QUOTA = "XFS quota flags" {
            FS_QUOTA_UDQ_ACCT = 1, FS_QUOTA_UDQ_ENFD = 2, FS_QUOTA_GDQ_ACCT = 4, FS_QUOTA_GDQ_ENFD = 8, FS_QUOTA_PDQ_ACCT = 16,
            FS_QUOTA_PDQ_ENFD = 32,
        }
    }
    laid {
        DQBLK = "if_dqblk" {
            dqb_bhardlimit = ULONG, dqb_bsoftlimit = ULONG, dqb_curspace = ULONG, dqb_ihardlimit = ULONG,
            dqb_isoftlimit = ULONG, dqb_curinodes = ULONG, dqb_btime = ULONG, dqb_itime = ULONG,
            dqb_valid = flags(U32, &QIF),
        }
        NEXTDQBLK = "if_nextdqblk" {
            dqb_bhardlimit = ULONG, dqb_bsoftlimit = ULONG, dqb_curspace = ULONG, dqb_ihardlimit = ULONG,
            dqb_isoftlimit = ULONG, dqb_curinodes = ULONG, dqb_btime = ULONG, dqb_itime = ULONG,
            dqb_valid = flags(U32, &QIF), dqb_id = UINT,
        }
        DQINFO = "if_dqinfo" {
            dqi_bgrace = ULONG, dqi_igrace = ULONG, dqi_flags = flags(U32, &DQF), dqi_valid = flags(U32, &IIF),
        }
        DISK_QUOTA = "fs_disk_quota" {
            d_version = Kind::Int(I8), d_flags = Kind::Int(I8), d_fieldmask = flags(U16, &FS_DQ), d_id = UINT,
            d_blk_hardlimit = ULONG, d_blk_softlimit = ULONG, d_ino_hardlimit = ULONG, d_ino_softlimit = ULONG,
            d_bcount = ULONG, d_icount = ULONG, d_itimer = INT, d_btimer = INT, d_iwarns = SHORT, d_bwarns = SHORT,
            d_itimer_hi = Kind::Int(I8), d_btimer_hi = Kind::Int(I8), d_rtbtimer_hi = Kind::Int(I8),
            d_padding2 = Kind::Int(I8), d_rtb_hardlimit = ULONG, d_rtb_softlimit = ULONG, d_rtbcount = ULONG,
            d_rtbtimer = INT, d_rtbwarns = SHORT, d_padding3 = SHORT, d_padding4 = Kind::FixedBytes(8),
        }
        QFILESTAT = "fs_qfilestat" { qfs_ino = ULONG, qfs_nblks = ULONG, qfs_nextents = UINT }
        QUOTA_STAT = "fs_quota_stat" {
            qs_version = Kind::Int(I8), qs_flags = flags(U16, &FS_QUOTA), qs_pad = Kind::Int(I8),
            qs_uquota = QFILESTAT, qs_gquota = QFILESTAT, qs_incoredqs = UINT, qs_btimelimit = INT,
            qs_itimelimit = INT, qs_rtbtimelimit = INT, qs_bwarnlimit = SHORT, qs_iwarnlimit = SHORT,
        }
        QFILESTATV = "fs_qfilestatv" { qfs_ino = ULONG, qfs_nblks = ULONG, qfs_nextents = UINT, qfs_pad = UINT }
        QUOTA_STATV = "fs_quota_statv" {
            qs_version = Kind::Int(I8), qs_pad1 = BYTE, qs_flags = flags(U16, &FS_QUOTA), qs_incoredqs = UINT,
            qs_uquota = QFILESTATV, qs_gquota = QFILESTATV, qs_pquota = QFILESTATV, qs_btimelimit = INT,
            qs_itimelimit = INT, qs_rtbtimelimit = INT, qs_bwarnlimit = SHORT, qs_iwarnlimit = SHORT,
            qs_rtbwarnlimit = SHORT, qs_pad3 = SHORT, qs_pad4 = UINT, qs_pad2 = Kind::Fixed(&ULONG, 7),
        }
    }
}

const FORMAT: Kind = one_of(U32, &QFMT);
const XFS_FLAGS: Kind = flags(U32, &FS_QUOTA);
const XFS_TYPES: Kind = flags(U32, &XFS_TYPE);

/// The operations that ask, of users, groups and projects, and those that write out what there is.
const READS: &[(&[u32], Effect)] = &[
    // Q_SYNC
    (&[0x8000_0100, 0x8000_0101, 0x8000_0102], Effect::Own),
    // Q_XQUOTASYNC
    (&[0x58_0700, 0x58_0701, 0x58_0702], Effect::Own),
    // Q_GETFMT
    (&[0x8000_0400, 0x8000_0401, 0x8000_0402], Effect::Own),
    // Q_GETINFO
    (&[0x8000_0500, 0x8000_0501, 0x8000_0502], Effect::Own),
    // Q_GETQUOTA
    (&[0x8000_0700, 0x8000_0701, 0x8000_0702], Effect::Own),
    // Q_GETNEXTQUOTA
    (&[0x8000_0900, 0x8000_0901, 0x8000_0902], Effect::Own),
    // Q_XGETQUOTA
    (&[0x58_0300, 0x58_0301, 0x58_0302], Effect::Own),
    // Q_XGETQSTAT
    (&[0x58_0500, 0x58_0501, 0x58_0502], Effect::Own),
    // Q_XGETQSTATV
    (&[0x58_0800, 0x58_0801, 0x58_0802], Effect::Own),
    // Q_XGETNEXTQUOTA
    (&[0x58_0900, 0x58_0901, 0x58_0902], Effect::Own),
];
const QUOTAS: Effect = Effect::changes_by("CAP_SYS_ADMIN", "changes disk quotas");

static QUOTA_ID: &[(&str, Kind)] = &[
    ("Q_QUOTAON_USRQUOTA", one_of(U32, &QFMT)),
    ("Q_QUOTAON_GRPQUOTA", one_of(U32, &QFMT)),
    ("Q_QUOTAON_PRJQUOTA", one_of(U32, &QFMT)),
];

static QUOTA_ADDR: &[(&str, Kind)] = &[
    ("Q_QUOTAON_USRQUOTA", PATH),
    ("Q_QUOTAON_GRPQUOTA", PATH),
    ("Q_QUOTAON_PRJQUOTA", PATH),
    ("Q_GETFMT_USRQUOTA", output(&FORMAT)),
    ("Q_GETFMT_GRPQUOTA", output(&FORMAT)),
    ("Q_GETFMT_PRJQUOTA", output(&FORMAT)),
    ("Q_GETINFO_USRQUOTA", output(&DQINFO)),
    ("Q_GETINFO_GRPQUOTA", output(&DQINFO)),
    ("Q_GETINFO_PRJQUOTA", output(&DQINFO)),
    ("Q_SETINFO_USRQUOTA", input(&DQINFO)),
    ("Q_SETINFO_GRPQUOTA", input(&DQINFO)),
    ("Q_SETINFO_PRJQUOTA", input(&DQINFO)),
    ("Q_GETQUOTA_USRQUOTA", output(&DQBLK)),
    ("Q_GETQUOTA_GRPQUOTA", output(&DQBLK)),
    ("Q_GETQUOTA_PRJQUOTA", output(&DQBLK)),
    ("Q_SETQUOTA_USRQUOTA", input(&DQBLK)),
    ("Q_SETQUOTA_GRPQUOTA", input(&DQBLK)),
    ("Q_SETQUOTA_PRJQUOTA", input(&DQBLK)),
    ("Q_GETNEXTQUOTA_USRQUOTA", output(&NEXTDQBLK)),
    ("Q_GETNEXTQUOTA_GRPQUOTA", output(&NEXTDQBLK)),
    ("Q_GETNEXTQUOTA_PRJQUOTA", output(&NEXTDQBLK)),
    ("Q_XQUOTAON_USRQUOTA", input(&XFS_FLAGS)),
    ("Q_XQUOTAON_GRPQUOTA", input(&XFS_FLAGS)),
    ("Q_XQUOTAON_PRJQUOTA", input(&XFS_FLAGS)),
    ("Q_XQUOTAOFF_USRQUOTA", input(&XFS_FLAGS)),
    ("Q_XQUOTAOFF_GRPQUOTA", input(&XFS_FLAGS)),
    ("Q_XQUOTAOFF_PRJQUOTA", input(&XFS_FLAGS)),
    ("Q_XGETQUOTA_USRQUOTA", output(&DISK_QUOTA)),
    ("Q_XGETQUOTA_GRPQUOTA", output(&DISK_QUOTA)),
    ("Q_XGETQUOTA_PRJQUOTA", output(&DISK_QUOTA)),
    ("Q_XSETQLIM_USRQUOTA", input(&DISK_QUOTA)),
    ("Q_XSETQLIM_GRPQUOTA", input(&DISK_QUOTA)),
    ("Q_XSETQLIM_PRJQUOTA", input(&DISK_QUOTA)),
    ("Q_XGETQSTAT_USRQUOTA", output(&QUOTA_STAT)),
    ("Q_XGETQSTAT_GRPQUOTA", output(&QUOTA_STAT)),
    ("Q_XGETQSTAT_PRJQUOTA", output(&QUOTA_STAT)),
    ("Q_XQUOTARM_USRQUOTA", input(&XFS_TYPES)),
    ("Q_XQUOTARM_GRPQUOTA", input(&XFS_TYPES)),
    ("Q_XQUOTARM_PRJQUOTA", input(&XFS_TYPES)),
    ("Q_XGETQSTATV_USRQUOTA", inout(&QUOTA_STATV)),
    ("Q_XGETQSTATV_GRPQUOTA", inout(&QUOTA_STATV)),
    ("Q_XGETQSTATV_PRJQUOTA", inout(&QUOTA_STATV)),
    ("Q_XGETNEXTQUOTA_USRQUOTA", output(&DISK_QUOTA)),
    ("Q_XGETNEXTQUOTA_GRPQUOTA", output(&DISK_QUOTA)),
    ("Q_XGETNEXTQUOTA_PRJQUOTA", output(&DISK_QUOTA)),
];
