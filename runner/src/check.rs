//! `syscase check`: is anything wrong with the case files?

use syscase::case;

use syscase::plan::plan;

use crate::cases;
use crate::cli::{CheckArgs, Source};
use crate::status::Status;

pub(crate) fn check(args: &CheckArgs) -> Result<Status, Status> {
    let planned = if args.paths.is_empty() {
        cases::planned(&Source { cases: None })?
    } else {
        cases::load(case::Origin::Paths(&args.paths), |case| plan(&case))?.cases
    };
    let files: std::collections::BTreeSet<_> = planned.iter().map(|c| &c.span.source.path).collect();
    println!("{} cases in {} files are well-formed", planned.len(), files.len());
    Ok(Status::Success)
}
