//! What is remembered of steps while later ones are planned.

use std::collections::{HashMap, HashSet};

use super::observe::Before;
use super::output::Outputs;
use super::performed::Var;
use crate::abi::Syscall;

/// What was started: its step and actor.
pub(super) type Started = (usize, u16);

/// What a step performs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Performed {
    /// The call's name, `store` or `load`.
    pub(super) name: &'static str,
    /// The call.
    pub(super) entry: Option<&'static Syscall>,
    /// More than once.
    pub(super) repeated: bool,
}

/// What is remembered of steps while later ones are planned.
#[derive(Debug, Default)]
pub(super) struct Memo {
    pub(super) started: HashMap<String, Started>,
    /// What each step may have written; by step.
    pub(super) outputs: HashMap<usize, Outputs>,
    pub(super) performed: HashMap<usize, Performed>,
    /// Actors that are killed.
    pub(super) dead: HashSet<u16>,
    pub(super) captured: u64,
    /// What was looked up before a call, by its step.
    pub(super) before: HashMap<usize, Before>,
    /// The variable that holds how long a step took; by the step that is judged.
    pub(super) elapsed: HashMap<usize, Var>,
}

impl Memo {
    /// What is done whatever happened is done by somebody.
    pub(super) fn everybody_is_back(&mut self) {
        self.dead.clear();
    }
}
