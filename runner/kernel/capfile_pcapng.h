/* capfile_pcapng.h: the packets of a pcapng file into a recording. Floor kernel. */
#ifndef NLAB_KERNEL_CAPFILE_PCAPNG_H
#define NLAB_KERNEL_CAPFILE_PCAPNG_H

#include "kernel/capfile_sink.h"

/* Read sink->file->bytes; fills in `broken` when they contradict themselves somewhere. False when nothing
 * can be read, or without memory. `name` is for messages. */
bool nlab_capfile_read_pcapng(struct nlab_capfile_sink *sink, const char *name, struct nlab_error *error);

#endif
