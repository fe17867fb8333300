//! Wrong mappings, for cases about memory that was mapped for them before their first step.

use crate::abi::{Arg, Dir, Kind};
use crate::case::ActorKind;
use crate::exec::{State, Trace};
use crate::plan::{ARENA, Datum, MAX_BUFFER, MapRegion, Op, Planned, Shown, UNMAPPED, page_size};

use super::candidate::{Candidate, Change};
use super::event::MutationKind;

const READ_WRITE: u32 = (libc::PROT_READ | libc::PROT_WRITE) as u32;
const READ: u32 = libc::PROT_READ as u32;
const PROTECTION: &str = "protection ignored";
const SHARING: u32 = (libc::MAP_SHARED | libc::MAP_PRIVATE) as u32;

/// The mappings that a kernel makes which heeds neither protection, nor sharing, nor the file, nor the offset.
pub(super) fn candidates(case: &Planned, trace: &Trace) -> Vec<Candidate> {
    let processes = case.plan.actors.iter().skip(1).any(|actor| *actor != ActorKind::Thread);
    // The others hold the runner's buffers.
    let named = |region: &MapRegion| region.addr != ARENA && region.len != MAX_BUFFER;
    let mut found = Vec::new();
    for (index, region) in case.plan.regions.iter().enumerate().filter(|(_, region)| named(region)) {
        let seen_by_others = processes || region.file.is_some();
        let wrong = wrong(region, seen_by_others && is_written(case, trace, region));
        // mmap(2): that a page may be written may imply that it may be read.
        let allowed = |detail| detail == PROTECTION && region.prot | READ == READ_WRITE;
        found.extend(
            wrong
                .into_iter()
                .map(|(detail, region)| Candidate { allowed: allowed(detail), ..of(index, detail, region) }),
        );
    }
    let nowhere = MapRegion {
        addr: UNMAPPED,
        len: page_size(),
        prot: READ_WRITE,
        flags: (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u32,
        file: None,
        offset: 0,
    };
    if touches(case, UNMAPPED) {
        found.push(of(case.plan.regions.len(), "unmapped memory mapped", nowhere.clone()));
    }
    for region in case.plan.regions.iter().filter(|region| named(region)) {
        let after = region.addr + region.len.next_multiple_of(page_size());
        if touches(case, after) {
            let page = MapRegion { addr: after, ..nowhere.clone() };
            found.push(of(case.plan.regions.len(), "page after it mapped", page));
        }
    }
    found
}

/// Whether a store went to the region, or it was given to a call to write to. Where nothing is written, nobody can
/// tell whose memory it is: mmap(2) leaves open whether a private mapping shows what is written to the file.
fn is_written(case: &Planned, trace: &Trace, region: &MapRegion) -> bool {
    let inside = |addr: i64| (region.addr..region.addr + region.len).contains(&(addr as u64));
    let output = |(datum, arg): (&Datum, &Arg)| match datum {
        Datum::Pointer(addr, _) => {
            !matches!(arg.kind, Kind::Path | Kind::Bytes(Dir::In)) && inside(addr.value(&trace.vars))
        }
        Datum::Out { addr, .. } => inside(addr.value(&trace.vars)),
        _ => false,
    };
    case.plan.steps.iter().zip(&trace.steps).zip(&case.lines).any(|((step, went), line)| {
        match (&step.op, &line.shown) {
            (Op::Store { at }, _) => {
                let from = at.value(&trace.vars);
                went.state == State::Done && step.fills.iter().any(|fill| inside(from.wrapping_add(fill.addr as i64)))
            }
            (_, Shown::Call { call, args, .. }) => args.iter().zip(call.args).any(output),
            _ => false,
        }
    })
}

/// Whether a step goes to this page.
fn touches(case: &Planned, page: u64) -> bool {
    let inside = |addr: i64| addr as u64 & !(page_size() - 1) == page;
    case.plan.steps.iter().any(|step| {
        let from = if let Op::Store { at } = &step.op { at.base } else { 0 };
        let stored = step.fills.iter().any(|fill| inside(from.wrapping_add(fill.addr as i64)));
        let loaded = step.captures.iter().any(|capture| inside(capture.addr.base));
        let passed = matches!(&step.op, Op::Call { args, .. } if args.iter().any(|arg| inside(arg.base)));
        stored || loaded || passed
    })
}

fn of(index: usize, detail: &str, region: MapRegion) -> Candidate {
    Candidate {
        kind: MutationKind::WrongMapping,
        detail: detail.to_owned(),
        step: 0,
        change: Change::Region(index, region),
        allowed: false,
    }
}

fn wrong(region: &MapRegion, seen: bool) -> Vec<(&'static str, MapRegion)> {
    let mut found = Vec::new();
    if region.prot != 0 {
        found.push(("access denied", MapRegion { prot: 0, ..region.clone() }));
    }
    if region.prot & READ_WRITE != READ_WRITE {
        found.push((PROTECTION, MapRegion { prot: region.prot | READ_WRITE, ..region.clone() }));
    }
    if seen {
        found.push(("sharing swapped", MapRegion { flags: region.flags ^ SHARING, ..region.clone() }));
    }
    if region.file.is_some() {
        let flags = region.flags | libc::MAP_ANONYMOUS as u32;
        found.push(("file ignored", MapRegion { file: None, offset: 0, flags, ..region.clone() }));
    }
    if region.offset != 0 {
        found.push(("offset ignored", MapRegion { offset: 0, ..region.clone() }));
    }
    found
}
