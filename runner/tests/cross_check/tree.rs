//! The structure of an argument in strace's notation.

use super::line::quoted;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    /// A number, a constant, flags.
    Word(String),
    /// A string; `more` if it was cut off.
    Text { bytes: Vec<u8>, more: bool },
    /// `[a, b]`.
    List(Vec<Tree>),
    /// `[a b]`, with at least two members.
    Set(Vec<Tree>),
    /// `{name=value, …}`; what has no name has an empty one.
    Struct(Vec<(String, Tree)>),
    /// `inet_addr("127.0.0.1")`.
    Function(String, Vec<Tree>),
    /// `[2] => [6]`: before the call, and after it.
    Change(Box<Tree>, Box<Tree>),
    /// `...`: more elements or fields that are not shown.
    Rest,
}

impl Tree {
    /// Reads a whole argument; what cannot be taken apart is a word.
    pub(crate) fn read(text: &str) -> Tree {
        let mut reader = Reader { rest: text };
        let tree = reader.value();
        if reader.rest.trim().is_empty() { tree } else { Tree::Word(text.to_owned()) }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(token);
        self.rest = found.unwrap_or(rest);
        found.is_some()
    }

    fn value(&mut self) -> Tree {
        let value = self.simple();
        if self.skip("=>") {
            return Tree::Change(Box::new(value), Box::new(self.simple()));
        }
        value
    }

    fn simple(&mut self) -> Tree {
        if self.skip("...") {
            return Tree::Rest;
        }
        if self.skip("[") {
            return self.list();
        }
        if self.skip("{") {
            return Tree::Struct(self.items("}", Self::field));
        }
        if self.rest.starts_with('"') {
            return self.text();
        }
        let end = self.rest.find([',', ' ', '(', ')', '[', ']', '{', '}']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        // makedev, htons, inet_addr
        if !word.is_empty() && self.skip("(") {
            return Tree::Function(word.to_owned(), self.items(")", Self::value));
        }
        Tree::Word(word.to_owned())
    }

    fn items<T>(&mut self, end: &str, item: fn(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        while !self.skip(end) && !self.rest.is_empty() {
            let before = self.rest.len();
            items.push(item(self));
            self.skip(",");
            if self.rest.len() == before {
                break;
            }
        }
        items
    }

    fn list(&mut self) -> Tree {
        let (mut items, mut commas) = (Vec::new(), 0);
        while !self.skip("]") && !self.rest.is_empty() {
            let before = self.rest.len();
            items.push(self.value());
            commas += usize::from(self.skip(","));
            if self.rest.len() == before {
                break;
            }
        }
        if items.len() > 1 && commas == 0 { Tree::Set(items) } else { Tree::List(items) }
    }

    fn field(&mut self) -> (String, Tree) {
        self.skip("");
        let name_end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(0);
        let (name, rest) = self.rest.split_at(name_end);
        match rest.strip_prefix('=').filter(|_| !name.is_empty()) {
            Some(rest) => {
                self.rest = rest;
                (name.to_owned(), self.value())
            }
            None => (String::new(), self.value()),
        }
    }

    fn text(&mut self) -> Tree {
        let Some(len) = quoted(self.rest) else { return Tree::Word(std::mem::take(&mut self.rest).to_owned()) };
        let bytes = unescape(&self.rest[1..len - 1]);
        self.rest = &self.rest[len..];
        let more = self.rest.starts_with("...") && self.skip("...");
        Tree::Text { bytes, more }
    }
}

/// The bytes that stand between quotes.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let mut octal = String::new();
        while let Some(digit) = rest.next_if(|b| octal.len() < 3 && (b'0'..=b'7').contains(b)) {
            octal.push(char::from(digit));
        }
        bytes.push(match u8::from_str_radix(&octal, 8) {
            Ok(byte) => byte,
            Err(_) => match rest.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'r') => b'\r',
                Some(b'v') => 0x0b,
                Some(b'f') => 0x0c,
                Some(b'x') => {
                    let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16)).unwrap_or(0) as u8;
                    digit() << 4 | digit()
                }
                other => other.unwrap_or(b'\\'),
            },
        });
    }
    bytes
}
