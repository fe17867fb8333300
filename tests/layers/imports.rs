//! Which file imports from which, as far as `use` and paths in the code say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A file as a module: `plan::step`.
pub(crate) type Module = Vec<String>;

/// What each file of these sources imports from, files that make up a folder (`mod.rs`) aside: these name all others.
pub(crate) fn imports(root: &str, sources: &[(String, String)]) -> BTreeMap<Module, BTreeSet<Module>> {
    let modules: BTreeMap<Module, &str> = sources.iter().map(|(path, text)| (module(root, path), &**text)).collect();
    let is_file = |module: &Module| {
        let path = Path::new(root).join(module.join("/")).with_extension("rs");
        path.is_file() && module.last().is_some_and(|name| name != "main" && name != "lib")
    };
    let mut found = BTreeMap::new();
    for (module, text) in modules.iter().filter(|(module, _)| is_file(module)) {
        let named = paths(&code(text)).into_iter().filter_map(|path| resolve(module, &path));
        let files = named
            .filter_map(|path| (1..=path.len()).rev().map(|n| path[..n].to_vec()).find(|p| modules.contains_key(p)));
        found.insert(module.clone(), files.filter(|file| file != module && is_file(file)).collect());
    }
    found
}

fn module(root: &str, path: &str) -> Module {
    let relative = Path::new(path).strip_prefix(root).unwrap().with_extension("");
    let mut parts: Module = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.pop_if(|last| last == "mod");
    parts
}

/// Without comments, and without tests at the end.
fn code(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The paths that begin with `crate` or `super`, what braces hold multiplied out; what a file hands on (`pub use`) is
/// none of its own.
fn paths(code: &str) -> Vec<String> {
    let mut found = vec![];
    for statement in code.split(';') {
        let start = statement.rfind("\nuse ").map(|at| at + 5).or(statement.strip_prefix("use ").map(|_| 4));
        match start {
            Some(start) => expand("", &statement[start..].split_whitespace().collect::<String>(), &mut found),
            None => {
                let words = statement.split(|c: char| !c.is_alphanumeric() && !"_:".contains(c));
                let inline = |word: &&str| word.starts_with("super::") || word.starts_with("crate::");
                found.extend(words.filter(inline).filter(|_| !statement.contains("pub use")).map(str::to_owned));
            }
        }
    }
    found
}

fn expand(before: &str, tree: &str, found: &mut Vec<String>) {
    let Some((path, rest)) = tree.split_once('{') else { return found.push(format!("{before}{tree}")) };
    let (mut depth, mut begin) = (0, 0);
    let rest = rest.strip_suffix('}').unwrap_or(rest);
    for (at, c) in rest.char_indices().chain([(rest.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&format!("{before}{path}"), &rest[begin..at], found);
                begin = (at + 1).min(rest.len());
            }
            _ => {}
        }
    }
}

/// Where a path leads from a module; none if it leaves the crate.
fn resolve(from: &Module, path: &str) -> Option<Module> {
    let mut parts = path.split("::").peekable();
    let mut base = match parts.peek() {
        Some(&"crate") => vec![],
        Some(&"super" | &"self") => from.clone(),
        _ => return None,
    };
    for part in parts {
        match part {
            "crate" | "self" => {}
            "super" => drop(base.pop()),
            name => base.push(name.to_owned()),
        }
    }
    Some(base)
}

/// Sets of files each of which imports, by way of others, from itself; each set in order.
pub(crate) fn circles(imports: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<Vec<String>> {
    let reach = |from: &Module| {
        let mut seen: BTreeSet<&Module> = BTreeSet::new();
        let mut next: Vec<&Module> = imports[from].iter().collect();
        while let Some(module) = next.pop() {
            if seen.insert(module) {
                next.extend(imports.get(module).into_iter().flatten());
            }
        }
        seen.into_iter().cloned().collect::<BTreeSet<Module>>()
    };
    let reached: BTreeMap<&Module, BTreeSet<Module>> = imports.keys().map(|module| (module, reach(module))).collect();
    let circle = |(module, all): (&&Module, &BTreeSet<Module>)| {
        let back = |other: &&&Module| all.contains(**other) && reached[**other].contains(*module);
        let names = reached.keys().filter(back).map(|module| module.join("::"));
        all.contains(*module).then(|| names.collect::<Vec<_>>())
    };
    reached.iter().filter_map(circle).collect()
}
