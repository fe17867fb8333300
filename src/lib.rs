//! syscase: does this system call behave the way it is said to?
//!
//! The way of the data, one direction and no way back:
//! [`case`] (YAML) → [`plan`] (numbers and bytes, by the table in [`abi`]) → [`exec`] (what happened)
//! → [`judge`] (what it means) → [`report`] (people and machines).

#![deny(unsafe_code)]

pub mod abi;
pub mod builtin;
pub mod case;
pub mod claims;
pub mod coverage;
#[expect(unsafe_code, reason = "it makes system calls, and shares memory with processes that do")]
pub mod exec;
pub mod judge;
pub mod mutate;
pub mod plan;
pub mod remote;
pub mod report;
pub mod run;
pub mod schema;
pub mod target;
