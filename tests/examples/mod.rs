//! The examples of the documents.

use std::fs;

/// A YAML block of a document.
pub(crate) struct Example {
    /// `docs/case-format.md`.
    pub(crate) document: &'static str,
    /// The heading that it stands below.
    pub(crate) heading: String,
    /// The line that it begins on.
    pub(crate) line: usize,
    /// The YAML.
    pub(crate) text: String,
}

/// The example of `documents.yaml`, which the examples of claims need.
pub(crate) fn documents() -> Vec<Example> {
    in_document("docs/case-format.md").into_iter().filter(|e| e.text.starts_with("documents:")).collect()
}

/// Every example that is a whole case file.
pub(crate) fn examples() -> Vec<Example> {
    let mut found = in_document("docs/case-format.md");
    found.retain(|e| !e.text.starts_with("documents:"));
    // The other YAML of a README may be anything: a workflow, a part of a case.
    found.extend(in_document("README.md").into_iter().filter(|e| e.text.starts_with("subject:")));
    found
}

fn in_document(document: &'static str) -> Vec<Example> {
    let text = fs::read_to_string(document).unwrap_or_default();
    let (mut found, mut heading, mut lines) = (Vec::new(), String::new(), text.lines().enumerate());
    while let Some((nth, line)) = lines.next() {
        if line.starts_with("```") {
            let block = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
            let text: String = block.flat_map(|line| [line, "\n"]).collect();
            if line == "```yaml" {
                found.push(Example { document, heading: heading.clone(), line: nth + 2, text });
            }
        } else if let Some(title) = line.strip_prefix('#') {
            heading = title.trim_start_matches('#').trim().to_owned();
        }
    }
    found
}
