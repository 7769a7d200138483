/* A witness's one step: what it signed last and its signature are kept together or not at all, and its time never goes back. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/cosigner.h"
#include "ledger/log_key.h"
#include "store_fixture.h"

extern const struct stmt *const all_statements[];

struct booth {
	struct node node;
	struct cosigner *cosigner;
	struct log_key log;
	struct clock clock;
	atomic_int_fast64_t now_us;
	char key_file[96], logs_file[96];
};

static int64_t wall_of(void *self)
{
	return atomic_load(&((struct booth *)self)->now_us);
}

static enum err booth_cosigner(struct booth *booth, struct ctx *cx, const char *name)
{
	return cosigner_open(cx, &(struct cosigner_config){ name, booth->key_file, booth->node.folder, booth->logs_file }, &booth->cosigner);
}

static void booth_open(struct booth *booth)
{
	AUTO(buf_free) struct buf text = buf_new(1000);
	memset(booth, 0, sizeof *booth);
	node_init(&booth->node);
	snprintf(booth->key_file, sizeof booth->key_file, "%s.witness", booth->node.folder);
	snprintf(booth->logs_file, sizeof booth->logs_file, "%s.logs", booth->node.folder);
	booth->clock = (struct clock){ .wall_us = wall_of, .self = booth };
	booth->node.cx.clock = &booth->clock;
	atomic_store(&booth->now_us, 1000 * SECOND_US);
	booth->log = log_key_new(STR("a.example/log"));
	buf_text(&text, "log ");
	note_key_write(&booth->log.key, &text);
	enum err e = file_write(&booth->node.cx, booth->logs_file, buf_view(&text));
	assert(e == OK && node_open(&booth->node) && node_start(&booth->node, all_statements));
	e = booth_cosigner(booth, &booth->node.cx, "w.example/w");
	assert(e == OK);
}

static void booth_close(struct booth *booth)
{
	node_fault(&booth->node, 0);
	cosigner_close(&booth->cosigner);
	unlink(booth->key_file);
	unlink(booth->logs_file);
	node_end(&booth->node);
}

/* Of a log whose trees have one leaf at most: `leaf` says which. */
struct question {
	struct booth *booth;
	struct str body;
	struct cosigned out;
};

static struct str body_of(struct booth *booth, struct ctx *cx, uint64_t old, uint64_t size, const char *leaf)
{
	AUTO(buf_free) struct buf text = buf_new(1000), body = buf_new(4000);
	const struct checkpoint checkpoint = { .origin = STR("a.example/log"), .size = size, .root = size ? tree_leaf(str_of(leaf)) : tree_empty() };
	checkpoint_write(&checkpoint, &text);
	buf_printf(&body, "old %llu\n\n" STR_FMT "\n", (unsigned long long)old, STR_ARG(buf_view(&text)));
	note_sign(&booth->log.key, booth->log.seed, buf_view(&text), &body);
	return arena_copy(&cx->mem, buf_view(&body));
}

static enum err step(struct ctx *cx, void *argument)
{
	struct question *const question = argument;
	return cosigner_sign(cx, question->booth->cosigner, question->body, &question->out);
}

static enum err ask(struct booth *booth, struct ctx *cx, uint64_t old, uint64_t size, const char *leaf, struct cosigned *out)
{
	struct question question = { .booth = booth, .body = body_of(booth, cx, old, size, leaf) };
	const enum err e = writer_run(cx, step, &question);
	*out = question.out;
	return e;
}

/* The time in the cosignature, 0 for one that does not hold. */
static uint64_t time_of(struct booth *booth, struct ctx *cx, uint64_t size, const char *leaf, struct str line)
{
	const struct str body = body_of(booth, cx, 0, size, leaf);
	const struct str whole = arena_printf(&cx->mem, STR_FMT STR_FMT, STR_ARG(str_from(body, sizeof "old 0\n\n" - 1)), STR_ARG(line));
	struct note note;
	uint64_t time_s = 0;
	return EXPECT(note_parse(cx, whole, &note) == OK) && note_check(&note, cosigner_key(booth->cosigner), &time_s) == NOTE_SIGNED ? time_s : 0;
}

