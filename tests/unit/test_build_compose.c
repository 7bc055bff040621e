/* test_build_compose.c: what is sent as a packet form matches that form: form -> frame -> recording -> form.match, for
 * every field of the expectation language that can be sent. The other fields of build.frame are read back from the
 * packet. The Lua library is the program's own; with LUATEST_COLLECT set, the collector works all the time. */
#include "bind/build.h"
#include "bind/library.h"
#include "bind/recording.h"

#include <lauxlib.h>
#include <lualib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct nlab_recording recording;
	lua_State *L;
};

static void add_event(struct nlab_recording *recording, uint16_t kind, uint16_t host, const char *text)
{
	struct nlab_event_record event = {.event = kind, .host = host, .a = host};
	nlab_recording_event(recording, &event, text, strlen(text));
}

/* Lua: frame, seq_base, ack_base, src_host, dst_host (ids, 0: nobody) -> the packet as it was recorded. */
static int record(lua_State *L)
{
	struct nlab_recording *recording = lua_touserdata(L, lua_upvalueindex(1));
	size_t size;
	const char *frame = luaL_checklstring(L, 1, &size);
	struct nlab_packet_record packet = {.seq_base = (uint32_t)luaL_checkinteger(L, 2),
					    .ack_base = (uint32_t)luaL_checkinteger(L, 3),
					    .src_host = (uint16_t)luaL_checkinteger(L, 4),
					    .dst_host = (uint16_t)luaL_checkinteger(L, 5),
					    .from_port = 2,
					    .to_port = 1,
					    .flow = 1,
					    .fate = NLAB_FATE_DELIVERED,
					    .captured = (uint32_t)size,
					    .length = (uint32_t)size};
	if (!nlab_recording_packet(recording, &packet, (const uint8_t *)frame)) {
		return luaL_error(L, "no room in the recording");
	}
	lua_getglobal(L, "rec");
	lua_getfield(L, -1, "packet");
	lua_insert(L, -2);
	lua_pushinteger(L, recording->lab->packets);
	lua_call(L, 2, 1);
	return 1;
}

static const char PRELUDE[] =
    "compose, form = require 'netlab.lab.compose', require 'netlab.expect.form'\n"
    "grammar, address = require 'netlab.expect.grammar', require 'netlab.expect.address'\n"
    "hosts = {\n"
    "  client = {id = 1, ip = '10.0.0.1', ip6 = 'fd00::1', mac = '02:00:00:00:00:01'},\n"
    "  peer = {id = 2, ip = '10.0.0.2', ip6 = 'fd00::2', mac = '02:00:00:00:00:02'},\n"
    "}\n"
    "context = {hosts = hosts, binds = {p = 40000, x = 77, text = 'some text'}, flow = function(ends)\n"
    "  return {seq_base = 4294967290, ack_base = 5000, sport = 81, dport = 82, seq = 3, ack = 4}\n"
    "end}\n"
    "function owner(ip)\n"
    "  local name = address.owner(ip, hosts)\n"
    "  return name and hosts[name].id or 0\n"
    "end\n"
    "-- The packet that comes of a form, and the form.\n"
    "function send(text, more)\n"
    "  local parsed = grammar.packet_form(text, {source = 'test', line = 1})\n"
    "  local packet = compose.packet(parsed, context, more)\n"
    "  local frame = compose.frames(parsed, context, more)[1]\n"
    "  return record(frame, 4294967290, 5000, owner(packet.src), owner(packet.dst)), parsed, frame\n"
    "end\n"
    "function matches(text)\n"
    "  local view, parsed = send(text)\n"
    "  for i = #parsed.fields, 1, -1 do\n"
    "    if parsed.fields[i].row.sending then table.remove(parsed.fields, i) end\n"
    "  end\n"
    "  local fine, d = form.match(parsed, view, {hosts = hosts}, context.binds)\n"
    "  if not fine then error(('%s: %s instead of %s'):format(d.field, d.observed, d.expected), 0) end\n"
    "end\n";

