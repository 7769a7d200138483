#include "store/blob_arriving.h"

#include <unistd.h>

#include "keys/keys.h"
#include "store/blob.sql.h"
#include "store/blob_folder.h"

void personal_blob_name(char name[BLOB_NAME_BYTES], struct blob_key *key)
{
	blob_random_name(name);
	random_bytes(key->bytes, sizeof key->bytes);
}

enum err personal_blob_keep(struct ctx *cx, const char *name)
{
	return db_run(cx, SQL_blob_add_personal, TEXT(str_of(name)), I64(cx->now_us));
}

void personal_blob_discard(struct ctx *cx, const char *name)
{
	char path[BLOB_PATH_BYTES];
	blob_path(name, path);
	unlinkat(cx->blobs->personal_fd, path, 0);
}
