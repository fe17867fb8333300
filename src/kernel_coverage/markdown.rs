//! Markdown: a section of the results, and the list from which cases are written.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::functions::functions;
use super::measure::{Measured, MeasuredFile, Totals};
use super::text::{missed, never_entered, row, title};
use super::unreachable::Cause;

/// A table by folder, and of the files that are named.
pub fn section(measured: &Measured<'_>, named: impl Fn(&str) -> bool) -> String {
    let mut text = String::new();
    // A string takes whatever is written.
    let _ = write_section(&mut text, measured, named);
    text
}

fn write_section(text: &mut String, measured: &Measured<'_>, named: impl Fn(&str) -> bool) -> fmt::Result {
    let run = &measured.reached.run;
    writeln!(text, "## What the cases reach of the kernel\n")?;
    writeln!(
        text,
        "Made by `syscase kernel-coverage --results`: {} cases on Linux {}; see [kernel-coverage.md](kernel-coverage.md).\n",
        run.cases, run.kernel
    )?;
    let folders = measured.folders();
    head(text, "folder")?;
    folders.iter().try_for_each(|(folder, totals)| table_row(text, folder, *totals))?;
    table_row(text, "all", measured.totals())?;
    let files: Vec<_> = measured.files.iter().filter(|file| named(file.path)).collect();
    if !files.is_empty() {
        writeln!(text)?;
        head(text, "file")?;
        files.iter().try_for_each(|file| table_row(text, file.path, file.totals))?;
    }
    Ok(())
}

fn head(text: &mut String, what: &str) -> fmt::Result {
    writeln!(text, "| {what} | lines | reached | within reach | branches | taken | within reach |")?;
    writeln!(text, "| --- | --- | --- | --- | --- | --- | --- |")
}

fn table_row(text: &mut String, name: &str, totals: Totals) -> fmt::Result {
    writeln!(text, "| {} |", row(name, totals).join(" | "))
}

/// Everything that is not reached, with its source: by file and function, worst first.
pub fn uncovered(measured: &Measured<'_>) -> String {
    let mut text = String::new();
    let _ = write_uncovered(&mut text, measured);
    text
}

fn write_uncovered(text: &mut String, measured: &Measured<'_>) -> fmt::Result {
    let run = &measured.reached.run;
    let of = run.filter.as_ref().map_or_else(String::new, |filter| format!(" of `{filter}`"));
    writeln!(text, "# What the cases do not reach of the kernel\n")?;
    writeln!(text, "Linux {}, {} cases{of}, {} of them passed.\n", run.kernel, run.cases, run.passed)?;
    writeln!(
        text,
        "`#####`: the line is not reached. `2/4`: two of four ways out of the line's conditions are taken.\n"
    )?;
    head(text, "file")?;
    measured.files.iter().try_for_each(|file| table_row(text, file.path, file.totals))?;
    table_row(text, "all", measured.totals())?;
    let all = functions(measured);
    let never = never_entered(&all);
    if !never.is_empty() {
        writeln!(text, "\nSystem calls that were never entered: {}", never.join(", "))?;
    }
    let mut files: Vec<&MeasuredFile<'_>> = measured.files.iter().collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.gaps()));
    for file in files {
        let functions: Vec<_> = all.iter().filter(|f| f.file == file.path && f.gaps() > 0).collect();
        if functions.is_empty() && file.excused.is_empty() {
            continue;
        }
        writeln!(text, "\n## {}", file.path)?;
        for function in functions {
            writeln!(text, "\n{}\n\n```c", title(function))?;
            for (number, mark, line) in missed(measured, function) {
                writeln!(text, "{}", format!("{number:>5} {mark:>7}  {line}").trim_end())?;
            }
            writeln!(text, "```")?;
        }
        let reasons = reasons(file);
        if !reasons.is_empty() {
            writeln!(text, "\nOut of reach:\n")?;
        }
        reasons.iter().try_for_each(|reason| writeln!(text, "- {reason}"))?;
    }
    Ok(())
}

/// What the list says of a file: each reason with its lines.
pub(super) fn reasons(file: &MeasuredFile<'_>) -> Vec<String> {
    let mut reasons = BTreeMap::<(Cause, &str), Vec<String>>::new();
    for (number, reason) in &file.excused {
        reasons.entry((reason.cause, &reason.because)).or_default().push(number.to_string());
    }
    let reasons = reasons.into_iter();
    let reasons = reasons.map(|((cause, because), lines)| {
        format!("{} ({}): {}", because.trim_end_matches('.'), cause.name(), lines.join(", "))
    });
    reasons.collect()
}
