//! What an argument or a field is, in few words: what an editor shows of it.

use crate::abi::{Dir, Int, Kind};

/// `open flags`, `pointer to struct statx, written by the kernel`.
pub(crate) fn says(kind: &Kind) -> String {
    match kind {
        Kind::Int(int) => number(*int),
        Kind::Octal(_) => "file mode".to_owned(),
        Kind::Flags(_, set) => set.name.to_owned(),
        Kind::Enum(_, set) => format!("one of {}", set.name),
        Kind::Fd => "file descriptor".to_owned(),
        Kind::WaitStatus => "wait status".to_owned(),
        Kind::Len(_, of) => format!("length of `{of}`; derived if left out"),
        Kind::Bits(.., count) => format!("bit field of {count} bits"),
        Kind::Addr => "address".to_owned(),
        Kind::Path | Kind::Text => "string".to_owned(),
        Kind::Tail => "bytes".to_owned(),
        Kind::Bytes(dir) => format!("buffer{}", way(*dir)),
        Kind::Iovec(dir) => format!("struct iovec[]{}", way(*dir)),
        Kind::Ptr(dir, inner) => format!("pointer to {}{}", says(inner), way(*dir)),
        Kind::Array(dir, element) => format!("array of {}{}", says(element), way(*dir)),
        Kind::Records(dir, element) => format!("{}, one after the other{}", says(element), way(*dir)),
        Kind::Any(dir) => format!("untyped{}", way(*dir)),
        Kind::OneOf(dir, choice) => format!("{}{}", choice.name, way(*dir)),
        Kind::Fixed(element, count) => format!("{count} times {}", says(element)),
        Kind::FixedBytes(size) => format!("{size} bytes"),
        Kind::Inet(4) => "IPv4 address".to_owned(),
        Kind::Inet(_) => "IPv6 address".to_owned(),
        Kind::SigSet => "signal set".to_owned(),
        Kind::FdSet => "descriptor set".to_owned(),
        Kind::List(element) => format!("list of {}", says(element)),
        Kind::Struct(layout) => format!("struct {}", layout.name),
        Kind::By(sibling, ..) => format!("what `{sibling}` says"),
    }
}

fn way(dir: Dir) -> &'static str {
    match dir {
        Dir::In => "",
        Dir::Out => ", written by the kernel",
        Dir::InOut => ", read and written by the kernel",
    }
}

/// As C declares it.
fn number(int: Int) -> String {
    let name = match int.size {
        1 => "char",
        2 => "short",
        4 => "int",
        _ => "long",
    };
    let sign = if int.signed { "" } else { "unsigned " };
    let order = if int.big { " in network order" } else { "" };
    format!("{sign}{name}{order}")
}
