//! Whether two values say the same.

use syscase::abi;
use syscase::plan::CANARY;

use super::line::number;
use super::rules::Rules;
use super::tree::Tree;

/// Where a value stands.
pub(crate) struct Context<'a> {
    pub(crate) call: &'a str,
    /// The argument's register, if this is an argument.
    pub(crate) register: Option<u64>,
    /// The register after it: the count, if this is a vector.
    pub(crate) count: Option<u64>,
    /// What the call returned, if it is no error.
    pub(crate) moved: Option<i64>,
}

/// Whether syscase's value and strace's agree, or a rule explains why not.
pub(crate) fn agree(ours: &Tree, theirs: &Tree, at: &Context<'_>, rules: &mut Rules) -> bool {
    let apart = matches!(ours, Tree::List(_) | Tree::Struct(_)) && matches!(theirs, Tree::Text { .. } | Tree::List(_));
    same_value(ours, theirs, at, rules) || apart && taken_apart(ours, theirs) && rules.explains("records")
}

fn same_value(ours: &Tree, theirs: &Tree, at: &Context<'_>, rules: &mut Rules) -> bool {
    use Tree::{Change, Function, List, Set, Struct, Text, Word};
    if ours == theirs {
        return true;
    }
    match (ours, theirs) {
        // What the kernel did not fill in.
        (Word(a), Word(b)) if a == "untouched" => {
            let filling = u64::from_le_bytes([CANARY; 8]);
            value_of(b).is_some_and(|b| b == filling || b & u64::from(u32::MAX) == filling >> 32)
                && rules.explains("address")
        }
        (Word(a), Word(b)) => {
            value_of(a).is_some_and(|a| value_of(b).is_some_and(|b| same(a, b))) && rules.explains("number")
        }
        // Room that the kernel had not yet written to.
        (Text { .. }, Text { bytes, .. }) if at.call == "vmsplice" && bytes.iter().all(|b| *b == CANARY) => {
            rules.explains("before")
        }
        // What is beyond the fields that are given has no place in the line.
        (Text { bytes: a, .. }, Text { .. }) if at.call == "name_to_handle_at" && a.is_empty() => {
            rules.explains("not-shown")
        }
        (Text { bytes: a, .. }, Text { bytes: b, .. }) => {
            (a.starts_with(b) || b.starts_with(a) && !a.is_empty())
                && rules.explains(if b.is_empty() { "nothing" } else { "length" })
        }
        (Struct(_), Change(before, _)) if at.call == "clone3" => {
            agree(ours, before, at, rules) && rules.explains("changed")
        }
        (_, Change(_, after)) => agree(ours, after, at, rules) && rules.explains("changed"),
        (List(a), List(b)) if splice(a, b, at) => rules.explains("before"),
        (List(a), List(b)) => elements(a, b, at, rules),
        (Set(a), Set(b)) => elements(&in_order(a), &in_order(b), at, rules),
        (Struct(a), Struct(b)) => fields(a, b, at, rules),
        // Capabilities: strace puts the lower and the higher ones together.
        (List(halves), Struct(_)) if at.call.starts_with("cap") => match &halves[..] {
            [Struct(low), Struct(high)] => joined(low, high, theirs) && rules.explains("halves"),
            _ => false,
        },
        // By its address.
        (Word(a), Text { .. } | List(_) | Set(_) | Struct(_)) => match (value_of(a), at.register) {
            (Some(a), Some(register)) => a == register && a != 0 && rules.explains("address"),
            (Some(a), None) if union(theirs) == Some(a) => rules.explains("union"),
            (Some(a), None) => a != 0 && rules.explains("address"),
            (None, _) => false,
        },
        (Function(a, ours), Function(b, theirs)) => a == b && elements(ours, theirs, at, rules),
        (Word(a), Function(..)) => value_of(a).is_some_and(|a| computed(theirs) == Some(a)) && rules.explains("number"),
        (Text { .. } | List(_) | Set(_) | Struct(_), Word(b)) => match (value_of(b), at.register) {
            (Some(b), Some(register)) => b == register && b != 0 && rules.explains("address"),
            (b, None) if ours == &List(Vec::new()) => b == Some(0),
            // What a field points to.
            (Some(b), None) => b != 0 && rules.explains("address"),
            (None, _) => false,
        },
        (Text { bytes, more: false }, List(items)) => *bytes == packed(bytes.len(), items) && rules.explains("bytes"),
        (Text { bytes, more: false }, Struct(fields)) => {
            Some(bytes) == internet(fields).as_ref() && rules.explains("sockaddr")
        }
        _ => false,
    }
}

