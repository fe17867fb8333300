//! A file's cases: fixtures put in, parameters and rows multiplied out.

use std::collections::HashSet;
use std::sync::Arc;

use super::{
    choice,
    decode::{
        CASES, CaseContext, CaseKeys, Decoder, FIXTURES, Fields, Grounds, Mapping, Page, RESTS, SUBJECT, SUBSTITUTED,
        Shape, is_variable,
    },
    diagnostic::Diagnostic,
    fixtures::{Fixtures, Inlined},
    model::{Case, Rests},
    node::{Node, Span, Spanned, Value},
    substitute::{Binding, Bindings, Budget, Substitution, shown},
};

/// Most cases that one entry may make.
const MAX_ROWS: u128 = 4096;

/// Most parameters and columns of one entry.
const MAX_NAMES: usize = 64;

/// The names that every case has.
const PREDEFINED: [&str; 7] = ["page_size", "pid", "ppid", "uid", "gid", "closed", "unmapped"];

/// The cases of a file; `stem` is its path without the extension.
pub(super) fn cases(root: &Node, stem: &str, globals: &Fixtures<'_>) -> (Vec<Case>, Vec<Diagnostic>) {
    let mut d = Decoder::default();
    let mut cases = Vec::new();
    if let Some(file) = d.fields(root, "file", &[SUBJECT.name, RESTS.name, FIXTURES.name, CASES.name]) {
        d.required(&file, SUBJECT.name);
        let subject = file.entry(SUBJECT.name).and_then(|(key, node)| Page.read(&mut d, key, node));
        let rests = file.entry(RESTS.name).and_then(|(key, node)| Grounds.read(&mut d, key, node));
        let mut fixtures = globals.clone();
        if let Some(node) = file.get(FIXTURES.name) {
            fixtures.add(&mut d, node);
        }
        let mut file_cases = Expansion {
            stem,
            subject: subject.unwrap_or_default(),
            rests,
            fixtures,
            budget: Budget::default(),
            decoder: d,
            cases: Vec::new(),
        };
        if let Some(node) = file_cases.decoder.required(&file, CASES.name) {
            let entries = file_cases.decoder.entries(node, "a mapping of names to cases");
            if node.as_map().is_some_and(<[_]>::is_empty) {
                let title = "the file has no cases";
                file_cases.decoder.report(Diagnostic::at(&node.span, title, "expected at least one"));
            }
            for (name, node) in entries {
                file_cases.case(name, node);
            }
        }
        (cases, d) = (file_cases.cases, file_cases.decoder);
    }
    (cases, d.diags)
}

struct Expansion<'n, 'f> {
    stem: &'f str,
    subject: String,
    /// What cases rest on that do not say it.
    rests: Option<Rests>,
    fixtures: Fixtures<'n>,
    budget: Budget,
    decoder: Decoder,
    cases: Vec<Case>,
}

