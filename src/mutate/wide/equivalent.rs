//! Bugs that no case could notice, each with the reason: by hand, and few.

/// Bugs, or with `*` at the end of a name all whose name begins so, and why no case could notice them.
pub const EQUIVALENT: &[(&[&str], &str)] = &[
    (
        &[
            "fcntl/drops:O_WRONLY",
            "fcntl/drops:O_RDWR",
            "fcntl/drops:O_CREAT",
            "fcntl/drops:O_EXCL",
            "fcntl/drops:O_NOCTTY",
            "fcntl/drops:O_TRUNC",
            "fcntl/drops:O_DSYNC",
            "fcntl/drops:O_SYNC",
            "fcntl/drops:O_LARGEFILE",
            "fcntl/drops:O_DIRECTORY",
            "fcntl/drops:O_NOFOLLOW",
            "fcntl/drops:O_CLOEXEC",
            "fcntl/drops:O_PATH",
        ],
        "F_SETFL ignores the access mode and the flags that files are made with",
    ),
    (
        &["preadv2/drops:RWF_DSYNC", "pwritev2/drops:RWF_DSYNC", "preadv2/drops:RWF_SYNC", "pwritev2/drops:RWF_SYNC"],
        "what is on the disk when the power fails is seen by nobody who goes on",
    ),
    (&["preadv2/drops:RWF_HIPRI", "pwritev2/drops:RWF_HIPRI"], "it asks for haste, not for anything else"),
    (
        &["preadv2/drops:RWF_APPEND", "preadv2/drops:RWF_NOAPPEND", "preadv2/drops:RWF_NOSIGNAL"],
        "it says how to write, and nothing is written",
    ),
    (
        &[
            "fadvise64/ignores:*",
            "fadvise64/page-of:*",
            "fadvise64/32-bits:*",
            "readahead/*",
            "madvise/ignores:MADV_COLD",
            "madvise/ignores:MADV_WILLNEED",
        ],
        "advice may be taken or not",
    ),
    (
        &["fsync/*", "fdatasync/*", "sync/*", "syncfs/*", "sync_file_range/*"],
        "what is on the disk when the power fails is seen by nobody who goes on",
    ),
    (
        &["poll/drops:revents.*", "poll/ignores:revents", "ppoll/drops:revents.*", "ppoll/ignores:revents"],
        "revents is written and never read",
    ),
    (
        &[
            "poll/drops:events.POLLERR*",
            "poll/drops:events.POLLHUP*",
            "poll/drops:events.POLLNVAL*",
            "ppoll/drops:events.POLLERR*",
            "ppoll/drops:events.POLLHUP*",
            "ppoll/drops:events.POLLNVAL*",
        ],
        "it is told to who does not ask for it, too",
    ),
    (&["futex/drops:FUTEX_WAIT_PRIVATE"], "it says that a look at one process is enough, which is faster and no more"),
];

/// Why no case could notice the bug, if it is listed.
pub fn equivalent(id: &str) -> Option<&'static str> {
    EQUIVALENT.iter().find(|(of, _)| of.iter().any(|of| is_of(id, of))).map(|(_, because)| *because)
}

/// Whether the bug is listed by its full name, so that it must not be noticed.
pub(super) fn is_listed_by_name(id: &str) -> bool {
    EQUIVALENT.iter().any(|(of, _)| of.contains(&id))
}

/// Whether a name of the list is the bug's.
pub(super) fn is_of(id: &str, of: &str) -> bool {
    of.strip_suffix('*').map_or(id == of, |begin| id.starts_with(begin))
}
