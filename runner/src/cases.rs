//! Which cases there are, and which are meant.

use std::hash::Hasher;
use std::io::IsTerminal;
use std::path::Path;

use fnv::FnvHasher;
use syscase::case::{self, Case, Diagnostic, Document, Origin, Tree};
use syscase::plan::{Planned, plan};
use syscase::run::{Feed, suite};

use crate::cli::{Grounds, Shard, Source};
use crate::status::{Status, invalid};

/// Directory that is looked for when none is named.
const CASES: &str = "cases";

/// Loads and plans the cases; says all that is wrong with them.
pub(crate) fn planned(source: &Source) -> Result<Vec<Planned>, Status> {
    tree(source).map(|(planned, _)| planned)
}

/// As [`planned`], with the documents that the cases' claims are from.
pub(crate) fn tree(source: &Source) -> Result<(Vec<Planned>, Vec<Document>), Status> {
    let tree = load_each(source, |case| plan(&case))?;
    Ok((tree.cases, tree.documents))
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
    /// Nowhere: the filter is not for it.
    Left(Box<Planned>),
}

/// Loads and plans the built-in cases into a feed, those whose id contains the filter. Returns the order of
/// the feed's indexes, and the version of the suite.
pub(crate) fn feed(feed: &Feed, filter: Option<&str>, grounds: &Grounds) -> Result<(Vec<usize>, String), Status> {
    let loaded = load(syscase::builtin::origin(), |case| {
        let planned = plan(&case)?;
        let wanted = filter.is_none_or(|filter| planned.id.contains(filter)) && grounds.take(planned.rests.as_ref());
        Ok(if wanted { Fed::In(feed.push(planned)) } else { Fed::Left(Box::new(planned)) })
    });
    feed.close();
    let fed = loaded?.cases;
    let suite = suite(fed.iter().filter_map(|fed| match fed {
        Fed::In(index) => feed.get(*index),
        Fed::Left(planned) => Some(planned),
    }));
    let (mut order, mut left) = (Vec::new(), Vec::new());
    for fed in fed {
        match fed {
            Fed::In(index) => order.push(index),
            Fed::Left(planned) => left.push(*planned),
        }
    }
    if order.is_empty() {
        chosen(left, filter, grounds)?;
    }
    Ok((order, suite))
}

/// The cases whose id contains the filter and that rest on what is asked for. None is an error.
pub(crate) fn chosen(cases: Vec<Planned>, filter: Option<&str>, grounds: &Grounds) -> Result<Vec<Planned>, Status> {
    let matching = self::filter(cases, filter)?;
    let total = matching.len();
    let resting: Vec<_> = matching.into_iter().filter(|case| grounds.take(case.rests.as_ref())).collect();
    if resting.is_empty() && total > 0 {
        return Err(invalid(format!("none of {total} cases rests on what --rests names")));
    }
    Ok(resting)
}

/// Loads the cases and makes of each what `each` says; says all that is wrong with them.
pub(crate) fn load_each<T: Send>(
    source: &Source,
    each: impl Fn(Case) -> Result<T, Vec<Diagnostic>> + Sync,
) -> Result<Tree<T>, Status> {
    load(origin(source), each)
}

/// As [`load_each`], wherever the cases come from.
pub(crate) fn load<T: Send>(
    origin: Origin<'_>,
    each: impl Fn(Case) -> Result<T, Vec<Diagnostic>> + Sync,
) -> Result<Tree<T>, Status> {
    case::load_with(origin, each).map_err(|diagnostics| {
        eprint!("{}", case::render(&diagnostics, std::io::stderr().is_terminal()));
        let s = if diagnostics.len() == 1 { "" } else { "s" };
        eprintln!("{} error{s}; nothing was run", diagnostics.len());
        Status::Invalid
    })
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
pub(crate) fn find(cases: Vec<Planned>, id: &str) -> Result<Planned, Status> {
    let near = nearest(id, &cases);
    cases.into_iter().find(|c| c.id == id).ok_or_else(|| invalid(format!("no case has the id `{id}`{near}")))
}

fn nearest(text: &str, cases: &[Planned]) -> String {
    // A part of an id is compared with parts: `wirte` is near `write`.
    let parts = cases.iter().flat_map(|c| c.id.split('/').take(2).chain([c.id.as_str()]));
    case::did_you_mean(text, parts).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
