//! Finding out what kernel this is, and what surrounds it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;

use crate::exec::{Environment, Sandbox};

use super::Target;

/// Sysctls that change what the cases see.
const SYSCTLS: [&str; 9] = [
    "fs.file-max",
    "fs.lease-break-time",
    "fs.leases-enable",
    "fs.pipe-max-size",
    "fs.pipe-user-pages-hard",
    "fs.pipe-user-pages-soft",
    "fs.protected_fifos",
    "user.max_user_namespaces",
    "vm.overcommit_memory",
];

/// File systems as `statfs(2)` numbers them.
const FILESYSTEMS: [(i64, &str); 14] = [
    (0x0102_1994, "tmpfs"),
    (0x8584_58f6, "ramfs"),
    (0xef53, "ext4"),
    (0x5846_5342, "xfs"),
    (0x9123_683e, "btrfs"),
    (0x794c_7630, "overlay"),
    (0xf2f5_2010, "f2fs"),
    (0x0102_1997, "9p"),
    (0x6969, "nfs"),
    (0x2fc1_2fc1, "zfs"),
    (0xca45_1a4e, "bcachefs"),
    (0x7371_7368, "squashfs"),
    (0x4d44, "vfat"),
    (0x6573_5546, "fuse"),
];

impl Target {
    /// The kernel that this program runs on, with what a worker found out about its environment.
    pub fn native(environment: &Environment) -> Self {
        let uname = nix::sys::utsname::uname().ok();
        let text = |field: fn(&nix::sys::utsname::UtsName) -> &std::ffi::OsStr| {
            uname.as_ref().map(|u| field(u).to_string_lossy().into_owned()).unwrap_or_default()
        };
        let kernel = text(|u| u.release());
        let page_size = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE).ok().flatten().unwrap_or(4096);
        Target {
            name: "native".to_owned(),
            config: kernel_config(&kernel),
            version: upstream_version(&kernel, &text(|u| u.version())),
            judge_as: None,
            system: system(&kernel, &text(|u| u.version())).map(str::to_owned),
            kernel,
            accidents: false,
            arch: text(|u| u.machine()),
            build: text(|u| u.version()),
            page_size: page_size as u64,
            uid: nix::unistd::geteuid().as_raw(),
            caps: match environment.sandbox {
                Some(Sandbox::Always) => 0,
                _ => status_field("CapEff").and_then(|v| u64::from_str_radix(&v, 16).ok()).unwrap_or(0),
            },
            user_namespace: fs::read_to_string("/proc/self/uid_map").is_ok_and(|map| !maps_everybody(&map)),
            filesystem: filesystem_name(environment.filesystem),
            disk_filesystem: environment.disk_filesystem.map(filesystem_name),
            isolation: if environment.namespaces { "namespaces" } else { "processes" }.to_owned(),
            proc: environment.proc,
            seccomp: status_field("Seccomp").and_then(|v| v.parse().ok()).unwrap_or(0),
            sandbox: environment.sandbox.map(|sandbox| sandbox.to_string()),
            own_machine: environment.own_machine,
            nobody: environment.sandbox.is_some() && environment.own_ids,
            lsm: fs::read_to_string("/sys/kernel/security/lsm").ok(),
            sysctls: SYSCTLS.iter().filter_map(|name| Some(((*name).to_owned(), sysctl(name)?))).collect(),
            suite: None,
        }
    }
}

/// What calls itself Linux and is not: a word of its release, or of its build, tells.
const OTHERS: [(&str, &str); 4] = [
    // One release, and the build of the Linux that it took it from.
    ("#1 SMP Sun Jan 10 15:06:54 PST 2016", "gVisor"),
    ("gvisor", "gVisor"),
    // `4.4.0-19041-Microsoft`; the Linux of WSL 2 is `-microsoft-standard-WSL2`.
    ("-Microsoft", "WSL 1"),
    ("FreeBSD", "FreeBSD"),
];

/// Whose kernel it is, if it is not Linux and says so.
fn system(release: &str, build: &str) -> Option<&'static str> {
    let tells = |(word, _): &&(&str, &str)| release.contains(word) || build.contains(word);
    OTHERS.iter().find(tells).map(|(_, name)| *name)
}

