/* capfile_sink.h: one frame of a capture file after the other into the recording, for the readers of both
 * formats. Floor kernel. */
#ifndef NLAB_KERNEL_CAPFILE_SINK_H
#define NLAB_KERNEL_CAPFILE_SINK_H

#include "facts/flow.h"
#include "facts/names.h"
#include "kernel/capfile.h"

struct nlab_capfile_sink {         /* begin with zeros but for file and flows */
	struct nlab_capfile *file; /* its recording is open */
	struct nlab_flows *flows;
	struct nlab_names names; /* settled before the first frame */
	uint8_t *scratch;        /* a frame with the header that was made for it */
	size_t scratch_room;
};

struct nlab_capfile_frame {
	const uint8_t *bytes;
	uint32_t captured, length; /* captured <= length */
	unsigned linktype;
	uint16_t loopback; /* the host, when the packet stayed inside of it */
	struct nlab_bytes comment;
	struct nlab_packet_record record; /* given: times, fate, interfaces; the rest is filled in */
};

/* Add a packet; `frame` is changed. False when there is no memory. */
bool nlab_capfile_add(struct nlab_capfile_sink *sink, struct nlab_capfile_frame *frame);

/* Add a comment, of a packet of the recording or (0) of the file. False when there is no memory. */
bool nlab_capfile_comment(struct nlab_capfile *file, uint32_t packet, struct nlab_bytes text);

/* Free what the sink holds, but not the file. */
void nlab_capfile_sink_free(struct nlab_capfile_sink *sink);

#endif
