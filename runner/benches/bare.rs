//! The floor: fork, `_exit`, wait, over and over, in a small static process.
//! Reads a number of forks from each line of its input, and answers with the nanoseconds that they took.

use std::io::{BufRead, Write};
use std::time::Instant;

unsafe extern "C" {
    fn fork() -> i32;
    fn _exit(status: i32) -> !;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
}

fn main() {
    for line in std::io::stdin().lock().lines() {
        let forks: u32 = line.expect("a line").trim().parse().expect("a number");
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
        println!("{}", begin.elapsed().as_nanos());
        std::io::stdout().flush().expect("a reader");
    }
}
