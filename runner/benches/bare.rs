//! The floor: fork, `_exit`, wait, over and over, in a small static process.
//! Reads a number of forks from each line of its input, and answers with the nanoseconds that they took.

#[path = "common/forks.rs"]
mod forks;

use std::io::{BufRead, Write};

fn main() {
    for line in std::io::stdin().lock().lines() {
        let count = line.expect("a line").trim().parse().expect("a number");
        println!("{}", forks::forks(count).as_nanos());
        std::io::stdout().flush().expect("a reader");
    }
}
