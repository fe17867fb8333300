//! `syscase check`: is anything wrong with the case files?

use std::collections::BTreeMap;

use syscase::case::{self, Case, Diagnostic};
use syscase::plan::{Plan, Planned, plan};

use crate::cases;
use crate::cli::{CheckArgs, Source};
use crate::status::Status;

pub(crate) fn check(args: &CheckArgs) -> Result<Status, Status> {
    let each = |case: Case| if args.strict { grounded(&case) } else { plan(&case) };
    let tree = if args.paths.is_empty() {
        cases::load_each(&Source { cases: None }, each)?
    } else {
        cases::load(case::Origin::Paths(&args.paths), None, each)?
    };
    let nowhere = if args.strict { case::without_place(&tree.documents) } else { Vec::new() };
    if !nowhere.is_empty() {
        return Err(cases::refused(&nowhere));
    }
    let planned = tree.cases;
    let files: std::collections::BTreeSet<_> = planned.iter().map(|c| &c.span.source.path).collect();
    println!("{} cases in {} files are well-formed", planned.len(), files.len());
    if !args.duplicates {
        return Ok(Status::Success);
    }
    let duplicates = duplicates(&planned);
    for cases in &duplicates {
        let ids: Vec<_> = cases.iter().map(|case| case.id.as_str()).collect();
        println!("the same steps: {}", ids.join(", "));
    }
    Ok(if duplicates.is_empty() { Status::Success } else { Status::Invalid })
}

/// Cases of one subject that perform the same on the same kernels, in the order of the first of each.
fn duplicates(planned: &[Planned]) -> Vec<Vec<&Planned>> {
    let mut alike: BTreeMap<_, Vec<&Planned>> = BTreeMap::new();
    for case in planned.iter().filter(|case| case.claim.is_none()) {
        let nameless = Plan { id: String::new(), ..case.plan.clone() };
        let versions: Vec<_> = case.needs.kernel.iter().map(|range| &range.value).collect();
        let options: Vec<_> = case.needs.config.iter().map(|(name, value)| (&name.value, &value.value)).collect();
        alike.entry((&case.subject, nameless.digest(), versions, options)).or_default().push(case);
    }
    let mut alike: Vec<_> = alike.into_values().filter(|cases| cases.len() > 1).collect();
    alike.sort_by(|a, b| a[0].id.cmp(&b[0].id));
    alike
}

/// A case that says what it rests on.
fn grounded(case: &Case) -> Result<Planned, Vec<Diagnostic>> {
    let missing = case::ungrounded(case);
    match plan(case) {
        Ok(planned) if missing.is_empty() => Ok(planned),
        Ok(_) => Err(missing),
        Err(wrong) => Err([wrong, missing].concat()),
    }
}
