/* sockopt.c: the table of socket options. Floor facts. */
#include "facts/sockopt.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#define ROW(name, level, codec, access, unit, source)                                                        \
	{                                                                                                    \
#name, level, name, NLAB_SOCKOPT_##codec, NLAB_SOCKOPT_##access, unit, source                \
	}

/* clang-format off */
static const struct nlab_sockopt OPTIONS[] = {
	ROW(SO_ACCEPTCONN,    SOL_SOCKET, BOOL, READ, "", "socket(7)"),
	ROW(SO_BINDTODEVICE,  SOL_SOCKET, STRING, RW, "", "socket(7)"),
	ROW(SO_BROADCAST,     SOL_SOCKET, BOOL, RW, "", "socket(7)"),
	ROW(SO_DOMAIN,        SOL_SOCKET, INT, READ, "", "socket(7)"),
	ROW(SO_DONTROUTE,     SOL_SOCKET, BOOL, RW, "", "socket(7)"),
	ROW(SO_ERROR,         SOL_SOCKET, ERROR, READ, "", "socket(7)"),
	ROW(SO_INCOMING_CPU,  SOL_SOCKET, INT, RW, "", "socket(7)"),
	ROW(SO_KEEPALIVE,     SOL_SOCKET, BOOL, RW, "", "socket(7)"),
	ROW(SO_LINGER,        SOL_SOCKET, LINGER, RW, "s", "socket(7)"),
	ROW(SO_MARK,          SOL_SOCKET, INT, RW, "", "socket(7)"),
	ROW(SO_OOBINLINE,     SOL_SOCKET, BOOL, RW, "", "socket(7)"),
	ROW(SO_PEEK_OFF,      SOL_SOCKET, INT, RW, "bytes", "socket(7)"),
	ROW(SO_PRIORITY,      SOL_SOCKET, INT, RW, "", "socket(7)"),
	ROW(SO_PROTOCOL,      SOL_SOCKET, INT, READ, "", "socket(7)"),
	ROW(SO_RCVBUF,        SOL_SOCKET, INT, RW, "bytes, read back doubled", "socket(7)"),
	ROW(SO_RCVBUFFORCE,   SOL_SOCKET, INT, WRITE, "bytes", "socket(7)"),
	ROW(SO_RCVLOWAT,      SOL_SOCKET, INT, RW, "bytes", "socket(7)"),
	ROW(SO_RCVTIMEO,      SOL_SOCKET, TIMEVAL, RW, "s, in ticks of the kernel; 0: none", "socket(7)"),
	ROW(SO_REUSEADDR,     SOL_SOCKET, BOOL, RW, "", "socket(7)"),
	ROW(SO_REUSEPORT,     SOL_SOCKET, BOOL, RW, "", "socket(7)"),
	ROW(SO_RXQ_OVFL,      SOL_SOCKET, BOOL, RW, "", "socket(7)"),
	ROW(SO_SNDBUF,        SOL_SOCKET, INT, RW, "bytes, read back doubled", "socket(7)"),
	ROW(SO_SNDBUFFORCE,   SOL_SOCKET, INT, WRITE, "bytes", "socket(7)"),
	ROW(SO_SNDLOWAT,      SOL_SOCKET, INT, READ, "bytes", "socket(7)"),
	ROW(SO_SNDTIMEO,      SOL_SOCKET, TIMEVAL, RW, "s, in ticks of the kernel; 0: none", "socket(7)"),
	ROW(SO_TIMESTAMP,     SOL_SOCKET, BOOL, RW, "", "socket(7)"),
	ROW(SO_TIMESTAMPNS,   SOL_SOCKET, BOOL, RW, "", "socket(7)"),
	ROW(SO_TIMESTAMPING,  SOL_SOCKET, INT, RW, "SOF_TIMESTAMPING_* bits", "linux/net_tstamp.h"),
	ROW(SO_TYPE,          SOL_SOCKET, INT, READ, "", "socket(7)"),
	ROW(SO_ZEROCOPY,      SOL_SOCKET, BOOL, RW, "", "socket(7)"),

	ROW(TCP_CC_INFO,          IPPROTO_TCP, BYTES, READ, "", "linux/inet_diag.h"),
	ROW(TCP_CONGESTION,       IPPROTO_TCP, STRING, RW, "", "tcp(7)"),
	ROW(TCP_CORK,             IPPROTO_TCP, BOOL, RW, "", "tcp(7)"),
	ROW(TCP_DEFER_ACCEPT,     IPPROTO_TCP, SECONDS, RW, "s, rounded up to retransmissions", "tcp(7)"),
	ROW(TCP_FASTOPEN,         IPPROTO_TCP, INT, RW, "connections", "tcp(7)"),
	ROW(TCP_FASTOPEN_CONNECT, IPPROTO_TCP, BOOL, RW, "", "tcp(7)"),
	ROW(TCP_FASTOPEN_KEY,     IPPROTO_TCP, BYTES, RW, "16 or 32 bytes", "linux/tcp.h"),
	ROW(TCP_FASTOPEN_NO_COOKIE, IPPROTO_TCP, BOOL, RW, "", "linux/tcp.h"),
	ROW(TCP_INFO,             IPPROTO_TCP, TCP_INFO, READ, "", "tcp(7)"),
	ROW(TCP_INQ,              IPPROTO_TCP, BOOL, RW, "", "linux/tcp.h"),
	ROW(TCP_KEEPCNT,          IPPROTO_TCP, INT, RW, "probes, 1 to 127", "tcp(7)"),
	ROW(TCP_KEEPIDLE,         IPPROTO_TCP, SECONDS, RW, "s, 1 to 32767", "tcp(7)"),
	ROW(TCP_KEEPINTVL,        IPPROTO_TCP, SECONDS, RW, "s, 1 to 32767", "tcp(7)"),
	ROW(TCP_LINGER2,          IPPROTO_TCP, SECONDS, RW, "s", "tcp(7)"),
	ROW(TCP_MAXSEG,           IPPROTO_TCP, INT, RW, "bytes, 88 to 32767", "tcp(7)"),
	ROW(TCP_NODELAY,          IPPROTO_TCP, BOOL, RW, "", "tcp(7)"),
	ROW(TCP_NOTSENT_LOWAT,    IPPROTO_TCP, INT, RW, "bytes", "linux/tcp.h"),
	ROW(TCP_QUICKACK,         IPPROTO_TCP, BOOL, RW, "", "tcp(7)"),
	ROW(TCP_SAVED_SYN,        IPPROTO_TCP, BYTES, READ, "", "linux/tcp.h"),
	ROW(TCP_SAVE_SYN,         IPPROTO_TCP, BOOL, RW, "", "linux/tcp.h"),
	ROW(TCP_SYNCNT,           IPPROTO_TCP, INT, RW, "retransmissions, 1 to 127", "tcp(7)"),
	ROW(TCP_THIN_LINEAR_TIMEOUTS, IPPROTO_TCP, BOOL, RW, "", "linux/tcp.h"),
	ROW(TCP_TIMESTAMP,        IPPROTO_TCP, INT, READ, "ms", "linux/tcp.h"),
	ROW(TCP_USER_TIMEOUT,     IPPROTO_TCP, MILLISECONDS, RW, "s (kept in ms), 0: default", "tcp(7)"),
	ROW(TCP_WINDOW_CLAMP,     IPPROTO_TCP, INT, RW, "bytes", "tcp(7)"),

	ROW(UDP_CORK,         IPPROTO_UDP, BOOL, RW, "", "udp(7)"),
	ROW(UDP_GRO,          IPPROTO_UDP, BOOL, RW, "", "udp(7)"),
	ROW(UDP_SEGMENT,      IPPROTO_UDP, INT, RW, "bytes", "udp(7)"),

	ROW(IP_BIND_ADDRESS_NO_PORT, IPPROTO_IP, BOOL, RW, "", "ip(7)"),
	ROW(IP_FREEBIND,      IPPROTO_IP, BOOL, RW, "", "ip(7)"),
	ROW(IP_HDRINCL,       IPPROTO_IP, BOOL, RW, "", "ip(7)"),
	ROW(IP_MINTTL,        IPPROTO_IP, INT, RW, "hops", "linux/in.h"),
	ROW(IP_MTU,           IPPROTO_IP, INT, READ, "bytes", "ip(7)"),
	ROW(IP_MTU_DISCOVER,  IPPROTO_IP, INT, RW, "IP_PMTUDISC_*", "ip(7)"),
	ROW(IP_MULTICAST_LOOP, IPPROTO_IP, BOOL, RW, "", "ip(7)"),
	ROW(IP_MULTICAST_TTL, IPPROTO_IP, INT, RW, "hops", "ip(7)"),
	ROW(IP_OPTIONS,       IPPROTO_IP, BYTES, RW, "at most 40 bytes", "ip(7)"),
	ROW(IP_PKTINFO,       IPPROTO_IP, BOOL, RW, "", "ip(7)"),
	ROW(IP_RECVERR,       IPPROTO_IP, BOOL, RW, "", "ip(7)"),
	ROW(IP_RECVTOS,       IPPROTO_IP, BOOL, RW, "", "ip(7)"),
	ROW(IP_RECVTTL,       IPPROTO_IP, BOOL, RW, "", "ip(7)"),
	ROW(IP_TOS,           IPPROTO_IP, INT, RW, "", "ip(7)"),
	ROW(IP_TRANSPARENT,   IPPROTO_IP, BOOL, RW, "", "ip(7)"),
	ROW(IP_TTL,           IPPROTO_IP, INT, RW, "hops, 1 to 255", "ip(7)"),

	ROW(IPV6_DONTFRAG,     IPPROTO_IPV6, BOOL, RW, "", "linux/in6.h"),
	ROW(IPV6_FREEBIND,     IPPROTO_IPV6, BOOL, RW, "", "linux/in6.h"),
	ROW(IPV6_MTU,          IPPROTO_IPV6, INT, RW, "bytes", "ipv6(7)"),
	ROW(IPV6_MTU_DISCOVER, IPPROTO_IPV6, INT, RW, "IPV6_PMTUDISC_*", "ipv6(7)"),
	ROW(IPV6_MULTICAST_HOPS, IPPROTO_IPV6, INT, RW, "hops", "ipv6(7)"),
	ROW(IPV6_MULTICAST_LOOP, IPPROTO_IPV6, BOOL, RW, "", "ipv6(7)"),
	ROW(IPV6_RECVERR,      IPPROTO_IPV6, BOOL, RW, "", "ipv6(7)"),
	ROW(IPV6_RECVHOPLIMIT, IPPROTO_IPV6, BOOL, RW, "", "ipv6(7)"),
	ROW(IPV6_RECVPKTINFO,  IPPROTO_IPV6, BOOL, RW, "", "ipv6(7)"),
	ROW(IPV6_RECVTCLASS,   IPPROTO_IPV6, BOOL, RW, "", "linux/in6.h"),
	ROW(IPV6_TCLASS,       IPPROTO_IPV6, INT, RW, "0 to 255", "linux/in6.h"),
	ROW(IPV6_UNICAST_HOPS, IPPROTO_IPV6, INT, RW, "hops, 0 to 255", "ipv6(7)"),
	ROW(IPV6_V6ONLY,       IPPROTO_IPV6, BOOL, RW, "", "ipv6(7)"),
};
/* clang-format on */

