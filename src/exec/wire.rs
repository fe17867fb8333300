//! A plan as 64-bit words: what the child interprets where it lies, without allocating.

use crate::plan::{BindFrom, Fill, Op, Operand, Plan, PlanRepeat, Segment};

use super::mutation::Mutant;
use super::seal::{Key, What};
use super::slot::{Slot, disposition_code};

/// Kinds of [`Op`], as the first word of a step.
pub(super) mod op {
    pub(in crate::exec) const CALL: u64 = 0;
    pub(in crate::exec) const BLOCKED: u64 = 1;
    pub(in crate::exec) const FINISH: u64 = 2;
    pub(in crate::exec) const STORE: u64 = 3;
    pub(in crate::exec) const LOAD: u64 = 4;
    pub(in crate::exec) const COUNT_FDS: u64 = 5;
}

/// Kinds of repetition.
pub(super) mod repeat {
    pub(in crate::exec) const ONCE: u64 = 0;
    pub(in crate::exec) const TIMES: u64 = 1;
    pub(in crate::exec) const UNTIL: u64 = 2;
    pub(in crate::exec) const ADVANCE: u64 = 3;
}

/// Kinds of [`Fill`].
pub(super) mod fill {
    pub(in crate::exec) const BYTES: u64 = 0;
    pub(in crate::exec) const BYTE: u64 = 1;
    pub(in crate::exec) const PATTERN: u64 = 2;
}

/// Bits of a call's flag word.
pub(super) const START: u64 = 1;
/// The call returns twice.
pub(super) const TWICE: u64 = 2;
/// The kernel is wrong in this call: behind the repetition, it says how.
pub(super) const WRONG: u64 = 4;

/// Words before those of a step: how many those are, and their seal.
const STEP_HEAD: usize = 2;

/// Writes a plan: the words of the set-up, then of each step, whose offsets come first. The steps are not sealed.
pub(super) fn encode(plan: &Plan, mutant: Option<&Mutant>) -> Vec<u64> {
    let mut w = Writer(vec![0; plan.steps.len()]);
    w.list(&plan.actors, |w, a| w.word(u64::from(*a == crate::case::ActorKind::Process)));
    w.word(plan.setup.unshare);
    w.word(u64::from(plan.setup.workdir == Some(crate::case::Workdir::Disk)));
    w.list(&plan.setup.mounts, |w, m| {
        w.bytes(&m.at);
        w.bytes(&m.fstype);
        w.bytes(&m.options);
        w.word(u64::from(m.read_only));
    });
    w.list(&plan.setup.dirs, |w, d| w.bytes(d));
    w.list(&plan.setup.fifos, |w, f| w.bytes(f));
    w.list(&plan.setup.files, |w, f| {
        w.bytes(&f.path);
        w.word(u64::from(f.mode));
        w.list(&f.content, Writer::segment);
    });
    w.list(&plan.regions, |w, r| {
        w.words(&[r.addr, r.len, u64::from(r.prot), u64::from(r.flags), r.offset]);
        w.bytes(r.file.as_deref().unwrap_or(&[]));
    });
    w.list(&plan.image, Writer::segment);
    w.list(&plan.setup.rlimits, |w, &(resource, soft, hard)| w.words(&[u64::from(resource), soft, hard]));
    w.word(u64::from(plan.setup.umask));
    w.list(&plan.setup.signals, |w, &(signal, disposition)| {
        w.words(&[u64::from(signal), disposition_code(disposition)])
    });
    w.optional(plan.setup.gid.map(u64::from));
    w.optional(plan.setup.uid.map(u64::from));
    w.optional(plan.setup.caps);
    w.word(plan.setup.traces.into());

    let mut capture = 0;
    for (i, step) in plan.steps.iter().enumerate() {
        let head = w.0.len();
        w.0[i] = head as u64;
        w.words(&[0; STEP_HEAD]);
        w.word(u64::from(step.actor));
        w.word(capture);
        capture += step.captures.len() as u64;
        w.list(&step.fills, Writer::segment);
        w.list(&step.patches, |w, p| {
            w.words(&[p.addr, u64::from(p.size)]);
            w.operand(&p.value);
        });
        w.list(&step.captures, |w, c| {
            w.operand(&c.addr);
            w.operand(&c.len);
        });
        w.list(&step.binds, |w, b| match b.from {
            BindFrom::Return => w.words(&[u64::from(b.var), 0, 0, 0]),
            BindFrom::Memory { addr, size, signed } => {
                w.words(&[u64::from(b.var), addr, u64::from(size), u64::from(signed)])
            }
        });
        w.operation(&step.op, mutant.filter(|m| m.step == i));
        w.0[head] = (w.0.len() - head - STEP_HEAD) as u64;
    }
    w.0
}

/// Seals the steps.
pub(super) fn seal(words: &mut [u64], steps: usize, key: Key) {
    for step in 0..steps {
        let head = words[step] as usize;
        let behind = head + STEP_HEAD + words[head] as usize;
        words[head + 1] = step_seal(key, step, &words[head + STEP_HEAD..behind]);
    }
}

/// The words of a step, whose head `words` begins with, if they are as they were sealed.
#[inline(always)]
pub(super) fn sealed(words: &[u64], step: usize, key: Key) -> Option<&[u64]> {
    let (head, rest) = words.split_at_checked(STEP_HEAD)?;
    let step_words = rest.get(..usize::try_from(head[0]).ok()?)?;
    (step_seal(key, step, step_words) == head[1]).then_some(step_words)
}

