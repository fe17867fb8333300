//! What cannot be committed as a broken file: trees, special files, sizes.

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use insta::assert_snapshot;
use syscase::case;
use tempfile::TempDir;

const GOOD: &str = "subject: write(2)\ncases: {one: {summary: It works., steps: [{call: getpid}]}}\n";

/// A directory with these files.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// What is said of the tree, its name left out.
fn said(dir: &TempDir) -> String {
    told(dir, case::load_dir(dir.path()))
}

fn said_of(dir: &TempDir, path: &str) -> String {
    told(dir, case::load_paths(&[dir.path().join(path)]))
}

fn told(dir: &TempDir, loaded: Result<Vec<case::Case>, Vec<case::Diagnostic>>) -> String {
    let text = case::render(&loaded.expect_err("something is wrong with it"), false);
    text.replace(&dir.path().display().to_string(), "DIR")
}

fn ids(loaded: Result<Vec<case::Case>, Vec<case::Diagnostic>>) -> Vec<String> {
    let cases = loaded.unwrap_or_else(|diags| panic!("{}", case::render(&diags, false)));
    cases.into_iter().map(|case| case.id).collect()
}

#[test]
fn a_huge_file_is_refused_unread() {
    let dir = tree(&[]);
    fs::File::create(dir.path().join("a.yaml")).unwrap().set_len(100 << 20).unwrap();
    assert_snapshot!(said(&dir));
}

#[test]
fn a_file_of_many_values_is_refused() {
    let dir = tree(&[("write/a.yaml", &format!("subject: write(2)\ncases: [{}]\n", "a,".repeat(100_001)))]);
    let said = said(&dir);
    assert!(said.contains("the file holds too much") && said.len() < 1000, "{said}");
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..30 {
        bomb += &format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "));
    }
    let said = said(&tree(&[("write/a.yaml", &bomb)]));
    assert!(said.contains("anchors and aliases are not part of the case format"), "{said}");
}

#[test]
fn growth_by_parameters_is_bounded() {
    let text = format!(
        "subject: write(2)\ncases:\n  one:\n    summary: It fails.\n    params: {{big: [\"{}\"], n: [{}]}}\n    \
         steps: [{{call: write, args: {{buf: $big, count: $n}}}}]\n",
        "x".repeat(1 << 20),
        (0..4096).map(|n| n.to_string()).collect::<Vec<_>>().join(", "),
    );
    let said = said(&tree(&[("write/a.yaml", &text)]));
    assert!(said.contains("fixtures and parameters make the file too large"), "{said}");
}

#[test]
fn an_empty_tree_is_an_error() {
    let dir = tree(&[("README.md", "no case"), ("fixtures.yaml", "fixtures: {}\n")]);
    assert_snapshot!(said(&dir));
}

#[test]
fn a_directory_that_is_not_there() {
    let dir = tree(&[]);
    assert_snapshot!(told(&dir, case::load_dir(&dir.path().join("cases"))));
}

#[test]
fn a_path_that_is_not_there() {
    assert_snapshot!(said_of(&tree(&[]), "a.yaml"));
}

#[test]
fn a_file_that_is_not_yaml() {
    assert_snapshot!(said_of(&tree(&[("write.txt", GOOD)]), "write.txt"));
}

#[test]
fn a_directory_named_like_a_file() {
    let dir = tree(&[("write/a.yaml/b.yaml", GOOD)]);
    assert_eq!(ids(case::load_dir(dir.path())), ["write/a.yaml/b/one"]);
}

