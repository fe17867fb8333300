//! A file of counters as gcov reads it (`gcov-io.h` of GCC): words of four bytes; records of a tag, a length and that much.

/// How such a file begins.
const MAGIC: u32 = u32::from_be_bytes(*b"gcda");
/// The tag of a record that says whose counters follow.
const FUNCTION: u32 = 0x0100_0000;
/// The tag of a record of counters that say how often arcs of the flow graph were taken.
const ARCS: u32 = 0x01a1_0000;
/// Words before the first record: the magic number, the version, the stamp and, from GCC 12 on, a checksum.
const HEAD: usize = 3;
/// From this version on, lengths are in bytes, and there is a checksum.
const BYTES_FROM: u32 = 12;

/// How often the branches of one object were taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counters {
    words: Vec<u32>,
    /// Where counters lie, in words: two words each.
    places: Vec<usize>,
    /// Each function's number, and how many counters came before its own.
    functions: Vec<(u32, usize)>,
}

impl Counters {
    /// Reads a file; what is wrong with it otherwise.
    ///
    /// # Errors
    /// When it is no file of counters, or ends too early.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let words: Vec<u32> =
            bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect();
        if words.first() != Some(&MAGIC) || words.len() < HEAD {
            return Err("no file of gcov's counters".to_owned());
        }
        let in_bytes = major(words[1]).ok_or("gcov's counters of an unknown version")? >= BYTES_FROM;
        let mut at = HEAD + usize::from(in_bytes);
        let (mut places, mut functions) = (Vec::new(), Vec::new());
        // A tag of 0 ends it.
        while words.get(at).is_some_and(|&tag| tag != 0) {
            let length = *words.get(at + 1).ok_or("gcov's counters end too early")? as usize;
            let length = if in_bytes { length / 4 } else { length };
            let record = at + 2..at + 2 + length;
            if record.end > words.len() {
                return Err("gcov's counters end too early".to_owned());
            }
            match words[at] {
                FUNCTION if length > 0 => functions.push((words[record.start], places.len())),
                ARCS => places.extend((record.start..record.start + length / 2 * 2).step_by(2)),
                _ => {}
            }
            at = record.end;
        }
        Ok(Counters { words, places, functions })
    }

    /// As a file holds them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Adds what the same object counted another time.
    ///
    /// # Errors
    /// When it is another object.
    pub fn add(&mut self, other: &Self) -> Result<(), String> {
        if self.words[..HEAD] != other.words[..HEAD] || self.places != other.places {
            return Err("counters of another build of the kernel".to_owned());
        }
        for &place in &self.places {
            let sum = self.at(place).saturating_add(other.at(place));
            self.words[place] = sum as u32;
            self.words[place + 1] = (sum >> 32) as u32;
        }
        Ok(())
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.places.iter().all(|&place| self.at(place) == 0)
    }

    /// The numbers of the functions that were entered since this was counted of the same object, or ever. Whoever goes
    /// through a function takes some arc that is counted: the others are a tree.
    pub fn entered(&self, since: Option<&Self>) -> Vec<u32> {
        let since = since.filter(|since| since.places == self.places);
        let moved = |place: usize| self.at(place) != since.map_or(0, |since| since.at(place));
        let ends = self.functions.iter().skip(1).map(|(_, begin)| *begin).chain([self.places.len()]);
        let functions = self.functions.iter().zip(ends);
        let entered = functions.filter(|((_, begin), end)| self.places[*begin..*end].iter().any(|&place| moved(place)));
        entered.map(|((number, _), _)| *number).collect()
    }

    fn at(&self, place: usize) -> u64 {
        u64::from(self.words[place]) | u64::from(self.words[place + 1]) << 32
    }
}

/// The compiler's major version: `B22*` is 12.2.
fn major(version: u32) -> Option<u32> {
    let [tens, ones, ..] = version.to_be_bytes();
    let tens = tens.checked_sub(b'A')?;
    let ones = ones.checked_sub(b'0').filter(|ones| *ones <= 9)?;
    Some(u32::from(tens) * 10 + u32::from(ones))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one function and these counters.
    fn file(version: [u8; 4], stamp: u32, counts: &[u64]) -> Vec<u8> {
        let version = u32::from_be_bytes(version);
        let (unit, checksum) = if major(version) >= Some(BYTES_FROM) { (4, vec![7]) } else { (1, vec![]) };
        let mut words = vec![MAGIC, version, stamp];
        words.extend(checksum);
        words.extend([0x0100_0000, 3 * unit, 1, 2, 3, ARCS, counts.len() as u32 * 2 * unit]);
        words.extend(counts.iter().flat_map(|count| [*count as u32, (count >> 32) as u32]));
        words.push(0);
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn counters_of_old_and_new_compilers_are_added() {
        for version in [*b"A83*", *b"B22*", *b"B42*"] {
            let mut sum = Counters::from_bytes(&file(version, 9, &[1, u64::from(u32::MAX), 0])).unwrap();
            assert!(!sum.is_empty());
            sum.add(&Counters::from_bytes(&file(version, 9, &[2, 1, 0])).unwrap()).unwrap();
            assert_eq!(sum.to_bytes(), file(version, 9, &[3, 1 << 32, 0]));
        }
        assert!(Counters::from_bytes(&file(*b"B22*", 9, &[0, 0])).unwrap().is_empty());
    }

    #[test]
    fn functions_are_entered_whose_counters_moved() {
        let (before, after) = (file(*b"B22*", 9, &[1, 5]), file(*b"B22*", 9, &[1, 6]));
        let [before, after] = [before, after].map(|bytes| Counters::from_bytes(&bytes).unwrap());
        assert_eq!(after.entered(Some(&before)), [1]);
        assert_eq!(after.entered(Some(&after)), [0; 0]);
        assert_eq!(before.entered(None), [1]);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert!(Counters::from_bytes(b"gcda").is_err());
        let whole = file(*b"B22*", 9, &[1, 2]);
        assert!(Counters::from_bytes(&whole[..whole.len() - 12]).is_err());
        // Half a counter is none.
        let half = [&file(*b"B22*", 9, &[])[..whole.len() - 24], &4u32.to_le_bytes(), &[1; 4]].concat();
        assert!(Counters::from_bytes(&half).is_ok_and(|half| half.is_empty()));
        let mut one = Counters::from_bytes(&whole).unwrap();
        assert!(one.add(&Counters::from_bytes(&file(*b"B22*", 8, &[1, 2])).unwrap()).is_err());
        assert!(one.add(&Counters::from_bytes(&file(*b"B22*", 9, &[1])).unwrap()).is_err());
    }
}
