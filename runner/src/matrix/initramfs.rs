//! What a kernel unpacks: the program as `/init`, and files beside it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use cpio::newc::{Builder, trailer};

/// An archive with the program and these files.
pub(crate) fn with(program: &Path, files: &[(&str, &[u8])]) -> Result<Vec<u8>, String> {
    let program = fs::read(program).map_err(|e| format!("cannot read {}: {e}", program.display()))?;
    archive(&program, files).map_err(|e| format!("cannot make an initramfs: {e}"))
}

fn archive(program: &[u8], files: &[(&str, &[u8])]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let entries = [("init", 0o100_755, program)].into_iter();
    let files = files.iter().map(|(name, bytes)| (name.trim_start_matches('/'), 0o100_644, *bytes));
    for (ino, (name, mode, bytes)) in (1..).zip(entries.chain(files)) {
        let mut file = Builder::new(name).ino(ino).nlink(1).mode(mode).write(&mut out, bytes.len() as u32);
        file.write_all(bytes)?;
        file.finish()?;
    }
    trailer(&mut out)?;
    Ok(out)
}

/// Whether a program needs nothing but a kernel: an ELF file without an interpreter.
pub(crate) fn is_static(program: &Path) -> bool {
    fs::read(program).is_ok_and(|bytes| interpreter(&bytes) == Some(false))
}

/// Whether a 64-bit ELF file names an interpreter (`PT_INTERP`).
fn interpreter(elf: &[u8]) -> Option<bool> {
    const PT_INTERP: u32 = 3;
    let number = |at: usize, size: usize| {
        let bytes = elf.get(at..at.checked_add(size)?)?;
        Some(bytes.iter().rev().fold(0usize, |n, byte| n << 8 | usize::from(*byte)))
    };
    if !elf.starts_with(b"\x7fELF\x02") {
        return None;
    }
    let (table, size, count) = (number(0x20, 8)?, number(0x36, 2)?, number(0x38, 2)?);
    let kinds = (0..count).map(|i| number(table.checked_add(i * size)?, 4));
    let kinds = kinds.collect::<Option<Vec<_>>>()?;
    Some(kinds.contains(&(PT_INTERP as usize)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_can_be_unpacked() {
        let bytes = archive(b"program", &[("/plans", b"plans")]).unwrap();
        let mut reader = cpio::newc::Reader::new(bytes.as_slice()).unwrap();
        let mut seen = Vec::new();
        while !reader.entry().is_trailer() {
            let (name, mode) = (reader.entry().name().to_owned(), reader.entry().mode());
            let mut content = Vec::new();
            io::Read::read_to_end(&mut reader, &mut content).unwrap();
            seen.push((name, mode, content));
            reader = cpio::newc::Reader::new(reader.finish().unwrap()).unwrap();
        }
        let expected = [("init", 0o100_755, &b"program"[..]), ("plans", 0o100_644, b"plans")];
        assert_eq!(seen, expected.map(|(n, m, c)| (n.to_owned(), m, c.to_owned())));
    }

    #[test]
    fn a_script_is_no_program() {
        assert_eq!(interpreter(b"#!/bin/sh\n"), None);
        assert_eq!(interpreter(b"\x7fELF\x02"), None);
    }
}
