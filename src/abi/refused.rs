//! Which calls a sandbox refuses.

use super::effect::{Caller, Effect, Machine};
use super::lookup::all_calls;
use super::types::Syscall;

impl Syscall {
    /// What such a call does to the whole machine that a sandbox refuses.
    pub fn machine_wide(&self, args: &[Option<i64>; 6], caller: Caller) -> Option<Machine> {
        let mut found = None;
        self.effect.may(args, &mut |effect| match effect {
            Effect::Machine(machine) if machine.is_refused(caller) => {
                found = Some(*machine);
                true
            }
            _ => false,
        });
        found
    }

    /// The number with which x86-64 asks for the x32 ABI.
    pub fn x32_number(&self) -> Option<u32> {
        const X32: u32 = 0x4000_0000;
        cfg!(target_arch = "x86_64").then(|| self.x32.or(self.nr)).flatten().map(|nr| nr | X32)
    }
}

/// The calls that a sandbox refuses to such a caller, always or with some arguments. Those that no case can make by name
/// are among them.
pub fn machine_wide(caller: Caller) -> impl Iterator<Item = &'static Syscall> {
    all_calls().filter(move |call| !call.effect.refused(caller).is_empty())
}
