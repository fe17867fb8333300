//! Plans in one file: what a target is given to perform. It knows no YAML and no expectation.

use postcard_schema::Schema;
use postcard_schema::key::Key;
use serde::{Deserialize, Serialize};

use crate::plan::{Plan, Planned};

/// How a pack begins; its format follows, as a number that follows from the types.
const MAGIC: &[u8] = b"syscase plans ";

/// Plans to perform, in order.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Schema)]
pub struct Pack {
    /// The deadline for plans that have none of their own, in microseconds.
    pub deadline: u64,
    /// Cases are begun one at a time: one of them takes the target down, and it shows which.
    pub one_by_one: bool,
    /// What the kernel counts of itself meanwhile is told in the end.
    pub counters: bool,
    /// What the kernel counts is looked at after each case, which is begun alone.
    pub by_case: bool,
    /// What to perform.
    pub entries: Vec<Entry>,
}

/// A case to perform.
#[derive(Clone, Debug, Serialize, Deserialize, Schema)]
pub struct Entry {
    /// What is performed before it, so that it can be judged whether the case makes sense there.
    pub probe: Option<Plan>,
    /// The case.
    pub plan: Plan,
    /// [`Planned::is_privileged`] of the case: a sandbox for root leaves it root's privileges.
    pub privileged: bool,
    /// [`Plan::fingerprint`] of the case; empty if whoever hears of it [knows](Pack::with_fingerprints).
    pub fingerprint: String,
}

impl Pack {
    /// The plans of these cases.
    pub fn new<'a>(cases: impl IntoIterator<Item = &'a Planned>, deadline: u64) -> Self {
        let entry = |case: &Planned| Entry {
            probe: case.probe.as_ref().map(|probe| probe.plan.clone()),
            plan: case.plan.clone(),
            privileged: case.is_privileged(),
            fingerprint: String::new(),
        };
        Pack { deadline, entries: cases.into_iter().map(entry).collect(), ..Pack::default() }
    }

    /// With what tells the plans from other versions of them, for who has not made this pack: to compute it takes its
    /// time, and so does each byte on some lines.
    #[must_use]
    pub fn with_fingerprints(mut self) -> Self {
        self.entries.iter_mut().for_each(|entry| entry.fingerprint = entry.plan.fingerprint());
        self
    }

    /// As a file holds it.
    ///
    /// # Panics
    /// Never: plans are plain data.
    pub fn to_bytes(&self) -> Vec<u8> {
        let plans = postcard::to_stdvec(self).expect("plain data can be written to memory");
        [MAGIC, &format(), &checksum(&plans), &plans].concat()
    }

    /// Reads a file; what is wrong with it otherwise.
    ///
    /// # Errors
    /// When it is no pack, or another version's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let rest = bytes
            .strip_prefix(MAGIC)
            .and_then(|rest| rest.strip_prefix(&format()))
            .ok_or("not a file of plans, or another version's")?;
        // Plans are performed as they stand: what the planner has not made must not get that far.
        let plans = rest.split_at_checked(4).filter(|(sum, plans)| *sum == checksum(plans)).map(|(_, plans)| plans);
        postcard::from_bytes(plans.ok_or("a damaged file of plans")?)
            .map_err(|error| format!("a damaged file of plans: {error}"))
    }
}

/// Another one for every change of what is in a pack: of a type, a field, a variant, or their order.
fn format() -> [u8; 8] {
    Key::for_path::<Pack>("").to_bytes()
}

fn checksum(bytes: &[u8]) -> [u8; 4] {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::tests::sample::{call, fd, planned, write};

    /// The format does not name fields: what is left out when it is written, nobody can read.
    #[test]
    fn what_is_written_can_be_read() {
        let case = planned(vec![call("close", vec![fd(3)]), write()]);
        let read = Pack::from_bytes(&Pack::new([&case], 5).with_fingerprints().to_bytes()).unwrap();
        assert_eq!(read.entries[0].plan.fingerprint(), case.plan.fingerprint());
        assert_eq!((read.deadline, read.entries.len()), (5, 1));
    }

    #[test]
    fn the_format_follows_from_the_types() {
        #[derive(Schema)]
        #[expect(dead_code, reason = "its fields are what counts")]
        struct Pack {
            deadline: u64,
            one_by_one: bool,
            entries: Vec<Entry>,
        }
        #[derive(Schema)]
        #[expect(dead_code, reason = "its fields are what counts")]
        struct Entry {
            plan: String,
        }
        assert_ne!(Key::for_path::<Pack>("").to_bytes(), format());
        let mut bytes = super::Pack::default().to_bytes();
        bytes[MAGIC.len()] ^= 1;
        assert_eq!(super::Pack::from_bytes(&bytes).unwrap_err(), "not a file of plans, or another version's");
    }
}
