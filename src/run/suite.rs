//! Which version of the suite this is.

use std::sync::Arc;

use crate::plan::Planned;

/// The program's version and a digest of all its cases, such as `0.1.0+c0ffee42`: results with the
/// same one can be compared. Takes every case there is, not only those that are run.
pub fn suite<'c>(cases: impl IntoIterator<Item = &'c Planned>) -> String {
    let mut digest = flate2::Crc::new();
    let mut seen = Vec::new();
    for case in cases {
        digest.update(case.id.as_bytes());
        // Steps may come from shared fixtures.
        let spans = case.lines.iter().map(|line| &line.span).chain([&case.span]);
        for source in spans.map(|span| &span.source) {
            // Cases of one file stand together.
            if !seen.iter().rev().take(4).any(|known| Arc::ptr_eq(known, source)) {
                digest.update(source.text.as_bytes());
                seen.push(Arc::clone(source));
            }
        }
    }
    format!("{}+{:08x}", env!("CARGO_PKG_VERSION"), digest.sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{case, plan};

    const FIXTURES: &str = "fixtures: {pipe: {steps: [{call: pipe2, args: {flags: []}}]}}\n";
    const CASES: &str =
        "subject: pipe(2)\ncases: {a: {summary: A., use: [pipe], steps: [{call: getpid, expect: {return: 1}}]}}\n";

    fn of(path: &str, fixtures: &str, cases: &str) -> String {
        let cases = case::load_texts([("fixtures.yaml", fixtures), (path, cases)]).and_then(|c| plan::plan_all(&c));
        suite(&cases.unwrap_or_else(|wrong| panic!("{}", case::render(&wrong, false))))
    }

    #[test]
    fn every_change_of_a_case_is_another_version() {
        let one = of("pipe/a.yaml", FIXTURES, CASES);
        assert!(one.starts_with(concat!(env!("CARGO_PKG_VERSION"), "+")), "{one}");
        assert_eq!(of("pipe/a.yaml", FIXTURES, CASES), one);
        assert_ne!(of("pipe/b.yaml", FIXTURES, CASES), one, "a path is a part of the ids");
        assert_ne!(of("pipe/a.yaml", FIXTURES, &CASES.replace("getpid", "getppid")), one);
        assert_ne!(of("pipe/a.yaml", &FIXTURES.replace("[]}", "[O_CLOEXEC]}"), CASES), one, "shared fixtures count");
    }
}
