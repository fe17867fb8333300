//! A control group of the case's own, beside that of its worker.

use std::ffi::CStr;

use crate::exec::child::setup::CaseSetup;
use crate::exec::child::sysctls::unlocked;
use crate::exec::shared::bounds::{CasePlace, MEMORY, PROCESSES};
use crate::exec::sys::{self, CWD, syscall};
use crate::plan::{DECIMAL, Numeral};

/// The file that takes the bound of processes.
const PIDS: &CStr = c"pids.max";
/// Those of memory, in each version of the interface. In the first one, swap is counted with memory.
const MEMORIES: [&CStr; 2] = [c"memory.limit_in_bytes", c"memory.max"];
const SWAP: [&CStr; 2] = [c"memory.memsw.limit_in_bytes", c"memory.swap.max"];
/// How long the dead may take to leave their group, and the pause between looks, in nanoseconds.
const LEAVE: (u32, u64) = (2000, 500_000);

impl CaseSetup<'_> {
    /// Goes on in the group that the case is given.
    pub(super) fn join_group(&mut self, places: &[CasePlace]) {
        let Some(bounds) = self.plan.setup.cgroup.as_ref() else { return };
        let most = |bound: Option<u64>, usual: u64| bound.unwrap_or(usual);
        let pids = bounds.pids.as_ref().map(|most| most.to_native());
        let memory = bounds.memory.as_ref().map(|most| most.to_native());
        for (controller, wanted) in [("pids", pids.is_some()), ("memory", memory.is_some())] {
            if wanted && !places.iter().any(|place| place.controller == controller) {
                self.optional = true;
                self.fail("find where to make a control group with ", controller.as_bytes(), -i64::from(libc::ENOENT));
            }
        }
        for (at, place) in places.iter().enumerate() {
            let dir = open(place);
            self.try_optional("open ", place.dir.to_bytes(), dir);
            // Two controllers may be in one place.
            let is_first = places[..at].iter().all(|other| other.dir != place.dir);
            if is_first {
                self.try_optional(
                    "make a control group in ",
                    place.dir.to_bytes(),
                    sys::mkdirat(dir, &place.name, 0o755),
                );
            }
            let group = sys::openat(dir, &place.name, libc::O_PATH | libc::O_CLOEXEC, 0);
            self.check("open a control group in ", place.dir.to_bytes(), group);
            match place.controller {
                "pids" => self.bound(group, PIDS, most(pids, PROCESSES)),
                _ => {
                    let bytes = most(memory, MEMORY);
                    self.bound(group, MEMORIES[place.version], bytes);
                    // A kernel that does not count swap has no such file.
                    write(group, SWAP[place.version], if place.version == 0 { bytes } else { 0 });
                }
            }
            sys::close(group);
            sys::close(dir);
        }
        for (at, place) in places.iter().enumerate() {
            if places[..at].iter().any(|other| other.dir == place.dir) {
                continue;
            }
            let dir = self.check("open ", place.dir.to_bytes(), open(place));
            let group = sys::openat(dir, &place.name, libc::O_PATH | libc::O_CLOEXEC, 0);
            // 0 is whoever writes.
            self.try_optional("join a control group in ", place.dir.to_bytes(), write(group, c"cgroup.procs", 0));
            sys::close(group);
            sys::close(dir);
        }
    }

    fn bound(&mut self, group: i64, file: &CStr, most: u64) {
        self.try_optional("set the bound ", file.to_bytes(), write(group, file, most));
    }
}

/// Removes the group of a case whose processes are dead, if there is one.
pub(in crate::exec) fn remove(place: &CasePlace) {
    let dir = open(place);
    for _ in 0..LEAVE.0 {
        if sys::unlinkat(dir, &place.name, libc::AT_REMOVEDIR) != -i64::from(libc::EBUSY) {
            break;
        }
        sys::pause(LEAVE.1);
    }
    sys::close(dir);
}

/// The directory in which groups are made: a mount of our own, where the worker has locked it.
fn open(place: &CasePlace) -> i64 {
    match unlocked(&place.dir) {
        tree @ 0.. => tree,
        _ => sys::openat(CWD, &place.dir, libc::O_PATH | libc::O_CLOEXEC, 0),
    }
}

fn write(group: i64, file: &CStr, number: u64) -> i64 {
    let fd = sys::openat(group, file, libc::O_WRONLY | libc::O_CLOEXEC, 0);
    if fd < 0 {
        return fd;
    }
    let text = Numeral::of(number as i64, DECIMAL);
    let bytes = text.bytes();
    // SAFETY: reads the text.
    let written = unsafe { syscall!(write, fd, bytes.as_ptr(), bytes.len()) };
    sys::close(fd);
    written
}
