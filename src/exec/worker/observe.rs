//! Seeing a call asleep: in `/proc/TID/syscall` and `/proc/TID/stat`, never by the clock.

use std::fs;
use std::sync::atomic::Ordering;

use syscalls::Sysno;

use crate::abi::may_show_as;

use crate::exec::processes::stat;
use crate::exec::shared::slot::NO_CALL;
use crate::exec::worker::slot::WorkerSlot;

/// Shortest and longest pause between two looks, in microseconds.
const PAUSE: (u64, u64) = (20, 1000);

/// Looks at started calls that somebody waits to see asleep.
#[derive(Default)]
pub(in crate::exec) struct Observer {
    last: Option<Sighting>,
    pause: u64,
}

/// What one look at a sleeping thread saw. Two equal ones in a row are a call that is blocked, and
/// not one that is on its way through a lock or a page fault.
#[derive(PartialEq, Eq)]
struct Sighting {
    step: usize,
    /// Number, arguments, stack and instruction pointer; empty where the kernel does not tell.
    syscall: String,
    /// Times that the thread gave up the processor of itself.
    switches: String,
}

impl Observer {
    /// Answers a request if it can; says after how many microseconds to look again, if it cannot yet.
    pub(in crate::exec) fn answer(&mut self, slot: WorkerSlot, child: i32) -> Option<u64> {
        let step = slot.request()?;
        let returned = slot.is_done(step);
        let seen = look(slot, step, child);
        let asleep = seen.is_some() && seen == self.last;
        self.last = seen;
        if returned || asleep {
            slot.reply(step, asleep && slot.is_begun(step));
            *self = Self::default();
            return None;
        }
        self.pause = (self.pause * 2).clamp(PAUSE.0, PAUSE.1);
        Some(self.pause)
    }
}

fn look(slot: WorkerSlot, step: usize, child: i32) -> Option<Sighting> {
    let actor = slot.planned(step)?.step.actor.to_native();
    let cell = slot.actor(actor.into())?;
    if cell.calling.load(Ordering::Acquire) as usize != step + 1 {
        return None;
    }
    let tid = cell.tid.load(Ordering::Acquire);
    // A thread of the case's process is found below it, even where /proc hides threads.
    let dir = [format!("/proc/{child}/task/{tid}"), format!("/proc/{tid}")]
        .into_iter()
        .find(|d| fs::exists(d).unwrap_or(false))?;
    if !matches!(stat(&dir)?.state, 'S' | 'D') {
        return None;
    }
    let syscall = fs::read_to_string(format!("{dir}/syscall")).unwrap_or_default();
    // Asleep elsewhere, as in a page fault of a call that has not begun; or it tells nothing.
    if !syscall.is_empty() && !is_in(&syscall, cell.nr.load(Ordering::Acquire)) {
        return None;
    }
    let status = fs::read_to_string(format!("{dir}/status")).unwrap_or_default();
    let switches = status.lines().find(|l| l.starts_with("voluntary_ctxt_switches")).unwrap_or_default().to_owned();
    (cell.calling.load(Ordering::Acquire) as usize == step + 1).then_some(Sighting { step, syscall, switches })
}

/// Whether a thread of which `/proc` tells this is in that call; or in none, where it accesses memory.
fn is_in(syscall: &str, nr: u32) -> bool {
    let seen = syscall.split(' ').next();
    if nr == NO_CALL {
        return seen == Some("-1");
    }
    let seen = seen.and_then(|seen| seen.parse().ok());
    // A call that was interrupted and goes on sleeping may be under that number.
    seen.is_some_and(|seen| seen == nr || seen == Sysno::restart_syscall as u32 || may_show_as(nr, seen))
}

/// Whether a process is stopped.
pub(in crate::exec) fn is_stopped(pid: i32) -> bool {
    stat(&format!("/proc/{pid}")).is_some_and(|stat| matches!(stat.state, 'T' | 't'))
}

/// Whether a thread of a process is on a processor, or waits for one.
pub(in crate::exec) fn is_running(pid: i32) -> bool {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    tasks.filter_map(|task| stat(task.path().to_str()?)).any(|stat| stat.state == 'R')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const READ: u32 = Sysno::read as u32;

    #[rstest]
    #[case::itself(READ, true)]
    #[case::restarted(Sysno::restart_syscall as u32, true)]
    #[case::another(Sysno::pread64 as u32, false)]
    fn a_call_shows_as_itself(#[case] shown: u32, #[case] is_in_it: bool) {
        assert_eq!(is_in(&format!("{shown} 0x3 0x0 0x5 0x0 0x0 0x0 0x7ffd 0x7f12\n"), READ), is_in_it);
    }

    #[test]
    fn an_access_to_memory_sleeps_in_no_call() {
        assert!(is_in("-1 0x7ffd 0x7f12\n", NO_CALL));
        assert!(!is_in("0 0x3 0x0 0x5 0x0 0x0 0x0 0x7ffd 0x7f12\n", NO_CALL) && !is_in("running\n", NO_CALL));
    }

    #[test]
    fn what_is_in_no_call_is_not_in_this_one() {
        assert!(!is_in("-1 0x7ffd 0x7f12\n", READ) && !is_in("running\n", READ));
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn an_emulator_makes_some_calls_as_others() {
        let shown = |nr: Sysno| format!("{} 0x3 0x0 0x5 0x0 0x0 0x0 0x7ffd 0x7f12\n", nr as u32);
        assert!(is_in(&shown(Sysno::ppoll), Sysno::poll as u32));
        assert!(!is_in(&shown(Sysno::poll), Sysno::ppoll as u32), "not the other way round");
        assert!(!is_in(&shown(Sysno::pselect6), Sysno::poll as u32));
    }
}
