//! `ci/targets/NAME.yaml`: how a target is started, and what it is known to do differently.

use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;
use syscase::case::KernelVersion;
use syscase::exec::Sandbox;
use syscase::judge::KnownDeviation;
use syscase::plan::Planned;
use wildmatch::WildMatch;

use super::kernels;

/// Directory that is looked into before the target files built in.
pub(crate) const TARGETS: &str = "ci/targets";

/// The target files built in: name and text.
const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/targets.rs"));

/// A target file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetFile {
    /// Its name: that of the file.
    #[serde(skip)]
    pub(crate) name: String,
    /// Whether it is one of the program's own, which speak of the cases built in.
    #[serde(skip)]
    pub(crate) is_built_in: bool,
    /// One sentence.
    #[expect(dead_code, reason = "for who reads the file")]
    summary: String,
    /// How to start it.
    pub(crate) start: Start,
    /// The Linux version to judge it as, if the one that it reports means nothing.
    #[serde(default)]
    pub(crate) judge_as: Option<String>,
    /// Whose kernel it is, if not Linux.
    #[serde(default)]
    pub(crate) system: Option<String>,
    /// Seconds that a case without a deadline of its own may take there, if not the run's.
    #[serde(default)]
    pub(crate) deadline: Option<f64>,
    /// The same for cases that are known to deviate: what goes wrong often ends in a sleep.
    #[serde(default)]
    deviation_deadline: Option<f64>,
    /// What it does otherwise.
    #[serde(default)]
    deviations: Vec<Deviation>,
    /// The target whose deviations it shares.
    #[serde(default)]
    like: Option<String>,
}

/// How a target is started.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Start {
    /// The kernel that this program runs on.
    Native {},
    /// A kernel under QEMU: Debian's of this version.
    Qemu {
        /// `6.12`.
        kernel: String,
    },
    /// A kernel under QEMU: this image.
    #[serde(skip)]
    Image(std::path::PathBuf),
    /// User-mode Linux: Debian's, or the one that `ci/build-kernel` makes of this version.
    Uml {
        /// `6.1`.
        #[serde(default)]
        kernel: Option<String>,
    },
    /// gVisor.
    Gvisor {
        /// `ptrace` or `systrap`.
        platform: String,
    },
    /// QEMU's user-mode emulation.
    QemuUser {},
}

impl Start {
    /// Whether a kernel is booted, which has nothing but what it is given.
    pub(crate) fn boots(&self) -> bool {
        matches!(self, Start::Qemu { .. } | Start::Image(_) | Start::Uml { .. })
    }

    /// Why it is left out where nobody asks for it by name: it takes long to make, and nobody has made it.
    pub(crate) fn missing(&self) -> Option<String> {
        match self {
            Start::Uml { kernel: Some(version) } => kernels::built(version).err(),
            _ => None,
        }
    }

    /// The sandbox of cases there: none where a kernel of the target's own answers their calls, and the same as that of
    /// `run` where it is this machine's.
    pub(crate) fn sandbox(&self) -> Sandbox {
        match self {
            Start::Native {} | Start::QemuUser {} => Sandbox::Auto,
            Start::Qemu { .. } | Start::Image(_) | Start::Uml { .. } | Start::Gvisor { .. } => Sandbox::Never,
        }
    }
}

/// A known deviation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deviation {
    /// Ids, in which `*` stands for anything.
    cases: Vec<String>,
    /// What it does instead.
    instead: String,
    /// Why.
    reason: String,
    /// Whether it does so now and then only.
    #[serde(default)]
    sometimes: bool,
    /// Where that is written, if anywhere.
    #[serde(default)]
    link: Option<String>,
    /// The day from which on the entry is to be looked at again.
    review_by: NaiveDate,
}

impl Deviation {
    fn covers(&self, id: &str) -> bool {
        self.cases.iter().any(|glob| WildMatch::new(glob).matches(id))
    }
}

