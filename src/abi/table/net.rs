//! Sockets.

use std::mem::offset_of;

use linux_raw_sys::if_packet::*;
use linux_raw_sys::net::*;
use linux_raw_sys::netlink::{
    NETLINK_ADD_MEMBERSHIP, NETLINK_AUDIT, NETLINK_BROADCAST_ERROR, NETLINK_CAP_ACK, NETLINK_CONNECTOR, NETLINK_CRYPTO,
    NETLINK_DROP_MEMBERSHIP, NETLINK_EXT_ACK, NETLINK_FIB_LOOKUP, NETLINK_GENERIC, NETLINK_GET_STRICT_CHK,
    NETLINK_KOBJECT_UEVENT, NETLINK_LIST_MEMBERSHIPS, NETLINK_LISTEN_ALL_NSID, NETLINK_NETFILTER, NETLINK_NO_ENOBUFS,
    NETLINK_PKTINFO, NETLINK_RDMA, NETLINK_ROUTE, NETLINK_SELINUX, NETLINK_SOCK_DIAG, NETLINK_USERSOCK, NETLINK_XFRM,
    NLM_F_ACK, NLM_F_ACK_TLVS, NLM_F_APPEND, NLM_F_ATOMIC, NLM_F_CAPPED, NLM_F_CREATE, NLM_F_DUMP, NLM_F_DUMP_FILTERED,
    NLM_F_DUMP_INTR, NLM_F_ECHO, NLM_F_EXCL, NLM_F_MATCH, NLM_F_MULTI, NLM_F_REPLACE, NLM_F_REQUEST, NLM_F_ROOT,
    NLMSG_DONE, NLMSG_ERROR, NLMSG_NOOP, NLMSG_OVERRUN, ifaddrmsg, ifinfomsg, nlattr, nlmsgerr, nlmsghdr, rtattr,
    rtmsg, sockaddr_nl,
};
use linux_raw_sys::vm_sockets::{
    SO_VM_SOCKETS_BUFFER_MAX_SIZE, SO_VM_SOCKETS_BUFFER_MIN_SIZE, SO_VM_SOCKETS_BUFFER_SIZE,
    SO_VM_SOCKETS_CONNECT_TIMEOUT, SO_VM_SOCKETS_NONBLOCK_TXRX, SO_VM_SOCKETS_PEER_HOST_VM_ID, SO_VM_SOCKETS_TRUSTED,
    VMADDR_CID_ANY, VMADDR_CID_HOST, VMADDR_CID_HYPERVISOR, VMADDR_CID_LOCAL, VMADDR_PORT_ANY, sockaddr_vm,
};

use super::prelude::*;
use super::sockopt::{ALG, ICMPV6, OPTVAL_IN, OPTVAL_OUT, RAW, SOCK_EXTENDED_ERR, TLS, XDP};
use super::time::{TIMESPEC, TIMEVAL};

