//! The runner's side of a slot: the trace of a plan that was performed, if it is the one that was written.

use std::sync::atomic::Ordering;

use crate::abi::is_error;
use crate::plan::{FIXED_VARS, Op, Plan, UNBOUND};

use crate::exec::runner::slot::RunnerSlot;
use crate::exec::runner::trace::{End, State, StepTrace, Trace};
use crate::exec::shared::mutation::Aftermath;
use crate::exec::shared::record::{MAX_SIGNALS, Noted, capture, outcome, state};
use crate::exec::shared::seal::{SMALL, said};
use crate::exec::shared::slot::{Ended, IN_EFFECT, MAX_VARS, end, phase};

/// The signals of a step, and what each carried.
type Signals = (Vec<u32>, Vec<Option<Vec<u8>>>);

/// Something was written by somebody else.
struct Forged;

impl RunnerSlot {
    /// Reads the trace of a plan that was performed. The plan says how much there is: what a
    /// case may have scribbled over is never trusted for sizes. Of a trace that does not verify, nothing is told.
    pub(in crate::exec) fn trace(self, plan: &Plan, ended: Ended) -> Trace {
        let forged = Trace { end: End::Forged, micros: ended.micros, ..Trace::default() };
        self.verified(plan, ended).unwrap_or(forged)
    }

    /// What examining the case found. No verdict rests on it, and it is not sealed.
    pub(in crate::exec) fn aftermath(self) -> Aftermath {
        let header = self.raw().header();
        let fingerprint = header.fingerprint.load(Ordering::Acquire);
        let bits = header.touched.load(Ordering::Acquire);
        let (touched, in_effect) = (bits != 0, bits & IN_EFFECT != 0);
        Aftermath { touched, in_effect, fingerprint: (fingerprint != 0).then_some(fingerprint) }
    }

    fn verified(self, plan: &Plan, ended: Ended) -> Result<Trace, Forged> {
        let end = self.how_it_ended(ended)?;
        let mut captures = 0;
        let mut steps = Vec::with_capacity(plan.steps.len());
        for (index, step) in plan.steps.iter().enumerate() {
            let after = captures + step.captures.len() as u64;
            steps.push(self.step(index, captures..after)?);
            captures = after;
        }
        let phase = self.phase()?;
        if !in_order(plan, &steps, phase, &end) {
            return Err(Forged);
        }
        let vars = self.variables(plan, &steps, phase)?;
        told_elsewhere(plan, &mut steps);
        Ok(Trace { steps, vars, end, micros: ended.micros })
    }

    fn step(self, index: usize, captures: std::ops::Range<u64>) -> Result<StepTrace, Forged> {
        let record = self.raw().record(index);
        let word = record.outcome.load(Ordering::Acquire);
        let code = said(SMALL, word);
        if word == 0 {
            return Ok(StepTrace { captures: captures.map(|_| None).collect(), ..StepTrace::default() });
        }
        let ended = matches!(code, state::DONE | state::FAULTED);
        let bytes = |index| {
            let (at, len) = self.raw().captured(index).filter(|_| ended)?;
            let mut bytes = vec![0; len];
            // SAFETY: within the data.
            unsafe { at.copy_to_nonoverlapping(bytes.as_mut_ptr(), len) };
            Some(bytes)
        };
        let captures: Vec<Option<Vec<u8>>> = captures.map(bytes).collect();
        let repeats = match record.repeats.load(Ordering::Acquire) {
            0 => 0,
            _ => self.raw().repeats(index).ok_or(Forged)?,
        };
        let ret = if code == state::BEGUN { 0 } else { record.ret.load(Ordering::Acquire) };
        let seal = outcome(self.raw().key, index, ret, if ended { repeats } else { 0 });
        let seal = captures.iter().filter(|_| ended).fold(seal, |seal, bytes| capture(seal, bytes.as_deref()));
        seal.open(SMALL, word).ok_or(Forged)?;
        let (state, killed) = match code {
            state::BEGUN => (State::Begun, None),
            state::DONE | state::ENDED => (State::Done, None),
            state::FAULTED => (State::Faulted, None),
            state::KILLED => (State::Begun, Some(ret as u32)),
            state::DEAD => (State::NotReached, Some(ret as u32)),
            _ => return Err(Forged),
        };
        let ret = if killed.is_some() { 0 } else { ret };
        let (signals, carried) = self.signals(index, code)?;
        Ok(StepTrace { state, ret, repeats, blocked: false, signals, carried, killed, captures })
    }

