/* linktype.c: one table of link types, with how each says which protocol it carries. Floor facts. */
#include "facts/linktype.h"

#include "facts/bytes.h"

#include <string.h>

#define ETHERTYPE_IP4  0x0800
#define ETHERTYPE_IP6  0x86dd
#define VLAN_TAG       4
#define MAC            6
#define SLL_BROADCAST  1 /* packet types of Linux cooked frames */
#define SLL_MULTICAST  2
#define AF_INET_ANY    2 /* the same number on all systems */
#define LARGEST_FAMILY 0xffff

/* Readers fill in addresses and ethertype. `frame` has as many bytes as the table says. */

static void read_ethernet(uint8_t ether[NLAB_ETHER_HEADER], const uint8_t *frame)
{
	memcpy(ether, frame, NLAB_ETHER_HEADER);
}

static void read_raw(uint8_t ether[NLAB_ETHER_HEADER], const uint8_t *frame)
{
	unsigned version = frame[0] >> 4;
	nlab_put16(ether + 12, version == 4 ? ETHERTYPE_IP4 : version == 6 ? ETHERTYPE_IP6 : 0);
}

/* The address family of the capturing system, in its byte order: a small number in one of the two orders. */
static void read_loopback(uint8_t ether[NLAB_ETHER_HEADER], const uint8_t *frame)
{
	static const uint32_t INET6[] = {10, 24, 28, 30}; /* Linux; NetBSD and OpenBSD; FreeBSD; macOS */
	uint32_t family = nlab_get32(frame);
	if (family > LARGEST_FAMILY) {
		family = __builtin_bswap32(family);
	}
	uint16_t type = family == AF_INET_ANY ? ETHERTYPE_IP4 : 0;
	for (size_t i = 0; i < sizeof INET6 / sizeof INET6[0]; i++) {
		type = family == INET6[i] ? ETHERTYPE_IP6 : type;
	}
	nlab_put16(ether + 12, type);
}

static void set_cooked(uint8_t ether[NLAB_ETHER_HEADER], unsigned packet_type, unsigned size,
		       const uint8_t *sender, const uint8_t *protocol)
{
	if (packet_type == SLL_BROADCAST || packet_type == SLL_MULTICAST) {
		memset(ether, 0xff, MAC);
	}
	if (size == MAC) {
		memcpy(ether + MAC, sender, MAC);
	}
	memcpy(ether + 12, protocol, 2);
}

static void read_sll(uint8_t ether[NLAB_ETHER_HEADER], const uint8_t *frame)
{
	set_cooked(ether, nlab_get16(frame), nlab_get16(frame + 4), frame + 6, frame + 14);
}

static void read_sll2(uint8_t ether[NLAB_ETHER_HEADER], const uint8_t *frame)
{
	set_cooked(ether, frame[10], frame[11], frame + 12, frame);
}

struct link_row {
	uint16_t linktype;
	uint8_t least; /* bytes that the reader looks at */
	uint8_t size;  /* bytes of the header */
	void (*read)(uint8_t ether[NLAB_ETHER_HEADER], const uint8_t *frame);
};

static const struct link_row LINKS[] = {
    {0, 4, 4, read_loopback}, /* NULL */
    {1, NLAB_ETHER_HEADER, NLAB_ETHER_HEADER, read_ethernet},
    {12, 1, 0, read_raw}, /* RAW, as some systems number it */
    {14, 1, 0, read_raw},
    {101, 1, 0, read_raw},      /* RAW */
    {108, 4, 4, read_loopback}, /* LOOP */
    {113, 16, 16, read_sll},    /* LINUX_SLL */
    {228, 1, 0, read_raw},      /* IPV4 */
    {229, 1, 0, read_raw},      /* IPV6 */
    {276, 20, 20, read_sll2},   /* LINUX_SLL2 */
};

static const struct link_row *find_link(unsigned linktype)
{
	for (size_t i = 0; i < sizeof LINKS / sizeof LINKS[0]; i++) {
		if (LINKS[i].linktype == linktype) {
			return &LINKS[i];
		}
	}
	return NULL;
}

bool nlab_linktype_known(unsigned linktype)
{
	return find_link(linktype) != NULL;
}

static bool is_vlan(const uint8_t *type)
{
	uint16_t value = nlab_get16(type);
	return value == 0x8100 || value == 0x88a8 || value == 0x9100;
}

bool nlab_linktype_header(unsigned linktype, const uint8_t *frame, size_t captured,
			  struct nlab_link_header *header)
{
	const struct link_row *link = find_link(linktype);
	bool ethernet = link && link->read == read_ethernet;
	if (ethernet && (captured < NLAB_ETHER_HEADER || !is_vlan(frame + 12))) {
		return false;
	}
	*header = (struct nlab_link_header){0};
	uint8_t *type = header->ether + 12;
	if (!link) {
		nlab_put16(type, NLAB_ETHERTYPE_UNKNOWN);
		return true;
	}
	if (captured < link->least) { /* not even the link's own header: nothing is left */
		header->skip = (uint32_t)captured;
		return true;
	}
	link->read(header->ether, frame);
	header->skip = link->size;
	while (is_vlan(type) && captured >= (size_t)header->skip + VLAN_TAG) {
		memcpy(type, frame + header->skip + 2, 2);
		header->skip += VLAN_TAG;
	}
	return true;
}
