/* test_capfile.c: capture files as recordings: our own come back as they were, broken ones as far as they
 * go. Files of other programs and tshark's opinion on them: tests/e2e/trace_test.lua. */
#include "kernel/capfile.h"

#include "facts/packet.h"
#include "facts/pcapng.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "told.h"

#define NAMED 4 /* interfaces of tell_hosts() */

/* What a packet of the recording is, and what has to come back. */
struct row {
	uint16_t from, to;
	uint32_t fate;
	int64_t sent, received; /* behind START; received 0: not */
	const char *src, *dst;  /* addresses */
	const char *src_host, *dst_host;
	uint16_t sport, dport;
	bool group; /* its destination is a group address */
};

static const struct row ROWS[] = {
    {12, 13, NLAB_FATE_DELIVERED, 1000, 9000, "10.0.0.1", "10.0.0.2", "client", "server", 1, 2, false},
    {13, 12, NLAB_FATE_DROPPED, 2000, 0, "10.0.0.2", "10.0.0.1", "server", "client", 2, 1, false},
    {11, 11, NLAB_FATE_DELIVERED, 3000, 3000, "127.0.0.1", "127.0.0.1", "client", "client", 3, 4, false},
    {12, NLAB_PORT_FLOOD, NLAB_FATE_DELIVERED, 4000, 4500, "10.0.0.1", "10.0.0.9", "client", NULL, 5, 6,
     true},
    {12, 14, NLAB_FATE_CUT, 3999, 0, "10.0.0.1", "10.0.0.3", "client", "third-one", 7, 8, false},
    {14, 13, NLAB_FATE_HELD, 6000, 0, "10.0.0.3", "10.0.0.2", "third-one", "server", 9, 10, false},
    {14, 13, NLAB_FATE_PENDING, 7000, 0, "10.0.0.3", "10.0.0.2", "third-one", "server", 9, 10, false},
    {14, NLAB_PORT_NONE, NLAB_FATE_NOWHERE, 8000, 0, "10.0.0.3", "10.9.9.9", "third-one", NULL, 9, 11, false},
    {12, 13, NLAB_FATE_REJECTED, 8400, 0, "10.0.0.1", "10.0.0.2", "client", "server", 1, 2, false},
    {12, 13, NLAB_FATE_ASKED, 8450, 0, "10.0.0.1", "10.0.0.2", "client", "server", 1, 2, false},
    {12, 13, NLAB_FATE_DELIVERED, 8500, 8600, "10.0.0.1", "10.0.0.2", "client", "server", 1, 2, false},
};

#define ROW_COUNT (sizeof ROWS / sizeof ROWS[0])

static void fill(struct nlab_recording *recording)
{
	tell_hosts(recording);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		const struct row *row = &ROWS[i];
		struct frame frame = {0};
		frame_udp(&frame, row->src, row->sport, row->dst, row->dport, "data");
		frame.bytes[0] = row->group ? 0xff : frame.bytes[0];
		const struct nlab_packet_record record = {.from_port = row->from,
							  .to_port = row->to,
							  .fate = row->fate,
							  .rule = row->fate == NLAB_FATE_DROPPED ? 2 : 0};
		tell_packet(recording, &record, row->sent, row->received, &frame);
	}
}

/* Our own file of that recording, as bytes from malloc(3). */
static uint8_t *own_file(size_t *size)
{
	struct nlab_recording recording;
	struct nlab_error error;
	FILE *stream = tmpfile();
	assert_non_null(stream);
	assert_true(nlab_recording_open(&recording, 1 << 20, 8, &error));
	fill(&recording);
	assert_true(nlab_pcapng_write(&recording, fileno(stream),
				      &(struct nlab_pcapng_notes){.title = "the title"}, &error));
	nlab_recording_close(&recording);
	fseek(stream, 0, SEEK_END);
	*size = (size_t)ftell(stream);
	rewind(stream);
	uint8_t *bytes = malloc(*size);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, *size, stream), *size);
	fclose(stream);
	return bytes;
}