    /// The signals of a step, and what each carried.
    fn signals(self, index: usize, code: u64) -> Result<Signals, Forged> {
        let record = self.raw().record(index);
        let word = record.signals.load(Ordering::Acquire);
        if word == 0 && code == state::DEAD {
            return Ok(Default::default());
        }
        let n = (said(SMALL, word) as usize).checked_sub(1).filter(|n| *n <= MAX_SIGNALS).ok_or(Forged)?;
        self.raw().signals_seal(index, n).open(SMALL, word).ok_or(Forged)?;
        let noted = record.signal[..n].iter().map(|word| Noted(word.load(Ordering::Acquire)));
        Ok(noted.map(|noted| (noted.signal(), self.raw().carried(noted).map(<[u8]>::to_vec))).unzip())
    }

    /// Variables that were set at the start, and those that steps have bound: if they failed, those that are bound
    /// then, too; and those that they have computed. All others are [`UNBOUND`].
    fn variables(self, plan: &Plan, steps: &[StepTrace], phase: u64) -> Result<Vec<i64>, Forged> {
        let mut vars = vec![UNBOUND; (plan.vars as usize).min(MAX_VARS)];
        let fixed = if phase == phase::STEPS || phase == phase::FINISHED { FIXED_VARS.len() } else { 0 };
        let done = plan.steps.iter().zip(steps).filter(|(_, step)| step.state == State::Done);
        let bound = done.flat_map(|(planned, step)| {
            let set = planned.binds.iter().filter(|bind| bind.on_error || !is_error(step.ret));
            set.map(|bind| usize::from(bind.var))
        });
        let begun = plan.steps.iter().zip(steps).filter(|(_, step)| step.state != State::NotReached);
        let computed = begun.flat_map(|(planned, _)| planned.computes.iter().map(|formula| usize::from(formula.var)));
        for var in (0..fixed).chain(bound).chain(computed).filter(|var| *var < plan.vars as usize) {
            vars[var] = self.raw().vars().get(var).ok_or(Forged)?;
        }
        Ok(vars)
    }

    fn phase(self) -> Result<u64, Forged> {
        match self.raw().header().phase.load(Ordering::Acquire) {
            0 => Ok(0),
            word => self.raw().phase_seal(said(SMALL, word)).open(SMALL, word).ok_or(Forged),
        }
    }

    fn how_it_ended(self, Ended { end, status, .. }: Ended) -> Result<End, Forged> {
        let header = self.raw().header();
        let phase = self.phase()?;
        if phase == phase::TAMPERED {
            return Err(Forged);
        }
        Ok(match end {
            end::DEADLINE => End::Deadline,
            end::STOPPED => End::Stopped(status),
            end::TOO_MANY => End::TooManyProcesses,
            end::UNKILLABLE => End::Unkillable,
            end::FORK_FAILED => End::SetupFailed { what: "fork".into(), errno: status, unavailable: false },
            _ => match phase {
                phase::SETUP_FAILED => End::SetupFailed {
                    what: String::from_utf8_lossy(&header.setup_what).trim_end_matches('\0').to_owned(),
                    errno: header.setup_errno.load(Ordering::Acquire),
                    unavailable: header.setup_unavailable.load(Ordering::Acquire) != 0,
                },
                phase::FINISHED if status == 0 => End::Finished,
                _ if libc::WIFSIGNALED(status) => End::Killed(libc::WTERMSIG(status)),
                _ => End::Exited(libc::WEXITSTATUS(status)),
            },
        })
    }
}

/// Steps come after the set-up; those of the main actor one after the other, and in the end all of them.
fn in_order(plan: &Plan, steps: &[StepTrace], phase: u64, end: &End) -> bool {
    let mut main_ended = phase != 0;
    let mut all_ended = main_ended;
    for (index, (step, planned)) in steps.iter().zip(&plan.steps).enumerate() {
        // What is done whatever happened does not wait for what is before it.
        main_ended |= plan.is_finally(index) && phase != 0;
        let reached = step.state != State::NotReached;
        let asleep_nowhere = matches!(planned.op, Op::Blocked { step: of }
            if step.ret == 1 && steps[of as usize].state == State::NotReached);
        if reached && !main_ended || asleep_nowhere {
            return false;
        }
        let ended = matches!(step.state, State::Done | State::Faulted);
        main_ended &= ended || planned.actor != 0;
        all_ended &= ended || planned.actor != 0;
    }
    all_ended || *end != End::Finished
}

/// A step that waits for another's call to sleep says so where a return value is; one that waits for its return
/// returned the same.
fn told_elsewhere(plan: &Plan, steps: &mut [StepTrace]) {
    for (index, step) in plan.steps.iter().enumerate() {
        if steps[index].state != State::Done {
            continue;
        }
        match step.op {
            Op::Blocked { step: of } => {
                let asleep = std::mem::take(&mut steps[index].ret) == 1;
                steps[index].blocked = asleep;
                steps[of as usize].blocked = asleep;
            }
            Op::Finish { step: of } => steps[index].ret = steps[of as usize].ret,
            _ => {}
        }
    }
}
