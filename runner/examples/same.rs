//! Compares saved runs with the first one: `same FIRST.jsonl OTHER.jsonl …`. Shows every case whose verdict or
//! reason differs, with both traces, and then fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader};
use std::process::ExitCode;

use syscase::report::{CaseEvent, Event, Reporter, Saved, Transcript};

type Cases = BTreeMap<String, CaseEvent>;

fn main() -> Result<ExitCode, String> {
    let mut files = std::env::args().skip(1);
    let first = files.next().ok_or("say which runs to compare: same FIRST.jsonl OTHER.jsonl …")?;
    let expected = read(&first)?;
    let mut differ = 0;
    for other in files {
        let found = read(&other)?;
        let ids: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
        for id in ids {
            let (a, b) = (expected.get(id), found.get(id));
            if told(a) != told(b) {
                differ += 1;
                show(&first, a, id)?;
                show(&other, b, id)?;
            }
        }
    }
    Ok(if differ == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(path: &str) -> Result<Cases, String> {
    let file = File::open(path).map_err(|e| format!("cannot read {path}: {e}"))?;
    let saved = Saved::read(BufReader::new(file)).map_err(|e| format!("{path}: {e}"))?;
    match saved.finished {
        true => Ok(saved.cases.into_iter().map(|case| (case.id.clone(), case)).collect()),
        false => Err(format!("{path}: the run did not come to its end")),
    }
}

/// What must be the same.
fn told(case: Option<&CaseEvent>) -> Option<(syscase::judge::Verdict, Option<&str>)> {
    case.map(|case| (case.verdict, case.reason.as_deref()))
}

fn show(path: &str, case: Option<&CaseEvent>, id: &str) -> Result<(), String> {
    println!("{path}:");
    let Some(case) = case else {
        println!("{id} was not run");
        return Ok(());
    };
    Transcript::new(io::stdout()).event(&Event::Case(Box::new(case.clone()))).map_err(|e| e.to_string())
}
