//! Which processes there are, as `/proc` tells it.

use std::fs;
use std::path::Path;

use crate::exec::sys::call;

/// No process id is larger.
const PID_MAX: i32 = 1 << 22;

/// The processes in the worker's namespace, itself included.
pub(in crate::exec) fn processes() -> Vec<i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|e| e.file_name().to_str()?.parse().ok()).collect()
}

/// Direct children of this process, which adopts the orphans among its descendants.
pub(in crate::exec) fn children() -> Vec<i32> {
    let me = std::process::id() as i32;
    processes().into_iter().filter(|&pid| parent(pid) == Some(me)).collect()
}

/// The same, even where there is no `/proc`: then every id that a process may have is asked for.
pub(in crate::exec) fn all_children() -> Vec<i32> {
    if Path::new("/proc/self").exists() { children() } else { (1..=PID_MAX).filter(|&pid| is_child(pid)).collect() }
}

fn is_child(pid: i32) -> bool {
    let look = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT | libc::__WALL;
    call!(waitid, libc::P_PID, pid, 0, look, 0) == 0
}

fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let after_name = stat.iter().rposition(|b| *b == b')')?;
    let text = String::from_utf8_lossy(&stat[after_name + 1..]).into_owned();
    text.split_ascii_whitespace().nth(1)?.parse().ok()
}
