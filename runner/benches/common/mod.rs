//! What benchmarks share: the cheapest case, and programs that are the floor.

use std::path::{Path, PathBuf};
use std::process::Command;

const TRIVIAL: &str = "
subject: getpid(2)
cases:
  trivial:
    summary: A process has an id; this is try $i.
    params: {i: [LIST]}
    steps:
      - {call: getpid, args: {}, expect: {return: $pid}}
";

/// A case file with so many rows of one step.
pub(crate) fn trivial_cases(rows: u32) -> String {
    TRIVIAL.replace("LIST", &(0..rows).map(|i| i.to_string()).collect::<Vec<_>>().join(", "))
}

/// Builds a static program from a source file beside the benchmarks.
pub(crate) fn build(source: &str, dir: &Path) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches").join(source);
    let program = dir.join(source).with_extension("");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(rustc)
        .args(["--edition", "2024", "-O", "-C", "target-feature=+crt-static", "-C", "strip=symbols", "-o"])
        .args([&program, &path])
        .status();
    assert!(status.is_ok_and(|s| s.success()), "rustc builds {source}");
    program
}
