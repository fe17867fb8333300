//! Which cases there are, and which are meant.

use std::hash::Hasher;
use std::io::IsTerminal;
use std::path::Path;

use fnv::FnvHasher;
use syscase::case::{self, Case, Diagnostic, Origin, Tree};
use syscase::plan::{Planned, plan};
use syscase::run::{Feed, suite};

use crate::cli::{Grounds, Shard, Source};
use crate::status::{Status, invalid};

/// Directory that is looked for when none is named.
const CASES: &str = "cases";

/// Loads and plans all cases; says all that is wrong with them.
pub(crate) fn tree(source: &Source) -> Result<Tree<Planned>, Status> {
    load_each(source, |case| plan(&case))
}

/// Loads and plans the cases whose id contains the filter, of the files that may have such; and the version of the
/// suite. None is an error.
pub(crate) fn planned(source: &Source, filter: Option<&str>) -> Result<(Vec<Planned>, String), Status> {
    let tree = load(origin(source), filter, |case| plan(&case))?;
    let suite = suite(&tree);
    let Some(text) = filter else { return Ok((tree.cases, suite)) };
    let matching: Vec<_> = tree.cases.into_iter().filter(|case| case.id.contains(text)).collect();
    match matching.is_empty() {
        true => Err(none_matches(text, &self::tree(source)?.cases)),
        false => Ok((matching, suite)),
    }
}

fn origin(source: &Source) -> Origin<'_> {
    match &source.cases {
        Some(dir) => Origin::Dir(dir),
        None if Path::new(CASES).is_dir() => Origin::Dir(Path::new(CASES)),
        None => syscase::builtin::origin(),
    }
}

/// Whether the cases are those built in, which tests have found to be well-formed.
pub(crate) fn are_built_in(source: &Source) -> bool {
    matches!(origin(source), Origin::Texts(..))
}

/// Where a case went that was loaded into a feed.
enum Fed {
    /// To this index.
    In(usize),
    /// Nowhere: what it rests on is not asked for.
    RestsElsewhere,
    /// Nowhere: the filter is not for it.
    Other,
}

/// Loads and plans the built-in cases into a feed, those whose id contains the filter. Returns the order of
/// the feed's indexes, and the version of the suite.
pub(crate) fn feed(feed: &Feed, filter: Option<&str>, grounds: &Grounds) -> Result<(Vec<usize>, String), Status> {
    let loaded = load(syscase::builtin::origin(), filter, |case| {
        let planned = plan(&case)?;
        if filter.is_some_and(|filter| !planned.id.contains(filter)) {
            return Ok(Fed::Other);
        }
        let rests = grounds.take(planned.rests.as_ref());
        Ok(if rests { Fed::In(feed.push(planned)) } else { Fed::RestsElsewhere })
    });
    feed.close();
    let tree = loaded?;
    let suite = suite(&tree);
    let total = tree.cases.iter().filter(|fed| !matches!(fed, Fed::Other)).count();
    let index = |fed| match fed {
        Fed::In(index) => Some(index),
        Fed::RestsElsewhere | Fed::Other => None,
    };
    let order: Vec<_> = tree.cases.into_iter().filter_map(index).collect();
    match (order.is_empty(), filter) {
        (false, _) => Ok((order, suite)),
        (true, Some(filter)) if total == 0 => Err(none_matches(filter, &self::tree(&Source { cases: None })?.cases)),
        (true, _) => Err(rest_elsewhere(total)),
    }
}

/// The cases that rest on what is asked for. None is an error.
pub(crate) fn resting(cases: Vec<Planned>, grounds: &Grounds) -> Result<Vec<Planned>, Status> {
    let total = cases.len();
    let resting: Vec<_> = cases.into_iter().filter(|case| grounds.take(case.rests.as_ref())).collect();
    if resting.is_empty() && total > 0 { Err(rest_elsewhere(total)) } else { Ok(resting) }
}

fn rest_elsewhere(total: usize) -> Status {
    invalid(format!("none of {total} cases rests on what --rests names"))
}

/// Loads the cases and makes of each what `each` says; says all that is wrong with them.
pub(crate) fn load_each<T: Send>(
    source: &Source,
    each: impl Fn(Case) -> Result<T, Vec<Diagnostic>> + Sync,
) -> Result<Tree<T>, Status> {
    load(origin(source), None, each)
}

/// As [`load_each`], wherever the cases come from; of those files alone that may have ids with the filter in them.
pub(crate) fn load<T: Send>(
    origin: Origin<'_>,
    filter: Option<&str>,
    each: impl Fn(Case) -> Result<T, Vec<Diagnostic>> + Sync,
) -> Result<Tree<T>, Status> {
    case::load_matching(origin, filter, each).map_err(|diagnostics| refused(&diagnostics))
}

/// Says what is wrong.
pub(crate) fn say(diagnostics: &[Diagnostic]) {
    eprint!("{}", case::render(diagnostics, std::io::stderr().is_terminal()));
}

/// The same of cases, for which nothing is run.
pub(crate) fn refused(diagnostics: &[Diagnostic]) -> Status {
    say(diagnostics);
    let s = if diagnostics.len() == 1 { "" } else { "s" };
    eprintln!("{} error{s}; nothing was run", diagnostics.len());
    Status::Invalid
}

/// The cases whose id contains the filter. None is an error.
pub(crate) fn filter(cases: Vec<Planned>, filter: Option<&str>) -> Result<Vec<Planned>, Status> {
    let Some(filter) = filter else { return Ok(cases) };
    let (matching, others): (Vec<_>, Vec<_>) = cases.into_iter().partition(|c| c.id.contains(filter));
    if matching.is_empty() { Err(none_matches(filter, &others)) } else { Ok(matching) }
}

fn none_matches(filter: &str, cases: &[Planned]) -> Status {
    let near = nearest(filter, cases);
    invalid(format!("no case matches `{filter}` (of {}){near}", cases.len()))
}

/// The cases of a part. Which part a case is in depends on its id alone, so that parts of one tree fit together.
pub(crate) fn shard(cases: Vec<Planned>, shard: Option<Shard>) -> Result<Vec<Planned>, Status> {
    let Some(Shard { number, of }) = shard else { return Ok(cases) };
    let total = cases.len();
    let mine = |case: &Planned| {
        let mut hash = FnvHasher::default();
        hash.write(case.id.as_bytes());
        hash.finish() % of == number - 1
    };
    let mine: Vec<_> = cases.into_iter().filter(mine).collect();
    if mine.is_empty() {
        return Err(invalid(format!("part {number} of {of} of {total} cases is empty")));
    }
    Ok(mine)
}

/// The one case of this id.
pub(crate) fn find(source: &Source, id: &str) -> Result<Planned, Status> {
    let found = load(origin(source), Some(id), |case| plan(&case))?.cases.into_iter().find(|case| case.id == id);
    match found {
        Some(case) => Ok(case),
        None => {
            let near = nearest(id, &tree(source)?.cases);
            Err(invalid(format!("no case has the id `{id}`{near}")))
        }
    }
}

fn nearest(text: &str, cases: &[Planned]) -> String {
    // A part of an id is compared with parts: `wirte` is near `write`.
    let parts = cases.iter().flat_map(|c| c.id.split('/').take(2).chain([c.id.as_str()]));
    case::did_you_mean(text, parts).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
