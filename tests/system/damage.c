/* damage FOLDER KEYFILE STORE SQL - runs SQL on one store of a stopped node (public, personal, keys), past all rules: what a test
 * of fsck breaks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "custody/custody.h"
#include "keys/keys.h"
#include "store/connection.h"

static enum err damage(struct ctx *cx, char **argv)
{
	static const char *const names[STORES] = { "public", "personal", "keys" };
	AUTO(keyholder_close) struct keyholder *keyholder = NULL;
	AUTO(db_close) struct db *db = NULL;
	TRY(keys_init(cx));
	TRY(keyholder_open(cx, argv[2], &keyholder));
	struct db_config config = { .folder = argv[1], .store_key = keyholder_store_key(keyholder), .write = true, .cache_kib = 4096 };
	TRY(db_open(cx, &config, &db));
	for (enum store store = PUBLIC_DB; store < STORES; store++) {
		if (strcmp(argv[3], names[store]) != 0)
			continue;
		char *why = NULL;
		if (sqlite3_exec(db->stores[store].handle, argv[4], NULL, NULL, &why) != SQLITE_OK)
			return fail(cx, E_INVALID, "%s", why);
		return OK;
	}
	return fail(cx, E_INVALID, "no store %s", argv[3]);
}

int main(int argc, char **argv)
{
	struct clock clock = {};
	struct log log = { .fd = 2 };
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES), .clock = &clock, .log = &log };
	if (argc != 5)
		return EXIT_FAILURE;
	if (damage(&cx, argv) == OK)
		return EXIT_SUCCESS;
	fprintf(stderr, "damage: %s\n", cx.failure.text);
	return EXIT_FAILURE;
}
