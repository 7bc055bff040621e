/* cable.h: one interface of a host: a veth pair whose other end is a port of the wire.
 * Floor lab; a part of lab/network.h. */
#ifndef NLAB_LAB_CABLE_H
#define NLAB_LAB_CABLE_H

#include "lab/network.h"

/* Go into a network namespace. setns(2) */
bool nlab_cable_enter(int space, struct nlab_error *error);

/* Make the pair of `interface` (its host, link, names, MAC, addresses are filled in; port, near and index are set here),
 * bring it up, give it addresses and neighbours, and announce it in the recording. The process may be in any namespace
 * afterwards. */
bool nlab_cable_make(struct nlab_network *network, struct nlab_interface *interface,
		     struct nlab_error *error);

/* Loopback of the host, in whose namespace the process is: up, and recorded by a port of its own. */
bool nlab_cable_loopback(struct nlab_network *network, struct nlab_host *host, struct nlab_error *error);

/* Set the host's end up or down; when it is set up, give it its addresses and neighbours again, and wait for the carrier. */
bool nlab_cable_up(struct nlab_network *network, const struct nlab_interface *interface, bool up,
		   struct nlab_error *error);

/* Set the wire's end of an interface up or down; when it is set up, wait for the carrier of both ends. */
bool nlab_cable_plug(struct nlab_network *network, const struct nlab_interface *interface, bool plugged,
		     struct nlab_error *error);

#endif
