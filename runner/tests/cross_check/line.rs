//! One line of strace's, or of syscase's: both write the same notation.

/// A call with what came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// As they stand there, without comments.
    pub(crate) args: Vec<String>,
    /// What it returned, -1 for an error; none if it did not return.
    pub(crate) ret: Option<i64>,
    /// The error's name.
    pub(crate) errno: Option<String>,
    /// What stands after that, in parentheses: the error in words, or the value once more.
    pub(crate) remark: String,
}

impl Call {
    /// Reads `name(arguments) = value (remark)`.
    pub(crate) fn read(line: &str) -> Option<Self> {
        // What has not returned is not closed.
        let closed = line.strip_suffix(" <unfinished ...>").or(line.strip_suffix("(<unfinished ...>"));
        let closed = closed.map(|line| line.trim_end().trim_end_matches(',').to_owned());
        let closed = closed.map(|line| if line.contains('(') { line + ")" } else { line + "()" });
        let line = closed.as_deref().unwrap_or(line);
        let (name, rest) = line.split_once('(')?;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return None;
        }
        let (mut args, rest) = split(rest)?;
        if args.last().is_some_and(|last| last.ends_with("<unfinished ...>")) {
            args.pop();
        }
        let mut call = Call { name: name.to_owned(), args, ..Call::default() };
        // A line ends early where its process did.
        let Some(value) = rest.trim_start().strip_prefix("= ") else { return Some(call) };
        let (first, rest) = value.split_once(' ').unwrap_or((value, ""));
        call.ret = number(first);
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        let failed = word.starts_with('E') && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        call.errno = failed.then(|| word.to_owned());
        let remark = if failed { after } else { rest };
        call.remark = remark.strip_prefix('(').and_then(split).map_or(String::new(), |(parts, _)| parts.join(", "));
        Some(call)
    }
}

/// Splits at the commas up to the closing parenthesis, leaves out comments, and gives what is after it.
fn split(text: &str) -> Option<(Vec<String>, &str)> {
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0_usize);
    let mut rest = text;
    loop {
        let c = rest.chars().next()?;
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/")?.1;
            part.truncate(part.trim_end().len());
            continue;
        }
        let len = match c {
            '"' => quoted(rest)?,
            _ => c.len_utf8(),
        };
        match c {
            ')' if depth == 0 => {
                parts.extend(Some(part.trim().to_owned()).filter(|p| !p.is_empty() || !parts.is_empty()));
                return Some((parts, &rest[1..]));
            }
            ',' if depth == 0 => parts.push(std::mem::take(&mut part).trim().to_owned()),
            _ => part.push_str(&rest[..len]),
        }
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        rest = &rest[len..];
    }
}

/// Length of the string that the text begins with, its quotes included.
pub(crate) fn quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (i, b) in text.bytes().enumerate().skip(1) {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(i + 1),
            _ => {}
        }
    }
    None
}

/// A number: decimal, hexadecimal, or octal with a leading 0; those above the signed ones wrap around.
pub(crate) fn number(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let value = match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok()?,
        None if digits.len() > 1 && digits.starts_with('0') => u64::from_str_radix(digits, 8).ok()?,
        None => digits.parse::<u64>().ok()?,
    };
    Some(if negative { value.cast_signed().wrapping_neg() } else { value.cast_signed() })
}
