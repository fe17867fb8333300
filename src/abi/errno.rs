//! Errors by name and number.

use super::ERRNO;

/// The highest error that a system call can return (`MAX_ERRNO` of the kernel's `include/linux/err.h`).
const MAX_ERRNO: i64 = 4095;

/// Whether what a system call returned is an error, as its negative number: no call returns these for anything else.
pub const fn is_error(ret: i64) -> bool {
    -MAX_ERRNO <= ret && ret < 0
}

/// The number of an error; second names (`EWOULDBLOCK`, `ENOTSUP`) count.
pub fn errno(name: &str) -> Option<i32> {
    ERRNO.value(name).and_then(|value| value.try_into().ok())
}

/// The name of an error number: the canonical one, where it has two.
pub fn errno_name(errno: i32) -> Option<&'static str> {
    ERRNO.name_of(u64::try_from(errno).ok()?)
}

/// The canonical name of an error: `EAGAIN` for `EWOULDBLOCK`.
pub fn errno_canonical(name: &str) -> Option<&'static str> {
    errno_name(errno(name)?)
}

/// Every name, second ones included.
pub fn errno_names() -> impl Iterator<Item = &'static str> {
    ERRNO.names()
}

/// What an error means, in the words of the C library (`Bad file descriptor`); `errno 135` for a
/// number that nobody knows.
pub fn errno_text(errno: i32) -> String {
    match errno_name(errno) {
        None => return format!("errno {errno}"),
        // What C libraries have no words for.
        Some("EFTYPE") => return "Inappropriate file type or format".to_owned(),
        Some(_) if errno >= 512 => return "Internal to the kernel".to_owned(),
        Some(_) => {}
    }
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    match text.strip_suffix(&format!(" (os error {errno})")) {
        Some(words) => words.to_owned(),
        None => text,
    }
}

/// An error as strace shows it: `EBADF (Bad file descriptor)`; `errno 135` for an unknown one.
pub fn errno_shown(errno: i32) -> String {
    match errno_name(errno) {
        Some(name) => format!("{name} ({})", errno_text(errno)),
        None => errno_text(errno),
    }
}
