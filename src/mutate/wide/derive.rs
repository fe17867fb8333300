//! Bugs that follow from the entry of a call: each flag dropped, each field ignored or left out, each count capped.

use std::collections::BTreeSet;

use crate::abi::{Arg, Dir, Effect, Kind, Ret, Set, Struct, Syscall};
use crate::exec::{After, Before, Edit, Instead, Memory, On, Place, Test, Value, Wrongness};

use super::bug::{Bug, answer, at, given, gives, has, is_not, takes, then, zero};

/// Bytes of the page that counts are capped at.
const PAGE: u64 = 4096;
/// Arguments that say how much.
const AMOUNTS: &[&str] = &["count", "len", "length", "size", "nbytes", "new_size"];
/// Arguments that say where.
const OFFSETS: &[&str] = &["offset", "off", "pgoff"];
/// Flags without which a call would reach past what is the case's own.
const KEPT: &[(&str, &str)] = &[("mount", "MS_BIND"), ("mount", "MS_REMOUNT")];
/// Flags that say not to sleep.
const NO_SLEEP: &[&str] = &["SPLICE_F_NONBLOCK", "MSG_DONTWAIT", "RWF_NOWAIT"];

/// The bugs of a call.
pub(super) fn of(call: &'static Syscall) -> Vec<Bug> {
    if call.nr.is_none() {
        return Vec::new();
    }
    let mut entry = Entry { call, found: Vec::new(), ids: BTreeSet::new() };
    for (arg, Arg { name, kind, optional }) in (0u8..).zip(call.args) {
        entry.argument(arg, name, kind, *optional, &[]);
    }
    entry.descriptors();
    entry.data();
    entry.answers();
    entry.found
}

struct Entry {
    call: &'static Syscall,
    found: Vec<Bug>,
    ids: BTreeSet<String>,
}

/// Where a structure lies, and of which calls that is true.
struct Pointed<'a> {
    arg: u8,
    name: &'a str,
    dir: Dir,
    when: &'a [Test],
}

impl Pointed<'_> {
    fn is_read(&self) -> bool {
        self.dir != Dir::Out
    }

    fn is_written(&self) -> bool {
        self.dir != Dir::In
    }
}

impl Entry {
    fn add(&mut self, what: &str, does: impl Into<String>, wrongness: Wrongness) {
        let id = format!("{}/{what}", self.call.name);
        if self.ids.insert(id.clone()) {
            self.found.push(Bug { id, call: self.call, does: does.into(), wrongness });
        }
    }

    fn arg(&self, is: impl Fn(&Arg) -> bool) -> Option<u8> {
        (0u8..).zip(self.call.args).find(|(_, arg)| is(arg)).map(|(index, _)| index)
    }

    fn named(&self, name: &str) -> Option<u8> {
        self.arg(|arg| arg.name == name)
    }

    /// The descriptor that it takes is open: it would not fail for that.
    fn open(&self) -> Option<Test> {
        let fd = self.arg(|arg| matches!(arg.kind, Kind::Fd) && !arg.name.ends_with("dirfd"))?;
        Some(Test::Flags { arg: fd, bits: 0, is: true })
    }

    /// Whether shapes of other arguments depend on this one: it says which call it is.
    fn selects(&self, name: &str) -> bool {
        self.call.args.iter().any(|arg| matches!(arg.kind, Kind::By(sibling, ..) if sibling == name))
    }

    /// Whether another value of this argument could reach the whole machine.
    fn steers(&self, arg: u8) -> bool {
        steers(&self.call.effect, arg.into())
    }

    fn argument(&mut self, arg: u8, name: &str, kind: &'static Kind, optional: bool, when: &[Test]) {
        if self.steers(arg) && !matches!(kind, Kind::Enum(..)) {
            return;
        }
        match kind {
            Kind::Flags(int, set) => {
                let mask = mask_of(int.size);
                self.flags(Place::Arg(arg), None, set, mask, when);
            }
            Kind::Enum(_, set) => self.ignored_operations(arg, set, when),
            Kind::Octal(_) => self.mode(arg, when),
            Kind::By(sibling, arms, others) => self.by(arg, sibling, arms, others, optional),
            Kind::Ptr(dir, inner) | Kind::Array(dir, inner) => {
                self.pointed(&Pointed { arg, name, dir: *dir, when }, inner);
            }
            Kind::Records(Dir::Out | Dir::InOut, Kind::Struct(layout)) if self.call.ret == Ret::Bytes => {
                self.records(arg, layout, when);
            }
            Kind::Fd if name.ends_with("dirfd") => {
                let cwd = Edit::Set(Value::Is(libc::AT_FDCWD.into()));
                self.add(
                    &format!("ignores:{name}"),
                    format!("begins paths at the working directory, not at {name}"),
                    takes(Place::Arg(arg), cwd).when(when.to_vec()),
                );
            }
            Kind::Int(_) | Kind::Len(..) => self.number(arg, name, kind, when),
            _ => {}
        }
        let points = matches!(kind, Kind::Ptr(..) | Kind::Array(..) | Kind::Bytes(..) | Kind::Path | Kind::Any(_));
        if points && optional {
            let ignored = takes(Place::Arg(arg), zero()).when(when.to_vec()).when([given(arg)]);
            self.add(&format!("ignores:{name}"), format!("takes {name} for NULL"), ignored);
        }
    }