subsystem! {
    calls {
        // Lengths of addresses are `int` to the kernel: negative ones are refused, not huge.
        call!(socket(domain: one_of(I32, &FAMILY), type: flags(U32, &SOCKET), protocol: one_of(I32, &PROTOCOL)) -> Fd;
            effect: SOCKET_EFFECT),
        call!(socketpair(
            domain: one_of(I32, &FAMILY), type: flags(U32, &SOCKET), protocol: one_of(I32, &PROTOCOL),
            sv: output(&PAIR),
        ); effect: MAY_LOAD_A_PROTOCOL),
        own!(bind(sockfd: FD, addr: ADDRESS_IN, addrlen: len(I32, "addr"))),
        own!(connect(sockfd: FD, addr: ADDRESS_IN, addrlen: len(I32, "addr"))),
        own!(listen(sockfd: FD, backlog: INT)),
        own!(accept(sockfd: FD, addr: ADDRESS_OUT => optional, addrlen: inout(&ADDRLEN) => optional) -> Fd;
            sleeps_as: number("accept4")),
        own!(accept4(
            sockfd: FD, addr: ADDRESS_OUT => optional, addrlen: inout(&ADDRLEN) => optional, flags: flags(U32, &ACCEPT),
        ) -> Fd),
        own!(getsockname(sockfd: FD, addr: ADDRESS_OUT, addrlen: inout(&ADDRLEN))),
        own!(getpeername(sockfd: FD, addr: ADDRESS_OUT, addrlen: inout(&ADDRLEN))),
        own!(shutdown(sockfd: FD, how: one_of(I32, &SHUT))),
        own!(sendto(
            sockfd: FD, buf: BYTES_IN, len: size("buf"), flags: flags(U32, &MSG), dest_addr: ADDRESS_IN => optional,
            addrlen: len(I32, "dest_addr"),
        ) -> Bytes),
        own!(recvfrom(
            sockfd: FD, buf: BYTES_OUT, len: size("buf"), flags: flags(U32, &MSG),
            src_addr: ADDRESS_OUT => optional, addrlen: inout(&SRC_ADDRLEN) => optional,
        ) -> Bytes; x32: Some(517)),
        call!(
            sendmsg(sockfd: FD, msg: input(&MSGHDR), flags: flags(U32, &MSG)) -> Bytes;
            effect: IN_FLIGHT, x32: Some(518),
        ),
        own!(recvmsg(sockfd: FD, msg: inout(&MSGHDR), flags: flags(U32, &MSG)) -> Bytes; x32: Some(519)),
        call!(
            sendmmsg(sockfd: FD, msgvec: MESSAGES, vlen: len(U32, "msgvec"), flags: flags(U32, &MSG)) -> Count;
            effect: IN_FLIGHT, x32: Some(538),
        ),
        own!(recvmmsg(
            sockfd: FD, msgvec: MESSAGES, vlen: len(U32, "msgvec"), flags: flags(U32, &MSG),
            timeout: inout(&TIMESPEC) => optional,
        ) -> Count; x32: Some(537)),
        own!(getsockopt(
            sockfd: FD, level: one_of(I32, &LEVEL), optname: OPTNAME, optval: OPTVAL_OUT, optlen: inout(&OPTLEN),
        ); x32: Some(542)),
        call!(setsockopt(
            sockfd: FD, level: one_of(I32, &LEVEL), optname: OPTNAME, optval: OPTVAL_IN, optlen: len(I32, "optval"),
        ); effect: SETSOCKOPT_EFFECT, x32: Some(541)),
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
            IPPROTO_IP, IPPROTO_ICMP, IPPROTO_IGMP, IPPROTO_IPIP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_DCCP, IPPROTO_IPV6,
            IPPROTO_GRE, IPPROTO_ESP, IPPROTO_AH, IPPROTO_ICMPV6, IPPROTO_SCTP, IPPROTO_UDPLITE, IPPROTO_RAW,
            IPPROTO_MPTCP, NETLINK_USERSOCK, NETLINK_SOCK_DIAG, NETLINK_XFRM, NETLINK_SELINUX, NETLINK_AUDIT,
            NETLINK_FIB_LOOKUP, NETLINK_CONNECTOR, NETLINK_NETFILTER, NETLINK_KOBJECT_UEVENT, NETLINK_GENERIC,
            NETLINK_RDMA, NETLINK_CRYPTO, NETLINK_ROUTE,
        }
        one_of LEVEL = "socket option levels" {
            SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6, SOL_IP, SOL_TCP, SOL_UDP, SOL_IPV6,
            SOL_RAW, SOL_ICMPV6, SOL_PACKET, SOL_NETLINK, SOL_TLS, SOL_ALG, SOL_SCTP, SOL_UDPLITE, SOL_MPTCP, SOL_XDP,
            AF_VSOCK,
        }
        one_of SO = "socket options" {
            SO_DEBUG, SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_DONTROUTE, SO_BROADCAST, SO_SNDBUF, SO_RCVBUF,
            SO_KEEPALIVE, SO_OOBINLINE, SO_NO_CHECK, SO_PRIORITY, SO_LINGER, SO_REUSEPORT, SO_PASSCRED,
            SO_PEERCRED, SO_RCVLOWAT, SO_SNDLOWAT, SO_RCVTIMEO, SO_SNDTIMEO, SO_BINDTODEVICE,
            SO_ATTACH_FILTER, SO_DETACH_FILTER, SO_PEERNAME, SO_TIMESTAMP, SO_ACCEPTCONN, SO_PEERSEC,
            SO_SNDBUFFORCE, SO_RCVBUFFORCE, SO_PASSSEC, SO_TIMESTAMPNS, SO_MARK, SO_TIMESTAMPING, SO_PROTOCOL,
            SO_DOMAIN, SO_RXQ_OVFL, SO_WIFI_STATUS, SO_PEEK_OFF, SO_NOFCS, SO_LOCK_FILTER, SO_SELECT_ERR_QUEUE,
            SO_BUSY_POLL, SO_MAX_PACING_RATE, SO_BPF_EXTENSIONS, SO_INCOMING_CPU, SO_ATTACH_BPF,
            SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF, SO_CNX_ADVICE, SO_MEMINFO, SO_INCOMING_NAPI_ID,
            SO_COOKIE, SO_PEERGROUPS, SO_ZEROCOPY, SO_TXTIME, SO_BINDTOIFINDEX, SO_TIMESTAMP_NEW, SO_TIMESTAMPNS_NEW,
            SO_TIMESTAMPING_NEW, SO_RCVTIMEO_NEW, SO_SNDTIMEO_NEW, SO_DETACH_REUSEPORT_BPF, SO_PREFER_BUSY_POLL,
            SO_BUSY_POLL_BUDGET, SO_NETNS_COOKIE, SO_BUF_LOCK, SO_RESERVE_MEM, SO_TXREHASH, SO_RCVMARK, SO_PASSPIDFD,
            SO_PEERPIDFD, SO_DEVMEM_LINEAR, SO_DEVMEM_DMABUF, SO_DEVMEM_DONTNEED, SO_RCVPRIORITY, SO_PASSRIGHTS,
            SO_INQ, SO_RIGHTS_NOTRUNC = 85,
        }
        one_of TCP = "TCP options" {
            TCP_NODELAY, TCP_MAXSEG, TCP_CORK, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_SYNCNT,
            TCP_LINGER2, TCP_DEFER_ACCEPT, TCP_WINDOW_CLAMP, TCP_INFO, TCP_QUICKACK, TCP_CONGESTION, TCP_MD5SIG,
            TCP_THIN_LINEAR_TIMEOUTS, TCP_THIN_DUPACK, TCP_USER_TIMEOUT, TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ,
            TCP_REPAIR_OPTIONS, TCP_FASTOPEN, TCP_TIMESTAMP, TCP_NOTSENT_LOWAT, TCP_CC_INFO, TCP_SAVE_SYN,
            TCP_SAVED_SYN, TCP_REPAIR_WINDOW, TCP_FASTOPEN_CONNECT, TCP_ULP, TCP_MD5SIG_EXT, TCP_FASTOPEN_KEY,
            TCP_FASTOPEN_NO_COOKIE, TCP_ZEROCOPY_RECEIVE, TCP_INQ, TCP_TX_DELAY, TCP_AO_ADD_KEY, TCP_AO_DEL_KEY,
            TCP_AO_INFO, TCP_AO_GET_KEYS, TCP_AO_REPAIR, TCP_IS_MPTCP, TCP_RTO_MAX_MS, TCP_RTO_MIN_US,
            TCP_DELACK_MAX_US,
        }
        flags MSG = "message flags" {
            MSG_OOB, MSG_PEEK, MSG_DONTROUTE, MSG_CTRUNC, MSG_PROBE, MSG_TRUNC, MSG_DONTWAIT, MSG_EOR,
            MSG_WAITALL, MSG_FIN, MSG_SYN, MSG_CONFIRM, MSG_RST, MSG_ERRQUEUE, MSG_NOSIGNAL, MSG_MORE,
            MSG_WAITFORONE = 0x1_0000, MSG_BATCH = 0x4_0000, MSG_SPLICE_PAGES = 0x800_0000,
            MSG_ZEROCOPY = 0x400_0000, MSG_FASTOPEN = 0x2000_0000, MSG_CMSG_CLOEXEC,
        }
        one_of SHUT = "shutdown directions" { SHUT_RD, SHUT_WR, SHUT_RDWR }
        one_of SCM = "control message types" {
            SCM_RIGHTS, SCM_CREDENTIALS, SCM_SECURITY, SCM_PIDFD = 4, SCM_TIMESTAMP = SO_TIMESTAMP,
            SCM_TIMESTAMPNS = SO_TIMESTAMPNS, SCM_TIMESTAMPING = SO_TIMESTAMPING,
        }
        // Numbers in network order.
        one_of ETH_P = "Ethernet protocols" {
            ETH_P_ALL = 3, ETH_P_IP = 0x800, ETH_P_ARP = 0x806, ETH_P_IPV6 = 0x86dd, ETH_P_8021Q = 0x8100,
            ETH_P_LOOP = 0x60, ETH_P_LOOPBACK = 0x9000,
        }
        one_of IFLA = "interface attributes" {
            IFLA_UNSPEC = 0, IFLA_ADDRESS = 1, IFLA_BROADCAST = 2, IFLA_IFNAME = 3, IFLA_MTU = 4, IFLA_LINK = 5,
            IFLA_QDISC = 6, IFLA_STATS = 7, IFLA_COST = 8, IFLA_PRIORITY = 9, IFLA_MASTER = 10, IFLA_WIRELESS = 11,
            IFLA_PROTINFO = 12, IFLA_TXQLEN = 13, IFLA_MAP = 14, IFLA_WEIGHT = 15, IFLA_OPERSTATE = 16,
            IFLA_LINKMODE = 17, IFLA_LINKINFO = 18, IFLA_NET_NS_PID = 19, IFLA_IFALIAS = 20, IFLA_NUM_VF = 21,
            IFLA_VFINFO_LIST = 22, IFLA_STATS64 = 23, IFLA_VF_PORTS = 24, IFLA_PORT_SELF = 25, IFLA_AF_SPEC = 26,
            IFLA_GROUP = 27, IFLA_NET_NS_FD = 28, IFLA_EXT_MASK = 29, IFLA_PROMISCUITY = 30, IFLA_NUM_TX_QUEUES = 31,
            IFLA_NUM_RX_QUEUES = 32, IFLA_CARRIER = 33, IFLA_PHYS_PORT_ID = 34, IFLA_CARRIER_CHANGES = 35,
            IFLA_PHYS_SWITCH_ID = 36, IFLA_LINK_NETNSID = 37, IFLA_PHYS_PORT_NAME = 38, IFLA_PROTO_DOWN = 39,
            IFLA_GSO_MAX_SEGS = 40, IFLA_GSO_MAX_SIZE = 41, IFLA_PAD = 42, IFLA_XDP = 43, IFLA_EVENT = 44,
            IFLA_NEW_NETNSID = 45, IFLA_IF_NETNSID = 46, IFLA_CARRIER_UP_COUNT = 47, IFLA_CARRIER_DOWN_COUNT = 48,
            IFLA_NEW_IFINDEX = 49, IFLA_MIN_MTU = 50, IFLA_MAX_MTU = 51, IFLA_PROP_LIST = 52, IFLA_ALT_IFNAME = 53,
            IFLA_PERM_ADDRESS = 54,
        }
        one_of IFA = "address attributes" {
            IFA_UNSPEC = 0, IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_LABEL = 3, IFA_BROADCAST = 4, IFA_ANYCAST = 5,
            IFA_CACHEINFO = 6, IFA_MULTICAST = 7, IFA_FLAGS = 8, IFA_RT_PRIORITY = 9, IFA_TARGET_NETNSID = 10,
            IFA_PROTO = 11,
        }
        one_of RTA = "route attributes" {
            RTA_UNSPEC = 0, RTA_DST = 1, RTA_SRC = 2, RTA_IIF = 3, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_PRIORITY = 6,
            RTA_PREFSRC = 7, RTA_METRICS = 8, RTA_MULTIPATH = 9, RTA_FLOW = 11, RTA_CACHEINFO = 12, RTA_TABLE = 15,
            RTA_MARK = 16, RTA_PREF = 20, RTA_VIA = 18, RTA_EXPIRES = 23, RTA_UID = 25,
        }
        one_of IP = "IP options" {
            IP_TOS, IP_TTL, IP_HDRINCL, IP_OPTIONS, IP_ROUTER_ALERT, IP_RECVOPTS, IP_RETOPTS, IP_PKTINFO, IP_PKTOPTIONS,
            IP_MTU_DISCOVER, IP_RECVERR, IP_RECVTTL, IP_RECVTOS, IP_MTU, IP_FREEBIND, IP_IPSEC_POLICY, IP_XFRM_POLICY,
            IP_PASSSEC, IP_TRANSPARENT, IP_ORIGDSTADDR, IP_RECVORIGDSTADDR = IP_ORIGDSTADDR, IP_MINTTL, IP_NODEFRAG,
            IP_CHECKSUM, IP_BIND_ADDRESS_NO_PORT, IP_RECVFRAGSIZE, IP_RECVERR_RFC4884, IP_MULTICAST_IF,
            IP_MULTICAST_TTL, IP_MULTICAST_LOOP, IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP, IP_UNBLOCK_SOURCE,
            IP_BLOCK_SOURCE, IP_ADD_SOURCE_MEMBERSHIP, IP_DROP_SOURCE_MEMBERSHIP, IP_MSFILTER, MCAST_JOIN_GROUP,
            MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE, MCAST_LEAVE_GROUP, MCAST_JOIN_SOURCE_GROUP,
            MCAST_LEAVE_SOURCE_GROUP, MCAST_MSFILTER, IP_MULTICAST_ALL, IP_UNICAST_IF, IP_LOCAL_PORT_RANGE,
            IP_PROTOCOL,
        }
        one_of IPV6 = "IPv6 options" {
            IPV6_ADDRFORM, IPV6_2292PKTINFO, IPV6_2292HOPOPTS, IPV6_2292DSTOPTS, IPV6_2292RTHDR, IPV6_2292PKTOPTIONS,
            IPV6_CHECKSUM, IPV6_2292HOPLIMIT, IPV6_NEXTHOP, IPV6_AUTHHDR, IPV6_UNICAST_HOPS, IPV6_MULTICAST_IF,
            IPV6_MULTICAST_HOPS, IPV6_MULTICAST_LOOP, IPV6_ADD_MEMBERSHIP, IPV6_DROP_MEMBERSHIP, IPV6_ROUTER_ALERT,
            IPV6_MTU_DISCOVER, IPV6_MTU, IPV6_RECVERR, IPV6_V6ONLY, IPV6_JOIN_ANYCAST, IPV6_LEAVE_ANYCAST,
            IPV6_MULTICAST_ALL, IPV6_ROUTER_ALERT_ISOLATE, IPV6_RECVERR_RFC4884, IPV6_FLOWLABEL_MGR,
            IPV6_FLOWINFO_SEND, IPV6_IPSEC_POLICY, IPV6_XFRM_POLICY, IPV6_HDRINCL, IPV6_RECVPKTINFO, IPV6_PKTINFO,
            IPV6_RECVHOPLIMIT, IPV6_HOPLIMIT, IPV6_RECVHOPOPTS, IPV6_HOPOPTS, IPV6_RTHDRDSTOPTS, IPV6_RECVRTHDR,
            IPV6_RTHDR, IPV6_RECVDSTOPTS, IPV6_DSTOPTS, IPV6_RECVPATHMTU, IPV6_PATHMTU, IPV6_DONTFRAG,
            IPV6_RECVTCLASS, IPV6_TCLASS, IPV6_AUTOFLOWLABEL, IPV6_ADDR_PREFERENCES, IPV6_MINHOPCOUNT,
            IPV6_ORIGDSTADDR, IPV6_RECVORIGDSTADDR = IPV6_ORIGDSTADDR, IPV6_TRANSPARENT, IPV6_UNICAST_IF,
            IPV6_RECVFRAGSIZE, IPV6_FREEBIND,
        }
        one_of UDP = "UDP options" {
            UDP_CORK = 1, UDP_ENCAP = 100, UDP_NO_CHECK6_TX = 101, UDP_NO_CHECK6_RX = 102, UDP_SEGMENT = 103,
            UDP_GRO = 104,
        }
        one_of PACKET = "packet options" {
            PACKET_ADD_MEMBERSHIP, PACKET_DROP_MEMBERSHIP, PACKET_RECV_OUTPUT, PACKET_RX_RING, PACKET_STATISTICS,
            PACKET_COPY_THRESH, PACKET_AUXDATA, PACKET_ORIGDEV, PACKET_VERSION, PACKET_HDRLEN, PACKET_RESERVE,
            PACKET_TX_RING, PACKET_LOSS, PACKET_VNET_HDR, PACKET_TX_TIMESTAMP, PACKET_TIMESTAMP, PACKET_FANOUT,
            PACKET_TX_HAS_OFF, PACKET_QDISC_BYPASS, PACKET_ROLLOVER_STATS, PACKET_FANOUT_DATA, PACKET_IGNORE_OUTGOING,
            PACKET_VNET_HDR_SZ,
        }
        one_of PACKET_TYPE = "packet types" {
            PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST, PACKET_OTHERHOST, PACKET_OUTGOING, PACKET_LOOPBACK,
        }
        one_of NETLINK = "netlink options" {
            NETLINK_ADD_MEMBERSHIP, NETLINK_DROP_MEMBERSHIP, NETLINK_PKTINFO, NETLINK_BROADCAST_ERROR,
            NETLINK_NO_ENOBUFS, NETLINK_LISTEN_ALL_NSID, NETLINK_LIST_MEMBERSHIPS, NETLINK_CAP_ACK, NETLINK_EXT_ACK,
            NETLINK_GET_STRICT_CHK,
        }
        one_of VSOCK = "VM socket options" {
            SO_VM_SOCKETS_BUFFER_SIZE, SO_VM_SOCKETS_BUFFER_MIN_SIZE, SO_VM_SOCKETS_BUFFER_MAX_SIZE,
            SO_VM_SOCKETS_PEER_HOST_VM_ID, SO_VM_SOCKETS_TRUSTED, SO_VM_SOCKETS_CONNECT_TIMEOUT,
            SO_VM_SOCKETS_NONBLOCK_TXRX,
        }
        one_of VMADDR_CID = "VM socket contexts" {
            VMADDR_CID_ANY, VMADDR_CID_HYPERVISOR, VMADDR_CID_LOCAL, VMADDR_CID_HOST,
        }
        one_of VMADDR_PORT = "VM socket ports" { VMADDR_PORT_ANY }
        flags NLM_F = "netlink flags" {
            NLM_F_DUMP, NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK, NLM_F_ECHO, NLM_F_DUMP_INTR, NLM_F_DUMP_FILTERED,
            NLM_F_ROOT, NLM_F_MATCH, NLM_F_ATOMIC, NLM_F_APPEND, NLM_F_REPLACE = NLM_F_REPLACE,
            NLM_F_EXCL = NLM_F_EXCL, NLM_F_CREATE = NLM_F_CREATE, NLM_F_CAPPED = NLM_F_CAPPED,
            NLM_F_ACK_TLVS = NLM_F_ACK_TLVS,
        }
        one_of NLMSG = "netlink message types" {
            NLMSG_NOOP, NLMSG_ERROR, NLMSG_DONE, NLMSG_OVERRUN, RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18,
            RTM_SETLINK = 19, RTM_NEWADDR = 20, RTM_DELADDR = 21, RTM_GETADDR = 22, RTM_NEWROUTE = 24, RTM_DELROUTE = 25,
            RTM_GETROUTE = 26, RTM_NEWNEIGH = 28, RTM_DELNEIGH = 29, RTM_GETNEIGH = 30, RTM_NEWRULE = 32,
            RTM_DELRULE = 33, RTM_GETRULE = 34, RTM_NEWNSID = 88, RTM_DELNSID = 89, RTM_GETNSID = 90,
        }
        flags RTMGRP = "route groups" {
            RTMGRP_LINK = 1, RTMGRP_NOTIFY = 2, RTMGRP_NEIGH = 4, RTMGRP_TC = 8, RTMGRP_IPV4_IFADDR = 0x10,
            RTMGRP_IPV4_MROUTE = 0x20, RTMGRP_IPV4_ROUTE = 0x40, RTMGRP_IPV4_RULE = 0x80, RTMGRP_IPV6_IFADDR = 0x100,
            RTMGRP_IPV6_MROUTE = 0x200, RTMGRP_IPV6_ROUTE = 0x400, RTMGRP_IPV6_IFINFO = 0x800,
            RTMGRP_IPV6_PREFIX = 0x20000,
        }
        flags IFF = "interface flags" {
            IFF_UP = 1, IFF_BROADCAST = 2, IFF_DEBUG = 4, IFF_LOOPBACK = 8, IFF_POINTOPOINT = 0x10,
            IFF_NOTRAILERS = 0x20, IFF_RUNNING = 0x40, IFF_NOARP = 0x80, IFF_PROMISC = 0x100, IFF_ALLMULTI = 0x200,
            IFF_MASTER = 0x400, IFF_SLAVE = 0x800, IFF_MULTICAST = 0x1000, IFF_PORTSEL = 0x2000,
            IFF_AUTOMEDIA = 0x4000, IFF_DYNAMIC = 0x8000, IFF_LOWER_UP = 0x1_0000, IFF_DORMANT = 0x2_0000,
            IFF_ECHO = 0x4_0000,
        }
    }
    structures {
        SOCKADDR = "sockaddr" as libc::sockaddr { sa_family: one_of(&FAMILY), sa_data = Kind::FixedBytes(14) }
        SOCKADDR_UN = "sockaddr_un" as sockaddr_un {
            sun_family: one_of(&FAMILY), sun_path = Kind::FixedBytes(108),
        } => { defaults: &[("sun_family", AF_UNIX as u64)] }
        SOCKADDR_IN = "sockaddr_in" as sockaddr_in {
            sin_family: one_of(&FAMILY), sin_port = BE16, sin_addr = Kind::Inet(4),
        } => { defaults: &[("sin_family", AF_INET as u64)] }
        SOCKADDR_IN6 = "sockaddr_in6" as sockaddr_in6 {
            sin6_family: one_of(&FAMILY), sin6_port = BE16, sin6_flowinfo = BE32, sin6_addr = Kind::Inet(16),
            sin6_scope_id: plain(),
        } => { defaults: &[("sin6_family", AF_INET6 as u64)] }
        // Lengths are derived from what the pointers point to, on the way in.
        MSGHDR = "msghdr" as msghdr {
            msg_name = ADDRESS_INOUT, msg_namelen: len("msg_name"), msg_iov = IOV_INOUT,
            msg_iovlen = size("msg_iov"), msg_control = Kind::Records(Dir::InOut, &CMSGHDR), msg_controllen = size("msg_control"),
            msg_flags: flags(&MSG),
        }
        SOCKADDR_NL = "sockaddr_nl" as sockaddr_nl {
            nl_family: one_of(&FAMILY), nl_pad: plain(), nl_pid: plain(), nl_groups: flags(&RTMGRP),
        } => { defaults: &[("nl_family", AF_NETLINK as u64)] }
        SOCKADDR_LL = "sockaddr_ll" as sockaddr_ll {
            sll_family: one_of(&FAMILY), sll_protocol = one_of(NETWORK_U16, &ETH_P), sll_ifindex: plain(), sll_hatype: plain(),
            sll_pkttype: one_of(&PACKET_TYPE), sll_halen: plain(), sll_addr = Kind::FixedBytes(8),
        } => { defaults: &[("sll_family", AF_PACKET as u64)] }
        // The kernel reads and writes the first 16 bytes of what the header declares.
        SOCKADDR_VM = "sockaddr_vm" as [u32; 4] {
            svm_family @ (offset_of!(sockaddr_vm, svm_family)) = one_of(U16, &FAMILY),
            svm_reserved1 @ (offset_of!(sockaddr_vm, svm_reserved1)) = plain(U16),
            svm_port @ (offset_of!(sockaddr_vm, svm_port)) = one_of(U32, &VMADDR_PORT),
            svm_cid @ (offset_of!(sockaddr_vm, svm_cid)) = one_of(U32, &VMADDR_CID),
            svm_flags @ (offset_of!(sockaddr_vm, svm_flags)) = plain(U8),
        } => { defaults: &[("svm_family", AF_VSOCK as u64)] }
        MMSGHDR = "mmsghdr" as mmsghdr { msg_hdr = MSGHDR, msg_len: plain() }
        // `cmsg_data` is what CMSG_DATA finds.
        CMSGHDR = "cmsghdr" as cmsghdr {
            cmsg_len @ (0) = SIZE, cmsg_level: one_of(&LEVEL), cmsg_type = Kind::By("cmsg_level", CMSG_TYPES, &INT),
        } => { record: Some(&Record { len: Some("cmsg_len"), uncounted: 0, align: 8, rest: &CMSG_DATA }) }
        IFREQ = "ifreq" as [u64; 5] {
            ifr_name @ (0) = Kind::FixedBytes(16), ifr_addr @ (16) = SOCKADDR, ifr_flags @ (16) = flags(U16, &IFF),
            ifr_ifindex @ (16) = INT, ifr_metric @ (16) = INT, ifr_mtu @ (16) = INT, ifr_qlen @ (16) = INT,
            ifr_newname @ (16) = Kind::FixedBytes(16),
        }
        NLMSGHDR = "nlmsghdr" as nlmsghdr {
            nlmsg_len: plain(), nlmsg_type: one_of(&NLMSG), nlmsg_flags: flags(&NLM_F), nlmsg_seq: plain(),
            nlmsg_pid: plain(),
        } => { record: Some(&Record { len: Some("nlmsg_len"), uncounted: 0, align: 4, rest: &MESSAGE_DATA }) }
        NLMSGERR = "nlmsgerr" as nlmsgerr { error: plain(), msg = NLMSGHDR }
            => { record: Some(&Record { len: None, uncounted: 0, align: 4, rest: &ERROR_DATA }) }
        NLATTR = "nlattr" as nlattr { nla_len: plain(), nla_type: plain() }
            => { record: Some(&Record { len: Some("nla_len"), uncounted: 0, align: 4, rest: &ATTRIBUTE_DATA }) }
        RTATTR = "rtattr" as rtattr { rta_len: plain(), rta_type: plain() }
            => { record: Some(&Record { len: Some("rta_len"), uncounted: 0, align: 4, rest: &ATTRIBUTE_DATA }) }
        // The same, as an attribute of an interface, of an address.
        LINK_RTATTR = "link_rtattr" as rtattr { rta_len: plain(), rta_type: one_of(&IFLA) }
            => { record: Some(&Record { len: Some("rta_len"), uncounted: 0, align: 4, rest: &LINK_DATA }) }
        ADDRESS_RTATTR = "address_rtattr" as rtattr { rta_len: plain(), rta_type: one_of(&IFA) }
            => { record: Some(&Record { len: Some("rta_len"), uncounted: 0, align: 4, rest: &ADDRESS_DATA }) }
        ROUTE_RTATTR = "route_rtattr" as rtattr { rta_len: plain(), rta_type: one_of(&RTA) }
            => { record: Some(&Record { len: Some("rta_len"), uncounted: 0, align: 4, rest: &ATTRIBUTE_DATA }) }
        IFINFOMSG = "ifinfomsg" as ifinfomsg {
            ifi_family: one_of(&FAMILY), ifi_type: plain(), ifi_index: plain(), ifi_flags: flags(&IFF),
            ifi_change: flags(&IFF),
        } => { record: Some(&Record { len: None, uncounted: 0, align: 4, rest: &LINK_ATTRIBUTES }) }
        IFADDRMSG = "ifaddrmsg" as ifaddrmsg {
            ifa_family: one_of(&FAMILY), ifa_prefixlen: plain(), ifa_flags: plain(), ifa_scope: plain(),
            ifa_index: plain(),
        } => { record: Some(&Record { len: None, uncounted: 0, align: 4, rest: &ADDRESS_ATTRIBUTES }) }
        RTMSG = "rtmsg" as rtmsg {
            rtm_family: one_of(&FAMILY), rtm_dst_len: plain(), rtm_src_len: plain(), rtm_tos: plain(),
            rtm_table: plain(), rtm_protocol: plain(), rtm_scope: plain(), rtm_type: plain(), rtm_flags: plain(),
        } => { record: Some(&Record { len: None, uncounted: 0, align: 4, rest: &ROUTE_ATTRIBUTES }) }
        IN_PKTINFO = "in_pktinfo" as in_pktinfo {
            ipi_ifindex: plain(), ipi_spec_dst = Kind::Inet(4), ipi_addr = Kind::Inet(4),
        }
        IN6_PKTINFO = "in6_pktinfo" as in6_pktinfo { ipi6_addr = Kind::Inet(16), ipi6_ifindex: plain() }
        TPACKET_AUXDATA = "tpacket_auxdata" as tpacket_auxdata {
            tp_status: plain(), tp_len: plain(), tp_snaplen: plain(), tp_mac: plain(), tp_net: plain(),
            tp_vlan_tci: plain(), tp_vlan_tpid: plain(),
        }
        UCRED = "ucred" as ucred { pid: plain(), uid: plain(), gid: plain() }
    }
}

