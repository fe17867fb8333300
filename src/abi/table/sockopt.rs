//! Values of socket options.

use linux_raw_sys::general::dmabuf_token;
use linux_raw_sys::if_packet::*;
use linux_raw_sys::net::*;

use super::net::{ADDRESS_OUT, CMSGHDR, FAMILY, IN6_PKTINFO, MSG, PROTOCOL, SOCKADDR_IN6, SOCKET, UCRED};
use super::prelude::*;
use super::security::{SOCK_FILTER, SOCK_FPROG};
use super::time::{CLOCK, TIMEVAL};

subsystem! {
    constants {
        flags SOF = "timestamping flags" {
            SOF_TIMESTAMPING_TX_HARDWARE = 1, SOF_TIMESTAMPING_TX_SOFTWARE = 2, SOF_TIMESTAMPING_RX_HARDWARE = 4,
            SOF_TIMESTAMPING_RX_SOFTWARE = 8, SOF_TIMESTAMPING_SOFTWARE = 0x10, SOF_TIMESTAMPING_SYS_HARDWARE = 0x20,
            SOF_TIMESTAMPING_RAW_HARDWARE = 0x40, SOF_TIMESTAMPING_OPT_ID = 0x80, SOF_TIMESTAMPING_TX_SCHED = 0x100,
            SOF_TIMESTAMPING_TX_ACK = 0x200, SOF_TIMESTAMPING_OPT_CMSG = 0x400, SOF_TIMESTAMPING_OPT_TSONLY = 0x800,
            SOF_TIMESTAMPING_OPT_STATS = 0x1000, SOF_TIMESTAMPING_OPT_PKTINFO = 0x2000,
            SOF_TIMESTAMPING_OPT_TX_SWHW = 0x4000, SOF_TIMESTAMPING_BIND_PHC = 0x8000,
            SOF_TIMESTAMPING_OPT_ID_TCP = 0x1_0000, SOF_TIMESTAMPING_OPT_RX_FILTER = 0x2_0000,
            SOF_TIMESTAMPING_TX_COMPLETION = 0x4_0000,
        }
        flags BUF_LOCK = "buffer locks" { SOCK_SNDBUF_LOCK, SOCK_RCVBUF_LOCK }
        one_of TCP_STATE = "TCP states" {
            TCP_ESTABLISHED = 1, TCP_SYN_SENT = 2, TCP_SYN_RECV = 3, TCP_FIN_WAIT1 = 4, TCP_FIN_WAIT2 = 5,
            TCP_TIME_WAIT = 6, TCP_CLOSE = 7, TCP_CLOSE_WAIT = 8, TCP_LAST_ACK = 9, TCP_LISTEN = 10, TCP_CLOSING = 11,
        }
        one_of PMTUDISC = "path MTU discovery" {
            IP_PMTUDISC_DONT, IP_PMTUDISC_WANT, IP_PMTUDISC_DO, IP_PMTUDISC_PROBE, IP_PMTUDISC_INTERFACE,
            IP_PMTUDISC_OMIT,
        }
        one_of PACKET_MR = "packet memberships" {
            PACKET_MR_MULTICAST, PACKET_MR_PROMISC, PACKET_MR_ALLMULTI, PACKET_MR_UNICAST,
        }
        one_of MCAST_MODE = "source filters" { MCAST_EXCLUDE = 0, MCAST_INCLUDE = 1 }
        one_of FL_ACTION = "flow label actions" { IPV6_FL_A_GET = 0, IPV6_FL_A_PUT = 1, IPV6_FL_A_RENEW = 2 }
        one_of FL_SHARE = "flow label sharing" {
            IPV6_FL_S_NONE = 0, IPV6_FL_S_EXCL = 1, IPV6_FL_S_PROCESS = 2, IPV6_FL_S_USER = 3, IPV6_FL_S_ANY = 255,
        }
        flags FL_FLAG = "flow label flags" {
            IPV6_FL_F_CREATE = 1, IPV6_FL_F_EXCL = 2, IPV6_FL_F_REFLECT = 4, IPV6_FL_F_REMOTE = 8,
        }
        flags TCP_MD5SIG_FLAG = "TCP-MD5 flags" { TCP_MD5SIG_FLAG_PREFIX = 1, TCP_MD5SIG_FLAG_IFINDEX = 2 }
        flags TCP_AO_KEYF = "TCP-AO key flags" { TCP_AO_KEYF_IFINDEX = 1, TCP_AO_KEYF_EXCLUDE_OPT = 2 }
        one_of XFRM_POLICY_DIR = "IPsec directions" { XFRM_POLICY_IN = 0, XFRM_POLICY_OUT = 1, XFRM_POLICY_FWD = 2 }
        one_of XFRM_POLICY_ACTION = "IPsec actions" { XFRM_POLICY_ALLOW = 0, XFRM_POLICY_BLOCK = 1 }
        flags XFRM_POLICY_FLAG = "IPsec policy flags" { XFRM_POLICY_LOCALOK = 1, XFRM_POLICY_ICMP = 2 }
        one_of TLS_VERSION = "TLS versions" { TLS_1_2_VERSION = 0x303, TLS_1_3_VERSION = 0x304 }
        one_of TLS_CIPHER = "TLS ciphers" {
            TLS_CIPHER_AES_GCM_128 = 51, TLS_CIPHER_AES_GCM_256 = 52, TLS_CIPHER_AES_CCM_128 = 53,
            TLS_CIPHER_CHACHA20_POLY1305 = 54, TLS_CIPHER_SM4_GCM = 55, TLS_CIPHER_SM4_CCM = 56,
            TLS_CIPHER_ARIA_GCM_128 = 57, TLS_CIPHER_ARIA_GCM_256 = 58,
        }
        one_of TLS = "TLS options" {
            TLS_TX = 1, TLS_RX = 2, TLS_TX_ZEROCOPY_RO = 3, TLS_RX_EXPECT_NO_PAD = 4, TLS_TX_MAX_PAYLOAD_LEN = 5,
        }
        one_of RAW = "raw socket options" { ICMP_FILTER = 1 }
        one_of ICMPV6 = "ICMPv6 options" { ICMPV6_FILTER = 1 }
        one_of ALG = "crypto options" {
            ALG_SET_KEY = 1, ALG_SET_IV = 2, ALG_SET_OP = 3, ALG_SET_AEAD_ASSOCLEN = 4, ALG_SET_AEAD_AUTHSIZE = 5,
            ALG_SET_DRBG_ENTROPY = 6, ALG_SET_KEY_BY_KEY_SERIAL = 7,
        }
        one_of XDP = "XDP options" {
            XDP_MMAP_OFFSETS = 1, XDP_RX_RING = 2, XDP_TX_RING = 3, XDP_UMEM_REG = 4, XDP_UMEM_FILL_RING = 5,
            XDP_UMEM_COMPLETION_RING = 6, XDP_STATISTICS = 7, XDP_OPTIONS = 8, XDP_MAX_TX_SKB_BUDGET = 9,
        }
        one_of UDP_ENCAP_TYPE = "UDP encapsulations" {
            UDP_ENCAP_ESPINUDP_NON_IKE = 1, UDP_ENCAP_ESPINUDP = 2, UDP_ENCAP_L2TPINUDP = 3, UDP_ENCAP_GTP0 = 4,
            UDP_ENCAP_GTP1U = 5, UDP_ENCAP_RXRPC = 6, UDP_ENCAP_OVPNINUDP = 8,
        }
        one_of PMTUDISC6 = "IPv6 path MTU discovery" {
            IPV6_PMTUDISC_DONT = 0, IPV6_PMTUDISC_WANT = 1, IPV6_PMTUDISC_DO = 2, IPV6_PMTUDISC_PROBE = 3,
            IPV6_PMTUDISC_INTERFACE = 4, IPV6_PMTUDISC_OMIT = 5,
        }
        one_of TCP_REPAIR_MODE = "TCP repair modes" { TCP_REPAIR_OFF = 0, TCP_REPAIR_ON = 1, TCP_REPAIR_OFF_NO_WP = -1i64 }
        one_of TCP_REPAIR_QUEUE_ID = "TCP repair queues" { TCP_NO_QUEUE = 0, TCP_RECV_QUEUE = 1, TCP_SEND_QUEUE = 2 }
        one_of EE_ORIGIN = "origins of socket errors" {
            SO_EE_ORIGIN_NONE = 0, SO_EE_ORIGIN_LOCAL = 1, SO_EE_ORIGIN_ICMP = 2, SO_EE_ORIGIN_ICMP6 = 3,
            SO_EE_ORIGIN_TXSTATUS = 4, SO_EE_ORIGIN_ZEROCOPY = 5, SO_EE_ORIGIN_TXTIME = 6,
        }
    }
    structures {
        IP_MREQ = "ip_mreq" as ip_mreq {
            imr_multiaddr = Kind::Inet(4), imr_interface = Kind::Inet(4),
        }
        IP_MREQN = "ip_mreqn" as ip_mreqn {
            imr_multiaddr = Kind::Inet(4), imr_address = Kind::Inet(4), imr_ifindex: plain(),
        }
        IP_MREQ_SOURCE = "ip_mreq_source" as ip_mreq_source {
            imr_multiaddr = Kind::Inet(4), imr_interface = Kind::Inet(4),
            imr_sourceaddr = Kind::Inet(4),
        }
        IPV6_MREQ = "ipv6_mreq" as ipv6_mreq { ipv6mr_multiaddr = Kind::Inet(16), ipv6mr_ifindex: plain() }
        IP6_MTUINFO = "ip6_mtuinfo" as ip6_mtuinfo { ip6m_addr = SOCKADDR_IN6, ip6m_mtu: plain() }
        PACKET_MREQ = "packet_mreq" as packet_mreq {
            mr_ifindex: plain(), mr_type: one_of(&PACKET_MR), mr_alen: plain(), mr_address = Kind::FixedBytes(8),
        }
        TPACKET_STATS = "tpacket_stats" as tpacket_stats { tp_packets: plain(), tp_drops: plain() }
        TPACKET_REQ = "tpacket_req" as tpacket_req {
            tp_block_size: plain(), tp_block_nr: plain(), tp_frame_size: plain(), tp_frame_nr: plain(),
        }
        SO_TIMESTAMPING_ARG = "so_timestamping" as so_timestamping { flags: flags(&SOF), bind_phc: plain() }
        SOCK_TXTIME = "sock_txtime" as sock_txtime { clockid: one_of(&CLOCK), flags: plain() }
        LINGER = "linger" as linger { l_onoff: plain(), l_linger: plain() }
        SOCKADDR_STORAGE = "sockaddr_storage" as __kernel_sockaddr_storage {
            ss_family @ (0) = one_of(U16, &FAMILY),
            sin_port @ (2) = BE16 => if ss_family in [AF_INET], sin_addr @ (4) = Kind::Inet(4) => if ss_family in [AF_INET],
            sin6_port @ (2) = BE16 => if ss_family in [AF_INET6], sin6_flowinfo @ (4) = BE32 => if ss_family in [AF_INET6],
            sin6_addr @ (8) = Kind::Inet(16) => if ss_family in [AF_INET6],
            sin6_scope_id @ (24) = UINT => if ss_family in [AF_INET6],
        }
        GROUP_REQ = "group_req" as group_req { gr_interface: plain(), gr_group = SOCKADDR_STORAGE }
        GROUP_SOURCE_REQ = "group_source_req" as group_source_req {
            gsr_interface: plain(), gsr_group = SOCKADDR_STORAGE, gsr_source = SOCKADDR_STORAGE,
        }
        // The sources follow.
        GROUP_FILTER = "group_filter" as [u64; 18] {
            gf_interface @ (0) = UINT, gf_group @ (8) = SOCKADDR_STORAGE, gf_fmode @ (136) = one_of(U32, &MCAST_MODE),
            gf_numsrc @ (140) = UINT,
        } => { record: Some(&Record { len: None, uncounted: 0, align: 8, rest: &SOURCES }) }
        IP_MSFILTER_ARG = "ip_msfilter" as [u32; 4] {
            imsf_multiaddr @ (0) = Kind::Inet(4), imsf_interface @ (4) = Kind::Inet(4),
            imsf_fmode @ (8) = one_of(U32, &MCAST_MODE), imsf_numsrc @ (12) = UINT,
        } => { record: Some(&Record { len: None, uncounted: 0, align: 4, rest: &SOURCES4 }) }
        IN6_FLOWLABEL_REQ = "in6_flowlabel_req" as in6_flowlabel_req {
            flr_dst = Kind::Inet(16), flr_label = BE32, flr_action: one_of(&FL_ACTION), flr_share: one_of(&FL_SHARE),
            flr_flags: flags(&FL_FLAG), flr_expires: plain(), flr_linger: plain(),
        }
        TPACKET_ROLLOVER_STATS = "tpacket_rollover_stats" as tpacket_rollover_stats {
            tp_all @ (0) = ULONG, tp_huge @ (8) = ULONG, tp_failed @ (16) = ULONG,
        }
        DMABUF_TOKEN = "dmabuf_token" as dmabuf_token { token_start: plain(), token_count: plain() }
        TCP_MD5SIG_ARG = "tcp_md5sig" as tcp_md5sig {
            tcpm_addr = SOCKADDR_STORAGE, tcpm_flags: flags(&TCP_MD5SIG_FLAG), tcpm_prefixlen: plain(),
            tcpm_keylen: plain(), tcpm_ifindex: plain(), tcpm_key = Kind::FixedBytes(80),
        }
        TCP_REPAIR_OPT = "tcp_repair_opt" as tcp_repair_opt { opt_code: plain(), opt_val: plain() }
        TCP_REPAIR_WINDOW_ARG = "tcp_repair_window" as tcp_repair_window {
            snd_wl1: plain(), snd_wnd: plain(), max_window: plain(), rcv_wnd: plain(), rcv_wup: plain(),
        }
        TCP_AO_ADD = "tcp_ao_add" as tcp_ao_add {
            addr = SOCKADDR_STORAGE, alg_name = Kind::FixedBytes(64), ifindex: plain(),
            set_current @ (196) = Kind::Bits(U32, 0, 1), set_rnext @ (196) = Kind::Bits(U32, 1, 1), reserved2: plain(),
            prefix: plain(), sndid: plain(), rcvid: plain(), maclen: plain(), keyflags: flags(&TCP_AO_KEYF),
            keylen: plain(), key = Kind::FixedBytes(80),
        }
        TCP_AO_DEL = "tcp_ao_del" as tcp_ao_del {
            addr = SOCKADDR_STORAGE, ifindex: plain(), set_current @ (132) = Kind::Bits(U32, 0, 1),
            set_rnext @ (132) = Kind::Bits(U32, 1, 1), del_async @ (132) = Kind::Bits(U32, 2, 1), reserved2: plain(),
            prefix: plain(), sndid: plain(), rcvid: plain(), current_key: plain(), rnext: plain(),
            keyflags: flags(&TCP_AO_KEYF),
        }
        TCP_AO_INFO_OPT = "tcp_ao_info_opt" as tcp_ao_info_opt {
            set_current @ (0) = Kind::Bits(U32, 0, 1), set_rnext @ (0) = Kind::Bits(U32, 1, 1),
            ao_required @ (0) = Kind::Bits(U32, 2, 1), set_counters @ (0) = Kind::Bits(U32, 3, 1),
            accept_icmps @ (0) = Kind::Bits(U32, 4, 1), reserved2: plain(), current_key: plain(), rnext: plain(),
            pkt_good: plain(), pkt_bad: plain(), pkt_key_not_found: plain(), pkt_ao_required: plain(),
            pkt_dropped_icmp: plain(),
        }
        TCP_AO_GETSOCKOPT = "tcp_ao_getsockopt" as tcp_ao_getsockopt {
            addr = SOCKADDR_STORAGE, alg_name = Kind::FixedBytes(64), key = Kind::FixedBytes(80), nkeys: plain(),
            is_current @ (276) = Kind::Bits(U16, 0, 1), is_rnext @ (276) = Kind::Bits(U16, 1, 1),
            get_all @ (276) = Kind::Bits(U16, 2, 1), sndid: plain(), rcvid: plain(), prefix: plain(), maclen: plain(),
            keyflags: flags(&TCP_AO_KEYF), keylen: plain(), ifindex: plain(), pkt_good: plain(), pkt_bad: plain(),
        }
        TCP_AO_REPAIR_ARG = "tcp_ao_repair" as tcp_ao_repair {
            snt_isn = BE32, rcv_isn = BE32, snd_sne: plain(), rcv_sne: plain(),
        }
        TCP_ZEROCOPY = "tcp_zerocopy_receive" as tcp_zerocopy_receive {
            address = ADDR, length: plain(), recv_skip_hint: plain(), inq: plain(), err: plain(),
            copybuf_address = ADDR, copybuf_len: plain(), flags: plain(), msg_control = ADDR, msg_controllen: plain(),
            msg_flags: flags(&MSG), reserved: plain(),
        }
    }
    // The headers, as packaged, lack these.
    laid {
        // The header, as packaged, ends earlier.
        TCP_INFO_ARG = "tcp_info" {
            tcpi_state = one_of(U8, &TCP_STATE), tcpi_ca_state = BYTE, tcpi_retransmits = BYTE,
            tcpi_probes = BYTE, tcpi_backoff = BYTE, tcpi_options = BYTE, tcpi_snd_wscale @ (6) =
            Kind::Bits(U8, 0, 4), tcpi_rcv_wscale @ (6) = Kind::Bits(U8, 4, 4),
            tcpi_delivery_rate_app_limited @ (7) = Kind::Bits(U8, 0, 1), tcpi_fastopen_client_fail @ (7)
            = Kind::Bits(U8, 1, 2), tcpi_rto = UINT, tcpi_ato = UINT, tcpi_snd_mss = UINT, tcpi_rcv_mss =
            UINT, tcpi_unacked = UINT, tcpi_sacked = UINT, tcpi_lost = UINT, tcpi_retrans = UINT,
            tcpi_fackets = UINT, tcpi_last_data_sent = UINT, tcpi_last_ack_sent = UINT,
            tcpi_last_data_recv = UINT, tcpi_last_ack_recv = UINT, tcpi_pmtu = UINT, tcpi_rcv_ssthresh =
            UINT, tcpi_rtt = UINT, tcpi_rttvar = UINT, tcpi_snd_ssthresh = UINT, tcpi_snd_cwnd = UINT,
            tcpi_advmss = UINT, tcpi_reordering = UINT, tcpi_rcv_rtt = UINT, tcpi_rcv_space = UINT,
            tcpi_total_retrans = UINT, tcpi_pacing_rate = ULONG, tcpi_max_pacing_rate = ULONG,
            tcpi_bytes_acked = ULONG, tcpi_bytes_received = ULONG, tcpi_segs_out = UINT, tcpi_segs_in =
            UINT, tcpi_notsent_bytes = UINT, tcpi_min_rtt = UINT, tcpi_data_segs_in = UINT,
            tcpi_data_segs_out = UINT, tcpi_delivery_rate = ULONG, tcpi_busy_time = ULONG,
            tcpi_rwnd_limited = ULONG, tcpi_sndbuf_limited = ULONG, tcpi_delivered = UINT,
            tcpi_delivered_ce = UINT, tcpi_bytes_sent = ULONG, tcpi_bytes_retrans = ULONG,
            tcpi_dsack_dups = UINT, tcpi_reord_seen = UINT, tcpi_rcv_ooopack = UINT, tcpi_snd_wnd = UINT,
            tcpi_rcv_wnd = UINT, tcpi_rehash = UINT, tcpi_total_rto = SHORT, tcpi_total_rto_recoveries =
            SHORT, tcpi_total_rto_time = UINT, tcpi_received_ce = UINT, tcpi_delivered_e1_bytes = UINT,
            tcpi_delivered_e0_bytes = UINT, tcpi_delivered_ce_bytes = UINT, tcpi_received_e1_bytes =
            UINT, tcpi_received_e0_bytes = UINT, tcpi_received_ce_bytes = UINT, tcpi_ecn_mode @ (276) =
            Kind::Bits(U32, 0, 2), tcpi_accecn_opt_seen @ (276) = Kind::Bits(U32, 2, 2),
            tcpi_accecn_fail_mode @ (276) = Kind::Bits(U32, 4, 4), tcpi_options2 @ (276) =
            Kind::Bits(U32, 8, 24),
        }
        XFRM_SELECTOR = "xfrm_selector" {
            daddr = Kind::Inet(16), saddr = Kind::Inet(16), dport = BE16, dport_mask = BE16, sport = BE16,
            sport_mask = BE16, family = one_of(U16, &FAMILY), prefixlen_d = BYTE, prefixlen_s = BYTE, proto = BYTE,
            ifindex = INT, user = UINT,
        }
        XFRM_LIFETIME_CFG = "xfrm_lifetime_cfg" {
            soft_byte_limit = ULONG, hard_byte_limit = ULONG, soft_packet_limit = ULONG, hard_packet_limit = ULONG,
            soft_add_expires_seconds = ULONG, hard_add_expires_seconds = ULONG, soft_use_expires_seconds = ULONG,
            hard_use_expires_seconds = ULONG,
        }
        XFRM_LIFETIME_CUR = "xfrm_lifetime_cur" { bytes = ULONG, packets = ULONG, add_time = ULONG, use_time = ULONG }
        XFRM_USERPOLICY_INFO = "xfrm_userpolicy_info" {
            sel = XFRM_SELECTOR, lft = XFRM_LIFETIME_CFG, curlft = XFRM_LIFETIME_CUR, priority = UINT, index = UINT,
            dir = one_of(U8, &XFRM_POLICY_DIR), action = one_of(U8, &XFRM_POLICY_ACTION),
            flags = flags(U8, &XFRM_POLICY_FLAG), share = BYTE,
        }
        TLS_CRYPTO_INFO = "tls_crypto_info" {
            version = one_of(U16, &TLS_VERSION), cipher_type = one_of(U16, &TLS_CIPHER),
        }
        TLS_AES_GCM_128 = "tls12_crypto_info_aes_gcm_128" {
            info = TLS_CRYPTO_INFO, iv = Kind::FixedBytes(8), key = Kind::FixedBytes(16), salt = Kind::FixedBytes(4),
            rec_seq = Kind::FixedBytes(8),
        }
        TLS_AES_GCM_256 = "tls12_crypto_info_aes_gcm_256" {
            info = TLS_CRYPTO_INFO, iv = Kind::FixedBytes(8), key = Kind::FixedBytes(32), salt = Kind::FixedBytes(4),
            rec_seq = Kind::FixedBytes(8),
        }
        TLS_AES_CCM_128 = "tls12_crypto_info_aes_ccm_128" {
            info = TLS_CRYPTO_INFO, iv = Kind::FixedBytes(8), key = Kind::FixedBytes(16), salt = Kind::FixedBytes(4),
            rec_seq = Kind::FixedBytes(8),
        }
        TLS_CHACHA20_POLY1305 = "tls12_crypto_info_chacha20_poly1305" {
            info = TLS_CRYPTO_INFO, iv = Kind::FixedBytes(12), key = Kind::FixedBytes(32), rec_seq = Kind::FixedBytes(8),
        }
        XDP_UMEM_REG_ARG = "xdp_umem_reg" {
            addr = ADDR, len = ULONG, chunk_size = UINT, headroom = UINT, flags = UINT, tx_metadata_len = UINT,
        }
        XDP_RING_OFFSET = "xdp_ring_offset" { producer = ULONG, consumer = ULONG, desc = ULONG, flags = ULONG }
        XDP_OFFSETS = "xdp_mmap_offsets" {
            rx = XDP_RING_OFFSET, tx = XDP_RING_OFFSET, fr = XDP_RING_OFFSET, cr = XDP_RING_OFFSET,
        }
        XDP_STATISTICS_ARG = "xdp_statistics" {
            rx_dropped = ULONG, rx_invalid_descs = ULONG, tx_invalid_descs = ULONG, rx_ring_full = ULONG,
            rx_fill_ring_empty_descs = ULONG, tx_ring_empty_descs = ULONG,
        }
        // An address follows.
        SOCK_EXTENDED_ERR = "sock_extended_err" {
            ee_errno = UINT, ee_origin = one_of(U8, &EE_ORIGIN), ee_type = BYTE, ee_code = BYTE, ee_pad = BYTE,
            ee_info = UINT, ee_data = UINT,
        } => { record: Some(&Record { len: None, uncounted: 0, align: 4, rest: &OFFENDER }) }
    }
}

