//! Case files on disk or in memory → cases, or everything that is wrong with them.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    io::Read,
    path::{Path, PathBuf},
    thread,
};

use super::{
    decode::{Decoder, Document, FIXTURES as FIXTURES_KEY},
    diagnostic::Diagnostic,
    documents::{self, Identity},
    expand,
    filter::Words,
    fixtures::Fixtures,
    model::Case,
    node::{Node, Span},
    yaml,
};

/// Holds the fixtures of a whole tree.
const FIXTURES: &str = "fixtures.yaml";

/// Lists the documents that a tree's claims are from.
const DOCUMENTS: &str = "documents.yaml";

/// Most diagnostics that are kept for one file.
const MAX_DIAGS: usize = 50;

/// A case file.
struct Input {
    /// Path as it is shown.
    shown: String,
    /// Path relative to the root of its tree.
    relative: PathBuf,
    /// Root of its tree: an index into the roots.
    root: usize,
    /// The root is no more than the place where it likely is.
    guessed: bool,
    text: Text,
}

/// Text at hand, or where to read it.
enum Text {
    Given(String),
    At(PathBuf),
}

impl Input {
    fn text(&self) -> Result<Cow<'_, str>, Vec<Diagnostic>> {
        match &self.text {
            Text::Given(text) => Ok(Cow::Borrowed(text)),
            Text::At(path) => read(path, &self.shown).map(Cow::Owned).map_err(|wrong| vec![wrong]),
        }
    }

    /// What the file holds, and a digest of that and of its path.
    fn parse(&self) -> Result<(Node, u32), Vec<Diagnostic>> {
        let text = self.text()?;
        Ok((yaml::parse(&self.shown, &text)?, self.digest(&text)))
    }

    fn digest(&self, text: &str) -> u32 {
        let mut digest = flate2::Crc::new();
        digest.update(self.relative.as_os_str().as_encoded_bytes());
        digest.update(text.as_bytes());
        digest.sum()
    }

    /// Its path without the ending, with which the ids of its cases begin.
    fn stem(&self) -> PathBuf {
        self.relative.with_extension("")
    }

    fn is_fixtures(&self) -> bool {
        self.relative == Path::new(FIXTURES)
    }

    fn is_documents(&self) -> bool {
        self.relative == Path::new(DOCUMENTS)
    }
}

/// A whole case tree, its cases as they are or as what was made of them.
#[derive(Clone, Debug, Default)]
pub struct Tree<C = Case> {
    /// The cases, in the order of their files.
    pub cases: Vec<C>,
    /// The documents that their claims are from, in the order of `documents.yaml`.
    pub documents: Vec<Document>,
    /// A digest of all files and their paths, those included whose cases were not asked for.
    pub digest: u32,
}

type Loaded = Result<Vec<Case>, Vec<Diagnostic>>;

