//! Short paths, put together without allocating.

use std::ffi::CStr;

/// A path, NUL-terminated.
#[derive(Default)]
pub(in crate::exec) struct Path {
    bytes: [u8; 32],
    len: usize,
}

impl Path {
    pub(in crate::exec) fn text(mut self, text: &[u8]) -> Self {
        self.bytes[self.len..self.len + text.len()].copy_from_slice(text);
        self.len += text.len();
        self
    }

    pub(in crate::exec) fn number(mut self, number: u64) -> Self {
        self.len += number.checked_ilog10().unwrap_or(0) as usize + 1;
        let mut rest = number;
        for digit in self.bytes[..self.len].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self
    }

    pub(in crate::exec) fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }
}
