/* Keys: made, wrapped, destroyed for good. */
#include <fcntl.h>
#include <sys/stat.h>

#include "custody/custody.h"
#include "store/connection.h"
#include "store/row.h"
#include "store_fixture.h"

static struct str key_path(struct node *node)
{
	return arena_printf(&node->cx.mem, "%s.key", node->folder);
}

static bool open_custody(struct node *node)
{
	node_init(node);
	struct str path = key_path(node);
	return node_ok(&node->cx, keyholder_init(&node->cx, path.p, node->folder)) &&
	       node_ok(&node->cx, keyholder_open(&node->cx, path.p, &node->cx.keyholder)) &&
	       (memcpy(node->key, keyholder_store_key(node->cx.keyholder), KEY_BYTES), node_open(node)) &&
	       node_start(node, all_statements);
}

static void end_custody(struct node *node)
{
	unlink(key_path(node).p);
	keyholder_close(&node->cx.keyholder);
	node_end(node);
}

struct making {
	int64_t account;
	struct grant grant;
};

static enum err make_key(struct ctx *cx, void *argument)
{
	struct making *making = argument;
	return custody_create(cx, making->account, &making->grant);
}

static enum err make_and_refuse(struct ctx *cx, void *argument)
{
	TRY(make_key(cx, argument));
	return fail(cx, E_DENIED, "after all not");
}

static enum err destroy_key(struct ctx *cx, void *argument)
{
	const struct making *making = argument;
	return custody_destroy(cx, making->account);
}

TEST(a_grant_carries_the_key_that_was_made)
{
	struct node node;
	struct making making = { .account = 7 };
	struct grant grant;
	CHECK(open_custody(&node));
	CHECK(node_ok(&node.cx, writer_run(&node.cx, make_key, &making)));
	CHECK(node_ok(&node.cx, custody_grant(&node.cx, GRANT_SESSION, 7, &grant)));
	CHECK(secret_eq(grant.key, making.grant.key, KEY_BYTES) && grant.account == 7 && grant.purpose == GRANT_SESSION);
	CHECK(custody_grant(&node.cx, GRANT_SESSION, 8, &grant) == E_NOTFOUND);
	CHECK(writer_run(&node.cx, make_key, &making) == E_CONFLICT);
	CHECK(keyholder_count(node.cx.keyholder, GRANT_SESSION) == 1 && keyholder_count(node.cx.keyholder, GRANT_SIGNUP) == 1);
	end_custody(&node);
}

TEST(a_key_whose_work_failed_was_never_made)
{
	struct node node;
	struct making making = { .account = 7 };
	struct grant grant;
	CHECK(open_custody(&node));
	CHECK(writer_run(&node.cx, make_and_refuse, &making) == E_DENIED);
	CHECK(custody_grant(&node.cx, GRANT_SESSION, 7, &grant) == E_NOTFOUND);
	end_custody(&node);
}

static bool file_holds(struct node *node, const char *name, const void *bytes, size_t n)
{
	static char file[1 << 20];
	struct str path = arena_printf(&node->cx.mem, "%s/%s", node->folder, name);
	int fd = open(path.p, O_RDONLY);
	ssize_t length = fd >= 0 ? read(fd, file, sizeof file) : 0;
	if (fd >= 0)
		close(fd);
	return length > 0 && memmem(file, (size_t)length, bytes, n);
}

static const struct stmt wrapped_of = { "wrapped_of", "SELECT wrapped FROM user_key WHERE account = $1", KEYS_DB };

static struct str wrapped_key(struct node *node, int64_t account)
{
	AUTO(rows_close) struct rows *rows = NULL;
	enum err e = db_query(&node->cx, wrapped_of, &rows, I64(account));
	bool found = e == OK && rows_next(rows);
	struct str wrapped = found ? rows_blob(rows, 0) : STR("");
	(void)!rows_status(rows);
	return wrapped;
}