/// Lengths that the kernel is told and tells.
const ADDRLEN: Kind = len(I32, "addr");
const SRC_ADDRLEN: Kind = len(I32, "src_addr");
const OPTLEN: Kind = len(I32, "optval");

const ADDRESS_IN: Kind = Kind::OneOf(Dir::In, &ADDRESSES);
pub(super) const ADDRESS_OUT: Kind = Kind::OneOf(Dir::Out, &ADDRESSES);
const ADDRESS_INOUT: Kind = Kind::OneOf(Dir::InOut, &ADDRESSES);

/// Their families tell them apart.
static ADDRESSES: Choice = Choice {
    name: "socket address",
    of: &[&SOCKADDR_UN, &SOCKADDR_IN, &SOCKADDR_IN6, &SOCKADDR_NL, &SOCKADDR_LL, &SOCKADDR_VM, &SOCKADDR],
};

static CMSG_TYPES: &[(&str, Kind)] = &[
    ("SOL_SOCKET", one_of(I32, &SCM)),
    ("IPPROTO_IP", one_of(I32, &IP)),
    ("IPPROTO_IPV6", one_of(I32, &IPV6)),
    ("IPPROTO_UDP", one_of(I32, &UDP)),
    ("SOL_PACKET", one_of(I32, &PACKET)),
];
static CMSG_DATA: [Field; 1] = [rest("cmsg_data", 16, Kind::By("cmsg_level", CMSG_LEVELS, &Kind::Tail))];
static CMSG_LEVELS: &[(&str, Kind)] = &[
    ("SOL_SOCKET", Kind::By("cmsg_type", SCM_DATA, &Kind::Tail)),
    ("IPPROTO_IP", Kind::By("cmsg_type", IP_DATA, &Kind::Tail)),
    ("IPPROTO_IPV6", Kind::By("cmsg_type", IPV6_DATA, &Kind::Tail)),
    ("IPPROTO_UDP", Kind::By("cmsg_type", UDP_DATA, &Kind::Tail)),
    ("SOL_PACKET", Kind::By("cmsg_type", PACKET_DATA, &Kind::Tail)),
];
static SCM_DATA: &[(&str, Kind)] = &[
    ("SCM_RIGHTS", Kind::List(&FD)),
    ("SCM_CREDENTIALS", UCRED),
    ("SCM_PIDFD", FD),
    ("SCM_TIMESTAMP", TIMEVAL),
    ("SCM_TIMESTAMPNS", TIMESPEC),
    ("SCM_TIMESTAMPING", Kind::Fixed(&TIMESPEC, 3)),
];
static IP_DATA: &[(&str, Kind)] = &[
    ("IP_TTL", INT),
    ("IP_TOS", BYTE),
    ("IP_PKTINFO", IN_PKTINFO),
    ("IP_RECVERR", SOCK_EXTENDED_ERR),
    ("IP_RECVFRAGSIZE", INT),
];
static UDP_DATA: &[(&str, Kind)] = &[("UDP_SEGMENT", SHORT), ("UDP_GRO", INT)];
static PACKET_DATA: &[(&str, Kind)] = &[("PACKET_AUXDATA", TPACKET_AUXDATA)];
static IPV6_DATA: &[(&str, Kind)] =
    &[("IPV6_HOPLIMIT", INT), ("IPV6_TCLASS", INT), ("IPV6_PKTINFO", IN6_PKTINFO), ("IPV6_RECVERR", SOCK_EXTENDED_ERR)];

