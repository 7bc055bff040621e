/* capfile_sink.c: one frame of a capture file into the recording. Floor kernel. */
#include "kernel/capfile_sink.h"

#include "facts/linktype.h"

#include <stdlib.h>
#include <string.h>

bool nlab_capfile_comment(struct nlab_capfile *file, uint32_t packet, struct nlab_bytes text)
{
	if (!text.size) {
		return true;
	}
	if (file->comment_count == file->comment_room) {
		size_t room = file->comment_room ? file->comment_room * 2 : 16;
		void *grown = realloc(file->comments, room * sizeof *file->comments);
		if (!grown) {
			return false;
		}
		file->comments = grown;
		file->comment_room = room;
	}
	file->comments[file->comment_count++] = (struct nlab_capfile_comment){packet, text};
	return true;
}

/* Put the header that the link type needs in front of the frame, in memory of our own. */
static bool make_ethernet(struct nlab_capfile_sink *sink, struct nlab_capfile_frame *frame)
{
	struct nlab_link_header header;
	if (!nlab_linktype_header(frame->linktype, frame->bytes, frame->captured, &header)) {
		return true;
	}
	size_t kept = frame->captured - header.skip, lost = frame->length - frame->captured;
	size_t captured = sizeof header.ether + kept;
	if (captured > sink->scratch_room) {
		void *grown = realloc(sink->scratch, captured * 2);
		if (!grown) {
			return false;
		}
		sink->scratch = grown;
		sink->scratch_room = captured * 2;
	}
	memcpy(sink->scratch, header.ether, sizeof header.ether);
	if (kept) {
		memcpy(sink->scratch + sizeof header.ether, frame->bytes + header.skip, kept);
	}
	frame->bytes = sink->scratch;
	frame->captured = (uint32_t)captured;
	frame->length = captured + lost < UINT32_MAX ? (uint32_t)(captured + lost) : UINT32_MAX;
	return true;
}

static void find_hosts(const struct nlab_capfile_sink *sink, const struct nlab_packet *packet,
		       uint16_t loopback, struct nlab_packet_record *record)
{
	if (packet->layers & NLAB_LAYER_ADDRESSES) {
		record->src_host = nlab_names_of_address(&sink->names, packet->ip.src);
		record->dst_host = nlab_names_of_address(&sink->names, packet->ip.dst);
	}
	if (loopback) {
		record->src_host = record->dst_host = loopback;
	}
}

bool nlab_capfile_add(struct nlab_capfile_sink *sink, struct nlab_capfile_frame *frame)
{
	struct nlab_capfile *file = sink->file;
	struct nlab_packet_record *record = &frame->record;
	struct nlab_packet packet;
	struct nlab_flow_mark mark;
	if (!nlab_linktype_known(frame->linktype)) {
		file->linktype = file->unknown ? file->linktype : frame->linktype;
		file->unknown++;
	}
	if (!make_ethernet(sink, frame)) {
		return false;
	}
	record->captured = frame->captured;
	record->length = frame->length;
	nlab_packet_decode(&packet, frame->bytes, frame->captured, frame->length);
	nlab_flows_see(sink->flows, &packet, frame->loopback, &mark);
	record->flow = mark.flow;
	record->seq_base = mark.seq_base;
	record->ack_base = mark.ack_base;
	find_hosts(sink, &packet, frame->loopback, record);
	const struct nlab_packet_record *written =
	    nlab_recording_packet(&file->recording, record, frame->bytes);
	return written && nlab_capfile_comment(file, written->id, frame->comment);
}

void nlab_capfile_sink_free(struct nlab_capfile_sink *sink)
{
	nlab_flows_free(sink->flows);
	nlab_names_free(&sink->names);
	free(sink->scratch);
	*sink = (struct nlab_capfile_sink){0};
}