/// The value of an option, by its name at its level. Untyped are levels that are not known here: those of protocols
/// whose options no header of the kernel that is packaged tells (SCTP, MPTCP, the packet filters' tables).
pub(super) const OPTVAL_IN: Kind = Kind::By("level", VALUES_IN, &ANY_IN);
pub(super) const OPTVAL_OUT: Kind = Kind::By("level", VALUES_OUT, &ANY_OUT);

static VALUES_IN: &[(&str, Kind)] = &[
    ("SOL_SOCKET", Kind::By("optname", SO_IN, &NUMBER_IN)),
    ("IPPROTO_TCP", Kind::By("optname", TCP_IN, &NUMBER_IN)),
    ("IPPROTO_IP", Kind::By("optname", IP_IN, &NUMBER_IN)),
    ("IPPROTO_IPV6", Kind::By("optname", IPV6_IN, &NUMBER_IN)),
    ("IPPROTO_UDP", Kind::By("optname", UDP_IN, &NUMBER_IN)),
    ("SOL_PACKET", Kind::By("optname", PACKET_IN, &NUMBER_IN)),
    ("SOL_NETLINK", NUMBER_IN),
    ("AF_VSOCK", Kind::By("optname", VSOCK_IN, &NUMBER_IN)),
    ("SOL_RAW", NUMBER_IN),
    ("SOL_ICMPV6", input(&ICMP6_TYPES)),
    ("SOL_UDPLITE", NUMBER_IN),
    ("SOL_TLS", Kind::By("optname", TLS_VALUES_IN, &NUMBER_IN)),
    ("SOL_ALG", Kind::By("optname", ALG_IN, &BYTES_IN)),
    ("SOL_XDP", Kind::By("optname", XDP_IN, &NUMBER_IN)),
];
static VALUES_OUT: &[(&str, Kind)] = &[
    ("SOL_SOCKET", Kind::By("optname", SO_OUT, &NUMBER_OUT)),
    ("IPPROTO_TCP", Kind::By("optname", TCP_OUT, &NUMBER_OUT)),
    ("IPPROTO_IP", Kind::By("optname", IP_OUT, &NUMBER_OUT)),
    ("IPPROTO_IPV6", Kind::By("optname", IPV6_OUT, &NUMBER_OUT)),
    ("IPPROTO_UDP", NUMBER_OUT),
    ("SOL_PACKET", Kind::By("optname", PACKET_OUT, &NUMBER_OUT)),
    ("SOL_NETLINK", Kind::By("optname", NETLINK_OUT, &NUMBER_OUT)),
    ("AF_VSOCK", Kind::By("optname", VSOCK_OUT, &NUMBER_OUT)),
    ("SOL_RAW", NUMBER_OUT),
    ("SOL_ICMPV6", output(&ICMP6_TYPES)),
    ("SOL_UDPLITE", NUMBER_OUT),
    ("SOL_TLS", Kind::By("optname", TLS_VALUES_OUT, &NUMBER_OUT)),
    ("SOL_XDP", Kind::By("optname", XDP_OUT, &NUMBER_OUT)),
];

