//! How far cases are kept from the machine that they are performed on.

use std::fmt;
use std::str::FromStr;

/// Whether cases are performed in a sandbox: beside the namespaces that are always used where they can be
/// had, a user namespace whose root is nobody outside, read-only host files, no new privileges, and a seccomp
/// filter. See `docs/safety.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sandbox {
    /// For root, as much of it as is available and does not change what is tested: a case that needs a
    /// privilege keeps root's. For others, none: the kernel refuses them already.
    #[default]
    Auto,
    /// For everybody, all of it; what it lacks here is an error, and a case that needs a privilege is skipped.
    Always,
    /// None.
    Never,
}

/// Its names on the command line, and in results.
const NAMES: [(&str, Sandbox); 3] = [("auto", Sandbox::Auto), ("always", Sandbox::Always), ("never", Sandbox::Never)];

impl Sandbox {
    /// Whether this program's cases are in a sandbox.
    pub fn is_on(self) -> bool {
        match self {
            Sandbox::Auto => nix::unistd::geteuid().is_root(),
            Sandbox::Always => true,
            Sandbox::Never => false,
        }
    }

    /// What a worker gets of it for cases that need a privilege, or that need none.
    pub(in crate::exec) fn confinement(self, privileged: bool) -> Confinement {
        match self {
            Sandbox::Always => Confinement::Strict,
            _ if !self.is_on() => Confinement::None,
            _ if privileged => Confinement::Privileged,
            _ => Confinement::Unprivileged,
        }
    }
}

impl fmt::Display for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, sandbox)| sandbox == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

impl FromStr for Sandbox {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = NAMES.iter().find(|(name, _)| *name == text).map(|(_, sandbox)| *sandbox);
        known.ok_or_else(|| "expected auto, always or never".to_owned())
    }
}

/// What confines a worker beside its namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::exec) enum Confinement {
    /// Nothing.
    None,
    /// What is available without taking root's privilege away.
    Privileged,
    /// What is available.
    Unprivileged,
    /// All of it, or no worker.
    Strict,
}

impl Confinement {
    /// As it goes to the process that starts workers.
    pub(in crate::exec) fn code(self) -> i64 {
        self as i64
    }

    pub(in crate::exec) fn from_code(code: i64) -> Self {
        let all = [Self::None, Self::Privileged, Self::Unprivileged];
        all.into_iter().find(|confinement| confinement.code() == code).unwrap_or(Self::Strict)
    }

    /// Whether mounts are locked and calls filtered, where that is possible.
    pub(in crate::exec) fn is_some(self) -> bool {
        self != Self::None
    }
}
