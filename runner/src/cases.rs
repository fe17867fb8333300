//! Which cases there are, and which are meant.

use std::io::IsTerminal;
use std::path::Path;

use syscase::case::{self, Case, Diagnostic, Document, Tree};
use syscase::plan::{Planned, plan};

use crate::cli::Source;
use crate::status::{Status, wrong};

/// Directory that is looked for when none is named.
const CASES: &str = "cases";

/// Loads and plans the cases; says all that is wrong with them.
pub(crate) fn planned(source: &Source) -> Result<Vec<Planned>, Status> {
    tree(source).map(|(planned, _)| planned)
}

/// As [`planned`], with the documents that the cases' claims are from.
pub(crate) fn tree(source: &Source) -> Result<(Vec<Planned>, Vec<Document>), Status> {
    let tree = load(origin(source))?;
    Ok((tree.cases, tree.documents))
}

/// Where cases are taken from.
fn origin(source: &Source) -> case::Origin<'_> {
    match &source.cases {
        Some(dir) => case::Origin::Dir(dir),
        None if Path::new(CASES).is_dir() => case::Origin::Dir(Path::new(CASES)),
        None => syscase::builtin::origin(),
    }
}

/// Loads the cases and makes something else of each than a plan; says all that is wrong with them.
pub(crate) fn load_each<T: Send>(
    source: &Source,
    each: impl Fn(Case) -> Result<T, Vec<Diagnostic>> + Sync,
) -> Result<Tree<T>, Status> {
    load_with(origin(source), each)
}

/// Loads and plans what is there; says all that is wrong with it.
pub(crate) fn load(origin: case::Origin<'_>) -> Result<Tree<Planned>, Status> {
    load_with(origin, |case| plan(&case))
}

fn load_with<T: Send>(
    origin: case::Origin<'_>,
    each: impl Fn(Case) -> Result<T, Vec<Diagnostic>> + Sync,
) -> Result<Tree<T>, Status> {
    case::load_with(origin, each).map_err(|diagnostics| {
        eprint!("{}", case::render(&diagnostics, std::io::stderr().is_terminal()));
        let s = if diagnostics.len() == 1 { "" } else { "s" };
        eprintln!("{} error{s}; nothing was run", diagnostics.len());
        Status::Wrong
    })
}

/// The cases whose id contains the filter. None is an error.
pub(crate) fn filter(cases: Vec<Planned>, filter: Option<&str>) -> Result<Vec<Planned>, Status> {
    let Some(filter) = filter else { return Ok(cases) };
    let total = cases.len();
    let (matching, others): (Vec<_>, Vec<_>) = cases.into_iter().partition(|c| c.id.contains(filter));
    if matching.is_empty() {
        let near = nearest(filter, &others);
        return Err(wrong(format!("no case matches `{filter}` (of {total}){near}")));
    }
    Ok(matching)
}

/// The one case of this id.
pub(crate) fn find(cases: Vec<Planned>, id: &str) -> Result<Planned, Status> {
    let near = nearest(id, &cases);
    cases.into_iter().find(|c| c.id == id).ok_or_else(|| wrong(format!("no case has the id `{id}`{near}")))
}

fn nearest(text: &str, cases: &[Planned]) -> String {
    // A part of an id is compared with parts: `wirte` is near `write`.
    let parts = cases.iter().flat_map(|c| c.id.split('/').take(2).chain([c.id.as_str()]));
    case::did_you_mean(text, parts).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