TEST(a_destroyed_key_is_in_no_file_any_more_and_its_rows_never_open)
{
	struct node node;
	struct making first = { .account = 7 }, second = { .account = 7 };
	struct row_place place = { "like", 1, 2 };
	struct row_reader reader;
	struct str sealed;
	CHECK(open_custody(&node));
	CHECK(node_ok(&node.cx, writer_run(&node.cx, make_key, &first)));
	AUTO(row_writer_free) struct row_writer writer = row_writer_new();
	row_put_i64(&writer, 1);
	CHECK(node_ok(&node.cx, row_seal(&node.cx, &first.grant, &place, &writer, &sealed)));
	struct str wrapped = wrapped_key(&node, 7);
	CHECK(wrapped.n == KEY_BYTES + SEAL_OVERHEAD);
	CHECK(file_holds(&node, "keys.db-wal", wrapped.p, wrapped.n) || file_holds(&node, "keys.db", wrapped.p, wrapped.n));
	CHECK(!file_holds(&node, "keys.db-wal", first.grant.key, KEY_BYTES) && !file_holds(&node, "keys.db", first.grant.key, KEY_BYTES));
	CHECK(node_ok(&node.cx, writer_run(&node.cx, destroy_key, &first)));
	for (int i = 0; i < 3000; i++) {       /* the log is cleared behind the group */
		if (!file_holds(&node, "keys.db-wal", wrapped.p, wrapped.n))
			break;
		usleep(10'000);
	}
	CHECK(!file_holds(&node, "keys.db-wal", wrapped.p, wrapped.n) && !file_holds(&node, "keys.db", wrapped.p, wrapped.n));
	struct grant grant;
	CHECK(custody_grant(&node.cx, GRANT_SESSION, 7, &grant) == E_NOTFOUND);
	CHECK(writer_run(&node.cx, destroy_key, &first) == E_NOTFOUND);
	CHECK(node_ok(&node.cx, writer_run(&node.cx, make_key, &second)));
	CHECK(row_unseal(&node.cx, &second.grant, &place, sealed, &reader) == E_CORRUPT);
	end_custody(&node);
}

TEST(a_wrapped_key_belongs_to_one_account_and_one_region_key)
{
	struct node node;
	struct making first = { .account = 7 };
	struct grant grant;
	CHECK(open_custody(&node));
	CHECK(node_ok(&node.cx, writer_run(&node.cx, make_key, &first)));
	node_shut(&node);
	CHECK(node_open(&node));
	sqlite3_exec(node.cx.db->stores[KEYS_DB].handle, "UPDATE user_key SET account = 8", NULL, NULL, NULL);
	CHECK(custody_grant(&node.cx, GRANT_SESSION, 8, &grant) == E_CORRUPT);
	sqlite3_exec(node.cx.db->stores[KEYS_DB].handle, "UPDATE user_key SET account = 7", NULL, NULL, NULL);
	CHECK(node_ok(&node.cx, custody_grant(&node.cx, GRANT_SESSION, 7, &grant)));
	struct str path = key_path(&node);
	unlink(path.p);
	keyholder_close(&node.cx.keyholder);
	CHECK(node_ok(&node.cx, keyholder_init(&node.cx, path.p, node.folder)));
	CHECK(node_ok(&node.cx, keyholder_open(&node.cx, path.p, &node.cx.keyholder)));
	CHECK(custody_grant(&node.cx, GRANT_SESSION, 7, &grant) == E_CORRUPT);
	end_custody(&node);
}

TEST(a_key_file_is_the_owners_alone_outside_the_data_and_never_replaced)
{
	struct node node;
	struct keyholder *holder = NULL;
	struct stat info;
	node_init(&node);
	struct str path = key_path(&node), inside = arena_printf(&node.cx.mem, "%s/region.key", node.folder);
	CHECK(keyholder_open(&node.cx, path.p, &holder) == E_NOTFOUND);
	CHECK(keyholder_init(&node.cx, inside.p, node.folder) == E_INVALID);
	CHECK(node_ok(&node.cx, keyholder_init(&node.cx, path.p, node.folder)));
	CHECK(stat(path.p, &info) == 0 && (info.st_mode & 0777) == 0600 && info.st_size == 65);
	CHECK(keyholder_init(&node.cx, path.p, node.folder) == E_CONFLICT);
	CHECK(chmod(path.p, 0640) == 0);
	CHECK(keyholder_open(&node.cx, path.p, &holder) == E_INVALID);
	CHECK(strstr(node.cx.failure.text, "chmod 600"));
	CHECK(chmod(path.p, 0400) == 0);
	CHECK(node_ok(&node.cx, keyholder_open(&node.cx, path.p, &holder)));
	keyholder_close(&holder);
	CHECK(chmod(path.p, 0600) == 0 && truncate(path.p, 63) == 0);
	CHECK(keyholder_open(&node.cx, path.p, &holder) == E_INVALID);
	unlink(path.p);
	node_end(&node);
}

TEST(derived_keys_and_macs_are_apart_by_purpose)
{
	struct node node;
	unsigned char one[MAC_BYTES], two[MAC_BYTES], three[MAC_BYTES];
	struct grant desk;
	CHECK(open_custody(&node));
	keyholder_mac(node.cx.keyholder, "session", STR("x"), one);
	keyholder_mac(node.cx.keyholder, "invite", STR("x"), two);
	keyholder_mac(node.cx.keyholder, "session", STR("x"), three);
	CHECK(memcmp(one, two, MAC_BYTES) != 0 && memcmp(one, three, MAC_BYTES) == 0);
	CHECK(node_ok(&node.cx, custody_desk_grant(&node.cx, &desk)));
	CHECK(memcmp(desk.key, keyholder_store_key(node.cx.keyholder), KEY_BYTES) != 0 && desk.purpose == GRANT_DESK);
	CHECK(keyholder_count(node.cx.keyholder, GRANT_DESK) == 1);
	end_custody(&node);
}

static bool matches(struct ctx *cx, const char *hash, struct str password)
{
	bool right = false;
	return node_ok(cx, password_verify(cx, hash, password, &right)) && right;
}

TEST(a_password_matches_its_hash_and_no_other)
{
	struct node node;
	char hash[PASSWORD_HASH_MAX], stand_in[PASSWORD_HASH_MAX];
	node_init(&node);
	CHECK(node_ok(&node.cx, password_hash(&node.cx, STR("a long pass phrase"), 1, 8 << 20, hash)));
	CHECK(matches(&node.cx, hash, STR("a long pass phrase")) && !matches(&node.cx, hash, STR("a long pass phrasE")));
	CHECK(!matches(&node.cx, hash, STR("")));
	CHECK(node_ok(&node.cx, password_hash_stand_in(&node.cx, 1, 8 << 20, stand_in)));
	CHECK(!matches(&node.cx, stand_in, STR("a long pass phrase")));
	node_end(&node);
}

int main(void)
{
	RUN(a_grant_carries_the_key_that_was_made);
	RUN(a_key_whose_work_failed_was_never_made);
	RUN(a_destroyed_key_is_in_no_file_any_more_and_its_rows_never_open);
	RUN(a_wrapped_key_belongs_to_one_account_and_one_region_key);
	RUN(a_key_file_is_the_owners_alone_outside_the_data_and_never_replaced);
	RUN(derived_keys_and_macs_are_apart_by_purpose);
	RUN(a_password_matches_its_hash_and_no_other);
	return tap_end();
}
