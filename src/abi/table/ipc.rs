//! Objects that outlive processes: System V IPC and POSIX message queues.

use super::fs::OPEN;
use super::prelude::*;
use super::signal::SIGEVENT;
use super::time::TIMESPEC;

subsystem! {
    calls {
        call!(shmget(key: KEY, size: SIZE, shmflg: flags(U32, &SHMGET)) -> Id; effect: IPC_OBJECT),
        call!(shmat(shmid: INT, shmaddr: ADDR => optional, shmflg: flags(U32, &SHMAT)) -> Addr; effect: SHMAT_EFFECT),
        // The segment goes with its last attachment if it is marked to be destroyed.
        call!(shmdt(shmaddr: ADDR); effect: IPC_OBJECT, page: Some("shmat")),
        call!(shmctl(shmid: INT, op: one_of(I32, &SHMCTL), buf: Kind::By("op", SHMCTL_BUF, &ADDR) => optional) -> Int;
            effect: IPC_OBJECT),
        call!(semget(key: KEY, nsems: INT, semflg: flags(U32, &IPC)) -> Id; effect: IPC_OBJECT),
        call!(semop(semid: INT, sops: Kind::Array(Dir::In, &SEMBUF), nsops: size("sops")); effect: IPC_OBJECT,
            sleeps_as: number("semtimedop")),
        call!(semtimedop(
            semid: INT, sops: Kind::Array(Dir::In, &SEMBUF), nsops: size("sops"),
            timeout: input(&TIMESPEC) => optional,
        ); effect: IPC_OBJECT, page: Some("semop")),
        call!(semctl(semid: INT, semnum: INT, op: one_of(I32, &SEMCTL), arg: Kind::By("op", SEMCTL_ARG, &ULONG) => optional)
            -> Int; effect: IPC_OBJECT),
        call!(msgget(key: KEY, msgflg: flags(U32, &IPC)) -> Id; effect: IPC_OBJECT),
        // A message is its type, a word that the length does not count, and its text.
        call!(msgsnd(msqid: INT, msgp: BYTES_IN, msgsz: SIZE, msgflg: flags(U32, &MSGSND)); effect: IPC_OBJECT,
            page: Some("msgop")),
        call!(msgrcv(msqid: INT, msgp: BYTES_OUT, msgsz: SIZE, msgtyp: LONG, msgflg: flags(U32, &MSGRCV)) -> Bytes;
            effect: IPC_OBJECT, page: Some("msgop")),
        call!(msgctl(msqid: INT, op: one_of(I32, &MSGCTL), buf: Kind::By("op", MSGCTL_BUF, &ADDR) => optional) -> Int;
            effect: IPC_OBJECT),
        call!(mq_open(
            name: PATH, oflag: flags(U32, &OPEN), mode: MODE_T => optional, attr: input(&MQ_ATTR) => optional,
        ) -> Fd; effect: IPC_OBJECT),
        call!(mq_unlink(name: PATH); effect: IPC_OBJECT),
        call!(mq_timedsend(
            mqdes: FD, msg_ptr: BYTES_IN, msg_len: size("msg_ptr"), msg_prio: UINT,
            abs_timeout: input(&TIMESPEC) => optional,
        ); effect: IPC_OBJECT, page: Some("mq_send")),
        call!(mq_timedreceive(
            mqdes: FD, msg_ptr: BYTES_OUT, msg_len: size("msg_ptr"), msg_prio: output(&UINT) => optional,
            abs_timeout: input(&TIMESPEC) => optional,
        ) -> Bytes; effect: IPC_OBJECT, page: Some("mq_receive")),
        // A queue has one registration, which ends with the process.
        call!(mq_notify(mqdes: FD, sevp: input(&SIGEVENT) => optional); effect: IPC_OBJECT),
        own!(mq_getsetattr(
            mqdes: FD, newattr: input(&MQ_ATTR) => optional, oldattr: output(&MQ_ATTR) => optional,
        )),
    }
    constants {
        // The headers, as packaged, lack all of these. The lowest nine bits are permissions.
        one_of IPC_KEY = "IPC keys" { IPC_PRIVATE = 0 }
        modes IPC = "IPC flags" { IPC_CREAT = 512, IPC_EXCL = 1024, IPC_NOWAIT = 2048 }
        modes SHMGET = "shmget flags" {
            IPC_CREAT = 512, IPC_EXCL = 1024, SHM_HUGETLB = 2048, SHM_NORESERVE = 0x1000, SHM_HUGE_2MB = 0x5400_0000, SHM_HUGE_1GB = 0x7800_0000,
        }
        flags SHMAT = "shmat flags" { SHM_RDONLY = 0x1000, SHM_RND = 0x2000, SHM_REMAP = 0x4000, SHM_EXEC = 0x8000 }
        one_of SHMCTL = "shmctl operations" {
            IPC_RMID = 0, IPC_SET = 1, IPC_STAT = 2, IPC_INFO = 3, SHM_LOCK = 11, SHM_UNLOCK = 12, SHM_STAT = 13, SHM_INFO = 14, SHM_STAT_ANY = 15,
        }
        one_of SEMCTL = "semctl operations" {
            IPC_RMID = 0, IPC_SET = 1, IPC_STAT = 2, IPC_INFO = 3, GETPID = 11, GETVAL = 12, GETALL = 13, GETNCNT = 14, GETZCNT = 15, SETVAL = 16, SETALL = 17, SEM_STAT = 18,
            SEM_INFO = 19, SEM_STAT_ANY = 20,
        }
        flags SEM_FLG = "semop flags" { SEM_UNDO = 0x1000, IPC_NOWAIT = 2048 }
        one_of MSGCTL = "msgctl operations" {
            IPC_RMID = 0, IPC_SET = 1, IPC_STAT = 2, IPC_INFO = 3, MSG_STAT = 11, MSG_INFO = 12, MSG_STAT_ANY = 13,
        }
        flags MSGSND = "msgsnd flags" { IPC_NOWAIT = 2048 }
        flags MSGRCV = "msgrcv flags" { IPC_NOWAIT = 2048, MSG_NOERROR = 0x1000, MSG_EXCEPT = 0x2000, MSG_COPY = 0x4000 }
    }
    laid {
        // The structures have the C library's names; the kernel's have a 64 in them.
        IPC_PERM = "ipc_perm" {
            key = KEY, uid = UINT, gid = UINT, cuid = UINT, cgid = UINT, mode = MODE_T, seq = SHORT,
            __pad2 = SHORT, __unused1 = ULONG, __unused2 = ULONG,
        }
        SHMID_DS = "shmid_ds" {
            shm_perm = IPC_PERM, shm_segsz = SIZE, shm_atime = LONG, shm_dtime = LONG, shm_ctime = LONG,
            shm_cpid = INT, shm_lpid = INT, shm_nattch = ULONG, __unused4 = ULONG, __unused5 = ULONG,
        }
        SHMINFO = "shminfo" {
            shmmax = ULONG, shmmin = ULONG, shmmni = ULONG, shmseg = ULONG, shmall = ULONG,
            __unused = Kind::Fixed(&ULONG, 4),
        }
        SHM_INFO_RESULT = "shm_info" {
            used_ids = INT, shm_tot = ULONG, shm_rss = ULONG, shm_swp = ULONG, swap_attempts = ULONG,
            swap_successes = ULONG,
        }
        SEMID_DS = "semid_ds" {
            sem_perm = IPC_PERM, sem_otime = LONG,
            sem_ctime @ (SEM_CTIME) = LONG, sem_nsems @ (SEM_CTIME + SEM_STEP) = ULONG,
            __unused3 = ULONG, __unused4 = ULONG,
        }
        SEMBUF = "sembuf" { sem_num = SHORT, sem_op = Kind::Int(I16), sem_flg = flags(U16, &SEM_FLG) }
        SEMINFO = "seminfo" {
            semmap = INT, semmni = INT, semmns = INT, semmnu = INT, semmsl = INT, semopm = INT, semume = INT,
            semusz = INT, semvmx = INT, semaem = INT,
        }
        MSQID_DS = "msqid_ds" {
            msg_perm = IPC_PERM, msg_stime = LONG, msg_rtime = LONG, msg_ctime = LONG, msg_cbytes = ULONG,
            msg_qnum = ULONG, msg_qbytes = ULONG, msg_lspid = INT, msg_lrpid = INT, __unused4 = ULONG,
            __unused5 = ULONG,
        }
        MSGINFO = "msginfo" {
            msgpool = INT, msgmap = INT, msgmax = INT, msgmnb = INT, msgmni = INT, msgssz = INT, msgtql = INT,
            msgseg = SHORT,
        }
        MSGBUF = "msgbuf" { mtype = LONG }
            => { record: Some(&Record { len: None, uncounted: 8, align: 1, rest: &MESSAGE_TEXT }) }
        MQ_ATTR = "mq_attr" {
            mq_flags = flags(U64, &OPEN), mq_maxmsg = LONG, mq_msgsize = LONG, mq_curmsgs = LONG,
            __reserved = Kind::Fixed(&LONG, 4),
        }
    }
}

