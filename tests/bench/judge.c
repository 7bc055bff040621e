/* judge.c: how fast a recording is read: decoding in C, packet views in Lua, the matcher of the expectation
 * language. A recording of PACKETS packets is made in memory, with two hosts and one TCP flow; judge.lua
 * reads it. usage: judge FILE.lua; prints "name packets-per-second" lines. */
#include "bind/library.h"
#include "bind/recording.h"
#include "facts/checksum.h"
#include "facts/flow.h"
#include "facts/packet.h"

#include <arpa/inet.h>
#include <lauxlib.h>
#include <lualib.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PACKETS 10000
#define ROUNDS  300
#define DATA    100 /* bytes of every segment from the client */
#define SLOTS   64

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Packet number `nth` (from 0): data from the client, then its acknowledgement, and so on. Returns its
 * length. */
static size_t make_frame(uint8_t *frame, unsigned nth)
{
	bool data = nth % 2 == 0;
	const uint32_t client = htonl(0x0a000001);
	const uint32_t server = htonl(0x0a000002);
	size_t payload = data ? DATA : 0;
	size_t length = sizeof(struct ether_header) + sizeof(struct iphdr) + sizeof(struct tcphdr) + payload;
	struct ether_header ether = {.ether_type = htons(ETHERTYPE_IP)};
	ether.ether_shost[0] = ether.ether_dhost[0] = 2;
	ether.ether_shost[5] = data ? 1 : 2;
	ether.ether_dhost[5] = data ? 2 : 1;
	struct iphdr ip = {.version = 4,
			   .ihl = 5,
			   .ttl = 64,
			   .protocol = IPPROTO_TCP,
			   .tot_len = htons((uint16_t)(length - sizeof ether)),
			   .saddr = data ? client : server,
			   .daddr = data ? server : client};
	struct tcphdr tcp = {.th_sport = htons(data ? 40000 : 80),
			     .th_dport = htons(data ? 80 : 40000),
			     .th_seq = htonl(data ? 1 + nth / 2 * DATA : 1),
			     .th_ack = htonl(data ? 1 : 1 + (nth / 2 + 1) * DATA),
			     .th_off = 5,
			     .th_flags = data ? TH_PUSH | TH_ACK : TH_ACK,
			     .th_win = htons(500)};
	memset(frame, 'x', length);
	memcpy(frame, &ether, sizeof ether);
	memcpy(frame + sizeof ether, &ip, sizeof ip);
	memcpy(frame + sizeof ether + sizeof ip, &tcp, sizeof tcp);
	nlab_checksum_complete(frame, length);
	return length;
}

static void record_host(struct nlab_recording *recording, uint16_t id, const char *name)
{
	struct nlab_event_record host = {.event = NLAB_EVENT_HOST, .host = id, .a = id};
	struct nlab_event_record port = {.event = NLAB_EVENT_PORT, .host = id, .a = id};
	char text[64];
	snprintf(text, sizeof text, "eth0 02:00:00:00:00:%02x 10.0.0.%u/24", id, id);
	nlab_recording_event(recording, &host, name, strlen(name));
	nlab_recording_event(recording, &port, text, strlen(text));
}

static void fill(struct nlab_recording *recording, struct nlab_flows *flows)
{
	uint8_t frame[256];
	record_host(recording, 1, "client");
	record_host(recording, 2, "server");
	for (unsigned i = 0; i < PACKETS; i++) {
		struct nlab_packet packet;
		struct nlab_flow_mark mark;
		size_t length = make_frame(frame, i);
		nlab_packet_decode(&packet, frame, length, length);
		nlab_flows_see(flows, &packet, 0, &mark);
		const uint16_t from = i % 2 == 0 ? 1 : 2;
		const struct nlab_packet_record record = {.head.time_ns = 1 + i,
							  .received_ns = 2 + i,
							  .fate = NLAB_FATE_DELIVERED,
							  .from_port = from,
							  .to_port = (uint16_t)(3 - from),
							  .src_host = from,
							  .dst_host = (uint16_t)(3 - from),
							  .flow = mark.flow,
							  .seq_base = mark.seq_base,
							  .ack_base = mark.ack_base,
							  .captured = (uint32_t)length,
							  .length = (uint32_t)length};
		nlab_recording_packet(recording, &record, frame);
	}
}

static void decode_all(const struct nlab_recording *recording)
{
	uint64_t sum = 0;
	double began = seconds();
	for (int round = 0; round < ROUNDS; round++) {
		const struct nlab_lab_record *at = NULL;
		while ((at = nlab_recording_next(recording, at))) {
			const struct nlab_packet_record *record = (const void *)at;
			struct nlab_packet packet;
			if (at->kind == NLAB_LAB_PACKET) {
				nlab_packet_decode(&packet, record->frame, record->captured, record->length);
				sum += packet.tcp.seq + packet.payload_length;
			}
		}
	}
	printf("decode %.0f\n", (double)PACKETS * ROUNDS / (seconds() - began + (sum == 0)));
}

static int lua_seconds(lua_State *L)
{
	lua_pushnumber(L, seconds());
	return 1;
}

/* Lua: the file's function gets the recording and a clock. */
static int run_file(lua_State *L)
{
	luaL_openlibs(L);
	nlab_library_open(L);
	luaL_requiref(L, "netlab.core.recording", luaopen_netlab_recording, 0);
	if (luaL_loadfile(L, lua_tostring(L, 1)) != LUA_OK) {
		return lua_error(L);
	}
	nlab_recording_push(L, lua_touserdata(L, 2));
	lua_pushcfunction(L, lua_seconds);
	lua_call(L, 2, 0);
	return 0;
}

int main(int argc, char **argv)
{
	struct nlab_recording recording;
	struct nlab_flows *flows = nlab_flows_new();
	lua_State *L = luaL_newstate();
	if (argc != 2 || !flows || !L || !nlab_recording_open(&recording, 16 << 20, SLOTS, NULL)) {
		return 2;
	}
	fill(&recording, flows);
	decode_all(&recording);
	lua_pushcfunction(L, run_file);
	lua_pushstring(L, argv[1]);
	lua_pushlightuserdata(L, &recording);
	int status = lua_pcall(L, 2, 0, 0);
	if (status != LUA_OK) {
		fprintf(stderr, "judge: %s\n", lua_tostring(L, -1));
	}
	lua_close(L);
	nlab_flows_free(flows);
	nlab_recording_close(&recording);
	return status != LUA_OK;
}
