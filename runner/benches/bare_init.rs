//! The floor in a guest: a first process that forks, `_exit`s and waits so often as its argument says, tells the
//! nanoseconds on the console, and turns the machine off.

use std::time::Instant;

unsafe extern "C" {
    fn fork() -> i32;
    fn _exit(status: i32) -> !;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
    fn reboot(command: i32) -> i32;
}

const RB_POWER_OFF: i32 = 0x4321_fedc;

fn main() {
    let forks: u32 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    let begin = Instant::now();
    for _ in 0..forks {
        // SAFETY: the process has one thread; the child does nothing but end.
        unsafe {
            let child = fork();
            if child == 0 {
                _exit(0);
            }
            waitpid(child, std::ptr::null_mut(), 0);
        }
    }
    println!("forks took {} ns", begin.elapsed().as_nanos());
    // SAFETY: nothing of this machine is needed any more.
    unsafe { reboot(RB_POWER_OFF) };
}