/// Whether sets of capabilities of which strace shows 64 bits are these two of 32.
fn joined(low: &[(String, Tree)], high: &[(String, Tree)], theirs: &Tree) -> bool {
    let Tree::Struct(theirs) = theirs else { return false };
    let find = |fields: &[(String, Tree)], name: &str| match fields.iter().find(|(known, _)| known == name) {
        Some((_, Tree::Word(word))) => value_of(word),
        Some(_) => None,
        None => Some(0),
    };
    ["effective", "permitted", "inheritable"].iter().all(|name| {
        let halves = find(low, name).zip(find(high, name)).map(|(low, high)| high << 32 | low);
        halves.is_some() && halves == find(theirs, name)
    })
}

/// Whether structures that syscase takes apart are the bytes that strace shows.
fn taken_apart(ours: &Tree, theirs: &Tree) -> bool {
    let (Some(ours), Some(theirs)) = (bytes_of(ours), bytes_of(theirs)) else { return false };
    let len = ours.len().min(theirs.len());
    len > 0 && ours[..len] == theirs[..len]
}

/// The bytes of a value, if these are known: of a structure, by the fields of the one that has all of them.
fn bytes_of(value: &Tree) -> Option<Vec<u8>> {
    match value {
        Tree::Text { bytes, .. } => Some(bytes.clone()),
        Tree::List(items) => {
            let shown = items.iter().take_while(|item| **item != Tree::Rest);
            shown.map(bytes_of).collect::<Option<Vec<_>>>().map(|all| all.concat())
        }
        Tree::Struct(fields) => structure_bytes(fields),
        _ => None,
    }
}

fn structure_bytes(fields: &[(String, Tree)]) -> Option<Vec<u8>> {
    let has = |layout: &abi::Struct, name: &str| layout.all_fields().any(|field| field.name == name);
    let layout = abi::structures().find(|layout| fields.iter().all(|(name, _)| has(layout, name)))?;
    let mut bytes = vec![0; layout.size];
    let mut tail = layout.rest().first().map_or(layout.size, |field| field.offset);
    for (name, value) in fields {
        if let Some(field) = layout.fields.iter().find(|field| field.name == name) {
            let form = match value {
                Tree::Word(word) => value_of(word)?.to_le_bytes()[..field.kind.size().min(8)].to_vec(),
                // What a pointer points to is not in it.
                Tree::List(items) if items.iter().any(|item| !matches!(item, Tree::Word(_))) => return None,
                Tree::List(items) => packed(field.kind.size(), items),
                other => bytes_of(other)?,
            };
            bytes.get_mut(field.offset..field.offset + form.len())?.copy_from_slice(&form);
            continue;
        }
        let more = match value {
            // A string ends with a NUL.
            Tree::Text { bytes, .. } => [bytes, &b"\0"[..]].concat(),
            Tree::Word(word) => u32::try_from(value_of(word)?).ok()?.to_le_bytes().to_vec(),
            other => bytes_of(other)?,
        };
        bytes.truncate(tail);
        bytes.extend(more);
        tail = bytes.len();
    }
    // A record is as long as it says, and the next begins at a multiple.
    let whole = fields.iter().any(|(name, _)| layout.rest().iter().any(|field| field.name == name));
    if let Some(record) = layout.record.filter(|_| whole)
        && let Some((_, Tree::Word(told))) = fields.iter().find(|(name, _)| Some(name.as_str()) == record.len)
    {
        let told = usize::try_from(value_of(told)?).ok().filter(|told| *told < 1 << 20)?;
        bytes.resize((told + record.uncounted).next_multiple_of(record.align), 0);
    }
    Some(bytes)
}

