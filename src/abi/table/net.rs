//! Sockets.

use linux_raw_sys::net::*;

use super::prelude::*;

subsystem! {
    calls {
        // Lengths of addresses are `int` to the kernel: negative ones are refused, not huge.
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
        call!(sendmsg(sockfd: FD, msg: input(&MSGHDR), flags: flags(U32, &MSG)) -> Bytes; effect: IN_FLIGHT),
        own!(recvmsg(sockfd: FD, msg: inout(&MSGHDR), flags: flags(U32, &MSG)) -> Bytes),
        own!(getsockopt(
            sockfd: FD, level: one_of(I32, &LEVEL), optname: OPTNAME, optval: ANY_OUT, optlen: inout(&INT),
        )),
        call!(setsockopt(
            sockfd: FD, level: one_of(I32, &LEVEL), optname: OPTNAME, optval: ANY_IN, optlen: len(I32, "optval"),
        ); effect: SETSOCKOPT_EFFECT),
    }
    constants {
        one_of FAMILY = "address families" {
            AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_ALG, AF_VSOCK, AF_BLUETOOTH,
            AF_CAN, AF_TIPC, AF_RXRPC, AF_KEY, AF_AX25, AF_X25, AF_SMC, AF_XDP, AF_QIPCRTR, AF_MCTP,
            AF_MAX, AF_LOCAL = AF_UNIX,
        }
        // Types before flags; SOCK_SEQPACKET and SOCK_RAW are numbers of several bits.
        flags SOCKET = "socket types" {
            SOCK_PACKET, SOCK_DCCP, SOCK_SEQPACKET, SOCK_RDM, SOCK_RAW, SOCK_DGRAM, SOCK_STREAM,
            SOCK_NONBLOCK = linux_raw_sys::general::O_NONBLOCK, SOCK_CLOEXEC = linux_raw_sys::general::O_CLOEXEC,
        }
        flags ACCEPT = "accept4 flags" {
            SOCK_NONBLOCK = linux_raw_sys::general::O_NONBLOCK, SOCK_CLOEXEC = linux_raw_sys::general::O_CLOEXEC,
        }
        one_of PROTOCOL = "protocols" {
            IPPROTO_IP, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6, IPPROTO_SCTP, IPPROTO_UDPLITE,
            IPPROTO_RAW, IPPROTO_MPTCP,
        }
        one_of LEVEL = "socket option levels" {
            SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6, SOL_IP, SOL_TCP, SOL_UDP, SOL_IPV6,
            SOL_PACKET, SOL_NETLINK,
        }
        one_of SO = "socket options" {
            SO_DEBUG, SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_DONTROUTE, SO_BROADCAST, SO_SNDBUF, SO_RCVBUF,
            SO_KEEPALIVE, SO_OOBINLINE, SO_NO_CHECK, SO_PRIORITY, SO_LINGER, SO_REUSEPORT, SO_PASSCRED,
            SO_PEERCRED, SO_RCVLOWAT, SO_SNDLOWAT, SO_RCVTIMEO, SO_SNDTIMEO, SO_BINDTODEVICE,
            SO_ATTACH_FILTER, SO_DETACH_FILTER, SO_PEERNAME, SO_TIMESTAMP, SO_ACCEPTCONN, SO_PEERSEC,
            SO_SNDBUFFORCE, SO_RCVBUFFORCE, SO_PASSSEC, SO_TIMESTAMPNS, SO_MARK, SO_TIMESTAMPING, SO_PROTOCOL,
            SO_DOMAIN, SO_RXQ_OVFL, SO_PEEK_OFF, SO_NOFCS, SO_LOCK_FILTER, SO_BUSY_POLL, SO_MAX_PACING_RATE,
            SO_INCOMING_CPU, SO_ATTACH_BPF, SO_COOKIE, SO_PEERGROUPS, SO_ZEROCOPY, SO_TXTIME,
            SO_BINDTOIFINDEX, SO_PREFER_BUSY_POLL, SO_RESERVE_MEM, SO_RCVMARK, SO_PASSPIDFD, SO_PEERPIDFD,
            SO_RCVPRIORITY, SO_PASSRIGHTS, SO_INQ,
        }
        one_of TCP = "TCP options" {
            TCP_NODELAY, TCP_MAXSEG, TCP_CORK, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_SYNCNT,
            TCP_LINGER2, TCP_DEFER_ACCEPT, TCP_WINDOW_CLAMP, TCP_INFO, TCP_QUICKACK, TCP_CONGESTION,
            TCP_USER_TIMEOUT, TCP_REPAIR,
        }
        flags MSG = "message flags" {
            MSG_OOB, MSG_PEEK, MSG_DONTROUTE, MSG_CTRUNC, MSG_PROBE, MSG_TRUNC, MSG_DONTWAIT, MSG_EOR,
            MSG_WAITALL, MSG_FIN, MSG_SYN, MSG_CONFIRM, MSG_RST, MSG_ERRQUEUE, MSG_NOSIGNAL, MSG_MORE,
            MSG_WAITFORONE = 0x1_0000, MSG_BATCH = 0x4_0000, MSG_SPLICE_PAGES = 0x800_0000,
            MSG_ZEROCOPY = 0x400_0000, MSG_FASTOPEN = 0x2000_0000, MSG_CMSG_CLOEXEC,
        }
        one_of SHUT = "shutdown directions" { SHUT_RD, SHUT_WR, SHUT_RDWR }
        one_of SCM = "control message types" { SCM_RIGHTS, SCM_CREDENTIALS, SCM_SECURITY, SCM_PIDFD = 4 }
    }
    structures {
        SOCKADDR = "sockaddr" as libc::sockaddr { sa_family: one_of(&FAMILY), sa_data = Kind::FixedBytes(14) }
        SOCKADDR_UN = "sockaddr_un" as sockaddr_un {
            sun_family: one_of(&FAMILY), sun_path = Kind::FixedBytes(108),
        }
        // Ports and addresses are in network order: bytes, the same on every machine.
        SOCKADDR_IN = "sockaddr_in" as sockaddr_in {
            sin_family: one_of(&FAMILY), sin_port = Kind::FixedBytes(2), sin_addr = Kind::FixedBytes(4),
        }
        SOCKADDR_IN6 = "sockaddr_in6" as sockaddr_in6 {
            sin6_family: one_of(&FAMILY), sin6_port = Kind::FixedBytes(2), sin6_flowinfo = Kind::FixedBytes(4),
            sin6_addr = Kind::FixedBytes(16), sin6_scope_id: plain(),
        }
        // Lengths are derived from what the pointers point to, on the way in.
        MSGHDR = "msghdr" as msghdr {
            msg_name = ANY_INOUT, msg_namelen: len("msg_name"), msg_iov = IOV_INOUT,
            msg_iovlen = size("msg_iov"), msg_control = ANY_INOUT, msg_controllen = size("msg_control"),
            msg_flags: flags(&MSG),
        }
        LINGER = "linger" as linger { l_onoff: plain(), l_linger: plain() }
        UCRED = "ucred" as ucred { pid: plain(), uid: plain(), gid: plain() }
    }
}

