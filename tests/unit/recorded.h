/* recorded.h: what a recording holds, for tests: its packets, its events, and the records of its scripts. */
#ifndef NLAB_TESTS_RECORDED_H
#define NLAB_TESTS_RECORDED_H

#include "facts/recording.h"

#include <string.h>

/* Packet number `nth`, from 0; NULL when there are not so many. */
static inline const struct nlab_packet_record *recorded_packet(const struct nlab_recording *recording,
							       unsigned nth)
{
	const struct nlab_lab_record *at = NULL;
	while ((at = nlab_recording_next(recording, at))) {
		if (at->kind == NLAB_LAB_PACKET && nth-- == 0) {
			return (const struct nlab_packet_record *)(const void *)at;
		}
	}
	return NULL;
}

/* Event number `nth`, from 0, of this kind; NULL when there are not so many. */
static inline const struct nlab_event_record *recorded_event(const struct nlab_recording *recording,
							     enum nlab_event_kind kind, unsigned nth)
{
	const struct nlab_lab_record *at = NULL;
	while ((at = nlab_recording_next(recording, at))) {
		const struct nlab_event_record *event = (const void *)at;
		if (at->kind == NLAB_LAB_EVENT && event->event == kind && nth-- == 0) {
			return event;
		}
	}
	return NULL;
}

static inline unsigned recorded_events(const struct nlab_recording *recording, enum nlab_event_kind kind)
{
	unsigned count = 0;
	while (recorded_event(recording, kind, count)) {
		count++;
	}
	return count;
}

/* An event's text, cut to 511 bytes, terminated. "" for NULL. */
static inline const char *recorded_text(const struct nlab_event_record *event, char text[512])
{
	size_t length = event ? event->text_length : 0;
	length = length < 511 ? length : 511;
	if (length) {
		memcpy(text, event->text, length);
	}
	text[length] = '\0';
	return text;
}

/* True when an event of this kind has `part` in its text. */
static inline bool recorded_says(const struct nlab_recording *recording, enum nlab_event_kind kind,
				 const char *part)
{
	char text[512];
	const struct nlab_event_record *event;
	for (unsigned i = 0; (event = recorded_event(recording, kind, i)); i++) {
		if (strstr(recorded_text(event, text), part)) {
			return true;
		}
	}
	return false;
}

/* Record number `nth`, from 0, of a kind and name (NULL: any) in the calls segment, or NULL. */
static inline const struct nlab_slot *recorded_slot(const struct nlab_recording *recording,
						    enum nlab_slot_kind kind, const char *name, unsigned nth)
{
	uint32_t at = 0;
	while ((at = nlab_recording_slot_find(recording, at)) != UINT32_MAX) {
		const struct nlab_slot *slot = nlab_recording_slot_at(recording, at);
		if (nlab_slot_kind(slot) == kind && (!name || strcmp(slot->name, name) == 0) && nth-- == 0) {
			return slot;
		}
		at += nlab_slot_count(slot);
	}
	return NULL;
}

static inline unsigned recorded_slots(const struct nlab_recording *recording, enum nlab_slot_kind kind,
				      const char *name)
{
	unsigned count = 0;
	while (recorded_slot(recording, kind, name, count)) {
		count++;
	}
	return count;
}

/* The arguments of a call, or the whole text of another record (terminated when it is shorter than a slot's). */
static inline const char *recorded_args(const struct nlab_slot *slot)
{
	return (const char *)slot + offsetof(struct nlab_slot, text);
}

/* What came out of a call. */
static inline const char *recorded_out(const struct nlab_slot *slot)
{
	return recorded_args(slot) + slot->args_length + 1;
}

#endif