/// Offsets of splice and its kin: strace shows them as they were.
fn splice(ours: &[Tree], theirs: &[Tree], at: &Context<'_>) -> bool {
    let [Tree::Word(after)] = ours else { return false };
    let [Tree::Word(before)] = theirs else { return false };
    let moved = at.moved.and_then(|ret| ret.try_into().ok());
    let (after, before) = (value_of(after), value_of(before));
    ["splice", "copy_file_range"].contains(&at.call)
        && after
            .zip(before)
            .zip(moved)
            .is_some_and(|((after, before), moved): (_, u64)| before.checked_add(moved) == Some(after))
}

fn elements(ours: &[Tree], theirs: &[Tree], at: &Context<'_>, rules: &mut Rules) -> bool {
    let inner = Context { register: None, count: None, ..*at };
    let (shown, rest) = match ours.split_last() {
        Some((Tree::Rest, shown)) => (shown, true),
        _ => (ours, false),
    };
    let pairs = shown.iter().zip(theirs).all(|(a, b)| agree(a, b, &inner, rules));
    let (given, told) = (shown.len(), theirs.len());
    // An argument whose count says something else.
    let counted = at.count.is_some_and(|count| count != given as u64);
    pairs
        && (given == told || rest && told > given && rules.explains("not-shown") || counted && rules.explains("length"))
}

fn fields(ours: &[(String, Tree)], theirs: &[(String, Tree)], at: &Context<'_>, rules: &mut Rules) -> bool {
    let inner = Context { register: None, count: None, ..*at };
    let find = |fields: &[(String, Tree)], name: &str| fields.iter().position(|(known, _)| known == name);
    let signal = find(theirs, "si_signo").is_some();
    let rest = ours.iter().any(|(_, value)| *value == Tree::Rest);
    for (name, value) in ours.iter().filter(|(_, value)| *value != Tree::Rest) {
        let same = match find(theirs, name) {
            Some(i) => agree(value, &theirs[i].1, &inner, rules),
            None if name.ends_with("_family") => {
                find(theirs, "sa_family").is_some_and(|i| theirs[i].1 == *value) && rules.explains("sockaddr")
            }
            None if (name.ends_with("_pad") || name == "sa_restorer") && is_empty(value) => rules.explains("unused"),
            None if unused(at.call, name, theirs) => rules.explains("unused"),
            None if name == "revents" && ["poll", "ppoll"].contains(&at.call) => rules.explains("after"),
            // What the kernel did not fill in.
            None if is_untouched(value) => rules.explains("address"),
            // Members of the union that this signal does not have.
            None => signal && rules.explains("union"),
        };
        let given = !same && is_given(at.call, name) && rules.explains("before");
        if !same && !given && !address(value, theirs, name, rules) {
            return false;
        }
    }
    theirs.iter().all(|(name, value)| {
        find(ours, name).is_some()
            || name == "sa_family" && ours.iter().any(|(name, _)| name.ends_with("_family"))
            || is_empty(value) && rules.explains("left-out")
            || ["si_int", "si_ptr"].contains(&&**name) && is_value(ours, value) && rules.explains("union")
            || (rest || *value == Tree::Rest) && rules.explains("not-shown")
    })
}

