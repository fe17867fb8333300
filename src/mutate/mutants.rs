//! Which wrong kernels a case is performed on: those that differ from the right one in a call under test.

use crate::abi::{self, Kind, Ret, Syscall};
use crate::exec::{End, Mutant, Mutation, State, StepTrace, Trace};
use crate::plan::{CANARY, ContentIs, Datum, Op, OutIs, PlanRepeat, Planned, Shown, Within};

use super::candidate::{Candidate, Change};
use super::event::MutationKind;
use super::mappings;
use super::near::near;
use super::points::{is_about_mappings, lines_of, points};

/// Bits of one argument that are ignored one by one; an argument with more of them has them ignored at once.
const MOST_BITS: u32 = 8;

/// The wrong kernels for a case that went like this on the right one.
pub(super) fn candidates(case: &Planned, trace: &Trace, filter: bool) -> Vec<Candidate> {
    let mut found = if is_about_mappings(case) { mappings::candidates(case, trace) } else { Vec::new() };
    if !found.is_empty() {
        return found;
    }
    for step in points(case) {
        let Shown::Call { call, args, .. } = &case.lines[step].shown else { continue };
        let Op::Call { repeat, .. } = &case.plan.steps[step].op else { continue };
        let went = &trace.steps[step];
        if went.state == State::NotReached {
            continue;
        }
        let at = Call { case, trace, step, call, args, went, once: once(repeat), filter };
        at.answers(&mut found);
        at.results(&mut found);
        at.effects(&mut found);
    }
    found
}

fn once(repeat: &PlanRepeat) -> bool {
    matches!(repeat, PlanRepeat::Once | PlanRepeat::Advance { .. })
}

struct Call<'a> {
    case: &'a Planned,
    trace: &'a Trace,
    step: usize,
    call: &'static Syscall,
    args: &'a [Datum],
    went: &'a StepTrace,
    once: bool,
    filter: bool,
}

