//! What there must be for cases to be performed as they expect. Where there is less, they would fail of it, and not of
//! the kernel.

use std::fs::{self, File};
use std::io;

use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit, setrlimit};

use crate::exec::shared::bounds::{BOUNDS, PROCESSES};
use crate::exec::sys::page_size;

/// Bytes of addresses that the program needs beside its workers'.
const ROOM: u64 = 256 << 20;

/// Descriptors that the program may want: some for each worker.
const DESCRIPTORS: u64 = 1 << 16;

/// Raises soft limits that are too low for the program, its workers and cases as far as that needs no privilege.
pub(in crate::exec) fn raise() {
    for (resource, least, _) in needed() {
        let least = if resource == Resource::RLIMIT_NOFILE { DESCRIPTORS } else { least };
        if let Ok((soft, hard)) = getrlimit(resource)
            && soft < least
        {
            // Of an address space all: each worker takes a part of the program's.
            let soft = if resource == Resource::RLIMIT_AS { hard } else { least.min(hard) };
            let _ = setrlimit(resource, soft, hard);
        }
    }
    // Root's processes are not counted, but those that its ids are mapped to are.
    if getrlimit(Resource::RLIMIT_NPROC).is_ok_and(|(_, hard)| hard < PROCESSES) {
        let _ = setrlimit(Resource::RLIMIT_NPROC, PROCESSES, PROCESSES);
    }
}

/// Whether there is all that cases expect to find.
///
/// # Errors
/// What is missing, and how much of it is needed.
pub fn enough() -> io::Result<()> {
    for (resource, least, unit) in needed() {
        // Not every system has every limit.
        if let Ok((_, hard)) = getrlimit(resource)
            && hard < least
        {
            let (name, hard, least) = (format!("{resource:?}"), amount(hard, unit), amount(least, unit));
            return Err(io::Error::other(format!("{name} is {hard}, and cannot be raised: {least} are needed")));
        }
    }
    File::options().read(true).write(true).open("/dev/null").map(drop).map_err(|error| {
        io::Error::new(error.kind(), format!("/dev/null cannot be opened, which every case begins with: {error}"))
    })
}

/// Whether there are addresses left for so many bytes, and for what else the program needs them for: who asks for one
/// too many is aborted.
///
/// # Errors
/// When there are not.
pub(in crate::exec) fn room_for(bytes: usize) -> io::Result<()> {
    let pages = |statm: String| statm.split(' ').next().and_then(|pages| pages.parse::<u64>().ok());
    match getrlimit(Resource::RLIMIT_AS) {
        Ok((soft, _)) if soft < RLIM_INFINITY => {
            let taken = fs::read_to_string("/proc/self/statm").ok().and_then(pages).unwrap_or(0) * page_size();
            let is_room = taken.saturating_add(bytes as u64).saturating_add(ROOM) <= soft;
            if is_room { Ok(()) } else { Err(io::Error::from_raw_os_error(libc::ENOMEM)) }
        }
        _ => Ok(()),
    }
}

/// Whether addresses are not limited: where they are, a worker that nobody needs yet would take another's room.
pub(in crate::exec) fn no_end_of_room() -> bool {
    getrlimit(Resource::RLIMIT_AS).is_ok_and(|(soft, _)| soft == RLIM_INFINITY)
}

/// The limits that must not be lower, with their units.
fn needed() -> impl Iterator<Item = (Resource, u64, &'static str)> {
    let unit = |resource| if resource == Resource::RLIMIT_NOFILE { "descriptors" } else { "bytes" };
    let bounds = BOUNDS.into_iter().filter(|(_, bound, _)| *bound > 0);
    let bounds = bounds.map(move |(resource, bound, _)| (resource, bound, unit(resource)));
    bounds.chain([(Resource::RLIMIT_NPROC, PROCESSES, "processes")])
}

fn amount(number: u64, unit: &str) -> String {
    match (unit, number) {
        ("bytes", 0x10_0000..) => format!("{} MiB", number >> 20),
        ("bytes", _) => format!("{number} bytes"),
        _ => format!("{number} {unit}"),
    }
}
