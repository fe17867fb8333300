//! Flags that a kernel may ignore, as the manual pages of their calls say.

use libc::{MAP_FIXED_NOREPLACE, PROT_READ, PROT_WRITE, SPLICE_F_GIFT, SPLICE_F_MORE, SPLICE_F_MOVE};

/// Calls, the index of their flags argument, the bits that may be ignored, and the bits beside which they may be.
const HINTS: &[(&[&str], u8, u32, u32)] = &[
    // splice(2): MOVE is only a hint and MORE a helpful one; GIFT and, for vmsplice and tee, MOVE and MORE do nothing.
    (&["splice"], 5, SPLICE_F_MOVE | SPLICE_F_MORE | SPLICE_F_GIFT, 0),
    (&["tee", "vmsplice"], 3, SPLICE_F_MOVE | SPLICE_F_MORE | SPLICE_F_GIFT, 0),
    // mmap(2): that a page may be written may imply that it may be read.
    (&["mmap", "mprotect"], 2, PROT_READ as u32, PROT_WRITE as u32),
    // mmap(2): to a kernel that does not know it, the address is a hint.
    (&["mmap"], 3, MAP_FIXED_NOREPLACE as u32, 0),
];

/// Whether a call may ignore `bits` of its argument `arg`, which is `value`.
pub(super) fn may_ignore(call: &str, arg: u8, value: u64, bits: u64) -> bool {
    HINTS.iter().any(|(calls, of, hint, beside)| {
        let (hint, beside) = (u64::from(*hint), u64::from(*beside));
        calls.contains(&call) && *of == arg && bits & !hint == 0 && value & beside == beside
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::hint("splice", 5, SPLICE_F_MOVE, SPLICE_F_MOVE, true)]
    #[case::other_flag("splice", 5, libc::SPLICE_F_NONBLOCK, libc::SPLICE_F_NONBLOCK, false)]
    #[case::hint_and_other("splice", 5, SPLICE_F_MOVE | 2, SPLICE_F_MOVE | 2, false)]
    #[case::other_argument("splice", 4, SPLICE_F_MOVE, SPLICE_F_MOVE, false)]
    #[case::implied("mprotect", 2, 3, 1, true)]
    #[case::not_implied("mprotect", 2, 1, 1, false)]
    fn hints_may_be_ignored(
        #[case] call: &str,
        #[case] arg: u8,
        #[case] value: u32,
        #[case] bits: u32,
        #[case] expected: bool,
    ) {
        assert_eq!(may_ignore(call, arg, value.into(), bits.into()), expected);
    }
}