    fn by(&mut self, arg: u8, sibling: &str, arms: &'static [(&str, Kind)], others: &'static Kind, optional: bool) {
        let Some(selector) = self.named(sibling) else { return };
        let (set, flags) = match &self.call.args[usize::from(selector)].kind {
            Kind::Enum(_, set) => (*set, false),
            Kind::Flags(_, set) => (*set, true),
            _ => return,
        };
        for (constant, kind) in arms {
            let Some(value) = set.value(constant) else { continue };
            let mask = if flags { value } else { u32::MAX.into() };
            self.argument(arg, constant, kind, optional, &[has(selector, mask, value & mask)]);
        }
        if flags {
            self.argument(arg, "arg", others, optional, &[]);
        }
    }

    /// Each flag of a number is dropped.
    fn flags(&mut self, place: Place, field: Option<&str>, set: &'static Set, mask: u64, when: &[Test]) {
        let mut seen = BTreeSet::new();
        for (name, value) in set.consts {
            let value = *value & mask;
            let is_kept = KEPT.contains(&(self.call.name, name));
            if value == 0 || is_kept || !seen.insert(value) {
                continue;
            }
            let mut tests = when.to_vec();
            tests.push(Test::Number { place, mask: value, value, is: true });
            if let Place::Arg(arg) = place {
                let hints = self.call.hints.iter().filter(|hint| hint.arg == arg && value & !u64::from(hint.bits) == 0);
                let beside: Vec<u64> = hints.map(|hint| hint.beside.into()).collect();
                if beside.contains(&0) {
                    // A manual page lets a kernel do so.
                    continue;
                }
                tests.extend(beside.into_iter().map(|beside| is_not(place, beside, beside)));
            }
            let of = field.map(|field| format!("{field}.")).unwrap_or_default();
            self.add(
                &format!("drops:{of}{name}"),
                format!("drops {name}"),
                takes(place, Edit::And(!value)).when(tests),
            );
        }
    }

    /// Operations that return 0 are not performed.
    fn ignored_operations(&mut self, arg: u8, set: &'static Set, when: &[Test]) {
        if !self.selects(self.call.args[usize::from(arg)].name) && self.call.ret != Ret::Zero {
            return;
        }
        for (name, value) in set.consts {
            if !matches!(self.call.ret_with(|constant| constant == *name), Ret::Zero | Ret::Int) {
                continue;
            }
            let tests = [has(arg, u32::MAX.into(), value & u64::from(u32::MAX))];
            let wrongness = answer(Value::Is(0)).when(when.to_vec()).when(tests).when(self.open());
            self.add(&format!("ignores:{name}"), format!("does nothing for {name} and returns 0"), wrongness);
        }
    }

    fn mode(&mut self, arg: u8, when: &[Test]) {
        let mode = |edit| takes(Place::Arg(arg), edit).when(when.to_vec());
        self.add("mode-is-all", "lets everybody do everything, whatever the mode", mode(Edit::Or(0o777)));
        self.add("mode-is-none", "takes the permissions of the mode for none", mode(Edit::And(!0o777)));
        self.add("drops:special-bits", "drops set-user-ID, set-group-ID and the sticky bit", mode(Edit::And(!0o7000)));
        if !self.call.name.contains("chmod") {
            let before = Before::Call { nr: libc::SYS_umask as u32, args: [Value::Is(0); 6] };
            let restored = then(libc::SYS_umask, &[Value::Kept]).before([before]).when(when.to_vec());
            self.add("ignores:umask", "ignores the umask", restored);
        }
    }

