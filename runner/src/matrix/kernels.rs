//! Kernel images: in the cache that `ci/fetch-kernel` fills, or wherever somebody has built one.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use syscase::case::KernelVersion;

const FETCH: &str = "ci/fetch-kernel";

/// Where fetched things are kept.
pub(crate) fn cache() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("SYSCASE_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|dir| dir.join("syscase")))
        .unwrap_or_else(|| set("HOME").unwrap_or_default().join(".cache/syscase"))
}

/// The image of a version, fetched if it is not there and can be.
pub(crate) fn image(version: &str) -> Result<PathBuf, String> {
    let image = cache().join("kernels").join(version).join("vmlinuz");
    if !image.is_file() {
        fetch(version)?;
    }
    check(&image).map(|()| image)
}

fn fetch(version: &str) -> Result<(), String> {
    if !Path::new(FETCH).is_file() {
        return Err(format!("no image of Linux {version} is cached: run `{FETCH} {version}` of syscase's source tree"));
    }
    let output = Command::new(FETCH).arg(version).stdin(Stdio::null()).output();
    let output = output.map_err(|e| format!("cannot run {FETCH}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("Linux {version} could not be fetched: {}", said.lines().last().unwrap_or("no reason given")))
}

/// A kernel that `ci/build-kernel` has built.
pub(crate) struct Built {
    /// The program that it is.
    pub(crate) image: PathBuf,
    /// Where its objects lie, with what gcov knows of each.
    pub(crate) objects: PathBuf,
    /// Its source.
    pub(crate) source: PathBuf,
}

/// The User-mode Linux of our own of a version, if it was built.
pub(crate) fn built(version: &str) -> Result<Built, String> {
    let dir = cache().join("build").join(version);
    let built = Built { image: dir.join("linux"), objects: dir.join("objects"), source: dir.join("source") };
    if built.image.is_file() {
        return Ok(built);
    }
    Err(format!(
        "Linux {version} is not built: run `ci/build-kernel {version}` of syscase's source tree (some 20 minutes)"
    ))
}

/// The kernel's configuration, if it was fetched beside the image.
pub(crate) fn config(version: &str) -> Option<String> {
    std::fs::read_to_string(cache().join("kernels").join(version).join("config")).ok()
}

/// Whether a file is what a boot loader expects of a kernel for x86.
pub(crate) fn check(path: &Path) -> Result<(), String> {
    let mut magic = [0; 4];
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::Start(0x202))?;
        file.read_exact(&mut magic)
    });
    match read {
        Ok(()) if &magic == b"HdrS" => Ok(()),
        Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            Err(format!("cannot read {}: {error}", path.display()))
        }
        _ => Err(format!("{} is no kernel image (expected a bzImage)", path.display())),
    }
}

/// The version that an image says it is (the boot protocol's `kernel_version`).
pub(crate) fn version(image: &Path) -> Option<KernelVersion> {
    let mut file = File::open(image).ok()?;
    let mut read = |at: u64, to: &mut [u8]| {
        file.seek(SeekFrom::Start(at))?;
        file.read(to)
    };
    let mut pointer = [0; 2];
    read(0x20e, &mut pointer).ok()?;
    let mut release = [0; 64];
    let len = read(0x200 + u64::from(u16::from_le_bytes(pointer)), &mut release).ok()?;
    let release = release[..len].split(|byte| [b' ', 0].contains(byte)).next()?;
    KernelVersion::parse(std::str::from_utf8(release).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_says_its_version() {
        let dir = tempfile::tempdir().unwrap();
        let (image, mut bytes) = (dir.path().join("image"), vec![0; 0x1000]);
        bytes[0x202..0x206].copy_from_slice(b"HdrS");
        bytes[0x20e..0x210].copy_from_slice(&0x600u16.to_le_bytes());
        assert!(std::fs::write(&image, &bytes).is_ok_and(|()| version(&image).is_none()));
        let release = b"6.12.117+deb13-cloud-amd64 (builder@host) #1 SMP";
        bytes[0x800..0x800 + release.len()].copy_from_slice(release);
        std::fs::write(&image, &bytes).unwrap();
        assert_eq!(version(&image), KernelVersion::parse("6.12.117"));
        assert_eq!(version(&dir.path().join("none")), None);
    }
}
