//! Copies of the suite's own program, each with what it is to do.

use super::performed::{Fill, Operand, Segment};
use super::result::{PlanResult, refuse};
use super::setup::PlanFile;
use crate::case::{Diagnostic, Does, Program};
use crate::program::{Config, EXIT, MARK, MAX_PATH, REPORT, SLEEP};

/// The program, for the architecture that this one is for.
static PROGRAM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/program"));

/// The file that holds such a program.
pub(super) fn program(program: &Program) -> PlanResult<PlanFile> {
    let mut image = PROGRAM.to_vec();
    let report = [program.path.as_bytes(), b".report\0"].concat();
    if report.len() > MAX_PATH || program.path.contains('\0') {
        return refuse(Diagnostic::at(&program.path.span, "this is no path of a program", "too long, or with a NUL"));
    }
    let (action, status, aspects): (u32, u8, &[u8]) = match &program.does {
        Does::Exit(status) => (EXIT, *status, &[]),
        Does::Sleep => (SLEEP, 0, &[]),
        Does::Report(aspects) => (REPORT, 0, aspects),
    };
    if let Some(at) = image.windows(MARK.len()).position(|window| window == MARK) {
        let mut put = |offset: usize, bytes: &[u8]| image[at + offset..][..bytes.len()].copy_from_slice(bytes);
        put(std::mem::offset_of!(Config, mark), &MARK);
        put(std::mem::offset_of!(Config, action), &action.to_ne_bytes());
        put(std::mem::offset_of!(Config, status), &u32::from(status).to_ne_bytes());
        let numbers: Vec<u8> = aspects.iter().map(|aspect| aspect + 1).collect();
        put(std::mem::offset_of!(Config, aspects), &numbers);
        put(std::mem::offset_of!(Config, path), &report);
    }
    let len = Operand::constant(image.len() as i64);
    let content = vec![Segment { addr: 0, len, fill: Fill::Bytes(image) }];
    let path = [program.path.as_bytes(), b"\0"].concat();
    Ok(PlanFile { path, content, mode: program.mode })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_the_configuration_is_found_once() {
        assert_eq!(PROGRAM.windows(MARK.len()).filter(|window| *window == MARK).count(), 1);
        assert!(PROGRAM.starts_with(b"\x7fELF") && PROGRAM.len() < 64 << 10, "{}", PROGRAM.len());
    }
}
