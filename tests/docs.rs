//! Every example of the documents does what it says, the tables of keys are those of the loader, and links lead somewhere.

use std::fs;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use syscase::exec::Executor;
use syscase::judge::Verdict;
use syscase::report::{Event, Reporter, Transcript};
use syscase::run::Session;
use syscase::{case, plan};

mod examples;
mod links;

/// The page with the tables of keys.
const PAGE: &str = "docs/case-format.md";

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
    let tables = Trial::test(format!("{PAGE} tables of keys"), tables_are_current);
    let links = links::documents().into_iter().map(|document| {
        let name = format!("{} links", document.display());
        Trial::test(name, move || links::lead_somewhere(&document))
    });
    let conclusion = libtest_mimic::run(&arguments, examples.chain([tables]).chain(links).collect());
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

/// The tables of keys are those that the loader and the schema have. With `UPDATE_DOCS` they are written.
fn tables_are_current() -> Result<(), Failed> {
    let old = fs::read_to_string(PAGE)?;
    let mut new = old.clone();
    for (head, keys) in case::tables() {
        new = with_rows(&new, head, &keys).ok_or_else(|| format!("no table begins with `| {head} |`"))?;
    }
    if new == old {
        return Ok(());
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, new)?;
        return Ok(());
    }
    let missing: Vec<&str> = new.lines().filter(|line| !old.lines().any(|other| other == *line)).collect();
    let help = "run `UPDATE_DOCS=1 cargo test --test docs tables` to write the tables";
    Err(format!("a table has other keys, texts or another order than the loader; {help}: {missing:#?}").into())
}

/// The page with these keys as the rows of the table that has this head.
fn with_rows(page: &str, head: &str, keys: &[&case::Key]) -> Option<String> {
    let begin = page.find(&format!("\n| {head} |"))? + 1;
    let length_of = |lines: &mut dyn Iterator<Item = &str>| lines.map(str::len).sum::<usize>();
    let mut lines = page[begin..].split_inclusive('\n');
    let rows = begin + length_of(&mut lines.by_ref().take(2));
    let end = rows + length_of(&mut lines.take_while(|line| line.starts_with('|')));
    let row = |key: &&case::Key| {
        let required = if key.required { " (required)" } else { "" };
        format!("| `{}` | {}{required} |\n", key.name, key.says)
    };
    let text: String = keys.iter().map(row).collect();
    Some([&page[..rows], &text, &page[end..]].concat())
}
