#include <assert.h>
#include <sqlite3.h>
#include <string.h>

#include "keys/keys.h"
#include "store/cipher.h"

#define SLOT_BYTES 512
#define SLOTS 2
#define HEADS_BYTES (SLOTS * SLOT_BYTES)
#define HEAD_PLAIN (8 + 4 + LOG_HEADER_BYTES)
#define HEAD_SEALED (HEAD_PLAIN + SEAL_OVERHEAD)
#define FRAME_PLAIN (FRAME_HEADER_BYTES + PAGE_PLAIN)
#define SALTS_IN_HEADER 16                     /* SQLite's file format, section 4.1: log header */
#define SALTS_IN_FRAME 8                       /* and frame header */
#define SALTS_BYTES 8

static_assert(FRAME_PLAIN + SEAL_OVERHEAD == FRAME_BYTES, "a sealed frame takes the room of a plain one");

static void put_be(unsigned char *out, uint64_t number, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		out[i] = (unsigned char)(number >> (8 * (bytes - 1 - i)));
}

static uint64_t get_be(const unsigned char *p, unsigned bytes)
{
	uint64_t number = 0;
	for (unsigned i = 0; i < bytes; i++)
		number = number << 8 | p[i];
	return number;
}

static int64_t frame_at(uint32_t frame)
{
	return HEADS_BYTES + (int64_t)(frame - 1) * FRAME_BYTES;
}

/* --- heads --- */

static struct str head_place(unsigned slot, unsigned char place[5])
{
	memcpy(place, "head", 4);
	place[4] = (unsigned char)slot;
	return (struct str){ .p = (const char *)place, .n = 5 };
}

static int file_bytes(struct log_file *log, int64_t *out)
{
	sqlite3_int64 bytes = 0;
	int rc = log->file->pMethods->xFileSize(log->file, &bytes);
	*out = bytes;
	return rc;
}

static bool all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* Reads both heads; the newer valid one becomes the log's.  SQLITE_NOTFOUND: there is no log yet. */
static int read_heads(struct log_file *log)
{
	unsigned char heads[HEADS_BYTES] = { 0 }, place[5], plain[HEAD_PLAIN];
	int64_t bytes;
	int rc = file_bytes(log, &bytes);
	if (rc != SQLITE_OK)
		return rc;
	rc = log->file->pMethods->xRead(log->file, heads, HEADS_BYTES, 0);
	if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
		return rc;
	log->known = false;
	for (unsigned slot = 0; slot < SLOTS; slot++) {
		struct str sealed = { .p = (const char *)heads + slot * SLOT_BYTES, .n = HEAD_SEALED };
		if (!unseal_bytes(log->key, head_place(slot, place), sealed, plain))
			continue;
		uint64_t sequence = get_be(plain, 8);
		if (log->known && sequence < log->sequence)
			continue;
		log->known = true;
		log->slot = slot;
		log->sequence = sequence;
		log->synced = (uint32_t)get_be(plain + 8, 4);
		memcpy(log->header, plain + 12, LOG_HEADER_BYTES);
	}
	if (log->known)
		return SQLITE_OK;
	/* SQLite syncs the header before it writes frames: without one there are none, or it was damaged. */
	return bytes <= HEADS_BYTES && all_zero(heads, HEADS_BYTES) ? SQLITE_NOTFOUND : SQLITE_CORRUPT;
}

static int write_head(struct log_file *log)
{
	unsigned char head[SLOT_BYTES] = { 0 }, place[5], plain[HEAD_PLAIN];
	unsigned slot = (log->slot + 1) % SLOTS;
	put_be(plain, log->sequence + 1, 8);
	put_be(plain + 8, log->synced, 4);
	memcpy(plain + 12, log->header, LOG_HEADER_BYTES);
	seal_bytes(log->key, head_place(slot, place), plain, sizeof plain, head);
	int rc = log->file->pMethods->xWrite(log->file, head, SLOT_BYTES, slot * SLOT_BYTES);
	if (rc != SQLITE_OK)
		return rc;
	log->sequence++;
	log->slot = slot;
	return SQLITE_OK;
}

/* A new log, or the old one begun anew. */
static int write_header(struct log_file *log, const void *header)
{
	static const unsigned char zeros[HEADS_BYTES];
	int rc = read_heads(log);
	if (rc == SQLITE_NOTFOUND)
		rc = log->file->pMethods->xWrite(log->file, zeros, HEADS_BYTES, 0);
	if (rc != SQLITE_OK)
		return rc;
	if (!log->known)
		log->sequence = 0;
	memcpy(log->header, header, LOG_HEADER_BYTES);
	log->synced = 0;
	log->written = 0;
	rc = write_head(log);
	log->known = rc == SQLITE_OK;
	return rc;
}

void log_synced(struct log_file *log)
{
	if (log->written == 0)
		return;
	uint32_t written = log->written;
	log->written = 0;
	if (read_heads(log) != SQLITE_OK || written <= log->synced)
		return;
	log->synced = written;
	/* When this fails the frames are durable all the same; only a changed bit in them may pass for a torn end. */
	if (write_head(log) != SQLITE_OK)
		log->known = false;
}

/* --- frames --- */

static struct str frame_place(uint32_t frame, const unsigned char *salts, unsigned char place[17])
{
	memcpy(place, "frame", 5);
	put_be(place + 5, frame, 4);
	memcpy(place + 9, salts, SALTS_BYTES);
	return (struct str){ .p = (const char *)place, .n = 17 };
}

