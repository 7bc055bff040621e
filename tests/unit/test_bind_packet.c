/* test_bind_packet.c: packets and recordings as Lua sees them. */
#include "bind/recording.h"

#include "base/clock.h"

#include "facts/packet.h"

#include <errno.h>
#include <lauxlib.h>
#include <lualib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "told.h"

struct world {
	struct nlab_recording recording;
	lua_State *L;
};

static const uint8_t OPTIONS[] = {2, 4,    5, 0xb4, 4,    2,    8, 10, 0,    0,    0,  3,    0, 0,
				  0, 9,    1, 3,    3,    7,    5, 18, 0,    0,    3,  0xe9, 0, 0,
				  7, 0xd1, 0, 0,    0x0b, 0xb9, 0, 0,  0x0f, 0xa1, 34, 2};

/* 1 SYN,ACK with everything, 2 loopback UDP, 3 an ICMP error, flooded, 4 ARP, dropped. */
static void fill(struct nlab_recording *recording)
{
	struct frame frame = {0};
	frame_tcp(&frame, (struct segment){.src = "10.0.0.2",
					   .dst = "10.0.0.1",
					   .sport = 80,
					   .dport = 4000,
					   .flags = NLAB_TCP_SYN | NLAB_TCP_ACK,
					   .seq = 105,
					   .ack = 1001,
					   .options = OPTIONS,
					   .options_size = sizeof OPTIONS,
					   .payload = "a\nb"});
	struct nlab_packet_record record = {.from_port = 4,
					    .to_port = 2,
					    .src_host = 2,
					    .dst_host = 1,
					    .fate = NLAB_FATE_DELIVERED,
					    .flow = 3,
					    .seq_base = 100,
					    .ack_base = 1000};
	tell_packet(recording, &record, 500000000, 1500000000, &frame);
	frame_udp(&frame, "127.0.0.1", 7, "127.0.0.1", 8, "loop");
	record = (struct nlab_packet_record){
	    .from_port = 1, .to_port = 1, .src_host = 1, .dst_host = 1, .flow = 4};
	tell_packet(recording, &record, 600000000, 0, &frame);
	frame_icmp_error(&frame);
	frame.bytes[FRAME_TRANSPORT + 2] ^= 1; /* spoil its checksum */
	record =
	    (struct nlab_packet_record){.from_port = 4, .to_port = NLAB_PORT_FLOOD, .fate = NLAB_FATE_HELD};
	tell_packet(recording, &record, 700000000, 0, &frame);
	static const uint8_t ARP[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0,  1, 8, 6,
				      0,    1,    8,    0,    6,    4,    0, 2, 2, 0, 0,  0, 0, 1,
				      10,   0,    0,    1,    0,    0,    0, 0, 0, 0, 10, 0, 0, 2};
	memcpy(frame.bytes, ARP, sizeof ARP);
	frame.size = sizeof ARP;
	record =
	    (struct nlab_packet_record){.from_port = 2, .to_port = 9, .fate = NLAB_FATE_DROPPED, .rule = 5};
	tell_packet(recording, &record, 800000000, 0, &frame);
}

static void fill_slots(struct nlab_recording *recording)
{
	static const char TEXT[] = "128";
	char out[300];
	recording->pid = 77;
	struct nlab_slot *call = nlab_recording_slot(recording, NLAB_SLOT_CALL, 0);
	call->host = 1;
	call->fd = 5;
	call->line = 12;
	call->result = -1;
	call->error = ECONNREFUSED;
	strcpy(call->name, "connect");
	memcpy(call->text, "5, 10.0.0.2", 11);
	call->args_length = 11;
	atomic_fetch_add(&recording->calls->taken, 1); /* a hole */
	nlab_recording_slot_end(call);
	call->begin_ns = START + 1000000000;
	call->end_ns = START + 2000000000;
	memset(out, 'o', sizeof out);
	call = nlab_recording_slot(recording, NLAB_SLOT_CALL, 304);
	strcpy(call->name, "recv");
	memcpy(call->text, TEXT, 4);
	memcpy((char *)call + offsetof(struct nlab_slot, text) + 4, out, sizeof out);
	call->args_length = 3;
	call->out_length = sizeof out;
	assert_non_null(nlab_recording_text(recording, NLAB_SLOT_NOTE, 2, 3, 1, "note", "so it goes", 10));
}

