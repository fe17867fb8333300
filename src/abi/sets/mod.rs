//! Named constants. Values come from the kernel's own headers for the architecture at hand;
//! a value is written out only where those headers, as packaged, lack the name.

macro_rules! sets {
    (@flags) => { true };
    (@one_of) => { false };
    (@value $name:ident) => { $name as u64 };
    (@value $name:ident $value:expr) => { $value as u64 };
    ($($form:ident $id:ident = $title:literal { $($(#[$attr:meta])? $name:ident $(= $value:expr)?),* $(,)? })*) => {
        $(
            #[doc = concat!("The constants called ", $title, ".")]
            pub static $id: $crate::abi::Set = $crate::abi::Set {
                name: $title,
                flags: sets!(@$form),
                consts: &[$($(#[$attr])? (stringify!($name), sets!(@value $name $($value)?))),*],
            };
        )*
        pub(in crate::abi) static ALL: &[&$crate::abi::Set] = &[$(&$id),*];
    };
}

mod fcntl;
mod fs;
mod general;
mod ioctl;
mod ipc;
mod mem;
mod net;
mod poll;
mod process;
mod signal;
mod time;

pub use fcntl::*;
pub use fs::*;
pub use general::*;
pub use ioctl::*;
pub use ipc::*;
pub use mem::*;
pub use net::*;
pub use poll::*;
pub use process::*;
pub use signal::*;
pub use time::*;

use crate::abi::Set;

/// Every set, file by file.
pub(super) static FILES: [&[&Set]; 11] = [
    fcntl::ALL,
    fs::ALL,
    general::ALL,
    ioctl::ALL,
    ipc::ALL,
    mem::ALL,
    net::ALL,
    poll::ALL,
    process::ALL,
    signal::ALL,
    time::ALL,
];
