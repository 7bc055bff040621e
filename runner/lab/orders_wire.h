/* orders_wire.h: the orders about rules of the wire: facts/order.h says what each takes and gives.
 * Floor lab. Each fills in the reply; false when it was refused. Never blocks. */
#ifndef NLAB_LAB_ORDERS_WIRE_H
#define NLAB_LAB_ORDERS_WIRE_H

#include "lab/request.h"

bool nlab_orders_add_rule(struct nlab_request *c);
bool nlab_orders_remove_rule(struct nlab_request *c);
bool nlab_orders_release_held(struct nlab_request *c);
bool nlab_orders_tell_hits(struct nlab_request *c);
bool nlab_orders_drain(struct nlab_request *c);
bool nlab_orders_filter(struct nlab_request *c);

#endif
