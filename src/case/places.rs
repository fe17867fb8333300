//! From the character counts that the YAML parser gives to bytes, lines and columns.

use std::sync::Arc;

use super::node::{Source, Span};

/// Makes [`Span`]s into one source.
pub(super) struct Places {
    source: Arc<Source>,
    /// Byte offset of each character; none where all are one byte long.
    bytes: Option<Vec<usize>>,
    /// First byte and first character of each line.
    lines: Vec<(usize, usize)>,
}

impl Places {
    pub(super) fn new(source: Arc<Source>) -> Self {
        let text = &source.text;
        let mut lines = vec![(0, 0)];
        let bytes = if text.is_ascii() {
            lines.extend(text.match_indices('\n').map(|(at, _)| (at + 1, at + 1)));
            None
        } else {
            let ends = text.char_indices().enumerate().filter(|(_, (_, c))| *c == '\n');
            lines.extend(ends.map(|(nth, (at, _))| (at + 1, nth + 1)));
            Some(text.char_indices().map(|(at, _)| at).collect())
        };
        Places { source, bytes, lines }
    }

    /// The byte at which the `nth` character begins.
    fn byte(&self, nth: usize) -> usize {
        let end = self.source.text.len();
        match &self.bytes {
            None => nth.min(end),
            Some(bytes) => bytes.get(nth).copied().unwrap_or(end),
        }
    }

    /// The characters from `start` up to `end`.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let first = self.byte(start);
        let line = self.lines.partition_point(|(byte, _)| *byte <= first) - 1;
        let column = start.saturating_sub(self.lines[line].1) + 1;
        Span {
            source: self.source.clone(),
            start: first,
            end: self.byte(end).max(first),
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// The first tab in the indentation of the line of the `nth` character or of the line after it.
    pub(super) fn tab_near(&self, nth: usize) -> Option<Span> {
        let at = self.byte(nth);
        let line = self.lines.partition_point(|(byte, _)| *byte <= at) - 1;
        self.lines[line..].iter().take(2).find_map(|&(byte, char)| {
            let rest = &self.source.text[byte..];
            let indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let tab = rest[..indent].find('\t')?;
            Some(self.span(char + tab, char + tab + 1))
        })
    }
}
