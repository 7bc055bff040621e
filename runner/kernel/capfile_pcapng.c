/* capfile_pcapng.c: the packets of a pcapng file into a recording. Floor kernel. All packets are gathered
 * first: names and interfaces may stand anywhere in the file, and our own files have a packet once for
 * each interface that it passed. Then they are written, in order. */
#include "kernel/capfile_pcapng.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct sighting { /* of a packet at an interface */
	struct nlab_pcapng_packet packet;
	uint32_t section;
	bool netlab;  /* in a section that facts/pcapng.h wrote */
	size_t place; /* in the file */
};

struct reader {
	struct nlab_capfile_sink *sink;
	struct nlab_pcapng_reader pcapng;
	struct sighting *sightings;
	size_t count, room;
};

static bool add_sighting(struct reader *reader)
{
	if (reader->count == reader->room) {
		size_t room = reader->room ? reader->room * 2 : 64;
		void *grown = realloc(reader->sightings, room * sizeof *reader->sightings);
		if (!grown) {
			return false;
		}
		reader->sightings = grown;
		reader->room = room;
	}
	reader->sightings[reader->count] = (struct sighting){.packet = reader->pcapng.packet,
							     .section = reader->pcapng.sections,
							     .netlab = reader->pcapng.netlab,
							     .place = reader->count};
	reader->count++;
	return true;
}

/* The host that an interface of our own files belongs to: they are named "host:interface". */
static struct nlab_bytes host_of_interface(struct nlab_bytes name)
{
	const uint8_t *colon = name.size ? memchr(name.at, ':', name.size) : NULL;
	return (struct nlab_bytes){name.at, colon ? (size_t)(colon - name.at) : 0};
}

static bool gather_interface(struct reader *reader)
{
	const struct nlab_pcapng_reader *pcapng = &reader->pcapng;
	struct nlab_bytes host = host_of_interface(pcapng->interfaces[pcapng->interface_count - 1].name);
	return !pcapng->netlab || nlab_names_add(&reader->sink->names, host.at, host.size, NULL);
}

static bool add_piece(struct nlab_capfile *file, struct nlab_bytes piece)
{
	char *grown = realloc(file->story, file->story_length + piece.size + 1);
	if (!grown) {
		return false;
	}
	memcpy(grown + file->story_length, piece.at, piece.size);
	file->story = grown;
	file->story_length += piece.size;
	return true;
}

static bool gather(struct reader *reader)
{
	struct nlab_pcapng_reader *pcapng = &reader->pcapng;
	enum nlab_pcapng_item item;
	bool good = true;
	while (good && (item = nlab_pcapng_next(pcapng)) != NLAB_PCAPNG_END && item != NLAB_PCAPNG_BROKEN) {
		if (item == NLAB_PCAPNG_SECTION) {
			good = nlab_capfile_comment(reader->sink->file, 0, pcapng->comment);
		} else if (item == NLAB_PCAPNG_INTERFACE) {
			good = gather_interface(reader);
		} else if (item == NLAB_PCAPNG_NAME) {
			good = nlab_names_add(&reader->sink->names, pcapng->name.name.at,
					      pcapng->name.name.size, pcapng->name.address);
		} else if (item == NLAB_PCAPNG_PACKET) {
			good = add_sighting(reader);
		} else if (item == NLAB_PCAPNG_STORY) {
			good = add_piece(reader->sink->file, pcapng->story);
		}
	}
	return good;
}

/* Packets of our own files by their number, where they were sent before where they were received; all
 * others as they stand in the file. */
static int by_order(const void *one, const void *two)
{
	const struct sighting *a = one, *b = two;
	if (a->section != b->section) {
		return a->section < b->section ? -1 : 1;
	}
	if (a->netlab && a->packet.id != b->packet.id) {
		return a->packet.id < b->packet.id ? -1 : 1;
	}
	bool a_out = a->packet.direction == NLAB_DIRECTION_OUT,
	     b_out = b->packet.direction == NLAB_DIRECTION_OUT;
	if (a->netlab && a_out != b_out) {
		return a_out ? -1 : 1;
	}
	return a->place < b->place ? -1 : 1;
}

/* Interfaces of our own files get ids, so that packets tell which host sent them. */
static uint16_t port_of(const struct sighting *sighting)
{
	uint32_t interface = sighting->packet.interface;
	return sighting->netlab && interface < NLAB_PORT_FLOOD - 1 ? (uint16_t)(interface + 1)
								   : NLAB_PORT_NONE;
}

static bool record_interfaces(struct reader *reader, int64_t time_ns)
{
	const struct nlab_pcapng_reader *pcapng = &reader->pcapng;
	for (uint32_t i = 0; i < pcapng->interface_count && i < NLAB_PORT_FLOOD - 1; i++) {
		struct nlab_bytes name = pcapng->interfaces[i].name, host = host_of_interface(name);
		struct nlab_event_record event = {
		    .head.time_ns = time_ns,
		    .event = NLAB_EVENT_PORT,
		    .host = nlab_names_of_name(&reader->sink->names, host.at, host.size),
		    .a = i + 1};
		if (event.host && !nlab_recording_event(&reader->sink->file->recording, &event,
							host.at + host.size + 1, name.size - host.size - 1)) {
			return false;
		}
	}
	return true;
}

