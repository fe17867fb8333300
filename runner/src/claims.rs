//! `syscase claims`: what documents say, against what kernels do.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use syscase::case::{self, Document, Tree};
use syscase::claims::{Book, Run, collect, html, list, markdown, outlines};
use syscase::exec::Executor;
use syscase::judge::Verdict;
use syscase::plan::Planned;
use syscase::report::{CaseEvent, Counts, Event, JsonLines, Reporter, Saved, Terminal};
use syscase::run::{Session, suite};

use crate::cases;
use crate::cli::ClaimsArgs;
use crate::run::{create, listen_for_interrupts, no_worker, processors, status_of};
use crate::status::{Status, invalid, not_done};

pub(crate) fn claims(args: &ClaimsArgs, executor: Executor) -> Result<Status, Status> {
    let begin = Instant::now();
    let tree = cases::tree(&args.source)?;
    let suite = suite(&tree);
    let Tree { cases: planned, documents, .. } = tree;
    let documents = chosen(documents, args.document.as_deref())?;
    let planned: Vec<Planned> = planned.into_iter().filter(|case| is_about(case, &documents)).collect();
    // What cannot be written is said before anything is run.
    let mut files = Files::create(args)?;
    let runs = if args.results.is_empty() {
        vec![perform(args, executor, &planned, suite)?]
    } else {
        args.results.iter().map(|path| saved(path, &planned, &suite)).collect::<Result<_, _>>()?
    };
    let mut counts = Counts::default();
    runs.iter().flat_map(|run| &run.cases).for_each(|case| counts.add(case.verdict));
    counts.micros = begin.elapsed().as_micros() as u64;
    let failures: Vec<CaseEvent> = runs.iter().flat_map(|run| &run.cases).filter(|c| is_wrong(c)).cloned().collect();
    files.events(&runs)?;
    let book = collect(&outlines(&documents, &planned), runs);
    files.book(&book, counts)?;
    show(&book, failures)?;
    Ok(status_of(&counts))
}

