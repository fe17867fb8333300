//! The floor in a guest: a first process that forks, `_exit`s and waits so often as its argument says, tells the
//! nanoseconds on the console, and turns the machine off.

#[path = "common/forks.rs"]
mod forks;

unsafe extern "C" {
    fn reboot(command: i32) -> i32;
}

const RB_POWER_OFF: i32 = 0x4321_fedc;

fn main() {
    let count = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    println!("forks took {} ns", forks::forks(count).as_nanos());
    // SAFETY: nothing of this machine is needed any more.
    unsafe { reboot(RB_POWER_OFF) };
}
