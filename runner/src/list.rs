//! `syscase list`: which cases are there?

use std::io::{self, BufWriter, Write};

use syscase::case::Rests;

use crate::cases;
use crate::cli::ListArgs;
use crate::status::Status;

pub(crate) fn list(args: &ListArgs) -> Result<Status, Status> {
    let planned = cases::resting(cases::planned(&args.source, args.filter.as_deref())?.0, &args.grounds)?;
    let mut out = BufWriter::new(io::stdout().lock());
    for case in &planned {
        let told = match args.levels {
            true => writeln!(out, "{}\t{}\t{}", case.id, case.summary, grounds(case.rests.as_ref())),
            false => writeln!(out, "{}\t{}", case.id, case.summary),
        };
        if told.is_err() {
            // Whoever reads has read enough.
            break;
        }
    }
    Ok(Status::Success)
}

/// What a case rests on, and where that is written.
fn grounds(rests: Option<&Rests>) -> String {
    let Some(Rests { level, source }) = rests else { return String::new() };
    source.as_ref().map_or_else(|| level.name().to_owned(), |source| format!("{}: {source}", level.name()))
}
