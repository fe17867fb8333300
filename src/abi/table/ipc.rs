//! Objects that outlive processes: System V IPC, POSIX message queues, keys.

use crate::abi::Syscall;
use crate::abi::sets::*;
use crate::abi::shape::*;

pub(super) static CALLS: &[Syscall] = &[
    call!(shmget(key: INT, size: SIZE, shmflg: flags(U32, &IPC))),
    call!(shmat(shmid: INT, shmaddr: ADDR, shmflg: INT) -> Addr),
    call!(semget(key: INT, nsems: INT, semflg: flags(U32, &IPC))),
    call!(msgget(key: INT, msgflg: flags(U32, &IPC))),
    call!(msgsnd(msqid: INT, msgp: BYTES_IN, msgsz: SIZE, msgflg: flags(U32, &IPC))),
    call!(mq_open(
        name: PATH, oflag: flags(U32, &OPEN), mode: MODE_T => optional, attr: ANY_IN => optional,
    ) -> Fd),
    call!(add_key(type: PATH, description: PATH, payload: BYTES_IN, plen: size("payload"), keyring: one_of(I32, &KEYRING))),
    call!(set_robust_list(head: ANY_IN, len: SIZE)),
];
