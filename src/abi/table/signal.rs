use crate::abi::Syscall;
pub(super) static CALLS: &[Syscall] = &[];
