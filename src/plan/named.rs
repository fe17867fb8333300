//! Which files outside its own directory a case names.

use super::op::Op;
use super::performed::{Fill, Piece, Plan, Segment};
use crate::abi::{self, Kind};

impl Plan {
    /// Paths below a directory that calls of the plan are given, as far as they are known before it is performed.
    pub fn names_below<'p>(&'p self, dir: &'p str) -> impl Iterator<Item = &'p str> {
        let text = move |segment: &'p Segment| {
            let known = match &segment.fill {
                Fill::Bytes(bytes) => bytes.split(|byte| *byte == 0).next()?,
                // Up to the directory of the first name that holds a number.
                Fill::Text(pieces) => match pieces.first()? {
                    Piece::Bytes(bytes) => &bytes[..=bytes.iter().rposition(|byte| *byte == b'/')?],
                    Piece::Numeral(..) => return None,
                },
                _ => return None,
            };
            let path = str::from_utf8(known).ok()?;
            path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/')).then_some((segment.addr, path))
        };
        let filled = self.steps.iter().flat_map(|step| &step.fills);
        self.image.iter().chain(filled).filter_map(text).filter(|(addr, _)| self.is_path(*addr)).map(|(_, path)| path)
    }

    /// Whether a call takes what is there as a path.
    fn is_path(&self, addr: u64) -> bool {
        self.steps.iter().any(|step| match &step.op {
            Op::Call { nr, args, .. } => {
                let call = abi::syscall_of(*nr);
                let given = args.iter().map(|arg| arg.known() == Some(addr as i64));
                call.is_some_and(|call| {
                    given.zip(call.args).any(|(given, arg)| given && matches!(arg.kind, Kind::Path))
                })
            }
            _ => false,
        })
    }
}
