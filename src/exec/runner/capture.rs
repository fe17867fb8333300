//! Captured memory in text: two hexadecimal digits a byte; `xx*N ` for a run of one byte, and `xx+N ` for a run
//! that counts as [`Fill::Pattern`](crate::plan::Fill::Pattern) does. Most of what a case reads is one of these.

use std::fmt::Write;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

use crate::plan::{MAX_CAPTURE, MAX_TRACE_DATA};

/// Runs from this length on are written as such.
const RUN: usize = 5;

pub(in crate::exec) fn serialize<S: Serializer>(captures: &[Option<Vec<u8>>], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(captures.iter().map(|capture| capture.as_deref().map(encode)))
}

pub(in crate::exec) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Option<Vec<u8>>>, D::Error> {
    let texts = Vec::<Option<String>>::deserialize(from)?;
    let mut room = MAX_TRACE_DATA as usize;
    let mut bytes = |text: String| {
        let bytes = decode(&text, room.min(MAX_CAPTURE as usize)).ok_or_else(|| D::Error::custom("no bytes"))?;
        room -= bytes.len();
        Ok(bytes)
    };
    texts.into_iter().map(|text| text.map(&mut bytes).transpose()).collect()
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut rest = bytes;
    while let [first, ..] = rest {
        let same = rest.iter().take_while(|byte| *byte == first).count();
        let counting = 1 + rest.windows(2).take_while(|two| two[1] == next(two[0])).count();
        // Writing to a string cannot fail.
        let (len, _) = match same.max(counting) {
            ..RUN => (1, write!(text, "{first:02x}")),
            len if len == same => (len, write!(text, "{first:02x}*{len} ")),
            len => (len, write!(text, "{first:02x}+{len} ")),
        };
        rest = &rest[len..];
    }
    text
}

/// What follows a byte of a pattern.
fn next(byte: u8) -> u8 {
    if byte < 250 { byte + 1 } else { 0 }
}

/// The bytes, if they are so many at most.
fn decode(text: &str, max: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if bytes.len() == max {
            return None;
        }
        let byte = u8::from_str_radix(rest.get(..2)?, 16).ok()?;
        rest = &rest[2..];
        let Some(run) = rest.strip_prefix(['*', '+']) else {
            bytes.push(byte);
            continue;
        };
        let (len, after) = run.split_once(' ')?;
        let len = len.parse().ok().filter(|&len: &usize| len <= max - bytes.len())?;
        if rest.starts_with('*') {
            bytes.resize(bytes.len() + len, byte);
        } else {
            bytes.extend(std::iter::successors(Some(byte), |byte| Some(next(*byte))).take(len));
        }
        rest = after;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn runs_are_short() {
        assert_eq!(encode(&[0xa5; 65536]), "a5*65536 ");
        assert_eq!(encode(b"ab\0\0\0\0\0c"), "616200*5 63");
        let pattern: Vec<u8> = (0..4096).map(|i| ((7 + i) % 251) as u8).collect();
        assert_eq!(encode(&pattern), "07+4096 ");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(runs in prop::collection::vec((any::<u8>(), 1..9usize, any::<bool>()), 0..20)) {
            let run = |(byte, len, counts): (u8, usize, bool)| {
                std::iter::successors(Some(byte), move |b| Some(if counts { next(*b) } else { *b })).take(len)
            };
            let bytes: Vec<u8> = runs.into_iter().flat_map(run).collect();
            let text = encode(&bytes);
            prop_assert!(bytes.is_empty() || decode(&text, bytes.len() - 1).is_none());
            prop_assert_eq!(decode(&text, bytes.len()), Some(bytes));
        }

        #[test]
        fn garbage_is_refused_or_read(text in "[0-9a-f*+ x]{0,12}", max in 0..1000usize) {
            prop_assert!(decode(&text, max).is_none_or(|bytes| bytes.len() <= max));
        }
    }
}
