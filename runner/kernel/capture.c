/* capture.c: a live capture with libpcap, with the frames so far kept in memory. Floor kernel.
 * kept[] is a sequence of struct pcap_pkthdr and bytes, each padded to 8; it only grows. The handle does not block:
 * waiting is poll(2) on its descriptor. libpcap gets whole frames, and they are cut here: it filters the first frame
 * behind a new filter by itself, with the bytes that snaplen leaves, and would drop it when the filter looks further. */
#include "kernel/capture.h"

#include "base/clock.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

bool nlab_capture_check_filter(const char *filter, struct nlab_error *error)
{
	struct bpf_program program;
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, NLAB_CAPTURE_SNAPLEN);
	if (!pcap) {
		return nlab_error_set(error, ENOMEM, "compile a capture filter", "%s", filter);
	}
	bool good = pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (good) {
		pcap_freecode(&program);
	} else {
		nlab_error_set(error, 0, "compile a capture filter", "\"%s\": %s", filter, pcap_geterr(pcap));
	}
	pcap_close(pcap);
	return good;
}

static bool set_filter(struct nlab_capture *capture, const char *filter, struct nlab_error *error)
{
	struct bpf_program program;
	if (!filter || !*filter) {
		return true;
	}
	if (pcap_compile(capture->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		return nlab_error_set(error, 0, "compile a capture filter", "\"%s\": %s", filter,
				      pcap_geterr(capture->pcap));
	}
	bool good = pcap_setfilter(capture->pcap, &program) == 0;
	pcap_freecode(&program);
	return good || nlab_error_set(error, 0, "set a capture filter", "\"%s\": %s", filter,
				      pcap_geterr(capture->pcap));
}

/* What goes over lo goes out and comes in. libpcap hands out only the latter; let the kernel leave out the former, which
 * would take half of the ring and count twice in the statistics. An older kernel than Linux 4.20 refuses: so be it. */
static void see_loopback_once(struct nlab_capture *capture, const char *interface)
{
	const int on = 1;
	if (strcmp(interface, "lo") == 0) {
		setsockopt(pcap_fileno(capture->pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
	}
}

/* libpcap has its own words for some refusals and leaves the error text empty then. */
static const char *activation_text(pcap_t *pcap, int status)
{
	const char *text = pcap_geterr(pcap);
	return text[0] ? text : pcap_statustostr(status);
}

bool nlab_capture_open(struct nlab_capture *capture, const struct nlab_capture_options *options,
		       struct nlab_error *error)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	*capture = (struct nlab_capture){.pcap = pcap_create(options->interface, text),
					 .snaplen = (uint32_t)options->snaplen};
	if (!capture->pcap) {
		return nlab_error_set(error, 0, "open a capture", "%s: %s", options->interface, text);
	}
	pcap_set_snaplen(capture->pcap, NLAB_CAPTURE_SNAPLEN);
	pcap_set_promisc(capture->pcap, options->promiscuous);
	pcap_set_immediate_mode(capture->pcap, 1);
	pcap_set_buffer_size(capture->pcap, options->ring_bytes);
	pcap_set_tstamp_precision(capture->pcap, PCAP_TSTAMP_PRECISION_NANO);
	int status = pcap_activate(capture->pcap);
	if (status < 0) {
		return nlab_error_set(error, 0, "open a capture", "%s: %s", options->interface,
				      activation_text(capture->pcap, status));
	}
	if (pcap_setnonblock(capture->pcap, 1, text) != 0) {
		return nlab_error_set(error, 0, "open a capture", "%s: %s", options->interface, text);
	}
	see_loopback_once(capture, options->interface);
	return set_filter(capture, options->filter, error);
}

void nlab_capture_close(struct nlab_capture *capture)
{
	if (capture->pcap) {
		pcap_close(capture->pcap);
	}
	free(capture->kept);
	*capture = (struct nlab_capture){0};
}

static size_t kept_size(uint32_t captured)
{
	return (sizeof(struct pcap_pkthdr) + captured + 7) & ~(size_t)7;
}

/* Make room for `size` more bytes; false when that is more than is kept. */
static bool make_room(struct nlab_capture *capture, size_t size)
{
	size_t room = capture->room ? capture->room : 4096;
	if (capture->used + size > NLAB_CAPTURE_KEPT_BYTES) {
		return false;
	}
	while (room < capture->used + size) {
		room *= 2;
	}
	uint8_t *kept = room == capture->room ? capture->kept : realloc(capture->kept, room);
	if (!kept) {
		return false;
	}
	capture->kept = kept;
	capture->room = room;
	return true;
}

/* Keep a frame, cut to snaplen; false, now and ever after, when there is no room. */
static bool keep(struct nlab_capture *capture, struct pcap_pkthdr header, const u_char *bytes)
{
	header.caplen = header.caplen < capture->snaplen ? header.caplen : capture->snaplen;
	if (!make_room(capture, kept_size(header.caplen))) {
		capture->full = true;
		return false;
	}
	memcpy(capture->kept + capture->used, &header, sizeof header);
	memcpy(capture->kept + capture->used + sizeof header, bytes, header.caplen);
	capture->used += kept_size(header.caplen);
	return true;
}

/* Take one frame out of libpcap into kept[]. Returns 1, 0 when none waits, -1 with `error`. */
static int keep_one(struct nlab_capture *capture, struct nlab_error *error)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int status = capture->full ? 0 : pcap_next_ex(capture->pcap, &header, &bytes);
	if (status < 0) {
		nlab_error_set(error, 0, "read the capture", "%s", pcap_geterr(capture->pcap));
		return -1;
	}
	if (capture->full || (status > 0 && !keep(capture, *header, bytes))) {
		nlab_error_set(error, ENOBUFS, "keep what was captured", "more than %zu bytes",
			       NLAB_CAPTURE_KEPT_BYTES);
		return -1;
	}
	return status;
}

/* Hand out the frame at `next`. The stamp's microseconds field holds nanoseconds in this precision. */
static void hand_out(struct nlab_capture *capture, struct nlab_captured *frame)
{
	struct pcap_pkthdr header;
	memcpy(&header, capture->kept + capture->next, sizeof header);
	*frame = (struct nlab_captured){
	    .bytes = capture->kept + capture->next + sizeof header,
	    .length = header.len,
	    .captured = header.caplen,
	    .time_ns = (int64_t)header.ts.tv_sec * NLAB_NS_PER_S + header.ts.tv_usec,
	};
	capture->next += kept_size(header.caplen);
}

enum nlab_capture_next nlab_capture_next(struct nlab_capture *capture, int64_t timeout_ns,
					 struct nlab_captured *frame, struct nlab_error *error)
{
	int64_t begin = nlab_clock_limit_ns();
	while (capture->next == capture->used) {
		int status = keep_one(capture, error);
		if (status != 0) {
			if (status < 0) {
				return NLAB_CAPTURE_FAILED;
			}
			break;
		}
		int64_t left_ns = timeout_ns < 0 ? 0 : timeout_ns - (nlab_clock_limit_ns() - begin);
		if (timeout_ns >= 0 && left_ns <= 0) {
			return NLAB_CAPTURE_TIMEOUT;
		}
		struct timespec left = nlab_ns_timespec(left_ns);
		struct pollfd ready = {.fd = pcap_get_selectable_fd(capture->pcap), .events = POLLIN};
		if (ppoll(&ready, 1, timeout_ns < 0 ? NULL : &left, NULL) < 0) {
			if (errno == EINTR) {
				return NLAB_CAPTURE_INTERRUPTED;
			}
			nlab_error_set(error, errno, "wait for the capture", "%s", "");
			return NLAB_CAPTURE_FAILED;
		}
	}
	hand_out(capture, frame);
	return NLAB_CAPTURE_FRAME;
}

bool nlab_capture_stats(struct nlab_capture *capture, struct nlab_capture_stats *stats,
			struct nlab_error *error)
{
	struct pcap_stat counts = {0};
	if (pcap_stats(capture->pcap, &counts) != 0) {
		return nlab_error_set(error, 0, "ask for the capture's counts", "%s",
				      pcap_geterr(capture->pcap));
	}
	*stats = (struct nlab_capture_stats){counts.ps_recv, counts.ps_drop, counts.ps_ifdrop};
	return true;
}

static void dump_kept(const struct nlab_capture *capture, pcap_dumper_t *dumper)
{
	for (size_t at = 0; at < capture->used;) {
		struct pcap_pkthdr header;
		memcpy(&header, capture->kept + at, sizeof header);
		pcap_dump((u_char *)dumper, &header, capture->kept + at + sizeof header);
		at += kept_size(header.caplen);
	}
}

bool nlab_capture_save(struct nlab_capture *capture, const char *path, struct nlab_error *error)
{
	int status;
	while ((status = keep_one(capture, error)) > 0) {
	}
	if (status < 0) {
		return false;
	}
	pcap_dumper_t *dumper =
	    pcap_dump_open(capture->pcap, path); /* takes the handle's link type and precision */
	if (!dumper) {
		return nlab_error_set(error, 0, "save the capture", "%s", pcap_geterr(capture->pcap));
	}
	dump_kept(capture, dumper);
	bool written = pcap_dump_flush(dumper) == 0;
	int code = errno;
	pcap_dump_close(dumper);
	return written || nlab_error_set(error, code, "save the capture", "%s", path);
}