const NUMBER_IN: Kind = input(&INT);
const NUMBER_OUT: Kind = output(&INT);
const DISCOVERY6: Kind = one_of(I32, &PMTUDISC6);
const ENCAPSULATION: Kind = one_of(I32, &UDP_ENCAP_TYPE);
const REPAIR: Kind = one_of(I32, &TCP_REPAIR_MODE);
const REPAIR_QUEUE: Kind = one_of(I32, &TCP_REPAIR_QUEUE_ID);
static UDP_IN: &[(&str, Kind)] = &[("UDP_ENCAP", input(&ENCAPSULATION))];
const DISCOVERY: Kind = one_of(I32, &PMTUDISC);
const SOCKET_FAMILY: Kind = one_of(I32, &FAMILY);
const SOCKET_TYPE: Kind = flags(U32, &SOCKET);
const SOCKET_PROTOCOL: Kind = one_of(I32, &PROTOCOL);
const LOCKS: Kind = flags(U32, &BUF_LOCK);

static SO_IN: &[(&str, Kind)] = &[
    ("SO_LINGER", input(&LINGER)),
    ("SO_RCVTIMEO", input(&TIMEVAL)),
    ("SO_SNDTIMEO", input(&TIMEVAL)),
    ("SO_RCVTIMEO_NEW", input(&TIMEVAL)),
    ("SO_SNDTIMEO_NEW", input(&TIMEVAL)),
    ("SO_BINDTODEVICE", BYTES_IN),
    ("SO_ATTACH_FILTER", input(&SOCK_FPROG)),
    ("SO_ATTACH_REUSEPORT_CBPF", input(&SOCK_FPROG)),
    ("SO_MAX_PACING_RATE", input(&ULONG)),
    ("SO_TXTIME", input(&SOCK_TXTIME)),
    ("SO_TIMESTAMPING", input(&SO_TIMESTAMPING_ARG)),
    ("SO_TIMESTAMPING_NEW", input(&SO_TIMESTAMPING_ARG)),
    ("SO_BUF_LOCK", input(&LOCKS)),
    ("SO_DEVMEM_DONTNEED", Kind::Array(Dir::In, &DMABUF_TOKEN)),
];
static SO_OUT: &[(&str, Kind)] = &[
    ("SO_LINGER", output(&LINGER)),
    ("SO_RCVTIMEO", output(&TIMEVAL)),
    ("SO_SNDTIMEO", output(&TIMEVAL)),
    ("SO_RCVTIMEO_NEW", output(&TIMEVAL)),
    ("SO_SNDTIMEO_NEW", output(&TIMEVAL)),
    ("SO_BINDTODEVICE", BYTES_OUT),
    ("SO_PEERCRED", output(&UCRED)),
    ("SO_PEERNAME", ADDRESS_OUT),
    ("SO_PEERSEC", BYTES_OUT),
    ("SO_PEERGROUPS", Kind::Array(Dir::Out, &UINT)),
    ("SO_PEERPIDFD", output(&FD)),
    ("SO_MEMINFO", Kind::Array(Dir::Out, &UINT)),
    ("SO_COOKIE", output(&ULONG)),
    ("SO_NETNS_COOKIE", output(&ULONG)),
    ("SO_MAX_PACING_RATE", output(&ULONG)),
    ("SO_TXTIME", output(&SOCK_TXTIME)),
    ("SO_TIMESTAMPING", output(&SO_TIMESTAMPING_ARG)),
    ("SO_TIMESTAMPING_NEW", output(&SO_TIMESTAMPING_ARG)),
    ("SO_TYPE", output(&SOCKET_TYPE)),
    ("SO_DOMAIN", output(&SOCKET_FAMILY)),
    ("SO_PROTOCOL", output(&SOCKET_PROTOCOL)),
    ("SO_BUF_LOCK", output(&LOCKS)),
    // SO_GET_FILTER has the same number.
    ("SO_ATTACH_FILTER", Kind::Array(Dir::Out, &SOCK_FILTER)),
];
static TCP_IN: &[(&str, Kind)] = &[
    ("TCP_CONGESTION", BYTES_IN),
    ("TCP_ULP", BYTES_IN),
    ("TCP_FASTOPEN_KEY", BYTES_IN),
    ("TCP_MD5SIG", input(&TCP_MD5SIG_ARG)),
    ("TCP_MD5SIG_EXT", input(&TCP_MD5SIG_ARG)),
    ("TCP_REPAIR", input(&REPAIR)),
    ("TCP_REPAIR_QUEUE", input(&REPAIR_QUEUE)),
    ("TCP_REPAIR_OPTIONS", Kind::Array(Dir::In, &TCP_REPAIR_OPT)),
    ("TCP_REPAIR_WINDOW", input(&TCP_REPAIR_WINDOW_ARG)),
    ("TCP_AO_ADD_KEY", input(&TCP_AO_ADD)),
    ("TCP_AO_DEL_KEY", input(&TCP_AO_DEL)),
    ("TCP_AO_INFO", input(&TCP_AO_INFO_OPT)),
    ("TCP_AO_REPAIR", input(&TCP_AO_REPAIR_ARG)),
];
static TCP_OUT: &[(&str, Kind)] = &[
    ("TCP_CONGESTION", BYTES_OUT),
    ("TCP_ULP", BYTES_OUT),
    ("TCP_FASTOPEN_KEY", BYTES_OUT),
    ("TCP_SAVED_SYN", BYTES_OUT),
    ("TCP_CC_INFO", BYTES_OUT),
    ("TCP_INFO", output(&TCP_INFO_ARG)),
    ("TCP_REPAIR_WINDOW", output(&TCP_REPAIR_WINDOW_ARG)),
    ("TCP_ZEROCOPY_RECEIVE", inout(&TCP_ZEROCOPY)),
    ("TCP_AO_INFO", inout(&TCP_AO_INFO_OPT)),
    ("TCP_AO_GET_KEYS", Kind::Array(Dir::InOut, &TCP_AO_GETSOCKOPT)),
    ("TCP_AO_REPAIR", output(&TCP_AO_REPAIR_ARG)),
];
static IP_IN: &[(&str, Kind)] = &[
    ("IP_OPTIONS", BYTES_IN),
    ("IP_MTU_DISCOVER", input(&DISCOVERY)),
    ("IP_MULTICAST_IF", input(&IP_MREQN)),
    ("IP_ADD_MEMBERSHIP", input(&IP_MREQN)),
    ("IP_DROP_MEMBERSHIP", input(&IP_MREQN)),
    ("IP_BLOCK_SOURCE", input(&IP_MREQ_SOURCE)),
    ("IP_UNBLOCK_SOURCE", input(&IP_MREQ_SOURCE)),
    ("IP_ADD_SOURCE_MEMBERSHIP", input(&IP_MREQ_SOURCE)),
    ("IP_DROP_SOURCE_MEMBERSHIP", input(&IP_MREQ_SOURCE)),
    ("IP_MSFILTER", Kind::Records(Dir::In, &IP_MSFILTER_ARG)),
    ("IP_IPSEC_POLICY", input(&XFRM_USERPOLICY_INFO)),
    ("IP_XFRM_POLICY", input(&XFRM_USERPOLICY_INFO)),
    ("MCAST_JOIN_GROUP", input(&GROUP_REQ)),
    ("MCAST_LEAVE_GROUP", input(&GROUP_REQ)),
    ("MCAST_BLOCK_SOURCE", input(&GROUP_SOURCE_REQ)),
    ("MCAST_UNBLOCK_SOURCE", input(&GROUP_SOURCE_REQ)),
    ("MCAST_JOIN_SOURCE_GROUP", input(&GROUP_SOURCE_REQ)),
    ("MCAST_LEAVE_SOURCE_GROUP", input(&GROUP_SOURCE_REQ)),
    ("MCAST_MSFILTER", Kind::Records(Dir::In, &GROUP_FILTER)),
];
static IP_OUT: &[(&str, Kind)] = &[
    ("IP_OPTIONS", BYTES_OUT),
    ("IP_PKTOPTIONS", Kind::Records(Dir::Out, &CMSGHDR)),
    ("IP_MTU_DISCOVER", output(&DISCOVERY)),
    ("IP_MULTICAST_IF", BYTES_OUT),
    ("IP_MSFILTER", Kind::Records(Dir::InOut, &IP_MSFILTER_ARG)),
    ("MCAST_MSFILTER", Kind::Records(Dir::InOut, &GROUP_FILTER)),
];
static IPV6_IN: &[(&str, Kind)] = &[
    ("IPV6_MTU_DISCOVER", input(&DISCOVERY6)),
    ("IPV6_ADD_MEMBERSHIP", input(&IPV6_MREQ)),
    ("IPV6_DROP_MEMBERSHIP", input(&IPV6_MREQ)),
    ("IPV6_JOIN_ANYCAST", input(&IPV6_MREQ)),
    ("IPV6_LEAVE_ANYCAST", input(&IPV6_MREQ)),
    ("IPV6_PKTINFO", input(&IN6_PKTINFO)),
    ("IPV6_HOPOPTS", BYTES_IN),
    ("IPV6_DSTOPTS", BYTES_IN),
    ("IPV6_RTHDRDSTOPTS", BYTES_IN),
    ("IPV6_RTHDR", BYTES_IN),
    ("IPV6_FLOWLABEL_MGR", input(&IN6_FLOWLABEL_REQ)),
    ("IPV6_2292PKTOPTIONS", Kind::Records(Dir::In, &CMSGHDR)),
    ("MCAST_JOIN_GROUP", input(&GROUP_REQ)),
    ("MCAST_LEAVE_GROUP", input(&GROUP_REQ)),
    ("MCAST_BLOCK_SOURCE", input(&GROUP_SOURCE_REQ)),
    ("MCAST_UNBLOCK_SOURCE", input(&GROUP_SOURCE_REQ)),
    ("MCAST_JOIN_SOURCE_GROUP", input(&GROUP_SOURCE_REQ)),
    ("MCAST_LEAVE_SOURCE_GROUP", input(&GROUP_SOURCE_REQ)),
    ("MCAST_MSFILTER", Kind::Records(Dir::In, &GROUP_FILTER)),
    ("IPV6_IPSEC_POLICY", input(&XFRM_USERPOLICY_INFO)),
    ("IPV6_XFRM_POLICY", input(&XFRM_USERPOLICY_INFO)),
];
static IPV6_OUT: &[(&str, Kind)] = &[
    ("IPV6_MTU_DISCOVER", output(&DISCOVERY6)),
    ("IPV6_PATHMTU", output(&IP6_MTUINFO)),
    ("IPV6_HOPOPTS", BYTES_OUT),
    ("IPV6_DSTOPTS", BYTES_OUT),
    ("IPV6_RTHDRDSTOPTS", BYTES_OUT),
    ("IPV6_RTHDR", BYTES_OUT),
    ("IPV6_FLOWLABEL_MGR", inout(&IN6_FLOWLABEL_REQ)),
    ("IPV6_2292PKTOPTIONS", Kind::Records(Dir::Out, &CMSGHDR)),
    ("IPV6_PKTINFO", output(&IN6_PKTINFO)),
    ("MCAST_MSFILTER", Kind::Records(Dir::InOut, &GROUP_FILTER)),
];
static PACKET_IN: &[(&str, Kind)] = &[
    ("PACKET_ADD_MEMBERSHIP", input(&PACKET_MREQ)),
    ("PACKET_DROP_MEMBERSHIP", input(&PACKET_MREQ)),
    ("PACKET_RX_RING", input(&TPACKET_REQ)),
    ("PACKET_TX_RING", input(&TPACKET_REQ)),
    // A descriptor or a filter, as PACKET_FANOUT has said.
    ("PACKET_FANOUT_DATA", ANY_IN),
];
static PACKET_OUT: &[(&str, Kind)] =
    &[("PACKET_STATISTICS", output(&TPACKET_STATS)), ("PACKET_ROLLOVER_STATS", output(&TPACKET_ROLLOVER_STATS))];
