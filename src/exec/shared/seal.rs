//! Proof that a word in shared memory was written by who performs the steps, and not by one of the steps.
//!
//! A case can write wherever its process can, and the trace lies in that process's memory. So the slot is at a random
//! address (see [`crate::exec::shared::map`]), which no plan names by chance; and since a case may look it up, what either side
//! relies on while a case runs, or afterwards, carries a keyed checksum (SipHash): the set-up and the plan's steps, the
//! variables, how far each step got and with what, signals, and how the case's process came on. The runner draws a key
//! for each case and hands it to the worker in the control file, which no case's process has; in that process it is in
//! local variables alone. What a step writes into the trace, copies from another case's, or leaves from an earlier case in
//! the same slot, does not verify, and the case fails as [`End::Forged`](super::End::Forged). Steps that are erased
//! from the end on were not reached, which no case passes with; erased between others, they are missed. A step of the
//! plan or a variable that is not as it was ends the case's process, before it is performed or used.
//!
//! Every word is published by one store, after what it seals: a process that is killed between two stores leaves
//! a trace that verifies.
//!
//! All this is inlined where it is used: what lies elsewhere in the program, each case's process has a page fault for.
//!
//! What remains. This is a check on memory, not on code: a case that makes its process run machine code of its own
//! (which has to be written over ours, or over a return address, at an address found in `/proc`), or that has a
//! helper which may trace it do that, can do what the interpreter does. So can one that, as root, traces process 1
//! of its namespace; to others the worker is not dumpable. Words that only steer (mailboxes, thread ids, requests)
//! are not sealed: who writes there can make its own case hang, wait for the wrong thing or have the wrong thread
//! looked at. And a case may always write over its own data, such as a path that a later step names.

use std::hash::{BuildHasher, Hasher, RandomState};

use siphasher::sip::SipHasher13;

use crate::exec::sys::syscall;

/// Bits of a sealed word that say something, if that is small; the others prove it.
pub(in crate::exec) const SMALL: u32 = 8;
/// The same, if it is a count.
pub(in crate::exec) const COUNT: u32 = 40;

/// What is sealed: nothing verifies as something else.
#[derive(Clone, Copy)]
pub(in crate::exec) enum What {
    Part,
    Variable,
    Outcome,
    Signals,
    Blocked,
    Repeats,
    Phase,
}

/// The secret of one case, or what those of many cases are made from.
#[derive(Clone, Copy, Default)]
pub(in crate::exec) struct Key([u64; 2]);

impl Key {
    /// A new one.
    pub(in crate::exec) fn draw() -> Self {
        let mut key = [0u64; 2];
        let size = size_of_val(&key);
        // The first process of a kernel may be too early for that, and does not wait.
        // SAFETY: writes so many bytes.
        let drawn = unsafe { syscall!(getrandom, key.as_mut_ptr(), size, libc::GRND_NONBLOCK) };
        if drawn != size as i64 {
            key = key.map(|_| RandomState::new().hash_one(0));
        }
        Key(std::hint::black_box(key))
    }

    /// The key of the `n`th case.
    pub(in crate::exec) fn nth(self, n: u64) -> Self {
        Key([0, 1].map(|half| {
            let mut hasher = self.hasher();
            hasher.write_u64(n);
            hasher.write_u64(half);
            hasher.finish()
        }))
    }

    pub(in crate::exec) fn words(self) -> [u64; 2] {
        self.0
    }

    pub(in crate::exec) fn from_words(words: [u64; 2]) -> Self {
        Key(words)
    }

    /// Begins a seal. What it is of and which one goes into it.
    pub(in crate::exec) fn seal(self, what: What, index: usize) -> Seal {
        Seal(self.hasher()).word((what as u64) << 32 | index as u64)
    }

    fn hasher(self) -> SipHasher13 {
        SipHasher13::new_with_keys(self.0[0], self.0[1])
    }
}

/// A seal in the making. Takes in no more than what is given: whoever seals lists of varying length says how long.
#[derive(Clone, Copy)]
pub(in crate::exec) struct Seal(SipHasher13);

impl Seal {
    #[inline(always)]
    pub(in crate::exec) fn word(mut self, word: u64) -> Self {
        self.0.write_u64(word);
        self
    }

    #[inline(always)]
    pub(in crate::exec) fn words(self, words: &[u64]) -> Self {
        // SAFETY: the same memory; bytes need no alignment.
        self.bytes(unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), size_of_val(words)) })
    }

    #[inline(always)]
    pub(in crate::exec) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.write(bytes);
        self
    }

    /// A word that says `said` in its low `bits` ([`SMALL`] or [`COUNT`]) and proves it with the others.
    #[inline(always)]
    pub(in crate::exec) fn close(self, bits: u32, said: u64) -> u64 {
        self.word(said).0.finish() << bits | said
    }

    /// A word that only proves.
    #[inline(always)]
    pub(in crate::exec) fn whole(self) -> u64 {
        self.0.finish()
    }

    /// What such a word says, if this is the seal that it was made with.
    pub(in crate::exec) fn open(self, bits: u32, word: u64) -> Option<u64> {
        let said = said(bits, word);
        (self.close(bits, said) == word).then_some(said)
    }
}

/// What a sealed word says if it is true.
pub(in crate::exec) fn said(bits: u32, word: u64) -> u64 {
    word & ((1 << bits) - 1)
}