impl<'n> Expansion<'n, '_> {
    fn case(&mut self, name: &'n Spanned<String>, node: &'n Node) {
        let d = &mut self.decoder;
        if !is_kebab_case(name) {
            let title = format!("`{}` is not a case's name", name.value);
            d.report(Diagnostic::at(&name.span, title, "expected small letters and digits in words joined by `-`"));
        }
        let found = d.diags.len();
        let Some(own) = d.fields(node, CaseKeys::WHAT, CaseKeys::NAMES) else { return };
        if d.diags.len() > found {
            return;
        }
        // What is missing from a case is shown at its name.
        let own = Fields::new(CaseKeys::WHAT, &name.span, own.entries);
        let own_steps = own.get("steps").and_then(Node::as_list).map_or(0, <[Node]>::len);
        let id = format!("{}/{}", self.stem, name.value);
        let has_table = own.get("params").or(own.get("rows")).is_some();
        // Which fixtures are put in, a parameter may say: then that differs from row to row.
        let chosen = own.get("use").filter(|used| has_table && varies(used));
        let inlined = match own.get("use").filter(|_| chosen.is_none()) {
            Some(used) => match self.fixtures.inline(d, &own, used, &mut self.budget) {
                Some(inlined) => Some(inlined),
                None => return,
            },
            None => None,
        };
        let (entries, fixtures) = inlined.as_ref().map_or((own.entries, [].as_slice()), |(e, f)| (e, f));
        let place = CaseContext { name, fixtures };
        let body = Fields::new(CaseKeys::WHAT, &name.span, entries);
        if !has_table {
            if let Some(by) = entries.iter().find_map(|(_, node)| choice::first(node)) {
                let title = format!("`by: ${}` in a case without parameters", by.value);
                d.report(
                    Diagnostic::at(&by.span, title, "there is nothing to choose by")
                        .help("declare it in `params` or `rows`"),
                );
                return;
            }
            let case = d.case(id, &self.subject, place, &body);
            let case = case.filter(|case| d.can_decide_claim(case, own_steps));
            self.keep(case);
            return;
        }
        if let Some(table) = table(d, &own, &body) {
            self.rows(place, &id, Rows { own, body, chosen, own_steps, table: &table });
        }
    }

    /// Keeps cases, which rest on what their file says if they do not say it.
    fn keep(&mut self, cases: impl IntoIterator<Item = Case>) {
        let rests = &self.rests;
        let whole = |case: Case| Case { rests: case.rests.or_else(|| rests.clone()), ..case };
        self.cases.extend(cases.into_iter().map(whole));
    }

    /// Every row with every combination of parameters.
    fn rows(&mut self, place: CaseContext<'_>, id: &str, rows: Rows<'_, 'n>) {
        let table = rows.table;
        let mut used = vec![false; table.names().count()];
        let (labels, mut checked) = (table.labels(), HashSet::new());
        let mut ids = HashSet::new();
        for nth in 0..table.count {
            let (label, bindings) = table.row(nth);
            let id = format!("{id}[{label}]");
            if !ids.insert(id.clone()) {
                let place = bindings.last().map_or(&place.name.span, |binding| &binding.value.span);
                let title = format!("two rows have the id `{id}`");
                self.decoder.report(
                    Diagnostic::at(place, title, "shown as an earlier value is").help("give them labels with `rows`"),
                );
                return;
            }
            let mut substitution = Substitution {
                bindings: &bindings,
                labels: &labels,
                checked: &mut checked,
                used: &mut used,
                budget: &mut self.budget,
                decoder: &mut self.decoder,
                depth: 0,
            };
            let inlined = match rows.chosen {
                None => None,
                Some(used) => {
                    match substitution.node(used).and_then(|used| rows.inline(&self.fixtures, &mut substitution, &used))
                    {
                        Some(inlined) => Some(inlined),
                        None => return,
                    }
                }
            };
            let (entries, fixtures) = inlined.as_ref().map_or((rows.body.entries, place.fixtures), |(e, f)| (e, f));
            let place = CaseContext { fixtures, ..place };
            let Some(entries) = substituted(&mut substitution, &Fields::new(CaseKeys::WHAT, &place.name.span, entries))
            else {
                return;
            };
            let body = Fields::new(CaseKeys::WHAT, &place.name.span, &entries);
            // What is wrong with one row is likely wrong with all.
            let case = self.decoder.case(id, &self.subject, place, &body);
            let Some(case) = case.filter(|case| self.decoder.can_decide_claim(case, rows.own_steps)) else { return };
            self.keep([case]);
        }
        for (param, _) in table.names().zip(used).filter(|(_, used)| !used) {
            let title = format!("the parameter `{}` is not used", param.value);
            let help = format!("use it as `${}`, or leave it out", param.value);
            self.decoder.report(Diagnostic::at(&param.span, title, "every case would be the same").help(help));
        }
    }
}

fn substituted(s: &mut Substitution<'_, '_>, body: &Fields<'_>) -> Option<Vec<(Spanned<String>, Node)>> {
    let kept = body.entries.iter().filter(|(key, _)| key.value != "params" && key.value != "rows");
    kept.map(|(key, node)| {
        let node = match key.as_str() {
            "summary" => s.sentence(node)?,
            part if SUBSTITUTED.contains(&part) => s.node(node)?,
            _ => node.clone(),
        };
        Some((key.clone(), node))
    })
    .collect()
}

fn is_kebab_case(name: &str) -> bool {
    let word = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.split('-').all(word)
}

/// A case that is multiplied out.
struct Rows<'a, 'n> {
    /// The case as it is written.
    own: Fields<'n>,
    /// The same with its fixtures, unless they are chosen.
    body: Fields<'a>,
    /// Its `use`, if a parameter has a say in it.
    chosen: Option<&'n Node>,
    own_steps: usize,
    table: &'a Table<'n>,
}

impl<'n> Rows<'_, 'n> {
    /// The case with these fixtures, whose names its parameters may not hide.
    fn inline(&self, fixtures: &Fixtures<'n>, s: &mut Substitution<'_, 'n>, used: &Node) -> Option<Inlined> {
        let inlined = fixtures.inline(s.decoder, &self.own, used, s.budget)?;
        let found = s.decoder.diags.len();
        let bound = bound_names(&Fields::new(CaseKeys::WHAT, self.own.span, &inlined.0));
        self.table.names().for_each(|name| check_name(s.decoder, name, &[], &bound));
        (s.decoder.diags.len() == found).then_some(inlined)
    }
}

/// Whether a parameter has a say in a list of fixtures.
fn varies(used: &Node) -> bool {
    let refers = |node: &Node| node.plain().is_some_and(|text| text.starts_with('$')) || choice::is(node);
    refers(used) || used.as_list().unwrap_or_default().iter().any(refers)
}