#[inline(always)]
fn step_seal(key: Key, step: usize, words: &[u64]) -> u64 {
    key.seal(What::Step, step).words(words).whole()
}

struct Writer(Vec<u64>);

impl Writer {
    fn word(&mut self, word: u64) {
        self.0.push(word);
    }

    fn words(&mut self, words: &[u64]) {
        self.0.extend_from_slice(words);
    }

    fn optional(&mut self, value: Option<u64>) {
        self.words(&[u64::from(value.is_some()), value.unwrap_or(0)]);
    }

    fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.word(items.len() as u64);
        for item in items {
            each(self, item);
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_ne_bytes(word));
        }
    }

    fn operand(&mut self, operand: &Operand) {
        self.word(operand.base as u64);
        for (coefficient, var) in operand.terms {
            self.word(u64::from(coefficient as u32) << 32 | u64::from(var));
        }
    }

    fn segment(&mut self, segment: &Segment) {
        self.word(segment.addr);
        self.operand(&segment.len);
        match &segment.fill {
            Fill::Bytes(bytes) => {
                self.word(fill::BYTES);
                self.bytes(bytes);
            }
            Fill::Byte(byte) => self.words(&[fill::BYTE, u64::from(*byte)]),
            Fill::Pattern(seed) => self.words(&[fill::PATTERN, u64::from(*seed)]),
        }
    }

    fn operation(&mut self, operation: &Op, mutant: Option<&Mutant>) {
        match operation {
            Op::Call { nr, args, start, repeat, twice } => {
                let wrong = u64::from(mutant.is_some()) * WRONG;
                let flags = (u64::from(*start) * START) | (u64::from(*twice) * TWICE) | wrong;
                self.words(&[op::CALL, u64::from(*nr), flags]);
                for arg in args {
                    self.operand(arg);
                }
                match repeat {
                    PlanRepeat::Once => self.word(repeat::ONCE),
                    PlanRepeat::Times(n) => {
                        self.word(repeat::TIMES);
                        self.operand(n);
                    }
                    PlanRepeat::Until { errno, max } => self.words(&[repeat::UNTIL, *errno as u64, *max]),
                    PlanRepeat::Advance { buf, count } => {
                        self.words(&[repeat::ADVANCE, u64::from(*buf), u64::from(*count)])
                    }
                }
                if let Some(mutant) = mutant {
                    self.words(&mutant.words());
                }
            }
            Op::Blocked { step } => self.words(&[op::BLOCKED, u64::from(*step)]),
            Op::Finish { step } => self.words(&[op::FINISH, u64::from(*step)]),
            Op::Store => self.word(op::STORE),
            Op::Load => self.word(op::LOAD),
            Op::CountFds => self.word(op::COUNT_FDS),
        }
    }
}

/// Reads what [`encode`] wrote, in the same order.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    at: *const u64,
}

/// A segment to be written.
pub(super) struct WireSegment {
    pub(super) addr: u64,
    pub(super) len: i64,
    pub(super) fill: u64,
    /// The byte or the seed.
    pub(super) byte: u8,
    pub(super) bytes: (*const u8, usize),
}

impl Reader {
    /// # Safety
    /// `at` points into the words of a plan, at the begin of what will be read.
    pub(super) unsafe fn new(at: *const u64) -> Self {
        Reader { at }
    }

    pub(super) fn word(&mut self) -> u64 {
        // SAFETY: reads follow the order in which `encode` wrote, so the pointer stays inside.
        unsafe {
            let word = self.at.read();
            self.at = self.at.add(1);
            word
        }
    }

    pub(super) fn optional(&mut self) -> Option<u64> {
        let some = self.word() != 0;
        let value = self.word();
        some.then_some(value)
    }

    /// Bytes, where they lie.
    pub(super) fn bytes(&mut self) -> (*const u8, usize) {
        let len = self.word() as usize;
        let bytes = self.at.cast::<u8>();
        // SAFETY: as in `word`.
        self.at = unsafe { self.at.add(len.div_ceil(8)) };
        (bytes, len)
    }

    /// An operand's value with the slot's variables.
    #[inline(always)]
    pub(super) fn operand(&mut self, slot: Slot) -> i64 {
        let mut sum = self.word() as i64;
        for _ in 0..2 {
            let term = self.word();
            let coefficient = i64::from((term >> 32) as u32 as i32);
            if coefficient != 0 {
                let value = slot.var((term & 0xffff) as usize);
                sum = sum.wrapping_add(coefficient.wrapping_mul(value));
            }
        }
        sum
    }

    pub(super) fn skip_operand(&mut self) {
        for _ in 0..3 {
            self.word();
        }
    }

    pub(super) fn skip_segment(&mut self) {
        self.word();
        self.skip_operand();
        match self.word() {
            fill::BYTES => _ = self.bytes(),
            _ => _ = self.word(),
        }
    }

    pub(super) fn segment(&mut self, slot: Slot) -> WireSegment {
        let addr = self.word();
        let len = self.operand(slot);
        let fill = self.word();
        let (mut byte, mut bytes) = (0, (std::ptr::null(), 0));
        match fill {
            fill::BYTES => bytes = self.bytes(),
            _ => byte = self.word() as u8,
        }
        WireSegment { addr, len, fill, byte, bytes }
    }
}
