/* recording.c: the two segments of a recording. Floor facts.
 * Invariant of the lab segment: bytes below `committed8` are complete records; they are published with a release store.
 * Invariant of the calls segment: a slot below `taken` is either all zero (its writer died between taking and filling
 * it) or has a head that says how many slots the record has. */
#include "facts/recording.h"

#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LAB_OFFSET   64 /* where the lab segment's records begin */
#define SLOTS_OFFSET NLAB_SLOT_SIZE

static const char *const FATE_NAMES[NLAB_FATE_COUNT] = {
    [NLAB_FATE_PENDING] = "pending", [NLAB_FATE_HELD] = "held",         [NLAB_FATE_DELIVERED] = "delivered",
    [NLAB_FATE_DROPPED] = "dropped", [NLAB_FATE_CUT] = "cut",           [NLAB_FATE_NOWHERE] = "nowhere",
    [NLAB_FATE_ALTERED] = "altered", [NLAB_FATE_REJECTED] = "rejected", [NLAB_FATE_ASKED] = "asked",
};

static const char *const EVENT_NAMES[NLAB_EVENT_COUNT] = {
    [NLAB_EVENT_HOST] = "host",       [NLAB_EVENT_PORT] = "port",     [NLAB_EVENT_SYSCTL] = "sysctl",
    [NLAB_EVENT_START] = "start",     [NLAB_EVENT_EXIT] = "exit",     [NLAB_EVENT_ORDER] = "order",
    [NLAB_EVENT_RULE] = "rule",       [NLAB_EVENT_OUTPUT] = "output", [NLAB_EVENT_LIMIT] = "limit",
    [NLAB_EVENT_LINK] = "link",       [NLAB_EVENT_CABLE] = "cable",   [NLAB_EVENT_INTERFACE] = "interface",
    [NLAB_EVENT_MATCH] = "match",     [NLAB_EVENT_CRASH] = "crash",   [NLAB_EVENT_LOST] = "lost",
    [NLAB_EVENT_TROUBLE] = "trouble",
};

const char *nlab_fate_name(unsigned fate)
{
	return fate < NLAB_FATE_COUNT ? FATE_NAMES[fate] : "unknown";
}

const char *nlab_event_name(unsigned event)
{
	return event < NLAB_EVENT_COUNT && EVENT_NAMES[event] ? EVENT_NAMES[event] : "unknown";
}

static void *map_segment(size_t size)
{
	void *at =
	    mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return at == MAP_FAILED ? NULL : at;
}

bool nlab_recording_open(struct nlab_recording *recording, size_t lab_bytes, size_t slots,
			 struct nlab_error *error)
{
	*recording = (struct nlab_recording){.lab_size = LAB_OFFSET + lab_bytes,
					     .calls_size = SLOTS_OFFSET + slots * NLAB_SLOT_SIZE};
	recording->lab = map_segment(recording->lab_size);
	recording->calls = map_segment(recording->calls_size);
	if (recording->lab && recording->calls) {
		return true;
	}
	nlab_error_set(error, errno, "map the recording", "%zu bytes",
		       recording->lab_size + recording->calls_size);
	nlab_recording_close(recording);
	return false;
}

void nlab_recording_private(struct nlab_recording *recording)
{
	madvise(recording->lab, recording->lab_size, MADV_DONTFORK);
	madvise(recording->calls, recording->calls_size, MADV_DONTFORK);
}

void nlab_recording_close(struct nlab_recording *recording)
{
	if (recording->lab) {
		munmap(recording->lab, recording->lab_size);
	}
	if (recording->calls) {
		munmap(recording->calls, recording->calls_size);
	}
	*recording = (struct nlab_recording){0};
}

bool nlab_recording_overflowed(const struct nlab_recording *recording)
{
	return atomic_load(&recording->lab->overflow) || atomic_load(&recording->calls->overflow);
}

/* ---- the lab segment ---- */

static uint8_t *lab_base(const struct nlab_recording *recording)
{
	return (uint8_t *)recording->lab + LAB_OFFSET;
}

/* Room for a record of `size` bytes at the end of what is committed, or NULL. */
static void *lab_room(struct nlab_recording *recording, size_t size)
{
	size_t used = (size_t)atomic_load_explicit(&recording->lab->committed8, memory_order_relaxed) * 8;
	if (size > recording->lab_size - LAB_OFFSET - used) {
		atomic_fetch_add(&recording->lab->overflow, 1);
		return NULL;
	}
	return lab_base(recording) + used;
}

static void lab_commit(struct nlab_recording *recording, uint32_t size)
{
	atomic_fetch_add_explicit(&recording->lab->committed8, size / 8, memory_order_release);
	nlab_recording_wake(recording);
}

void nlab_recording_wake(struct nlab_recording *recording)
{
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load(&recording->lab->waiters)) {
		syscall(SYS_futex, &recording->lab->committed8, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
	}
}

struct nlab_packet_record *nlab_recording_packet(struct nlab_recording *recording,
						 const struct nlab_packet_record *packet,
						 const uint8_t *frame)
{
	size_t size = (sizeof *packet + packet->captured + 7) & ~(size_t)7;
	struct nlab_packet_record *record = lab_room(recording, size);
	if (!record) {
		return NULL;
	}
	memcpy(record, packet, sizeof *packet);
	memcpy(record->frame, frame, packet->captured);
	record->head.size = (uint32_t)size;
	record->head.kind = NLAB_LAB_PACKET;
	record->id = atomic_fetch_add(&recording->lab->packets, 1) + 1;
	lab_commit(recording, record->head.size);
	return record;
}