/// A value of a parameter, and what stands for it.
struct Choice<'n> {
    label: Arc<str>,
    value: &'n Node,
}

/// What a case's `rows` and `params` hold.
struct Table<'n> {
    /// Label and values by column; no rows at all where the case has none.
    rows: Vec<(&'n str, Bindings<'n>)>,
    params: Vec<(&'n Spanned<String>, Vec<Choice<'n>>)>,
    count: usize,
}

impl<'n> Table<'n> {
    /// Columns, then parameters: the order of the bindings of a row.
    fn names(&self) -> impl Iterator<Item = &'n Spanned<String>> + '_ {
        let columns = self.rows.first().map(|(_, columns)| columns.as_slice()).unwrap_or_default();
        columns.iter().map(|column| column.name).chain(self.params.iter().map(|(name, _)| *name))
    }

    /// The labels of all values of each, in that order.
    fn labels(&self) -> Vec<Vec<Arc<str>>> {
        let columns = self.rows.first().map_or(0, |(_, columns)| columns.len());
        let column = |nth: usize| self.rows.iter().map(|(_, columns)| columns[nth].label.clone()).collect();
        let param = |(_, values): &(_, Vec<Choice<'_>>)| values.iter().map(|choice| choice.label.clone()).collect();
        (0..columns).map(column).chain(self.params.iter().map(param)).collect()
    }

    /// What stands in brackets after the id, and the values; the last parameter varies fastest.
    fn row(&self, nth: usize) -> (String, Bindings<'n>) {
        let mut rest = nth;
        let mut chosen = Vec::with_capacity(self.params.len());
        for (name, values) in self.params.iter().rev() {
            chosen.push((*name, &values[rest % values.len()]));
            rest /= values.len();
        }
        chosen.reverse();
        let mut label: Vec<String> = self.rows.get(rest).map(|(label, _)| (*label).to_owned()).into_iter().collect();
        let chosen =
            chosen.into_iter().map(|(name, choice)| Binding { name, label: choice.label.clone(), value: choice.value });
        let chosen: Bindings<'n> = chosen.collect();
        label.extend(chosen.iter().map(|binding| format!("{}={}", binding.name.value, binding.label)));
        let mut bindings = self.rows.get(rest).map(|(_, columns)| columns.clone()).unwrap_or_default();
        bindings.extend(chosen);
        (label.join(","), bindings)
    }
}

/// Reads `params` and `rows`, and counts the cases they make before any is made.
fn table<'n>(d: &mut Decoder, own: &Fields<'n>, body: &Fields<'_>) -> Option<Table<'n>> {
    let found = d.diags.len();
    let params = own.get("params").map(|node| params(d, node)).unwrap_or_default();
    let rows = own.get("rows").map(|node| rows(d, node)).unwrap_or_default();
    let mut table = Table { rows, params, count: 0 };
    let sizes = table.params.iter().map(|(_, values)| values.len()).chain([table.rows.len().max(1)]);
    let count = sizes.fold(1u128, |count, size| count.saturating_mul(size as u128));
    if count > MAX_ROWS {
        let key = if table.params.is_empty() { "rows" } else { "params" };
        let count = if count == u128::MAX { "more than 10^38".to_owned() } else { count.to_string() };
        let title = format!("`{key}` makes {count} cases");
        let place = own.entry("params").or(own.entry("rows")).map_or(own.span, |(key, _)| &key.span);
        d.report(Diagnostic::at(place, title, format!("at most {MAX_ROWS} are made of one entry")));
    }
    let mut seen: Vec<&Spanned<String>> = Vec::new();
    let bound = bound_names(body);
    for name in table.names() {
        check_name(d, name, &seen, &bound);
        seen.push(name);
    }
    table.count = usize::try_from(count).unwrap_or(usize::MAX);
    (d.diags.len() == found).then_some(table)
}

fn params<'n>(d: &mut Decoder, node: &'n Node) -> Vec<(&'n Spanned<String>, Vec<Choice<'n>>)> {
    let entries = d.entries(node, "a mapping of parameters to lists of values");
    few(d, entries);
    if node.as_map().is_some_and(<[_]>::is_empty) {
        d.expected(node, "at least one parameter");
    }
    let mut read = Vec::new();
    for (name, values) in entries {
        let labelled = values.as_map().unwrap_or_default();
        labelled.iter().for_each(|(label, _)| check_label(d, "a value's label", label));
        let unlabelled = match values.as_map() {
            Some(_) => &[],
            None => d.items(values, "a list of values, or a mapping of labels to values"),
        };
        if values.as_list().is_some_and(<[_]>::is_empty) || values.as_map().is_some_and(<[_]>::is_empty) {
            let title = format!("the parameter `{}` has no value", name.value);
            d.report(Diagnostic::at(&values.span, title, "no case would be made"));
        }
        let labelled = labelled.iter().map(|(label, value)| Choice { label: label.as_str().into(), value });
        let unlabelled = unlabelled.iter().map(|value| Choice { label: shown(value).into(), value });
        read.push((name, labelled.chain(unlabelled).collect()));
    }
    read
}

