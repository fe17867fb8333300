//! Which version of the suite this is.

use std::sync::Arc;

use crate::plan::Planned;

/// The program's version and a digest of all its cases, such as `0.1.0+c0ffee42`: results with the
/// same one can be compared. Takes every case there is, not only those that are run.
pub fn suite(cases: &[Planned]) -> String {
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
