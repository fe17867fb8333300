//! The manual pages that are installed: finding them, unpacking them, following their links.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::page::{Page, link};

/// Where pages are looked for if no directory is named.
const DIRS: [&str; 2] = ["/usr/local/share/man", "/usr/share/man"];

/// Longest page that is read, in bytes.
const MAX_PAGE: u64 = 4 << 20;

/// Most links from page to page.
const MAX_LINKS: usize = 8;

/// Section 2 of the manual.
#[derive(Clone, Debug)]
pub struct Manual {
    /// Directories that hold `man2`.
    roots: Vec<PathBuf>,
}

impl Manual {
    /// The manual of this directory (one that holds `man2`, or `man2` itself), or the one installed; none if
    /// there are no pages.
    pub fn find(dir: Option<&Path>) -> Option<Manual> {
        let roots: Vec<PathBuf> = match dir {
            None => DIRS.map(PathBuf::from).to_vec(),
            Some(dir) if dir.join("man2").is_dir() => vec![dir.to_owned()],
            Some(dir) => {
                let section = fs::canonicalize(dir).ok()?;
                if section.file_name().is_none_or(|name| name != "man2") {
                    return None;
                }
                vec![section.parent()?.to_owned()]
            }
        };
        let has_pages = |root: &PathBuf| {
            let mut entries = fs::read_dir(root.join("man2")).into_iter().flatten().flatten();
            entries.any(|entry| is_page(&entry.file_name().to_string_lossy()))
        };
        let roots: Vec<_> = roots.into_iter().filter(has_pages).collect();
        (!roots.is_empty()).then_some(Manual { roots })
    }

    /// The page of this name in section 2; none if there is no such page.
    ///
    /// # Errors
    /// With the reason, if it cannot be read or is no manual page.
    pub fn page(&self, name: &str) -> Option<Result<Page, String>> {
        let path = self.roots.iter().find_map(|root| existing(&root.join(format!("man2/{name}.2"))))?;
        Some(self.read(path))
    }

    fn read(&self, mut path: PathBuf) -> Result<Page, String> {
        for _ in 0..MAX_LINKS {
            let path_now = fs::canonicalize(&path).unwrap_or(path);
            let text = unpacked(&path_now).map_err(|e| e.to_string())?;
            let Some(target) = link(&text) else { return Page::parse(&page_name(&path_now), &text) };
            path = self.target(&target).ok_or_else(|| format!("it refers to `{target}`, which is not there"))?;
        }
        Err(format!("more than {MAX_LINKS} links from page to page"))
    }

    /// The file that `.so` names, relative to the root of the manual.
    fn target(&self, target: &str) -> Option<PathBuf> {
        self.roots.iter().find_map(|root| {
            let below = root.join(target);
            existing(&below).or_else(|| existing(&root.join("man2").join(target)))
        })
    }
}

/// The page as it is, or compressed.
fn existing(path: &Path) -> Option<PathBuf> {
    let packed = PathBuf::from(format!("{}.gz", path.display()));
    // A link that leads nowhere exists too: it is a page that cannot be read.
    [path.to_owned(), packed].into_iter().find(|p| p.symlink_metadata().is_ok())
}

fn is_page(name: &str) -> bool {
    name.ends_with(".2") || name.ends_with(".2.gz")
}

/// `open.2`.
fn page_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".gz").unwrap_or(&name).to_owned()
}

/// The text of a page. Pages in another encoding than UTF-8 have their error names in ASCII all the same.
fn unpacked(path: &Path) -> io::Result<String> {
    let file = fs::File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    if path.extension().is_some_and(|end| end == "gz") {
        MultiGzDecoder::new(file).take(MAX_PAGE + 1).read_to_end(&mut bytes)?;
    } else {
        file.take(MAX_PAGE + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MAX_PAGE {
        return Err(io::Error::other(format!("it is longer than {MAX_PAGE} bytes")));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
