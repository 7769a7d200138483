#include "verify/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

#define HEAD "amanat-verify v1"
#define FILE_BYTES_MAX (NOTE_BYTES_MAX + MEMORY_KEYS_MAX * NOTE_VKEY_MAX + 8192)
#define NAME_HASH_BYTES 8

void memory_free(struct memory *memory)
{
	buf_free(&memory->note);
	free(memory->leaves);
	*memory = (struct memory){};
}

/* --- where --- */

static enum err make_folders(struct ctx *cx, char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		const bool made = mkdir(path, S_IRWXU) == 0 || errno == EEXIST;
		*slash = '/';
		if (!made)
			return fail(cx, E_IO, "the folder of %.150s cannot be made: %s", path, strerror(errno));
	}
	return OK;
}

enum err memory_path(struct ctx *cx, const char *file, struct str where, const char **out)
{
	const char *const state = getenv("XDG_STATE_HOME"), *const home = getenv("HOME");
	unsigned char hash[SHA256_BYTES];
	AUTO(buf_free) struct buf path = buf_new(4096);
	sha256(where, hash);
	if (file)
		buf_text(&path, file);
	else if (state && state[0] == '/')
		buf_printf(&path, "%s/amanat/", state);
	else if (home && home[0] == '/')
		buf_printf(&path, "%s/.local/state/amanat/", home);
	else
		return fail(cx, E_INVALID, "there is no home folder to remember this log in: name a file with --state");
	if (!file) {
		buf_hex(&path, hash, NAME_HASH_BYTES);
		buf_text(&path, ".state");
	}
	if (path.failed || path.n == 0)
		return fail(cx, E_INVALID, "the name of the state file is empty, or too long");
	char *const name = arena_text(&cx->mem, buf_view(&path));
	TRY(make_folders(cx, name));
	*out = name;
	return OK;
}

/* --- reading --- */

static enum err corrupt(struct ctx *cx, const char *path)
{
	return fail(cx, E_CORRUPT, "%.150s is not what this program remembers a log by; move it away to begin anew", path);
}

enum err memory_keep(struct ctx *cx, struct memory *memory, struct str bytes)
{
	struct note note;
	struct buf copy = buf_new(NOTE_BYTES_MAX);
	buf_str(&copy, bytes);
	buf_free(&memory->note);
	memory->note = copy;
	TRY(note_parse(cx, buf_view(&memory->note), &note));
	return checkpoint_parse(cx, note.text, &memory->checkpoint);
}

static enum err read_head(struct ctx *cx, struct str *rest, struct memory *memory)
{
	if (!str_eq(str_cut(rest, '\n'), STR(HEAD)))
		return corrupt(cx, memory->path);
	for (struct str line = str_cut(rest, '\n'); line.n; line = str_cut(rest, '\n')) {
		const struct str what = str_cut(&line, ' ');
		if (!str_eq(what, STR("key")))
			continue;
		if (memory->key_count == MEMORY_KEYS_MAX || note_key_parse(cx, line, &memory->keys[memory->key_count]) != OK)
			return corrupt(cx, memory->path);
		memory->key_count++;
	}
	return OK;
}

/* Lost or cut short: then no altered entry can be named, and nothing else is missing. */
static enum err read_leaves(struct ctx *cx, struct memory *memory)
{
	AUTO(buf_free) struct buf bytes = buf_new(MEMORY_LEAVES_MAX * sizeof *memory->leaves);
	const enum err status = file_read(cx, arena_printf(&cx->mem, "%s.leaves", memory->path).p, &bytes);
	if (status == E_NOTFOUND)
		return OK;
	TRY(status);
	memory->leaf_count = memory->leaf_room = bytes.n / sizeof *memory->leaves;
	memory->leaves = (uint64_t *)(void *)bytes.p;  /* as malloc() aligned it */
	bytes = buf_new(0);
	return OK;
}

enum err memory_read(struct ctx *cx, const char *path, struct memory *out)
{
	AUTO(buf_free) struct buf bytes = buf_new(FILE_BYTES_MAX);
	AUTO(memory_free) struct memory memory = { .path = path };
	const enum err status = file_read(cx, path, &bytes);
	if (status == E_NOTFOUND) {
		*out = (struct memory){ .path = path };
		return OK;
	}
	TRY(status);
	struct str rest = buf_view(&bytes);
	TRY(read_head(cx, &rest, &memory));
	if (memory_keep(cx, &memory, rest) != OK)
		return corrupt(cx, path);
	TRY(read_leaves(cx, &memory));
	*out = memory;
	memory = (struct memory){};
	return OK;
}

/* --- writing --- */

enum err memory_write(struct ctx *cx, const struct memory *memory, struct str where)
{
	AUTO(buf_free) struct buf out = buf_new(FILE_BYTES_MAX);
	buf_printf(&out, HEAD "\nfrom " STR_FMT "\n", STR_ARG(where));
	for (unsigned i = 0; i < memory->key_count; i++) {
		buf_text(&out, "key ");
		note_key_write(&memory->keys[i], &out);
		buf_char(&out, '\n');
	}
	buf_char(&out, '\n');
	buf_str(&out, buf_view(&memory->note));
	if (out.failed)
		return fail(cx, E_TOOLARGE, "too much to remember");
	/* first: what it says is held against the log anew, the checkpoint is believed */
	const struct str leaves = { (const char *)memory->leaves, memory->leaf_count * sizeof *memory->leaves };
	TRY(file_write(cx, arena_printf(&cx->mem, "%s.leaves", memory->path).p, leaves));
	return file_write(cx, memory->path, buf_view(&out));
}

/* --- entries --- */

static uint64_t mark_of(const struct hash *leaf)
{
	uint64_t mark;
	memcpy(&mark, leaf->bytes, sizeof mark);
	return mark;
}

void memory_leaf(struct memory *memory, uint64_t number, const struct hash *leaf)
{
	if (number != memory->leaf_count || number >= MEMORY_LEAVES_MAX)
		return;
	if (memory->leaf_count == memory->leaf_room) {
		memory->leaf_room = memory->leaf_room ? 2 * memory->leaf_room : 4096;
		memory->leaves = realloc(memory->leaves, memory->leaf_room * sizeof *memory->leaves);
		if (!memory->leaves)
			abort();
	}
	memory->leaves[memory->leaf_count++] = mark_of(leaf);
}

bool memory_agrees(const struct memory *memory, uint64_t number, const struct hash *leaf)
{
	return number >= memory->leaf_count || memory->leaves[number] == mark_of(leaf);
}

/* --- evidence --- */

enum err memory_evidence(struct ctx *cx, const struct memory *memory, struct str where, const char *what, struct str newer, const char **out)
{
	AUTO(buf_free) struct buf text = buf_new(3 * NOTE_BYTES_MAX);
	char now[RFC3339_BYTES];
	time_rfc3339(cx->now_us, now);
	const struct str path = arena_printf(&cx->mem, "%s.evidence-%s.txt", memory->path, now);
	buf_printf(&text, "%s, " STR_FMT "\n%s\nBoth of these checkpoints are signed. No honest log signs both. Keep this file, and show it to others.\n\n",
	           now, STR_ARG(where), what);
	buf_text(&text, "--- the one that was remembered ---\n");
	buf_str(&text, buf_view(&memory->note));
	buf_text(&text, "--- the one that is shown now ---\n");
	buf_str(&text, newer);
	TRY(file_write(cx, path.p, buf_view(&text)));
	*out = path.p;
	return OK;
}
