//! Steps in strace's notation. What happened and what should have happened are
//! written by the same code, so that only real differences read differently.

mod bpf;
mod call;
mod datum;
mod siginfo;
mod status;
mod text;
mod value;
mod view;

pub(super) use call::{line, resumed, returned, unfinished};
pub(super) use text::{STRING_LIMIT, quoted};
pub(super) use value::{fd_set, number};
pub(super) use view::{View, expected, time};
