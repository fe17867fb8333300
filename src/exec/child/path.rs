//! Short paths, put together without allocating.

use std::ffi::CStr;

use crate::plan::{DECIMAL, Numeral};

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

    pub(in crate::exec) fn number(self, number: u64) -> Self {
        self.text(Numeral::of(number as i64, DECIMAL).bytes())
    }

    pub(in crate::exec) fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }
}
