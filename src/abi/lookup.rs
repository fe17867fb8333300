//! From names to entries of the table, and back.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, Mutex, PoisonError};

use super::table::SUBSYSTEMS;
use super::table::obsolete::numbered;
use super::table::process::{CAPABILITY, RLIMIT};
use super::types::{Kind, Set, Struct, Syscall};

/// By name.
static CALLS: LazyLock<Vec<&'static Syscall>> = LazyLock::new(|| {
    let mut all: Vec<_> = SUBSYSTEMS.iter().flat_map(|subsystem| subsystem.calls).collect();
    all.sort_unstable_by_key(|call| call.name);
    all
});

/// Every call of the table, by name.
pub fn syscalls() -> impl Iterator<Item = &'static Syscall> {
    CALLS.iter().copied()
}

/// The call of this name.
pub fn syscall(name: &str) -> Option<&'static Syscall> {
    CALLS.binary_search_by_key(&name, |call| call.name).ok().map(|index| CALLS[index])
}

/// Every call, also those that no case can make by name.
pub(super) fn all_calls() -> impl Iterator<Item = &'static Syscall> {
    syscalls().chain(SUBSYSTEMS.iter().flat_map(|subsystem| subsystem.unnamed))
}

/// The call of this number: also one that no case can make by name.
pub fn syscall_of(nr: u32) -> Option<&'static Syscall> {
    static BY_NUMBER: LazyLock<HashMap<u32, &'static Syscall>> =
        LazyLock::new(|| all_calls().filter_map(|call| Some((call.nr?, call))).collect());
    BY_NUMBER.get(&nr).copied()
}

/// An entry for a number of which the table knows nothing.
pub fn unknown_call(nr: u32) -> &'static Syscall {
    // As many as cases name, and each is needed as long as they are.
    static UNKNOWN: Mutex<BTreeMap<u32, &'static Syscall>> = Mutex::new(BTreeMap::new());
    let mut unknown = UNKNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    unknown.entry(nr).or_insert_with(|| Box::leak(Box::new(numbered(nr, format!("syscall_{:#x}", shown(nr)).leak()))))
}

/// A number as strace shows it: the kernel takes it for an `int`.
fn shown(nr: u32) -> i64 {
    i64::from(nr.cast_signed())
}

/// Whether a call of that number may be seen asleep under the other one.
pub fn may_show_as(nr: u32, shown: u32) -> bool {
    syscall_of(nr).is_some_and(|call| call.sleeps_as == Some(shown))
}

/// Every structure of the table.
pub fn structures() -> impl Iterator<Item = &'static Struct> {
    let all = SUBSYSTEMS.iter().flat_map(|subsystem| subsystem.structures);
    all.filter_map(|kind| if let Kind::Struct(structure) = kind { Some(*structure) } else { None })
}

/// The structure of this name (without `struct`).
pub fn structure(name: &str) -> Option<&'static Struct> {
    structures().find(|structure| structure.name == name)
}

/// The kind of a structure of the table.
pub fn structure_kind(layout: &'static Struct) -> &'static Kind {
    let all = SUBSYSTEMS.iter().flat_map(|subsystem| subsystem.structures);
    let mut this = all.filter(|kind| matches!(kind, Kind::Struct(other) if std::ptr::eq(*other, layout)));
    this.next().unwrap_or_else(|| unreachable!("struct {} is not listed", layout.name))
}

/// Every set of constants.
pub fn all_sets() -> impl Iterator<Item = &'static Set> {
    SUBSYSTEMS.iter().flat_map(|subsystem| subsystem.constants).copied()
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