static MESSAGE_DATA: [Field; 1] = [rest("payload", 16, Kind::By("nlmsg_type", MESSAGES_OF, &Kind::Tail))];
static MESSAGES_OF: &[(&str, Kind)] = &[
    ("NLMSG_ERROR", NLMSGERR),
    ("NLMSG_DONE", INT),
    ("RTM_NEWLINK", IFINFOMSG),
    ("RTM_DELLINK", IFINFOMSG),
    ("RTM_GETLINK", IFINFOMSG),
    ("RTM_SETLINK", IFINFOMSG),
    ("RTM_NEWADDR", IFADDRMSG),
    ("RTM_DELADDR", IFADDRMSG),
    ("RTM_GETADDR", IFADDRMSG),
    ("RTM_NEWROUTE", RTMSG),
    ("RTM_DELROUTE", RTMSG),
    ("RTM_GETROUTE", RTMSG),
];
/// The message that failed, with what follows its header.
static ERROR_DATA: [Field; 1] = [rest("payload", 20, Kind::Tail)];
static LINK_ATTRIBUTES: [Field; 1] = [rest("attributes", 16, Kind::List(&LINK_RTATTR))];
static ADDRESS_ATTRIBUTES: [Field; 1] = [rest("attributes", 8, Kind::List(&ADDRESS_RTATTR))];
static ROUTE_ATTRIBUTES: [Field; 1] = [rest("attributes", 12, Kind::List(&ROUTE_RTATTR))];
static ATTRIBUTE_DATA: [Field; 1] = [rest("payload", 4, Kind::Tail)];
static LINK_DATA: [Field; 1] = [rest("payload", 4, Kind::By("rta_type", LINK_VALUES, &Kind::Tail))];
static LINK_VALUES: &[(&str, Kind)] = &[
    ("IFLA_IFNAME", Kind::Text),
    ("IFLA_QDISC", Kind::Text),
    ("IFLA_IFALIAS", Kind::Text),
    ("IFLA_MTU", UINT),
    ("IFLA_LINK", INT),
    ("IFLA_MASTER", UINT),
    ("IFLA_TXQLEN", UINT),
    ("IFLA_GROUP", UINT),
    ("IFLA_PROMISCUITY", UINT),
    ("IFLA_NET_NS_PID", UINT),
    ("IFLA_NET_NS_FD", UINT),
    ("IFLA_MIN_MTU", UINT),
    ("IFLA_MAX_MTU", UINT),
    ("IFLA_CARRIER", BYTE),
    ("IFLA_OPERSTATE", BYTE),
    ("IFLA_LINKMODE", BYTE),
];
static ADDRESS_DATA: [Field; 1] = [rest("payload", 4, Kind::By("rta_type", ADDRESS_VALUES, &Kind::Tail))];
static ADDRESS_VALUES: &[(&str, Kind)] = &[("IFA_LABEL", Kind::Text), ("IFA_FLAGS", UINT), ("IFA_RT_PRIORITY", UINT)];

