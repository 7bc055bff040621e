/* deliver.h: handing recorded frames to their receivers: the interfaces of hosts, and puppets that answer. Floor lab.
 * What a puppet answers is left in the wire's outbox: carry it afterwards. */
#ifndef NLAB_LAB_DELIVER_H
#define NLAB_LAB_DELIVER_H

#include "lab/wire_state.h"

/* Deliver a frame whose record says already that it is; and behind it those that it has overtaken. */
void nlab_deliver_now(struct nlab_wire *wire, struct nlab_packet_record *record);

/* Deliver a frame that was kept back; and behind it those that it has overtaken. It is in no queue any more. */
void nlab_deliver_late(struct nlab_wire *wire, struct nlab_packet_record *record);

#endif
