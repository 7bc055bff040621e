/* names.c: hosts by name and by address. Floor facts. Rows are sorted by name when hosts get their ids,
 * and a copy of them by address. Of two names for one address the first one in the file counts. */
#include "facts/names.h"

#include "facts/packet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 63                     /* of a host name's label, RFC 1123 2.1 */
#define HOSTS_MAX      (NLAB_PORT_FLOOD - 1u) /* ids are of 16 bits */

struct nlab_name_row {
	const char *name;
	size_t length, place; /* place: in the order of adding */
	bool has_address;
	uint8_t address[16];
	uint16_t host;
};

/* Words that begin a line of the expectation language, so that no host can have them as a name. */
static const char *const KEYWORDS[] = {"optional", "anyorder", "repeat", "none", "after", "within"};

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_alnum(char c)
{
	return is_alpha(c) || (c >= '0' && c <= '9');
}

static bool is_name(const char *name, size_t length)
{
	if (length == 0 || length > NAME_MAX_BYTES || !is_alpha(name[0])) {
		return false;
	}
	for (size_t i = 1; i < length; i++) {
		bool dash = name[i] == '-' && i + 1 < length && is_alnum(name[i + 1]);
		if (!is_alnum(name[i]) && !dash) {
			return false;
		}
	}
	for (size_t i = 0; i < sizeof KEYWORDS / sizeof KEYWORDS[0]; i++) {
		if (strlen(KEYWORDS[i]) == length && memcmp(KEYWORDS[i], name, length) == 0) {
			return false;
		}
	}
	return true;
}

bool nlab_names_add(struct nlab_names *names, const void *name, size_t length, const uint8_t *address)
{
	if (!is_name(name, length)) {
		return true;
	}
	if (names->count == names->room) {
		size_t room = names->room ? names->room * 2 : 16;
		void *grown = realloc(names->rows, room * sizeof *names->rows);
		if (!grown) {
			return false;
		}
		names->rows = grown;
		names->room = room;
	}
	struct nlab_name_row *row = &names->rows[names->count];
	*row = (struct nlab_name_row){
	    .name = name, .length = length, .place = names->count++, .has_address = address != NULL};
	if (address) {
		memcpy(row->address, address, sizeof row->address);
	}
	return true;
}

static int compare_names(const struct nlab_name_row *a, const struct nlab_name_row *b)
{
	if (a->length != b->length) {
		return a->length < b->length ? -1 : 1;
	}
	return memcmp(a->name, b->name, a->length);
}

static int by_name(const void *one, const void *two)
{
	const struct nlab_name_row *a = one, *b = two;
	int order = compare_names(a, b);
	return order ? order : a->place < b->place ? -1 : 1;
}

/* Rows without an address come first. */
static int compare_addresses(const struct nlab_name_row *a, const struct nlab_name_row *b)
{
	if (a->has_address != b->has_address) {
		return a->has_address ? 1 : -1;
	}
	return memcmp(a->address, b->address, sizeof a->address);
}

static int by_address(const void *one, const void *two)
{
	const struct nlab_name_row *a = one, *b = two;
	int order = compare_addresses(a, b);
	return order ? order : a->place < b->place ? -1 : 1;
}

/* The first address of a family in rows[0 .. count - 1], with a space before it; "" when there is none. */
static const char *first_address(const struct nlab_name_row *rows, size_t count, bool six, char buffer[64])
{
	char text[48];
	buffer[0] = '\0';
	for (size_t i = 0; i < count && !buffer[0]; i++) {
		if (rows[i].has_address &&
		    (strchr(nlab_address_text(rows[i].address, text, sizeof text), ':') != NULL) == six) {
			snprintf(buffer, 64, " %s", text);
		}
	}
	return buffer;
}

static bool record_host(const struct nlab_name_row *rows, size_t count, struct nlab_recording *recording,
			int64_t time_ns)
{
	char four[64], six[64], text[192];
	struct nlab_event_record event = {
	    .head.time_ns = time_ns, .event = NLAB_EVENT_HOST, .host = rows[0].host};
	int length = snprintf(text, sizeof text, "any 00:00:00:00:00:00%s%s",
			      first_address(rows, count, false, four), first_address(rows, count, true, six));
	if (!nlab_recording_event(recording, &event, rows[0].name, rows[0].length)) {
		return false;
	}
	event.event = NLAB_EVENT_PORT;
	return nlab_recording_event(recording, &event, text, (size_t)length);
}

bool nlab_names_record(struct nlab_names *names, struct nlab_recording *recording, int64_t time_ns)
{
	struct nlab_name_row *rows = names->rows;
	bool recorded = true;
	unsigned hosts = 0;
	if (!names->count) {
		return true;
	}
	qsort(rows, names->count, sizeof *rows, by_name);
	for (size_t i = 0, count; i < names->count && hosts < HOSTS_MAX && recorded; i += count) {
		hosts++;
		for (count = 0; i + count < names->count && compare_names(&rows[i], &rows[i + count]) == 0;
		     count++) {
			rows[i + count].host = (uint16_t)hosts;
		}
		recorded = record_host(&rows[i], count, recording, time_ns);
	}
	size_t size = names->count * sizeof *rows;
	names->addresses = recorded ? malloc(size) : NULL;
	if (!names->addresses) {
		return false;
	}
	memcpy(names->addresses, rows, size);
	qsort(names->addresses, names->count, sizeof *rows, by_address);
	return true;
}

/* The first of `count` sorted rows that is not below `wanted`; `count` when all are. */
static size_t lower_bound(const struct nlab_name_row *rows, size_t count, const struct nlab_name_row *wanted,
			  int (*order)(const struct nlab_name_row *, const struct nlab_name_row *))
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (order(&rows[middle], wanted) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

uint16_t nlab_names_of_address(const struct nlab_names *names, const uint8_t address[16])
{
	const struct nlab_name_row *rows = names->addresses;
	size_t count = rows ? names->count : 0;
	struct nlab_name_row wanted = {.has_address = true};
	memcpy(wanted.address, address, sizeof wanted.address);
	size_t at = lower_bound(rows, count, &wanted, compare_addresses);
	return at < count && compare_addresses(&rows[at], &wanted) == 0 ? rows[at].host : NLAB_HOST_NONE;
}

uint16_t nlab_names_of_name(const struct nlab_names *names, const void *name, size_t length)
{
	const struct nlab_name_row wanted = {.name = name, .length = length};
	size_t at = lower_bound(names->rows, names->count, &wanted, compare_names);
	bool found = at < names->count && compare_names(&names->rows[at], &wanted) == 0;
	return found ? names->rows[at].host : NLAB_HOST_NONE;
}

void nlab_names_free(struct nlab_names *names)
{
	free(names->rows);
	free(names->addresses);
	*names = (struct nlab_names){0};
}
