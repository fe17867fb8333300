//! Where the two may differ, and why. A rule that no step needs any more fails the run.

use std::collections::BTreeMap;

/// Names of the rules, with the reasons.
pub(crate) const RULES: [(&str, &str); 23] = [
    // Of calls.
    (
        "interrupted",
        "inside the kernel, an interrupted call ends with an error that no program sees; EINTR is what the signal handler returns to",
    ),
    ("restarted", "the kernel begins an interrupted call anew, and strace shows both halves"),
    ("killed", "the case ends, or a signal kills, before the return reaches the program: strace still sees it"),
    // Of values.
    (
        "number",
        "the same number: one names it, or names more of its bits, and the other does not; or in another radix or width",
    ),
    (
        "address",
        "what a case gives by its address, or what the kernel did not fill in, is an address to the one, and what lies there to the other",
    ),
    (
        "length",
        "strace shows as many bytes or elements as the call was told of or returned, syscase those that the case gives or the kernel wrote",
    ),
    ("left-out", "arguments and fields that a case leaves out are 0: strace shows them"),
    ("not-shown", "syscase shows the first of many fields or elements"),
    ("unused", "strace leaves out arguments and fields that the operation does not use"),
    ("halves", "strace puts the two halves of an offset, or of a set of capabilities, together"),
    (
        "changed",
        "strace shows a number that is pointed to before and after the call, syscase after it; of the fields of clone3 before it",
    ),
    (
        "before",
        "strace shows the offsets and the room of splice and its kin, the time of select and its kin and the version of capget as they were before the call, syscase as they are after it",
    ),
    ("after", "what poll finds, strace shows after the return value"),
    ("sets", "strace shows the sets of select before the call, and after the return value after it; syscase after it"),
    ("union", "of a structure's members that share memory strace chooses those that matter"),
    ("sockaddr", "strace knows addresses by family, and writes numbers in network order as calls"),
    ("bytes", "the same bytes: numbers to the one, a string to the other"),
    ("records", "structures in a buffer, which strace shows as bytes, as a whole or from the header on"),
    ("nothing", "no bytes, or no elements: nothing is shown in different ways"),
    // Of return values.
    ("no-return", "exit does not return, and execve does so in another program"),
    ("negative", "an offset near the end of the 64 bits is a large number to strace, a negative one to syscase"),
    ("sum", "of a call repeated until all is done, syscase shows the sum of the return values"),
    ("meaning", "strace says what a return value means"),
];

/// How often each rule was needed.
#[derive(Debug, Default)]
pub(crate) struct Rules(BTreeMap<&'static str, usize>);

impl Rules {
    /// Notes that a rule explains a difference; always true, to stand at the end of a condition.
    pub(crate) fn explains(&mut self, name: &'static str) -> bool {
        assert!(RULES.iter().any(|(known, _)| *known == name), "no rule `{name}`");
        *self.0.entry(name).or_default() += 1;
        true
    }

    /// How often a rule was needed.
    pub(crate) fn uses(&self, name: &str) -> usize {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// Rules that nothing needed.
    pub(crate) fn unused(&self) -> Vec<&'static str> {
        RULES.iter().map(|(name, _)| *name).filter(|name| self.uses(name) == 0).collect()
    }
}