    fn number(&mut self, arg: u8, name: &str, kind: &Kind, when: &[Test]) {
        let edit = |edit| takes(Place::Arg(arg), edit).when(when.to_vec());
        if let Kind::Len(_, sibling) = kind {
            let of = self.named(sibling).map(|of| &self.call.args[usize::from(of)].kind);
            if let Some(Kind::Array(..) | Kind::Iovec(_)) = of {
                self.add(
                    &format!("first-of:{sibling}"),
                    format!("looks at the first of {sibling} alone"),
                    edit(Edit::AtMost(1)),
                );
            }
        }
        if AMOUNTS.contains(&name) {
            self.add(
                &format!("page-of:{name}"),
                format!("takes {name} for a page where it is more"),
                edit(Edit::AtMost(PAGE)),
            );
        }
        if OFFSETS.contains(&name) {
            self.add(&format!("ignores:{name}"), format!("takes {name} for 0"), edit(zero()));
            self.add(
                &format!("32-bits:{name}"),
                format!("takes the low 32 bits of {name} alone"),
                edit(Edit::And(u32::MAX.into())),
            );
        }
        if name.contains("timeout") && matches!(kind, Kind::Int(_)) {
            self.add("no-timeout", "waits for ever, whatever the timeout", edit(Edit::Set(Value::Is(-1))));
            self.add("at-once", "waits for nothing, whatever the timeout", edit(zero()));
        }
    }

    fn pointed(&mut self, to: &Pointed<'_>, kind: &'static Kind) {
        let mut leaves = Vec::new();
        leaves_of(kind, String::new(), 0, &mut leaves);
        let mut places = BTreeSet::new();
        for (path, offset, leaf) in &leaves {
            let Some(size) = size_of_number(leaf) else { continue };
            let label = if path.is_empty() { to.name } else { path };
            let place = at(to.arg, *offset as i32, size);
            if to.is_read() {
                if let Kind::Flags(int, set) = leaf {
                    self.flags(place, Some(label), set, mask_of(int.size), to.when);
                }
                if places.insert((*offset, size)) {
                    self.add(
                        &format!("ignores:{label}"),
                        format!("takes {label} for 0"),
                        takes(place, zero()).when(to.when.to_vec()),
                    );
                }
            }
            if to.is_written() {
                self.add(
                    &format!("leaves-out:{label}"),
                    format!("tells 0 as {label}"),
                    gives(place, zero()).when(to.when.to_vec()),
                );
            }
            if to.dir == Dir::InOut {
                let kept = gives(place, Edit::Set(Value::Kept)).before([Before::Keep(place)]).when(to.when.to_vec());
                self.add(&format!("keeps:{label}"), format!("leaves {label} as it was"), kept);
            }
        }
        let time = matches!(kind, Kind::Struct(layout) if layout.name.contains("timespec") || layout.name == "timeval");
        if time && to.is_read() && (to.name.contains("timeout") || to.name.contains("tmo")) {
            let now = takes(at(to.arg, 0, 8), zero());
            let nanoseconds = Before::Change { place: at(to.arg, 8, 8), edit: zero() };
            self.add(
                "at-once",
                "waits for nothing, whatever the timeout",
                now.before([nanoseconds]).when(to.when.to_vec()),
            );
        }
    }

    /// A field of all records.
    fn records(&mut self, arg: u8, layout: &'static Struct, when: &[Test]) {
        let Some(record) = layout.record else { return };
        let Some(len) = record.len.and_then(|name| layout.fields.iter().find(|field| field.name == name)) else {
            return;
        };
        for field in layout.fields.iter().filter(|field| field.name != len.name) {
            let Some(size) = size_of_number(&field.kind) else { continue };
            let records = After::Records {
                arg,
                len_at: len.offset as u16,
                len_size: size_of_number(&len.kind).unwrap_or(0),
                len: record.uncounted as u16,
                field: field.offset as u16,
                size,
            };
            let wrongness = Wrongness::default().after([records]).when(when.to_vec());
            self.add(
                &format!("leaves-out:{}", field.name),
                format!("tells 0 as {} of each record", field.name),
                wrongness,
            );
        }
    }