static void open_own(struct nlab_capfile *file)
{
	struct nlab_error error;
	size_t size;
	uint8_t *bytes = own_file(&size);
	assert_true(nlab_capfile_parse(file, bytes, size, "own", &error));
}

static const struct nlab_event_record *find_event(const struct nlab_recording *recording, uint16_t kind,
						  uint16_t host, int64_t a)
{
	const struct nlab_lab_record *at = NULL;
	while ((at = nlab_recording_next(recording, at))) {
		const struct nlab_event_record *record = (const void *)at;
		if (at->kind == NLAB_LAB_EVENT && record->event == kind && (!host || record->host == host) &&
		    (a < 0 || record->a == a)) {
			return record;
		}
	}
	return NULL;
}

static void assert_text(const struct nlab_event_record *found, const char *text)
{
	assert_non_null(found);
	assert_int_equal(found->text_length, strlen(text));
	assert_memory_equal(found->text, text, strlen(text));
}

static void assert_host(const struct nlab_recording *recording, uint16_t host, const char *name)
{
	if (!name) {
		assert_int_equal(host, NLAB_HOST_NONE);
		return;
	}
	assert_int_not_equal(host, NLAB_HOST_NONE);
	assert_text(find_event(recording, NLAB_EVENT_HOST, host, -1), name);
}

/* The id that an interface of tell_hosts() gets in the file: its place. */
static uint16_t again(uint16_t port)
{
	return port == NLAB_PORT_NONE || port == NLAB_PORT_FLOOD ? port : (uint16_t)(port - 10);
}

static void assert_row(const struct nlab_recording *recording, const struct nlab_packet_record *record,
		       const struct row *row)
{
	struct nlab_packet packet;
	bool lost = row->fate != NLAB_FATE_DELIVERED;
	assert_int_equal(record->from_port, again(row->from));
	assert_int_equal(record->to_port, lost ? NLAB_PORT_NONE : again(row->to));
	assert_int_equal(record->fate, row->fate);
	assert_int_equal(record->head.time_ns, START + row->sent);
	assert_int_equal(record->received_ns, row->received ? START + row->received : 0);
	assert_host(recording, record->src_host, row->src_host);
	assert_host(recording, record->dst_host, row->dst_host);
	nlab_packet_decode(&packet, record->frame, record->captured, record->length);
	assert_int_equal(packet.sport, row->sport);
	assert_int_equal(packet.dport, row->dport);
}

static void own_files_come_back(void **state)
{
	(void)state;
	struct nlab_capfile file;
	size_t count = 0;
	open_own(&file);
	assert_int_equal(file.broken.step[0], 0);
	const struct nlab_lab_record *at = NULL;
	while ((at = nlab_recording_next(&file.recording, at))) {
		if (at->kind == NLAB_LAB_PACKET) {
			assert_true(count < ROW_COUNT);
			assert_row(&file.recording, (const void *)at, &ROWS[count]);
			count++;
			assert_int_equal(((const struct nlab_packet_record *)at)->id, count);
		}
	}
	assert_int_equal(count, ROW_COUNT);
	for (int64_t port = 1; port <= NAMED; port++) {
		const struct nlab_event_record *found = find_event(&file.recording, NLAB_EVENT_PORT, 0, port);
		assert_text(found, port == 1 ? "lo" : "eth0");
		assert_host(&file.recording, found->host,
			    (const char *[]){"client", "client", "server", "third-one"}[port - 1]);
	}
	nlab_capfile_close(&file);
}

static void addresses_of_hosts(void **state)
{
	(void)state;
	struct nlab_capfile file;
	open_own(&file);
	uint16_t client = 0;
	for (uint16_t host = 1; host <= 3; host++) {
		const struct nlab_event_record *found =
		    find_event(&file.recording, NLAB_EVENT_HOST, host, -1);
		assert_non_null(found);
		client = found->text_length == 6 && memcmp(found->text, "client", 6) == 0 ? host : client;
	}
	assert_text(find_event(&file.recording, NLAB_EVENT_PORT, client, 0),
		    "any 00:00:00:00:00:00 10.0.0.1 fd00::1");
	nlab_capfile_close(&file);
}

