//! A plan in the memory that a case's process has: archived as it is by `rkyv`, to be read where it lies, without
//! allocating. What writes it and what reads it both follow from its types.

use rkyv::api::access_unchecked;
use rkyv::rancor::Panic;
use rkyv::util::AlignedVec;
use rkyv::with::Inline;
use rkyv::{Archive, Serialize, to_bytes};

use crate::case::ActorKind;
use crate::plan::{MapRegion, Plan, PlanStep, Segment, Setup};

use crate::exec::shared::mutation::{Mutant, Mutation};

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
}

/// How the kernel is wrong.
#[derive(Archive, Serialize)]
pub(in crate::exec) struct StepMutation {
    pub(in crate::exec) mutation: Mutation,
    /// A filter is to answer, if it can.
    pub(in crate::exec) filter: bool,
}

/// The parts of a plan: the set-up, then each step.
pub(in crate::exec) fn encode(plan: &Plan, mutant: Option<&Mutant>) -> Vec<AlignedVec<ALIGN>> {
    let Plan { actors, setup, regions, image, steps, finally, .. } = plan;
    let finally = finally.unwrap_or(u32::MAX);
    let mut first_capture = 0;
    let steps = steps.iter().enumerate().map(|(index, step)| {
        let mutant = mutant.filter(|mutant| mutant.step == index);
        let mutation = mutant.map(|mutant| StepMutation { mutation: mutant.mutation, filter: mutant.filter });
        let part = archive(&Step { first_capture, step, mutation });
        first_capture += step.captures.len() as u64;
        part
    });
    std::iter::once(archive(&Preparation { actors, setup, regions, image, finally })).chain(steps).collect()
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
