//! `syscase check`: is anything wrong with the case files?

use syscase::case::{self, Case, Diagnostic};
use syscase::plan::{Planned, plan};

use crate::cases;
use crate::cli::{CheckArgs, Source};
use crate::status::Status;

pub(crate) fn check(args: &CheckArgs) -> Result<Status, Status> {
    let each = |case: Case| if args.strict { grounded(&case) } else { plan(&case) };
    let planned = if args.paths.is_empty() {
        cases::load_each(&Source { cases: None }, each)?
    } else {
        cases::load(case::Origin::Paths(&args.paths), each)?
    }
    .cases;
    let files: std::collections::BTreeSet<_> = planned.iter().map(|c| &c.span.source.path).collect();
    println!("{} cases in {} files are well-formed", planned.len(), files.len());
    Ok(Status::Success)
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
