/* wire_state.h: what a wire is made of: for the files that are the wire, and for no other. Floor lab. */
#ifndef NLAB_LAB_WIRE_STATE_H
#define NLAB_LAB_WIRE_STATE_H

#include "facts/flow.h"
#include "lab/addresses.h"
#include "lab/outbox.h"
#include "lab/puppets.h"
#include "lab/queue.h"
#include "lab/tap.h"
#include "lab/verdict.h"

struct nlab_wire {
	struct nlab_recording *recording; /* borrowed */
	struct nlab_flows *flows;
	struct nlab_taps taps;
	struct nlab_addresses addresses;
	struct nlab_verdicts verdicts;
	struct nlab_queue queue;
	struct nlab_puppets puppets;
	struct nlab_outbox outbox; /* answers that are still to be carried */
};

#endif
