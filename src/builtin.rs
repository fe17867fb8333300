//! The cases that are built into the program.

use std::io::Read;
use std::sync::LazyLock;

use crate::case::Origin;

/// Case files: path (below the directory of case files) and bytes of text.
const NAMES: &[(&str, usize)] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// Their texts, one after the other, deflated.
const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/builtin.deflate"));

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = String::with_capacity(NAMES.iter().map(|(_, len)| len).sum());
    let read = flate2::read::DeflateDecoder::new(PACKED).read_to_string(&mut text);
    read.expect("the build packed it");
    text
});

static FILES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let mut rest = TEXT.as_str();
    let file = |&(name, len): &(&'static str, usize)| {
        let (text, tail) = rest.split_at(len);
        rest = tail;
        (name, text)
    };
    NAMES.iter().map(file).collect()
});

/// Directory below the project's root that the case files are in.
const ROOT: &str = "cases";

/// The case tree that is built in.
pub fn origin() -> Origin<'static> {
    Origin::Texts(ROOT, &FILES)
}
