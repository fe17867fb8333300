//! Every example of the documentation loads and can be planned.

use syscase::{case, plan};

/// The YAML blocks that are whole case files.
fn examples() -> Vec<&'static str> {
    let text = include_str!("../docs/case-format.md");
    text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn examples_are_planned() {
    let examples = examples();
    assert!(examples.len() >= 8, "only {} examples", examples.len());
    let (documents, examples): (Vec<_>, Vec<_>) = examples.into_iter().partition(|text| text.starts_with("documents:"));
    for (i, text) in examples.into_iter().enumerate() {
        let path = format!("docs/example-{i}.yaml");
        let documents = documents.iter().map(|text| ("documents.yaml", *text));
        let cases = case::load_texts(documents.chain([(path.as_str(), text)]))
            .unwrap_or_else(|problems| panic!("{}", case::render(&problems, false)));
        let planned = plan::plan_all(&cases).unwrap_or_else(|problems| panic!("{}", case::render(&problems, false)));
        assert_eq!(planned.len(), cases.len());
        assert!(planned.iter().all(|p| p.plan.steps.len() == p.lines.len()));
    }
}
