/* test_pcapng.c: a recording written as pcapng, as tshark and tcpdump read it. Both must be installed. */
#include "facts/pcapng.h"

#include "facts/packet.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "told.h"

/* 1 a SYN that arrives after 2 already left; 2 its answer, dropped; 3 loopback; 4 flooded; 5 cut; 6 never
 * announced. */
static void fill(struct nlab_recording *recording)
{
	struct frame syn = {0}, answer = {0}, local = {0}, udp = {0};
	tell_hosts(recording);
	frame_tcp(&syn, (struct segment){.sport = 4000, .dport = 80, .flags = NLAB_TCP_SYN, .seq = 1});
	frame_tcp(&answer, (struct segment){.src = "10.0.0.2",
					    .dst = "10.0.0.1",
					    .sport = 80,
					    .dport = 4000,
					    .flags = NLAB_TCP_SYN | NLAB_TCP_ACK,
					    .seq = 9,
					    .ack = 2});
	frame_udp(&local, "127.0.0.1", 7, "127.0.0.1", 8, "loop");
	memset(local.bytes, 0, 12);
	frame_udp(&udp, "10.0.0.1", 7, "10.0.0.3", 8, "odd");
	struct nlab_packet_record record = {.from_port = 12, .to_port = 13, .fate = NLAB_FATE_DELIVERED};
	tell_packet(recording, &record, 1000, 3000, &syn);
	record =
	    (struct nlab_packet_record){.from_port = 13, .to_port = 12, .fate = NLAB_FATE_DROPPED, .rule = 2};
	tell_packet(recording, &record, 2000, 0, &answer);
	record = (struct nlab_packet_record){.from_port = 11, .to_port = 11, .fate = NLAB_FATE_DELIVERED};
	tell_packet(recording, &record, 4000, 4000, &local);
	record = (struct nlab_packet_record){
	    .from_port = 12, .to_port = NLAB_PORT_FLOOD, .fate = NLAB_FATE_DELIVERED};
	tell_packet(recording, &record, 5000, 5000, &udp);
	record = (struct nlab_packet_record){.from_port = 12, .to_port = 13, .fate = NLAB_FATE_CUT};
	tell_packet(recording, &record, 6000, 0, &udp);
	record = (struct nlab_packet_record){.from_port = 99, .to_port = 13, .fate = NLAB_FATE_DELIVERED};
	tell_packet(recording, &record, 7000, 8000, &udp);
}

