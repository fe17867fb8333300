//! Errors that are easily taken for each other.

use libc::{
    EACCES, EAGAIN, EBADF, EBUSY, ECONNRESET, EDQUOT, EEXIST, EFAULT, EFBIG, EINTR, EINVAL, EISDIR, ELOOP, EMFILE,
    ENFILE, ENODEV, ENOENT, ENOMEM, ENOSPC, ENOTDIR, ENOTTY, ENXIO, EOPNOTSUPP, EOVERFLOW, EPERM, EPIPE, ESPIPE,
    ETXTBSY,
};

/// An error, and a near one.
const NEAR: &[(i32, i32)] = &[
    (EAGAIN, EBUSY),
    (EINTR, EAGAIN),
    (EBADF, EINVAL),
    (EINVAL, EBADF),
    (EFAULT, EINVAL),
    (EPIPE, ECONNRESET),
    (ESPIPE, EINVAL),
    (EPERM, EACCES),
    (EACCES, EPERM),
    (ENOENT, ENOTDIR),
    (ENOTDIR, ENOENT),
    (EISDIR, EACCES),
    (EEXIST, EBUSY),
    (EMFILE, ENFILE),
    (ENFILE, EMFILE),
    (ENOSPC, EDQUOT),
    (EFBIG, EOVERFLOW),
    (EOVERFLOW, EFBIG),
    (ENOTTY, EOPNOTSUPP),
    (ENXIO, ENODEV),
    (ENODEV, ENXIO),
    (ENOMEM, EAGAIN),
    (ETXTBSY, EBUSY),
    (EBUSY, EAGAIN),
    (ELOOP, ENOENT),
];

/// The near error; EINVAL, the error for everything, where there is none.
pub(super) fn near(errno: i32) -> i32 {
    NEAR.iter().find(|(right, _)| *right == errno).map_or(EINVAL, |&(_, near)| near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_is_near_itself() {
        assert!((1..134).all(|errno| near(errno) != errno));
    }
}
