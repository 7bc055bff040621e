/* call.c: the record of a system call, from begin to end. Floor bind.
 * A record's text is the arguments, NUL, what came out, NUL; it may go on in the slots behind the first one.
 * Text is written through the address of the whole slot, since slots lie behind one another. */
#include "bind/context.h"
#include "bind/errno.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char *slot_text(struct nlab_slot *slot)
{
	return (char *)slot + offsetof(struct nlab_slot, text);
}

/* How many bytes of text the slots of a record hold. */
static size_t slot_room(const struct nlab_slot *slot)
{
	return nlab_slot_count(slot) * (size_t)NLAB_SLOT_SIZE - offsetof(struct nlab_slot, text);
}

struct nlab_slot *nlab_call_begin(lua_State *L, const char *name, int fd, uint16_t host, const char *args,
				  ...)
{
	char text[NLAB_CALL_ARGS + 1];
	int line = nlab_context_line(L);
	va_list list;
	va_start(list, args);
	vsnprintf(text, sizeof text, args, list);
	va_end(list);
	size_t length = strlen(text);
	struct nlab_slot *slot =
	    nlab_recording_slot(nlab_context(L)->recording, NLAB_SLOT_CALL, length + NLAB_CALL_OUT + 2);
	if (!slot) {
		luaL_error(L, "the recording of calls is full (%s)", name);
		return NULL; /* not reached */
	}
	slot->host = host;
	slot->fd = fd;
	slot->line = line;
	strncpy(slot->name, name, sizeof slot->name - 1);
	memcpy(slot_text(slot), text, length + 1);
	slot->args_length = (uint16_t)length;
	return slot;
}

void nlab_call_out(struct nlab_slot *slot, const char *out, ...)
{
	int saved = errno;
	size_t begin = (size_t)slot->args_length + 1;
	size_t room = slot_room(slot) - begin;
	va_list list;
	va_start(list, out);
	vsnprintf(slot_text(slot) + begin, room, out, list);
	va_end(list);
	slot->out_length = (uint16_t)strlen(slot_text(slot) + begin);
	errno = saved;
}

void nlab_call_end(struct nlab_slot *slot, int64_t result, int error)
{
	int saved = errno;
	slot->result = result;
	slot->error = result == -1 ? error : 0;
	nlab_recording_slot_end(slot);
	errno = saved;
}

int nlab_call_refused(lua_State *L, struct nlab_slot *slot, int error)
{
	lua_pushnil(L);
	nlab_errno_push(L, error, slot);
	return 2;
}

int nlab_call_done(lua_State *L, struct nlab_slot *slot, int result)
{
	int error = errno;
	nlab_call_end(slot, result, error);
	if (result == -1) {
		return nlab_call_refused(L, slot, error);
	}
	lua_pushboolean(L, 1);
	return 1;
}

/* Write one byte as C does inside a string literal; returns how many characters (4 at most). */
static size_t quote_byte(char out[5], unsigned char byte)
{
	static const char NAMED[] = "\n\r\t\"\\";
	static const char LETTERS[] = "nrt\"\\";
	const char *named = byte ? strchr(NAMED, byte) : NULL;
	if (named) {
		out[0] = '\\';
		out[1] = LETTERS[named - NAMED];
		return 2;
	}
	if (byte >= 0x20 && byte < 0x7f) {
		out[0] = (char)byte;
		return 1;
	}
	snprintf(out, 5, "\\%03o", byte);
	return 4;
}

const char *nlab_call_quote(char *buffer, size_t size, const void *bytes, size_t length)
{
	const unsigned char *from = bytes;
	size_t used = 0, done = 0;
	buffer[used++] = '"';
	for (; done < length; done++) {
		char out[5];
		size_t count = quote_byte(out, from[done]);
		/* behind it: the quote, the NUL, and the dots unless this is the last byte */
		if (used + count + (done + 1 < length ? 5 : 2) > size) {
			break;
		}
		memcpy(buffer + used, out, count);
		used += count;
	}
	snprintf(buffer + used, size - used, done < length ? "\"..." : "\"");
	return buffer;
}
