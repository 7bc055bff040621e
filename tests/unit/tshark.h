/* tshark.h: frames as tshark reads them: an independent judge of what was built. Include it behind cmocka.h. tshark must
 * be installed. */
#ifndef NLAB_TESTS_TSHARK_H
#define NLAB_TESTS_TSHARK_H

#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without anybody's settings, all checksums looked at, no name resolved. tshark warns on stderr when it is root. */
#define TSHARK                                                                                               \
	"HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent LC_ALL=C tshark -n -r %s -o ip.check_checksum:TRUE " \
	"-o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.relative_sequence_numbers:FALSE "      \
	"-o tcp.analyze_sequence_numbers:FALSE -T fields -E separator=/s "
#define QUIET " 2>&1 | grep -v '^Running as user \"root\"'"

struct capture {
	char path[64];
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	unsigned frames;
};

static inline void capture_open(struct capture *capture)
{
	strcpy(capture->path, "/tmp/test_frames.XXXXXX");
	int fd = mkstemp(capture->path);
	assert_true(fd >= 0);
	close(fd);
	capture->frames = 0;
	capture->pcap = pcap_open_dead(DLT_EN10MB, 262144);
	capture->dumper = pcap_dump_open(capture->pcap, capture->path);
	assert_non_null(capture->dumper);
}

static inline void capture_add(struct capture *capture, const uint8_t *frame, size_t size)
{
	struct pcap_pkthdr header = {.caplen = (bpf_u_int32)size, .len = (bpf_u_int32)size};
	header.ts.tv_sec = capture->frames++;
	pcap_dump((u_char *)capture->dumper, &header, frame);
}

/* What tshark says about the fields must be exactly `expected`, a line a frame. */
static inline void says(struct capture *capture, const char *fields, const char *expected)
{
	char format[2048], line[2048], output[16384];
	pcap_dump_flush(capture->dumper);
	snprintf(format, sizeof format, "%s%s%s", TSHARK, fields, QUIET);
	snprintf(line, sizeof line, format, capture->path);
	FILE *pipe = popen(line, "r");
	assert_non_null(pipe);
	size_t size = fread(output, 1, sizeof output - 1, pipe);
	output[size] = '\0';
	assert_int_equal(pclose(pipe), 0);
	assert_string_equal(output, expected);
}

static inline void capture_close(struct capture *capture)
{
	pcap_dump_close(capture->dumper);
	pcap_close(capture->pcap);
	unlink(capture->path);
}

#endif
