//! Saved runs: of `matrix` and `run --json`, already judged, or of `perform`, not yet.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use syscase::exec::Performed;
use syscase::plan::Planned;
use syscase::remote::judged;
use syscase::report::{CaseEvent, Counts, kind, read_line};
use syscase::target::Target;

use super::ran::Ran;
use super::target_file::TargetFile;

/// A line of any of these files.
enum Line {
    Target(Box<Target>),
    Case(Box<CaseEvent>),
    Performed(Box<Performed>),
    Summary(Counts),
    End,
    /// Says nothing that is needed here.
    Other,
}

impl Line {
    fn parse(line: &[u8]) -> Option<Line> {
        let parsed = match &*kind(line).ok()? {
            "target" => serde_json::from_slice(line).map(Line::Target),
            "case" => serde_json::from_slice(line).map(Line::Case),
            "performed" => serde_json::from_slice(line).map(Line::Performed),
            "summary" => serde_json::from_slice(line).map(Line::Summary),
            "end" => Ok(Line::End),
            "begin" | "claim" => Ok(Line::Other),
            _ => return None,
        };
        parsed.ok()
    }
}

/// Reads files; parts of one target are put together. What is wrong with a file is said to `warn`, and what is
/// good of it kept; a file of which nothing is good is an error.
pub(crate) fn read(files: &[PathBuf], cases: &[Planned], mut warn: impl FnMut(String)) -> Result<Vec<Ran>, String> {
    let known: HashMap<&str, &Planned> = cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let mut rans: Vec<Ran> = Vec::new();
    for path in files {
        let ran = one(path, &known, &mut warn)?;
        let part = rans.iter_mut().find(|other| other.name == ran.name && other.kernel() == ran.kernel());
        match part {
            Some(other) => {
                other.cases.extend(ran.cases);
                other.partial = other.partial.take().or(ran.partial);
                other.micros = other.micros.saturating_add(ran.micros);
            }
            None => {
                // Two kernels of one name: the kernel's version tells them apart.
                let taken = rans.iter().any(|other| other.name == ran.name);
                let name = if taken { format!("{} ({})", ran.name, ran.kernel()) } else { ran.name.clone() };
                rans.push(Ran { name, ..ran });
            }
        }
    }
    Ok(rans)
}

fn one(path: &Path, known: &HashMap<&str, &Planned>, warn: &mut impl FnMut(String)) -> Result<Ran, String> {
    let shown = path.display();
    let cannot = |e| format!("cannot read {shown}: {e}");
    let mut file = BufReader::new(File::open(path).map_err(cannot)?);
    let mut line = Vec::new();
    let mut ran = Ran { partial: Some("the file ends before the run does".to_owned()), ..Ran::default() };
    let mut file_of_target: Option<TargetFile> = None;
    let (mut strange, mut foreign, mut lines) = (0u64, 0u64, 0u64);
    while read_line(&mut file, &mut line).map_err(cannot)? {
        lines += 1;
        let Some(line) = Line::parse(&line) else {
            strange += 1;
            continue;
        };
        match (line, &ran.target) {
            (Line::Target(target), _) => {
                ran.name.clone_from(&target.name);
                file_of_target = TargetFile::find(&target.name).ok();
                let judge_as = file_of_target.as_ref().and_then(|file| file.judge_as.clone());
                ran.target = Some(Target { judge_as: judge_as.or(target.judge_as.clone()), ..*target });
            }
            (Line::Case(case), Some(target)) => {
                let again = case.performed.as_ref().and_then(|performed| {
                    let planned = known.get(case.id.as_str())?;
                    let deviation = file_of_target.as_ref().and_then(|file| file.deviation(&case.id));
                    let same = planned.plan.fingerprint() == performed.plan;
                    same.then(|| judged(planned, (**performed).clone(), target, deviation.as_ref()))
                });
                foreign += u64::from(again.is_none() && case.performed.is_some());
                // Of another suite's case, what was performed is of no use.
                let case = again.unwrap_or(CaseEvent { performed: None, ..*case });
                ran.cases.insert(case.id.clone(), case);
            }
            (Line::Performed(performed), Some(target)) => match known.get(performed.id.as_str()) {
                Some(planned) => {
                    let deviation = file_of_target.as_ref().and_then(|file| file.deviation(&performed.id));
                    let case = judged(planned, *performed, target, deviation.as_ref());
                    ran.cases.insert(case.id.clone(), case);
                }
                None => foreign += 1,
            },
            (Line::Summary(counts), _) => {
                ran.micros = counts.micros;
                ran.partial = counts.partial.then(|| "the run was ended early".to_owned());
            }
            (Line::End, _) => ran.partial = None,
            (Line::Other, _) => {}
            (Line::Case(_) | Line::Performed(_), None) => strange += 1,
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
