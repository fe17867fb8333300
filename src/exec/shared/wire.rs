//! A plan in the memory that a case's process has: archived as it is by `rkyv`, to be read where it lies, without
//! allocating. What writes it and what reads it both follow from its types.

use rkyv::api::access_unchecked;
use rkyv::rancor::Panic;
use rkyv::util::AlignedVec;
use rkyv::with::Inline;
use rkyv::{Archive, Serialize, to_bytes};

use crate::case::ActorKind;
use crate::plan::{MapRegion, Op, Plan, PlanStep, Segment, Setup};

use crate::exec::shared::mutation::{Mutant, Mutation};
use crate::exec::shared::slot::Kernel;
use crate::exec::shared::wrongness::{EveryCall, Wrongness};

/// Every part of a plan begins at a multiple of this, in bytes.
pub(in crate::exec) const ALIGN: usize = 16;

/// What is brought about before the first step.
#[derive(Archive, Serialize)]
pub(in crate::exec) struct Preparation<'a> {
    #[rkyv(with = Inline)]
    pub(in crate::exec) actors: &'a Vec<ActorKind>,
    #[rkyv(with = Inline)]
    pub(in crate::exec) setup: &'a Setup,
    #[rkyv(with = Inline)]
    pub(in crate::exec) regions: &'a Vec<MapRegion>,
    #[rkyv(with = Inline)]
    pub(in crate::exec) image: &'a Vec<Segment>,
    /// The first step that is done whatever happened; beyond all steps if there is none.
    pub(in crate::exec) finally: u32,
}

/// A step.
#[derive(Archive, Serialize)]
pub(in crate::exec) struct Step<'a> {
    /// Captures of the steps before it.
    pub(in crate::exec) first_capture: u64,
    #[rkyv(with = Inline)]
    pub(in crate::exec) step: &'a PlanStep,
    /// The kernel is wrong in its call.
    pub(in crate::exec) mutation: Option<StepMutation>,
    /// It is wrong in this call as in every other of its kind.
    pub(in crate::exec) wrongness: Option<Wrongness>,
}

/// How the kernel is wrong.
#[derive(Archive, Serialize)]
pub(in crate::exec) struct StepMutation {
    pub(in crate::exec) mutation: Mutation,
    /// A filter is to answer, if it can.
    pub(in crate::exec) filter: bool,
}

/// The parts of a plan: the set-up, then each step.
pub(in crate::exec) fn encode(plan: &Plan, kernel: Kernel<'_>) -> Vec<AlignedVec<ALIGN>> {
    let Plan { actors, setup, regions, image, steps, finally, .. } = plan;
    let finally = finally.unwrap_or(u32::MAX);
    let mut first_capture = 0;
    let steps = steps.iter().enumerate().map(|(index, step)| {
        let mutation = match kernel {
            Kernel::Examined(Some(Mutant { step, mutation, filter })) if *step == index => {
                Some(StepMutation { mutation: *mutation, filter: *filter })
            }
            _ => None,
        };
        let wrongness = match kernel {
            Kernel::Wrong(every) if is_wrong(every, index, step) && index < finally as usize => {
                Some(every.wrongness.clone())
            }
            _ => None,
        };
        let part = archive(&Step { first_capture, step, mutation, wrongness });
        first_capture += step.captures.len() as u64;
        part
    });
    std::iter::once(archive(&Preparation { actors, setup, regions, image, finally })).chain(steps).collect()
}

fn is_wrong(every: &EveryCall<'_>, index: usize, step: &PlanStep) -> bool {
    matches!(step.op, Op::Call { nr, .. } if nr == every.nr) && !every.but.contains(&index)
}

/// Nothing but a lack of memory makes that fail.
fn archive(
    part: &impl for<'a> Serialize<
        rkyv::api::high::HighSerializer<AlignedVec<ALIGN>, rkyv::ser::allocator::ArenaHandle<'a>, Panic>,
    >,
) -> AlignedVec<ALIGN> {
    match to_bytes::<Panic>(part) {
        Ok(bytes) => bytes,
        Err(never) => match never {},
    }
}

/// # Safety
/// The bytes are those of a set-up that [`encode`] wrote, at a multiple of [`ALIGN`].
pub(in crate::exec) unsafe fn set_up(part: &[u8]) -> &ArchivedPreparation<'_> {
    // SAFETY: the caller's.
    unsafe { access_unchecked::<ArchivedPreparation<'_>>(part) }
}

/// # Safety
/// The bytes are those of a step that [`encode`] wrote, at a multiple of [`ALIGN`].
pub(in crate::exec) unsafe fn step(part: &[u8]) -> &ArchivedStep<'_> {
    // SAFETY: the caller's.
    unsafe { access_unchecked::<ArchivedStep<'_>>(part) }
}