static MESSAGE_TEXT: [Field; 1] = [rest("mtext", 8, Kind::Tail)];

/// `key_t`.
const KEY: Kind = one_of(I32, &IPC_KEY);
const VALUE: Kind = Kind::Int(U16);

/// On x86, a word is left free after each time of a `semid_ds`.
const SEM_STEP: usize = if cfg!(target_arch = "x86_64") { 16 } else { 8 };
const SEM_CTIME: usize = 48 + SEM_STEP;

static SHMCTL_BUF: &[(&str, Kind)] = &[
    ("IPC_SET", input(&SHMID_DS)),
    ("IPC_STAT", output(&SHMID_DS)),
    ("SHM_STAT", output(&SHMID_DS)),
    ("SHM_STAT_ANY", output(&SHMID_DS)),
    ("IPC_INFO", output(&SHMINFO)),
    ("SHM_INFO", output(&SHM_INFO_RESULT)),
];

static SEMCTL_ARG: &[(&str, Kind)] = &[
    ("SETVAL", INT),
    ("IPC_SET", input(&SEMID_DS)),
    ("IPC_STAT", output(&SEMID_DS)),
    ("SEM_STAT", output(&SEMID_DS)),
    ("SEM_STAT_ANY", output(&SEMID_DS)),
    ("IPC_INFO", output(&SEMINFO)),
    ("SEM_INFO", output(&SEMINFO)),
    ("GETALL", Kind::Array(Dir::Out, &VALUE)),
    ("SETALL", Kind::Array(Dir::In, &VALUE)),
];

static MSGCTL_BUF: &[(&str, Kind)] = &[
    ("IPC_SET", input(&MSQID_DS)),
    ("IPC_STAT", output(&MSQID_DS)),
    ("MSG_STAT", output(&MSQID_DS)),
    ("MSG_STAT_ANY", output(&MSQID_DS)),
    ("IPC_INFO", output(&MSGINFO)),
    ("MSG_INFO", output(&MSGINFO)),
];

const IPC_OBJECT: Effect = Effect::Worker(Shared::IPC);

const SHM_EXECUTABLE: u32 = 0o100_000;

const SHMAT_EFFECT: Effect =
    Effect::All(&[IPC_OBJECT, Effect::by_bits(2, SHM_EXECUTABLE, &[(&[0], Effect::Own)], &Effect::ANYTHING)]);