static int setup(void **state)
{
	static struct world world;
	struct nlab_error error;
	assert_true(nlab_recording_open(&world.recording, 1 << 20, 64, &error));
	tell(&world.recording, NLAB_EVENT_HOST, 1, 0, "client");
	tell(&world.recording, NLAB_EVENT_HOST, 2, 0, "server");
	tell(&world.recording, NLAB_EVENT_PORT, 1, 1, "lo 00:00:00:00:00:00 127.0.0.1/8");
	tell(&world.recording, NLAB_EVENT_PORT, 1, 2, "eth0 02:00:00:00:00:01 10.0.0.1/24 fd00::1/64");
	tell(&world.recording, NLAB_EVENT_PORT, 2, 4, "eth0 02:00:00:00:00:02 10.0.0.2/24");
	tell(&world.recording, NLAB_EVENT_PORT, 2, 5, "eth1 02:00:00:00:00:03 fd00:1::2/64");
	tell_at(&world.recording, 250000000, NLAB_EVENT_ORDER, 0, 7, "cut the link");
	fill(&world.recording);
	fill_slots(&world.recording);
	world.L = luaL_newstate();
	luaL_openlibs(world.L);
	luaL_requiref(world.L, "netlab.core.recording", luaopen_netlab_recording, 0);
	lua_pop(world.L, 1);
	nlab_recording_push(world.L, &world.recording);
	lua_setglobal(world.L, "rec");
	*state = &world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	lua_close(world->L);
	nlab_recording_close(&world->recording);
	return 0;
}

/* Run Lua code in which every line that is a condition is written as check(value, expected). */
static void lua(struct world *world, const char *code)
{
	static const char CHECK[] =
	    "local function check(value, expected)\n"
	    "  if value ~= expected or math.type(value) ~= math.type(expected) then\n"
	    "    error(('%s instead of %s'):format(tostring(value), tostring(expected)), 2)\n"
	    "  end\n"
	    "end ";
	char all[8192];
	snprintf(all, sizeof all, "%s%s", CHECK, code);
	if (luaL_dostring(world->L, all) != LUA_OK) {
		fail_msg("%s", lua_tostring(world->L, -1));
	}
	lua_settop(world->L, 0);
}

static void tcp_fields(void **state)
{
	lua(*state,
	    "local p = rec:packet(1)\n"
	    "check(p.id, 1) check(p.time, 0.5) check(p.received, 1.5) check(p.fate, 'delivered')\n"
	    "check(p.rule, nil) check(p.flow, 3) check(p.loopback, false)\n"
	    "check(p.from, 'server') check(p.to, 'client')\n"
	    "check(p.src_host, 'server') check(p.dst_host, 'client')\n"
	    "check(p.src, '10.0.0.2') check(p.dst, '10.0.0.1') check(p.sport, 80) check(p.dport, 4000)\n"
	    "check(p.proto, 'tcp') check(p.length, 97) check(p.ttl, 64) check(p.tos, 0)\n"
	    "check(p.ipid, 0x1234) check(p.df, true) check(p.mf, false) check(p.frag, 0)\n"
	    "check(p.flags, 'SYN,ACK') check(p.seq, 5) check(p.ack, 1)\n"
	    "check(p.rawseq, 105) check(p.rawack, 1001) check(p.len, 3) check(p.win, 501)\n"
	    "check(p.urg, nil) check(p.checksum_ok, true)\n"
	    "check(p.options, 'mss,sackok,ts,nop,wscale,sack,fastopen')\n"
	    "check(p.mss, 1460) check(p.wscale, 7) check(p.sackok, true) check(p.ts, true)\n"
	    "check(p.tsval, 3) check(p.tsecr, 9) check(p.sack, '1:1001 2001:3001')\n"
	    "check(p.fastopen, '') check(p.payload, 'a\\nb')\n"
	    "check(p.icmp_type, nil) check(p.quoted, nil) check(p.arp_op, nil)\n");
}

