/* tcp_info.c: the table of struct tcp_info. Floor facts. */
#include "facts/tcp_info.h"

#include <linux/tcp.h>
#include <string.h>

#define FIELD(name, unit, doc)                                                                               \
	{                                                                                                    \
#name, offsetof(struct tcp_info, tcpi_##name), sizeof((struct tcp_info *)0)->tcpi_##name, 0, \
		    0, NLAB_TCP_INFO_##unit, doc                                                             \
	}
#define BITS(name, offset, shift, bits, unit, doc)                                                           \
	{                                                                                                    \
#name, offset, 1, shift, bits, NLAB_TCP_INFO_##unit, doc                                     \
	}

/* Bit-fields have no offsetof(): they fill the two bytes behind tcpi_options, lowest bits first. */
_Static_assert(offsetof(struct tcp_info, tcpi_options) == 5, "bit-fields follow in bytes 6 and 7");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "the bit-fields of the table are those of little endian");

/* clang-format off */
static const struct nlab_tcp_info_field FIELDS[] = {
	FIELD(state, STATE, "state of the connection"),
	FIELD(ca_state, NUMBER, "congestion state: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss"),
	FIELD(retransmits, NUMBER, "time-outs of the retransmission timer in a row"),
	FIELD(probes, NUMBER, "window or keep-alive probes without an answer"),
	FIELD(backoff, NUMBER, "doublings of the retransmission time-out"),
	FIELD(options, FLAGS, "TCP options in use, TCPI_OPT_*"),
	BITS(snd_wscale, 6, 0, 4, NUMBER, "the peer's window scale"),
	BITS(rcv_wscale, 6, 4, 4, NUMBER, "own window scale"),
	BITS(delivery_rate_app_limited, 7, 0, 1, BOOLEAN, "delivery_rate was limited by the application"),
	BITS(fastopen_client_fail, 7, 1, 2, NUMBER,
	     "Fast Open failed: 1 no cookie, 2 data not acknowledged, 3 SYN lost"),
	FIELD(rto, MICROSECONDS, "retransmission time-out"),
	FIELD(ato, MICROSECONDS, "time-out of the delayed acknowledgement"),
	FIELD(snd_mss, NUMBER, "bytes: segment size for sending"),
	FIELD(rcv_mss, NUMBER, "bytes: segment size as seen from the peer"),
	FIELD(unacked, NUMBER, "segments sent and not acknowledged; a listener: length of its accept queue"),
	FIELD(sacked, NUMBER, "segments acknowledged by SACK; a listener: its backlog"),
	FIELD(lost, NUMBER, "segments taken for lost"),
	FIELD(retrans, NUMBER, "segments retransmitted and not acknowledged"),
	FIELD(fackets, NUMBER, "not used any more"),
	FIELD(last_data_sent, MILLISECONDS, "time since data was sent"),
	FIELD(last_ack_sent, MILLISECONDS, "not filled in by the kernel"),
	FIELD(last_data_recv, MILLISECONDS, "time since data was received"),
	FIELD(last_ack_recv, MILLISECONDS, "time since an acknowledgement was received"),
	FIELD(pmtu, NUMBER, "bytes: path MTU"),
	FIELD(rcv_ssthresh, NUMBER, "bytes: limit of the window to be advertised"),
	FIELD(rtt, MICROSECONDS, "smoothed round-trip time"),
	FIELD(rttvar, MICROSECONDS, "mean deviation of the round-trip time"),
	FIELD(snd_ssthresh, NUMBER, "segments: slow start threshold"),
	FIELD(snd_cwnd, NUMBER, "segments: congestion window"),
	FIELD(advmss, NUMBER, "bytes: MSS advertised to the peer"),
	FIELD(reordering, NUMBER, "segments: reordering distance"),
	FIELD(rcv_rtt, MICROSECONDS, "round-trip time as the receiver estimates it"),
	FIELD(rcv_space, NUMBER, "bytes: receive buffer space that the application drains in a round trip"),
	FIELD(total_retrans, NUMBER, "segments retransmitted in all"),
	FIELD(pacing_rate, NUMBER, "bytes per second; -1: no limit"),
	FIELD(max_pacing_rate, NUMBER, "bytes per second; -1: no limit"),
	FIELD(bytes_acked, NUMBER, "bytes acknowledged by the peer, SYN included"),
	FIELD(bytes_received, NUMBER, "bytes received in order"),
	FIELD(segs_out, NUMBER, "segments sent"),
	FIELD(segs_in, NUMBER, "segments received"),
	FIELD(notsent_bytes, NUMBER, "bytes in the send queue that were never sent"),
	FIELD(min_rtt, MICROSECONDS, "least round-trip time"),
	FIELD(data_segs_in, NUMBER, "segments with data received"),
	FIELD(data_segs_out, NUMBER, "segments with data sent"),
	FIELD(delivery_rate, NUMBER, "bytes per second"),
	FIELD(busy_time, MICROSECONDS, "time with data in flight or to be sent"),
	FIELD(rwnd_limited, MICROSECONDS, "time limited by the peer's window"),
	FIELD(sndbuf_limited, MICROSECONDS, "time limited by the send buffer"),
	FIELD(delivered, NUMBER, "segments delivered, SYN included"),
	FIELD(delivered_ce, NUMBER, "segments delivered with a congestion mark"),
	FIELD(bytes_sent, NUMBER, "bytes sent, retransmitted ones included"),
	FIELD(bytes_retrans, NUMBER, "bytes retransmitted"),
	FIELD(dsack_dups, NUMBER, "duplicates that the peer reported by DSACK"),
	FIELD(reord_seen, NUMBER, "reordering events"),
	FIELD(rcv_ooopack, NUMBER, "segments received out of order"),
	FIELD(snd_wnd, NUMBER, "bytes: the peer's window, scaled"),
};
/* clang-format on */

const struct nlab_tcp_info_field *nlab_tcp_info_at(size_t index)
{
	return index < sizeof FIELDS / sizeof *FIELDS ? &FIELDS[index] : NULL;
}

bool nlab_tcp_info_read(const struct nlab_tcp_info_field *field, const void *bytes, size_t length,
			uint64_t *value)
{
	if ((size_t)field->offset + field->size > length) {
		return false;
	}
	*value = 0; /* little endian: the low bytes come first */
	memcpy(value, (const char *)bytes + field->offset, field->size);
	if (field->bits) {
		*value = *value >> field->shift & ((UINT64_C(1) << field->bits) - 1);
	}
	return true;
}