static NETLINK_OUT: &[(&str, Kind)] = &[("NETLINK_LIST_MEMBERSHIPS", Kind::Array(Dir::Out, &UINT))];
static VSOCK_IN: &[(&str, Kind)] = &[
    ("SO_VM_SOCKETS_BUFFER_SIZE", input(&ULONG)),
    ("SO_VM_SOCKETS_BUFFER_MIN_SIZE", input(&ULONG)),
    ("SO_VM_SOCKETS_BUFFER_MAX_SIZE", input(&ULONG)),
    ("SO_VM_SOCKETS_CONNECT_TIMEOUT", input(&TIMEVAL)),
];
static VSOCK_OUT: &[(&str, Kind)] = &[
    ("SO_VM_SOCKETS_BUFFER_SIZE", output(&ULONG)),
    ("SO_VM_SOCKETS_BUFFER_MIN_SIZE", output(&ULONG)),
    ("SO_VM_SOCKETS_BUFFER_MAX_SIZE", output(&ULONG)),
    ("SO_VM_SOCKETS_CONNECT_TIMEOUT", output(&TIMEVAL)),
];

/// One, or more by their names: the field that tells them apart is not the first.
static TLS_VALUES_IN: &[(&str, Kind)] = &[("TLS_TX", ANY_IN), ("TLS_RX", ANY_IN)];
static TLS_VALUES_OUT: &[(&str, Kind)] = &[("TLS_TX", ANY_OUT), ("TLS_RX", ANY_OUT)];
static ALG_IN: &[(&str, Kind)] = &[
    // The length is what is asked for; the value is not looked at.
    ("ALG_SET_AEAD_AUTHSIZE", ADDR),
    ("ALG_SET_KEY_BY_KEY_SERIAL", NUMBER_IN),
];
static XDP_IN: &[(&str, Kind)] = &[("XDP_UMEM_REG", input(&XDP_UMEM_REG_ARG))];
static XDP_OUT: &[(&str, Kind)] =
    &[("XDP_MMAP_OFFSETS", output(&XDP_OFFSETS)), ("XDP_STATISTICS", output(&XDP_STATISTICS_ARG))];
/// A bit for each type that is not wanted.
const ICMP6_TYPES: Kind = Kind::Fixed(&UINT, 8);
const INET4: Kind = Kind::Inet(4);

static SOURCES4: [Field; 1] = [rest("imsf_slist", 16, Kind::List(&INET4))];
static SOURCES: [Field; 1] = [rest("gf_slist", 144, Kind::List(&SOCKADDR_STORAGE))];
/// The address of who sent the error.
static OFFENDER: [Field; 1] = [rest("offender", 16, Kind::Tail)];
