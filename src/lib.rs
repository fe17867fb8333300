//! syscase: does this system call behave the way it is said to?
//!
//! The way of the data, one direction and no way back:
//! [`case`] (YAML) → [`plan`] (numbers and bytes, by the table in [`abi`]) → [`exec`] (what happened)
//! → [`judge`] (what it means) → [`report`] (people and machines).

pub mod abi;
pub mod builtin;
pub mod case;
pub mod claims;
pub mod coverage;
pub mod exec;
pub mod judge;
pub mod mutate;
pub mod plan;
pub mod report;
pub mod run;
pub mod schema;
pub mod target;