#[test]
fn files_that_cannot_be_read_do_not_hide_others() {
    let dir = tree(&[("write/a.yaml", "subject: write(2)\n")]);
    symlink("nowhere", dir.path().join("write/b.yaml")).unwrap();
    nix::unistd::mkfifo(&dir.path().join("write/c.yaml"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    symlink(".", dir.path().join("write/circle.yaml")).unwrap();
    assert_snapshot!(said(&dir));
}

#[test]
fn two_files_of_one_name() {
    let dir = tree(&[("write/a.yaml", GOOD), ("write/a.yml", GOOD)]);
    assert_snapshot!(said(&dir));
}

#[test]
fn names_of_files_and_folders_are_plain_words() {
    let files = [("write/Bad Name.yaml", GOOD), ("my cases/a.yaml", GOOD), ("write/\u{e9}.yaml", GOOD)];
    assert_snapshot!(said(&tree(&files)));
}

#[test]
fn a_folder_is_named_after_a_call() {
    let good = GOOD.replace("{call: getpid}", "{call: getpid, expect: {return: $pid}}");
    let own = good.replace("write(2)", "hostile(2)");
    let files = [
        ("wrtie/a.yaml", good.as_str()),
        ("notacall/a.yaml", &good),
        ("notacall/b.yaml", &good),
        // What is well: a call, what the subject names, documents, no folder.
        ("pread64/a.yaml", &good),
        ("hostile/a.yaml", &own),
        ("claims/deep/a.yaml", &good),
        ("pipes/write/a.yaml", &good),
        ("a.yaml", &good),
    ];
    let dir = tree(&files);
    let plan = |case| syscase::plan::plan(&case);
    let planned = case::load_with(case::Origin::Dir(dir.path()), plan);
    assert_snapshot!(told(&dir, planned.map(|_| Vec::new())));
    // Where its tree begins is a guess.
    assert!(case::load_with(case::Origin::Paths(&[dir.path().join("notacall/a.yaml")]), plan).is_ok());
}

#[test]
fn shared_fixtures_stand_at_the_top() {
    let dir = tree(&[("write/a.yaml", GOOD), ("write/fixtures.yaml", "fixtures: {}\n")]);
    assert_snapshot!(said(&dir));
}

#[test]
fn shared_fixtures_are_nothing_else() {
    let dir = tree(&[("write/a.yaml", GOOD), ("fixtures.yaml", "subject: write(2)\n")]);
    assert_snapshot!(said(&dir));
}

#[test]
fn a_fixture_is_not_hidden_by_another() {
    let own = GOOD.replace("cases", "fixtures: {pipe: {steps: []}}\ncases");
    let dir = tree(&[("write/a.yaml", &own), ("fixtures.yaml", "fixtures: {pipe: {steps: []}}\n")]);
    assert_snapshot!(said(&dir));
}

/// A case that judges a claim.
fn claiming(name: &str, id: &str, document: &str) -> String {
    format!(
        "  {name}:\n    summary: It works.\n    claim: {{id: {id}, document: {document}, section: 1, states: It works., \
         finding: holds}}\n    params: {{n: [1, 2]}}\n    steps: [{{call: close, args: {{fd: $n}}, expect: \
         {{return: 0}}}}]\n"
    )
}

/// What is said of these claims in a tree with this list of documents.
fn said_of_claims(documents: &str, claims: &[(&str, &str)]) -> String {
    let cases: String =
        claims.iter().enumerate().map(|(n, (id, document))| claiming(&format!("case-{n}"), id, document)).collect();
    said(&tree(&[("documents.yaml", documents), ("write/a.yaml", &format!("subject: write(2)\ncases:\n{cases}"))]))
}

const BOOK: &str = "documents:\n  book:\n    title: A book\n    claims:\n      A3: {section: 3, states: It is fast., \
                    untested: speed is not behaviour}\n";

#[test]
fn a_claim_of_an_unknown_document() {
    assert_snapshot!(said_of_claims(BOOK, &[("A1", "bok"), ("A2", "book"), ("A2", "manual")]));
}

#[test]
fn a_claim_of_two_cases() {
    assert_snapshot!(said_of_claims(BOOK, &[("A1", "book"), ("A1", "book")]));
}

#[test]
fn a_claim_with_and_without_a_case() {
    assert_snapshot!(said_of_claims(BOOK, &[("A3", "book")]));
}

#[test]
fn a_claim_beside_its_parts() {
    assert_snapshot!(said_of_claims(BOOK, &[("A1", "book"), ("A1a", "book"), ("A3b", "book")]));
}

#[test]
fn a_list_of_documents_is_strict() {
    let wrong = "documents:\n  book:\n    title: A book\n    claims:\n      A1: {section: 1, states: It works.}\n      \
                 A2: {section: 1, states: It works., untested: ''}\n      page: {section: 1, states: It works., \
                 untested: no}\n      A3: {section: 1, why: no}\n      A4: {section: 1, states: It works., \
                 refuted: it does not}\n      A5: {section: 1, states: It works., untested: no, refuted: no}\n      \
                 A6: {section: 1, states: It works., untested: no, instead: It fails.}\n  other: {claims: {}}\n";
    assert_snapshot!(said_of_claims(wrong, &[("A1", "unknown to a list that cannot be read")]));
}

#[test]
fn the_list_of_documents_stands_at_the_top() {
    assert_snapshot!(said(&tree(&[("write/a.yaml", GOOD), ("write/documents.yaml", BOOK)])));
}

#[test]
fn documents_are_found_from_below() {
    let claims = format!("subject: write(2)\ncases:\n{}", claiming("one", "A1a", "book"));
    let dir = tree(&[("documents.yaml", BOOK), ("write/deep/a.yaml", &claims)]);
    let all = ["write/deep/a/one[n=1]", "write/deep/a/one[n=2]"];
    assert_eq!(ids(case::load_paths(&[dir.path().join("write/deep/a.yaml")])), all);
    let loaded =
        case::load_with(case::Origin::Dir(dir.path()), Ok).unwrap_or_else(|d| panic!("{}", case::render(&d, false)));
    assert_eq!(loaded.cases.len(), 2);
    let [document] = loaded.documents.as_slice() else { panic!("{:?}", loaded.documents) };
    assert_eq!((document.name.as_str(), document.title.as_str()), ("book", "A book"));
    assert_eq!(
        (document.claims[0].id.as_str(), document.claims[0].untested.as_deref()),
        ("A3", Some("speed is not behaviour"))
    );
}

#[test]
fn many_mistakes_are_cut_short() {
    let text =
        format!("subject: write(2)\ncases: {{{}}}\n", (0..500).map(|n| format!("a{n}: 0, ")).collect::<String>());
    let said = said(&tree(&[("write/a.yaml", &text)]));
    assert!(said.contains("450 more errors in this file"), "{said}");
}

#[test]
fn ids_are_relative_to_the_root() {
    let with = GOOD.replace("summary", "use: [pipe], summary");
    let dir = tree(&[
        ("fixtures.yaml", "fixtures: {pipe: {steps: [{call: pipe2}]}}\n"),
        ("write/a.yaml", &with),
        ("write/deep/b.yaml", GOOD),
        (".hidden/c.yaml", "nonsense"),
        ("write/.c.yaml", "nonsense"),
    ]);
    let of =
        |paths: &[&str]| ids(case::load_paths(&paths.iter().map(|p| dir.path().join(p)).collect::<Vec<PathBuf>>()));
    let all = ["write/a/one", "write/deep/b/one"];
    assert_eq!(ids(case::load_dir(dir.path())), all);
    assert_eq!(of(&["write"]), all);
    assert_eq!(of(&["write/a.yaml"]), all[..1]);
    assert_eq!(of(&["write/deep/b.yaml", "write", "write/../write/a.yaml"]).len(), 2);
    let plain = tree(&[("cases/write/a.yaml", GOOD)]);
    let path = |p: &str| ids(case::load_paths(&[plain.path().join(p)]));
    assert_eq!(path("cases/write/a.yaml"), ["write/a/one"]);
    assert_eq!(path("cases"), ["write/a/one"]);
}

#[test]
fn many_files_load_in_order() {
    let files: Vec<_> = (0..200).map(|n| format!("call{n:03}/a.yaml")).collect();
    let dir = tree(&files.iter().map(|path| (path.as_str(), GOOD)).collect::<Vec<_>>());
    let expected: Vec<_> = (0..200).map(|n| format!("call{n:03}/a/one")).collect();
    assert_eq!(ids(case::load_dir(dir.path())), expected);
}