/* `plain` is header || page with zeros in its reserved bytes. */
static bool frame_open(const struct log_file *log, uint32_t frame, const unsigned char *sealed, unsigned char *plain)
{
	unsigned char place[17];
	if (!log->known || !unseal_bytes(log->key, frame_place(frame, log->header + SALTS_IN_HEADER, place),
				   (struct str){ .p = (const char *)sealed, .n = FRAME_BYTES }, plain))
		return false;
	memset(plain + FRAME_PLAIN, 0, PAGE_RESERVED);
	return true;
}

static int frame_write(struct log_file *log, uint32_t frame, const unsigned char *page)
{
	unsigned char plain[FRAME_PLAIN], sealed[FRAME_BYTES], place[17];
	if (!all_zero(page + PAGE_PLAIN, PAGE_RESERVED))
		return SQLITE_IOERR_WRITE;
	memcpy(plain, log->waiting_header, FRAME_HEADER_BYTES);
	memcpy(plain + FRAME_HEADER_BYTES, page, PAGE_PLAIN);
	seal_bytes(log->key, frame_place(frame, plain + SALTS_IN_FRAME, place), plain, FRAME_PLAIN, sealed);
	int rc = log->file->pMethods->xWrite(log->file, sealed, FRAME_BYTES, frame_at(frame));
	explicit_bzero(plain, sizeof plain);
	log->waiting = 0;
	if (rc == SQLITE_OK)
		log->written = frame;
	return rc;
}

/* The header is read at recovery only: the moment to see whether the log was cut. */
static int header_read(struct log_file *log, void *out)
{
	int64_t bytes;
	int rc = read_heads(log);
	if (rc == SQLITE_NOTFOUND) {
		memset(out, 0, LOG_HEADER_BYTES);
		return SQLITE_OK;
	}
	if (rc == SQLITE_OK)
		rc = file_bytes(log, &bytes);
	if (rc != SQLITE_OK)
		return rc;
	if (bytes < frame_at(log->synced + 1))
		return SQLITE_CORRUPT;
	memcpy(out, log->header, LOG_HEADER_BYTES);
	return SQLITE_OK;
}

/* Reading from a frame's first byte is recovery, which asks how far the log goes; anything else wants what is there. */
static int frame_read(struct log_file *log, uint32_t frame, int within, unsigned char *out, int n)
{
	unsigned char sealed[FRAME_BYTES], plain[FRAME_BYTES];
	int rc = log->file->pMethods->xRead(log->file, sealed, FRAME_BYTES, frame_at(frame));
	if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
		return rc;
	bool opened = rc == SQLITE_OK && frame_open(log, frame, sealed, plain);
	if (!opened && rc == SQLITE_OK) {      /* another connection may have begun the log anew since */
		int heads = read_heads(log);
		if (heads != SQLITE_OK && heads != SQLITE_NOTFOUND)
			return heads;
		opened = frame_open(log, frame, sealed, plain);
	}
	if (!opened && (within != 0 || (log->known && frame <= log->synced)))
		return SQLITE_CORRUPT;
	if (!opened)
		memset(plain, 0, sizeof plain);
	memcpy(out, plain + within, (size_t)n);
	explicit_bzero(plain, sizeof plain);
	return SQLITE_OK;
}

int log_read(struct log_file *log, void *out, int n, int64_t offset)
{
	if (offset == 0 && n == LOG_HEADER_BYTES)
		return header_read(log, out);
	int64_t frame = (offset - LOG_HEADER_BYTES) / FRAME_BYTES + 1;
	int within = (int)((offset - LOG_HEADER_BYTES) % FRAME_BYTES);
	if (offset < LOG_HEADER_BYTES || n > FRAME_BYTES - within || frame > UINT32_MAX)
		return SQLITE_IOERR_READ;
	return frame_read(log, (uint32_t)frame, within, out, n);
}

/* SQLite 3.40 writes a frame's header, then its page, and never one of them alone unless it spills its cache in the midst of
 * a transaction: db.c forbids that.  Whatever else comes is refused rather than written in some other form. */
int log_write(struct log_file *log, const void *bytes, int n, int64_t offset)
{
	if (offset == 0 && n == LOG_HEADER_BYTES)
		return write_header(log, bytes);
	int64_t frame = (offset - LOG_HEADER_BYTES) / FRAME_BYTES + 1;
	int within = (int)((offset - LOG_HEADER_BYTES) % FRAME_BYTES);
	if (offset < LOG_HEADER_BYTES || frame > UINT32_MAX)
		return SQLITE_IOERR_WRITE;
	if (within == 0 && n == FRAME_HEADER_BYTES) {
		memcpy(log->waiting_header, bytes, FRAME_HEADER_BYTES);
		log->waiting = (uint32_t)frame;
		return SQLITE_OK;
	}
	if (within == FRAME_HEADER_BYTES && n == PAGE_BYTES && log->waiting == frame)
		return frame_write(log, (uint32_t)frame, bytes);
	return SQLITE_IOERR_WRITE;
}

int log_truncate(struct log_file *log, int64_t size)
{
	log->written = 0;
	log->known = false;
	return log->file->pMethods->xTruncate(log->file, size == 0 ? 0 : size - LOG_HEADER_BYTES + HEADS_BYTES);
}

/* Fewer bytes than the heads take: the log was being made when the machine stopped, unless something is in them. */
int log_size(struct log_file *log, int64_t *out)
{
	int64_t bytes;
	int rc = file_bytes(log, &bytes);
	if (rc == SQLITE_OK && bytes > 0 && bytes < HEADS_BYTES) {
		rc = read_heads(log) == SQLITE_NOTFOUND ? SQLITE_OK : SQLITE_CORRUPT;
		bytes = 0;
	}
	if (rc == SQLITE_OK)
		*out = bytes == 0 ? 0 : bytes - HEADS_BYTES + LOG_HEADER_BYTES;
	return rc;
}
