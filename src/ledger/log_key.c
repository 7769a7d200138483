#include "ledger/log_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define HEAD "PRIVATE+KEY+"
#define FILE_BYTES_MAX ((size_t)4 << 10)
#define RANDOM_NAME_BYTES 4

void log_key_wipe(struct log_key *key)
{
	explicit_bzero(key, sizeof *key);
}

void log_keys_wipe(struct log_keys *keys)
{
	explicit_bzero(keys, sizeof *keys);
}

static void wipe_buf(struct buf *buf)
{
	if (buf->p)
		explicit_bzero(buf->p, buf->cap);
	buf_free(buf);
}

struct log_key log_key_new(struct str origin)
{
	struct log_key out;
	unsigned char public[SIGN_PUBLIC_BYTES];
	random_bytes(out.seed, sizeof out.seed);
	sign_public(out.seed, public);
	out.key = note_key_new(origin, NOTE_ED25519, public);
	return out;
}

/* --- the file's form --- */

static void write_line(const struct log_key *key, struct buf *out)
{
	unsigned char typed[1 + SIGN_SEED_BYTES] = { NOTE_ED25519 };
	memcpy(typed + 1, key->seed, SIGN_SEED_BYTES);
	buf_text(out, HEAD);
	buf_text(out, key->key.name);
	buf_char(out, '+');
	buf_hex(out, key->key.id, NOTE_ID_BYTES);
	buf_char(out, '+');
	buf_base64(out, typed, sizeof typed);
	buf_char(out, '\n');
	explicit_bzero(typed, sizeof typed);
}

static bool read_line(struct str line, struct log_key *out)
{
	unsigned char typed[1 + SIGN_SEED_BYTES], public[SIGN_PUBLIC_BYTES], id[NOTE_ID_BYTES];
	size_t n = 0;
	if (!str_starts(line, STR(HEAD)))
		return false;
	line = str_from(line, sizeof HEAD - 1);
	const struct str name = str_cut(&line, '+'), hex = str_cut(&line, '+');
	if (!note_name_valid(name) || !hex_decode(hex, id, sizeof id) || !base64_decode(line, typed, sizeof typed, &n) || n != sizeof typed ||
	    typed[0] != NOTE_ED25519)
		return false;
	memcpy(out->seed, typed + 1, SIGN_SEED_BYTES);
	explicit_bzero(typed, sizeof typed);
	sign_public(out->seed, public);
	out->key = note_key_new(name, NOTE_ED25519, public);
	return memcmp(out->key.id, id, sizeof id) == 0;
}

static enum err read_lines(struct ctx *cx, const char *path, struct str text, struct log_keys *out)
{
	while (text.n) {
		if (out->count == LOG_KEYS_MAX)
			return fail(cx, E_INVALID, "%.150s has more than %d keys", path, LOG_KEYS_MAX);
		struct log_key *const key = &out->keys[out->count++];
		if (!read_line(str_cut(&text, '\n'), key) || strcmp(key->key.name, out->keys[0].key.name) != 0)
			return fail(cx, E_INVALID, "%.150s is no file of a log's keys: each of its lines begins with " HEAD ", all with one name", path);
	}
	return out->count ? OK : fail(cx, E_INVALID, "%.150s holds no key", path);
}

enum err log_keys_read(struct ctx *cx, const char *path, struct log_keys *out)
{
	AUTO(wipe_buf) struct buf text = buf_new(FILE_BYTES_MAX);
	AUTO(log_keys_wipe) struct log_keys keys = {};
	struct stat info;
	if (stat(path, &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)))
		return fail(cx, E_INVALID, "the ledger's key can be read by others; run: chmod 600 %s", path);
	TRY(file_read(cx, path, &text));
	TRY(read_lines(cx, path, buf_view(&text), &keys));
	*out = keys;
	return OK;
}

enum err log_keys_write(struct ctx *cx, const char *path, const struct log_keys *keys)
{
	AUTO(wipe_buf) struct buf text = buf_new(FILE_BYTES_MAX);
	for (unsigned i = 0; i < keys->count; i++)
		write_line(&keys->keys[i], &text);
	return file_write(cx, path, buf_view(&text));
}

/* --- a new one --- */

static void free_path(char **path)
{
	free(*path);
}

/* Whoever copies the data folder would have the key, too. */
static enum err refuse_inside(struct ctx *cx, const char *path, const char *data_folder)
{
	AUTO(free_path) char *data = realpath(data_folder, NULL);
	AUTO(free_path) char *around = realpath(file_folder(cx, path), NULL);
	if (!around)
		return fail(cx, E_NOTFOUND, "the folder of %.150s: %s", path, strerror(errno));
	const size_t n = data ? strlen(data) : 0;
	if (data && strncmp(data, around, n) == 0 && (around[n] == '/' || around[n] == '\0' || n == 1))
		return fail(cx, E_INVALID, "the ledger's key may not lie in the data folder; set ledger.key_file");
	return OK;
}

static struct str random_origin(struct ctx *cx)
{
	unsigned char bytes[RANDOM_NAME_BYTES];
	AUTO(buf_free) struct buf name = buf_new(64);
	random_bytes(bytes, sizeof bytes);
	buf_text(&name, "amanat/");
	buf_hex(&name, bytes, sizeof bytes);
	return arena_copy(&cx->mem, buf_view(&name));
}

enum err log_keys_init(struct ctx *cx, const char *path, const char *data_folder, struct str origin)
{
	AUTO(log_keys_wipe) struct log_keys keys = { .count = 1 };
	TRY(refuse_inside(cx, path, data_folder));
	if (access(path, F_OK) == 0)
		return fail(cx, E_CONFLICT, "there is a ledger key at %.150s already; it is kept", path);
	if (origin.n && !note_name_valid(origin))
		return fail(cx, E_INVALID, "ledger.origin is no name for a log: no spaces, no '+', at most %d bytes", NOTE_NAME_MAX);
	keys.keys[0] = log_key_new(origin.n ? origin : random_origin(cx));
	return log_keys_write(cx, path, &keys);
}