bool nlab_recording_event(struct nlab_recording *recording, const struct nlab_event_record *event,
			  const void *text, size_t length)
{
	size_t size = (sizeof *event + length + 7) & ~(size_t)7;
	struct nlab_event_record *record = size <= UINT32_MAX ? lab_room(recording, size) : NULL;
	if (!record) {
		return false;
	}
	memcpy(record, event, sizeof *event);
	if (length) {
		memcpy(record->text, text, length);
	}
	record->head.size = (uint32_t)size;
	record->head.kind = NLAB_LAB_EVENT;
	record->text_length = (uint32_t)length;
	lab_commit(recording, record->head.size);
	return true;
}

const struct nlab_lab_record *nlab_recording_next(const struct nlab_recording *recording,
						  const struct nlab_lab_record *previous)
{
	const uint8_t *base = lab_base(recording);
	const uint8_t *end =
	    base + (size_t)atomic_load_explicit(&recording->lab->committed8, memory_order_acquire) * 8;
	const uint8_t *at = previous ? (const uint8_t *)previous + previous->size : base;
	return at < end ? (const struct nlab_lab_record *)(const void *)at : NULL;
}

bool nlab_recording_wait(struct nlab_recording *recording, uint32_t committed8, int64_t timeout_ns)
{
	struct timespec limit = nlab_ns_timespec(timeout_ns < 0 ? 0 : timeout_ns);
	atomic_fetch_add(&recording->lab->waiters, 1);
	long rc = syscall(SYS_futex, &recording->lab->committed8, FUTEX_WAIT, committed8,
			  timeout_ns < 0 ? NULL : &limit, NULL, 0);
	int saved = errno;
	atomic_fetch_sub(&recording->lab->waiters, 1);
	return rc == 0 || saved != ETIMEDOUT;
}

/* ---- the calls segment ---- */

static struct nlab_slot *slot_base(const struct nlab_recording *recording)
{
	return (struct nlab_slot *)(void *)((uint8_t *)recording->calls + SLOTS_OFFSET);
}

static uint32_t slot_capacity(const struct nlab_recording *recording)
{
	return (uint32_t)((recording->calls_size - SLOTS_OFFSET) / NLAB_SLOT_SIZE);
}

/* Take `count` slots that lie behind one another; UINT32_MAX when there are not so many left. */
static uint32_t take_slots(struct nlab_recording *recording, uint32_t count)
{
	uint32_t capacity = slot_capacity(recording);
	uint32_t taken = atomic_load(&recording->calls->taken);
	do {
		if (count > capacity - taken) {
			atomic_fetch_add(&recording->calls->overflow, 1);
			return UINT32_MAX;
		}
	} while (!atomic_compare_exchange_weak(&recording->calls->taken, &taken, taken + count));
	return taken;
}

struct nlab_slot *nlab_recording_slot(struct nlab_recording *recording, enum nlab_slot_kind kind,
				      size_t text_length)
{
	size_t room = sizeof slot_base(recording)->text;
	size_t extra = text_length > room ? text_length - room : 0;
	size_t count = 1 + (extra + NLAB_SLOT_SIZE - 1) / NLAB_SLOT_SIZE;
	uint32_t index = count <= UINT16_MAX ? take_slots(recording, (uint32_t)count) : UINT32_MAX;
	if (index == UINT32_MAX) {
		return NULL;
	}
	struct nlab_slot *slot = slot_base(recording) + index;
	uint32_t head = (uint32_t)count << 16 | (uint32_t)kind << 8 | NLAB_SLOT_BEGUN;
	slot->pid = recording->pid;
	slot->fd = -1;
	slot->begin_ns = nlab_clock_recording_ns();
	atomic_store_explicit(&slot->head, head, memory_order_release);
	return slot;
}

void nlab_recording_slot_end(struct nlab_slot *slot)
{
	uint32_t head = atomic_load_explicit(&slot->head, memory_order_relaxed);
	slot->end_ns = nlab_clock_recording_ns();
	atomic_store_explicit(&slot->head, (head & ~UINT32_C(0xff)) | NLAB_SLOT_ENDED, memory_order_release);
}

struct nlab_slot *nlab_recording_text(struct nlab_recording *recording, enum nlab_slot_kind kind,
				      uint16_t host, int32_t line, int64_t result, const char *name,
				      const char *text, size_t length)
{
	struct nlab_slot *slot = length <= UINT32_MAX ? nlab_recording_slot(recording, kind, length) : NULL;
	if (!slot) {
		return NULL;
	}
	slot->host = host;
	slot->line = line;
	slot->result = result;
	strncpy(slot->name, name, sizeof slot->name - 1);
	memcpy((uint8_t *)slot + offsetof(struct nlab_slot, text), text, length);
	slot->text_length = (uint32_t)length;
	nlab_recording_slot_end(slot);
	return slot;
}

struct nlab_slot *nlab_recording_slot_at(const struct nlab_recording *recording, uint32_t index)
{
	uint32_t taken = atomic_load_explicit(&recording->calls->taken, memory_order_acquire);
	return index < taken ? slot_base(recording) + index : NULL;
}

uint32_t nlab_recording_slot_find(const struct nlab_recording *recording, uint32_t index)
{
	const struct nlab_slot *slot;
	for (; (slot = nlab_recording_slot_at(recording, index)); index++) {
		if (nlab_slot_state(slot) != NLAB_SLOT_EMPTY) {
			return index;
		}
	}
	return UINT32_MAX;
}