/* Run a chunk, which stays on the stack only for its message; NULL when it ends well. */
static const char *run(lua_State *L, const char *chunk)
{
	lua_settop(L, 0);
	return luaL_dostring(L, chunk) == LUA_OK ? NULL : luaL_tolstring(L, -1, NULL);
}

static int open_library(lua_State *L)
{
	luaL_openlibs(L);
	nlab_library_open(L);
	return 0;
}

static int setup(void **state)
{
	static struct world world;
	struct nlab_error error;
	if (!nlab_recording_open(&world.recording, 1 << 20, 16, &error)) {
		return -1;
	}
	add_event(&world.recording, NLAB_EVENT_HOST, 1, "client");
	add_event(&world.recording, NLAB_EVENT_HOST, 2, "peer");
	add_event(&world.recording, NLAB_EVENT_PORT, 1, "eth0 02:00:00:00:00:01 10.0.0.1/24 fd00::1/64");
	add_event(&world.recording, NLAB_EVENT_PORT, 2, "eth0 02:00:00:00:00:02 10.0.0.2/24 fd00::2/64");
	world.L = luaL_newstate();
	if (getenv("LUATEST_COLLECT")) {
		lua_gc(world.L, LUA_GCINC, 1, 1000, 0);
	}
	lua_pushcfunction(world.L, open_library);
	if (lua_pcall(world.L, 0, 0, 0) != LUA_OK) {
		return -1;
	}
	luaL_requiref(world.L, "netlab.core.build", luaopen_netlab_build, 0);
	luaL_requiref(world.L, "netlab.core.recording", luaopen_netlab_recording, 0);
	nlab_recording_push(world.L, &world.recording);
	lua_setglobal(world.L, "rec");
	lua_pushlightuserdata(world.L, &world.recording);
	lua_pushcclosure(world.L, record, 1);
	lua_setglobal(world.L, "record");
	const char *problem = run(world.L, PRELUDE);
	if (problem) {
		fprintf(stderr, "%s\n", problem);
	}
	*state = &world;
	return problem ? -1 : 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	lua_close(world->L);
	nlab_recording_close(&world->recording);
	return 0;
}

/* ---- the forms ---- */

