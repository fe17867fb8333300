//! As much of roff as a manual page's ERRORS section needs: lines, their macros, their plain text.

/// A line of a page, without comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RoffLine {
    /// A request or macro, with its arguments in plain text.
    Macro(String, Vec<String>),
    /// Plain text.
    Text(String),
}

impl RoffLine {
    /// What the line puts on the page: text, or the arguments of a macro that sets a font.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            RoffLine::Text(text) => Some(text.clone()),
            RoffLine::Macro(name, args) => match name.as_str() {
                "B" | "I" | "SM" | "SB" => Some(args.join(" ")),
                "BR" | "RB" | "BI" | "IB" | "IR" | "RI" => Some(args.concat()),
                _ => None,
            },
        }
    }
}

/// The lines of a page. What defines macros or is ignored by roff is left out.
pub(super) fn lines(text: &str) -> impl Iterator<Item = RoffLine> {
    let mut until = None;
    text.lines().filter_map(move |line| {
        let request = line.strip_prefix(['.', '\'']).map(str::trim_start);
        if let Some(end) = &until {
            if request.is_some_and(|r| r.trim_end() == end) {
                until = None;
            }
            return None;
        }
        let Some(request) = request else { return Some(RoffLine::Text(plain(line))) };
        let (name, rest) = request.split_at(request.find(char::is_whitespace).unwrap_or(request.len()));
        match name {
            "" => None,
            _ if name.starts_with('\\') => None,
            "de" | "am" | "ig" => {
                let arguments = arguments(rest);
                let end = arguments.get(usize::from(name != "ig")).map_or(".", String::as_str);
                until = Some(end.to_owned());
                None
            }
            _ => Some(RoffLine::Macro(name.to_owned(), arguments(rest))),
        }
    })
}

/// The arguments of a macro: words, or what stands in double quotes (in which two stand for one).
fn arguments(rest: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut chars = rest.chars().peekable();
    loop {
        while chars.next_if(|c| *c == ' ' || *c == '\t').is_some() {}
        let quoted = match chars.peek() {
            None => break,
            Some('"') => chars.next().is_some(),
            Some(_) => false,
        };
        let mut word = String::new();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    word.push(c);
                    if chars.peek() == Some(&'"') {
                        // A comment: nothing of the line is left.
                        word.push('"');
                        chars.by_ref().for_each(drop);
                    } else {
                        word.extend(chars.next());
                    }
                }
                '"' if quoted && chars.next_if_eq(&'"').is_none() => break,
                ' ' | '\t' if !quoted => break,
                _ => word.push(c),
            }
        }
        if word != "\\\"" {
            arguments.push(plain(&word));
        }
    }
    arguments
}

/// Text without escapes: fonts and spacing are dropped, characters by name become characters.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            None | Some('"') => break,
            Some('-') => out.push('-'),
            Some('e' | '\\') => out.push('\\'),
            Some(' ' | '~' | '0') => out.push(' '),
            Some('&' | '|' | '^' | '/' | ',' | ':' | ')' | '%' | 'c' | 'd' | 'u') => {}
            Some('f' | 'm' | 'M' | 'F' | '*') => drop(name(&mut chars)),
            Some('s') => {
                let rest = chars.as_str();
                chars = rest.strip_prefix(['+', '-']).unwrap_or(rest).chars();
                name(&mut chars);
            }
            Some('h' | 'v' | 'w' | 'l' | 'L' | 'D') => {
                if let Some(quote) = chars.next() {
                    chars.by_ref().find(|c| *c == quote);
                }
            }
            Some(open @ ('(' | '[')) => {
                let name = if open == '(' { chars.by_ref().take(2).collect() } else { bracketed(&mut chars) };
                out.push(character(&name));
            }
            Some(other) => out.push(other),
        }
    }
    out
}

/// The name after an escape: one character, `(` and two, or `[` up to `]`.
fn name(chars: &mut std::str::Chars<'_>) -> String {
    match chars.next() {
        Some('(') => chars.by_ref().take(2).collect(),
        Some('[') => bracketed(chars),
        one => one.into_iter().collect(),
    }
}

fn bracketed(chars: &mut std::str::Chars<'_>) -> String {
    chars.by_ref().take_while(|c| *c != ']').collect()
}

/// A character by its roff name. Those that error names and calls are not made of are all one.
fn character(name: &str) -> char {
    match name {
        "aq" => '\'',
        "dq" => '"',
        "hy" | "mi" | "en" | "em" => '-',
        "rs" => '\\',
        "bu" => '•',
        "ul" => '_',
        _ => '\u{fffd}',
    }
}
