//! What `$name` stands for.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::expr::Expr;
use super::formula::{Formula, Operation};
use super::performed::{CLOSED_FD, FIXED_VARS, Operand, UNMAPPED, Var};
use super::result::{PlanResult, refuse, suggest};
use crate::case::{Diagnostic, Span, Spanned};

/// Most variables that a case has, the fixed ones included.
const MAX_VARS: usize = 1000;

/// Begins the names that the planner makes up: no case can write them.
const HIDDEN: char = '@';

/// Begins the names of those among them that are computed; the number of the variable follows.
const FORMULA: &str = "@f";

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
    vars: RefCell<Vec<String>>,
    /// Variables of the planner's own.
    formulas: RefCell<Vec<Formula>>,
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
        let vars = RefCell::new(FIXED_VARS.map(str::to_owned).into());
        Scope { names, vars, formulas: RefCell::default(), announced: HashMap::new() }
    }

    /// Notes a name that some step binds, so that a use before that is explained.
    pub(super) fn announce(&mut self, name: &Spanned<String>) {
        self.announced.entry(name.value.clone()).or_insert_with(|| name.span.clone());
    }

    /// Number of variables so far.
    pub(super) fn vars(&self) -> usize {
        self.vars.borrow().len()
    }

    /// The name of a variable.
    pub(super) fn name(&self, var: Var) -> String {
        self.vars.borrow()[usize::from(var)].clone()
    }

    /// A number that is computed from others.
    pub(super) fn compute(&self, operation: Operation, left: Operand, right: Operand, span: &Span) -> PlanResult<Expr> {
        let mut formulas = self.formulas.borrow_mut();
        let same = |f: &&Formula| (f.operation, f.left, f.right) == (operation, left, right);
        let var = match formulas.iter().find(same) {
            Some(formula) => formula.var,
            None => {
                let name = format!("{FORMULA}{}", self.vars());
                let var = self.add_var(name, span)?;
                formulas.push(Formula { var, operation, left, right });
                var
            }
        };
        Ok(Expr { terms: vec![(1, var)], ..Expr::default() })
    }

    /// All numbers that are computed, each after those that it is computed from.
    pub(super) fn formulas(&self) -> Vec<Formula> {
        self.formulas.borrow().clone()
    }

    /// Those among them that a step needs for these variables.
    pub(super) fn needed(&self, vars: impl Iterator<Item = Var>) -> Vec<Formula> {
        let formulas = self.formulas.borrow();
        if formulas.is_empty() {
            return vec![];
        }
        let mut wanted: HashSet<Var> = vars.collect();
        let mut needed: Vec<Formula> = vec![];
        for formula in formulas.iter().rev() {
            if wanted.contains(&formula.var) {
                wanted.extend([formula.left, formula.right].iter().flat_map(Operand::vars));
                needed.push(*formula);
            }
        }
        needed.reverse();
        needed
    }

    fn add_var(&self, name: String, span: &Span) -> PlanResult<Var> {
        let mut vars = self.vars.borrow_mut();
        if vars.len() >= MAX_VARS {
            return refuse(Diagnostic::at(span, format!("more than {MAX_VARS} variables"), "one too many"));
        }
        vars.push(name);
        Ok((vars.len() - 1) as Var)
    }

    /// Whether some name is that of a variable, now or after a later step.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(name) || self.announced.contains_key(name)
    }

    /// What `$name` at `span` stands for.
    pub(super) fn get(&self, name: &str, span: &Span) -> PlanResult<Symbol> {
        if let Some((symbol, _)) = self.names.get(name) {
            return Ok(*symbol);
        }
        if let Some(var) = name.strip_prefix(FORMULA).and_then(|var| var.parse().ok()) {
            return Ok(Symbol::Var(var));
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
    pub(super) fn region(&mut self, name: &Spanned<String>, addr: u64) -> PlanResult<()> {
        self.add(name, Symbol::Address(addr))
    }

    /// Names a variable.
    pub(super) fn bind(&mut self, name: &Spanned<String>) -> PlanResult<Var> {
        let var = self.vars() as Var;
        self.add(name, Symbol::Var(var))?;
        self.add_var(name.value.clone(), &name.span)
    }

    /// A name of the planner's own, for `bind`.
    pub(super) fn hidden(&self, span: &Span) -> Spanned<String> {
        Spanned { value: format!("{HIDDEN}{}", self.vars()), span: span.clone() }
    }

    fn add(&mut self, name: &Spanned<String>, symbol: Symbol) -> PlanResult<()> {
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
