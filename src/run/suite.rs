//! Which version of the suite this is.

use crate::case::Tree;

/// The program's version and a digest of all case files, such as `0.1.0+c0ffee42`: results with the same one can be
/// compared, whatever part of the suite was run.
pub fn suite<C>(tree: &Tree<C>) -> String {
    format!("{}+{:08x}", env!("CARGO_PKG_VERSION"), tree.digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{self, Origin, load_matching};

    const FIXTURES: &str = "fixtures: {pipe: {steps: [{call: pipe2, args: {flags: []}}]}}\n";
    const CASES: &str =
        "subject: pipe(2)\ncases: {a: {summary: A., use: [pipe], steps: [{call: getpid, expect: {return: 1}}]}}\n";

    fn part(path: &str, fixtures: &str, cases: &str, filter: Option<&str>) -> String {
        let texts = [("fixtures.yaml", fixtures), (path, cases)];
        let tree = load_matching(Origin::Texts("", &texts), filter, Ok);
        suite(&tree.unwrap_or_else(|wrong| panic!("{}", case::render(&wrong, false))))
    }

    fn of(path: &str, fixtures: &str, cases: &str) -> String {
        part(path, fixtures, cases, None)
    }

    #[test]
    fn every_change_of_a_case_is_another_version() {
        let one = of("pipe/a.yaml", FIXTURES, CASES);
        assert!(one.starts_with(concat!(env!("CARGO_PKG_VERSION"), "+")), "{one}");
        assert_eq!(of("pipe/a.yaml", FIXTURES, CASES), one);
        assert_eq!(part("pipe/a.yaml", FIXTURES, CASES, Some("other")), one, "it is that of all cases");
        assert_ne!(of("pipe/b.yaml", FIXTURES, CASES), one, "a path is a part of the ids");
        assert_ne!(of("pipe/a.yaml", FIXTURES, &CASES.replace("getpid", "getppid")), one);
        assert_ne!(of("pipe/a.yaml", &FIXTURES.replace("[]}", "[O_CLOEXEC]}"), CASES), one, "shared fixtures count");
    }
}
