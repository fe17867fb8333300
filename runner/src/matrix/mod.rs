//! `syscase matrix`: many kernels side by side.

mod board;
mod command;
mod compare;
mod drive;
mod fit;
mod initramfs;
mod kernels;
mod kvm;
mod machine;
mod markdown;
mod modules;
mod ran;
mod saved;
mod sink;
mod table;
mod target_file;

pub(crate) use command::{guest, listen, matrix};
pub(crate) use drive::{Job, Listener, drive};
pub(crate) use kernels::{Built, built};
pub(crate) use kvm::Accelerator;
pub(crate) use machine::Machines;
pub(crate) use target_file::{Start, TargetFile};