/// The documents that are meant.
fn chosen(documents: Vec<Document>, name: Option<&str>) -> Result<Vec<Document>, Status> {
    if documents.is_empty() {
        return Err(invalid("the case tree lists no documents: it has no `documents.yaml`, or nothing in it"));
    }
    let Some(name) = name else { return Ok(documents) };
    let known: Vec<String> = documents.iter().map(|document| document.name.value.clone()).collect();
    let found: Vec<Document> = documents.into_iter().filter(|document| document.name.value == name).collect();
    if found.is_empty() {
        let near = case::did_you_mean(name, known.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(invalid(format!("no document is called `{name}`{near} (there are {})", known.join(", "))));
    }
    Ok(found)
}

fn is_about(case: &Planned, documents: &[Document]) -> bool {
    let document = case.claim.as_ref().map(|claim| &claim.document.value);
    document.is_some_and(|name| documents.iter().any(|document| document.name.value == *name))
}

fn is_wrong(case: &CaseEvent) -> bool {
    matches!(case.verdict, Verdict::Fail | Verdict::Error | Verdict::Xpass)
}

/// Runs the cases that judge the claims.
fn perform(args: &ClaimsArgs, executor: Executor, planned: &[Planned], suite: String) -> Result<Run, Status> {
    let executor = executor.with_deadline((args.deadline * 1e6) as u64).with_sandbox(args.sandbox.when);
    let interrupted = listen_for_interrupts(&executor)?;
    let session = Session::new(executor).map_err(no_worker)?;
    let jobs = args.jobs.map_or_else(processors, usize::from);
    let slots: Mutex<Vec<Option<CaseEvent>>> = Mutex::new(vec![None; planned.len()]);
    session
        .all(planned, jobs, &|index, event| {
            slots.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(event);
        })
        .map_err(no_worker)?;
    let cases: Vec<_> = slots.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect();
    if interrupted.load(Ordering::Acquire) {
        return Err(not_done(format!("interrupted; {} cases were not run", planned.len() - cases.len())));
    }
    let mut target = session.target().clone();
    target.suite = Some(suite);
    Ok(Run { target, cases })
}

/// What an earlier run of the same suite said of these cases.
fn saved(path: &Path, planned: &[Planned], suite: &str) -> Result<Run, Status> {
    let name = path.display();
    let file = File::open(path).map_err(|e| invalid(format!("cannot read {name}: {e}")))?;
    let saved = Saved::read(BufReader::new(file)).map_err(|e| invalid(format!("{name}: {e}")))?;
    match &saved.target.suite {
        Some(other) if other == suite => {}
        Some(other) => {
            let which = format!("they are of {other}, this is {suite}");
            return Err(invalid(format!("{name}: results of another version of the suite: {which}; run it again")));
        }
        None => return Err(invalid(format!("{name}: the results do not say which version of the suite they are of"))),
    }
    if !saved.finished {
        return Err(invalid(format!("{name}: the run did not come to its end (it has no summary)")));
    }
    let known: HashSet<&str> = planned.iter().map(|case| case.id.as_str()).collect();
    let cases: Vec<_> = saved.cases.into_iter().filter(|case| known.contains(case.id.as_str())).collect();
    if cases.is_empty() && !planned.is_empty() {
        return Err(invalid(format!("{name}: no case in it judges a claim")));
    }
    Ok(Run { target: saved.target, cases })
}

/// The reports that were asked for.
struct Files<'a> {
    json: Option<JsonLines<io::BufWriter<File>>>,
    markdown: Option<(&'a Path, io::BufWriter<File>)>,
    html: Option<(&'a Path, io::BufWriter<File>)>,
}

impl<'a> Files<'a> {
    fn create(args: &'a ClaimsArgs) -> Result<Self, Status> {
        let named = |path: &'a Path| create(path).map(|file| (path, file));
        Ok(Files {
            json: args.json.as_deref().map(create).transpose()?.map(JsonLines::new),
            markdown: args.markdown.as_deref().map(named).transpose()?,
            html: args.html.as_deref().map(named).transpose()?,
        })
    }

    fn event(&mut self, event: &Event) -> Result<(), Status> {
        let Some(json) = &mut self.json else { return Ok(()) };
        json.event(event).map_err(|e| not_done(format!("cannot write the events: {e}")))
    }

    /// The kernels, each with its cases.
    fn events(&mut self, runs: &[Run]) -> Result<(), Status> {
        for run in runs {
            self.event(&Event::Target(Box::new(run.target.clone())))?;
            run.cases.iter().try_for_each(|case| self.event(&Event::Case(Box::new(case.clone()))))?;
        }
        Ok(())
    }

    /// What came of the claims, in every format.
    fn book(&mut self, book: &Book, counts: Counts) -> Result<(), Status> {
        book.claims().try_for_each(|claim| self.event(&Event::Claim(Box::new(claim.clone()))))?;
        self.event(&Event::Summary(counts))?;
        if let Some((path, file)) = &mut self.markdown {
            write(file, path, &markdown(book))?;
        }
        if let Some((path, file)) = &mut self.html {
            write(file, path, &html(book).map_err(not_done)?)?;
        }
        Ok(())
    }
}

fn write(file: &mut impl Write, path: &Path, text: &str) -> Result<(), Status> {
    let written = file.write_all(text.as_bytes()).and_then(|()| file.flush());
    written.map_err(|e| not_done(format!("cannot write {}: {e}", path.display())))
}

/// For people: the cases that went wrong, then the claims.
fn show(book: &Book, failures: Vec<CaseEvent>) -> Result<(), Status> {
    let mut out = io::stdout().lock();
    let colour = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut terminal = Terminal::new(&mut out, colour);
    let shown = failures.into_iter().try_for_each(|case| terminal.event(&Event::Case(Box::new(case))));
    let shown = shown.and_then(|()| out.write_all(list(book).as_bytes())).and_then(|()| out.flush());
    match shown {
        // Whoever reads may have read enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(not_done(format!("cannot write to the terminal: {error}")))
        }
        _ => Ok(()),
    }
}
