//! Every example of the documents does what it says, the tables of keys are complete, and links lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use serde_json::Value as Json;
use syscase::exec::Executor;
use syscase::judge::Verdict;
use syscase::report::{Event, Reporter, Transcript};
use syscase::run::Session;
use syscase::{case, plan, schema};

mod examples;
mod links;

/// A table of the document by the first cell of its head, and what the schema calls the same keys.
const TABLES: [(&str, &[&str]); 7] = [
    ("key of a file", &[""]),
    ("key of a case", &["case"]),
    ("key of a region", &["region"]),
    ("key of `needs`", &["needs"]),
    ("key of `given`", &["given"]),
    ("key", &["step"]),
    ("expectation", &["expect.call", "expect.load", "expect.store", "expect.blocked"]),
];

fn main() -> ExitCode {
    // Before anything else: workers are forked from what the program is now.
    let executor = Executor::new();
    let arguments = Arguments::from_args();
    let session = match executor.and_then(Session::new) {
        Ok(session) => Arc::new(session),
        Err(error) => {
            eprintln!("error: cannot start a process to perform examples in: {error}");
            return ExitCode::FAILURE;
        }
    };
    let passed = Arc::new(AtomicUsize::new(0));
    let examples = examples::examples().into_iter().map(|example| {
        let (session, passed) = (Arc::clone(&session), Arc::clone(&passed));
        let name = format!("{}:{} {}", example.document, example.line, example.heading);
        Trial::ignorable_test(name, move || perform(&session, &example, &passed))
    });
    let tables = TABLES.map(|(table, definitions)| {
        Trial::test(format!("docs/case-format.md {table}"), move || complete(table, definitions))
    });
    let links = links::documents().into_iter().map(|document| {
        let name = format!("{} links", document.display());
        Trial::test(name, move || links::lead_somewhere(&document))
    });
    let conclusion = libtest_mimic::run(&arguments, examples.chain(tables).chain(links).collect());
    let all = !arguments.list && conclusion.num_filtered_out == 0;
    if all && passed.load(Ordering::Relaxed) == 0 {
        eprintln!("error: not one example passed");
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

/// Loads, plans, performs and judges an example.
fn perform(session: &Session, example: &examples::Example, passed: &AtomicUsize) -> Result<Completion, Failed> {
    let path = format!("example-{}.yaml", example.line);
    let documents = examples::documents();
    let documents = documents.iter().map(|d| ("documents.yaml", d.text.as_str()));
    let cases = case::load_texts(documents.chain([(path.as_str(), example.text.as_str())]));
    let planned = cases.and_then(|cases| plan::plan_all(&cases)).map_err(|problems| case::render(&problems, false))?;
    let mut reasons = Vec::new();
    for case in &planned {
        let event = session.one(case)?;
        match event.verdict {
            Verdict::Pass => drop(passed.fetch_add(1, Ordering::Relaxed)),
            Verdict::Skip => reasons.push(format!("{}: {}", event.id, event.reason.unwrap_or_default())),
            _ => {
                let mut text = Vec::new();
                Transcript::new(&mut text).event(&Event::Case(Box::new(event)))?;
                return Err(String::from_utf8_lossy(&text).into_owned().into());
            }
        }
    }
    match (planned.is_empty(), reasons.is_empty()) {
        (true, _) => Err("the example has no cases".into()),
        (false, true) => Ok(Completion::Completed),
        (false, false) => Ok(Completion::ignored_with(reasons.join("; "))),
    }
}

/// The keys that the document names are those that the loader knows.
fn complete(table: &str, definitions: &[&str]) -> Result<(), Failed> {
    let schema: Json = serde_json::from_str(&schema::text())?;
    let known: BTreeSet<String> = definitions.iter().flat_map(|name| keys(&schema, name)).collect();
    let named = named(&fs::read_to_string("docs/case-format.md")?, table);
    let missing: Vec<_> = known.difference(&named).collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    if known.is_empty() || !missing.is_empty() || !unknown.is_empty() {
        return Err(format!("not in the document: {missing:?}; not known to the loader: {unknown:?}").into());
    }
    Ok(())
}

fn keys(schema: &Json, definition: &str) -> Vec<String> {
    let mapping = if definition.is_empty() { schema } else { &schema["definitions"][definition] };
    mapping["properties"].as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default()
}

/// The keys in the first column of a table, and in a line behind it that begins with `Beside them`.
fn named(document: &str, table: &str) -> BTreeSet<String> {
    let (head, second) = if table == "expectation" { ("key", "says") } else { (table, "") };
    let mut lines = document.lines().skip_while(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        cells.next() != Some(head) || !cells.next().is_some_and(|cell| cell.starts_with(second))
    });
    let rows = lines.by_ref().skip(2).take_while(|line| line.starts_with('|'));
    let mut cells: Vec<String> = rows.filter_map(|row| row.split('|').nth(1)).map(str::to_owned).collect();
    let behind = lines.next().filter(|line| line.starts_with("Beside them"));
    cells.extend(behind.map(str::to_owned));
    let quoted = cells.iter().flat_map(|cell| cell.split('`').skip(1).step_by(2));
    quoted.map(|code| code.split(':').next().unwrap_or(code).trim().to_owned()).collect()
}
