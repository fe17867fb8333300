//! Bytes as strace quotes them.

/// Longer strings are cut off here, as strace does.
pub(in crate::judge) const STRING_LIMIT: usize = 32;

/// Quoted bytes.
pub(in crate::judge) fn quoted(bytes: &[u8]) -> String {
    quote(bytes, false)
}

/// Quoted bytes; `more` says that some were left out before this was called.
pub(super) fn quote(bytes: &[u8], more: bool) -> String {
    let shown = &bytes[..bytes.len().min(STRING_LIMIT)];
    let mut text = String::from("\"");
    for (i, &byte) in shown.iter().enumerate() {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\r' => text.push_str("\\r"),
            0x0b => text.push_str("\\v"),
            0x0c => text.push_str("\\f"),
            b' '..=b'~' => text.push(char::from(byte)),
            // Before a digit, all three octal digits are needed.
            _ if shown.get(i + 1).is_some_and(u8::is_ascii_digit) => text.push_str(&format!("\\{byte:03o}")),
            _ => text.push_str(&format!("\\{byte:o}")),
        }
    }
    text.push('"');
    if more || bytes.len() > shown.len() {
        text.push_str("...");
    }
    text
}