impl Call<'_> {
    fn candidate(&self, kind: MutationKind, detail: impl Into<String>, mutation: Mutation) -> Candidate {
        let mutant = Mutant { step: self.step, mutation, filter: self.filter };
        Candidate { kind, detail: detail.into(), step: self.step, change: Change::Call(mutant), allowed: false }
    }

    fn error(&self) -> Option<i32> {
        let failed = self.went.state == State::Done && abi::is_error(self.went.ret);
        failed.then_some(-self.went.ret as i32)
    }

    fn succeeded(&self) -> bool {
        self.went.state == State::Done && self.went.ret >= 0
    }

    /// Wrong answers.
    fn answers(&self, found: &mut Vec<Candidate>) {
        let error = self.error();
        let mut fails = |kind, errno: i32, mutation| {
            if error != Some(errno) {
                found.push(self.candidate(kind, abi::errno_name(errno).unwrap_or_default(), mutation));
            }
        };
        let plain = |errno: i32| Mutation::Answer(-i64::from(errno));
        fails(MutationKind::Enosys, libc::ENOSYS, plain(libc::ENOSYS));
        let other = if error == Some(libc::EIO) { libc::EPERM } else { libc::EIO };
        fails(MutationKind::Errno, other, plain(other));
        if let Some(error) = error {
            fails(MutationKind::NearErrno, near(error), Mutation::Errno(near(error)));
        }
        if self.went.blocked {
            fails(MutationKind::NoBlock, libc::EAGAIN, plain(libc::EAGAIN));
        }
        found.push(self.candidate(MutationKind::Success, "0", Mutation::Answer(0)));
        if self.succeeded() && self.went.ret > 0 && self.ret().is_amount() && self.once {
            let ret = self.went.ret;
            found.push(self.candidate(MutationKind::NothingDone, ret.to_string(), Mutation::Answer(ret)));
        }
    }

    /// Wrong results, and returning at the wrong time.
    fn results(&self, found: &mut Vec<Candidate>) {
        if self.succeeded() && self.went.ret > 0 && self.ret().is_amount() {
            found.push(self.candidate(MutationKind::ShortCount, (self.went.ret - 1).to_string(), Mutation::Short));
        }
        if self.succeeded() {
            self.flips(found);
        }
        if self.went.state == State::Done && !self.went.blocked {
            found.push(self.candidate(MutationKind::Hang, "", Mutation::Hang));
        }
    }

    /// Wrong effects.
    fn effects(&self, found: &mut Vec<Candidate>) {
        let sigpipe = libc::SIGPIPE as u32;
        let dies = self.went.killed == Some(sigpipe)
            || self.went.state == State::Begun && self.trace.end == End::Killed(libc::SIGPIPE);
        if dies || self.went.signals.contains(&sigpipe) {
            found.push(self.candidate(MutationKind::NoSigpipe, "", Mutation::NoSignal(sigpipe)));
        }
        self.signals(found);
        if self.succeeded() {
            if self.opens() {
                found.push(self.candidate(MutationKind::Unopened, "", Mutation::Unopened));
            }
            if self.call.closes {
                found.push(self.candidate(MutationKind::LeftOpen, "", Mutation::LeftOpen));
            }
            let fds = self.registers(|kind| matches!(kind, Kind::Fd)).fold(0, |mask, (arg, _)| mask | 1 << arg);
            let moves = self.went.ret > 0 || self.ret() == Ret::Offset;
            if fds != 0 && moves && !self.opens() {
                found.push(self.candidate(MutationKind::OffsetKept, "", Mutation::OffsetKept(fds)));
            }
        }
        for (arg, value) in self.registers(|kind| matches!(kind, Kind::Flags(..))) {
            let name = |bits: u64| match self.args[usize::from(arg)] {
                Datum::Number(_, Kind::Flags(_, set)) => set.name_of(bits).map(str::to_owned),
                _ => None,
            };
            let masks = match value.count_ones() {
                ..=MOST_BITS => (0..64).map(|bit| 1 << bit).filter(|bit| value & bit != 0).collect(),
                _ => vec![value],
            };
            for bits in masks {
                let detail = name(bits).unwrap_or_else(|| format!("{bits:#x}"));
                let allowed = self.call.may_ignore(arg, value, bits);
                let candidate = self.candidate(MutationKind::FlagIgnored, detail, Mutation::FlagIgnored { arg, bits });
                found.push(Candidate { allowed, ..candidate });
            }
        }
    }

    /// A bit of what a signal carries, of each thing that the case says of it.
    fn signals(&self, found: &mut Vec<Candidate>) {
        let expect = lines_of(self.case, self.step).flat_map(|line| &line.expect);
        for out in expect.flat_map(|expect| &expect.value.carried).filter(|_| !self.went.signals.is_empty()) {
            let (offset, bits) = place(out);
            let Ok(offset) = u8::try_from(offset) else { continue };
            found.push(self.candidate(MutationKind::WrongSiginfo, &*out.name, Mutation::Carried { offset, bits }));
        }
    }

    /// Registers whose argument has such a shape.
    fn registers(&self, is: impl Fn(&Kind) -> bool) -> impl Iterator<Item = (u8, u64)> {
        self.args.iter().zip(0u8..6).filter_map(move |(datum, arg)| match datum {
            Datum::Number(value, kind) if is(kind) => Some((arg, value.value(&self.trace.vars) as u64)),
            _ => None,
        })
    }

    /// What the call returns, with these arguments.
    fn ret(&self) -> Ret {
        self.call.ret_with(|constant| {
            self.args.iter().any(|datum| match datum {
                Datum::Number(op, Kind::Enum(_, set)) => {
                    set.value(constant) == u64::try_from(op.value(&self.trace.vars)).ok()
                }
                _ => false,
            })
        })
    }

    /// Whether the call makes descriptors.
    fn opens(&self) -> bool {
        let pair = |kind: &Kind| matches!(kind, Kind::Ptr(_, Kind::Fixed(Kind::Fd, _)));
        self.ret() == Ret::Fd || self.call.args.iter().any(|arg| pair(&arg.kind))
    }

    /// One flipped bit in all that the call wrote: where the case says what it must be, else in the first byte.
    fn flips(&self, found: &mut Vec<Candidate>) {
        let captures = &self.case.plan.steps[self.step].captures;
        let expected: Vec<&OutIs> =
            lines_of(self.case, self.step).flat_map(|l| &l.expect).flat_map(|e| &e.value.out).collect();
        for (index, capture) in captures.iter().enumerate() {
            let Some(Some(bytes)) = self.went.captures.get(index) else { continue };
            let expectation = expected.iter().find(|out| out.capture == index);
            let (offset, bits) = expectation.map_or((0, 1), |out| place(out));
            // What is still as it was before the call was not handed out by it.
            if bytes.get(offset).is_none_or(|byte| *byte == CANARY) {
                continue;
            }
            let addr = (capture.addr.value(&self.trace.vars) as u64).wrapping_add(offset as u64);
            // The first byte of what the case says nothing of may be none of the call's output.
            let flip = Mutation::Flip { addr, bits, unwritten: expectation.is_some() };
            let name = expectation.map_or_else(|| format!("output {index}"), |out| out.name.clone());
            found.push(self.candidate(MutationKind::FlippedByte, name, flip));
        }
    }
}

/// The lowest bit that an expectation is about.
fn place(out: &OutIs) -> (usize, u8) {
    match out.is {
        ContentIs::Number { mask, .. } if mask != 0 => {
            let bit = mask.trailing_zeros();
            (out.offset + bit as usize / 8, 1 << (bit % 8))
        }
        // In the first value, what is spoken of first.
        ContentIs::Records(ref is) => match is.each.first().and_then(|first| first.parts.first()) {
            Some((Within::Fixed, part)) => {
                let (offset, bits) = place(part);
                (out.offset + offset, bits)
            }
            Some((Within::Rest(index), part)) => {
                let begin = match is.element {
                    Kind::Struct(layout) => layout.rest().get(*index).map_or(0, |field| field.offset),
                    _ => 0,
                };
                let (offset, bits) = place(part);
                (out.offset + begin + offset, bits)
            }
            None => (out.offset, 1),
        },
        _ => (out.offset, 1),
    }
}
