//! `syscase report`: results of many targets as pages.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;

use syscase::case::{Case, Claim, Span};
use syscase::report::{Site, Source, SourceClaim, SourceFixture};

use crate::cases;
use crate::cli::ReportArgs;
use crate::kernel_coverage;
use crate::results::Results;
use crate::status::{Status, invalid, not_done};

pub(crate) fn report(args: &ReportArgs) -> Result<Status, Status> {
    let mut site = Site::new(sources(args)?);
    if let Some(path) = &args.kernel_coverage {
        site = site.with_kernel(kernel_coverage::page(path)?);
    }
    for Results { name, path } in &args.results {
        let shown = path.display().to_string();
        let file = File::open(path).map_err(|e| invalid(format!("cannot open {shown}: {e}")))?;
        let lines = BufReader::with_capacity(1 << 18, file);
        let told = site.add_as(name.as_deref(), &shown, lines).map_err(|e| invalid(format!("{shown}: {e}")))?;
        if !told {
            eprintln!("warning: {shown} is left out: its target ended before it said what it is");
        }
    }
    let (cases, targets) = site.size();
    if cases == 0 {
        return Err(invalid("there is no case in the results"));
    }
    let dir = Empty::take(&args.html)?;
    site.write(dir.path).map_err(|e| not_done(format!("cannot write to {}: {e}", dir.path.display())))?;
    dir.keep();
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let (cases, targets) = (count(cases, "case"), count(targets, "target"));
    println!("{cases} on {targets}: open {}", args.html.join("index.html").display());
    Ok(Status::Success)
}

/// The cases at hand, by id.
fn sources(args: &ReportArgs) -> Result<HashMap<String, Source>, Status> {
    let source = |case: Case| {
        let claim = case.claim.map(claim);
        let fixtures = case.fixtures.iter().map(fixture).collect();
        Ok((case.id, Source { summary: case.summary, yaml: lines(&case.span), fixtures, claim }))
    };
    Ok(cases::load_each(&args.source, source)?.cases.into_iter().collect())
}

fn fixture(key: &Span) -> SourceFixture {
    SourceFixture { file: key.source.path.clone(), line: key.line, yaml: lines(key) }
}

fn claim(claim: Claim) -> SourceClaim {
    SourceClaim {
        id: claim.id.value,
        document: claim.document.value,
        section: claim.section,
        line: claim.line,
        term: claim.term,
        states: claim.states,
        instead: claim.instead,
    }
}

/// The lines of the mapping entry whose key stands there, moved to the margin.
fn lines(key: &Span) -> String {
    let text = &key.source.text;
    let begin = text[..key.start].rfind('\n').map_or(0, |newline| newline + 1);
    let margin = key.start - begin;
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut lines: Vec<&str> = text[begin..].lines().collect();
    let inside = |line: &&str| line.trim().is_empty() || indent(line) > margin;
    let end = 1 + lines[1..].iter().take_while(|line| inside(line)).count();
    lines.truncate(end);
    let text: Vec<&str> = lines.iter().map(|line| line.get(margin..).unwrap_or_default()).collect();
    text.join("\n").trim_end().to_owned()
}

/// A directory that had nothing in it, and has nothing in it again unless it is kept.
struct Empty<'a> {
    path: &'a Path,
    made: bool,
    kept: bool,
}

impl<'a> Empty<'a> {
    fn take(path: &'a Path) -> Result<Self, Status> {
        let shown = path.display();
        let made = match fs::read_dir(path) {
            Ok(mut entries) => match entries.next() {
                None => false,
                Some(_) => {
                    return Err(invalid(format!("{shown} is not empty; the pages need a directory of their own")));
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(path).map_err(|e| invalid(format!("cannot make the directory {shown}: {e}")))?;
                true
            }
            Err(error) => return Err(invalid(format!("cannot use {shown} as a directory: {error}"))),
        };
        // To be told so now, and as what it is.
        let dir = Empty { path, made, kept: false };
        let index = path.join("index.html");
        File::create(&index).map_err(|e| invalid(format!("cannot write to {shown}: {e}")))?;
        Ok(dir)
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Empty<'_> {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // What cannot be removed is left: the error that led here is told already.
        for entry in fs::read_dir(self.path).into_iter().flatten().flatten() {
            let path = entry.path();
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
        if self.made {
            let _ = fs::remove_dir(self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use syscase::case::{Source, Span};

    use super::lines;

    #[test]
    fn a_case_is_the_lines_of_its_entry() {
        let text = "subject: a(2)\ncases:\n  one:\n    summary: é.\n\n    steps: []\n\n  two:\n    summary: B.\n";
        let at = |key: &str| {
            let start = text.find(key).unwrap();
            let source = Arc::new(Source { path: "a.yaml".into(), text: text.into() });
            lines(&Span { source, start, end: start + 3, line: 1, column: 3 })
        };
        assert_eq!(at("one"), "one:\n  summary: é.\n\n  steps: []");
        assert_eq!(at("two"), "two:\n  summary: B.");
    }
}
