//! Keys and keyrings.

use super::prelude::*;

subsystem! {
    calls {
        call!(
            add_key(
                type: PATH, description: PATH, payload: BYTES_IN => optional, plen: size("payload"),
                keyring: one_of(I32, &KEYRING),
            ) -> Id;
            effect: Effect::All(&[Effect::Keyring(4), KEYRINGS]),
        ),
        call!(
            request_key(
                type: PATH, description: PATH, callout_info: PATH => optional, dest_keyring: one_of(I32, &KEYRING),
            ) -> Id;
            effect: Effect::All(&[Effect::Keyring(3), KEYRINGS])
        ),
        call!(keyctl(
            op: one_of(I32, &KEYCTL), arg2: Kind::By("op", ARG2, &ULONG) => optional,
            arg3: Kind::By("op", ARG3, &ULONG) => optional, arg4: Kind::By("op", ARG4, &ULONG) => optional,
            arg5: Kind::By("op", ARG5, &ULONG) => optional,
        ) -> Int; effect: KEYCTL_EFFECT, ret_by: KEYCTL_RET),
    }
    constants {
        // The headers, as packaged, lack all of these.
        one_of KEYRING = "keyrings" {
            KEY_SPEC_THREAD_KEYRING = -1i64, KEY_SPEC_PROCESS_KEYRING = -2i64, KEY_SPEC_SESSION_KEYRING = -3i64,
            KEY_SPEC_USER_KEYRING = -4i64, KEY_SPEC_USER_SESSION_KEYRING = -5i64, KEY_SPEC_GROUP_KEYRING = -6i64,
            KEY_SPEC_REQKEY_AUTH_KEY = -7i64, KEY_SPEC_REQUESTOR_KEYRING = -8i64,
        }
        one_of REQKEY_DEFL = "default keyrings" {
            KEY_REQKEY_DEFL_NO_CHANGE = -1i64, KEY_REQKEY_DEFL_DEFAULT = 0, KEY_REQKEY_DEFL_THREAD_KEYRING = 1,
            KEY_REQKEY_DEFL_PROCESS_KEYRING = 2, KEY_REQKEY_DEFL_SESSION_KEYRING = 3,
            KEY_REQKEY_DEFL_USER_KEYRING = 4, KEY_REQKEY_DEFL_USER_SESSION_KEYRING = 5,
            KEY_REQKEY_DEFL_GROUP_KEYRING = 6, KEY_REQKEY_DEFL_REQUESTOR_KEYRING = 7,
        }
        one_of KEYCTL = "keyctl operations" {
            KEYCTL_GET_KEYRING_ID = 0, KEYCTL_JOIN_SESSION_KEYRING = 1, KEYCTL_UPDATE = 2, KEYCTL_REVOKE = 3, KEYCTL_CHOWN = 4,
            KEYCTL_SETPERM = 5, KEYCTL_DESCRIBE = 6, KEYCTL_CLEAR = 7, KEYCTL_LINK = 8, KEYCTL_UNLINK = 9, KEYCTL_SEARCH = 10, KEYCTL_READ = 11,
            KEYCTL_INSTANTIATE = 12, KEYCTL_NEGATE = 13, KEYCTL_SET_REQKEY_KEYRING = 14, KEYCTL_SET_TIMEOUT = 15,
            KEYCTL_ASSUME_AUTHORITY = 16, KEYCTL_GET_SECURITY = 17, KEYCTL_SESSION_TO_PARENT = 18, KEYCTL_REJECT = 19,
            KEYCTL_INSTANTIATE_IOV = 20, KEYCTL_INVALIDATE = 21, KEYCTL_GET_PERSISTENT = 22, KEYCTL_DH_COMPUTE = 23, KEYCTL_PKEY_QUERY = 24,
            KEYCTL_PKEY_ENCRYPT = 25, KEYCTL_PKEY_DECRYPT = 26, KEYCTL_PKEY_SIGN = 27, KEYCTL_PKEY_VERIFY = 28, KEYCTL_RESTRICT_KEYRING = 29,
            KEYCTL_MOVE = 30, KEYCTL_CAPABILITIES = 31, KEYCTL_WATCH_KEY = 32,
        }
        flags KEY_PERM = "key permissions" {
            KEY_POS_VIEW = 0x0100_0000, KEY_POS_READ = 0x0200_0000, KEY_POS_WRITE = 0x0400_0000,
            KEY_POS_SEARCH = 0x0800_0000, KEY_POS_LINK = 0x1000_0000, KEY_POS_SETATTR = 0x2000_0000,
            KEY_USR_VIEW = 0x1_0000, KEY_USR_READ = 0x2_0000, KEY_USR_WRITE = 0x4_0000, KEY_USR_SEARCH = 0x8_0000,
            KEY_USR_LINK = 0x10_0000, KEY_USR_SETATTR = 0x20_0000, KEY_GRP_VIEW = 0x100, KEY_GRP_READ = 0x200,
            KEY_GRP_WRITE = 0x400, KEY_GRP_SEARCH = 0x800, KEY_GRP_LINK = 0x1000, KEY_GRP_SETATTR = 0x2000,
            KEY_OTH_VIEW = 1, KEY_OTH_READ = 2, KEY_OTH_WRITE = 4, KEY_OTH_SEARCH = 8, KEY_OTH_LINK = 0x10,
            KEY_OTH_SETATTR = 0x20,
        }
        flags KEYCTL_MOVE_FLAGS = "KEYCTL_MOVE flags" { KEYCTL_MOVE_EXCL = 1 }
        flags PKEY_OPS = "public key operations" {
            KEYCTL_SUPPORTS_ENCRYPT = 1, KEYCTL_SUPPORTS_DECRYPT = 2, KEYCTL_SUPPORTS_SIGN = 4, KEYCTL_SUPPORTS_VERIFY = 8,
        }
    }
    laid {
        KEYCTL_DH_PARAMS = "keyctl_dh_params" { priv = INT, prime = INT, base = INT }
        KEYCTL_KDF_PARAMS = "keyctl_kdf_params" {
            hashname = PATH, otherinfo = BYTES_IN, otherinfolen = len(U32, "otherinfo"),
            __spare = Kind::Fixed(&UINT, 8),
        }
        KEYCTL_PKEY_QUERY_RESULT = "keyctl_pkey_query" {
            supported_ops = flags(U32, &PKEY_OPS), key_size = UINT, max_data_size = SHORT, max_sig_size = SHORT,
            max_enc_size = SHORT, max_dec_size = SHORT, __spare = Kind::Fixed(&UINT, 10),
        }
        // Members of a union share offsets.
        KEYCTL_PKEY_PARAMS = "keyctl_pkey_params" {
            key_id = INT, in_len = UINT, out_len = UINT, in2_len @ (8) = UINT, __spare = Kind::Fixed(&UINT, 7),
        }
    }
}

