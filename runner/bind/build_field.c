/* build_field.c: the table of the fields, and a reader for each kind of value. Floor bind. */
#include "bind/build_field.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

static void *member(const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	return (uint8_t *)&reading->build + row->offset;
}

/* Raise an error about the value on top of the stack. */
static int misuse(lua_State *L, const struct nlab_build_row *row, const char *expected)
{
	return luaL_error(L, "field '%s': %s expected, got %s", row->name, expected,
			  luaL_tolstring(L, -1, NULL));
}

static uint32_t number_in(lua_State *L, const struct nlab_build_row *row, uint32_t max)
{
	int fits;
	lua_Integer value = lua_tointegerx(L, -1, &fits);
	if (lua_type(L, -1) != LUA_TNUMBER || !fits || value < 0 || value > max) {
		char expected[64];
		snprintf(expected, sizeof expected, "a whole number, 0 to %u,", max);
		misuse(L, row, expected);
	}
	return (uint32_t)value;
}

static const char *text_of(lua_State *L, const struct nlab_build_row *row, const char *expected, size_t *size)
{
	if (lua_type(L, -1) != LUA_TSTRING) {
		misuse(L, row, expected);
	}
	return lua_tolstring(L, -1, size);
}

/* ---- readers ---- */

static void read_number(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	uint32_t value = number_in(L, row, row->max);
	void *at = member(row, reading);
	if (row->size == 1) {
		*(uint8_t *)at = (uint8_t)value;
	} else if (row->size == 2) {
		*(uint16_t *)at = (uint16_t)value;
	} else {
		*(uint32_t *)at |= value << row->shift;
	}
	reading->build.options.has |= row->option;
}

static bool read_yes(lua_State *L, const struct nlab_build_row *row)
{
	if (!lua_isboolean(L, -1)) {
		misuse(L, row, "true or false");
	}
	return lua_toboolean(L, -1);
}

static void read_boolean(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	*(bool *)member(row, reading) = read_yes(L, row);
}

static void read_option(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	reading->build.options.has |= read_yes(L, row) ? row->option : 0;
}

static void read_field(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	struct nlab_build_field *field = member(row, reading);
	field->value = (uint16_t)number_in(L, row, row->max);
	field->how = NLAB_BUILD_GIVEN;
}

static void read_checksum(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	struct nlab_build_field *field = member(row, reading);
	if (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "bad") == 0) {
		field->how = NLAB_BUILD_BAD;
	} else if (lua_type(L, -1) == LUA_TNUMBER) {
		read_field(L, row, reading);
	} else {
		misuse(L, row, "\"bad\" or a whole number, 0 to 65535,");
	}
}

static void read_bytes(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	struct nlab_build_bytes *bytes = member(row, reading);
	bytes->at = (const uint8_t *)text_of(L, row, "a string", &bytes->size);
}

static void read_address(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	static const uint8_t MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	const char *text = text_of(L, row, "an IPv4 or IPv6 address", NULL);
	uint8_t *address = member(row, reading);
	if (inet_pton(AF_INET, text, address + 12) == 1) {
		memcpy(address, MAPPED, sizeof MAPPED);
		reading->families |= 1u << 4;
	} else if (inet_pton(AF_INET6, text, address) == 1) {
		reading->families |= 1u << 6;
	} else {
		misuse(L, row, "an IPv4 or IPv6 address");
	}
}

static void read_mac(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	static const char EXPECTED[] = "a hardware address (02:00:00:00:00:01)";
	const char *text = text_of(L, row, EXPECTED, NULL);
	uint8_t *mac = member(row, reading);
	int end = 0;
	if (strlen(text) != strlen("02:00:00:00:00:01") ||
	    sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4],
		   &mac[5], &end) != 6 ||
	    text[end]) {
		misuse(L, row, EXPECTED);
	}
}

static void read_proto(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	const char *text = text_of(L, row, "the name of a protocol", NULL);
	for (unsigned proto = 0; proto < NLAB_PROTO_COUNT; proto++) {
		if (strcmp(text, nlab_proto_name(proto)) == 0) {
			reading->build.proto = (uint8_t)proto;
			return;
		}
	}
	misuse(L, row, "tcp, udp, icmp, icmp6, arp, ip, ip6 or other");
}

/* The name up to the next comma, moving `*at` behind it; false at the end. */
static bool next_name(const char **at, char *name, size_t size)
{
	size_t length = strcspn(*at, ",");
	snprintf(name, size, "%.*s", (int)length, *at);
	bool there = **at != '\0';
	*at += length + ((*at)[length] == ',');
	return there;
}

