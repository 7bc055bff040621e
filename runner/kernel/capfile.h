/* capfile.h: a capture file, pcap or pcapng, of any origin, as a recording. Floor kernel.
 *
 * pcap is read by libpcap, pcap_open_offline(3PCAP): in either byte order, with microseconds or
 * nanoseconds; pcapng by facts/pcapng_read.h. Frames of other link types get an Ethernet header
 * (facts/linktype.h). Packets are numbered from 1 in the order of the file. Each has its flow and its
 * relative numbers (facts/flow.h), and the hosts that have its addresses, when the file names them. No
 * time is before 1970.
 *
 * A file that facts/pcapng.h wrote comes back as the recording was: every packet once, numbered in the
 * order in which they were sent, with its interfaces, its fate and the time when it was received. */
#ifndef NLAB_KERNEL_CAPFILE_H
#define NLAB_KERNEL_CAPFILE_H

#include "base/error.h"
#include "facts/pcapng_read.h"
#include "facts/recording.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NLAB_CAPFILE_BYTES_MAX ((size_t)512 << 20) /* of a file */

struct nlab_capfile_comment {
	uint32_t packet;        /* its number in the recording; 0: the file as a whole */
	struct nlab_bytes text; /* borrowed from the file's bytes; whatever stood there */
};

struct nlab_capfile { /* all zero: closed */
	struct nlab_recording recording;
	struct nlab_error
	    broken; /* step is "" when the file could be read to its end, else where and why not */
	struct nlab_capfile_comment *comments;
	size_t comment_count, comment_room;
	char *story; /* what facts/pcapng.h noted of the run, not terminated; NULL: nothing */
	size_t story_length;
	uint32_t unknown;  /* packets of a link type that is not known */
	uint32_t linktype; /* of the first of them */
	uint8_t *bytes;    /* the file */
	size_t size;
};

/* Read a file; "-" is the standard input, which is read to its end. What can be read of a broken file is
 * read. False when that is nothing: it cannot be opened (its errno), it is no capture file, it is too
 * large (EFBIG). Blocks as read(2) does. Close with nlab_capfile_close() also after a failure. */
bool nlab_capfile_open(struct nlab_capfile *file, const char *path, struct nlab_error *error);

/* Only the section header of a pcapng file, which has what our own files tell of a run (`story`): the packets are not read.
 * False when that cannot be read, or is none: then nlab_capfile_open() says why. Not for the standard input. */
bool nlab_capfile_open_header(struct nlab_capfile *file, const char *path);

/* The same as nlab_capfile_open() from `size` bytes of memory, which it takes (from malloc(3)) also when it fails. `name` is for
 * messages. */
bool nlab_capfile_parse(struct nlab_capfile *file, void *bytes, size_t size, const char *name,
			struct nlab_error *error);

/* Free all that belongs to it. Harmless on one that is closed. */
void nlab_capfile_close(struct nlab_capfile *file);

/* The name of a link type as libpcap has it ("IEEE802_11"), or NULL. */
const char *nlab_capfile_link_name(uint32_t linktype);

#endif
