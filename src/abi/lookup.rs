//! From names to entries of the table, and back.

use super::layout::structures;
use super::sets::{CAPABILITY, RLIMIT};
use super::types::{Set, Struct, Syscall};
use super::{sets, table};

/// Every call of the table.
pub fn syscalls() -> impl Iterator<Item = &'static Syscall> {
    table::FILES.into_iter().flatten()
}

/// The call of this name.
pub fn syscall(name: &str) -> Option<&'static Syscall> {
    syscalls().find(|call| call.name == name)
}

/// The structure of this name (without `struct`).
pub fn structure(name: &str) -> Option<&'static Struct> {
    structures().find(|structure| structure.name == name)
}

/// Every set of constants.
pub fn all_sets() -> impl Iterator<Item = &'static Set> {
    sets::FILES.into_iter().flatten().copied()
}

/// The sets that know this constant, whatever they are for.
pub fn constant_anywhere(name: &str) -> Vec<&'static Set> {
    all_sets().filter(|set| set.value(name).is_some()).collect()
}

/// The number of a capability (`CAP_CHOWN`).
pub fn capability(name: &str) -> Option<u8> {
    CAPABILITY.value(name).and_then(|value| value.try_into().ok())
}

/// The names of all capabilities.
pub fn capability_names() -> impl Iterator<Item = &'static str> {
    CAPABILITY.names()
}

/// The number of a resource limit (`RLIMIT_NOFILE`).
pub fn rlimit(name: &str) -> Option<u32> {
    RLIMIT.value(name).and_then(|value| value.try_into().ok())
}

/// The names of all resource limits.
pub fn rlimit_names() -> impl Iterator<Item = &'static str> {
    RLIMIT.names()
}
