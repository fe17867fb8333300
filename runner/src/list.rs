//! `syscase list`: which cases are there?

use std::io::{self, BufWriter, Write};

use crate::cases;
use crate::cli::ListArgs;
use crate::status::Status;

pub(crate) fn list(args: &ListArgs) -> Result<Status, Status> {
    let planned = cases::filter(cases::planned(&args.source)?, args.filter.as_deref())?;
    let mut out = BufWriter::new(io::stdout().lock());
    for case in &planned {
        if writeln!(out, "{}\t{}", case.id, case.summary).is_err() {
            // Whoever reads has read enough.
            break;
        }
    }
    Ok(Status::Success)
}