TEST(its_time_follows_the_clock_and_stands_still_when_the_clock_goes_back)
{
	struct booth booth AUTO(booth_close);
	AUTO(ctx_end) struct ctx cx = {};
	struct cosigned cosigned;
	booth_open(&booth);
	cx = node_ctx(&booth.node);
	CHECK(ask(&booth, &cx, 0, 0, "", &cosigned) == OK && time_of(&booth, &cx, 0, "", cosigned.line) == 1000);
	atomic_store(&booth.now_us, 1234 * SECOND_US);
	CHECK(ask(&booth, &cx, 0, 1, "x", &cosigned) == OK && cosigned.newest == 1 && time_of(&booth, &cx, 1, "x", cosigned.line) == 1234);
	atomic_store(&booth.now_us, 900 * SECOND_US);
	CHECK(ask(&booth, &cx, 1, 1, "x", &cosigned) == OK && time_of(&booth, &cx, 1, "x", cosigned.line) == 1234);
}

TEST(another_tree_is_refused_and_an_old_size_is_answered_with_the_newest)
{
	struct booth booth AUTO(booth_close);
	AUTO(ctx_end) struct ctx cx = {};
	struct cosigned cosigned;
	booth_open(&booth);
	cx = node_ctx(&booth.node);
	CHECK(ask(&booth, &cx, 0, 1, "x", &cosigned) == OK && cosigned.line.n);
	CHECK(ask(&booth, &cx, 1, 1, "y", &cosigned) == E_INVALID && strcmp(cx.failure.slug, "checkpoint-inconsistent") == 0);
	CHECK(ask(&booth, &cx, 0, 1, "y", &cosigned) == OK && cosigned.line.n == 0 && cosigned.newest == 1);
	CHECK(ask(&booth, &cx, 1, 0, "", &cosigned) == E_INVALID && strcmp(cx.failure.slug, "question-invalid") == 0);
	booth.log = log_key_new(STR("a.example/log"));
	CHECK(ask(&booth, &cx, 1, 1, "x", &cosigned) == E_DENIED);
}

TEST(whatever_fails_a_signature_that_was_given_is_remembered)
{
	unsigned nth, reached = 1, given = 0;
	for (nth = 1; reached && nth < 200; nth++) {
		struct booth booth AUTO(booth_close);
		AUTO(ctx_end) struct ctx cx = {};
		struct cosigned first, second;
		booth_open(&booth);
		cx = node_ctx(&booth.node);
		node_fault(&booth.node, nth);
		const enum err e = ask(&booth, &cx, 0, 1, "x", &first);
		reached = fault_reached(&booth.node.faults);
		node_fault(&booth.node, 0);
		given += e == OK;
		const enum err again = ask(&booth, &cx, 0, 1, "y", &second);
		EXPECT(again == OK && (e == OK ? second.line.n == 0 && second.newest == 1 : true));
	}
	printf("# %u calls failed in turn\n", nth - 1);
	CHECK(nth > 3 && !reached && given > 0);
}

TEST(its_key_is_made_once_and_is_of_one_name)
{
	struct booth booth AUTO(booth_close);
	AUTO(ctx_end) struct ctx cx = {};
	struct stat info;
	booth_open(&booth);
	cx = node_ctx(&booth.node);
	const struct note_key before = *cosigner_key(booth.cosigner);
	CHECK(before.type == NOTE_COSIGNATURE && stat(booth.key_file, &info) == 0 && (info.st_mode & 0777) == 0600);
	cosigner_close(&booth.cosigner);
	CHECK(booth_cosigner(&booth, &cx, "w.example/w") == OK && memcmp(before.public, cosigner_key(booth.cosigner)->public, SIGN_PUBLIC_BYTES) == 0);
	cosigner_close(&booth.cosigner);
	CHECK(booth_cosigner(&booth, &cx, "other") == E_INVALID && booth_cosigner(&booth, &cx, "a b") == E_INVALID && !booth.cosigner);
	AUTO(log_keys_wipe) struct log_keys keys = {};
	CHECK(log_keys_read(&cx, booth.key_file, &keys) == E_INVALID);
	CHECK(chmod(booth.key_file, 0644) == 0 && booth_cosigner(&booth, &cx, "w.example/w") == E_INVALID);
	CHECK(unlink(booth.key_file) == 0);
	snprintf(booth.key_file, sizeof booth.key_file, "%s/witness", booth.node.folder);
	CHECK(booth_cosigner(&booth, &cx, "w.example/w") == E_INVALID);
}

int main(void)
{
	RUN(its_time_follows_the_clock_and_stands_still_when_the_clock_goes_back);
	RUN(another_tree_is_refused_and_an_old_size_is_answered_with_the_newest);
	RUN(whatever_fails_a_signature_that_was_given_is_remembered);
	RUN(its_key_is_made_once_and_is_of_one_name);
	return tap_end();
}
