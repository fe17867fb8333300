//! Sockets.

use super::number;
use super::reach::*;

use crate::abi::layout::*;
use crate::abi::sets::*;
use crate::abi::shape::*;
use crate::abi::{Kind, Syscall};

/// `int sv[2]`.
const PAIR: Kind = Kind::Fixed(&FD, 2);
const OPTNAME: Kind = Kind::By("level", OPTION_NAMES, &INT);

static OPTION_NAMES: &[(&str, Kind)] =
    &[("SOL_SOCKET", one_of(I32, &SO)), ("IPPROTO_TCP", one_of(I32, &TCP)), ("SOL_TCP", one_of(I32, &TCP))];

// Lengths of addresses are `int` to the kernel: negative ones are refused, not huge.
pub(super) static CALLS: &[Syscall] = &[
    call!(socket(domain: one_of(I32, &FAMILY), type: flags(U32, &SOCKET), protocol: one_of(I32, &PROTOCOL)) -> Fd;
        effect: SOCKET_EFFECT),
    call!(socketpair(
        domain: one_of(I32, &FAMILY), type: flags(U32, &SOCKET), protocol: one_of(I32, &PROTOCOL),
        sv: output(&PAIR),
    ); effect: MAY_LOAD_A_PROTOCOL),
    own!(bind(sockfd: FD, addr: ANY_IN, addrlen: len(I32, "addr"))),
    own!(connect(sockfd: FD, addr: ANY_IN, addrlen: len(I32, "addr"))),
    own!(listen(sockfd: FD, backlog: INT)),
    own!(accept(sockfd: FD, addr: ANY_OUT => optional, addrlen: inout(&INT) => optional) -> Fd;
        sleeps_as: number("accept4")),
    own!(accept4(
        sockfd: FD, addr: ANY_OUT => optional, addrlen: inout(&INT) => optional, flags: flags(U32, &ACCEPT),
    ) -> Fd),
    own!(getsockname(sockfd: FD, addr: ANY_OUT, addrlen: inout(&INT))),
    own!(getpeername(sockfd: FD, addr: ANY_OUT, addrlen: inout(&INT))),
    own!(shutdown(sockfd: FD, how: one_of(I32, &SHUT))),
    own!(sendto(
        sockfd: FD, buf: BYTES_IN, len: size("buf"), flags: flags(U32, &MSG), dest_addr: ANY_IN => optional,
        addrlen: len(I32, "dest_addr"),
    ) -> Bytes),
    own!(recvfrom(
        sockfd: FD, buf: BYTES_OUT, len: size("buf"), flags: flags(U32, &MSG),
        src_addr: ANY_OUT => optional, addrlen: inout(&INT) => optional,
    ) -> Bytes),
    own!(sendmsg(sockfd: FD, msg: input(&MSGHDR), flags: flags(U32, &MSG)) -> Bytes),
    own!(recvmsg(sockfd: FD, msg: inout(&MSGHDR), flags: flags(U32, &MSG)) -> Bytes),
    own!(getsockopt(
        sockfd: FD, level: one_of(I32, &LEVEL), optname: OPTNAME, optval: ANY_OUT, optlen: inout(&INT),
    )),
    call!(setsockopt(
        sockfd: FD, level: one_of(I32, &LEVEL), optname: OPTNAME, optval: ANY_IN, optlen: len(I32, "optval"),
    ); effect: SETSOCKOPT_EFFECT),
];
