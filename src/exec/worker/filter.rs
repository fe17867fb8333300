//! A seccomp filter that refuses what no namespace bounds. A worker installs it once; its cases inherit it.

use std::collections::BTreeMap;
use std::io;

use linux_raw_sys::loop_device::{LOOP_CONFIGURE, LOOP_CTL_GET_FREE};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use crate::abi::{Caller, Condition, machine_wide};

use crate::exec::sys::{Prctl, prctl, result, syscall};

/// By what a disk of a case's is set up. Steps with it are refused beforehand; who lacks root's privilege is refused by
/// the kernel.
const ATTACHES: [u32; 2] = [LOOP_CTL_GET_FREE, LOOP_CONFIGURE];

/// Of `ioctl`: any operation but this one.
fn is_not(value: u32) -> Condition {
    Condition { arg: 1, mask: u32::MAX, is: false, value }
}

/// Gives up new privileges, then lets the filter answer machine-wide calls of this process with EPERM: those that are
/// refused to such a caller.
pub(in crate::exec) fn install(caller: Caller) -> io::Result<()> {
    let program = program(caller).map_err(io::Error::other)?;
    let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut().cast() };
    result(prctl(Prctl::SetNoNewPrivs, 1))?;
    // Without this flag, kernels before 5.16 slow down what the process does after it.
    let flags = libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    // SAFETY: reads the program, whose length is told.
    let ret = unsafe { syscall!(seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, std::ptr::from_ref(&program)) };
    result(ret).map(drop)
}

fn program(caller: Caller) -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules = BTreeMap::new();
    for call in machine_wide(caller) {
        for nr in [call.nr, call.x32_number()].into_iter().flatten() {
            let mut refused = call.effect.refused(caller);
            if call.name == "ioctl" && caller == Caller::Anybody {
                refused.iter_mut().for_each(|all| all.extend(ATTACHES.map(is_not)));
            }
            rules.insert(i64::from(nr), conditions(&refused)?);
        }
    }
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    SeccompFilter::new(rules, SeccompAction::Allow, refuse, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// The call is refused if all of one of these hold; nothing: it always is.
fn conditions(any: &[Vec<Condition>]) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    if any.iter().any(Vec::is_empty) {
        return Ok(Vec::new());
    }
    any.iter().map(|all| SeccompRule::new(all.iter().map(condition).collect::<Result<_, _>>()?)).collect()
}

fn condition(is: &Condition) -> Result<SeccompCondition, seccompiler::BackendError> {
    let op = match (is.is, is.mask) {
        (true, u32::MAX) => SeccompCmpOp::Eq,
        (false, u32::MAX) => SeccompCmpOp::Ne,
        (true, mask) => SeccompCmpOp::MaskedEq(mask.into()),
        // The filter's language has no such comparison.
        (false, _) => return Err(seccompiler::BackendError::EmptyRule),
    };
    SeccompCondition::new(is.arg as u8, SeccompCmpArgLen::Dword, op, is.value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_can_be_said_to_the_kernel() {
        for caller in [Caller::Stranger, Caller::Anybody, Caller::Unprivileged] {
            assert!(program(caller).is_ok(), "{caller:?}");
        }
        assert!(machine_wide(Caller::Anybody).count() > 20);
    }
}
