//! Results in the order of the cases, whichever worker is done first: output can be compared.

use std::collections::BTreeMap;

/// Passes on values in the order of their index, each as soon as all before it are there.
#[derive(Debug)]
pub struct InOrder<T> {
    next: usize,
    waiting: BTreeMap<usize, T>,
    ranks: Ranks<T>,
}

/// The place of an index in the order.
#[derive(Debug)]
enum Ranks<T> {
    /// The index itself.
    Index,
    /// Not known yet; what came meanwhile.
    Unknown(Vec<(usize, T)>),
    /// As listed.
    Listed(Vec<usize>),
}

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        InOrder { next: 0, waiting: BTreeMap::new(), ranks: Ranks::Index }
    }
}

impl<T> InOrder<T> {
    /// For indexes whose order is told later, by [`Self::tell`].
    pub fn untold() -> Self {
        InOrder { ranks: Ranks::Unknown(Vec::new()), ..Self::default() }
    }

    /// Takes a value; passes on all whose turn has come.
    pub fn put(&mut self, index: usize, value: T, mut each: impl FnMut(T)) {
        let rank = match &mut self.ranks {
            Ranks::Index => index,
            Ranks::Unknown(early) => return early.push((index, value)),
            Ranks::Listed(ranks) => ranks.get(index).copied().unwrap_or(index),
        };
        self.waiting.insert(rank, value);
        while let Some(value) = self.waiting.remove(&self.next) {
            self.next += 1;
            each(value);
        }
    }

    /// Tells the order: all indexes, in the order in which they are to be passed on.
    pub fn tell(&mut self, order: &[usize], mut each: impl FnMut(T)) {
        let mut ranks = vec![0; order.len()];
        for (rank, &index) in order.iter().enumerate() {
            ranks[index] = rank;
        }
        if let Ranks::Unknown(early) = std::mem::replace(&mut self.ranks, Ranks::Listed(ranks)) {
            early.into_iter().for_each(|(index, value)| self.put(index, value, &mut each));
        }
    }

    /// Passes on what is left after a gap.
    pub fn finish(self, each: impl FnMut(T)) {
        self.waiting.into_values().for_each(each);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_order() {
        let (mut order, mut seen) = (InOrder::default(), Vec::new());
        for index in [2, 0, 1, 5, 4] {
            order.put(index, index, |v| seen.push(v));
        }
        assert_eq!(seen, [0, 1, 2]);
        order.finish(|v| seen.push(v));
        assert_eq!(seen, [0, 1, 2, 4, 5]);
    }

    #[test]
    fn the_order_may_be_told_late() {
        let (mut order, mut seen) = (InOrder::untold(), Vec::new());
        order.put(0, 'c', |v| seen.push(v));
        order.put(2, 'a', |v| seen.push(v));
        assert!(seen.is_empty());
        order.tell(&[2, 1, 0], |v| seen.push(v));
        assert_eq!(seen, ['a']);
        order.put(1, 'b', |v| seen.push(v));
        assert_eq!(seen, ['a', 'b', 'c']);
    }
}