    /// What descriptors are new, and where those that there are stand.
    fn descriptors(&mut self) {
        if self.call.ret == Ret::Fd && !self.call.closes {
            self.add(
                "not-closed-on-exec",
                "drops close-on-exec",
                Wrongness::default().after([After::CloseOnExec(false)]),
            );
            self.add(
                "closed-on-exec",
                "sets close-on-exec unasked",
                Wrongness::default().after([After::CloseOnExec(true)]),
            );
            self.add(
                "not-lowest",
                "gives another than the lowest free descriptor",
                Wrongness::default().after([After::OtherNumber]),
            );
            self.add("not-open", "gives a descriptor that is not open", then(libc::SYS_close, &[Value::Ret]));
        }
        if self.call.ret != Ret::Bytes || self.call.args.iter().all(|arg| !matches!(arg.kind, Kind::Fd)) {
            return;
        }
        for (fd, name, offset) in self.files() {
            let pointer = offset.filter(|&arg| matches!(self.call.args[usize::from(arg)].kind, Kind::Ptr(..)));
            if offset.is_some() {
                let moved = Wrongness::default().after([After::OffsetMoved(fd)]).on_more_than_0();
                self.add(
                    &format!("moves-offset:{name}"),
                    format!("moves the offset of {name} though one is given"),
                    moved.when(pointer.map(given)),
                );
            }
            if offset.is_none() || pointer.is_some() {
                let kept = Wrongness::default().before([Before::KeepOffset(fd)]).after([After::OffsetKept(fd)]);
                self.add(
                    &format!("keeps-offset:{name}"),
                    format!("does not move the offset of {name}"),
                    kept.on_more_than_0().when(pointer.map(|arg| has(arg, u64::MAX, 0))),
                );
            }
            self.lost_wakeup(fd, name);
        }
    }

    /// The descriptors that data comes from or goes to, each with the argument that gives an offset in its file.
    fn files(&self) -> Vec<(u8, &'static str, Option<u8>)> {
        let offset_of = |name: &str| match name {
            "fd_in" => self.named("off_in"),
            "fd_out" => self.named("off_out"),
            "in_fd" => self.named("offset"),
            "out_fd" => None,
            _ => self.named("offset"),
        };
        let fds = (0u8..).zip(self.call.args).filter(|(_, arg)| matches!(arg.kind, Kind::Fd));
        fds.map(|(index, arg)| (index, arg.name, offset_of(arg.name))).collect()
    }

    /// A call that would have to sleep for the file is not woken again.
    fn lost_wakeup(&mut self, fd: u8, name: &str) {
        let data = self.call.args.iter().find_map(|arg| match arg.kind {
            Kind::Bytes(dir) | Kind::Iovec(dir) => Some(dir),
            Kind::Ptr(dir, Kind::Struct(layout)) if layout.name.ends_with("msghdr") => Some(dir),
            _ => None,
        });
        let events = match (name, data) {
            ("fd_in" | "in_fd", _) | (_, Some(Dir::Out)) => libc::POLLIN,
            ("fd_out" | "out_fd", _) | (_, Some(Dir::In)) => libc::POLLOUT,
            _ => return,
        };
        let tests = [
            Test::Ready { arg: fd, events, is: false },
            Test::Flags { arg: fd, bits: libc::O_NONBLOCK as u32, is: false },
        ];
        let asks = (0u8..).zip(self.call.args).filter_map(|(index, arg)| match arg.kind {
            Kind::Flags(_, set) => Some((index, set)),
            _ => None,
        });
        let bits = asks.flat_map(|(index, set)| {
            NO_SLEEP.iter().filter_map(move |name| set.value(name)).map(move |value| has(index, value, 0))
        });
        let sleeps = Wrongness { instead: Some(Instead::Sleep), ..Wrongness::default() };
        let wrongness = sleeps.when(tests).when(bits);
        self.add(&format!("lost-wakeup:{name}"), format!("sleeps on when {name} becomes ready"), wrongness);
    }