static void read_flags(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	const char *text = text_of(L, row, "control bits (SYN,ACK)", NULL);
	char name[16], bit[16];
	uint8_t flags = 0;
	while (next_name(&text, name, sizeof name)) {
		unsigned flag = 1;
		while (flag < 0x100 &&
		       strcmp(nlab_tcp_flags_text((uint8_t)flag, bit, sizeof bit), name) != 0) {
			flag <<= 1;
		}
		if (flag == 0x100) {
			misuse(L, row, "SYN, FIN, RST, PSH, ACK, URG, ECE, CWR with commas between");
		}
		flags |= (uint8_t)flag;
	}
	reading->build.tcp.flags = flags;
}

static void read_options(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	const char *text = text_of(L, row, "names of options (mss,nop,wscale)", NULL);
	struct nlab_tcp_options *options = &reading->build.options;
	char name[16];
	while (next_name(&text, name, sizeof name)) {
		unsigned kind = 0;
		while (kind <= UINT8_MAX && (!nlab_tcp_option_name((uint8_t)kind) ||
					     strcmp(nlab_tcp_option_name((uint8_t)kind), name) != 0)) {
			kind++;
		}
		if (kind > UINT8_MAX || options->count == NLAB_TCP_OPTION_BYTES) {
			misuse(L, row, "up to 40 of mss, wscale, sackok, sack, ts, fastopen, nop, eol");
		}
		options->kinds[options->count++] = (uint8_t)kind;
	}
}

static void read_sack(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	static const char EXPECTED[] = "1 to 4 blocks, \"1001:2001 3001:4001\",";
	const char *text = text_of(L, row, EXPECTED, NULL);
	struct nlab_tcp_options *options = &reading->build.options;
	uint64_t left, right;
	int end = 0;
	bool good = true;
	for (; *text && good; text += end) {
		good = options->sack_blocks < NLAB_TCP_SACK_BLOCKS &&
		       sscanf(text, "%10" SCNu64 ":%10" SCNu64 "%n", &left, &right, &end) == 2 &&
		       left <= UINT32_MAX && right <= UINT32_MAX && (text[end] == ' ' || !text[end]);
		if (good) {
			options->sack[options->sack_blocks][0] = (uint32_t)left;
			options->sack[options->sack_blocks++][1] = (uint32_t)right;
		}
	}
	if (!good || !options->sack_blocks) {
		misuse(L, row, EXPECTED);
	}
	options->has |= NLAB_OPTION_SACK;
}

static void read_fastopen(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	static const char EXPECTED[] = "a cookie in hexadecimal, \"\" to ask for one,";
	size_t size;
	const char *text = text_of(L, row, EXPECTED, &size);
	if (size % 2 || size > 2 * sizeof reading->cookie || strspn(text, "0123456789abcdefABCDEF") != size) {
		misuse(L, row, EXPECTED);
	}
	for (size_t i = 0; i < size / 2; i++) {
		sscanf(text + 2 * i, "%2hhx", &reading->cookie[i]);
	}
	reading->build.options.cookie = reading->cookie;
	reading->build.options.cookie_length = (uint8_t)(size / 2);
	reading->build.options.has |= NLAB_OPTION_FASTOPEN;
}

/* What `quoted` is: the caller has put it into the payload. */
static void read_quoted(lua_State *L, const struct nlab_build_row *row, struct nlab_build_reading *reading)
{
	(void)L;
	(void)row;
	(void)reading;
}

/* ---- the table ---- */

#define BIT(name) (1u << NLAB_PROTO_##name)
#define TCP       BIT(TCP)
#define UDP       BIT(UDP)
#define ICMP      (BIT(ICMP) | BIT(ICMP6))
#define SUMMED    (TCP | UDP | ICMP)
#define IP        (SUMMED | BIT(IP) | BIT(IP6))
#define ARP       BIT(ARP)
#define OTHER     BIT(OTHER)
#define ANY       (IP | ARP | OTHER)

#define MEMBER(member_)                                                                                      \
	.offset = offsetof(struct nlab_build, member_), .size = sizeof((struct nlab_build *)0)->member_
#define ROW(name_, kind_, read_, of_, member_)                                                               \
	{                                                                                                    \
		.name = name_, .kind = kind_, .read = read_, .of = of_, MEMBER(member_)                      \
	}
#define NUMBER(name_, of_, member_, max_)                                                                    \
	{                                                                                                    \
		.name = name_, .kind = "number", .read = read_number, .of = of_, .max = max_,                \
		MEMBER(member_)                                                                              \
	}
#define SHIFTED(name_, of_, member_, max_, shift_)                                                           \
	{                                                                                                    \
		.name = name_, .kind = "number", .read = read_number, .of = of_, .max = max_,                \
		.shift = shift_, MEMBER(member_)                                                             \
	}
#define FIELD(name_, of_, member_, max_)                                                                     \
	{                                                                                                    \
		.name = name_, .kind = "number", .read = read_field, .of = of_, .max = max_, MEMBER(member_) \
	}
