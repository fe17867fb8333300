//! Puts the case files into the library: a target needs nothing but the program.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let cases = root.join("cases");
    println!("cargo::rerun-if-changed={}", cases.display());
    let mut files = Vec::new();
    collect(&cases, &mut files)?;
    files.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
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
