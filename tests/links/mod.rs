//! Where the documents lead: links to files, headings of other documents, and paths of this repository in code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Failed;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// What a path of this repository begins with where it stands as code.
const TOPS: [&str; 9] = ["src/", "runner/", "tests/", "cases/", "docs/", "ci/", "fuzz/", ".ci/", ".github/"];

/// The documents: at the top, and in `docs/`.
pub(crate) fn documents() -> Vec<PathBuf> {
    let below = |dir: &str| fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let all = below(".").chain(below("docs")).filter(|path| path.extension().is_some_and(|end| end == "md"));
    let mut all: Vec<PathBuf> = all.map(|path| path.strip_prefix(".").map_or(path.clone(), Path::to_owned)).collect();
    all.sort();
    assert!(all.len() > 10, "{all:?}");
    all
}

/// Every relative link, with the heading that it names, and every path in code is there.
pub(crate) fn lead_somewhere(document: &Path) -> Result<(), Failed> {
    let dir = document.parent().unwrap_or(Path::new(""));
    let page = Page::read(document)?;
    let broken = |link: &&String| {
        let (file, heading) = link.split_once('#').unwrap_or((link, ""));
        let file = if file.is_empty() { document.to_owned() } else { dir.join(file) };
        !file.exists() || !heading.is_empty() && Page::read(&file).map_or(true, |to| !to.headings.contains(heading))
    };
    let wrong: Vec<&String> =
        page.links.iter().filter(broken).chain(page.paths.iter().filter(|path| !Path::new(path).exists())).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("these lead nowhere: {wrong:?}").into()) }
}

#[derive(Default)]
struct Page {
    /// As links name them.
    headings: BTreeSet<String>,
    /// Destinations in this repository.
    links: Vec<String>,
    /// Paths of this repository in code.
    paths: Vec<String>,
}

impl Page {
    fn read(document: &Path) -> std::io::Result<Self> {
        let text = fs::read_to_string(document)?;
        let (mut page, mut heading) = (Page::default(), None);
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) if !dest_url.contains(':') => {
                    page.links.push(dest_url.into_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.headings.extend(heading.take().map(|text| anchor(&text))),
                Event::Text(text) | Event::Code(text) if heading.is_some() => {
                    heading.iter_mut().for_each(|heading| heading.push_str(&text));
                }
                Event::Code(code) if TOPS.iter().any(|top| code.starts_with(top)) && is_plain(&code) => {
                    page.paths.push(code.into_string());
                }
                _ => {}
            }
        }
        Ok(page)
    }
}

/// Whether it can only be a path: `ci/targets/NAME.yaml` and `ci/fuzz [SECONDS]` stand for others.
fn is_plain(code: &str) -> bool {
    code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "/._-".contains(c))
}

/// A heading as GitHub makes an anchor of it.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>();
    kept.replace(' ', "-")
}
