//! Lines of JSON that come from elsewhere: one at a time, each of bounded length, read straight into what they hold.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use serde::Deserialize;

/// The longest line that is read, in bytes; more than the largest trace and its probe's take.
pub const MAX_LINE: u64 = 64 << 20;

/// Reads the next line into `line`; false if there is none. What is longer than [`MAX_LINE`] is cut short, which
/// leaves no whole JSON.
///
/// # Errors
/// Those of the reader.
pub fn read_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    from.by_ref().take(MAX_LINE).read_until(b'\n', line)?;
    if line.len() as u64 == MAX_LINE && line.last() != Some(&b'\n') {
        from.skip_until(b'\n')?;
    }
    Ok(!line.is_empty())
}

/// The `type` of a line. Deriving for a tagged enum would keep a copy of all fields, many times their size, until
/// it knows the tag.
///
/// # Errors
/// When the line is no JSON object with a type.
pub fn kind(line: &[u8]) -> serde_json::Result<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(rename = "type", borrow)]
        kind: Cow<'a, str>,
    }
    serde_json::from_slice(line).map(|Kind { kind }| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_not_continued() {
        let long = MAX_LINE as usize + 100;
        let text =
            [vec![b'x'; long], b"\nnext\n".to_vec(), vec![b'y'; MAX_LINE as usize - 1], b"\nlast".to_vec()].concat();
        let (mut from, mut line, mut lengths) = (text.as_slice(), Vec::new(), Vec::new());
        while read_line(&mut from, &mut line).expect("memory can be read") {
            lengths.push(line.len() as u64);
        }
        assert_eq!(lengths, [MAX_LINE, 5, MAX_LINE, 4]);
    }
}
