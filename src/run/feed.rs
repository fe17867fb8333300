//! Cases that are performed while others are still being loaded.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::plan::Planned;

/// Where a run takes its cases from, by index, until there are no more.
pub(super) trait Supply: Sync {
    /// The case of this index; waits for it if it may still come.
    fn case(&self, index: usize) -> Option<&Planned>;
}

impl Supply for [Planned] {
    fn case(&self, index: usize) -> Option<&Planned> {
        self.get(index)
    }
}

/// A list of cases that grows while a run works on it.
#[derive(Debug, Default)]
pub struct Feed {
    cases: boxcar::Vec<Planned>,
    closed: Mutex<bool>,
    more: Condvar,
}

impl Feed {
    /// Adds a case; its index.
    pub fn push(&self, case: Planned) -> usize {
        let index = self.cases.push(case);
        drop(self.closed.lock().unwrap_or_else(PoisonError::into_inner));
        self.more.notify_all();
        index
    }

    /// Says that there will be no more.
    pub fn close(&self) {
        *self.closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.more.notify_all();
    }

    /// The case of this index, if it has come.
    pub fn get(&self, index: usize) -> Option<&Planned> {
        self.cases.get(index)
    }
}

impl Supply for Feed {
    fn case(&self, index: usize) -> Option<&Planned> {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(case) = self.cases.get(index) {
                return Some(case);
            }
            if *closed {
                return None;
            }
            closed = self.more.wait(closed).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
