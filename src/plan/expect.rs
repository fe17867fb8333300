//! Expectations: what must come of a step, in numbers and bytes.

use super::bytes::{Content, content};
use super::data::{bits, descriptor_list, signal_set};
use super::expected::{ContentIs, Expectation, OutIs, RecordsEnd, ReturnIs};
use super::expr;
use super::held::ordered;
use super::layout::Layout;
use super::line;
use super::memory::Memory;
use super::names::{self, Consts};
use super::number::{C_INT, U64, fit, flags, in_register, number, shape};
use super::output::{Output, Outputs, Spot};
use super::performed::{Operand, Segment, Var};
use super::record::is_rest;
use super::result::{PlanResult, refuse, suggest};
use super::siblings::Siblings;
use super::status;
use super::vars::Scope;
use crate::abi::{self, HANDLED, Kind, Ret, Struct, Syscall, is_error};
use crate::case::{Arrival, Diagnostic, Expect, Node, Spanned, Value};

/// What an expectation may speak of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    /// Names bound up to and including the step.
    pub(super) scope: &'a Scope,
    /// What the call may have written; of a load, its one capture.
    pub(super) outputs: &'a Outputs,
    /// Name of the call; none for loads and stores.
    pub(super) call: Option<&'a str>,
    /// Whether it is what a document claims.
    pub(super) claimed: bool,
    /// Whether the call is repeated.
    pub(super) repeated: bool,
    /// The variable that holds how long the step took.
    pub(super) elapsed: Option<Var>,
}

