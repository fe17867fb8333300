//! Which processes there are, as `/proc` tells it.

use std::fs;
use std::path::Path;

use procfs::FromRead;
use procfs::process::Stat;

use crate::exec::sys::syscall;

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
    processes().into_iter().filter(|&pid| stat(&format!("/proc/{pid}")).is_some_and(|stat| stat.ppid == me)).collect()
}

/// The same, even where there is no `/proc`: then every id that a process may have is asked for.
pub(in crate::exec) fn all_children() -> Vec<i32> {
    if Path::new("/proc/self").exists() { children() } else { (1..=PID_MAX).filter(|&pid| is_child(pid)).collect() }
}

fn is_child(pid: i32) -> bool {
    let look = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT | libc::__WALL;
    // SAFETY: nothing that there is to tell is asked for.
    unsafe { syscall!(waitid, libc::P_PID, pid, 0, look, 0) == 0 }
}

/// What `/proc` tells of a process or thread, by its directory there.
pub(in crate::exec) fn stat(dir: &str) -> Option<Stat> {
    Stat::from_file(format!("{dir}/stat")).ok()
}