impl TargetFile {
    /// The target file of this name, or at this path.
    pub(crate) fn find(name: &str) -> Result<Self, String> {
        if name.ends_with(".yaml") {
            return Self::load(Path::new(name));
        }
        let path = Path::new(TARGETS).join(format!("{name}.yaml"));
        if path.is_file() {
            return Self::load(&path);
        }
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == name && !Path::new(TARGETS).is_dir());
        let (_, text) = built_in.ok_or_else(|| {
            let names = Self::names();
            let near = syscase::case::did_you_mean(name, names.iter().map(String::as_str));
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            format!("there is no target `{name}`{near} (there are: {})", names.join(", "))
        })?;
        Self::parse(name, text).map(|file| TargetFile { is_built_in: true, ..file })
    }

    /// The names of all targets, in the order of their versions.
    pub(crate) fn names() -> Vec<String> {
        let mut names: Vec<String> = match std::fs::read_dir(TARGETS) {
            Ok(entries) => {
                let files = entries.flatten().map(|entry| entry.path());
                let yaml = files.filter(|path| path.extension().is_some_and(|e| e == "yaml"));
                yaml.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect()
            }
            Err(_) => BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect(),
        };
        let numbers = |name: &String| -> Vec<u32> { name.split(['-', '.']).filter_map(|n| n.parse().ok()).collect() };
        names.sort_by_cached_key(|name| (numbers(name).is_empty(), numbers(name), name.clone()));
        names
    }

    /// A target of a kernel image.
    pub(crate) fn of_image(path: &Path) -> Self {
        TargetFile {
            name: path.file_name().map_or_else(|| "kernel".to_owned(), |name| name.to_string_lossy().into_owned()),
            is_built_in: false,
            summary: String::new(),
            start: Start::Image(path.to_owned()),
            judge_as: None,
            system: None,
            deadline: None,
            deviation_deadline: None,
            deviations: Vec::new(),
            like: None,
        }
    }

    fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        Self::parse(&name, &text).map_err(|e| format!("{}: {e}", path.display()))
    }

    fn parse(name: &str, text: &str) -> Result<Self, String> {
        let file: TargetFile = serde_yaml::from_str(text).map_err(|e| e.to_string())?;
        if let Some(version) = &file.judge_as
            && KernelVersion::parse(version).is_none()
        {
            return Err(format!("judge_as: `{version}` is no kernel version"));
        }
        for (key, value) in [("deadline", file.deadline), ("deviation_deadline", file.deviation_deadline)] {
            if value.is_some_and(|seconds| !(0.001..=3600.0).contains(&seconds)) {
                return Err(format!("{key}: expected seconds between 0.001 and 3600"));
            }
        }
        let mut deviations = file.deviations;
        if let Some(other) = &file.like {
            if other == name {
                return Err(format!("like: `{other}` is this very target"));
            }
            deviations.extend(Self::find(other)?.deviations);
        }
        Ok(TargetFile { name: name.to_owned(), deviations, ..file })
    }

    /// Deviations that speak of no case: their ids were mistyped, or the cases are gone.
    pub(crate) fn strays<'a>(&'a self, cases: &'a [Planned]) -> impl Iterator<Item = &'a str> {
        let globs = self.deviations.iter().flat_map(|deviation| &deviation.cases).map(String::as_str);
        globs.filter(|glob| !cases.iter().any(|case| WildMatch::new(glob).matches(&case.id)))
    }

    /// Deviations whose day of review has come, in words.
    pub(crate) fn due(&self, today: NaiveDate) -> impl Iterator<Item = String> {
        self.deviations.iter().filter(move |deviation| deviation.review_by < today).map(|deviation| {
            let Deviation { cases, instead, review_by, .. } = deviation;
            format!(
                "{}: the deviation of {} ({instead}) was to be reviewed by {review_by}",
                self.name,
                cases.join(", ")
            )
        })
    }

    /// The version of the kernel that cases are judged by, as far as that shows before it runs.
    pub(crate) fn version(&self) -> Option<KernelVersion> {
        let image = || match &self.start {
            Start::Qemu { kernel } => kernels::version(&kernels::image(kernel).ok()?),
            Start::Image(path) => kernels::version(path),
            _ => None,
        };
        self.judge_as.as_deref().map_or_else(image, KernelVersion::parse)
    }

    /// Microseconds that the case may take there, if it always deviates and is to take no longer for that.
    pub(crate) fn deviation_deadline(&self, id: &str) -> Option<u64> {
        let seconds = self.deviation_deadline?;
        self.covering(id).filter(|deviation| !deviation.sometimes).map(|_| (seconds * 1e6) as u64)
    }

    fn covering(&self, id: &str) -> Option<&Deviation> {
        self.deviations.iter().find(|deviation| deviation.covers(id))
    }

    /// What is known of the case there, if it is a known deviation.
    pub(crate) fn deviation(&self, id: &str) -> Option<KnownDeviation> {
        let Deviation { instead, reason, link, sometimes, .. } = self.covering(id)?;
        let link = link.as_ref().map_or_else(String::new, |link| format!(" <{link}>"));
        Some(KnownDeviation { reason: format!("{instead}: {reason}{link}"), sometimes: *sometimes })
    }
}
