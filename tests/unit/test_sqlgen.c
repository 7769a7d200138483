/* The SQL generator: what it makes, and what it refuses with FILE:LINE. */
#include <assert.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"

struct bench {
	char folder[64], out[64 * 1024];
	int status;
};

static void put(const struct bench *bench, const char *name, const char *text)
{
	char path[160];
	snprintf(path, sizeof path, "%s/%s", bench->folder, name);
	FILE *file = fopen(path, "w");
	assert(file);
	fputs(text, file);
	fclose(file);
}

static void bench_init(struct bench *bench)
{
	memset(bench, 0, sizeof *bench);
	snprintf(bench->folder, sizeof bench->folder, "%s/amanat-sqlgen-XXXXXX", scratch_root());
	char *made = mkdtemp(bench->folder);
	assert(made);
	put(bench, "tables.def", "#include \"like.def\"\n#include \"video.def\"\n");
	put(bench, "like.def", "TABLE(like, PERSONAL, PERSONAL_DB, \"Who likes what.\")\nFIELD(I64, person, CLEAR)   /* why */\n"
		"FIELD(I64, video, CLEAR)\nFIELD(I64, at_us, SEAL)\n#include \"store/undef.h\"\n");
	put(bench, "video.def", "TABLE(video, PUBLIC, PUBLIC_DB, \"Videos.\")\nFIELD(I64, id, CLEAR)\nFIELD(STR, caption, CLEAR)\n");
}

static int remove_one(const char *path, const struct stat *, int, struct FTW *)
{
	return remove(path);
}