/// Where cases come from.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// Every file below a directory. Ids are paths relative to it.
    Dir(&'a Path),
    /// Files and directories. The root of a tree, which ids are relative to, is the nearest directory
    /// above that has a `fixtures.yaml` or a `documents.yaml`; without one, a directory is its own root, and a
    /// file's is that of its folder's.
    Paths(&'a [PathBuf]),
    /// Texts at hand: paths relative to the root of their tree, and what is in them.
    /// Messages show the paths as they are below the directory named first.
    Texts(&'a str, &'a [(&'a str, &'a str)]),
}

/// Loads cases and makes something of each while others are still being read, such as a plan: what was
/// read of a file is given up before the next one is read.
///
/// # Errors
/// All that is wrong with the files, and all that `each` finds wrong.
pub fn load_with<T: Send>(
    source: Origin<'_>,
    each: impl Fn(Case) -> Result<T, Vec<Diagnostic>> + Sync,
) -> Result<Tree<T>, Vec<Diagnostic>> {
    load_matching(source, None, each)
}

/// As [`load_with`], of those files alone that may have a case whose id contains the filter. What is wrong with the
/// others is not noticed.
///
/// # Errors
/// As with [`load_with`].
pub fn load_matching<T: Send>(
    source: Origin<'_>,
    filter: Option<&str>,
    each: impl Fn(Case) -> Result<T, Vec<Diagnostic>> + Sync,
) -> Result<Tree<T>, Vec<Diagnostic>> {
    let (inputs, diags) = match source {
        Origin::Dir(path) => in_dir(path),
        Origin::Paths(paths) => in_paths(paths),
        Origin::Texts(shown_root, texts) => (given(shown_root, texts), Vec::new()),
    };
    load(inputs, diags, Wanted { filter: filter.map(Words::of), each: &each })
}

/// Loads every case below a directory. Ids are paths relative to it.
pub fn load_dir(path: &Path) -> Loaded {
    load_with(Origin::Dir(path), Ok).map(|tree| tree.cases)
}

/// Loads files and directories; see [`Origin::Paths`].
pub fn load_paths(paths: &[PathBuf]) -> Loaded {
    load_with(Origin::Paths(paths), Ok).map(|tree| tree.cases)
}

/// Loads cases from texts: paths relative to the root of their tree, and what is in them.
pub fn load_texts<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Loaded {
    let texts: Vec<_> = texts.into_iter().collect();
    load_with(Origin::Texts("", &texts), Ok).map(|tree| tree.cases)
}

fn in_dir(path: &Path) -> (Vec<Input>, Vec<Diagnostic>) {
    let mut inputs = Vec::new();
    let mut diags = Vec::new();
    walk(path, Path::new(""), 0, &mut inputs, &mut diags);
    if diags.is_empty() && inputs.iter().all(|i| i.is_fixtures() || i.is_documents()) {
        let label = format!("no file below it ends with `.yaml`, `{FIXTURES}` and `{DOCUMENTS}` aside");
        diags.push(Diagnostic::file(path.display().to_string(), "there is no case file", label));
    }
    (inputs, diags)
}

fn in_paths(paths: &[PathBuf]) -> (Vec<Input>, Vec<Diagnostic>) {
    let mut roots: Vec<PathBuf> = Vec::new();
    let mut inputs: Vec<Input> = Vec::new();
    let mut diags = Vec::new();
    let mut seen = HashSet::new();
    for path in paths {
        let mut found = Vec::new();
        if let Some(place) = place_of(path, &mut diags) {
            let nth = index_of(&mut roots, &place.root);
            if place.is_dir {
                walk(path, &place.relative, nth, &mut found, &mut diags);
                if found.is_empty() && diags.is_empty() {
                    let label = "no file below it ends with `.yaml`";
                    diags.push(Diagnostic::file(path.display().to_string(), "there is no case file", label));
                }
            } else {
                found.push(Input { guessed: place.guessed, ..input(path, place.relative, nth) });
            }
        }
        found.retain(|input| seen.insert((input.root, input.relative.clone())));
        inputs.extend(found);
    }
    // What stands above what was asked for.
    let cwd = std::env::current_dir().unwrap_or_default();
    for (nth, root) in roots.iter().enumerate() {
        for name in [FIXTURES, DOCUMENTS] {
            let path = root.join(name);
            if path.is_file() && seen.insert((nth, name.into())) {
                let shown = if paths.iter().any(|p| p.is_relative()) { path.strip_prefix(&cwd).ok() } else { None };
                inputs.push(input(shown.unwrap_or(&path), name.into(), nth));
            }
        }
    }
    (inputs, diags)
}

fn given(shown_root: &str, texts: &[(&str, &str)]) -> Vec<Input> {
    let input = |(path, text): &(&str, &str)| Input {
        shown: Path::new(shown_root).join(path).display().to_string(),
        relative: path.into(),
        root: 0,
        guessed: false,
        text: Text::Given((*text).to_owned()),
    };
    texts.iter().map(input).collect()
}

fn index_of(roots: &mut Vec<PathBuf>, root: &Path) -> usize {
    roots.iter().position(|r| r == root).unwrap_or_else(|| {
        roots.push(root.to_owned());
        roots.len() - 1
    })
}

/// Where a path belongs.
struct CasePath {
    root: PathBuf,
    relative: PathBuf,
    is_dir: bool,
    guessed: bool,
}

fn place_of(path: &Path, diags: &mut Vec<Diagnostic>) -> Option<CasePath> {
    let shown = path.display().to_string();
    let found = fs::metadata(path).and_then(|meta| Ok((meta.is_dir(), full(path, meta.is_dir())?)));
    let (is_dir, full) = match found {
        Ok(found) => found,
        Err(error) => {
            diags.push(Diagnostic::file(shown, "the path cannot be read", error.to_string()));
            return None;
        }
    };
    if !is_dir && !is_yaml(path) {
        let label = "expected a directory, or a file that ends with `.yaml` or `.yml`";
        diags.push(Diagnostic::file(shown, "this is not a case file", label));
        return None;
    }
    let own = if is_dir { full.as_path() } else { full.parent().unwrap_or(&full) };
    let marked = own.ancestors().find(|dir| [FIXTURES, DOCUMENTS].iter().any(|name| dir.join(name).is_file()));
    let fallback = if is_dir { own } else { own.parent().unwrap_or(own) };
    let root = marked.unwrap_or(fallback).to_owned();
    let relative = full.strip_prefix(&root).unwrap_or(path).to_owned();
    Some(CasePath { root, relative, is_dir, guessed: marked.is_none() })
}

/// The path from `/`, without `..`; a file keeps its own name though it be a link.
fn full(path: &Path, is_dir: bool) -> std::io::Result<PathBuf> {
    match (path.parent(), path.file_name()) {
        (Some(dir), Some(name)) if !is_dir => {
            let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
            Ok(fs::canonicalize(dir)?.join(name))
        }
        _ => fs::canonicalize(path),
    }
}

fn input(path: &Path, relative: PathBuf, root: usize) -> Input {
    let text = Text::At(path.to_owned());
    Input { shown: path.display().to_string(), relative, root, guessed: false, text }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "yaml" || end == "yml")
}