/// Whether this is what is sent with a signal, of which strace shows both members.
fn is_value(ours: &[(String, Tree)], theirs: &Tree) -> bool {
    let Some((_, Tree::Word(ours))) = ours.iter().find(|(name, _)| name == "si_value") else { return false };
    matches!(theirs, Tree::Word(theirs) if value_of(ours).is_some_and(|value| value_of(theirs).is_some_and(|sent| same(value, sent))))
}

/// A set has no order.
fn in_order(set: &[Tree]) -> Vec<Tree> {
    let mut set = set.to_vec();
    set.sort_by_key(|one| match one {
        Tree::Word(word) => (value_of(word), word.clone()),
        _ => (None, String::new()),
    });
    set
}

/// Whether the call changes this field, which strace shows as it was given.
fn is_given(call: &str, name: &str) -> bool {
    match call {
        "capget" => name == "version",
        "ppoll" | "select" | "pselect6" => name.starts_with("tv_"),
        _ => false,
    }
}

/// Whether this is what lay in the room before the call.
fn is_untouched(value: &Tree) -> bool {
    matches!(value, Tree::Text { bytes, .. } if !bytes.is_empty() && bytes.iter().all(|byte| *byte == CANARY))
}

/// Whether the operation does not use this field.
fn unused(call: &str, name: &str, theirs: &[(String, Tree)]) -> bool {
    match call {
        "fcntl" => name == "l_pid",
        "poll" | "ppoll" => matches!(theirs, [(fd, Tree::Word(value))] if fd == "fd" && value.starts_with('-')),
        _ => false,
    }
}

/// A field of an internet address.
fn address(ours: &Tree, theirs: &[(String, Tree)], name: &str, rules: &mut Rules) -> bool {
    let Tree::Text { bytes, .. } = ours else { return false };
    let value = theirs.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    value.and_then(in_network_order).is_some_and(|known| known == *bytes) && rules.explains("sockaddr")
}

/// `htons(80)`, `inet_addr("127.0.0.1")`.
fn in_network_order(value: &Tree) -> Option<Vec<u8>> {
    let Tree::Function(name, args) = value else { return None };
    match (&**name, &args[..]) {
        ("htons", [Tree::Word(port)]) => Some(port.parse::<u16>().ok()?.to_be_bytes().to_vec()),
        ("inet_addr", [Tree::Text { bytes, .. }]) => {
            let address: std::net::Ipv4Addr = std::str::from_utf8(bytes).ok()?.parse().ok()?;
            Some(address.octets().to_vec())
        }
        _ => None,
    }
}

/// The bytes of an internet address that strace took apart.
fn internet(fields: &[(String, Tree)]) -> Option<Vec<u8>> {
    let get = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    let Tree::Word(family) = get("sa_family")? else { return None };
    let mut bytes = u16::try_from(value_of(family)?).ok()?.to_le_bytes().to_vec();
    bytes.extend(in_network_order(get("sin_port")?)?);
    bytes.extend(in_network_order(get("sin_addr")?)?);
    bytes.resize(16, 0);
    Some(bytes)
}

/// The numbers of a list as so many bytes, each taking as many as there are for it.
fn packed(len: usize, items: &[Tree]) -> Vec<u8> {
    let size = len.checked_div(items.len()).unwrap_or(0).min(8);
    let numbers = items.iter().map(|item| match item {
        Tree::Word(word) => value_of(word).unwrap_or(0),
        _ => 0,
    });
    numbers.flat_map(|n| n.to_le_bytes()[..size].to_vec()).collect()
}

/// `makedev(0, 0xf)`, `_IOC(_IOC_READ, 0xbe, 0xef, 0x10)`, `QCMD(Q_GETQUOTA, USRQUOTA)`.
fn computed(value: &Tree) -> Option<u64> {
    let Tree::Function(name, args) = value else { return None };
    // The table names an operation together with the kind of quota: of users, which is 0.
    if let ("QCMD", [Tree::Word(operation), Tree::Word(kind)]) = (&**name, &args[..]) {
        return Some(constant(&format!("{operation}_USRQUOTA"))? | value_of(kind)? & 0xff);
    }
    let args: Option<Vec<u64>> =
        args.iter().map(|a| if let Tree::Word(word) = a { value_of(word) } else { None }).collect();
    match (&**name, &args?[..]) {
        ("makedev", [major, minor]) => Some(minor & 0xff | major << 8 | (minor & !0xff) << 12),
        ("_IOC", [direction, kind, number, size]) => Some(direction << 30 | size << 16 | kind << 8 | number),
        _ => None,
    }
}

