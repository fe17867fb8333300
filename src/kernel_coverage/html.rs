//! HTML: a page of a report.

use askama::Template;

use super::functions::{Function, functions};
use super::markdown::reasons;
use super::measure::{Measured, MeasuredFile};
use super::model::Run;
use super::text::{missed, never_entered, row, title};

#[derive(Template)]
#[template(path = "kernel.html")]
struct Page<'a> {
    run: &'a Run,
    tables: [(&'static str, Vec<[String; 7]>); 2],
    never: String,
    files: Vec<FileView<'a>>,
}

/// A file with what is not reached of it.
struct FileView<'a> {
    path: &'a str,
    functions: Vec<FunctionView<'a>>,
    /// Functions of which no line is shown: they were never called.
    never: String,
    reasons: Vec<String>,
}

struct FunctionView<'a> {
    title: String,
    lines: Vec<(u32, String, &'a str)>,
}

/// All that was measured, on one page, with the styles of a report.
///
/// # Errors
/// When the page cannot be rendered.
pub fn html(measured: &Measured<'_>) -> Result<String, String> {
    let all = functions(measured);
    let folders = measured.folders().into_iter().map(|(folder, totals)| row(folder, totals));
    let folders = folders.chain([row("all", measured.totals())]).collect();
    let files = measured.files.iter().map(|file| row(file.path, file.totals)).collect();
    let tables = [("By folder", folders), ("By file", files)];
    let mut sorted: Vec<&MeasuredFile<'_>> = measured.files.iter().collect();
    sorted.sort_by_key(|file| std::cmp::Reverse(file.gaps()));
    let files = sorted.into_iter().map(|file| file_view(measured, file, &all)).collect();
    let never = never_entered(&all).join(" ");
    Page { run: &measured.reached.run, tables, never, files }.render().map_err(|error| error.to_string())
}

fn file_view<'a>(measured: &'a Measured<'a>, file: &'a MeasuredFile<'a>, all: &'a [Function<'a>]) -> FileView<'a> {
    let gaps = all.iter().filter(|function| function.file == file.path && function.gaps() > 0);
    let (called, never): (Vec<_>, Vec<_>) = gaps.partition(|function| function.calls > 0 || function.name.is_empty());
    let functions = called.into_iter();
    let functions =
        functions.map(|function| FunctionView { title: title(function), lines: missed(measured, function).collect() });
    let never: Vec<&str> = never.into_iter().map(|function| function.name).collect();
    FileView { path: file.path, functions: functions.collect(), never: never.join(" "), reasons: reasons(file) }
}