/// Finds the case files below a directory, which is `relative` to its root. Links to directories are not
/// followed: they may form a circle.
fn walk(dir: &Path, relative: &Path, nth: usize, inputs: &mut Vec<Input>, diags: &mut Vec<Diagnostic>) {
    let entries = match fs::read_dir(dir).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(entries) => entries,
        Err(error) => {
            diags.push(Diagnostic::file(dir.display().to_string(), "the directory cannot be read", error.to_string()));
            return;
        }
    };
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let relative = relative.join(name);
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, &relative, nth, inputs, diags);
        } else if is_yaml(&path) {
            inputs.push(input(&path, relative, nth));
        }
    }
}

/// Reads a file, unless it is too long or no file at all.
fn read(path: &Path, shown: &str) -> Result<String, Diagnostic> {
    let wrong = |title: &str, label: String| Diagnostic::file(shown, title, label);
    let failed = |error: std::io::Error| wrong("the file cannot be read", error.to_string());
    let meta = fs::metadata(path).map_err(failed)?;
    if meta.is_dir() {
        return Err(wrong("this is a directory", "expected a file".into()));
    }
    if !meta.is_file() {
        return Err(wrong("this is not a regular file", "reading it could wait forever".into()));
    }
    if meta.len() > yaml::MAX_FILE {
        return Err(yaml::too_long(shown, meta.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0) + 1);
    // It may have grown since.
    fs::File::open(path).and_then(|file| file.take(yaml::MAX_FILE + 1).read_to_end(&mut bytes)).map_err(failed)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes()[at];
        wrong("the file is not UTF-8", format!("byte {at} (0x{byte:02x}) does not belong to a character"))
    })
}

/// What is made of a case.
type Each<'f, T> = &'f (dyn Fn(Case) -> Result<T, Vec<Diagnostic>> + Sync);

