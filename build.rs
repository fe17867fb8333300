//! Puts the case files into the library, the program that cases execute and the disks that they have: a target needs
//! nothing but the one program.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let cases = root.join("cases");
    println!("cargo::rerun-if-changed={}", cases.display());
    let mut files = Vec::new();
    collect(&cases, &mut files)?;
    files.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    program(&root, &out.join("program"))?;
    fs::write(out.join("disks.rs"), disks(&root.join("disks"), &out)?)?;
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let mut code = String::from("&[\n");
    for file in &files {
        let text = fs::read_to_string(file)?;
        packed.write_all(text.as_bytes())?;
        let name = file.strip_prefix(&cases).unwrap_or(file);
        writeln!(code, "    ({:?}, {}),", name.display(), text.len()).map_err(io::Error::other)?;
    }
    code.push_str("]\n");
    fs::write(out.join("builtin.deflate"), packed.finish()?)?;
    fs::write(out.join("builtin.rs"), code)
}

/// The program that cases execute: static, without a C library, for the same target.
fn program(root: &Path, to: &Path) -> io::Result<()> {
    let source = root.join("src/exec/program/main.rs");
    println!("cargo::rerun-if-changed={}", source.display());
    println!("cargo::rerun-if-changed={}", root.join("src/program.rs").display());
    let said = |name: &str| env::var_os(name).unwrap_or_default();
    let compile = |linker: &[&str]| {
        let mut rustc = Command::new(said("RUSTC"));
        rustc.args(["--edition=2024", "--crate-name=program", "--crate-type=bin", "--cap-lints=allow"]);
        rustc.args(["-Copt-level=s", "-Cpanic=abort", "-Crelocation-model=static", "-Cstrip=symbols"]);
        rustc.arg("--target").arg(said("TARGET")).args(linker).arg("-o").arg(to).arg(&source).output()
    };
    // The linker of the toolchain needs none of the target's own; some distributions leave it out.
    let lld = ["-Clinker=rust-lld", "-Clinker-flavor=ld.lld", "-Clink-arg=--build-id=none", "-Clink-arg=-znorelro"];
    let other = said("RUSTC_LINKER").to_string_lossy().into_owned();
    let other = format!("-Clinker={}", if other.is_empty() { "cc" } else { &other });
    let cc = [other.as_str(), "-Clink-args=-nostartfiles -nodefaultlibs -static -Wl,--build-id=none"];
    let said = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    match compile(&lld)? {
        made if made.status.success() => Ok(()),
        first => match compile(&cc)? {
            made if made.status.success() => Ok(()),
            second => Err(io::Error::other(format!("{}\n{}", said(&first), said(&second)))),
        },
    }
}

/// The images of disks, as `src/disk.rs` has them: of each what is not zero, in sectors.
fn disks(from: &Path, out: &Path) -> io::Result<String> {
    const SECTOR: usize = 512;
    println!("cargo::rerun-if-changed={}", from.display());
    let mut files: Vec<PathBuf> = fs::read_dir(from)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|end| end == "gz"));
    files.sort();
    let mut code = String::from("&[\n");
    for file in &files {
        let mut image = Vec::new();
        flate2::read::GzDecoder::new(fs::File::open(file)?).read_to_end(&mut image)?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(code, "    Image {{ name: {name:?}, size: {}, parts: &[", image.len()).map_err(io::Error::other)?;
        let sectors: Vec<&[u8]> = image.chunks(SECTOR).collect();
        let is_empty = |sector: &&[u8]| sector.iter().all(|byte| *byte == 0);
        let mut at = 0;
        for part in sectors.chunk_by(|a, b| is_empty(a) == is_empty(b)) {
            if !is_empty(&part[0]) {
                let to = out.join(format!("disk-{name}-{at}"));
                fs::write(&to, part.concat())?;
                writeln!(code, "        ({}, include_bytes!({to:?})),", at * SECTOR).map_err(io::Error::other)?;
            }
            at += part.len();
        }
        code.push_str("    ] },\n");
    }
    code.push_str("]\n");
    Ok(code)
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