static const char *const FORMS[] = {
    "peer:80 -> client:$p SYN,ACK seq=0 ack=1 mss=1460",
    "peer:80 -> client:40000 S. seq=-1 ack=-1",
    "peer:80 -> client:1 none seq=5",
    "peer:80 -> client:1 FIN,RST,PSH,ACK",
    "peer:80 -> client:1 SYN,ECE,CWR",
    "peer:80 -> client:1 ACK,URG urg=9",
    "peer -> client SYN",
    "peer -> client ACK seq=3 ack=4 sport=81 dport=82",
    "peer:$p -> client:$x ACK",
    "peer:1 -> client:2 SYN rawseq=4294967295 rawack=9",
    "peer:1 -> client:2 ACK rawseq=$x rawack=$x+1",
    "peer:1 -> client:2 ACK seq=$x-1 len=0 win=0",
    "peer:1 -> client:2 ACK win=65535 !urg",
    "peer:1 -> client:2 SYN wscale=14 sackok ts tsval=-1 tsecr=7 mss=0",
    "peer:1 -> client:2 SYN ts !sackok !mss !wscale !sack !fastopen !ack",
    "peer:1 -> client:2 SYN mss=1460 sackok tsval=1 wscale=7 options=\"mss,sackok,ts,nop,wscale\"",
    "peer:1 -> client:2 SYN mss=1460 wscale=7 options=nop,wscale,mss",
    "peer:1 -> client:2 ACK sack=\"1:1001 2001:3001\"",
    "peer:1 -> client:2 ACK sack=\"4294967295:0 1:2 3:4 5:6\"",
    "peer:1 -> client:2 SYN fastopen=\"cafebabe\"",
    "peer:1 -> client:2 SYN fastopen",
    "peer:1 -> client:2 ACK payload=\"GET / HTTP/1.0\\r\\n\\0\\xff\" len=18",
    "peer:1 -> client:2 ACK payload=$text",
    "peer:1 -> client:2 ACK len=1460 checksum_ok",
    "peer:1 -> client:2 ACK ttl=1 tos=3 ipid=9 df !mf frag=0",
    "peer:1 -> client:2 ACK mf",
    "peer:1 -> client:2 ACK !df !checksum_ok",
    "peer:1 -> client:2 ACK src=peer dst=10.0.0.1",
    "10.9.9.9:1 -> client:2 SYN src_mac=\"02:00:00:00:00:02\"",
    "* -> client:2 SYN src=10.9.9.9 sport=5 src_mac=\"02:00:00:00:00:02\"",
    "[fd00::2]:1 -> client:2 SYN seq=0 ttl=255 tos=255 flowlabel=9",
    "peer:1 -> [fd00::1]:2 UDP len=1",
    "peer:1 -> client:2 UDP dst=fd00::1",
    "peer:53 -> client:2 UDP payload=\"x\" !checksum_ok",
    "peer:53 -> client:2 UDP len=65507",
    "peer -> client ICMP echo-request echo.id=7 echo.seq=1 payload=\"ping\"",
    "peer -> client ICMP type=13 code=1",
    "peer -> client ICMP echo-reply !checksum_ok",
    "peer -> client ICMP port-unreachable quoted.sport=5 quoted.dport=6",
    "peer -> client ICMP type=3 code=1 quoted.src=client quoted.dst=10.7.7.7 quoted.proto=udp quoted.dport=6",
    "peer -> client ICMP unreachable code=3 quoted.proto=icmp",
    "peer -> client ICMP time-exceeded payload=\"\"",
    "peer -> client ICMP6 echo-reply len=8",
    "peer -> client ICMP6 packet-too-big mtu=1280 quoted.sport=5 quoted.dport=6 quoted.seq=1",
    "peer -> client ICMP6 port-unreachable quoted.dst=peer quoted.proto=icmp6",
    "peer -> client IP ipproto=253 payload=\"x\"",
    "peer -> client IP ipproto=253 frag=1480 mf len=8",
    "peer -> client IP ipproto=253 !checksum_ok",
    "peer -> [fd00::1] IP ipproto=253",
    "peer -> 224.0.0.22 IP ipproto=2 len=8",
    "peer -> client ARP request target=client",
    "peer -> * ARP request target=10.0.0.7 sender=10.0.0.8 mac=02:00:00:00:00:09",
    "peer -> client ARP reply sender=peer target=client target_mac=02:00:00:00:00:01",
    "peer -> client ARP op=9",
    "peer -> client OTHER ethertype=0x88b5",
};

static void forms_match(void **state)
{
	struct world *world = *state;
	unsigned failures = 0;
	for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
		lua_settop(world->L, 0);
		lua_getglobal(world->L, "matches");
		lua_pushstring(world->L, FORMS[i]);
		if (lua_pcall(world->L, 1, 0, 0) != LUA_OK) {
			fprintf(stderr, "%s: %s\n", FORMS[i], luaL_tolstring(world->L, -1, NULL));
			failures++;
		}
	}
	assert_int_equal(failures, 0);
}

static void lua(struct world *world, const char *chunk)
{
	const char *problem = run(world->L, chunk);
	if (problem) {
		fail_msg("%s", problem);
	}
}

/* A field that no form names differs when it is changed: each form above would notice a field that is lost. */
static void others_do_not_match(void **state)
{
	lua(*state,
	    "local view = send 'peer:1 -> client:2 ACK seq=1 ack=1 mss=5 ttl=9 payload=\"x\"'\n"
	    "for _, field in ipairs{'seq=2', 'ack=2', 'mss=6', 'ttl=8', 'payload=\"y\"', 'sport=2', 'ts'} "
	    "do\n"
	    "  local f = grammar.packet_form('peer -> client ACK ' .. field, {source = 'test', line = 1})\n"
	    "  assert(not form.match(f, view, {hosts = hosts}, {}), field)\n"
	    "end\n");
}

