/* capfile.c: reading capture files into a recording. Floor kernel. A file is read into memory as a whole. */
#include "kernel/capfile.h"

#include "base/fd.h"
#include "kernel/capfile_pcapng.h"
#include "kernel/capfile_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP     ((size_t)1 << 16)
#define RECORD_FACTOR 16 /* of a file's bytes, what its records take at the most; the shortest are names */
#define RECORD_MORE   ((size_t)1 << 16)

static bool no_memory(struct nlab_error *error)
{
	return nlab_error_set(error, ENOMEM, "read the capture file", "%s", "");
}

/* ---- pcap, by libpcap ---- */

static int64_t pcap_time(const struct timeval *stamp)
{
	uint32_t seconds = (uint32_t)stamp->tv_sec; /* it stands in 32 bits, and libpcap gives it a sign */
	return seconds * INT64_C(1000000000) + (stamp->tv_usec > 0 ? stamp->tv_usec : 0);
}

static bool read_frames(struct nlab_capfile_sink *sink, pcap_t *pcap, struct nlab_error *error)
{
	struct nlab_capfile *file = sink->file;
	struct pcap_pkthdr *header;
	const uint8_t *bytes;
	unsigned linktype = (unsigned)pcap_datalink(pcap);
	int status;
	long at = ftell(pcap_file(pcap));
	for (; (status = pcap_next_ex(pcap, &header, &bytes)) == 1; at = ftell(pcap_file(pcap))) {
		struct nlab_capfile_frame frame = {
		    .bytes = bytes,
		    .captured = header->caplen,
		    .length = header->len > header->caplen ? header->len : header->caplen,
		    .linktype = linktype,
		    .record = {.head.time_ns = pcap_time(&header->ts), .fate = NLAB_FATE_DELIVERED}};
		if (!nlab_capfile_add(sink, &frame)) {
			return no_memory(error);
		}
	}
	if (status == PCAP_ERROR) {
		nlab_error_set(&file->broken, 0, "read on", "at byte %ld, behind packet %" PRIu32 ": %s", at,
			       atomic_load(&file->recording.lab->packets), pcap_geterr(pcap));
	}
	return true;
}

static bool read_pcap(struct nlab_capfile_sink *sink, const char *name, struct nlab_error *error)
{
	char message[PCAP_ERRBUF_SIZE] = "";
	FILE *stream = fmemopen(sink->file->bytes, sink->file->size, "r");
	if (!stream) {
		return no_memory(error);
	}
	pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, message);
	if (!pcap) {
		fclose(stream);
		return nlab_error_set(error, 0, "read the capture file", "%s: %s", name, message);
	}
	bool good = read_frames(sink, pcap, error);
	pcap_close(pcap); /* closes the stream */
	return good;
}

/* ---- the file ---- */

/* What other files begin with: a hint is better than "unknown". */
static const struct {
	uint8_t size, magic[6];
	const char *what;
} OTHERS[] = {
    {2, {0x1f, 0x8b}, "it is compressed, see gunzip(1)"},
    {4, {0x28, 0xb5, 0x2f, 0xfd}, "it is compressed, see unzstd(1)"},
    {6, {0xfd, '7', 'z', 'X', 'Z', 0}, "it is compressed, see unxz(1)"},
};

static bool is_pcap(uint32_t magic)
{
	static const uint32_t MAGICS[] = {0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34}; /* us, ns, an old form */
	for (size_t i = 0; i < sizeof MAGICS / sizeof MAGICS[0]; i++) {
		if (magic == MAGICS[i] || magic == __builtin_bswap32(MAGICS[i])) {
			return true;
		}
	}
	return false;
}

static bool read_any(struct nlab_capfile_sink *sink, const char *name, struct nlab_error *error)
{
	const struct nlab_capfile *file = sink->file;
	const char *what = file->size ? "it is neither pcap nor pcapng" : "it is empty";
	uint32_t magic = 0;
	if (file->size >= sizeof magic) {
		memcpy(&magic, file->bytes, sizeof magic);
	}
	if (magic == NLAB_PCAPNG_MAGIC) {
		return nlab_capfile_read_pcapng(sink, name, error);
	}
	if (is_pcap(magic)) {
		return read_pcap(sink, name, error);
	}
	for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
		if (file->size >= OTHERS[i].size &&
		    memcmp(file->bytes, OTHERS[i].magic, OTHERS[i].size) == 0) {
			what = OTHERS[i].what;
		}
	}
	return nlab_error_set(error, 0, "read the capture file", "%s: %s", name, what);
}