/// The version that a distribution's kernel is made from, where it says so: Debian in `uname -v`
/// (`#1 SMP Debian 5.10.262-1 (2026-07-31)`), Ubuntu in `/proc/version_signature`
/// (`Ubuntu 5.15.0-119.129-generic 5.15.160`).
fn upstream_version(release: &str, build: &str) -> Option<String> {
    let debian = build.split_once("Debian ").map(|(_, rest)| rest.to_owned());
    let ubuntu = || fs::read_to_string("/proc/version_signature").ok()?.split_whitespace().last().map(str::to_owned);
    let told = debian.or_else(ubuntu)?;
    let version = told.split(['-', ' ', '~', '+']).next()?;
    let series = |v: &str| v.splitn(3, '.').take(2).map(str::to_owned).collect::<Vec<_>>();
    (series(version) == series(release.split('-').next()?)).then(|| version.to_owned())
}

fn filesystem_name(kind: i64) -> String {
    let known = FILESYSTEMS.iter().find(|(number, _)| *number == kind);
    known.map_or_else(|| format!("{kind:#x}"), |(_, name)| (*name).to_owned())
}

/// Whether all user ids are mapped to themselves, as they are in the first user namespace.
fn maps_everybody(map: &str) -> bool {
    map.split_ascii_whitespace().eq(["0", "0", "4294967295"])
}

fn sysctl(name: &str) -> Option<String> {
    let path = format!("/proc/sys/{}", name.replace('.', "/"));
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

fn status_field(name: &str) -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().to_owned())
}

fn kernel_config(release: &str) -> Option<BTreeMap<String, String>> {
    let packed = fs::File::open("/proc/config.gz").ok().and_then(|file| {
        let mut text = String::new();
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).ok().map(|_| text)
    });
    let installed = || {
        let places = [format!("/boot/config-{release}"), format!("/lib/modules/{release}/config")];
        places.iter().find_map(|p| fs::read_to_string(p).ok())
    };
    packed.or_else(installed).map(|text| options(&text))
}

/// The options in a file of kernel configuration.
pub fn options(text: &str) -> BTreeMap<String, String> {
    let options = text.lines().filter_map(|line| line.split_once('='));
    options.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("5.10.0-46-cloud-amd64", "#1 SMP Debian 5.10.262-1 (2026-07-31)", Some("5.10.262"))]
    #[case(
        "6.12.107+deb13-cloud-amd64",
        "#1 SMP PREEMPT_DYNAMIC Debian 6.12.107-1~bpo12+1 (2026-08-01)",
        Some("6.12.107")
    )]
    #[case("6.1.0-9-amd64", "#1 SMP Debian 5.10.262-1", None)]
    fn debian_tells_the_upstream_version(#[case] release: &str, #[case] build: &str, #[case] version: Option<&str>) {
        assert_eq!(upstream_version(release, build).as_deref(), version);
    }

    #[rstest::rstest]
    #[case("         0          0 4294967295\n", true)]
    #[case("         0          0          1\n", false)]
    #[case("         0     100000      65536\n", false)]
    #[case("", false)]
    fn the_first_user_namespace_maps_everybody(#[case] map: &str, #[case] everybody: bool) {
        assert_eq!(maps_everybody(map), everybody);
    }

    #[rstest::rstest]
    #[case("6.18.44", "#1 SMP PREEMPT_DYNAMIC Debian 6.18.44-1", None)]
    #[case("4.4.0", "#1 SMP Sun Jan 10 15:06:54 PST 2016", Some("gVisor"))]
    #[case("4.19.0-gvisor", "#1 SMP", Some("gVisor"))]
    #[case("4.4.0-19041-Microsoft", "#488-Microsoft Mon Sep 01 13:43:00 PST 2020", Some("WSL 1"))]
    #[case("5.15.167.4-microsoft-standard-WSL2", "#1 SMP", None)]
    fn other_systems_are_known(#[case] release: &str, #[case] build: &str, #[case] name: Option<&str>) {
        assert_eq!(system(release, build), name);
    }

    #[test]
    fn this_kernel_is_known() {
        let around = Environment {
            sandbox: Some(Sandbox::Always),
            namespaces: true,
            own_ids: false,
            own_machine: false,
            proc: true,
            filesystem: 0x0102_1994,
            disk_filesystem: Some(0x1234),
        };
        let target = Target::native(&around);
        assert!(target.kernel.starts_with(|c: char| c.is_ascii_digit()), "{}", target.kernel);
        assert!(target.page_size.is_power_of_two());
        assert_eq!(target.filesystem, "tmpfs");
        assert_eq!(target.disk_filesystem.as_deref(), Some("0x1234"));
        assert_eq!((target.sandbox.as_deref(), target.caps), (Some("always"), 0));
    }
}
