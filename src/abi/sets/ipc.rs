//! System V IPC and keys.

sets! {
    // The headers, as packaged, lack these.
    flags IPC = "IPC flags" { IPC_CREAT = 0o1000, IPC_EXCL = 0o2000, IPC_NOWAIT = 0o4000 }
    one_of KEYRING = "keyrings" {
        KEY_SPEC_THREAD_KEYRING = -1i64, KEY_SPEC_PROCESS_KEYRING = -2i64, KEY_SPEC_SESSION_KEYRING = -3i64,
        KEY_SPEC_USER_KEYRING = -4i64, KEY_SPEC_USER_SESSION_KEYRING = -5i64,
    }
}
