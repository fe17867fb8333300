//! Which files may have cases whose ids contain a text, before they are parsed.

use super::substitute::EMPTY;

/// The words of a filter, each with the `/` after it. Each word of an id stands in the path of its file or in its text.
pub(super) struct Words<'f>(Vec<&'f str>);

impl<'f> Words<'f> {
    pub(super) fn of(filter: &'f str) -> Self {
        let plain = filter.split(|c: char| !c.is_ascii_alphanumeric() && !"_-.+:/".contains(c));
        let words = plain.flat_map(|words| words.split_inclusive('/'));
        Words(words.filter(|word| !word.is_empty() && *word != EMPTY).collect())
    }

    /// Whether a file of this path (without its ending) and of this text has them all.
    pub(super) fn are_in(&self, stem: &str, text: &str) -> bool {
        let path = format!("{stem}/");
        self.0.iter().all(|word| path.contains(word) || text.contains(word) || without_references(text).contains(word))
    }
}

/// As values show: `$r` as `r`.
fn without_references(text: &str) -> String {
    text.replace('$', "")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::case::{Origin, load_matching, load_texts};

    const CASES: &str = "subject: read(2)
fixtures: {a: {steps: [{call: pipe2, args: {flags: []}, bind: {pipefd: [r, w]}}]}}
cases:
  plain: {summary: A., steps: [{call: getpid, expect: {return: $pid}}]}
  rows:
    summary: A $what.
    use: [a]
    params: {fd: [$r, $w], flags: [[], [O_RDONLY, O_NONBLOCK]], what: [\"file/x\", \"a\\tb\"]}
    steps: [{call: fcntl, args: {fd: $fd, op: F_SETFL, arg: $flags}, expect: {return: 0}}]
";
    const OTHER: &str = "subject: tee(2)
cases: {other: {summary: B., steps: [{call: getppid, expect: {return: $ppid}}]}}
";

    fn ids(filter: Option<&str>) -> Vec<String> {
        let texts = [("read/some.yaml", CASES), ("tee/more.yaml", OTHER)];
        let tree = load_matching(Origin::Texts("cases", &texts), filter, |case| Ok(case.id));
        tree.unwrap_or_else(|wrong| panic!("{wrong:?}")).cases
    }

    /// Whatever part of an id is asked for, its file is loaded.
    #[test]
    fn no_case_is_lost() {
        for id in ids(None) {
            for begin in 0..id.len() {
                for len in [1, 4, 9, id.len()] {
                    let part = &id[begin..id.len().min(begin + len)];
                    assert!(ids(Some(part)).contains(&id), "{part} of {id}");
                }
            }
        }
    }

    #[rstest]
    #[case::folder("tee/", &["tee/more/other"])]
    #[case::whole("tee/more/other", &["tee/more/other"])]
    #[case::nowhere("tee/some", &[])]
    fn other_files_are_left_out(#[case] filter: &str, #[case] found: &[&str]) {
        assert_eq!(ids(Some(filter)), found);
    }

    /// Nobody has to care for what is wrong elsewhere; and it is the same version of the cases.
    #[test]
    fn other_files_may_be_wrong() {
        let texts = [("read/some.yaml", CASES), ("tee/more.yaml", "subject: [")];
        let load = |filter| load_matching(Origin::Texts("cases", &texts), filter, Ok);
        assert!(load(None).is_err() && load(Some("tee/")).is_err());
        let read = load(Some("read/")).unwrap();
        assert_eq!(read.cases.len(), load_texts([texts[0]]).unwrap().len());
        assert_eq!(read.digest, load(Some("read/some/plain")).unwrap().digest);
    }
}
