/* Which witness's key may sign on this folder, after it was restored from a backup: personal.db has forgotten what was signed since.  No file: whichever
 * there is.  Else the key that it names; empty: none. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/cosigner.h"
#include "ledger/log_key.h"

#define MARK_FILE "witness-key"

static const char *mark_path(struct ctx *cx, const char *data_folder)
{
	return arena_printf(&cx->mem, "%s/ledger/" MARK_FILE, data_folder).p;
}

static enum err read_mark(struct ctx *cx, const char *data_folder, struct buf *out)
{
	const enum err e = file_read(cx, mark_path(cx, data_folder), out);
	return e == OK && out->failed ? fail(cx, E_CORRUPT, "ledger/" MARK_FILE " is damaged") : e;
}

enum err cosigner_forget_key(struct ctx *cx, const char *data_folder)
{
	return file_write(cx, mark_path(cx, data_folder), STR(""));
}

enum err cosigner_is_stopped(struct ctx *cx, const char *data_folder, bool *out)
{
	AUTO(buf_free) struct buf mark = buf_new(NOTE_VKEY_MAX + 1);
	const enum err e = read_mark(cx, data_folder, &mark);
	if (e != E_NOTFOUND)
		TRY(e);
	*out = e == OK && buf_view(&mark).n == 0;
	return OK;
}

enum err cosigner_may_sign(struct ctx *cx, const char *data_folder, const struct note_key *key, bool made, bool *out)
{
	AUTO(buf_free) struct buf mark = buf_new(NOTE_VKEY_MAX + 1);
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX + 1);
	note_key_write(key, &vkey);
	buf_char(&vkey, '\n');
	const enum err e = read_mark(cx, data_folder, &mark);
	if (e != E_NOTFOUND)
		TRY(e);
	if (e == OK && made)
		TRY(file_write(cx, mark_path(cx, data_folder), buf_view(&vkey)));
	*out = e == E_NOTFOUND || made || str_eq(buf_view(&mark), buf_view(&vkey));
	return OK;
}

/* Kept, under its id: who trusted it may want to know that it is still nobody else's. */
static enum err put_away(struct ctx *cx, const struct cosigner_config *config)
{
	AUTO(log_key_wipe) struct log_key old = {};
	if (access(config->key_file, F_OK) != 0)
		return OK;
	TRY(witness_key_open(cx, config->key_file, config->data_folder, str_of(config->name), &old));
	const unsigned char *const id = old.key.id;
	const char *const kept = arena_printf(&cx->mem, "%s.before-%02x%02x%02x%02x", config->key_file, id[0], id[1], id[2], id[3]).p;
	return rename(config->key_file, kept) == 0 ? OK : fail(cx, E_IO, "putting %.150s away: %s", config->key_file, strerror(errno));
}

enum err cosigner_renew_key(struct ctx *cx, const struct cosigner_config *config, struct note_key *out)
{
	AUTO(log_key_wipe) struct log_key new = {};
	bool signs;
	/* None may sign until the new one is named: a key that somebody puts back is not it. */
	TRY(cosigner_forget_key(cx, config->data_folder));
	TRY(put_away(cx, config));
	TRY(witness_key_open(cx, config->key_file, config->data_folder, str_of(config->name), &new));
	TRY(cosigner_may_sign(cx, config->data_folder, &new.key, true, &signs));
	*out = new.key;
	return OK;
}
