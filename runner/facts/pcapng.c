/* pcapng.c: writing a recording as pcapng. Floor facts.
 * First all sightings of packets are gathered and sorted by time, then the blocks are written. */
#include "facts/pcapng.h"

#include "facts/pcapng_block.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_NAMES     4u
#define BLOCK_PACKET    6u

#define OPTION_COMMENT        1
#define OPTION_SHB_USERAPPL   4
#define OPTION_IF_NAME        2
#define OPTION_IF_DESCRIPTION 3
#define OPTION_IF_TSRESOL     9
#define OPTION_EPB_FLAGS      2
#define OPTION_EPB_PACKETID   5
#define NAME_IPV4             1
#define NAME_IPV6             2

#define LINKTYPE_ETHERNET 1
#define SNAPLEN           262144u /* the same on all interfaces, or libpcap refuses the file */
#define TEXT_MAX          256

enum side { SIDE_BOTH, SIDE_INBOUND, SIDE_OUTBOUND }; /* as in epb_flags; loopback traffic has no direction */

struct sighting { /* of a packet at an interface */
	int64_t time_ns;
	const struct nlab_packet_record *record;
	uint32_t interface;
	enum side side;
};

struct writer {
	struct nlab_pcapng_output out;
	const struct nlab_recording *recording;
	const struct nlab_pcapng_notes *notes;
	const struct nlab_event_record *
	    *ports; /* NLAB_EVENT_PORT, in the order of the interfaces in the file */
	uint32_t port_count;
	size_t port_room;
	uint32_t interface_of[UINT16_MAX + 1]; /* by interface id: its place in the file + 1 */
	const struct nlab_event_record *hosts[UINT16_MAX + 1]; /* NLAB_EVENT_HOST by host id */
	const struct nlab_event_record *rules[UINT16_MAX + 1]; /* NLAB_EVENT_RULE by rule id */
	struct sighting *sightings;
	size_t sighting_count, sighting_room;
	bool strays; /* packets of an interface that was never announced */
};

/* ---- names ---- */

/* Copy an event's text (NULL: none) into `buffer`, terminated. */
static const char *event_text(const struct nlab_event_record *event, char buffer[TEXT_MAX])
{
	int length = !event ? 0 : event->text_length < TEXT_MAX ? (int)event->text_length : TEXT_MAX;
	snprintf(buffer, TEXT_MAX, "%.*s", length, event ? event->text : "");
	return buffer;
}

static const char *host_name(const struct writer *writer, uint16_t host, char buffer[TEXT_MAX])
{
	return event_text(writer->hosts[host], buffer);
}

static bool is_loopback(const struct nlab_event_record *port)
{
	return port->text_length >= 3 && memcmp(port->text, "lo ", 3) == 0;
}

/* One record of the name resolution block: an address "10.0.0.1/24", the host's name. */
static void put_name(struct nlab_pcapng_output *out, const char *word, const char *name)
{
	char address[TEXT_MAX];
	uint8_t value[16 + TEXT_MAX];
	snprintf(address, sizeof address, "%.*s", (int)strcspn(word, "/"), word);
	bool four = inet_pton(AF_INET, address, value) == 1;
	if (four || inet_pton(AF_INET6, address, value) == 1) {
		size_t size = four ? 4 : 16;
		memcpy(value + size, name, strlen(name) + 1);
		nlab_pcapng_option(out, four ? NAME_IPV4 : NAME_IPV6, value, size + strlen(name) + 1);
	}
}

static void put_names(struct writer *writer)
{
	nlab_pcapng_begin(&writer->out, BLOCK_NAMES);
	for (uint32_t i = 0; i < writer->port_count; i++) {
		const struct nlab_event_record *port = writer->ports[i];
		char text[TEXT_MAX], name[TEXT_MAX], *rest = NULL;
		host_name(writer, port->host, name);
		if (is_loopback(port) || !name[0]) {
			continue; /* 127.0.0.1 is every host's */
		}
		event_text(port, text);
		strtok_r(text, " ", &rest);
		for (const char *word; (word = strtok_r(NULL, " ", &rest));) {
			put_name(&writer->out, word, name);
		}
	}
	nlab_pcapng_put32(&writer->out, 0); /* end of the records */
	nlab_pcapng_end(&writer->out);
}