fn rows<'n>(d: &mut Decoder, node: &'n Node) -> Vec<(&'n str, Bindings<'n>)> {
    let mut rows: Vec<(&str, Bindings<'n>)> = Vec::new();
    let entries = d.entries(node, "a mapping of labels to rows");
    if node.as_map().is_some_and(<[_]>::is_empty) {
        d.expected(node, "at least one row");
    }
    // Each row in the order of the first one's columns.
    let columns: Vec<&Spanned<String>> = entries
        .first()
        .and_then(|(_, row)| row.as_map())
        .unwrap_or_default()
        .iter()
        .map(|(name, _)| name)
        .take(MAX_NAMES)
        .collect();
    if let Some((_, row)) = entries.first() {
        few(d, row.as_map().unwrap_or_default());
    }
    for (label, row) in entries {
        check_label(d, "a row's label", label);
        let values = d.entries(row, "a mapping of columns to values");
        let known: Vec<&str> = columns.iter().map(|name| name.as_str()).collect();
        for (name, _) in values.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            d.unknown("column", name, &known, "the first row has no such column");
        }
        let value = |column: &&'n Spanned<String>| {
            let found = values.iter().find(|(name, _)| name.value == column.value);
            found.map(|(name, value)| Binding { name, label: shown(value).into(), value }).ok_or(*column)
        };
        match columns.iter().map(value).collect::<Result<Bindings<'n>, _>>() {
            Ok(bindings) => rows.push((label, bindings)),
            Err(missing) if row.as_map().is_some() => {
                let title = format!("the row `{}` has no `{}`", label.value, missing.value);
                d.report(
                    Diagnostic::at(&label.span, title, "each row has the same columns")
                        .related(&missing.span, "the first row has it"),
                );
            }
            Err(_) => {}
        }
    }
    rows
}

fn check_label(d: &mut Decoder, what: &str, label: &Spanned<String>) {
    if !label.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+:".contains(c)) {
        let title = format!("`{}` is not {what}", label.value);
        d.report(Diagnostic::at(&label.span, title, "expected letters, digits, `-`, `_`, `.`, `+` and `:`"));
    }
}

/// Refuses more names than anyone reads.
fn few(d: &mut Decoder, names: &[(Spanned<String>, Node)]) {
    if let Some((name, _)) = names.get(MAX_NAMES) {
        let label = format!("at most {MAX_NAMES} are read");
        d.report(Diagnostic::at(&name.span, "too many parameters", label));
    }
}

fn check_name(d: &mut Decoder, name: &Spanned<String>, seen: &[&Spanned<String>], bound: &[(&str, &Span)]) {
    let title = format!("the parameter `{}` hides another name", name.value);
    if !is_variable(name) {
        let title = format!("`{}` cannot name a parameter", name.value);
        d.report(Diagnostic::at(&name.span, title, "expected letters, digits and `_`"));
    } else if PREDEFINED.contains(&name.as_str()) {
        let label = format!("`${}` is there in every case", name.value);
        d.report(Diagnostic::at(&name.span, title, label));
    } else if let Some((_, other)) = bound.iter().find(|(other, _)| *other == name.value) {
        d.report(Diagnostic::at(&name.span, title, "this one").related(other, "is hidden by it"));
    } else if let Some(other) = seen.iter().find(|other| other.value == name.value) {
        d.report(Diagnostic::at(&name.span, title, "this one").related(&other.span, "a column of `rows`"));
    }
}

/// Regions and the variables that steps bind.
fn bound_names<'b>(body: &Fields<'b>) -> Vec<(&'b str, &'b Span)> {
    let regions = body.get("memory").and_then(Node::as_map).unwrap_or_default();
    let mut names: Vec<_> = regions.iter().map(|(name, _)| (name.as_str(), &name.span)).collect();
    let steps = ["steps", "finally"].into_iter().filter_map(|key| body.get(key)?.as_list());
    for step in steps.flatten() {
        if let Some(bind) = step.get("bind") {
            leaves(bind, &mut names);
        }
    }
    names
}

fn leaves<'b>(node: &'b Node, names: &mut Vec<(&'b str, &'b Span)>) {
    match &node.value {
        Value::Scalar { text, .. } => names.push((text, &node.span)),
        Value::List(items) => items.iter().for_each(|item| leaves(item, names)),
        Value::Map(entries) => entries.iter().for_each(|(_, item)| leaves(item, names)),
    }
}