bool nlab_capfile_parse(struct nlab_capfile *file, void *bytes, size_t size, const char *name,
			struct nlab_error *error)
{
	*file = (struct nlab_capfile){.bytes = bytes, .size = size};
	struct nlab_capfile_sink sink = {.file = file, .flows = nlab_flows_new()};
	bool good = sink.flows || no_memory(error);
	good = good && nlab_recording_open(&file->recording, size * RECORD_FACTOR + RECORD_MORE, 0, error);
	good = good && read_any(&sink, name, error);
	nlab_capfile_sink_free(&sink);
	return good;
}

/* Read all that comes from `fd` into memory that grows. False with its errno, EFBIG when it is too much. */
static bool read_all(int fd, uint8_t **bytes, size_t *size)
{
	struct stat status;
	size_t room = 0;
	ssize_t got = 1;
	bool large = fstat(fd, &status) == 0 && status.st_size > (off_t)NLAB_CAPFILE_BYTES_MAX;
	while (got != 0 && !large) {
		if (*size == room) {
			room = room ? room * 2 : READ_STEP;
			uint8_t *grown = realloc(*bytes, room);
			if (!grown) {
				return false;
			}
			*bytes = grown;
		}
		got = read(fd, *bytes + *size, room - *size);
		if (got < 0 && errno != EINTR) {
			return false;
		}
		*size += got > 0 ? (size_t)got : 0;
		large = *size >= NLAB_CAPFILE_BYTES_MAX;
	}
	errno = EFBIG;
	return !large;
}

bool nlab_capfile_open(struct nlab_capfile *file, const char *path, struct nlab_error *error)
{
	bool given = strcmp(path, "-") == 0;
	uint8_t *bytes = NULL;
	size_t size = 0;
	*file = (struct nlab_capfile){0};
	int fd = given ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return nlab_error_set(error, errno, "open the capture file", "%s", path);
	}
	bool read = read_all(fd, &bytes, &size);
	int failed = errno;
	if (!given) {
		nlab_fd_close(&fd);
	}
	if (!read) {
		free(bytes);
		return nlab_error_set(error, failed, "read the capture file", "%s", path);
	}
	return nlab_capfile_parse(file, bytes, size, path, error);
}

/* The length of the section header that a file begins with, 0 when it begins with something else. */
static size_t header_length(int fd)
{
	uint32_t words[3] = {0}; /* block type, block length, byte-order magic */
	if (pread(fd, words, sizeof words, 0) != sizeof words || words[0] != NLAB_PCAPNG_MAGIC) {
		return 0;
	}
	uint32_t length = words[2] == NLAB_PCAPNG_ORDER ? words[1] : __builtin_bswap32(words[1]);
	return length < NLAB_CAPFILE_BYTES_MAX ? length : 0;
}

bool nlab_capfile_open_header(struct nlab_capfile *file, const char *path)
{
	struct nlab_error error;
	*file = (struct nlab_capfile){0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = fd < 0 ? 0 : header_length(fd);
	void *bytes = size ? malloc(size) : NULL;
	bool read = bytes && pread(fd, bytes, size, 0) == (ssize_t)size;
	nlab_fd_close(&fd);
	if (!read) {
		free(bytes);
		return false;
	}
	return nlab_capfile_parse(file, bytes, size, path, &error);
}

void nlab_capfile_close(struct nlab_capfile *file)
{
	nlab_recording_close(&file->recording);
	free(file->comments);
	free(file->story);
	free(file->bytes);
	*file = (struct nlab_capfile){0};
}

const char *nlab_capfile_link_name(uint32_t linktype)
{
	return pcap_datalink_val_to_name((int)linktype);
}