/* ---- section and interfaces ---- */

static void put_piece(struct nlab_pcapng_output *out, const char *text, size_t size)
{
	uint8_t bytes[NLAB_PCAPNG_HEAD + NLAB_PCAPNG_PIECE];
	memcpy(bytes, (uint32_t[2]){NLAB_PCAPNG_ENTERPRISE, NLAB_PCAPNG_MARK}, NLAB_PCAPNG_HEAD);
	memcpy(bytes + NLAB_PCAPNG_HEAD, text, size);
	nlab_pcapng_option(out, NLAB_PCAPNG_CUSTOM, bytes, NLAB_PCAPNG_HEAD + size);
}

static void put_section(struct nlab_pcapng_output *out, const struct nlab_pcapng_notes *notes)
{
	nlab_pcapng_begin(out, BLOCK_SECTION);
	nlab_pcapng_put32(out, 0x1a2b3c4d);
	nlab_pcapng_put(out, (uint16_t[2]){1, 0}, 4);
	nlab_pcapng_put(out, (uint64_t[1]){UINT64_MAX}, 8); /* the section's length is not given */
	if (notes->title) {
		nlab_pcapng_text(out, OPTION_COMMENT, notes->title);
	}
	nlab_pcapng_text(out, OPTION_SHB_USERAPPL, "netlab");
	for (size_t done = 0; notes->story && done < notes->story_length; done += NLAB_PCAPNG_PIECE) {
		size_t left = notes->story_length - done;
		put_piece(out, notes->story + done, left < NLAB_PCAPNG_PIECE ? left : NLAB_PCAPNG_PIECE);
	}
	nlab_pcapng_end(out);
}

static void put_interface(struct nlab_pcapng_output *out, const char *name, const char *description)
{
	nlab_pcapng_begin(out, BLOCK_INTERFACE);
	nlab_pcapng_put(out, (uint16_t[2]){LINKTYPE_ETHERNET, 0}, 4);
	nlab_pcapng_put32(out, SNAPLEN);
	nlab_pcapng_text(out, OPTION_IF_NAME, name);
	nlab_pcapng_text(out, OPTION_IF_DESCRIPTION, description);
	nlab_pcapng_option(out, OPTION_IF_TSRESOL, (uint8_t[1]){9}, 1);
	nlab_pcapng_end(out);
}

static void put_interfaces(struct writer *writer)
{
	for (uint32_t i = 0; i < writer->port_count; i++) {
		char text[TEXT_MAX], host[TEXT_MAX], name[2 * TEXT_MAX];
		event_text(writer->ports[i], text);
		host_name(writer, writer->ports[i]->host, host);
		snprintf(name, sizeof name, "%s:%.*s", host, (int)strcspn(text, " "), text);
		put_interface(&writer->out, name, host);
	}
	if (writer->strays ||
	    writer->port_count == 0) { /* a file without an interface is refused by libpcap */
		put_interface(&writer->out, "wire", "");
	}
}

/* ---- packets ---- */

