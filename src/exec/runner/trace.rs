//! What happened: the only thing that execution gives back.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::plan::MAX_TRACE_DATA;

/// What happened when a plan was performed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// One for each step of the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "steps")]
    pub steps: Vec<StepTrace>,
    /// Values of the variables in the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vars: Vec<i64>,
    /// How the case's process ended.
    pub end: End,
    /// From fork to the last process gone, in microseconds.
    pub micros: u64,
}

/// What came of a case, as it is kept: enough to judge it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Performed {
    /// The case's id.
    pub id: String,
    /// The plan's fingerprint: another plan's trace says nothing of this one. Empty from a target that was not told it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plan: String,
    /// What came of the probe, if the case has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<Trace>,
    /// What came of the case; none if the probe showed that there was no point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
}

/// What came of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTrace {
    /// How far it got.
    pub state: State,
    /// The raw return value; an error is `-errno`.
    pub ret: i64,
    /// How many calls of a repetition succeeded.
    #[serde(default, skip_serializing_if = "is_default")]
    pub repeats: u64,
    /// Seen asleep in the kernel.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blocked: bool,
    /// Signals recorded during the step by its actor, in order of arrival.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<u32>,
    /// What came with each of these signals ([`CARRIED_BYTES`](crate::abi::CARRIED_BYTES)); `None`, or left out at
    /// the end, where that is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::exec::runner::capture")]
    pub carried: Vec<Option<Vec<u8>>>,
    /// The signal that killed the actor during the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub killed: Option<u32>,
    /// Captured memory; `None` where it could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::exec::runner::capture")]
    pub captures: Vec<Option<Vec<u8>>>,
}

/// How far a step got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Not begun.
    #[default]
    NotReached,
    /// Begun, not returned.
    Begun,
    /// Done.
    Done,
    /// A load or store faulted; the signal is in `signals`.
    Faulted,
}

/// How the case's process ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// It came to the end of its steps.
    #[default]
    Finished,
    /// It exited before that.
    Exited(i32),
    /// A signal killed it (the number).
    Killed(i32),
    /// The circumstances could not be brought about.
    SetupFailed {
        /// What was being done: `mount tmpfs at small`.
        what: String,
        /// The error.
        errno: i32,
        /// Missing privilege or kernel feature (the case is then skipped), or a broken set-up.
        unavailable: bool,
    },
    /// Not done in time.
    Deadline,
    /// Stopped by this signal, not continued until the deadline.
    Stopped(i32),
    /// Killed for having more processes than a case may.
    TooManyProcesses,
    /// It does not die of SIGKILL.
    Unkillable,
    /// It ended the process that performs cases.
    WorkerLost,
    /// The run was interrupted.
    Interrupted,
    /// Something of what it left as its trace was not written by who performs the steps.
    Forged,
    /// The target went down with it: what is known of that, such as the kernel's last words.
    TargetLost(String),
}

/// What a reader fills in by itself is not written: traces come over slow lines.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Steps that hold no more than a trace can: a few characters may stand for megabytes.
fn steps<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<StepTrace>, D::Error> {
    struct Steps;

    impl<'de> Visitor<'de> for Steps {
        type Value = Vec<StepTrace>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("steps")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
            let (mut steps, mut room) = (Vec::new(), MAX_TRACE_DATA as usize);
            while let Some(step) = from.next_element::<StepTrace>()? {
                let data = step.captures.iter().chain(&step.carried).flatten().map(Vec::len).sum();
                room = room.checked_sub(data).ok_or_else(|| A::Error::custom("more data than a trace holds"))?;
                steps.push(step);
            }
            Ok(steps)
        }
    }

    from.deserialize_seq(Steps)
}