static void bench_end(struct bench *bench)
{
	nftw(bench->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Runs it in the folder with its complaints in `out`. */
static void run(struct bench *bench, const char *arguments)
{
	char command[512];
	snprintf(command, sizeof command, "cd %s && %s %s 2>&1", bench->folder, SQLGEN, arguments);
	FILE *pipe = popen(command, "r");
	assert(pipe);
	size_t n = fread(bench->out, 1, sizeof bench->out - 1, pipe);
	bench->out[n] = 0;
	int status = pclose(pipe);
	bench->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define MAKE "--tables tables.def --source . --depfile d a.sql.h a.sql"

/* The header that a.sql becomes, or the complaint. */
static const char *made_of(struct bench *bench, const char *sql)
{
	put(bench, "a.sql", sql);
	run(bench, MAKE);
	if (bench->status != 0)
		return bench->out;
	run(bench, "--list /dev/null a.sql.h; cat a.sql.h");
	return bench->out;
}

static bool refused(struct bench *bench, const char *sql, const char *place, const char *why)
{
	put(bench, "a.sql", sql);
	run(bench, MAKE);
	bool good = bench->status == 1 && !strncmp(bench->out, place, strlen(place)) && strstr(bench->out, why);
	if (!good)
		printf("# %s: status %d: %s\n", place, bench->status, bench->out);
	return good;
}

TEST(braces_become_columns_and_sealed_stands_last)
{
	struct bench bench;
	bench_init(&bench);
	const char *made = made_of(&bench, "-- What this file is.\n\n-- name: like_add @personal\n"
		"INSERT INTO like ({like})   -- a comment\n\tVALUES ({like:$2}) /* and\n another */;\n"
		"-- name: like_list @personal\nSELECT {like:l} FROM like l WHERE l.person = $1 AND 'a {like} -- b' <> ''\n");
	CHECK(strstr(made, "\"INSERT INTO like (person, video, sealed) VALUES ($2, $3, $4)\""));
	CHECK(strstr(made, "\"SELECT l.person, l.video, l.sealed FROM like l WHERE l.person = $1 AND 'a {like} -- b' <> ''\""));
	CHECK(strstr(made, "SQL_like_add") && strstr(made, "PERSONAL_DB"));
	bench_end(&bench);
}

TEST(bad_input_is_refused_with_its_place_and_what_to_do)
{
	struct bench bench;
	bench_init(&bench);
	CHECK(refused(&bench, "SELECT 1", "a.sql:1: ", "begin with -- name:"));
	CHECK(refused(&bench, "-- name: Bad @keys\nSELECT 1", "a.sql:1: ", "a-z"));
	CHECK(refused(&bench, "\n-- name: one\nSELECT 1", "a.sql:2: ", "@public, @personal or @keys"));
	CHECK(refused(&bench, "-- name: one @desk\nSELECT 1", "a.sql:1: ", "@public, @personal or @keys"));
	CHECK(refused(&bench, "-- name: one @keys more\nSELECT 1", "a.sql:1: ", "nothing else"));
	CHECK(refused(&bench, "-- name: one @keys\n-- name: two @keys\nSELECT 1", "a.sql:1: ", "has no text"));
	CHECK(refused(&bench, "-- name: one @keys\nSELECT 1\n-- name: one @keys\nSELECT 2", "a.sql:3: ", "second statement"));
	CHECK(refused(&bench, "-- name: one @keys\nSELECT 1; SELECT 2", "a.sql:1: ", "two statements"));
	CHECK(refused(&bench, "-- name: one @personal\nSELECT\n {liek}", "a.sql:3: ", "no table"));
	CHECK(refused(&bench, "-- name: one @personal\nSELECT {like:$0}", "a.sql:2: ", "{like:$1}"));
	CHECK(refused(&bench, "-- name: one @personal\nSELECT {like:}", "a.sql:2: ", "{like:alias}"));
	CHECK(refused(&bench, "-- name: one @personal\nSELECT {like", "a.sql:2: ", "not closed"));
	CHECK(refused(&bench, "-- name: one @personal\nSELECT 'x", "a.sql:2: ", "not closed"));
	CHECK(refused(&bench, "-- name: one @personal\nSELECT 1 /* x", "a.sql:2: ", "not closed"));
	bench_end(&bench);
}

TEST(a_statement_names_tables_of_its_own_store_only)
{
	struct bench bench;
	bench_init(&bench);
	CHECK(refused(&bench, "-- name: one @personal\nSELECT id FROM video", "a.sql:1: ", "another store"));
	CHECK(refused(&bench, "-- name: one @personal\nSELECT 1 FROM like l, video v", "a.sql:1: ", "another store"));
	CHECK(refused(&bench, "-- name: one @personal\nSELECT 1 FROM like l JOIN video v ON v.id = l.video", "a.sql:1: ", "another store"));
	CHECK(refused(&bench, "-- name: one @public\nINSERT INTO like ({like}) VALUES ({like:$1})", "a.sql:1: ", "another store"));
	CHECK(refused(&bench, "-- name: one @public\nUPDATE like SET person = 1", "a.sql:1: ", "another store"));
	CHECK(refused(&bench, "-- name: one @public\nSELECT 1 FROM (SELECT 1 FROM like)", "a.sql:1: ", "another store"));
	CHECK(refused(&bench, "-- name: one @public\nSELECT 1 FROM nowhere", "a.sql:1: ", "no .def"));
	CHECK(strstr(made_of(&bench, "-- name: one @personal\nINSERT INTO like ({like}) VALUES ({like:$1})\n"
		"ON CONFLICT (person, video) DO UPDATE SET sealed = excluded.sealed RETURNING video"), "SQL_one"));
	CHECK(strstr(made_of(&bench, "-- name: one @public\nWITH RECURSIVE up(n) AS (SELECT 1 UNION SELECT n + 1 FROM up), "
		"down AS (SELECT id FROM video) SELECT * FROM up, down WHERE up.n IS NOT DISTINCT FROM down.id"), "SQL_one"));
	bench_end(&bench);
}

TEST(a_name_used_in_two_files_is_refused)
{
	struct bench bench;
	bench_init(&bench);
	(void)made_of(&bench, "-- name: one @keys\nSELECT 1");
	run(&bench, "--list all.c a.sql.h a.sql.h");
	CHECK(bench.status == 1 && strstr(bench.out, "another .sql file"));
	bench_end(&bench);
}

TEST(broken_defs_are_refused)
{
	struct bench bench;
	bench_init(&bench);
	put(&bench, "like.def", "FIELD(I64, person, CLEAR)\n");
	CHECK(refused(&bench, "-- name: one @keys\nSELECT 1", "./like.def:1: ", "FIELD("));
	put(&bench, "like.def", "TABLE(like, PERSONAL, SOME_DB, \"x\")\n");
	CHECK(refused(&bench, "-- name: one @keys\nSELECT 1", "./like.def:1: ", "TABLE("));
	put(&bench, "like.def", "\n");
	CHECK(refused(&bench, "-- name: one @keys\nSELECT 1", "./like.def:1: ", "class"));
	put(&bench, "like.def", "TABLE(video, PERSONAL, PERSONAL_DB, \"x\")\n");
	CHECK(refused(&bench, "-- name: one @keys\nSELECT 1", "./video.def:1: ", "second table"));
	bench_end(&bench);
}

TEST(migrations_are_embedded_in_order_and_odd_names_are_refused)
{
	struct bench bench;
	char path[100];
	bench_init(&bench);
	snprintf(path, sizeof path, "%s/m", bench.folder);
	CHECK(mkdir(path, 0700) == 0);
	put(&bench, "m/0002-b.public.sql", "CREATE TABLE b (x) -- \"q\"\n");
	put(&bench, "m/0001-a.public.sql", "CREATE TABLE a (x)\n");
	run(&bench, "--migrations --depfile d out.c m && cat out.c");
	CHECK(bench.status == 0);
	const char *first = strstr(bench.out, ".number = 1"), *second = strstr(bench.out, ".number = 2");
	CHECK(first && second && first < second && strstr(bench.out, "-- \\\"q\\\"\\n"));
	put(&bench, "m/0002-c.public.sql", "SELECT 1");
	run(&bench, "--migrations --depfile d out.c m");
	CHECK(bench.status == 1 && strstr(bench.out, "next free"));
	put(&bench, "m/0002-c.public.sql", "");
	put(&bench, "m/3-c.public.sql", "SELECT 1");
	run(&bench, "--migrations --depfile d out.c m");
	CHECK(bench.status == 1);
	bench_end(&bench);
}

int main(void)
{
	RUN(braces_become_columns_and_sealed_stands_last);
	RUN(bad_input_is_refused_with_its_place_and_what_to_do);
	RUN(a_statement_names_tables_of_its_own_store_only);
	RUN(a_name_used_in_two_files_is_refused);
	RUN(broken_defs_are_refused);
	RUN(migrations_are_embedded_in_order_and_odd_names_are_refused);
	return tap_end();
}