/// What is asked for.
struct Wanted<'f, T> {
    filter: Option<Words<'f>>,
    each: Each<'f, T>,
}

fn load<T: Send>(
    mut inputs: Vec<Input>,
    mut diags: Vec<Diagnostic>,
    wanted: Wanted<'_, T>,
) -> Result<Tree<T>, Vec<Diagnostic>> {
    inputs.sort_by(|a, b| (a.root, &a.relative).cmp(&(b.root, &b.relative)));
    let (lists, inputs): (Vec<_>, Vec<_>) = inputs.into_iter().partition(Input::is_documents);
    let (tops, files): (Vec<_>, Vec<_>) = inputs.into_iter().partition(Input::is_fixtures);
    let mut trees = BTreeMap::new();
    let mut digest = flate2::Crc::new();
    for top in &tops {
        match top.parse() {
            Ok((tree, part)) => {
                digest.update(&part.to_ne_bytes());
                trees.insert(top.root, tree);
            }
            Err(wrong) => diags.extend(wrong),
        }
    }
    let mut decoder = Decoder::default();
    let mut globals: HashMap<usize, Fixtures<'_>> = HashMap::new();
    for (root, tree) in &trees {
        let fields = decoder.fields(tree, "file of shared fixtures", &[FIXTURES_KEY.name]);
        if let Some(node) = fields.and_then(|fields| decoder.required(&fields, FIXTURES_KEY.name)) {
            globals.entry(*root).or_default().add(&mut decoder, node);
        }
    }
    let mut documents: BTreeMap<usize, Vec<Document>> = BTreeMap::new();
    // Claims cannot be compared with a list that cannot be read.
    let mut unread = HashSet::new();
    for list in &lists {
        let found = decoder.diags.len();
        match list.parse() {
            Ok((tree, part)) => {
                digest.update(&part.to_ne_bytes());
                documents.insert(list.root, decoder.documents(&tree));
            }
            Err(wrong) => decoder.diags.extend(wrong),
        }
        if decoder.diags.len() > found {
            unread.insert(list.root);
        }
    }
    diags.append(&mut decoder.diags);

    let none = Fixtures::default();
    let (mut cases, mut keys) = (Vec::new(), Vec::new());
    // Where each tree's cases end.
    let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
    let loaded = in_parallel(&files, |file| load_file(file, globals.get(&file.root).unwrap_or(&none), &wanted));
    for (file, (found, wrong)) in files.iter().zip(loaded) {
        digest.update(&found.digest.to_ne_bytes());
        keys.extend(found.keys);
        cases.extend(found.made);
        diags.extend(wrong);
        ends.insert(file.root, keys.len());
    }
    refuse_duplicates(&keys, &mut diags);
    let mut begin = 0;
    for (root, end) in ends {
        if !unread.contains(&root) {
            diags.extend(documents::check(documents.get(&root).map(Vec::as_slice), &keys[begin..end]));
        }
        begin = end;
    }
    let mut seen = HashSet::new();
    // A fixture's mistake shows in every case that uses it.
    diags.retain(|d| seen.insert((d.title.clone(), d.span.as_ref().map(place), d.file.clone())));
    let documents = documents.into_values().flatten().collect();
    if diags.is_empty() { Ok(Tree { cases, documents, digest: digest.sum() }) } else { Err(diags) }
}

fn place(span: &Span) -> (String, usize) {
    (span.source.path.clone(), span.start)
}

/// What came of a file.
struct Found<T> {
    keys: Vec<Identity>,
    made: Vec<T>,
    digest: u32,
}

