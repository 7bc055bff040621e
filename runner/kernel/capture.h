/* capture.h: a live capture with libpcap, pcap(3pcap), for scripts: what comes is kept, so that it can be saved.
 * Floor kernel. Immediate mode, nanoseconds on the recording's clock, a ring of 256 KiB unless asked otherwise. A handle
 * belongs to the network namespace in which it was opened. A slot of the ring is as long as a frame can be, so an
 * interface that segments by itself (see kernel/ethtool.h) leaves room for three frames only. Opening takes about 10 ms and closing 20 to 40 (RCU). */
#ifndef NLAB_KERNEL_CAPTURE_H
#define NLAB_KERNEL_CAPTURE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NLAB_CAPTURE_RING_BYTES (256 << 10) /* between kernel and reader: 128 frames at an MTU of 1500 */
#define NLAB_CAPTURE_SNAPLEN    65535
#define NLAB_CAPTURE_KEPT_BYTES ((size_t)4 << 20) /* frames kept for nlab_capture_save(), headers included */

struct nlab_capture_options {
	const char *interface; /* "eth0", "lo", "any" */
	const char *filter;    /* pcap-filter(7), NULL or "": everything */
	int snaplen;           /* bytes kept of a frame, > 0 */
	int ring_bytes;        /* > 0; NLAB_CAPTURE_RING_BYTES unless more is wanted */
	bool promiscuous;
};

struct nlab_capture { /* all zero: closed */
	struct pcap *pcap;
	uint32_t snaplen;
	uint8_t *kept;     /* frames, each with its header */
	size_t used, room; /* bytes of kept[] */
	size_t next;       /* where the first frame lies that was not handed out */
	bool full;         /* a frame found no room in kept[] */
};

struct nlab_captured {
	const uint8_t *bytes; /* borrowed from the capture until the next call on it */
	uint32_t length;      /* on the interface */
	uint32_t captured;    /* in bytes[] */
	int64_t time_ns;      /* recording's clock */
};

struct nlab_capture_stats { /* pcap_stats(3pcap), since opening */
	uint32_t received, dropped, if_dropped;
};

enum nlab_capture_next {
	NLAB_CAPTURE_FRAME,
	NLAB_CAPTURE_TIMEOUT,
	NLAB_CAPTURE_INTERRUPTED, /* a signal handler ran: EINTR */
	NLAB_CAPTURE_FAILED,      /* `error` says why */
};

/* Compile a filter for Ethernet without opening anything; false with libpcap's message as the error's subject (code 0)
 * when it is not one. */
bool nlab_capture_check_filter(const char *filter, struct nlab_error *error);

/* Open a live capture in the current network namespace: frames that pass from then on are caught. Fails with
 * libpcap's message in the error's subject (code 0). Close with nlab_capture_close() also after a failure. */
bool nlab_capture_open(struct nlab_capture *capture, const struct nlab_capture_options *options,
		       struct nlab_error *error);

/* Close it and free what it keeps. Harmless on one that is closed. */
void nlab_capture_close(struct nlab_capture *capture);

/* The next frame. Blocks until one comes, `timeout_ns` have gone (limit clock; 0: only look; < 0: no limit) or a signal
 * handler ran. Fails when the interface went away, or when NLAB_CAPTURE_KEPT_BYTES are full (ENOBUFS). */
enum nlab_capture_next nlab_capture_next(struct nlab_capture *capture, int64_t timeout_ns,
					 struct nlab_captured *frame, struct nlab_error *error);

/* Counts of libpcap: frames that passed the filter, and those lost because the ring was full. */
bool nlab_capture_stats(struct nlab_capture *capture, struct nlab_capture_stats *stats,
			struct nlab_error *error);

/* Write all frames so far, handed out or still waiting, to a pcap file with nanosecond stamps. What was waiting is
 * still handed out afterwards. Fails with libpcap's message, or ENOBUFS as above. */
bool nlab_capture_save(struct nlab_capture *capture, const char *path, struct nlab_error *error);

#endif
