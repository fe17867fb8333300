//! The variables of a case, each sealed: steps read what was bound, not what was scribbled over it.

use crate::exec::shared::seal::{Key, What};

/// A variable in shared memory.
#[repr(C)]
#[derive(Clone, Copy)]
pub(in crate::exec) struct Variable {
    value: i64,
    seal: u64,
}

/// The table of variables.
#[derive(Clone, Copy)]
pub(in crate::exec) struct Variables {
    at: *mut Variable,
    key: Key,
}

impl Variables {
    /// # Safety
    /// There is room for all variables of the plan.
    pub(in crate::exec) unsafe fn new(at: *mut Variable, key: Key) -> Self {
        Variables { at, key }
    }

    /// The planner numbers variables within the table.
    #[inline(always)]
    pub(in crate::exec) fn set(self, var: usize, value: i64) {
        // SAFETY: within the table.
        unsafe { self.at.add(var).write_volatile(Variable { value, seal: self.seal(var, value) }) };
    }

    /// The value; none if somebody else has written it.
    #[inline(always)]
    pub(in crate::exec) fn get(self, var: usize) -> Option<i64> {
        // SAFETY: within the table.
        let Variable { value, seal } = unsafe { self.at.add(var).read_volatile() };
        (seal == self.seal(var, value)).then_some(value)
    }

    #[cfg(test)]
    pub(in crate::exec) fn address(self, var: usize) -> *mut Variable {
        self.at.wrapping_add(var)
    }

    #[inline(always)]
    fn seal(self, var: usize, value: i64) -> u64 {
        self.key.seal(What::Variable, var).word(value as u64).whole()
    }
}
