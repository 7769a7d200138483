/* store/cipher.h - what personal.db and its write-ahead log look like on the disk.
 *
 * XChaCha20-Poly1305 with a random nonce for each writing, under the store key.  SQLite leaves 40 bytes of each page free
 * (reserved bytes, set when the file is made); it is handed zeros there, and on the disk nonce and tag stand in their place.
 *
 * Database file: page N (from 1), 4096 bytes: nonce[24] || sealed page[4056] || tag[16]; associated: "page", N.
 * Page 1 too, with SQLite's file header: no byte of the file is in the clear.
 *
 * Log file: two heads of 512 bytes, then frames of 4120 bytes.
 *     head   seal(sequence[8] || synced[4] || SQLite's log header[32]), associated: "head", slot; zeros behind.  The valid one
 *            with the higher sequence counts; they are written in turn, so that a torn head leaves the other.
 *     frame  F (from 1): nonce[24] || sealed(SQLite's frame header[24] || page[4056]) || tag[16]; associated: "frame", F, the log
 *            header's salts.  SQLite's checksum of the plain page lies inside.
 * `synced` is how many frames were on the disk when the last fsync had returned; it is written after that fsync, and is itself
 * made durable by the next.
 *
 * What is noticed (SQLITE_CORRUPT, hence E_CORRUPT), at the latest when the page or frame is read:
 * - any changed bit of a page of the database file; a page moved to another place; a file cut inside a page;
 * - any changed bit of a frame up to `synced`, a log cut off before it, a frame of an earlier log or another place;
 * - both heads unreadable.  One unreadable head is not an error: the other holds the same log, or the one before, whose frames
 *   are in the database file already or are then noticed as changed.
 * What is not:
 * - Behind `synced` the first frame that does not open ends the log, as after any crash.  While the machine keeps running
 *   (kill -9) nothing acknowledged lies there.  After a power failure `synced` may be one transaction old: in that last
 *   transaction a changed bit cannot be told from a torn write.
 * - An old page or frame put back in the very same place (it was authentic once), or the whole file, or a log removed: that
 *   takes a tree over all pages or a witness elsewhere.
 * - The -shm file is SQLite's index of the log: page numbers, and one 64-bit sum over the plain log; no page's content. */
#ifndef STORE_CIPHER_H
#define STORE_CIPHER_H
#include <stdbool.h>
#include <stdint.h>

#include "base/grant.h"

struct sqlite3_file;

#define PAGE_BYTES 4096
#define PAGE_RESERVED 40
#define PAGE_PLAIN (PAGE_BYTES - PAGE_RESERVED)

/* `plain` and `sealed` are whole pages.  False: reserved bytes in use (SQLite would read zeros back) / does not open. */
bool page_seal(const unsigned char key[KEY_BYTES], uint32_t number, const unsigned char *plain, unsigned char *sealed);
bool page_open(const unsigned char key[KEY_BYTES], uint32_t number, const unsigned char *sealed, unsigned char *plain);

/* --- the log; return SQLite's result codes, offsets and sizes are as SQLite sees the file --- */
#define LOG_HEADER_BYTES 32
#define FRAME_HEADER_BYTES 24
#define FRAME_BYTES (FRAME_HEADER_BYTES + PAGE_BYTES)

/* One connection's view of the log file. */
struct log_file {
	struct sqlite3_file *file;
	const unsigned char *key;
	bool known;                            /* the three below were read or written */
	uint64_t sequence;
	uint32_t synced;
	unsigned char header[LOG_HEADER_BYTES];
	unsigned slot;                         /* of that head */
	uint32_t waiting;                      /* SQLite wrote this frame's header; its page comes next; 0: none */
	unsigned char waiting_header[FRAME_HEADER_BYTES];
	uint32_t written;                      /* last frame written since the last sync; 0: none */
};
int log_read(struct log_file *, void *out, int n, int64_t offset);
int log_write(struct log_file *, const void *bytes, int n, int64_t offset);
int log_truncate(struct log_file *, int64_t size);
int log_size(struct log_file *, int64_t *out);
/* After the file's fsync: moves `synced` up. */
void log_synced(struct log_file *);
#endif
