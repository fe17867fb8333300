//! Constants in strace's notation.

use super::MODE;
use super::types::Set;

impl Set {
    /// The value of a constant; negative ones are extended to 64 bits by their sign.
    pub fn value(&self, name: &str) -> Option<u64> {
        self.consts.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// The first name of a value.
    pub fn name_of(&self, value: u64) -> Option<&'static str> {
        self.consts.iter().find(|(_, known)| *known == value).map(|(name, _)| *name)
    }

    /// All names of the set.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.consts.iter().map(|(name, _)| *name)
    }

    /// The value in strace's notation: `O_RDWR|O_CLOEXEC|0x8`, `SEEK_SET`. The value is that of a
    /// register: a signed type's is extended to 64 bits.
    pub fn decode(&self, value: u64) -> String {
        match self.value("O_ACCMODE") {
            // A number among flags: it comes first, and 0 has a name, too.
            Some(access) if value & !access != 0 => {
                format!("{}|{}", self.named(value & access), self.named(value & !access))
            }
            _ if self.modes => {
                let (mut parts, rest) = self.parts(value & !PERMISSIONS);
                parts.push(mode_text(rest | value & PERMISSIONS));
                parts.join("|")
            }
            _ => self.named(value),
        }
    }

    fn named(&self, value: u64) -> String {
        if let Some(name) = self.name_of(value) {
            return name.to_owned();
        }
        if !self.flags {
            return value.cast_signed().to_string();
        }
        let (mut parts, rest) = self.parts(value);
        if rest != 0 {
            parts.push(format!("{rest:#x}"));
        }
        if parts.is_empty() { "0".to_owned() } else { parts.join("|") }
    }

    /// The constants that a value is made of, and the bits that have no name.
    fn parts(&self, value: u64) -> (Vec<String>, u64) {
        let mut rest = value;
        let mut parts = Vec::new();
        for (name, bits) in self.consts {
            if *bits != 0 && rest & bits == *bits {
                parts.push((*name).to_owned());
                rest &= !bits;
            }
        }
        (parts, rest)
    }
}

/// The permission bits of a mode.
const PERMISSIONS: u64 = 0o777;

/// A mode as strace shows it: the file type and special bits by name, permissions in octal.
pub fn mode_text(mode: u64) -> String {
    let (mut parts, rest) = MODE.parts(mode & !PERMISSIONS);
    let low = rest | mode & PERMISSIONS;
    if low != 0 || parts.is_empty() {
        parts.push(format!("{:0>3}", format!("0{low:o}")));
    }
    parts.join("|")
}