/// `int sv[2]`.
const PAIR: Kind = Kind::Fixed(&FD, 2);
const OPTNAME: Kind = Kind::By("level", OPTION_NAMES, &INT);

static OPTION_NAMES: &[(&str, Kind)] =
    &[("SOL_SOCKET", one_of(I32, &SO)), ("IPPROTO_TCP", one_of(I32, &TCP)), ("SOL_TCP", one_of(I32, &TCP))];

const IN_FLIGHT: Effect = Effect::Worker(Shared::IN_FLIGHT);
const PORTS: Effect = Effect::Worker(Shared::PORTS);
/// Interfaces and what else a network namespace has are set up.
pub(super) const NET: Effect = Effect::Worker(Shared::NET);

const FAMILY_MODULE: Effect = Effect::changes("may load a kernel module for this address family");
const PROTOCOL_MODULE: Effect = Effect::changes("may load a kernel module for this protocol");

const LOCAL: &[u32] = &[AF_UNSPEC, AF_UNIX];
const INTERNET: &[u32] = &[AF_INET, AF_INET6];
// The headers, as packaged, lack these.
const SOCK_DCCP: u32 = 6;
const SOCK_PACKET: u32 = 10;

/// The first's protocol 0 is a module's; the second makes the family another one.
const TYPES_OF_MODULES: &[u32] = &[SOCK_DCCP, SOCK_PACKET];
/// The bits of a socket's type that are no flags.
const TYPE_MASK: u32 = 0xf;
/// IP, ICMP, TCP, UDP, ICMPv6, raw: they are there wherever IP is.
const PROTOCOLS: &[u32] = &[0, 1, 6, 17, 58, 255];
/// Routes, users' own messages, events of objects: kernels with netlink have them. One beyond the last (31) loads
/// nothing.
const NETLINK_PROTOCOLS: &[u32] = &[0, 2, 15];

const IP_PROTOCOL: Effect = Effect::All(&[
    Effect::by_bits(1, TYPE_MASK, &[(TYPES_OF_MODULES, PROTOCOL_MODULE)], &Effect::Own),
    Effect::by(2, &[(PROTOCOLS, Effect::Own)], &PROTOCOL_MODULE),
]);
const NETLINK_PROTOCOL: Effect = Effect::by(2, &[(NETLINK_PROTOCOLS, Effect::Own)], &PROTOCOL_MODULE);

/// A kernel looks for a module by the names `net-pf-FAMILY`, `net-pf-FAMILY-proto-PROTOCOL-type-TYPE` and
/// `net-pf-FAMILY-proto-PROTOCOL` where it lacks what a socket is made of (net/socket.c, net/ipv4/af_inet.c,
/// net/netlink/af_netlink.c), whoever asks for it.
const MAY_LOAD_A_PROTOCOL: Effect =
    Effect::by(0, &[(LOCAL, Effect::Own), (INTERNET, IP_PROTOCOL), (&[AF_NETLINK], NETLINK_PROTOCOL)], &FAMILY_MODULE);

/// Ports stay taken for a minute after a connection; by netlink and packets, interfaces are set up and reached.
const SOCKET_EFFECT: Effect =
    Effect::All(&[MAY_LOAD_A_PROTOCOL, Effect::by(0, &[(LOCAL, Effect::Own), (INTERNET, PORTS)], &NET)]);

/// Options of the socket, TCP and UDP; others reach as far as the tables of the packet filter.
const SETSOCKOPT_EFFECT: Effect = Effect::by(1, &[(&[SOL_SOCKET, SOL_TCP, SOL_UDP], Effect::Own)], &NET);