static void comments(void **state)
{
	(void)state;
	struct nlab_capfile file;
	open_own(&file);
	assert_int_equal(file.comment_count, 8); /* the title and seven that did not arrive */
	assert_int_equal(file.comments[0].packet, 0);
	assert_memory_equal(file.comments[0].text.at, "the title", file.comments[0].text.size);
	assert_int_equal(file.comments[1].packet, 2);
	static const char DROPPED[] = "dropped by the wire, rule 2: server -> client SYN,ACK";
	assert_int_equal(file.comments[1].text.size, strlen(DROPPED));
	assert_memory_equal(file.comments[1].text.at, DROPPED, strlen(DROPPED));
	nlab_capfile_close(&file);
}

/* Cut off anywhere, a file gives whole packets and says that it is broken, unless it is cut between two
 * blocks. */
static void cut_files(void **state)
{
	(void)state;
	size_t size, whole = 0;
	uint8_t *bytes = own_file(&size);
	for (size_t length = 28; length < size; length++) {
		struct nlab_capfile file;
		struct nlab_error error = {0};
		uint8_t *copy = malloc(length);
		assert_non_null(copy);
		memcpy(copy, bytes, length);
		if (nlab_capfile_parse(&file, copy, length, "cut", &error)) {
			whole += file.broken.step[0] == '\0';
			assert_true(atomic_load(&file.recording.lab->packets) <= ROW_COUNT);
			assert_true(file.broken.step[0] == '\0' || strstr(file.broken.subject, "is cut off"));
		} else {
			assert_non_null(strstr(error.subject, "cut: a block of"));
		}
		nlab_capfile_close(&file);
	}
	free(bytes);
	/* behind the section, behind each interface, behind the names, behind each sighting but the last */
	assert_int_equal(whole, 1 + NAMED + 1 + (ROW_COUNT + 4) - 1);
}

static void assert_refused(const void *bytes, size_t size, const char *words)
{
	struct nlab_capfile file;
	struct nlab_error error = {0};
	char text[400];
	uint8_t *copy = malloc(size + 1);
	assert_non_null(copy);
	memcpy(copy, bytes, size);
	assert_false(nlab_capfile_parse(&file, copy, size, "given", &error));
	if (!strstr(nlab_error_text(&error, text, sizeof text), words)) {
		fail_msg("\"%s\" lacks \"%s\"", text, words);
	}
	nlab_capfile_close(&file);
	nlab_capfile_close(&file);
}

static void no_capture_files(void **state)
{
	(void)state;
	assert_refused("", 0, "given: it is empty");
	assert_refused("GET", 3, "given: it is neither pcap nor pcapng");
	assert_refused("\x1f\x8b\x08\x00\x00", 5, "given: it is compressed, see gunzip(1)");
	assert_refused("\x28\xb5\x2f\xfd\x00", 5, "see unzstd(1)");
	assert_refused("\xfd"
		       "7zXZ\0\0",
		       7, "see unxz(1)");
	assert_refused("\xd4\xc3\xb2\xa1\x02", 5, "truncated dump file");
	assert_refused("\n\r\r\n\0\0\0\34zzzz0123456789abcdef", 28, "without its byte-order mark");
}

static void open_errors(void **state)
{
	(void)state;
	struct nlab_capfile file;
	struct nlab_error error;
	assert_false(nlab_capfile_open(&file, "/nonexistent/file", &error));
	assert_int_equal(error.code, ENOENT);
	nlab_capfile_close(&file);
	assert_false(nlab_capfile_open(&file, "/", &error));
	assert_int_equal(error.code, EISDIR);
	nlab_capfile_close(&file);
	char path[] = "/tmp/test_capfile.XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)NLAB_CAPFILE_BYTES_MAX + 1), 0);
	assert_false(nlab_capfile_open(&file, path, &error));
	assert_int_equal(error.code, EFBIG);
	close(fd);
	unlink(path);
	nlab_capfile_close(&file);
}

