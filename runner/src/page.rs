//! A document that several commands write: each its own section, between two comments.

use std::fs;
use std::io;
use std::path::Path;

/// What a document begins with.
const TITLE: &str = "# Results\n";

/// Puts a section in the place of the last one of that name, or after all that there is.
pub(crate) fn write(path: &Path, name: &str, section: &str) -> io::Result<()> {
    let before = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        text => text?,
    };
    fs::write(path, replaced(&before, name, section))
}

fn replaced(before: &str, name: &str, section: &str) -> String {
    let (begin, end) = (format!("<!-- begin: syscase {name} -->\n"), format!("<!-- end: syscase {name} -->\n"));
    let ours = format!("{begin}\n{}\n\n{end}", section.trim_end());
    let place = before.find(&begin).and_then(|from| Some((from, from + before[from..].find(&end)? + end.len())));
    match place {
        Some((from, to)) => [&before[..from], &ours, &before[to..]].concat(),
        None => {
            let before = if before.is_empty() { TITLE } else { before };
            format!("{}\n\n{ours}", before.trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_goes_to_its_place_and_leaves_the_others() {
        let one = replaced("", "one", "## One\n");
        assert_eq!(one, "# Results\n\n<!-- begin: syscase one -->\n\n## One\n\n<!-- end: syscase one -->\n");
        let both = replaced(&one, "two", "## Two");
        assert!(both.starts_with(&one));
        let new = replaced(&both, "one", "## New");
        assert_eq!(new, both.replace("## One", "## New"));
        assert_eq!(replaced(&new, "two", "## Two"), new);
    }

    #[test]
    fn what_is_no_section_stays() {
        assert!(replaced("Notes\n", "one", "## One").starts_with("Notes\n\n<!-- begin: syscase one -->"));
    }
}
