/* What the layer checker promises: each kind of breach is told with its file and line, and nothing else is. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/layers.h"
#include "base/err.h"
#include "scratch.h"
#include "tap.h"

struct tree {
	char root[64], report[2048];
	int breaches;
};

static void write_file(const struct tree *tree, const char *room, const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", tree->root, room);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/%s/%s", tree->root, room, name);
	FILE *file = fopen(path, "w");
	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

static void check(struct tree *tree)
{
	FILE *report = fmemopen(tree->report, sizeof tree->report - 1, "w");
	tree->breaches = report ? layers_check(tree->root, report) : -2;
	if (report)
		fclose(report);
}

static struct tree plant(const char *room, const char *name, const char *text)
{
	struct tree tree = {};
	char path[128];
	snprintf(tree.root, sizeof tree.root, "%s/amanat-layers-XXXXXX", scratch_root());
	if (!mkdtemp(tree.root))
		abort();
	snprintf(path, sizeof path, "%s/src", tree.root);
	mkdir(path, 0700);
	write_file(&tree, room, name, text);
	check(&tree);
	return tree;
}

static void fell(struct tree *tree)
{
	char command[96];
	snprintf(command, sizeof command, "rm -rf '%s'", tree->root);
	if (system(command) != 0)
		abort();
}

static bool one(const struct tree *tree, const char *says)
{
	if (tree->breaches == 1 && strstr(tree->report, says))
		return true;
	printf("# %d breaches: %s\n", tree->breaches, tree->report);
	return false;
}

TEST(a_room_may_not_include_a_room_below_it)
{
	AUTO(fell) struct tree tree = plant("src/store", "db.c", "#include \"base/ctx.h\"\n\n#  include \"social/follow.h\"\n");
	CHECK(one(&tree, "store/db.c:3: this room may not include social/"));
}

TEST(a_room_may_include_itself_and_those_above)
{
	AUTO(fell) struct tree tree = plant("src/api", "a.c", "#include \"api/b.h\"\n#include \"base/c.h\"\n#include \"safety/d.h\"\n#include <jansson.h>\n");
	CHECK(tree.breaches == 0);
}

TEST(the_worker_knows_only_base_and_media)
{
	AUTO(fell) struct tree tree = plant("worker", "main.c", "#include \"media/protocol.h\"\n#include \"worker/x.h\"\n#include \"store/db.h\"\n");
	CHECK(one(&tree, "worker/main.c:3: this room may not include store/"));
}

TEST(nobody_includes_the_worker)
{
	AUTO(fell) struct tree tree = plant("src/media", "m.c", "#include \"worker/sandbox.h\"\n");
	CHECK(one(&tree, "may not include worker/"));
}

TEST(a_header_from_outside_is_kept_to_its_room)
{
	AUTO(fell) struct tree tree = plant("src/social", "a.c", "#include <sqlite3.h>\n");
	CHECK(one(&tree, "only for room store"));
	AUTO(fell) struct tree other = plant("src/media", "a.c", "#include <libavformat/avformat.h>\n");
	CHECK(one(&other, "only for room worker"));
}

TEST(only_custody_makes_grants)
{
	AUTO(fell) struct tree tree = plant("src/social", "a.c", "/* grant_make */\nstatic struct grant g(void)\n{\n\treturn grant_make(1);\n}\n");
	CHECK(one(&tree, "social/a.c:4: only custody/ makes grants"));
	AUTO(fell) struct tree fine = plant("src/custody", "a.c", "return grant_make(1);\n");
	CHECK(fine.breaches == 0);
}

TEST(sql_stays_out_of_c)
{
	AUTO(fell) struct tree tree = plant("src/social", "a.c", "/* \"SELECT a FROM b\" */\nconst char *a = \"SELECT what you like\";\nconst char *b = \"SELECT id FROM video\";\n");
	CHECK(one(&tree, "social/a.c:3: SQL belongs"));
	AUTO(fell) struct tree other = plant("src/api", "a.c", "x(\"\\\"\", \"DELETE FROM a\");\n");
	CHECK(one(&other, "api/a.c:1: SQL belongs"));
}

TEST(a_room_that_the_list_lacks_is_told)
{
	AUTO(fell) struct tree tree = plant("src/misc", "a.c", "");
	CHECK(one(&tree, "not in the list"));
}

TEST(an_unfinished_comment_or_literal_ends_with_the_file)
{
	AUTO(fell) struct tree tree = plant("src/base", "a.c", "int a; /* grant_make");
	CHECK(tree.breaches == 0);
	AUTO(fell) struct tree other = plant("src/base", "a.c", "char *a = \"SELECT a FROM b\\");
	CHECK(other.breaches == 1);
}

TEST(the_list_of_tables_names_the_fields_of_every_room)
{
	AUTO(fell) struct tree tree = plant("src/store", "tables.def", "#include \"social/follow.def\"\n#include \"social/follow.h\"\n");
	CHECK(one(&tree, "store/tables.def:2:"));
}

int main(void)
{
	RUN(a_room_may_not_include_a_room_below_it);
	RUN(a_room_may_include_itself_and_those_above);
	RUN(the_worker_knows_only_base_and_media);
	RUN(nobody_includes_the_worker);
	RUN(a_header_from_outside_is_kept_to_its_room);
	RUN(only_custody_makes_grants);
	RUN(sql_stays_out_of_c);
	RUN(a_room_that_the_list_lacks_is_told);
	RUN(an_unfinished_comment_or_literal_ends_with_the_file);
	RUN(the_list_of_tables_names_the_fields_of_every_room);
	return tap_end();
}
