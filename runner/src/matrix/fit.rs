//! Which Linux version a target behaves like: by the cases whose expectations depend on the version.

use std::collections::BTreeSet;

use syscase::case::{KernelVersion, parse_ranges};
use syscase::judge::{self, Verdict, unmet};
use syscase::plan::Planned;
use syscase::target::Target;

use super::ran::Ran;

/// Every history begins here.
const OLDEST: KernelVersion = KernelVersion { major: 0, minor: 0, patch: 0 };

/// The version whose history a target fits best.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fit {
    /// The version.
    pub(crate) version: KernelVersion,
    /// The version with which the next change came, if it is older than all changes.
    before: Option<KernelVersion>,
    /// Ids of the cases that do not fit even so.
    pub(crate) misfits: Vec<String>,
    /// How many cases say anything of the version.
    pub(crate) of: usize,
}

impl Fit {
    /// The version that fits best; among equals the target's own, or the latest. None without a case that tells versions apart.
    pub(crate) fn of(ran: &Ran, cases: &[Planned]) -> Option<Fit> {
        let target = ran.target.as_ref()?;
        let telling: Vec<&Planned> = cases.iter().filter(|case| !bounds(case).is_empty()).collect();
        let own = judge::version(target);
        let changes: BTreeSet<KernelVersion> = telling.iter().flat_map(|case| bounds(case)).collect();
        // The target's own version stands for all from the last change before it on.
        let own_era = own.and_then(|own| changes.range(..=own).next_back().copied());
        let own_era = own_era.filter(|_| target.judge_as.is_none());
        let oldest = changes.iter().copied().find(|change| *change > OLDEST);
        let versions = changes.iter().copied().map(|v| if Some(v) == own_era { own.unwrap_or(v) } else { v });
        let fits = versions.filter_map(|version| {
            let fit = fit(ran, target, &telling, version)?;
            Some(Fit { before: oldest.filter(|change| version < *change), ..fit })
        });
        fits.min_by_key(|fit| (fit.misfits.len(), Some(fit.version) != own, std::cmp::Reverse(fit.version)))
    }

    /// `behaves like 6.1, but for 3 of 40 cases`.
    pub(crate) fn words(&self) -> String {
        let of = self.of;
        let version = match self.before {
            Some(change) => format!("versions before {change}"),
            None => self.version.to_string(),
        };
        match self.misfits.len() {
            0 => format!("behaves like {version} ({of} cases)"),
            n => format!("behaves like {version}, but for {n} of {of} cases"),
        }
    }
}

/// The versions with which the expectations of a case change.
fn bounds(case: &Planned) -> Vec<KernelVersion> {
    let expects = case.lines.iter().flat_map(|line| &line.expect).map(|ranged| &ranged.kernel);
    let findings = case.claim.iter().flat_map(|claim| &claim.finding).map(|ranged| &ranged.kernel);
    let ranges = expects.chain(findings).filter(|kernel| !kernel.is_empty());
    ranges.filter_map(|kernel| parse_ranges(kernel).ok()).flat_map(|ranges| Vec::from_iter(ranges.bounds())).collect()
}

fn fit(ran: &Ran, target: &Target, telling: &[&Planned], version: KernelVersion) -> Option<Fit> {
    let target = Target { judge_as: Some(version.to_string()), ..target.clone() };
    let mut misfits = Vec::new();
    let mut of = 0;
    for case in telling {
        let performed = ran.performed(&case.id).and_then(|event| event.performed.as_deref());
        let performed = performed.filter(|performed| performed.plan == case.plan.fingerprint());
        let Some(trace) = performed.and_then(|performed| performed.trace.as_ref()) else { continue };
        if unmet(case, &target).is_some() {
            continue;
        }
        of += 1;
        if judge::judge(case, trace, &target).verdict != Verdict::Pass {
            misfits.push(case.id.clone());
        }
    }
    (of > 0).then_some(Fit { version, before: None, misfits, of })
}
