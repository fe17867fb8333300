//! What the suite's own program can do: for the case format that names it, the planner that writes it into a file, and
//! the program itself, which is a crate of its own without a standard library.

/// What the program finds its [`Config`] by in its file, to be written over.
pub(crate) const MARK: [u8; 16] = *b"syscase program\0";

/// What it can report, by the words of the case format, in the order of their numbers.
pub(crate) const ASPECTS: [&str; 18] = [
    "argv",
    "envp",
    "fds",
    "ignored",
    "blocked",
    "pending",
    "uids",
    "gids",
    "groups",
    "caps",
    "AT_SECURE",
    "AT_EXECFN",
    "comm",
    "umask",
    "pdeathsig",
    "no_new_privs",
    "dumpable",
    "altstack",
];

/// Most aspects of one report.
pub(crate) const MAX_ASPECTS: usize = 32;

/// Bytes of the path of a report, with its NUL.
pub(crate) const MAX_PATH: usize = 256;

/// Ends with its status.
pub(crate) const EXIT: u32 = 0;
/// Sleeps for ever.
pub(crate) const SLEEP: u32 = 1;
/// Writes a report and ends with status 0.
pub(crate) const REPORT: u32 = 2;

/// What it is to do. It lies in the program's file as it does in memory.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Config {
    pub(crate) mark: [u8; MARK.len()],
    pub(crate) action: [u8; 4],
    pub(crate) status: [u8; 4],
    /// One more than the number of each aspect; 0 after the last.
    pub(crate) aspects: [u8; MAX_ASPECTS],
    /// Where the report goes, NUL-terminated.
    pub(crate) path: [u8; MAX_PATH],
}