/// The value of `epoll_data_t`, which strace shows as two members.
fn union(theirs: &Tree) -> Option<u64> {
    let Tree::Struct(fields) = theirs else { return None };
    match &fields[..] {
        [(u32, Tree::Word(_)), (u64, Tree::Word(value))] if u32 == "u32" && u64 == "u64" => value_of(value),
        _ => None,
    }
}

/// Whether a value is what a case leaves that does not speak of it.
pub(crate) fn is_empty(value: &Tree) -> bool {
    match value {
        Tree::Word(word) => value_of(word) == Some(0),
        Tree::Struct(fields) => fields.iter().all(|(_, value)| is_empty(value)),
        Tree::List(items) | Tree::Set(items) => items.iter().all(is_empty),
        Tree::Text { bytes, .. } => bytes.is_empty(),
        Tree::Function(_, args) => args.iter().all(is_empty),
        Tree::Change(..) | Tree::Rest => false,
    }
}

/// The descriptors of a set.
pub(crate) fn set_of(value: &Tree) -> Option<Vec<u64>> {
    let (Tree::List(items) | Tree::Set(items)) = value else { return None };
    items.iter().map(|item| if let Tree::Word(word) = item { value_of(word) } else { None }).collect()
}

/// The number that a word stands for: digits, constants, and several of them joined by `|`.
fn value_of(word: &str) -> Option<u64> {
    word.split('|').try_fold(0, |sum, part| Some(sum | constant(part)?))
}

/// Constants that strace names and the table does not.
const STRACES: [(&str, u64); 7] = [
    ("NULL", 0),
    ("PERF_ATTR_SIZE_VER0", 64),
    ("USRQUOTA", 0),
    ("GRPQUOTA", 1),
    ("PRJQUOTA", 2),
    ("_IOC_WRITE", 1),
    ("_IOC_READ", 2),
];

/// Constants that strace has another name for than the table.
const ALIASES: [(&str, &str); 4] = [
    ("FASYNC", "O_ASYNC"),
    ("FUTEX_32", "FUTEX2_SIZE_U32"),
    ("SO_RCVTIMEO_OLD", "SO_RCVTIMEO"),
    ("SO_SNDTIMEO_OLD", "SO_SNDTIMEO"),
];

fn constant(name: &str) -> Option<u64> {
    if let Some(error) = name.strip_prefix('-').filter(|error| error.starts_with('E')) {
        return Some(constant(error)?.wrapping_neg());
    }
    if let Some(bit) = name.strip_prefix("1<<") {
        return Some(1 << constant(bit)?);
    }
    if let Some((_, value)) = STRACES.iter().find(|(known, _)| *known == name) {
        return Some(*value);
    }
    if let Some(n) = number(name) {
        return Some(n.cast_unsigned());
    }
    let name = ALIASES.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| ours);
    let signal = || abi::signal(name).or_else(|| abi::signal(&format!("SIG{name}"))).map(u64::from);
    abi::constant_anywhere(name).iter().find_map(|set| set.value(name)).or_else(signal)
}

/// Whether two numbers are the same, in 64 bits or in 32.
fn same(a: u64, b: u64) -> bool {
    let narrow = |n: u64| n <= u64::from(u32::MAX) || n.cast_signed() >= i64::from(i32::MIN) && n.cast_signed() < 0;
    a == b || narrow(a) && narrow(b) && a as u32 == b as u32
}
