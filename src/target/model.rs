//! What is recorded of a kernel under test.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A kernel under test and its environment, as recorded with every run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Name: `native`, or that of a target file.
    pub name: String,
    /// `uname -r`.
    pub kernel: String,
    /// The upstream version, where the release does not tell it: `5.10.0-46-amd64` of Debian is 5.10.262.
    #[serde(default)]
    pub version: Option<String>,
    /// Version that expectations are judged by, if not the reported one.
    pub judge_as: Option<String>,
    /// Whose kernel it is, if not Linux: `gVisor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Whether it is to do what Linux does by accident, too, though it is not Linux.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accidents: bool,
    /// `uname -m`.
    pub arch: String,
    /// `uname -v`.
    pub build: String,
    /// Page size in bytes.
    pub page_size: u64,
    /// Effective user id.
    pub uid: u32,
    /// Effective capabilities, a mask; none where the sandbox takes them from every case.
    pub caps: u64,
    /// These are capabilities in a user namespace alone, over little that is the machine's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub user_namespace: bool,
    /// Kernel configuration, where it can be read.
    pub config: Option<BTreeMap<String, String>>,
    /// File system type of the tmpfs working directories.
    pub filesystem: String,
    /// File system type of `workdir: disk`; none if there is no such place.
    pub disk_filesystem: Option<String>,
    /// How cases are kept apart: `namespaces` or `processes`.
    pub isolation: String,
    /// Whether `/proc` can be read, so that blocking can be observed.
    pub proc: bool,
    /// Seccomp mode of the runner (0: none).
    pub seccomp: u32,
    /// The sandbox that cases are performed in, `auto` or `always`; none: they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<String>,
    /// There, cases that need no privilege are performed by a user that has none over the machine, whatever it does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nobody: bool,
    /// It is a machine of the run's own, which cases may change.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_machine: bool,
    /// Active Linux security modules, if known.
    pub lsm: Option<String>,
    /// Sysctls that change behaviour, by name.
    pub sysctls: BTreeMap<String, String>,
    /// Version of the suite that was run: the program's, and a digest of the cases.
    #[serde(default)]
    pub suite: Option<String>,
}
