//! Modules of a kernel that was fetched, for guests whose cases mount file systems: a guest has no other files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syscase::exec::MODULES;
use syscase::plan::Plan;
use syscase::remote::Pack;

use super::kernels;

/// Modules of file systems that do not have their name, or need others which the kernel would look for by itself.
const NAMES: [(&str, &[&str]); 2] =
    [("vfat", &["nls_cp437", "nls_ascii", "nls_utf8", "vfat"]), ("ext4", &["quota_v2", "ext4"])];
/// What disks are on.
const DISKS: &str = "loop";

/// Modules that the plans need, with their places in the guest, in the order in which they are to be loaded. What is not
/// there is built in, or the kernel has none, and cases that need it are skipped.
pub(super) fn of(kernel: &str, pack: &Pack) -> Result<Vec<(String, Vec<u8>)>, String> {
    let dir = kernels::cache().join("kernels").join(kernel).join("modules");
    let mut loaded = Vec::new();
    for name in needed(pack) {
        load(&dir, name, &mut BTreeSet::new(), &mut loaded)?;
    }
    let place = |(at, (name, module))| (format!("{MODULES}{at:02}-{name}"), module);
    Ok(loaded.into_iter().enumerate().map(place).collect())
}

fn needed(pack: &Pack) -> BTreeSet<&str> {
    let plans = pack.entries.iter().flat_map(|entry| entry.probe.iter().chain([&entry.plan]));
    plans.flat_map(of_plan).collect()
}

fn of_plan(plan: &Plan) -> impl Iterator<Item = &str> {
    let types = plan.setup.mounts().filter_map(|mount| std::str::from_utf8(mount.fstype.strip_suffix(b"\0")?).ok());
    let names = types.flat_map(|name| {
        let other = NAMES.iter().find(|(of, _)| *of == name).map(|(_, names)| *names);
        other.map_or_else(|| vec![name], <[&str]>::to_vec)
    });
    names.chain(plan.setup.disks().map(|_| DISKS))
}

/// Adds a module, after those that it depends on.
fn load(
    dir: &Path,
    name: &str,
    within: &mut BTreeSet<String>,
    loaded: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), String> {
    let path = dir.join(format!("{name}.ko"));
    if loaded.iter().any(|(known, _)| known == name) || !path.is_file() || !within.insert(name.to_owned()) {
        return Ok(());
    }
    let module = fs::read(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    for other in dependencies(&module) {
        load(dir, &other, within, loaded)?;
    }
    loaded.push((name.to_owned(), module));
    Ok(())
}

/// What a module says of itself: `depends=raid6_pq,xor`, among other texts that end with a NUL.
fn dependencies(module: &[u8]) -> Vec<String> {
    const KEY: &[u8] = b"\0depends=";
    let Some(at) = module.windows(KEY.len()).position(|bytes| bytes == KEY) else { return Vec::new() };
    let rest = &module[at + KEY.len()..];
    let list = &rest[..rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len())];
    let names = String::from_utf8_lossy(list);
    names.split(',').filter(|name| !name.is_empty()).map(|name| name.replace('-', "_")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_come_after_those_that_they_depend_on() {
        let dir = tempfile::tempdir().unwrap();
        let modules = [("btrfs", "raid6-pq,xor,built_in"), ("raid6_pq", ""), ("xor", "raid6_pq,btrfs")];
        for (name, depends) in modules {
            let module = format!("\x7fELF\0license=GPL\0depends={depends}\0name={name}\0");
            fs::write(dir.path().join(format!("{name}.ko")), module).unwrap();
        }
        let mut loaded = Vec::new();
        load(dir.path(), "btrfs", &mut BTreeSet::new(), &mut loaded).unwrap();
        load(dir.path(), "none", &mut BTreeSet::new(), &mut loaded).unwrap();
        let names: Vec<_> = loaded.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["raid6_pq", "xor", "btrfs"]);
    }
}
