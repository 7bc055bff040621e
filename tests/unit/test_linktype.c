/* test_linktype.c: frames of all link types as Ethernet frames. */
#include "facts/linktype.h"

#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct link_case {
	const char *name;
	unsigned linktype, ethertype; /* given, and what comes out */
	size_t size;                  /* of the link header */
	const char *header;
};

static const struct link_case LINKS[] = {
    {"raw IPv4", 101, 0x0800, 0, ""},
    {"raw IPv4, as on other systems", 12, 0x0800, 0, ""},
    {"IPv4", 228, 0x0800, 0, ""},
    {"loopback, little end first", 0, 0x0800, 4, "\2\0\0\0"},
    {"loopback, big end first", 0, 0x0800, 4, "\0\0\0\2"},
    {"loopback, IPv6 of macOS", 0, 0x86dd, 4, "\36\0\0\0"},
    {"loopback, another family", 108, 0, 4, "\0\0\0\7"},
    {"cooked", 113, 0x0800, 16, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\x00"},
    {"cooked, VLAN", 113, 0x0800, 20, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x81\x00\0\5\x08\x00"},
    {"cooked, version 2", 276, 0x0806, 20, "\x08\x06\0\0\0\0\0\1\0\1\0\6\2\0\0\0\0\1\0\0"},
    {"Ethernet, VLAN", 1, 0x86dd, 18, "222222111111\x81\x00\0\5\x86\xdd"},
    {"Ethernet, VLAN in VLAN", 1, 0x0800, 22, "222222111111\x88\xa8\0\5\x81\x00\0\5\x08\x00"},
    {"not known", 147, NLAB_ETHERTYPE_UNKNOWN, 0, ""},
};

static void link_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof LINKS / sizeof LINKS[0]; i++) {
		const struct link_case *link = &LINKS[i];
		struct nlab_link_header header;
		uint8_t frame[64] = {0};
		memcpy(frame, link->header, link->size);
		frame[link->size] = 0x45;
		print_message("%s\n", link->name);
		assert_true(nlab_linktype_header(link->linktype, frame, sizeof frame, &header));
		assert_int_equal(header.skip, link->size);
		assert_int_equal(header.ether[12] << 8 | header.ether[13], link->ethertype);
		assert_int_equal(nlab_linktype_known(link->linktype), link->linktype != 147);
		for (size_t captured = 0; captured < link->size; captured++) {
			if (nlab_linktype_header(link->linktype, frame, captured, &header)) {
				assert_true(header.skip <= captured);
			}
		}
	}
	struct frame plain = {0};
	struct nlab_link_header header;
	frame_udp(&plain, "10.0.0.1", 1, "10.0.0.2", 2, "data");
	assert_false(nlab_linktype_header(1, plain.bytes, plain.size, &header));
	assert_false(nlab_linktype_header(1, plain.bytes, 5, &header));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(link_types)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
