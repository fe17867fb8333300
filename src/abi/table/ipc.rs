//! Objects that outlive processes: System V IPC, POSIX message queues, keys.

use super::reach::*;

use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Effect, Syscall};

pub(super) static CALLS: &[Syscall] = &[
    call!(shmget(key: INT, size: SIZE, shmflg: flags(U32, &IPC)) -> Id; effect: IPC_OBJECT),
    call!(shmat(shmid: INT, shmaddr: ADDR, shmflg: INT) -> Addr; effect: SHMAT_EFFECT),
    call!(semget(key: INT, nsems: INT, semflg: flags(U32, &IPC)) -> Id; effect: IPC_OBJECT),
    call!(msgget(key: INT, msgflg: flags(U32, &IPC)) -> Id; effect: IPC_OBJECT),
    call!(msgsnd(msqid: INT, msgp: BYTES_IN, msgsz: SIZE, msgflg: flags(U32, &IPC)); effect: IPC_OBJECT),
    call!(mq_open(
        name: PATH, oflag: flags(U32, &OPEN), mode: MODE_T => optional, attr: ANY_IN => optional,
    ) -> Fd; effect: IPC_OBJECT),
    call!(
        add_key(
            type: PATH, description: PATH, payload: BYTES_IN, plen: size("payload"), keyring: one_of(I32, &KEYRING),
        ) -> Id;
        effect: Effect::All(&[Effect::Keyring(4), KEYRINGS]),
    ),
    own!(set_robust_list(head: ANY_IN, len: SIZE)),
];