#define CHECKSUM(name_, of_, member_)                                                                        \
	{                                                                                                    \
		.name = name_, .kind = "checksum", .read = read_checksum, .of = of_, .max = UINT16_MAX,      \
		MEMBER(member_)                                                                              \
	}
#define OPTION(name_, option_, member_, max_)                                                                \
	{                                                                                                    \
		.name = name_, .kind = "number", .read = read_number, .of = TCP, .option = option_,          \
		.max = max_, MEMBER(options.member_)                                                         \
	}
#define FLAG(name_, option_)                                                                                 \
	{                                                                                                    \
		.name = name_, .kind = "boolean", .read = read_option, .of = TCP, .option = option_          \
	}

static const struct nlab_build_row ROWS[] = {
    ROW("proto", "text", read_proto, ANY, proto),
    ROW("src_mac", "mac", read_mac, ANY, src_mac),
    ROW("dst_mac", "mac", read_mac, ANY, dst_mac),
    FIELD("ethertype", ANY, ethertype, UINT16_MAX),
    ROW("src", "address", read_address, IP, src),
    ROW("dst", "address", read_address, IP, dst),
    NUMBER("ttl", IP, ttl, UINT8_MAX),
    NUMBER("tos", IP, tos, UINT8_MAX),
    NUMBER("ipid", IP, id, UINT32_MAX),
    ROW("df", "boolean", read_boolean, IP, df),
    ROW("mf", "boolean", read_boolean, IP, mf),
    NUMBER("frag", IP, fragment_offset, 65528),
    NUMBER("flowlabel", IP, flow_label, 0xfffff),
    FIELD("ipproto", IP, protocol, UINT8_MAX),
    ROW("ipoptions", "bytes", read_bytes, IP, ip_options),
    FIELD("ihl", IP, ihl, 15),
    FIELD("iplen", IP, ip_length, UINT16_MAX),
    CHECKSUM("ipchecksum", IP, ip_checksum),
    CHECKSUM("checksum", SUMMED, checksum),
    ROW("payload", "bytes", read_bytes, ANY, payload),
    NUMBER("sport", TCP | UDP, sport, UINT16_MAX),
    NUMBER("dport", TCP | UDP, dport, UINT16_MAX),
    ROW("flags", "text", read_flags, TCP, tcp.flags),
    NUMBER("seq", TCP, tcp.seq, UINT32_MAX),
    NUMBER("ack", TCP, tcp.ack, UINT32_MAX),
    NUMBER("win", TCP, tcp.window, UINT16_MAX),
    NUMBER("urg", TCP, tcp.urgent, UINT16_MAX),
    OPTION("mss", NLAB_OPTION_MSS, mss, UINT16_MAX),
    OPTION("wscale", NLAB_OPTION_WSCALE, wscale, UINT8_MAX),
    FLAG("sackok", NLAB_OPTION_SACKOK),
    FLAG("ts", NLAB_OPTION_TS),
    OPTION("tsval", NLAB_OPTION_TS, tsval, UINT32_MAX),
    OPTION("tsecr", NLAB_OPTION_TS, tsecr, UINT32_MAX),
    ROW("sack", "text", read_sack, TCP, options),
    ROW("fastopen", "text", read_fastopen, TCP, options),
    ROW("options", "text", read_options, TCP, options),
    ROW("rawoptions", "bytes", read_bytes, TCP, raw_options),
    FIELD("doff", TCP, data_offset, 15),
    FIELD("udplen", UDP, udp_length, UINT16_MAX),
    NUMBER("icmp_type", ICMP, icmp_type, UINT8_MAX),
    NUMBER("icmp_code", ICMP, icmp_code, UINT8_MAX),
    NUMBER("icmp_rest", ICMP, icmp_rest, UINT32_MAX),
    SHIFTED("icmp_id", ICMP, icmp_rest, UINT16_MAX, 16),
    NUMBER("icmp_seq", ICMP, icmp_rest, UINT16_MAX),
    NUMBER("mtu", ICMP, icmp_rest, UINT32_MAX),
    ROW("quoted", "bytes", read_quoted, ICMP, payload),
    NUMBER("arp_op", ARP, arp.op, UINT16_MAX),
    ROW("arp_spa", "address", read_address, ARP, src),
    ROW("arp_tpa", "address", read_address, ARP, dst),
    ROW("arp_sha", "mac", read_mac, ARP, arp.sha),
    ROW("arp_tha", "mac", read_mac, ARP, arp.tha),
};
_Static_assert(sizeof ROWS / sizeof *ROWS <= 64, "a bit of `seen` for each row");

const struct nlab_build_row *nlab_build_row_at(unsigned index)
{
	return index < sizeof ROWS / sizeof *ROWS ? &ROWS[index] : NULL;
}
