//! Messages on a line where every byte takes its time: many lines as one that is shorter.

use std::io::{self, Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};
use serde::{Deserialize, Serialize};

use crate::report::MAX_LINE;

/// How such a line begins.
const BEGIN: &[u8] = br#"{"type":"packed","#;

/// `{"type":"packed","lines":"…"}`: lines deflated, in base64.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename = "packed")]
struct PackedLine<'a> {
    lines: &'a str,
}

/// Writes lines packed, as many together as are given to it together.
pub struct Packed<W> {
    out: W,
    /// Its memory is made but once.
    deflate: Compress,
    deflated: Vec<u8>,
    text: String,
}

impl<W: Write> Packed<W> {
    /// To where they are to go.
    pub fn new(out: W) -> Self {
        let deflate = Compress::new(Compression::fast(), false);
        Packed { out, deflate, deflated: Vec::new(), text: String::new() }
    }

    fn deflate(&mut self, mut lines: &[u8]) -> io::Result<()> {
        self.deflate.reset();
        self.deflated.clear();
        loop {
            self.deflated.reserve(lines.len() / 2 + 256);
            let before = self.deflate.total_in();
            let status = self.deflate.compress_vec(lines, &mut self.deflated, FlushCompress::Finish)?;
            lines = &lines[(self.deflate.total_in() - before) as usize..];
            if status == Status::StreamEnd {
                return Ok(());
            }
        }
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        self.deflate(lines)?;
        self.text.clear();
        STANDARD.encode_string(&self.deflated, &mut self.text);
        let mut line = serde_json::to_vec(&PackedLine { lines: &self.text })?;
        line.push(b'\n');
        self.out.write_all(&line)?;
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The lines in a line, if that is what it is; as much of them as a line may have.
pub(super) fn unpack(line: &[u8]) -> Option<Vec<u8>> {
    let line: PackedLine<'_> = serde_json::from_slice(line.starts_with(BEGIN).then_some(line)?).ok()?;
    let deflated = STANDARD.decode(line.lines).ok()?;
    let mut lines = Vec::new();
    DeflateDecoder::new(&deflated[..]).take(MAX_LINE).read_to_end(&mut lines).ok()?;
    Some(lines)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(lines in prop::collection::vec("[a-z{}\":]{0,300}\n", 0..20), times in 1..3usize) {
            let lines = lines.concat().into_bytes();
            let mut packed = Packed::new(Vec::new());
            for _ in 0..times {
                packed.write_all(&lines)?;
            }
            for line in packed.out.split_inclusive(|byte| *byte == b'\n') {
                prop_assert_eq!(unpack(line), Some(lines.clone()));
            }
        }
    }

    #[test]
    fn what_repeats_itself_gets_short() {
        let lines = r#"{"type":"begin","id":"pipe2/errors/unknown-flag"}"#.repeat(1000);
        let mut packed = Packed::new(Vec::new());
        packed.write_all(lines.as_bytes()).unwrap();
        assert!(packed.out.len() < lines.len() / 50, "{} bytes", packed.out.len());
    }

    #[test]
    fn other_lines_are_left_alone() {
        for line in ["", "garbage", r#"{"type":"end","performed":1}"#, r#"{"type":"packed","lines":"!"}"#] {
            assert_eq!(unpack(line.as_bytes()), None, "{line}");
        }
    }
}
