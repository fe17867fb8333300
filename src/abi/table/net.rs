//! Sockets.

use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Kind, Syscall};

/// `int sv[2]`.
const PAIR: Kind = Kind::Fixed(&FD, 2);
const OPTNAME: Kind = Kind::By("level", OPTION_NAMES, &INT);

static OPTION_NAMES: &[(&str, Kind)] = &[
    ("SOL_SOCKET", one_of(I32, &SO)),
    ("IPPROTO_TCP", one_of(I32, &TCP)),
    ("SOL_TCP", one_of(I32, &TCP)),
];

// Lengths of addresses are `int` to the kernel: negative ones are refused, not huge.
pub(super) static CALLS: &[Syscall] = &[
    call!(socket(domain: one_of(I32, &FAMILY), type: flags(U32, &SOCKET), protocol: one_of(I32, &PROTOCOL)) -> Fd),
    call!(socketpair(
        domain: one_of(I32, &FAMILY), type: flags(U32, &SOCKET), protocol: one_of(I32, &PROTOCOL),
        sv: output(&PAIR),
    )),
    call!(bind(sockfd: FD, addr: ANY_IN, addrlen: len(I32, "addr"))),
    call!(connect(sockfd: FD, addr: ANY_IN, addrlen: len(I32, "addr"))),
    call!(listen(sockfd: FD, backlog: INT)),
    call!(accept(sockfd: FD, addr: ANY_OUT => optional, addrlen: inout(&INT) => optional) -> Fd),
    call!(accept4(
        sockfd: FD, addr: ANY_OUT => optional, addrlen: inout(&INT) => optional, flags: flags(U32, &ACCEPT),
    ) -> Fd),
    call!(getsockname(sockfd: FD, addr: ANY_OUT, addrlen: inout(&INT))),
    call!(getpeername(sockfd: FD, addr: ANY_OUT, addrlen: inout(&INT))),
    call!(shutdown(sockfd: FD, how: one_of(I32, &SHUT))),
    call!(sendto(
        sockfd: FD, buf: BYTES_IN, len: size("buf"), flags: flags(U32, &MSG), dest_addr: ANY_IN => optional,
        addrlen: len(I32, "dest_addr"),
    )),
    call!(recvfrom(
        sockfd: FD, buf: BYTES_OUT, len: size("buf"), flags: flags(U32, &MSG),
        src_addr: ANY_OUT => optional, addrlen: inout(&INT) => optional,
    )),
    call!(sendmsg(sockfd: FD, msg: input(&MSGHDR), flags: flags(U32, &MSG))),
    call!(recvmsg(sockfd: FD, msg: inout(&MSGHDR), flags: flags(U32, &MSG))),
    call!(getsockopt(
        sockfd: FD, level: one_of(I32, &LEVEL), optname: OPTNAME, optval: ANY_OUT, optlen: inout(&INT),
    )),
    call!(setsockopt(
        sockfd: FD, level: one_of(I32, &LEVEL), optname: OPTNAME, optval: ANY_IN, optlen: len(I32, "optval"),
    )),
];