/// `int sv[2]`.
const PAIR: Kind = Kind::Fixed(&FD, 2);
const OPTNAME: Kind = Kind::By("level", OPTION_NAMES, &INT);

static OPTION_NAMES: &[(&str, Kind)] = &[
    ("SOL_SOCKET", one_of(I32, &SO)),
    ("IPPROTO_TCP", one_of(I32, &TCP)),
    ("IPPROTO_IP", one_of(I32, &IP)),
    ("IPPROTO_IPV6", one_of(I32, &IPV6)),
    ("IPPROTO_UDP", one_of(I32, &UDP)),
    ("SOL_PACKET", one_of(I32, &PACKET)),
    ("SOL_NETLINK", one_of(I32, &NETLINK)),
    ("AF_VSOCK", one_of(I32, &VSOCK)),
    ("SOL_RAW", one_of(I32, &RAW)),
    ("SOL_ICMPV6", one_of(I32, &ICMPV6)),
    ("SOL_UDPLITE", one_of(I32, &UDP)),
    ("SOL_TLS", one_of(I32, &TLS)),
    ("SOL_ALG", one_of(I32, &ALG)),
    ("SOL_XDP", one_of(I32, &XDP)),
];

const MESSAGES: Kind = Kind::Array(Dir::InOut, &MMSGHDR);

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