/* Why a packet did not arrive, into `text`; nothing when it did. Readers know a fate by these words. */
static void tell_fate(const struct writer *writer, const struct nlab_packet_record *record,
		      char text[2 * TEXT_MAX])
{
	static const char *const WORDS[NLAB_FATE_COUNT] = {
	    [NLAB_FATE_PENDING] = "still underway at the end",
	    [NLAB_FATE_ASKED] = "waiting for a filter at the end",
	    [NLAB_FATE_HELD] = "held by the wire to the end",
	    [NLAB_FATE_DROPPED] = "dropped by the wire",
	    [NLAB_FATE_REJECTED] = "rejected by the wire",
	    [NLAB_FATE_CUT] = "lost, the link is cut",
	    [NLAB_FATE_NOWHERE] = "lost, no interface has its destination",
	};
	uint32_t fate = atomic_load(&record->fate);
	char rule[TEXT_MAX];
	text[0] = '\0';
	if (fate >= NLAB_FATE_COUNT || !WORDS[fate]) {
		return;
	}
	int length = snprintf(text, 2 * TEXT_MAX, "%s", WORDS[fate]);
	if (record->rule) {
		event_text(writer->rules[record->rule], rule);
		snprintf(text + length, 2 * TEXT_MAX - (size_t)length, ", rule %u%s%s", record->rule,
			 rule[0] ? ": " : "", rule);
	}
}

/* One comment: its fate, and what the notes say about it. */
static void put_comment(struct writer *writer, const struct nlab_packet_record *record)
{
	const struct nlab_pcapng_notes *notes = writer->notes;
	const char *said = record->id < notes->comment_count ? notes->comments[record->id] : NULL;
	char fate[2 * TEXT_MAX], both[4 * TEXT_MAX];
	tell_fate(writer, record, fate);
	snprintf(both, sizeof both, "%s%s%s", fate, fate[0] && said ? "; " : "", said ? said : "");
	if (both[0]) {
		nlab_pcapng_text(&writer->out, OPTION_COMMENT, both);
	}
}

static void put_packet(struct writer *writer, const struct sighting *sighting)
{
	const struct nlab_packet_record *record = sighting->record;
	struct nlab_pcapng_output *out = &writer->out;
	nlab_pcapng_begin(out, BLOCK_PACKET);
	nlab_pcapng_put32(out, sighting->interface);
	nlab_pcapng_put32(out, (uint32_t)((uint64_t)sighting->time_ns >> 32));
	nlab_pcapng_put32(out, (uint32_t)sighting->time_ns);
	nlab_pcapng_put32(out, record->captured);
	nlab_pcapng_put32(out, record->length);
	nlab_pcapng_put(out, record->frame, record->captured);
	if (sighting->side != SIDE_INBOUND) {
		put_comment(writer, record);
	}
	if (sighting->side != SIDE_BOTH) {
		nlab_pcapng_option(out, OPTION_EPB_FLAGS, (uint32_t[1]){sighting->side}, 4);
	}
	nlab_pcapng_option(out, OPTION_EPB_PACKETID, (uint64_t[1]){record->id}, 8);
	nlab_pcapng_end(out);
}

/* Make room for one more element of `size` bytes in the array *at; false when there is no memory. */
static bool make_room(struct nlab_pcapng_output *out, void **at, size_t count, size_t *room, size_t size)
{
	if (count < *room) {
		return true;
	}
	size_t more = *room ? *room * 2 : 64;
	void *grown = realloc(*at, more * size);
	if (!grown) {
		out->failed = ENOMEM;
		return false;
	}
	*at = grown;
	*room = more;
	return true;
}

static void add_sighting(struct writer *writer, const struct nlab_packet_record *record, int64_t time_ns,
			 uint32_t interface, enum side side)
{
	void *sightings = writer->sightings;
	if (make_room(&writer->out, &sightings, writer->sighting_count, &writer->sighting_room,
		      sizeof *writer->sightings)) {
		writer->sightings = sightings;
		writer->sightings[writer->sighting_count++] =
		    (struct sighting){time_ns, record, interface, side};
	}
}

static uint32_t interface_of(struct writer *writer, uint16_t port)
{
	uint32_t place = writer->interface_of[port];
	writer->strays = writer->strays || !place;
	return place ? place - 1 : writer->port_count;
}