const KEYRINGS: Effect = Effect::changes("reads and writes keyrings, which the whole machine shares");

const KEYCTL_EFFECT: Effect =
    Effect::All(&[Effect::Keyring(1), Effect::Keyring(2), Effect::Keyring(3), Effect::Keyring(4), KEYRINGS]);

static KEYCTL_RET: &[(&str, Ret)] = &[
    ("KEYCTL_GET_KEYRING_ID", Ret::Id),
    ("KEYCTL_JOIN_SESSION_KEYRING", Ret::Id),
    ("KEYCTL_SEARCH", Ret::Id),
    ("KEYCTL_ASSUME_AUTHORITY", Ret::Id),
    ("KEYCTL_GET_PERSISTENT", Ret::Id),
    ("KEYCTL_DESCRIBE", Ret::Bytes),
    ("KEYCTL_READ", Ret::Bytes),
    ("KEYCTL_GET_SECURITY", Ret::Bytes),
    ("KEYCTL_CAPABILITIES", Ret::Bytes),
];

/// A key by its id, or a keyring by its name.
const KEY: Kind = one_of(I32, &KEYRING);

static ARG2: &[(&str, Kind)] = &[
    ("KEYCTL_GET_KEYRING_ID", KEY),
    ("KEYCTL_JOIN_SESSION_KEYRING", PATH),
    ("KEYCTL_UPDATE", KEY),
    ("KEYCTL_REVOKE", KEY),
    ("KEYCTL_CHOWN", KEY),
    ("KEYCTL_SETPERM", KEY),
    ("KEYCTL_DESCRIBE", KEY),
    ("KEYCTL_CLEAR", KEY),
    ("KEYCTL_LINK", KEY),
    ("KEYCTL_UNLINK", KEY),
    ("KEYCTL_SEARCH", KEY),
    ("KEYCTL_READ", KEY),
    ("KEYCTL_INSTANTIATE", KEY),
    ("KEYCTL_NEGATE", KEY),
    ("KEYCTL_SET_REQKEY_KEYRING", one_of(I32, &REQKEY_DEFL)),
    ("KEYCTL_SET_TIMEOUT", KEY),
    ("KEYCTL_ASSUME_AUTHORITY", KEY),
    ("KEYCTL_GET_SECURITY", KEY),
    ("KEYCTL_REJECT", KEY),
    ("KEYCTL_INSTANTIATE_IOV", KEY),
    ("KEYCTL_INVALIDATE", KEY),
    ("KEYCTL_GET_PERSISTENT", INT),
    ("KEYCTL_DH_COMPUTE", input(&KEYCTL_DH_PARAMS)),
    ("KEYCTL_PKEY_QUERY", KEY),
    ("KEYCTL_PKEY_ENCRYPT", input(&KEYCTL_PKEY_PARAMS)),
    ("KEYCTL_PKEY_DECRYPT", input(&KEYCTL_PKEY_PARAMS)),
    ("KEYCTL_PKEY_SIGN", input(&KEYCTL_PKEY_PARAMS)),
    ("KEYCTL_PKEY_VERIFY", input(&KEYCTL_PKEY_PARAMS)),
    ("KEYCTL_RESTRICT_KEYRING", KEY),
    ("KEYCTL_MOVE", KEY),
    ("KEYCTL_CAPABILITIES", BYTES_OUT),
    ("KEYCTL_WATCH_KEY", KEY),
];

