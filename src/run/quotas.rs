//! What the kernel rations by user. A worker without ids of its own shares that with whatever else its user runs: a case
//! that fails because somebody else has spent it says nothing of the kernel.

use std::collections::BTreeSet;
use std::io;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::case::{self, Origin};
use crate::exec::Worker;
use crate::judge::{Verdict, judge, unmet_probe};
use crate::plan::{self, Op, Plan, Planned};
use crate::target::Target;

/// How often that is tried: others may take and give back what there is.
const ROUNDS: u32 = 3;

/// Held while it is tried: what one worker tries spends nearly all that there is, so another would find nothing left.
static TRYING: Mutex<()> = Mutex::new(());

static QUOTAS: LazyLock<Vec<Planned>> = LazyLock::new(|| {
    let texts = [("user_namespaces/quotas.yaml", include_str!("quotas.yaml"))];
    let loaded = case::load_with(Origin::Texts("src/run", &texts), |case| plan::plan(&case));
    loaded.unwrap_or_else(|diagnostics| panic!("{}", case::render(&diagnostics, false))).cases
});

/// Why a case that did not go well is to be skipped: a quota that it depends on is spent, or it goes well when performed
/// again, so that one may have been.
///
/// # Errors
/// When a lost worker cannot be replaced.
pub(super) fn spent(case: &Planned, worker: &mut Worker, target: &Target) -> io::Result<Option<String>> {
    let made = calls(&case.plan);
    let needed: Vec<_> = QUOTAS.iter().filter(|quota| !calls(&quota.plan).is_disjoint(&made)).collect();
    if needed.is_empty() {
        return Ok(None);
    }
    let _trying = TRYING.lock().unwrap_or_else(PoisonError::into_inner);
    for _ in 0..ROUNDS {
        for quota in &needed {
            let trace = worker.perform(&quota.plan)?;
            if let Some(reason) = unmet_probe(quota, &trace, target) {
                return Ok(Some(format!("this user's share of {} is spent: {reason}", name(quota))));
            }
        }
        if judge(case, &worker.perform(&case.plan)?, target).verdict == Verdict::Pass {
            let shares = needed.iter().map(|quota| name(quota)).collect::<Vec<_>>().join(" or ");
            return Ok(Some(format!("passed when performed again: this user's share of {shares} may have been spent")));
        }
    }
    Ok(None)
}

/// What is rationed: `locked memory`.
fn name(quota: &Planned) -> String {
    quota.id.rsplit('/').next().unwrap_or_default().replace('-', " ")
}

/// The numbers of the system calls that a plan makes; whatever makes a process, an actor's among them, counts as `clone`.
fn calls(plan: &Plan) -> BTreeSet<u32> {
    const CLONE: u32 = syscalls::Sysno::clone as u32;
    let made = plan.steps.iter().filter_map(|step| match step.op {
        Op::Call { twice: true, .. } => Some(CLONE),
        Op::Call { nr, .. } => Some(nr),
        _ => None,
    });
    made.chain(plan.actors.iter().skip(1).map(|_| CLONE)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_quota_is_used_by_a_call() {
        assert!(QUOTAS.len() > 5);
        for quota in QUOTAS.iter() {
            assert!(!calls(&quota.plan).is_empty(), "{}", quota.id);
        }
    }
}