/* Where and when a packet was seen. A flooded one was handed to every other interface that is on the wire. */
static void add_packet(struct writer *writer, const struct nlab_packet_record *record)
{
	bool loopback = record->from_port == record->to_port && record->from_port != NLAB_PORT_NONE;
	int64_t received_ns = atomic_load(&record->received_ns);
	add_sighting(writer, record, record->head.time_ns, interface_of(writer, record->from_port),
		     loopback ? SIDE_BOTH : SIDE_OUTBOUND);
	if (loopback || atomic_load(&record->fate) != NLAB_FATE_DELIVERED) {
		return;
	}
	if (record->to_port != NLAB_PORT_FLOOD) {
		add_sighting(writer, record, received_ns, interface_of(writer, record->to_port),
			     SIDE_INBOUND);
		return;
	}
	for (uint32_t i = 0; i < writer->port_count; i++) {
		if (!is_loopback(writer->ports[i]) && writer->ports[i]->a != record->from_port) {
			add_sighting(writer, record, received_ns, i, SIDE_INBOUND);
		}
	}
}

static int by_time(const void *a, const void *b)
{
	const struct sighting *one = a, *two = b;
	if (one->time_ns != two->time_ns) {
		return one->time_ns < two->time_ns ? -1 : 1;
	}
	if (one->record != two->record) {
		return one->record->id < two->record->id ? -1 : 1;
	}
	if (one->side != two->side) {
		return one->side == SIDE_OUTBOUND ? -1 : 1;
	}
	return one->interface < two->interface ? -1 : 1;
}

/* ---- the whole ---- */

static void add_port(struct writer *writer, const struct nlab_event_record *event)
{
	void *ports = writer->ports;
	if (make_room(&writer->out, &ports, writer->port_count, &writer->port_room,
		      sizeof(struct nlab_event_record *))) {
		writer->ports = ports;
		writer->ports[writer->port_count++] = event;
		writer->interface_of[event->a & UINT16_MAX] = writer->port_count;
	}
}

static void add_event(struct writer *writer, const struct nlab_event_record *event)
{
	if (event->event == NLAB_EVENT_HOST) {
		writer->hosts[event->host] = event;
	} else if (event->event == NLAB_EVENT_RULE) {
		writer->rules[event->a & UINT16_MAX] = event;
	} else if (event->event == NLAB_EVENT_PORT) {
		add_port(writer, event);
	}
}

/* Gather events before packets: a packet's interface and rule must be known. */
static void gather(struct writer *writer)
{
	const struct nlab_lab_record *at = NULL;
	while ((at = nlab_recording_next(writer->recording, at))) {
		if (at->kind == NLAB_LAB_EVENT) {
			add_event(writer, (const void *)at);
		}
	}
	while ((at = nlab_recording_next(writer->recording, at))) {
		if (at->kind == NLAB_LAB_PACKET) {
			add_packet(writer, (const void *)at);
		}
	}
	if (writer->sighting_count) {
		qsort(writer->sightings, writer->sighting_count, sizeof *writer->sightings, by_time);
	}
}

bool nlab_pcapng_write(const struct nlab_recording *recording, int fd, const struct nlab_pcapng_notes *notes,
		       struct nlab_error *error)
{
	struct writer *writer = calloc(1, sizeof *writer);
	if (!writer) {
		return nlab_error_set(error, errno, "write the capture file", "%zu bytes of memory",
				      sizeof *writer);
	}
	writer->recording = recording;
	writer->notes = notes;
	writer->out.fd = fd;
	gather(writer);
	put_section(&writer->out, notes);
	put_interfaces(writer);
	put_names(writer);
	for (size_t i = 0; i < writer->sighting_count && !writer->out.failed; i++) {
		put_packet(writer, &writer->sightings[i]);
	}
	nlab_pcapng_flush(&writer->out);
	int failed = writer->out.failed;
	free(writer->out.bytes);
	free(writer->sightings);
	free(writer->ports);
	free(writer);
	return !failed || nlab_error_set(error, failed, "write the capture file", "descriptor %d", fd);
}
