//! Results in the order of the cases, whichever worker is done first: output can be compared.

use std::collections::BTreeMap;

/// Passes on values in the order of their index, each as soon as all before it are there.
#[derive(Debug)]
pub struct InOrder<T> {
    next: usize,
    waiting: BTreeMap<usize, T>,
}

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        InOrder { next: 0, waiting: BTreeMap::new() }
    }
}

impl<T> InOrder<T> {
    /// Takes a value; passes on all whose turn has come.
    pub fn put(&mut self, index: usize, value: T, mut each: impl FnMut(T)) {
        self.waiting.insert(index, value);
        while let Some(value) = self.waiting.remove(&self.next) {
            self.next += 1;
            each(value);
        }
    }

    /// Passes on what is left behind a gap.
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
}
