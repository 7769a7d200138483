#include "custody/keyholder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "base/file.h"

#define KEY_FILE_BYTES (2 * KEY_BYTES)         /* hex digits; a newline behind is allowed */

/* One piece of locked memory with guard pages: libsodium's many small ones run out after about 16,000. */
struct secrets {
	unsigned char store[KEY_BYTES], desk[KEY_BYTES], mac[KEY_BYTES], wrap[KEY_BYTES];
};

struct keyholder {
	struct secrets *secrets;
	atomic_uint_fast64_t counts[GRANT_PURPOSES], noted[GRANT_PURPOSES];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* --- the key file --- */

static enum err read_key_file(struct ctx *cx, const char *path, unsigned char key[KEY_BYTES])
{
	char digits[KEY_FILE_BYTES + 2];
	struct stat info;
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return fail(cx, E_NOTFOUND, "there is no region key at %s; `amanat init` makes one", path);
	if (fault_hit(cx) || fd < 0 || fstat(fd, &info) != 0)
		return fail(cx, E_IO, "the region key %s: %s", path, strerror(errno));
	if (info.st_mode & (S_IRWXG | S_IRWXO))
		return fail(cx, E_INVALID, "the region key can be read by others; run: chmod 600 %s", path);
	ssize_t n = read(fd, digits, sizeof digits);
	bool ended = n == KEY_FILE_BYTES || (n == KEY_FILE_BYTES + 1 && digits[KEY_FILE_BYTES] == '\n');
	bool good = ended && hex_decode((struct str){ .p = digits, .n = KEY_FILE_BYTES }, key, KEY_BYTES);
	explicit_bzero(digits, sizeof digits);
	return good ? OK : fail(cx, E_INVALID, "%s is no region key: it must hold 64 of 0-9 a-f", path);
}

static void free_path(char **path)
{
	free(*path);
}

/* A key whose name is lost with the power takes everything that was sealed under it along. */
static enum err sync_folder_of(struct ctx *cx, const char *key_file)
{
	AUTO(close_fd) int fd = open(file_folder(cx, key_file), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fault_hit(cx) || fd < 0 || fsync(fd) != 0)
		return fail(cx, E_IO, "making the region key's name durable: %s", strerror(errno));
	return OK;
}

/* Whether the file's folder is the data folder or lies below it. */
static enum err refuse_inside(struct ctx *cx, const char *key_file, const char *data_folder)
{
	AUTO(free_path) char *data = realpath(data_folder, NULL);
	AUTO(free_path) char *around = realpath(file_folder(cx, key_file), NULL);
	if (!around)
		return fail(cx, E_NOTFOUND, "the folder of %s: %s", key_file, strerror(errno));
	if (!data)
		return OK;                     /* there is no data folder yet, so the file cannot be inside */
	size_t n = strlen(data);
	if (!strncmp(data, around, n) && (around[n] == '/' || around[n] == 0 || n == 1))
		return fail(cx, E_INVALID, "the region key may not lie in the data folder: whoever copies that would have both");
	return OK;
}

static enum err write_key_file(struct ctx *cx, int fd, const char *path)
{
	unsigned char key[KEY_BYTES];
	AUTO(buf_free) struct buf digits = buf_new(KEY_FILE_BYTES + 1);
	random_bytes(key, sizeof key);
	buf_hex(&digits, key, sizeof key);
	buf_char(&digits, '\n');
	bool good = !fault_hit(cx) && write(fd, digits.p, digits.n) == (ssize_t)digits.n && fsync(fd) == 0;
	explicit_bzero(key, sizeof key);
	explicit_bzero(digits.p, digits.n);
	return good ? OK : fail(cx, errno == ENOSPC ? E_FULL : E_IO, "writing the region key %s: %s", path, strerror(errno));
}

enum err keyholder_init(struct ctx *cx, const char *key_file, const char *data_folder)
{
	TRY(refuse_inside(cx, key_file, data_folder));
	AUTO(close_fd) int fd = open(key_file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0 && errno == EEXIST)
		return fail(cx, E_CONFLICT, "there is a region key at %s already; it is kept", key_file);
	if (fd < 0)
		return fail(cx, E_IO, "the region key %s: %s", key_file, strerror(errno));
	enum err e = write_key_file(cx, fd, key_file);
	if (e == OK)
		e = sync_folder_of(cx, key_file);
	if (e != OK)
		unlink(key_file);
	return e;
}

/* --- the keyholder --- */

enum err keyholder_open(struct ctx *cx, const char *key_file, struct keyholder **out)
{
	unsigned char region[KEY_BYTES];
	TRY(keys_init(cx));
	TRY(read_key_file(cx, key_file, region));
	AUTO(keyholder_close) struct keyholder *holder = calloc(1, sizeof *holder);
	if (!holder)
		abort();
	holder->secrets = fault_hit(cx) ? NULL : sodium_malloc(sizeof *holder->secrets);
	if (holder->secrets) {
		key_derive(region, "store", STR(""), holder->secrets->store);
		key_derive(region, "desk", STR(""), holder->secrets->desk);
		key_derive(region, "mac", STR(""), holder->secrets->mac);
		key_derive(region, "user-wrap", STR(""), holder->secrets->wrap);
		sodium_mprotect_readonly(holder->secrets);
	}
	explicit_bzero(region, sizeof region);
	if (!holder->secrets)
		return fail(cx, E_IO, "no locked memory for keys; raise the limit (ulimit -l)");
	*out = holder;
	holder = NULL;
	return OK;
}

void keyholder_close(struct keyholder **holder)
{
	if (!holder || !*holder)
		return;
	sodium_free((*holder)->secrets);       /* wipes; takes NULL */
	free(*holder);
	*holder = NULL;
}

const unsigned char *keyholder_store_key(const struct keyholder *holder)
{
	return holder->secrets->store;
}

void keyholder_mac(const struct keyholder *holder, const char *purpose, struct str data, unsigned char out[MAC_BYTES])
{
	unsigned char key[KEY_BYTES];
	key_derive(holder->secrets->mac, purpose, STR(""), key);
	keyed_mac(key, data, out);
	explicit_bzero(key, sizeof key);
}

/* --- user keys --- */

#define PLACE_MAX 128

static void wrap_place(struct ctx *cx, int64_t account, struct buf *out)
{
	buf_text(out, "amanat user key");
	buf_be64(out, (uint64_t)account);
	buf_text(out, cx->config ? cx->config->region_name : "");
	assert(!out->failed);
}

void keyholder_wrap(struct ctx *cx, int64_t account, const unsigned char key[KEY_BYTES], unsigned char out[WRAPPED_BYTES])
{
	AUTO(buf_free) struct buf place = buf_new(PLACE_MAX);
	wrap_place(cx, account, &place);
	seal_bytes(cx->keyholder->secrets->wrap, buf_view(&place), key, KEY_BYTES, out);
}

enum err keyholder_unwrap(struct ctx *cx, enum grant_purpose purpose, int64_t account, struct str wrapped, struct grant *out)
{
	unsigned char key[KEY_BYTES];
	assert(purpose > GRANT_NONE && purpose < GRANT_PURPOSES);
	AUTO(buf_free) struct buf place = buf_new(PLACE_MAX);
	wrap_place(cx, account, &place);
	if (wrapped.n != WRAPPED_BYTES || !unseal_bytes(cx->keyholder->secrets->wrap, buf_view(&place), wrapped, key))
		return fail(cx, E_CORRUPT, "a user key does not open: keys.db is damaged, or this is another region's key or name");
	atomic_fetch_add(&cx->keyholder->counts[purpose], 1);
	*out = grant_make(purpose, account, key);
	explicit_bzero(key, sizeof key);
	return OK;
}

void keyholder_desk(struct ctx *cx, enum grant_purpose purpose, struct grant *out)
{
	atomic_fetch_add(&cx->keyholder->counts[purpose], 1);
	*out = grant_make(purpose, 0, cx->keyholder->secrets->desk);
}

uint64_t keyholder_count(const struct keyholder *holder, enum grant_purpose purpose)
{
	return atomic_load(&holder->counts[purpose]);
}

uint64_t keyholder_noted(const struct keyholder *holder, enum grant_purpose purpose)
{
	return atomic_load(&holder->noted[purpose]);
}

void keyholder_set_noted(struct keyholder *holder, enum grant_purpose purpose, uint64_t count)
{
	atomic_store(&holder->noted[purpose], count);
}

const char *keyholder_seal_state(const struct keyholder *)
{
	return "open";
}