static const char *const CODEC_NAMES[NLAB_SOCKOPT_CODECS] = {
    [NLAB_SOCKOPT_INT] = "integer",
    [NLAB_SOCKOPT_BOOL] = "boolean",
    [NLAB_SOCKOPT_TIMEVAL] = "time",
    [NLAB_SOCKOPT_MILLISECONDS] = "time in milliseconds",
    [NLAB_SOCKOPT_SECONDS] = "time in whole seconds",
    [NLAB_SOCKOPT_LINGER] = "linger",
    [NLAB_SOCKOPT_STRING] = "string",
    [NLAB_SOCKOPT_ERROR] = "error",
    [NLAB_SOCKOPT_TCP_INFO] = "tcp_info",
    [NLAB_SOCKOPT_BYTES] = "bytes",
};

const char *nlab_sockopt_codec_name(enum nlab_sockopt_codec codec)
{
	return CODEC_NAMES[codec];
}

const struct nlab_sockopt *nlab_sockopt_at(size_t index)
{
	return index < sizeof OPTIONS / sizeof *OPTIONS ? &OPTIONS[index] : NULL;
}

const struct nlab_sockopt *nlab_sockopt_find(int level, int option)
{
	const struct nlab_sockopt *row;
	for (size_t i = 0; (row = nlab_sockopt_at(i)); i++) {
		if (row->level == level && row->option == option) {
			return row;
		}
	}
	return NULL;
}