static int setup(void **state)
{
	static char path[] = "/tmp/test_pcapng.XXXXXX";
	struct nlab_recording recording;
	struct nlab_error error;
	strcpy(path, "/tmp/test_pcapng.XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_true(nlab_recording_open(&recording, 1 << 20, 8, &error));
	fill(&recording);
	assert_true(nlab_pcapng_write(&recording, fd, &(struct nlab_pcapng_notes){.title = "refused \"SYN\""},
				      &error));
	close(fd);
	nlab_recording_close(&recording);
	*state = path;
	return 0;
}

static int teardown(void **state)
{
	unlink(*state);
	return 0;
}

/* Run a command with the file's path for %s; its output and complaints must be exactly `expected`, its status
 * 0. */
static void prints(const char *command, const char *path, const char *expected)
{
	char line[1024], output[16384];
	snprintf(line, sizeof line, command, path);
	FILE *pipe = popen(line, "r");
	assert_non_null(pipe);
	size_t size = fread(output, 1, sizeof output - 1, pipe);
	output[size] = '\0';
	int status = pclose(pipe);
	assert_string_equal(output, expected);
	assert_int_equal(status, 0);
}

/* Without anybody's settings. tshark warns on stderr when it is root; nothing else may stand there. */
#define TSHARK "HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent LC_ALL=C tshark -r %s "
#define QUIET  " 2>&1 | grep -v '^Running as user \"root\"'"

static void tshark_packets(void **state)
{
	prints(TSHARK
	       "-T fields -E separator=/s -e frame.time_epoch -e frame.interface_name -e frame.packet_id "
	       "-e frame.packet_flags_direction -e frame.comment" QUIET,
	       *state,
	       "1700000000.000001001 client:eth0 1 0x00000002 \n"
	       "1700000000.000002001 server:eth0 2 0x00000002 dropped by the wire, rule 2: server -> client "
	       "SYN,ACK\n"
	       "1700000000.000003001 server:eth0 1 0x00000001 \n"
	       "1700000000.000004001 client:lo 3  \n"
	       "1700000000.000005001 client:eth0 4 0x00000002 \n"
	       "1700000000.000005001 server:eth0 4 0x00000001 \n"
	       "1700000000.000005001 third-one:eth0 4 0x00000001 \n"
	       "1700000000.000006001 client:eth0 5 0x00000002 lost, the link is cut\n"
	       "1700000000.000007001 wire 6 0x00000002 \n"
	       "1700000000.000008001 server:eth0 6 0x00000001 \n");
}

/* The names come from the file alone: no resolver of the machine is asked. */
static void tshark_names(void **state)
{
	prints(TSHARK "-N n -Y 'frame.number <= 4' -T fields -E separator=/s -e ip.src_host -e ip.dst_host "
		      "-e frame.interface_description" QUIET,
	       *state,
	       "client server client\n"
	       "server client server\n"
	       "client server server\n"
	       "127.0.0.1 127.0.0.1 client\n");
}

static void tshark_bytes(void **state)
{
	prints(
	    TSHARK
	    "-o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE "
	    "-Y 'tcp.checksum.status == 1 || udp.checksum.status == 1' -T fields -e ip.checksum.status" QUIET,
	    *state, "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n");
	prints(TSHARK "-Y _ws.malformed" QUIET "; true", *state, "");
	prints(TSHARK "-Y 'frame.number == 4' -T fields -e frame.len -e frame.cap_len -e udp.payload" QUIET,
	       *state, "46\t46\t6c6f6f70\n");
}

static void capinfos(void **state)
{
	prints("capinfos %s 2>&1 | grep -E 'Capture (application|comment)|Number of interfaces|Number of "
	       "packets =|"
	       "snaplen|Encapsulation = '",
	       *state,
	       "Capture application: netlab\n"
	       "Capture comment:     refused \"SYN\"\n"
	       "Number of interfaces in file: 5\n"
	       "                     Encapsulation = Ethernet (1 - ether)\n"
	       "                     Number of packets = 1\n"
	       "                     Encapsulation = Ethernet (1 - ether)\n"
	       "                     Number of packets = 3\n"
	       "                     Encapsulation = Ethernet (1 - ether)\n"
	       "                     Number of packets = 4\n"
	       "                     Encapsulation = Ethernet (1 - ether)\n"
	       "                     Number of packets = 1\n"
	       "                     Encapsulation = Ethernet (1 - ether)\n"
	       "                     Number of packets = 1\n");
}

static void tcpdump(void **state)
{
	prints("tcpdump -nn -tt --nano -vv -r %s 2>&1 | grep -c 'cksum 0x.*(correct)'", *state, "3\n");
	prints("tcpdump -nn -tt --nano -q -r %s 2>/dev/null | head -3 | cut -d, -f1", *state,
	       "1700000000.000001001 IP 10.0.0.1.4000 > 10.0.0.2.80: tcp 0\n"
	       "1700000000.000002001 IP 10.0.0.2.80 > 10.0.0.1.4000: tcp 0\n"
	       "1700000000.000003001 IP 10.0.0.1.4000 > 10.0.0.2.80: tcp 0\n");
	prints(
	    "tcpdump -nn -r %s 2>&1 >/dev/null | grep -v '^reading from file .* link-type EN10MB (Ethernet), "
	    "snapshot length 262144'; true",
	    *state, "");
}

/* An empty recording, one with packets alone, and one whose blocks do not fit into one write. */
static void sizes(void **state)
{
	(void)state;
	char path[] = "/tmp/test_pcapng.XXXXXX";
	struct nlab_recording recording;
	struct nlab_error error;
	struct frame frame = {0};
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_true(nlab_recording_open(&recording, 1 << 20, 8, &error));
	assert_true(nlab_pcapng_write(&recording, fd, &(struct nlab_pcapng_notes){0}, &error));
	prints("capinfos -c -M -T -r %s 2>&1 | cut -f2", path, "0\n");
	frame_udp(&frame, "10.0.0.1", 7, "10.0.0.3", 8, "odd");
	for (unsigned i = 0; i < 3000; i++) {
		tell_packet(&recording, &(struct nlab_packet_record){.fate = NLAB_FATE_NOWHERE}, i, 0,
			    &frame);
	}
	assert_int_equal(ftruncate(fd, 0), 0);
	lseek(fd, 0, SEEK_SET);
	assert_true(nlab_pcapng_write(&recording, fd, &(struct nlab_pcapng_notes){0}, &error));
	prints("capinfos -c -M -T -r %s 2>&1 | cut -f2", path, "3000\n");
	nlab_recording_close(&recording);
	close(fd);
	unlink(path);
}

static void full_disk(void **state)
{
	(void)state;
	struct nlab_recording recording;
	struct nlab_error error = {0};
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(nlab_recording_open(&recording, 1 << 20, 8, &error));
	fill(&recording);
	assert_false(nlab_pcapng_write(&recording, fd, &(struct nlab_pcapng_notes){0}, &error));
	assert_int_equal(error.code, ENOSPC);
	nlab_recording_close(&recording);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tshark_packets), cmocka_unit_test(tshark_names), cmocka_unit_test(tshark_bytes),
	    cmocka_unit_test(capinfos),       cmocka_unit_test(tcpdump),      cmocka_unit_test(sizes),
	    cmocka_unit_test(full_disk),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
