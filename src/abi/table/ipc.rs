//! Objects that outlive processes: System V IPC, POSIX message queues, keys.

use super::fs::OPEN;
use super::prelude::*;

subsystem! {
    calls {
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
        call!(request_key(type: PATH, description: PATH, callout_info: PATH => optional, dest_keyring: INT) -> Id;
            effect: Effect::All(&[Effect::Keyring(3), KEYRINGS])),
        call!(keyctl(
            op: INT, arg2: ULONG => optional, arg3: ULONG => optional, arg4: ULONG => optional, arg5: ULONG => optional,
        ) -> Int; effect: KEYCTL_EFFECT),
    }
    constants {
        // The headers, as packaged, lack these.
        flags IPC = "IPC flags" { IPC_CREAT = 0o1000, IPC_EXCL = 0o2000, IPC_NOWAIT = 0o4000 }
        one_of KEYRING = "keyrings" {
            KEY_SPEC_THREAD_KEYRING = -1i64, KEY_SPEC_PROCESS_KEYRING = -2i64, KEY_SPEC_SESSION_KEYRING = -3i64,
            KEY_SPEC_USER_KEYRING = -4i64, KEY_SPEC_USER_SESSION_KEYRING = -5i64,
        }
    }
}

const IPC_OBJECT: Effect = Effect::Worker(Shared::IPC);

const SHM_EXEC: u32 = 0o100_000;

const SHMAT_EFFECT: Effect =
    Effect::All(&[IPC_OBJECT, Effect::by_bits(2, SHM_EXEC, &[(&[0], Effect::Own)], &Effect::ANYTHING)]);

const KEYRINGS: Effect = Effect::changes("reads and writes keyrings, which the whole machine shares");

const KEYCTL_EFFECT: Effect =
    Effect::All(&[Effect::Keyring(1), Effect::Keyring(2), Effect::Keyring(3), Effect::Keyring(4), KEYRINGS]);