/* ---- times ---- */

struct time_case {
	uint8_t resolution; /* if_tsresol */
	int64_t offset_s;   /* if_tsoffset */
	uint64_t ticks;
	int64_t time_ns;
};

static const struct time_case TIMES[] = {
    {6, 0, 1700000000123456, 1700000000123456000},
    {9, 0, 1700000000123456789, 1700000000123456789},
    {0, 0, 1700000000, 1700000000000000000},
    {3, 1700000000, 17, 1700000000017000000},
    {12, 0, 1234567890123, 1234567890},
    {19, 0, UINT64_C(12345678901234567890), 1234567890},
    {20, 0, UINT64_MAX, 0},
    {127, 0, UINT64_MAX, 0},
    {0x80 | 1, 0, 3, 1500000000},
    {0x80 | 20, 0, 1u << 19, 500000000},
    {0x80 | 63, 0, UINT64_C(1) << 62, 500000000},
    {0x80 | 64, 0, UINT64_C(1) << 63, 500000000},
    {0x80 | 127, 0, UINT64_MAX, 0},
    {9, -1, 500000000, 0}, /* before 1970 */
    {9, INT64_MIN, UINT64_MAX, 0},
    {9, INT64_MAX, 1, INT64_MAX},
    {0, 0, UINT64_MAX, INT64_MAX},
    {6, 9000000000, 1000000000000000, INT64_MAX},
};

static void put(uint8_t **at, const void *bytes, size_t size)
{
	memcpy(*at, bytes, size);
	*at += size;
}

/* A file of one section, one interface and one packet without bytes. */
static uint8_t *timed_file(const struct time_case *row, size_t *size)
{
	static const uint32_t SECTION[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, UINT32_MAX, UINT32_MAX, 28};
	const uint32_t interface[] = {1, 44, 1, 0, 9 | 1 << 16, row->resolution, 14 | 8 << 16};
	const uint32_t after[] = {0, 44, 6, 32, 0, (uint32_t)(row->ticks >> 32), (uint32_t)row->ticks,
				  0, 60, 32};
	uint8_t *bytes = malloc(256), *at = bytes;
	assert_non_null(bytes);
	put(&at, SECTION, sizeof SECTION);
	put(&at, interface, sizeof interface);
	put(&at, &row->offset_s, sizeof row->offset_s);
	put(&at, after, sizeof after);
	*size = (size_t)(at - bytes);
	return bytes;
}

static void times(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof TIMES / sizeof TIMES[0]; i++) {
		struct nlab_capfile file;
		struct nlab_error error;
		size_t size;
		uint8_t *bytes = timed_file(&TIMES[i], &size);
		assert_true(nlab_capfile_parse(&file, bytes, size, "times", &error));
		assert_int_equal(file.broken.step[0], 0);
		const struct nlab_packet_record *record =
		    (const void *)nlab_recording_next(&file.recording, NULL);
		assert_non_null(record);
		assert_int_equal(record->length, 60);
		assert_int_equal(record->captured, 0);
		if (record->head.time_ns != TIMES[i].time_ns) {
			fail_msg("row %zu: %lld instead of %lld", i, (long long)record->head.time_ns,
				 (long long)TIMES[i].time_ns);
		}
		nlab_capfile_close(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(own_files_come_back),
	    cmocka_unit_test(addresses_of_hosts),
	    cmocka_unit_test(comments),
	    cmocka_unit_test(cut_files),
	    cmocka_unit_test(no_capture_files),
	    cmocka_unit_test(open_errors),
	    cmocka_unit_test(times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