impl Subject<'_> {
    /// The expectation; what is wrong with it goes to `problems`.
    pub(super) fn expectation(&self, expect: &Expect, problems: &mut Vec<Diagnostic>) -> Expectation {
        let mut keep = |problem: Box<Diagnostic>| problems.push(*problem);
        if let Err(problem) = self.consistent(expect) {
            keep(problem);
        }
        let mut expectation = Expectation { span: expect.span.clone(), ..Expectation::default() };
        let ret = expect.ret.as_ref().map(|node| self.returns(node)).transpose();
        expectation.ret = ret.map_err(&mut keep).unwrap_or_default();
        let errno = expect.errno.as_ref().map(names::errno).transpose();
        expectation.errno = errno.map_err(&mut keep).unwrap_or_default();
        let killed = expect.killed.as_ref().map(names::signal).transpose();
        expectation.killed = killed.map_err(&mut keep).unwrap_or_default();
        let signals = expect.signals.as_ref().map(|list| self.arrivals(list)).transpose();
        let signals = signals.map_err(&mut keep).unwrap_or_default();
        (expectation.signals, expectation.carried) =
            signals.map_or((None, vec![]), |(list, carried)| (Some(list), carried));
        if let Some(node) = &expect.value {
            let read = |node: &Node| self.in_units(node, "value");
            expectation.ret = self.range(node, "value", &read).map_err(&mut keep).ok();
        }
        if let (Some(node), Some(var)) = (&expect.elapsed, self.elapsed) {
            let is = self.range(node, "elapsed", &|node| self.in_units(node, "elapsed"));
            expectation.elapsed = is.map_err(&mut keep).ok().map(|is| (var, is));
        }
        let repeats = expect.repeats.as_ref().map(|node| self.plain_number(node, "repeats")).transpose();
        expectation.repeats = repeats.map_err(&mut keep).unwrap_or_default();
        for (name, node) in &expect.out {
            match self.output(name).and_then(|output| self.holds(output, node, name)) {
                Ok(out) => expectation.out.extend(out),
                Err(problem) => keep(problem),
            }
        }
        if let Some(node) = &expect.bytes {
            match self.buffer(Spot::of(0), false, node, "bytes", RecordsEnd::Captured) {
                Ok(out) => expectation.out.extend(out),
                Err(problem) => keep(problem),
            }
        }
        expectation
    }

    /// The signals that are recorded, and what of what they carry is compared.
    fn arrivals(&self, list: &[Arrival]) -> PlanResult<(Vec<u32>, Vec<OutIs>)> {
        let layout = abi::siginfo();
        let (mut signals, mut carried) = (vec![], vec![]);
        for (index, Arrival { signal, carries }) in list.iter().enumerate() {
            signals.push(names::signal(signal)?);
            let at = Spot::of(index);
            let ran = HANDLED.iter().map(|f| (f.name, Output::of(&f.kind, at.after(f.offset))));
            let fields: Vec<_> = Output::fields(layout, at).into_iter().chain(ran).collect();
            // Its name decides what its code may be.
            let name = Value::Scalar { text: signal.value.clone(), quoted: false };
            let signo = Spanned { value: "si_signo".to_owned(), span: signal.span.clone() };
            let mut entries = carries.clone();
            if !entries.is_empty() && entries.iter().all(|(key, _)| key.value != signo.value) {
                entries.push((signo, Node { value: name, span: signal.span.clone() }));
            }
            carried.extend(self.structure(layout, &fields, &entries, signal)?);
        }
        Ok((signals, carried))
    }

    /// Refuses what the step cannot keep. (That the keys go together is seen when loading.)
    fn consistent(&self, expect: &Expect) -> PlanResult<()> {
        match &expect.repeats {
            Some(repeats) if !self.repeated => {
                refuse(Diagnostic::at(&repeats.span, "the call is not repeated", "needs `repeat`"))
            }
            _ => Ok(()),
        }
    }

    fn output(&self, name: &Spanned<String>) -> PlanResult<&Output> {
        if let Some((_, output)) = self.outputs.named.iter().find(|(known, _)| *known == name.value) {
            return Ok(output);
        }
        let call = self.call.unwrap_or("step");
        let title = format!("`{}` is no output of this {call}", name.value);
        let unknown = Diagnostic::at(&name.span, title, "nothing is written there that could be compared");
        refuse(suggest(unknown, name, self.outputs.named.iter().map(|(known, _)| *known)))
    }

    /// A sum that is no constant's place.
    fn plain_number(&self, node: &Node, what: &str) -> PlanResult<Operand> {
        let sum = flags(node, what, Consts::All, self.scope)?;
        in_register(&sum, &node.span)?;
        Ok(sum.operand())
    }

    /// A number that may have a unit of time.
    fn in_units(&self, node: &Node, what: &str) -> PlanResult<Operand> {
        let sum = match node.plain() {
            Some(text) if text.starts_with(|c: char| c.is_ascii_digit()) => {
                expr::parse(node, what, Consts::Time, self.scope)?
            }
            _ => flags(node, what, Consts::All, self.scope)?,
        };
        in_register(&sum, &node.span)?;
        Ok(sum.operand())
    }

    fn returns(&self, node: &Node) -> PlanResult<ReturnIs> {
        let read = |node: &Node| match node.plain() {
            Some(name) if crate::abi::errno(name.trim_start_matches('-')).is_some() => {
                let name = name.trim_start_matches('-');
                refuse(
                    Diagnostic::at(&node.span, format!("`{name}` is an error"), "a call that fails returns no number")
                        .help(format!("write `errno: {name}`")),
                )
            }
            _ => self.plain_number(node, "return"),
        };
        let is = self.range(node, "return", &read)?;
        let negative = |o: &Operand| o.known().is_some_and(is_error);
        match &is {
            ReturnIs::Exactly(n) if negative(n) && !(self.claimed && n.base == -1) => refuse(
                Diagnostic::at(&node.span, "a negative return is an error", "which one?")
                    .help("name it: `errno: EBADF`"),
            ),
            _ => Ok(is),
        }
    }

    /// A number, `{min, max}` or `{not}`.
    fn range(&self, node: &Node, what: &str, read: &dyn Fn(&Node) -> PlanResult<Operand>) -> PlanResult<ReturnIs> {
        let Value::Map(entries) = &node.value else { return read(node).map(ReturnIs::Exactly) };
        let (mut min, mut max, mut not) = (None, None, None);
        for (key, value) in entries {
            *match key.value.as_str() {
                "min" => &mut min,
                "max" => &mut max,
                "not" => &mut not,
                "raw" => return read(node).map(ReturnIs::Exactly),
                other => {
                    let unknown = Diagnostic::at(&key.span, format!("unknown key `{other}`"), format!("of `{what}`"));
                    return refuse(suggest(unknown, other, ["min", "max", "not"]));
                }
            } = Some(read(value)?);
        }
        match (min, max, not) {
            (None, None, None) => refuse(Diagnostic::at(&node.span, format!("`{what}` says nothing"), "empty")),
            (None, None, Some(not)) => Ok(ReturnIs::Not(not)),
            (min, max, None) => match (min.and_then(|m| m.known()), max.and_then(|m| m.known())) {
                (Some(least), Some(most)) if least > most => {
                    refuse(Diagnostic::at(&node.span, format!("nothing is in {least} to {most}"), "an empty range"))
                }
                _ => Ok(ReturnIs::Within(min, max)),
            },
            _ => refuse(Diagnostic::at(&node.span, "`not` stands alone", "beside `min` or `max`")),
        }
    }

    /// Where a list ends that is this output: where the call says, if it returns a length and this is where it writes.
    fn end(&self, name: &str, unit: usize) -> RecordsEnd {
        let told = |call: &Syscall| match call.ret {
            Ret::Bytes => unit == 1,
            Ret::Count => unit > 1,
            _ => false,
        };
        let call = self.call.and_then(crate::abi::syscall);
        match call.is_some_and(|call| told(call) && call.args.iter().any(|arg| arg.name == name)) {
            true => RecordsEnd::Returned(unit),
            false => RecordsEnd::Untouched,
        }
    }

    /// What an output must hold.
    pub(super) fn holds(&self, output: &Output, node: &Node, name: &str) -> PlanResult<Vec<OutIs>> {
        match (output, &node.value) {
            (Output::Bytes { at, room }, _) => self.buffer(*at, *room, node, name, self.end(name, 1)),
            (Output::Records { at, room, element }, _) => match ordered(node) {
                Some(list) => self.records(element, *at, list, node, name, self.end(name, 1)).map(|out| vec![out]),
                None => self.buffer(*at, *room, node, name, self.end(name, 1)),
            },
            (Output::Inet { at, size }, _) => {
                let mut closed = Layout::closed();
                let bytes = Memory::new(self.scope, &mut closed).inet(*size, node, name)?;
                Ok(pieces(Content::of(bytes), *at, false, node, name))
            }
            (Output::Bits { at, int, first, count }, _) => {
                let mask = ((1_u64 << count) - 1) << first;
                let value = bits(*count, node, name, self.scope)? << first;
                let is = ReturnIs::Exactly(Operand::constant(value.cast_signed()));
                let is = ContentIs::Number { int: *int, kind: Kind::Int(*int), is, mask };
                Ok(vec![out_is(*at, node, name, is)])
            }
            (Output::Array { at, element, .. }, Value::Map(_)) => match ordered(node) {
                Some(list) => {
                    let end = self.end(name, element.size());
                    self.records(element, *at, list, node, name, end).map(|out| vec![out])
                }
                None => refuse(Diagnostic::at(&node.span, format!("`{name}` is a list"), "something else")),
            },
            (Output::Text { at, size }, _) => self.text(*at, *size, node, name),
            (Output::Number { at, kind: kind @ Kind::WaitStatus }, _) if status::is_word(node) => {
                let (value, mask) = status::read(node, name, self.scope)?;
                let is = ReturnIs::Exactly(Operand::constant(value.into()));
                let mask = if mask == u32::MAX { u64::MAX } else { mask.into() };
                let is = ContentIs::Number { int: C_INT, kind: **kind, is, mask };
                Ok(vec![out_is(*at, node, name, is)])
            }
            (Output::Number { at, kind }, _) => self.number(*at, kind, node, name).map(|out| vec![out]),
            (Output::SigSet(at), _) => {
                let mask = signal_set(node, name)?.0;
                let is = ReturnIs::Exactly(Operand::constant(mask as i64));
                let is = ContentIs::Number { int: U64, kind: Kind::SigSet, is, mask: u64::MAX };
                Ok(vec![out_is(*at, node, name, is)])
            }
            (Output::FdSet(at), _) => {
                let fds = descriptor_list(node, name, self.scope)?;
                Ok(vec![out_is(*at, node, name, ContentIs::FdSet(fds))])
            }
            (Output::Struct { layout, fields }, Value::Map(entries)) => self.structure(layout, fields, entries, name),
            (Output::List(outputs) | Output::Array { each: outputs, .. }, Value::List(items)) => {
                if items.len() > outputs.len() {
                    return refuse(Diagnostic::at(
                        &node.span,
                        format!("`{name}` has {} elements", outputs.len()),
                        format!("these are {}", items.len()),
                    ));
                }
                let each = outputs.iter().zip(items).enumerate();
                let all: PlanResult<Vec<_>> =
                    each.map(|(i, (output, item))| self.holds(output, item, &format!("{name}[{i}]"))).collect();
                Ok(all?.concat())
            }
            _ => refuse(Diagnostic::at(&node.span, format!("`{name}` is {}", output.notation()), "something else")),
        }
    }

    pub(super) fn structure(
        &self,
        layout: &'static Struct,
        fields: &[(&'static str, Output)],
        entries: &[(Spanned<String>, Node)],
        name: &str,
    ) -> PlanResult<Vec<OutIs>> {
        // An untyped argument names the type again.
        if let [(key, Node { value: Value::Map(inner), .. })] = entries
            && key.value == layout.name
            && fields.iter().all(|(field, _)| *field != layout.name)
        {
            return self.structure(layout, fields, inner, name);
        }
        let siblings = Siblings::of(layout, entries);
        let mut all = vec![];
        for (key, value) in entries {
            if is_rest(layout, key) {
                let title = format!("`{}` comes after struct {}", key.value, layout.name);
                return refuse(Diagnostic::at(&key.span, title, "here its fixed part alone is compared"));
            }
            let Some((field, output)) = fields.iter().find(|(field, _)| *field == key.value) else {
                let title = format!("struct {} has no `{}` to compare", layout.name, key.value);
                let unknown = Diagnostic::at(&key.span, title, "unknown field");
                return refuse(suggest(unknown, &key.value, fields.iter().map(|(field, _)| *field)));
            };
            let path = if name.is_empty() { (*field).to_owned() } else { format!("{name}.{field}") };
            let kind = layout.fields.iter().find(|f| f.name == key.value).map(|f| &f.kind);
            match (output, kind) {
                (Output::Number { at, .. }, Some(kind @ Kind::By(..))) => {
                    let kind = siblings.resolve_for(kind, value, self.scope)?;
                    all.extend(self.holds(&Output::of(kind, *at), value, &path)?);
                }
                _ => all.extend(self.holds(output, value, &path)?),
            }
        }
        Ok(all)
    }

    fn number(&self, at: Spot, kind: &'static Kind, node: &Node, name: &str) -> PlanResult<OutIs> {
        let (int, consts) = shape(kind).unwrap_or((U64, Consts::General));
        let (mut mask, mut wanted) = (u64::MAX, node);
        if let Value::Map(entries) = &node.value {
            let get = |key: &str| entries.iter().find(|(known, _)| known.value == key).map(|(_, node)| node);
            match (get("mask"), get("is")) {
                (Some(bits), Some(is)) if entries.len() == 2 => {
                    let sum = flags(bits, "mask", consts, self.scope)?;
                    let Some(bits) = fit(&sum, int, "mask", &bits.span)?.known() else {
                        return refuse(Diagnostic::at(
                            &bits.span,
                            "a mask is known while planning",
                            "no variables here",
                        ));
                    };
                    mask = bits as u64;
                    wanted = is;
                }
                (None, None) => {}
                _ => {
                    return refuse(
                        Diagnostic::at(&node.span, "`mask` and `is` go together", "not just these two")
                            .help("write `{mask: M, is: N}`"),
                    );
                }
            }
        }
        let is = self.range(wanted, name, &|node| number(kind, node, name, self.scope))?;
        Ok(out_is(at, node, name, ContentIs::Number { int, kind: *kind, is, mask }))
    }

    /// Bytes in place: a text that is shorter ends with a NUL.
    fn text(&self, at: Spot, size: usize, node: &Node, name: &str) -> PlanResult<Vec<OutIs>> {
        let mut wanted = content(node, name, self.scope)?;
        if let (Value::Scalar { .. }, Some(text)) = (&node.value, wanted.plain())
            && text.len() < size
        {
            wanted = Content::of([text, b"\0"].concat());
        }
        match wanted.len.known() {
            Some(len) if len as usize > size => refuse(Diagnostic::at(
                &node.span,
                format!("this is longer than `{name}`"),
                format!("{len} bytes; it has {size}"),
            )),
            _ => Ok(pieces(wanted, at, false, node, name)),
        }
    }

    /// Lines that text has.
    pub(super) fn lines(&self, at: Spot, list: &Node, name: &str) -> PlanResult<Vec<OutIs>> {
        let Some(patterns) = list.as_list().filter(|patterns| !patterns.is_empty()) else {
            return refuse(Diagnostic::at(&list.span, "`lines` is a list of patterns", "no such list"));
        };
        let line = |node: &Node| {
            let is = ContentIs::Line(line::expected(node, self.scope)?, node.text().unwrap_or_default().to_owned());
            Ok(out_is(at, node, name, is))
        };
        patterns.iter().map(line).collect()
    }
}

/// `{lines: […]}`: the patterns.
pub(super) fn lines(node: &Node) -> Option<&Node> {
    match node.as_map()? {
        [(key, list)] if key.value == "lines" => Some(list),
        _ => None,
    }
}

pub(super) fn out_is(at: Spot, node: &Node, name: &str, is: ContentIs) -> OutIs {
    OutIs { span: node.span.clone(), name: name.to_owned(), capture: at.capture, offset: at.offset, part: None, is }
}

/// Splits bytes at the numbers that are variables.
pub(super) fn pieces(mut content: Content, at: Spot, room: bool, node: &Node, name: &str) -> Vec<OutIs> {
    content.numbers.sort_by_key(|(offset, ..)| *offset);
    let mut all = vec![];
    let mut run: Vec<Segment> = vec![];
    let mut from = 0;
    let divided = !content.numbers.is_empty();
    let part = |from: u64, is| {
        let from = from as usize;
        OutIs { part: divided.then_some(from), ..out_is(at.after(from), node, name, is) }
    };
    let close = |run: &mut Vec<Segment>, from: u64, rest_untouched: bool| {
        part(from, ContentIs::Bytes { parts: std::mem::take(run), rest_untouched })
    };
    let mut parts = content.parts.into_iter().peekable();
    for (offset, int, value) in content.numbers {
        while let Some(part) = parts.next_if(|part| part.addr < offset) {
            run.push(Segment { addr: part.addr - from, ..part });
        }
        if !run.is_empty() {
            all.push(close(&mut run, from, false));
        }
        let is = ContentIs::Number { int, kind: Kind::Int(int), is: ReturnIs::Exactly(value), mask: u64::MAX };
        all.push(part(offset, is));
        from = offset + u64::from(int.size);
    }
    run.extend(parts.map(|part| Segment { addr: part.addr - from, ..part }));
    if all.is_empty() || room || !run.is_empty() {
        all.push(close(&mut run, from, room));
    }
    all
}
