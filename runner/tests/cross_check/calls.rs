//! Calls, registers, return values and errors: what strace saw of a step beside what the trace says.

use syscase::abi;
use syscase::exec::{State, StepTrace};
use syscase::plan::{Op, PlanRepeat, Planned, Shown};

use super::line::{Call, number};
use super::log::Seen;
use super::rules::Rules;

/// What the trace says of a step's calls.
pub(crate) struct Told<'a> {
    pub(crate) name: &'static str,
    pub(crate) registers: [u64; 6],
    pub(crate) repeat: PlanRepeat,
    pub(crate) step: &'a StepTrace,
}

impl<'a> Told<'a> {
    /// None if the step is no call.
    pub(crate) fn of(planned: &Planned, index: usize, step: &'a StepTrace, vars: &[i64]) -> Option<Self> {
        let (Op::Call { args, repeat, .. }, Shown::Call { call, .. }) =
            (&planned.plan.steps[index].op, &planned.lines[index].shown)
        else {
            return None;
        };
        let registers = args.map(|operand| operand.value(vars).cast_unsigned());
        Some(Told { name: call.name, registers, repeat: repeat.clone(), step })
    }

    /// Whether the call came back.
    pub(crate) fn returned(&self) -> bool {
        self.step.state == State::Done && !self.name.starts_with("exit")
    }

    /// Whether the thread was killed before it could note what it did.
    pub(crate) fn cut_off(&self, seen: &Seen) -> bool {
        self.step.state == State::Begun && seen.killed.is_some()
    }

    /// Whether strace saw the same; `registers` says that its arguments are numbers. If not, says what differs.
    pub(crate) fn agrees(&self, seen: &Seen, registers: bool, rules: &mut Rules) -> Result<(), String> {
        let without_pauses;
        let seen = match self.repeat {
            // Between two tries there may be a pause.
            PlanRepeat::Comes(_) if self.name != "nanosleep" => {
                let mut tries = seen.clone();
                tries.calls.retain(|call| call.name != "nanosleep");
                without_pauses = tries;
                &without_pauses
            }
            _ => seen,
        };
        if seen.interrupted {
            rules.explains("interrupted");
        }
        if seen.restarted {
            rules.explains("restarted");
        }
        self.state(seen, rules)?;
        self.count(seen)?;
        let mut expected = self.registers;
        for (i, call) in seen.calls.iter().enumerate() {
            if call.name != self.name {
                return Err(format!("call {}: another call", i + 1));
            }
            for (n, arg) in call.args.iter().enumerate().filter(|_| registers) {
                if number(arg).map(i64::cast_unsigned) != Some(expected[n]) {
                    return Err(format!("call {}: argument {} is {arg}, not {:#x}", i + 1, n + 1, expected[n]));
                }
            }
            let last = i + 1 == seen.calls.len();
            let awaited = matches!(self.repeat, PlanRepeat::Comes(_));
            if !last && call.errno.is_some() && !awaited {
                return Err(format!("call {}: an error ends a repetition", i + 1));
            }
            if let (PlanRepeat::Advance { buf, count }, Some(moved)) = (&self.repeat, call.ret) {
                let (buf, count) = (usize::from(*buf), usize::from(*count));
                expected[buf] = expected[buf].wrapping_add(moved.cast_unsigned());
                expected[count] = expected[count].saturating_sub(moved.cast_unsigned());
            }
        }
        self.result(seen, rules)
    }

    fn state(&self, seen: &Seen, rules: &mut Rules) -> Result<(), String> {
        match self.step.state {
            State::Done if self.ends() && !seen.ended && rules.explains("no-return") => Ok(()),
            State::Done if self.returned() && !self.ends() && seen.ended => Ok(()),
            State::Done => Err(if seen.ended { "it returned" } else { "it did not return" }.to_owned()),
            State::Begun if !seen.ended || self.cut_off(seen) && rules.explains("killed") => Ok(()),
            State::Begun => Err("it returned".to_owned()),
            State::NotReached | State::Faulted => Err("it was not to be performed".to_owned()),
        }
    }

    /// Whether the process has ended in it, or has become another program.
    fn ends(&self) -> bool {
        self.name.starts_with("exit") || self.name.starts_with("execve") && self.step.ret == 0
    }

    /// As many calls as the trace says.
    fn count(&self, seen: &Seen) -> Result<(), String> {
        let successes = seen.calls.iter().filter(|call| call.errno.is_none() && call.ret.is_some()).count();
        let (calls, good) = match self.repeat {
            PlanRepeat::Once => (seen.calls.len() == 1 || seen.calls.is_empty() && self.cut_off(seen), true),
            // Tries are counted, if it came in the end.
            PlanRepeat::Comes(_) => (self.step.repeats == 0 || seen.calls.len() as u64 == self.step.repeats, true),
            _ => (seen.calls.len() - successes <= 1, successes as u64 == self.step.repeats),
        };
        match calls && good {
            true => Ok(()),
            false => Err(format!("{} calls, of which {successes} succeeded", seen.calls.len())),
        }
    }

    fn result(&self, seen: &Seen, rules: &mut Rules) -> Result<(), String> {
        let Some(last) = seen.calls.last() else { return Ok(()) };
        if self.step.state == State::Begun {
            let unseen = last.ret.is_none() || rules.explains("killed");
            return if unseen { Ok(()) } else { Err("it returned".to_owned()) };
        }
        if self.name.starts_with("exit") {
            return if last.ret.is_none() { Ok(()) } else { Err("it returned".to_owned()) };
        }
        let sum: i64 = seen.calls.iter().filter(|call| call.errno.is_none()).filter_map(|call| call.ret).sum();
        let several = matches!(self.repeat, PlanRepeat::Advance { .. }) && self.step.repeats > 0;
        let same = if several { self.step.ret == sum } else { same_return(last, self.step.ret) };
        let shown = last.errno.clone().or_else(|| Some(last.ret?.to_string())).unwrap_or_else(|| "?".to_owned());
        if same { Ok(()) } else { Err(format!("it returned {shown}, not {}", told(self.step.ret))) }
    }
}

fn same_return(call: &Call, ret: i64) -> bool {
    match i32::try_from(-i128::from(ret)).ok().filter(|errno| (1..=4095).contains(errno)) {
        Some(errno) => call.ret == Some(-1) && call.errno.as_deref() == abi::errno_name(errno),
        None => call.ret == Some(ret) && call.errno.is_none(),
    }
}

fn told(ret: i64) -> String {
    let name = i32::try_from(ret).ok().and_then(|ret| abi::errno_name(ret.checked_neg()?));
    name.map_or_else(|| ret.to_string(), str::to_owned)
}
