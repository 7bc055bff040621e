/* output.c: what the processes of an experiment print. Floor lab. */
#include "lab/output.h"

#include "base/clock.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool nlab_output_open(struct nlab_output *output, struct nlab_recording *recording, uint64_t limit,
		      int write_end[2], struct nlab_error *error)
{
	*output = (struct nlab_output){.recording = recording, .read_end = {-1, -1}, .limit = limit};
	for (int i = 0; i < 2; i++) {
		int ends[2];
		if (pipe2(ends, O_CLOEXEC)) {
			return nlab_error_set(error, errno, "make the pipe for the output", "%s", "");
		}
		output->read_end[i] = ends[0];
		write_end[i] = ends[1];
		fcntl(ends[0], F_SETFL, O_NONBLOCK);
	}
	return true;
}

static void keep(struct nlab_output *output, unsigned which, const char *bytes, size_t length)
{
	struct nlab_event_record event = {
	    .head.time_ns = nlab_clock_recording_ns(), .event = NLAB_EVENT_OUTPUT, .a = which + 1};
	if (length) {
		nlab_recording_event(output->recording, &event, bytes, length);
	}
	output->kept += length;
}

static bool refuse(struct nlab_output *output)
{
	char text[96];
	int length = snprintf(text, sizeof text, "output: more than %llu bytes were printed",
			      (unsigned long long)output->limit);
	struct nlab_event_record event = {.head.time_ns = nlab_clock_recording_ns(),
					  .event = NLAB_EVENT_LIMIT};
	nlab_recording_event(output->recording, &event, text, (size_t)length);
	nlab_fd_close(&output->read_end[0]);
	nlab_fd_close(&output->read_end[1]);
	return false;
}

bool nlab_output_read(struct nlab_output *output, unsigned which)
{
	char bytes[16384];
	ssize_t got;
	while (output->read_end[which] >= 0 &&
	       (got = read(output->read_end[which], bytes, sizeof bytes)) != 0) {
		if (got < 0) {
			return true; /* empty for now */
		}
		uint64_t room = output->limit - output->kept;
		keep(output, which, bytes, (uint64_t)got < room ? (size_t)got : (size_t)room);
		if ((uint64_t)got > room) {
			return refuse(output);
		}
	}
	nlab_fd_close(&output->read_end[which]);
	return true;
}