static ARG3: &[(&str, Kind)] = &[
    ("KEYCTL_GET_KEYRING_ID", INT),
    ("KEYCTL_UPDATE", BYTES_IN),
    ("KEYCTL_CHOWN", UINT),
    ("KEYCTL_SETPERM", flags(U32, &KEY_PERM)),
    ("KEYCTL_DESCRIBE", BYTES_OUT),
    ("KEYCTL_LINK", KEY),
    ("KEYCTL_UNLINK", KEY),
    ("KEYCTL_SEARCH", PATH),
    ("KEYCTL_READ", BYTES_OUT),
    ("KEYCTL_INSTANTIATE", BYTES_IN),
    ("KEYCTL_NEGATE", UINT),
    ("KEYCTL_SET_TIMEOUT", UINT),
    ("KEYCTL_GET_SECURITY", BYTES_OUT),
    ("KEYCTL_REJECT", UINT),
    ("KEYCTL_INSTANTIATE_IOV", IOV_IN),
    ("KEYCTL_GET_PERSISTENT", KEY),
    ("KEYCTL_DH_COMPUTE", BYTES_OUT),
    ("KEYCTL_PKEY_ENCRYPT", PATH),
    ("KEYCTL_PKEY_DECRYPT", PATH),
    ("KEYCTL_PKEY_SIGN", PATH),
    ("KEYCTL_PKEY_VERIFY", PATH),
    ("KEYCTL_RESTRICT_KEYRING", PATH),
    ("KEYCTL_MOVE", KEY),
    ("KEYCTL_CAPABILITIES", size("arg2")),
    ("KEYCTL_WATCH_KEY", FD),
];

static ARG4: &[(&str, Kind)] = &[
    ("KEYCTL_UPDATE", size("arg3")),
    ("KEYCTL_CHOWN", UINT),
    ("KEYCTL_DESCRIBE", size("arg3")),
    ("KEYCTL_SEARCH", PATH),
    ("KEYCTL_READ", size("arg3")),
    ("KEYCTL_INSTANTIATE", size("arg3")),
    ("KEYCTL_NEGATE", KEY),
    ("KEYCTL_GET_SECURITY", size("arg3")),
    ("KEYCTL_REJECT", one_of(U32, &super::common::ERRNO)),
    ("KEYCTL_INSTANTIATE_IOV", UINT),
    ("KEYCTL_DH_COMPUTE", size("arg3")),
    ("KEYCTL_PKEY_QUERY", PATH),
    ("KEYCTL_PKEY_ENCRYPT", BYTES_IN),
    ("KEYCTL_PKEY_DECRYPT", BYTES_IN),
    ("KEYCTL_PKEY_SIGN", BYTES_IN),
    ("KEYCTL_PKEY_VERIFY", BYTES_IN),
    ("KEYCTL_RESTRICT_KEYRING", PATH),
    ("KEYCTL_MOVE", KEY),
    ("KEYCTL_WATCH_KEY", INT),
];

static ARG5: &[(&str, Kind)] = &[
    ("KEYCTL_SEARCH", KEY),
    ("KEYCTL_INSTANTIATE", KEY),
    ("KEYCTL_REJECT", KEY),
    ("KEYCTL_INSTANTIATE_IOV", KEY),
    ("KEYCTL_DH_COMPUTE", input(&KEYCTL_KDF_PARAMS)),
    ("KEYCTL_PKEY_QUERY", output(&KEYCTL_PKEY_QUERY_RESULT)),
    ("KEYCTL_PKEY_ENCRYPT", BYTES_OUT),
    ("KEYCTL_PKEY_DECRYPT", BYTES_OUT),
    ("KEYCTL_PKEY_SIGN", BYTES_OUT),
    ("KEYCTL_PKEY_VERIFY", BYTES_IN),
    ("KEYCTL_MOVE", flags(U32, &KEYCTL_MOVE_FLAGS)),
];