static void other_fields(void **state)
{
	lua(*state,
	    "local p = rec:packet(2)\n"
	    "check(p.loopback, true) check(p.from, 'client') check(p.to, 'client')\n"
	    "check(p.proto, 'udp') check(p.payload, 'loop') check(p.flags, nil) check(p.seq, nil)\n"
	    "check(p.options, nil) check(p.sack, nil) check(p.fate, 'pending') check(p.received, nil)\n"
	    "p = rec:packet(3)\n"
	    "check(p.to, '*') check(p.proto, 'icmp') check(p.icmp_type, 3) check(p.icmp_code, 3)\n"
	    "check(p.fate, 'held') check(p.src_host, nil) check(p.flow, nil) check(p.checksum_ok, false)\n"
	    "local q = p.quoted\n"
	    "check(q.src, '10.0.0.1') check(q.dst, '10.0.0.2') check(q.proto, 'udp')\n"
	    "check(q.sport, 5000) check(q.dport, 53)\n"
	    "p = rec:packet(4)\n"
	    "check(p.proto, 'arp') check(p.arp_op, 2) check(p.arp_spa, '10.0.0.1')\n"
	    "check(p.arp_tpa, '10.0.0.2') check(p.arp_sha, '02:00:00:00:00:01')\n"
	    "check(p.fate, 'dropped') check(p.rule, 5) check(p.to, nil) check(p.payload, nil)\n"
	    "check(p.checksum_ok, nil)\n");
}

static void names_and_pairs(void **state)
{
	lua(*state,
	    "local p = rec:packet(4)\n"
	    "local ok, message = pcall(function() return p.sprot end)\n"
	    "check(ok, false) check(message:match(\"a packet has no field 'sprot'\") ~= nil, true)\n"
	    "check(pcall(function() return p[1] end), false)\n"
	    "check(pcall(function() p.seq = 1 end), false)\n"
	    "local seen, count = {}, 0\n"
	    "for name, value in pairs(p) do seen[name] = value; count = count + 1 end\n"
	    "check(seen.arp_op, 2) check(seen.rule, 5) check(seen.seq, nil) check(seen.loopback, false)\n"
	    "check(count, 14)\n"
	    "count = 0 for _ in pairs(rec:packet(1)) do count = count + 1 end check(count, 40)\n");
}

static void packets(void **state)
{
	lua(*state, "check(rec:packet_count(), 4)\n"
		    "check(rec:packet(0), nil) check(rec:packet(5), nil) check(rec:packet(-1), nil)\n"
		    "local function ids(...) local t = {} for p in rec:packets(...) do t[#t + 1] = p.id end\n"
		    "  return table.concat(t, ' ') end\n"
		    "check(ids(), '1 2 3 4') check(ids(2), '2 3 4') check(ids(2, 3), '2 3')\n"
		    "check(ids(3, 2), '') check(ids(1, 0), '') check(ids(9), '')\n"
		    "check(pcall(rec.packets, rec, 0), false) check(pcall(rec.packet, rec, 'x'), false)\n");
}

/* A packet keeps its recording's userdata, and so its names, from the collector. */
static void outlives_the_recording(void **state)
{
	struct world *world = *state;
	nlab_recording_push(world->L, &world->recording);
	lua_setglobal(world->L, "other");
	lua(world, "local p = other:packet(1)\n"
		   "local gone = setmetatable({other}, {__mode = 'v'})\n"
		   "other = nil collectgarbage() collectgarbage()\n"
		   "check(p.from, 'server') check(gone[1] ~= nil, true)\n"
		   "p = nil collectgarbage() collectgarbage() check(gone[1], nil)\n");
}

static void events_and_hosts(void **state)
{
	lua(*state,
	    "check(#rec:events(), 7) check(#rec:events('port'), 4)\n"
	    "local order = rec:events('order')[1]\n"
	    "check(order.kind, 'order') check(order.time, 0.25) check(order.text, 'cut the link')\n"
	    "check(order.a, 7) check(order.host, nil) check(order.pid, nil)\n"
	    "check(rec:events('port')[1].host, 'client')\n"
	    "local ok, message = pcall(rec.events, rec, 'cheese')\n"
	    "check(ok, false) check(message:match('one of: host port link') ~= nil, true)\n"
	    "local hosts = rec:hosts()\n"
	    "check(hosts.client.id, 1) check(hosts.client.ip, '10.0.0.1') check(hosts.client.ip6, "
	    "'fd00::1')\n"
	    "check(hosts.client.mac, '02:00:00:00:00:01')\n"
	    "check(hosts.server.ip, '10.0.0.2') check(hosts.server.ip6, nil) check(hosts.server.id, 2)\n");
}

