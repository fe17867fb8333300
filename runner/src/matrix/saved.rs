//! Saved runs: of `matrix` and `run --json`, already judged, or of `perform`, not yet.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;

use syscase::exec::Performed;
use syscase::plan::Planned;
use syscase::remote::judged;
use syscase::report::{CaseEvent, Counts, kind, other_name, read_line};
use syscase::target::Target;

use crate::results::Results;

use super::ran::Ran;
use super::target_file::TargetFile;

/// A line of any of these files.
enum SavedLine {
    Target(Box<Target>),
    Case(Box<CaseEvent>),
    Performed(Box<Performed>),
    Summary(Counts),
    End,
    /// Says nothing that is needed here.
    Other,
}

impl SavedLine {
    fn parse(line: &[u8]) -> Option<SavedLine> {
        let parsed = match &*kind(line).ok()? {
            "target" => serde_json::from_slice(line).map(SavedLine::Target),
            "case" => serde_json::from_slice(line).map(SavedLine::Case),
            "performed" => serde_json::from_slice(line).map(SavedLine::Performed),
            "summary" => serde_json::from_slice(line).map(SavedLine::Summary),
            "end" => Ok(SavedLine::End),
            "begin" | "claim" => Ok(SavedLine::Other),
            _ => return None,
        };
        parsed.ok()
    }
}

/// Reads files; parts of one target are put together. What is wrong with a file is said to `warn`, and what is
/// good of it kept; a file of which nothing is good is an error, and so are two runs that cannot be told apart. Where
/// `accidents` count, a target that is not Linux fails by those of Linux.
pub(crate) fn read(
    files: &[Results],
    cases: &[Planned],
    accidents: bool,
    mut warn: impl FnMut(String),
) -> Result<Vec<Ran>, String> {
    let known: HashMap<&str, &Planned> = cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let mut rans: Vec<(Ran, String)> = Vec::new();
    for file in files {
        let shown = file.path.display().to_string();
        let mut ran = one(file, &known, accidents, &mut warn)?;
        // Two kernels of one name: the kernel's version tells them apart.
        if rans.iter().any(|(other, _)| other.name == ran.name && other.kernel() != ran.kernel()) {
            ran.name = format!("{} ({})", ran.name, ran.kernel());
        }
        match rans.iter_mut().find(|(other, _)| other.name == ran.name) {
            Some((other, first)) => part(other, first, ran, &shown)?,
            None => rans.push((ran, shown)),
        }
    }
    Ok(rans.into_iter().map(|(ran, _)| ran).collect())
}

/// Adds a part of a target's run to those that are there, from `first` on.
fn part(whole: &mut Ran, first: &str, part: Ran, shown: &str) -> Result<(), String> {
    let name = &whole.name;
    let two = || format!("two runs need two names: {}", other_name(shown));
    let build = |ran: &Ran| ran.target.as_ref().map(|target| target.build.clone()).unwrap_or_default();
    let (here, there) = (build(&part), build(whole));
    if here != there {
        return Err(format!("{shown}: the target `{name}` is on {here} here and on {there} in {first}; {}", two()));
    }
    if let Some(id) = part.cases.keys().find(|id| whole.cases.contains_key(*id)) {
        return Err(format!("{shown}: `{id}` is there twice for the target `{name}`, first in {first}; {}", two()));
    }
    whole.cases.extend(part.cases);
    whole.partial = whole.partial.take().or(part.partial);
    whole.micros = whole.micros.saturating_add(part.micros);
    Ok(())
}

fn one(
    file: &Results,
    known: &HashMap<&str, &Planned>,
    accidents: bool,
    warn: &mut impl FnMut(String),
) -> Result<Ran, String> {
    let shown = file.path.display();
    let cannot = |e| format!("cannot read {shown}: {e}");
    let given = file.name.as_deref();
    let mut file = BufReader::new(File::open(&file.path).map_err(cannot)?);
    let mut line = Vec::new();
    let mut ran = Ran { partial: Some("the file ends before the run does".to_owned()), ..Ran::default() };
    let mut file_of_target: Option<TargetFile> = None;
    let (mut strange, mut foreign, mut lines) = (0u64, 0u64, 0u64);
    while read_line(&mut file, &mut line).map_err(cannot)? {
        lines += 1;
        let Some(line) = SavedLine::parse(&line) else {
            strange += 1;
            continue;
        };
        match (line, &ran.target) {
            (SavedLine::Target(_), Some(_)) => return Err(format!("{shown}: line {lines}: a second run begins")),
            (SavedLine::Target(target), None) => {
                ran.name = given.unwrap_or(&target.name).to_owned();
                // A name that is given may be that of a target file; or only tells runs of one apart.
                let found = given.and_then(|name| TargetFile::find(name).ok());
                file_of_target = found.or_else(|| TargetFile::find(&target.name).ok());
                let judge_as = file_of_target.as_ref().and_then(|file| file.judge_as.clone());
                let judge_as = judge_as.or(target.judge_as.clone());
                let system = file_of_target.as_ref().and_then(|file| file.system.clone()).or(target.system.clone());
                ran.target = Some(Target { judge_as, system, accidents, ..*target });
            }
            (SavedLine::Case(case), Some(target)) => {
                let again = case.performed.as_ref().and_then(|performed| {
                    let planned = known.get(case.id.as_str())?;
                    let deviation = file_of_target.as_ref().and_then(|file| file.deviation(&case.id));
                    let same = planned.plan.fingerprint() == performed.plan;
                    same.then(|| judged(planned, (**performed).clone(), target, deviation.as_ref()))
                });
                foreign += u64::from(again.is_none() && case.performed.is_some());
                // Of another suite's case, what was performed is of no use.
                let case = again.unwrap_or(CaseEvent { performed: None, ..*case });
                once(&mut ran, case).map_err(|e| format!("{shown}: line {lines}: {e}"))?;
            }
            (SavedLine::Performed(performed), Some(target)) => match known.get(performed.id.as_str()) {
                Some(planned) => {
                    let deviation = file_of_target.as_ref().and_then(|file| file.deviation(&performed.id));
                    let case = judged(planned, *performed, target, deviation.as_ref());
                    once(&mut ran, case).map_err(|e| format!("{shown}: line {lines}: {e}"))?;
                }
                None => foreign += 1,
            },
            (SavedLine::Summary(counts), _) => {
                ran.micros = counts.micros;
                ran.partial = counts.partial.then(|| "the run was ended early".to_owned());
            }
            (SavedLine::End, _) => ran.partial = None,
            (SavedLine::Other, _) => {}
            (SavedLine::Case(_) | SavedLine::Performed(_), None) => strange += 1,
        }
    }
    if ran.target.is_none() {
        return Err(format!("{shown} holds no results ({lines} lines, and none says what the target was)"));
    }
    if strange > 0 {
        warn(format!("{shown}: {strange} of {lines} lines are damaged, or no results, and were passed over"));
    }
    if foreign > 0 {
        warn(format!("{shown}: {foreign} cases are not the ones at hand, and were taken as they stand or left out"));
    }
    Ok(ran)
}

fn once(ran: &mut Ran, case: CaseEvent) -> Result<(), String> {
    match ran.cases.insert(case.id.clone(), case) {
        Some(case) => Err(format!("`{}` is there twice for the target `{}`", case.id, ran.name)),
        None => Ok(()),
    }
}