    /// What is moved.
    fn data(&mut self) {
        if self.call.ret != Ret::Bytes {
            return;
        }
        let ret = |edit| gives(Place::Ret, edit).on_more_than_0();
        self.add("one-less", "returns one less", ret(Edit::Add(-1)));
        self.add("one-more", "returns one more", ret(Edit::Add(1)));
        let byte = |arg: u8, through: Option<u16>, plus: Value, offset: i32| {
            Place::Memory(Memory { arg, through, plus, offset, size: 1 })
        };
        let flip = Edit::Xor(0xff);
        for (arg, Arg { name, kind, .. }) in (0u8..).zip(self.call.args) {
            let count = self.arg(|other| matches!(other.kind, Kind::Len(_, sibling) if sibling == *name));
            match (kind, count) {
                (Kind::Bytes(Dir::Out), _) => {
                    let on = |after| Wrongness::default().on_more_than_0().after([after]);
                    let beyond = After::Change { place: byte(arg, None, Value::Ret, 0), edit: flip };
                    self.add("writes-beyond", "writes a byte more than it returns", on(beyond));
                    let last = After::Change { place: byte(arg, None, Value::Ret, -1), edit: flip };
                    self.add("wrong-last-byte", "garbles the last byte", on(last));
                    self.add(
                        "loses-page-ends",
                        "loses the last byte of each page of the buffer",
                        on(After::PageEnds { arg }),
                    );
                }
                (Kind::Bytes(Dir::In), Some(count)) => {
                    let last = takes(byte(arg, None, Value::Arg(count), -1), flip);
                    let given = given(count);
                    self.add("wrong-last-byte", "garbles the last byte", last.when([given]));
                    self.add(
                        "wrong-first-byte",
                        "garbles the first byte",
                        takes(byte(arg, None, Value::Is(0), 0), flip).when([given]),
                    );
                    let dropped = answer(Value::Arg(count)).when([given]);
                    self.add("drops-data", "takes all of the data and drops it", dropped);
                }
                // Of memory that goes into a pipe as it is, what comes after the call is no fault of the call's.
                (Kind::Iovec(dir @ (Dir::In | Dir::Out)), Some(count)) => {
                    let given = given(count);
                    let several = [is_not(Place::Arg(count), u64::MAX, 1), given];
                    for (through, which, tests) in [(0, "first", vec![given]), (16, "second", several.to_vec())] {
                        let place = byte(arg, Some(through), Value::Is(0), 0);
                        let (id, does) =
                            (format!("wrong-{which}-buffer"), format!("garbles what is in the {which} buffer"));
                        let wrongness =
                            if *dir == Dir::Out { gives(place, flip).on_more_than_0() } else { takes(place, flip) };
                        self.add(&id, does, wrongness.when(tests));
                    }
                }
                _ => {}
            }
        }
        let is_data = |arg: &Arg| matches!(arg.kind, Kind::Bytes(Dir::In) | Kind::Iovec(Dir::In));
        if self.call.args.iter().any(is_data) && self.arg(|arg| matches!(arg.kind, Kind::Fd)).is_some() {
            let again: [Value; 6] = std::array::from_fn(|i| Value::Arg(i as u8));
            let twice = then(self.call.nr.unwrap_or_default().into(), &again).on_more_than_0();
            self.add("twice", "does it twice", twice);
        }
    }

    fn answers(&mut self) {
        let operates = self.call.args.iter().any(|arg| matches!(arg.kind, Kind::Enum(..)));
        if self.call.ret == Ret::Zero && !operates && !self.call.closes {
            self.add("does-nothing", "does nothing and returns 0", answer(Value::Is(0)).when(self.open()));
        }
        let again = Wrongness { on: On::Error(libc::EINTR), ..Wrongness::default() }.after([After::Again]);
        self.add("restarts", "begins anew after a signal instead of failing with EINTR", again);
    }
}

/// Whether another value of the argument could reach the whole machine.
fn steers(effect: &Effect, arg: usize) -> bool {
    match effect {
        Effect::Machine(machine) => machine.changes,
        Effect::All(all) => all.iter().any(|effect| steers(effect, arg)),
        Effect::By { arg: by, arms, others, .. } => {
            let dangerous = |effect: &Effect| {
                effect.may(&[None; 6], &mut |one| matches!(one, Effect::Machine(machine) if machine.changes))
            };
            *by == arg && (arms.iter().any(|(_, effect)| dangerous(effect)) || dangerous(others))
        }
        _ => false,
    }
}

/// The numbers in a value, with the names of their fields.
fn leaves_of(kind: &'static Kind, path: String, offset: usize, leaves: &mut Vec<(String, usize, &'static Kind)>) {
    match kind {
        Kind::Struct(layout) => {
            for field in layout.fields {
                let path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
                leaves_of(&field.kind, path, offset + field.offset, leaves);
            }
        }
        Kind::Fixed(element, _) => leaves_of(element, path, offset, leaves),
        other => leaves.push((path, offset, other)),
    }
}

fn size_of_number(kind: &Kind) -> Option<u8> {
    match kind {
        Kind::Bits(..) | Kind::Addr => None,
        Kind::SigSet | Kind::FdSet => Some(8),
        Kind::FixedBytes(_) => Some(1),
        number => number.int().map(|int| int.size),
    }
}

fn mask_of(size: u8) -> u64 {
    if size >= 8 { u64::MAX } else { (1 << (8 * u32::from(size))) - 1 }
}
