//! What `$name` stands for.

use std::collections::HashMap;

use super::outcome::{Outcome, refuse, suggest};
use super::performed::{CLOSED_FD, FIXED_VARS, UNMAPPED, Var};
use crate::case::{Diagnostic, Span, Spanned};

/// Most variables that a case has, the fixed ones included.
const MAX_VARS: usize = 1000;

/// Begins the names that the planner makes up: no case can write them.
const HIDDEN: char = '@';

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    /// A number known while planning.
    Number(i64),
    /// A variable.
    Var(Var),
    /// An address that has this name.
    Address(u64),
}

/// The names that may be used at a point of the case.
#[derive(Debug)]
pub(super) struct Scope {
    names: HashMap<String, (Symbol, Option<Span>)>,
    vars: Vec<String>,
    /// Names that some step binds, and where.
    announced: HashMap<String, Span>,
}

impl Scope {
    /// The names that are always there. `$page_size` is a number: a buffer of whole pages has a known length.
    pub(super) fn new(page_size: u64) -> Self {
        let mut names = HashMap::new();
        for (var, name) in FIXED_VARS.iter().enumerate() {
            names.insert((*name).to_owned(), (Symbol::Var(var as Var), None));
        }
        names.insert("page_size".into(), (Symbol::Number(page_size as i64), None));
        names.insert("closed".into(), (Symbol::Number(CLOSED_FD), None));
        names.insert("unmapped".into(), (Symbol::Address(UNMAPPED), None));
        Scope { names, vars: FIXED_VARS.map(str::to_owned).into(), announced: HashMap::new() }
    }

    /// Notes a name that some step binds, so that a use before that is explained.
    pub(super) fn announce(&mut self, name: &Spanned<String>) {
        self.announced.entry(name.value.clone()).or_insert_with(|| name.span.clone());
    }

    /// Number of variables so far.
    pub(super) fn vars(&self) -> usize {
        self.vars.len()
    }

    /// The name of a variable.
    pub(super) fn name(&self, var: Var) -> &str {
        &self.vars[usize::from(var)]
    }

    /// What `$name` at `span` stands for.
    pub(super) fn get(&self, name: &str, span: &Span) -> Outcome<Symbol> {
        if let Some((symbol, _)) = self.names.get(name) {
            return Ok(*symbol);
        }
        if let Some(place) = self.announced.get(name) {
            let what = format!("`${name}` is used before it is bound");
            return refuse(Diagnostic::at(span, what, "has no value yet").related(place, "bound here"));
        }
        let mut known: Vec<String> =
            self.names.keys().chain(self.announced.keys()).filter(|n| !n.starts_with(HIDDEN)).cloned().collect();
        known.sort();
        let unknown = Diagnostic::at(span, format!("unknown name `${name}`"), "nothing binds it");
        refuse(suggest(unknown, name, known.iter().map(String::as_str)))
    }

    /// Names a region.
    pub(super) fn region(&mut self, name: &Spanned<String>, addr: u64) -> Outcome<()> {
        self.add(name, Symbol::Address(addr))
    }

    /// Names a variable.
    pub(super) fn bind(&mut self, name: &Spanned<String>) -> Outcome<Var> {
        if self.vars.len() >= MAX_VARS {
            return refuse(Diagnostic::at(&name.span, format!("more than {MAX_VARS} variables"), "one too many"));
        }
        let var = self.vars.len() as Var;
        self.add(name, Symbol::Var(var))?;
        self.vars.push(name.value.clone());
        Ok(var)
    }

    /// A name of the planner's own, for `bind`.
    pub(super) fn hidden(&self, span: &Span) -> Spanned<String> {
        Spanned { value: format!("{HIDDEN}{}", self.vars.len()), span: span.clone() }
    }

    fn add(&mut self, name: &Spanned<String>, symbol: Symbol) -> Outcome<()> {
        if let Some((old, place)) = self.names.get(&name.value) {
            let (title, label) = match (place, old) {
                (None, _) => (format!("`${}` is always there", name.value), "choose another name"),
                (Some(_), Symbol::Address(_)) => {
                    (format!("`${}` is a memory region already", name.value), "choose another name")
                }
                (Some(_), _) => (format!("`${}` is bound twice", name.value), "bound again here"),
            };
            let mut taken = Diagnostic::at(&name.span, title, label);
            if let Some(place) = place {
                taken = taken.related(place, "first here");
            }
            return refuse(taken);
        }
        self.names.insert(name.value.clone(), (symbol, Some(name.span.clone())));
        Ok(())
    }
}

/// Whether this may stand in a name (the first character of one is no digit).
pub(super) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == HIDDEN
}