/* The fate that facts/pcapng.h wrote as a comment; a packet without such a comment was delivered. */
static enum nlab_fate fate_of(struct nlab_bytes comment)
{
	static const struct {
		enum nlab_fate fate;
		const char *text;
	} FATES[] = {
	    {NLAB_FATE_PENDING, "still underway"},     {NLAB_FATE_HELD, "held by the wire"},
	    {NLAB_FATE_DROPPED, "dropped by"},         {NLAB_FATE_CUT, "lost, the link is cut"},
	    {NLAB_FATE_NOWHERE, "lost, no interface"}, {NLAB_FATE_REJECTED, "rejected by"},
	    {NLAB_FATE_ASKED, "waiting for a filter"},
	};
	for (size_t i = 0; i < sizeof FATES / sizeof FATES[0]; i++) {
		size_t length = strlen(FATES[i].text);
		if (comment.size >= length && memcmp(comment.at, FATES[i].text, length) == 0) {
			return FATES[i].fate;
		}
	}
	return NLAB_FATE_DELIVERED;
}

static bool is_again(const struct sighting *first, const struct sighting *other)
{
	return first->netlab && first->section == other->section && first->packet.has_id &&
	       other->packet.has_id && first->packet.direction != NLAB_DIRECTION_UNKNOWN &&
	       first->packet.id == other->packet.id && other->packet.direction == NLAB_DIRECTION_IN &&
	       first->packet.captured == other->packet.captured &&
	       memcmp(first->packet.frame, other->packet.frame, first->packet.captured) == 0;
}

/* Where a packet of our own files came from and went to, out of all its sightings. */
static void set_ends(const struct reader *reader, const struct sighting *first, size_t count,
		     struct nlab_capfile_frame *frame)
{
	struct nlab_packet_record *record = &frame->record;
	uint16_t port = port_of(first);
	record->fate = fate_of(first->packet.comment);
	if (first->packet.direction ==
	    NLAB_DIRECTION_IN) { /* its sender's side was filtered out of the file */
		record->to_port = port;
		record->received_ns = first->packet.time_ns;
		return;
	}
	record->from_port = port;
	if (first->packet.direction == NLAB_DIRECTION_UNKNOWN && port) {
		struct nlab_bytes name = reader->pcapng.interfaces[port - 1].name;
		struct nlab_bytes host = host_of_interface(name);
		record->to_port = port;
		record->received_ns = first->packet.time_ns;
		frame->loopback = nlab_names_of_name(&reader->sink->names, host.at, host.size);
	} else if (first->packet.captured && first->packet.frame[0] & 1) {
		record->to_port = NLAB_PORT_FLOOD;
	} else if (count > 1) {
		record->to_port = port_of(first + 1);
	}
	if (count > 1) {
		record->received_ns = first[1].packet.time_ns;
	}
}

/* Write the packet that begins with this sighting; returns how many sightings it has, 0 when there is no
 * memory. */
static size_t add_packet(struct reader *reader, const struct sighting *first, size_t left)
{
	const struct nlab_pcapng_packet *packet = &first->packet;
	struct nlab_capfile_frame frame = {
	    .bytes = packet->frame,
	    .captured = packet->captured,
	    .length = packet->length,
	    .linktype = reader->pcapng.interfaces[packet->interface].linktype,
	    .record = {.head.time_ns = packet->time_ns, .fate = NLAB_FATE_DELIVERED},
	    .comment = packet->comment,
	};
	size_t count = 1;
	while (count < left && is_again(first, first + count)) {
		count++;
	}
	if (first->netlab) {
		set_ends(reader, first, count, &frame);
	}
	return nlab_capfile_add(reader->sink, &frame) ? count : 0;
}

static bool record_all(struct reader *reader)
{
	int64_t start = reader->count ? reader->sightings[0].packet.time_ns : 0;
	if (!nlab_names_record(&reader->sink->names, &reader->sink->file->recording, start) ||
	    !record_interfaces(reader, start)) {
		return false;
	}
	for (size_t i = 0, step; i < reader->count; i += step) {
		step = add_packet(reader, &reader->sightings[i], reader->count - i);
		if (!step) {
			return false;
		}
	}
	return true;
}

bool nlab_capfile_read_pcapng(struct nlab_capfile_sink *sink, const char *name, struct nlab_error *error)
{
	struct nlab_capfile *file = sink->file;
	struct reader reader = {.sink = sink, .pcapng = {.bytes = file->bytes, .size = file->size}};
	struct nlab_pcapng_reader *pcapng = &reader.pcapng;
	bool good = gather(&reader);
	if (good && reader.count) {
		qsort(reader.sightings, reader.count, sizeof *reader.sightings, by_order);
	}
	good = good && record_all(&reader);
	if (!good) {
		nlab_error_set(error, ENOMEM, "read the capture file", "%s", name);
	} else if (!pcapng->sections) {
		good = nlab_error_set(error, 0, "read the capture file", "%s: %s", name, pcapng->problem);
	} else if (pcapng->problem[0]) {
		nlab_error_set(&file->broken, 0, "read on", "at byte %zu, behind packet %" PRIu32 ": %s",
			       pcapng->at, atomic_load(&file->recording.lab->packets), pcapng->problem);
	}
	free(reader.sightings);
	free(pcapng->interfaces);
	return good;
}