const INTERNET_PROTOCOL: Effect = Effect::All(&[
    Effect::by_bits(1, TYPE_MASK, &[(TYPES_OF_MODULES, PROTOCOL_MODULE)], &Effect::Own),
    Effect::by(2, &[(PROTOCOLS, Effect::Own)], &PROTOCOL_MODULE),
]);
const NETLINK_PROTOCOL: Effect = Effect::by(2, &[(NETLINK_PROTOCOLS, Effect::Own)], &PROTOCOL_MODULE);

/// A kernel looks for a module by the names `net-pf-FAMILY`, `net-pf-FAMILY-proto-PROTOCOL-type-TYPE` and
/// `net-pf-FAMILY-proto-PROTOCOL` where it lacks what a socket is made of (net/socket.c, net/ipv4/af_inet.c,
/// net/netlink/af_netlink.c), whoever asks for it.
const MAY_LOAD_A_PROTOCOL: Effect = Effect::by(
    0,
    &[(LOCAL, Effect::Own), (INTERNET, INTERNET_PROTOCOL), (&[AF_NETLINK], NETLINK_PROTOCOL)],
    &FAMILY_MODULE,
);

/// Ports stay taken for a minute after a connection; by netlink and packets, interfaces are set up and reached.
const SOCKET_EFFECT: Effect =
    Effect::All(&[MAY_LOAD_A_PROTOCOL, Effect::by(0, &[(LOCAL, Effect::Own), (INTERNET, PORTS)], &NET)]);

/// Options of the socket, TCP and UDP; others reach as far as the tables of the packet filter.
const SETSOCKOPT_EFFECT: Effect = Effect::by(1, &[(&[SOL_SOCKET, SOL_TCP, SOL_UDP], Effect::Own)], &NET);