static void slots(void **state)
{
	lua(*state,
	    "local all = rec:slots()\n"
	    "check(#all, 3)\n"
	    "local c = all[1]\n"
	    "check(c.index, 0) check(c.kind, 'call') check(c.pid, 77) check(c.host, 'client')\n"
	    "check(c.name, 'connect') check(c.args, '5, 10.0.0.2') check(c.out, nil) check(c.fd, 5)\n"
	    "check(c.line, 12) check(c.began, 1.0) check(c.ended, 2.0) check(c.result, -1)\n"
	    "check(c.error, 'ECONNREFUSED') check(c.errno, 111) check(c.looked, false) check(c.text, nil)\n"
	    "c = all[2]\n"
	    "check(c.index, 2) check(c.name, 'recv') check(c.args, '128') check(c.out, ('o'):rep(300))\n"
	    "check(c.ended, nil) check(c.result, nil) check(c.error, nil) check(c.fd, nil)\n"
	    "check(c.line, nil) check(c.host, nil)\n"
	    "c = all[3]\n"
	    "check(c.index, 4) check(c.kind, 'note') check(c.text, 'so it goes') check(c.result, 1)\n"
	    "check(c.host, 'server') check(c.args, nil) check(c.error, nil)\n"
	    "check(#rec:slots('call'), 2) check(#rec:slots('signal'), 0) check(#rec:slots(nil, 1), 2)\n"
	    "check(pcall(rec.slots, rec, 'cheese'), false)\n");
}

static void whole(void **state)
{
	struct world *world = *state;
	lua(world, "check(rec:overflowed(), false) check(rec:start_ns(), 1700000000000000001)\n"
		   "check(rec:now() > 0, true) check(math.type(rec:now()), 'float')\n"
		   "local name = os.tmpname()\n"
		   "check(rec:save_pcapng(name, 'title'), true)\n"
		   "local file = io.open(name, 'rb')\n"
		   "check(file:read(4), '\\n\\r\\r\\n') file:close() os.remove(name)\n"
		   "local ok, message = rec:save_pcapng('/nowhere/file')\n"
		   "check(ok, nil) check(message:match('/nowhere/file.*ENOENT') ~= nil, true)\n");
	atomic_store(&world->recording.calls->overflow, 1);
	lua(world, "check(rec:overflowed(), true)");
	atomic_store(&world->recording.calls->overflow, 0);
}

/* Waiting: there already; not coming in the time; coming from another process. Last, since it adds a packet.
 */
static void waits(void **state)
{
	struct world *world = *state;
	lua(world, "check(rec:wait(3, 0), true) check(rec:wait(4, 0), false) check(rec:wait(4, -1), false)\n"
		   "check(rec:wait(4, 0.01), false)\n");
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct frame frame = {0};
		struct nlab_packet_record record = {.from_port = 2};
		alarm(60);
		while (atomic_load(&world->recording.lab->waiters) == 0) {
			usleep(100);
		}
		tell(&world->recording, NLAB_EVENT_HOST, 3, 0, "late");
		tell(&world->recording, NLAB_EVENT_PORT, 3, 2, "eth0 02:00:00:00:00:04");
		frame_udp(&frame, "10.0.0.1", 7, "10.0.0.2", 8, "late");
		tell_packet(&world->recording, &record, 0, 0, &frame);
		_exit(0);
	}
	lua(world, "check(rec:wait(4), true) check(rec:packet_count(), 5)\n"
		   "check(rec:packet(5).payload, 'late') check(rec:packet(5).from, 'late')\n"
		   "check(rec:wait(4, 60), true)\n");
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* A recording in which nothing happened yet. */
static void empty(void **state)
{
	struct world *world = *state;
	struct nlab_recording recording;
	assert_true(nlab_recording_open(&recording, 4096, 1, NULL));
	nlab_recording_push(world->L, &recording);
	lua_setglobal(world->L, "bare");
	lua(world, "check(bare:packet_count(), 0) check(bare:packet(1), nil) check(#bare:slots(), 0)\n"
		   "check(#bare:events(), 0) check(next(bare:hosts()), nil) check(bare:now(), 0.0)\n"
		   "check(bare:start_ns(), 0) bare = nil collectgarbage()\n");
	nlab_recording_close(&recording);
}

int main(void)
{
	alarm(120); /* a wake that is lost must end the program */
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tcp_fields),
	    cmocka_unit_test(other_fields),
	    cmocka_unit_test(names_and_pairs),
	    cmocka_unit_test(packets),
	    cmocka_unit_test(outlives_the_recording),
	    cmocka_unit_test(events_and_hosts),
	    cmocka_unit_test(slots),
	    cmocka_unit_test(whole),
	    cmocka_unit_test(waits),
	    cmocka_unit_test(empty),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