fn load_file<T>(file: &Input, globals: &Fixtures<'_>, wanted: &Wanted<'_, T>) -> (Found<T>, Vec<Diagnostic>) {
    let mut found = Found { keys: Vec::new(), made: Vec::new(), digest: 0 };
    let misplaced = [
        (FIXTURES, "shared fixtures stand at the top of the tree"),
        (DOCUMENTS, "the list of documents stands at the top of the tree"),
    ];
    let own_name = file.relative.file_name();
    if let Some((_, label)) = misplaced.iter().find(|(name, _)| own_name.is_some_and(|own| own == *name)) {
        return (found, vec![Diagnostic::file(&file.shown, "no cases are read from this file", *label)]);
    }
    let stem = file.stem();
    let text = match file.text() {
        Ok(text) => text,
        Err(diags) => return (found, diags),
    };
    found.digest = file.digest(&text);
    if wanted.filter.as_ref().is_some_and(|words| !words.are_in(&stem.to_string_lossy(), &text)) {
        return (found, Vec::new());
    }
    let (cases, mut diags) = match yaml::parse(&file.shown, &text) {
        Ok(root) => expand::cases(&root, &stem.to_string_lossy(), globals),
        Err(diags) => (Vec::new(), diags),
    };
    diags.extend(misnamed(file, &stem));
    let folders = stem.parent().filter(|_| !file.guessed);
    let folders = folders.into_iter().flatten().map(|name| name.to_string_lossy().into_owned());
    let folders: Vec<String> = folders.collect();
    for mut case in cases {
        case.folders.clone_from(&folders);
        found.keys.push(Identity { id: case.id.clone(), span: case.span.clone(), claim: case.claim.clone() });
        match (wanted.each)(case) {
            Ok(made) => found.made.push(made),
            Err(wrong) => diags.extend(wrong),
        }
    }
    // What is wrong with the file as a whole shows in every case of it.
    let mut seen = HashSet::new();
    diags.retain(|d| d.span.is_some() || seen.insert(d.title.clone()));
    if diags.len() > MAX_DIAGS {
        let more = diags.len() - MAX_DIAGS;
        diags.truncate(MAX_DIAGS);
        diags.push(Diagnostic::file(&file.shown, format!("{more} more errors in this file"), "not shown"));
    }
    (found, diags)
}

/// Refuses names of files and folders that would make ids that are no plain words.
fn misnamed(file: &Input, stem: &Path) -> Option<Diagnostic> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.".contains(c);
    let below = stem.file_name().map(Path::new).filter(|_| file.guessed).unwrap_or(stem);
    let names = below.iter().map(|name| name.to_string_lossy().into_owned());
    let name = names.into_iter().find(|name| !name.chars().all(plain))?;
    let near: String = name.to_lowercase().chars().map(|c| if plain(c) { c } else { '-' }).collect();
    let near = near.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let title = format!("`{}` cannot name a file or folder of cases", name.escape_debug());
    let wrong = Diagnostic::file(&file.shown, title, "expected small letters, digits, `_`, `-` and `.`");
    Some(if near.is_empty() { wrong } else { wrong.help(format!("call it `{near}`")) })
}

/// Does the work for every item on the processors there are, and gives the results in order.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    // Below that, starting threads costs more than it saves.
    const FEW: usize = 16;
    let threads = thread::available_parallelism().map_or(1, usize::from).min(8).min(items.len() / FEW);
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let share = items.len().div_ceil(threads);
        let do_part = |part: &[T]| part.iter().map(work).collect::<Vec<R>>();
        let start = |part| thread::Builder::new().spawn_scoped(scope, move || do_part(part)).map_err(|_| part);
        let parts: Vec<_> = items.chunks(share).map(start).collect();
        let join = |part: Result<thread::ScopedJoinHandle<'_, Vec<R>>, &[T]>| match part {
            Ok(part) => part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            // No more threads can be started.
            Err(part) => do_part(part),
        };
        parts.into_iter().flat_map(join).collect()
    })
}

fn refuse_duplicates(cases: &[Identity], diags: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, &Span> = HashMap::new();
    for case in cases {
        if let Some(first) = seen.insert(&case.id, &case.span) {
            let title = format!("two cases have the id `{}`", case.id);
            diags.push(Diagnostic::at(&case.span, title, "this one").related(first, "and this one"));
        }
    }
}