static void defaults(void **state)
{
	lua(*state,
	    "local p = send 'peer:1 -> client:2 ACK'\n"
	    "assert(p.seq == 3 and p.ack == 4 and p.win == 65535 and p.ttl == 64 and p.tos == 0)\n"
	    "assert(p.options == '' and p.len == 0 and not p.df and p.ipid == 0 and p.checksum_ok)\n"
	    "assert(p.proto == 'tcp' and p.rawseq == (4294967290 + 3) % 2^32 and p.rawack == 5004)\n");
}

static void quoted_segment(void **state)
{
	lua(*state,
	    "local p, _, frame = send 'peer -> client ICMP port-unreachable quoted.sport=5 quoted.dport=6'\n"
	    "local q = p.quoted\n"
	    "assert(q.src == '10.0.0.1' and q.dst == '10.0.0.2' and q.proto == 'tcp')\n"
	    "assert(('>I4'):unpack(p.payload, 25) == (4294967290 + 3) % 2^32)\n"
	    "p = send 'peer -> client ICMP port-unreachable quoted.seq=9 quoted.sport=5'\n"
	    "assert(('>I4'):unpack(p.payload, 25) == 3)\n"
	    "p = send('peer -> client ICMP port-unreachable', {quoted = frame:sub(15)})\n"
	    "assert(p.quoted.proto == 'icmp' and p.payload == frame:sub(15))\n");
}

/* What a view does not show. */
static void sending_fields(void **state)
{
	lua(*state,
	    "local _, _, f = send 'peer:1 -> client:2 UDP checksum=0x1234 udplen=9 iplen=99 ipchecksum=5 "
	    "ihl=6'\n"
	    "assert(f:byte(15) == 0x46 and ('>I2'):unpack(f, 17) == 99 and ('>I2'):unpack(f, 25) == 5)\n"
	    "assert(('>I2'):unpack(f, 39) == 9 and ('>I2'):unpack(f, 41) == 0x1234)\n"
	    "_, _, f = send 'peer:1 -> client:2 SYN doff=9 rawoptions=\"\\\\xfe\\\\x02\" "
	    "ipoptions=\"\\\\x01\"'\n"
	    "assert(f:byte(15) == 0x46 and f:byte(35) == 1 and f:byte(51) >> 4 == 9)\n"
	    "assert(f:sub(59, 62) == '\\xfe\\2\\0\\0' and #f == 62)\n"
	    "local p\n"
	    "p, _, f = send 'peer:1 -> client:2 UDP checksum=bad'\n"
	    "assert(p.checksum_ok == false)\n"
	    "p = send 'peer:1 -> client:2 UDP ipchecksum=bad'\n"
	    "assert(p.checksum_ok == false)\n"
	    "_, _, f = send 'peer:1 -> [fd00::1]:2 UDP flowlabel=0xabcde'\n"
	    "assert(('>I4'):unpack(f, 15) == 0x600abcde)\n"
	    "_, _, f = send 'peer:1 -> [fd00::1]:2 UDP ipid=9'\n"
	    "assert(f:byte(21) == 44 and ('>I4'):unpack(f, 59) == 9)\n"
	    "_, _, f = send 'peer -> client ICMP echo-request echo.id=7 echo.seq=1'\n"
	    "assert(('>I4'):unpack(f, 39) == 7 << 16 | 1)\n"
	    "_, _, f = send 'peer -> client ICMP echo-request rest=0xffffffff'\n"
	    "assert(('>I4'):unpack(f, 39) == 0xffffffff)\n"
	    "_, _, f = send 'peer:1 -> client:2 SYN ethertype=9 src_mac=\"0a:00:00:00:00:0b\" "
	    "dst_mac=\"ff:ff:ff:ff:ff:ff\"'\n"
	    "assert(f:sub(1, 14) == ('\\xff'):rep(6) .. '\\x0a\\0\\0\\0\\0\\x0b\\0\\9')\n"
	    "f = compose.frames('peer:1 -> client:2 UDP len=20 fragments=16', context)\n"
	    "assert(#f == 2 and #f[1] == 50 and #f[2] == 46)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms_match),    cmocka_unit_test(others_do_not_match),
	    cmocka_unit_test(defaults),       cmocka_unit_test(quoted_segment),
	    cmocka_unit_test(sending_fields),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
