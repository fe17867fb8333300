//! A seccomp filter that refuses what no namespace bounds. A worker installs it once; its cases inherit it.

use std::collections::BTreeMap;
use std::io;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use crate::abi::{MachineWide, machine_wide};

use super::sys::call;

/// Gives up new privileges, then lets the filter answer machine-wide calls of this process with EPERM.
pub(super) fn install(strangers: bool) -> io::Result<()> {
    let program = program(strangers).map_err(io::Error::other)?;
    let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut().cast() };
    done(call!(prctl, libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))?;
    // Without this flag, kernels before 5.16 slow down what the process does after it.
    let flags = libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    done(call!(seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, std::ptr::from_ref(&program)))
}

fn done(ret: i64) -> io::Result<()> {
    if ret < 0 { Err(io::Error::from_raw_os_error(-ret as i32)) } else { Ok(()) }
}

fn program(strangers: bool) -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules = BTreeMap::new();
    for call in machine_wide(strangers) {
        for nr in [call.nr, call.x32_number()].into_iter().flatten() {
            rules.insert(i64::from(nr), conditions(call)?);
        }
    }
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    SeccompFilter::new(rules, SeccompAction::Allow, refuse, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// All that must hold for the call to be refused; nothing: it always is.
fn conditions(call: &MachineWide) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let not = |value: &u32| SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, u64::from(*value));
    let all = call.unless.iter().map(not).collect::<Result<Vec<_>, _>>()?;
    if all.is_empty() { Ok(Vec::new()) } else { Ok(vec![SeccompRule::new(all)?]) }
}
