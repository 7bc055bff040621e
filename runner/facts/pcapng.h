/* pcapng.h: a recording as a capture file that tshark, Wireshark and tcpdump read (draft-ietf-opsawg-pcapng).
 * Floor facts.
 *
 * One interface per interface of the experiment, named "host:interface". A packet is written once where it
 * was sent (outbound, at the time it was sent) and once at each receiver (inbound, at the time it was handed
 * over); both carry the same packet id, which is the packet's number in the recording. A lost packet is
 * written once, with a comment that says why; so is loopback traffic. Hosts' addresses stand in a name
 * resolution block. What the packets alone do not tell, the calls and checks, stands as text in custom
 * options of the section that other programs pass over. */
#ifndef NLAB_FACTS_PCAPNG_H
#define NLAB_FACTS_PCAPNG_H

#include "base/error.h"
#include "facts/recording.h"

struct nlab_pcapng_notes {           /* all zero: none */
	const char *title;           /* the file's comment, or NULL */
	const char *const *comments; /* of packet n in comments[n], or NULL; stands where it was sent */
	uint32_t comment_count;      /* elements of comments[] */
	const char *story;           /* of the run, in custom options; or NULL */
	size_t story_length;
};

/* Write what `recording` holds to the descriptor, which is borrowed and not rewound. Packets are in the
 * order of time. Fails with the errno of malloc(3) or write(2). Blocks as write(2) does. */
bool nlab_pcapng_write(const struct nlab_recording *recording, int fd, const struct nlab_pcapng_notes *notes,
		       struct nlab_error *error);

#endif
