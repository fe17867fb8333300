//! A root directory for the program.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use nix::sys::stat::{Mode, SFlag, makedev, mknod};

/// Puts there what the program needs to run: its libraries, `/dev/null`, and these directories, for everybody.
pub(crate) fn furnish(root: &Path, directories: &[&str]) {
    let ldd = Command::new("ldd").arg(env!("CARGO_BIN_EXE_syscase")).output().expect("ldd");
    let told = String::from_utf8_lossy(&ldd.stdout);
    for library in told.split_whitespace().filter(|word| word.starts_with('/')) {
        let place = root.join(library.trim_start_matches('/'));
        fs::create_dir_all(place.parent().expect("a directory")).expect("a directory");
        fs::copy(library, place).expect("a library");
    }
    for dir in directories.iter().chain(&["dev"]) {
        fs::create_dir_all(root.join(dir)).expect("a directory");
        fs::set_permissions(root.join(dir), fs::Permissions::from_mode(0o777)).expect("permissions");
    }
    let null = root.join("dev/null");
    mknod(&null, SFlag::S_IFCHR, Mode::from_bits_truncate(0o666), makedev(1, 3)).expect("a device");
    fs::set_permissions(null, fs::Permissions::from_mode(0o666)).expect("permissions");
}
