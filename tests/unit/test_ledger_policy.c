/* Whom a reader trusts. */
#include <string.h>

#include "ledger/policy.h"
#include "tap.h"

#define WITNESSES 4
#define TEXT "example.net/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

struct cast {
	struct ctx cx;
	struct note_key log, witnesses[WITNESSES];
	unsigned char seeds[1 + WITNESSES][SIGN_SEED_BYTES];
	struct str vkeys[1 + WITNESSES];
};

static struct note_key key_of(struct cast *cast, unsigned i, const char *name, enum note_type type)
{
	unsigned char public[SIGN_PUBLIC_BYTES];
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
	memset(cast->seeds[i], (int)i + 1, SIGN_SEED_BYTES);
	sign_public(cast->seeds[i], public);
	const struct note_key key = note_key_new(str_of(name), type, public);
	note_key_write(&key, &vkey);
	cast->vkeys[i] = arena_copy(&cast->cx.mem, buf_view(&vkey));
	return key;
}

static void assemble(struct cast *cast)
{
	static const char *const names[] = { "one", "two", "three", "four" };
	*cast = (struct cast){ .cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) } };
	cast->log = key_of(cast, 0, "example.net/log", NOTE_ED25519);
	for (unsigned i = 0; i < WITNESSES; i++)
		cast->witnesses[i] = key_of(cast, i + 1, names[i], NOTE_COSIGNATURE);
}

static void dismiss(struct cast *cast)
{
	ctx_end(&cast->cx);
}

/* The log's line, those of the four witnesses, and what else is said. */
static struct str policy_text(struct cast *cast, const char *rest)
{
	return arena_printf(&cast->cx.mem,
	                    "# whom I trust\nlog " STR_FMT " https://example.net/\n\nwitness a " STR_FMT "\n  witness\tb " STR_FMT " https://b.example\nwitness c " STR_FMT
	                    "\nwitness d " STR_FMT "\n%s",
	                    STR_ARG(cast->vkeys[0]), STR_ARG(cast->vkeys[1]), STR_ARG(cast->vkeys[2]), STR_ARG(cast->vkeys[3]), STR_ARG(cast->vkeys[4]), rest);
}

/* Whether the policy trusts a checkpoint that the log and these witnesses (bits) have signed. */
static bool trusts(struct cast *cast, const char *rest, unsigned who)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct policy policy;
	struct policy_finding finding;
	struct note note;
	AUTO(buf_free) struct buf bytes = buf_new(10000);
	buf_text(&bytes, TEXT "\n");
	note_sign(&cast->log, cast->seeds[0], STR(TEXT), &bytes);
	for (unsigned i = 0; i < WITNESSES; i++)
		if (who >> i & 1)
			note_cosign(&cast->witnesses[i], cast->seeds[i + 1], 1795000000, STR(TEXT), &bytes);
	if (!EXPECT(policy_parse(&cx, policy_text(cast, rest), &policy) == OK) || !EXPECT(note_parse(&cx, buf_view(&bytes), &note) == OK))
		return false;
	const bool yes = policy_check(&cx, &policy, &note, &finding) == OK;
	return yes && EXPECT(finding.log == 0 && finding.witnesses == (unsigned)__builtin_popcount(who));
}

TEST(a_quorum_is_what_its_groups_say)
{
	struct cast cast AUTO(dismiss);
	assemble(&cast);
	for (unsigned who = 0; who < 1U << WITNESSES; who++) {
		const bool a = who & 1, b = who & 2, c = who & 4, d = who & 8;
		CHECK(trusts(&cast, "quorum none\n", who));
		CHECK(trusts(&cast, "quorum c\n", who) == c);
		CHECK(trusts(&cast, "group g all a b\nquorum g\n", who) == (a && b));
		CHECK(trusts(&cast, "group g any a b c d\nquorum g\n", who) == (who != 0));
		CHECK(trusts(&cast, "group g 2 a b c\nquorum g\n", who) == (a + b + c >= 2));
		CHECK(trusts(&cast, "group west all a b\ngroup east any c d\ngroup both all west east\nquorum both\n", who) == ((a && b) && (c || d)));
	}
}

TEST(a_forged_cosignature_is_worse_than_none)
{
	struct cast cast AUTO(dismiss);
	assemble(&cast);
	struct policy policy;
	struct policy_finding finding;
	struct note note;
	AUTO(buf_free) struct buf bytes = buf_new(10000);
	buf_text(&bytes, TEXT "\n");
	note_sign(&cast.log, cast.seeds[0], STR(TEXT), &bytes);
	note_cosign(&cast.witnesses[0], cast.seeds[1], 1795000000, STR(TEXT "more\n"), &bytes);
	CHECK(policy_parse(&cast.cx, policy_text(&cast, "quorum none\n"), &policy) == OK && note_parse(&cast.cx, buf_view(&bytes), &note) == OK);
	CHECK(policy_check(&cast.cx, &policy, &note, &finding) == E_INVALID && strstr(cast.cx.failure.text, "forged"));
}

TEST(another_logs_checkpoint_is_not_trusted)
{
	struct cast cast AUTO(dismiss);
	assemble(&cast);
	struct policy policy;
	struct policy_finding finding;
	struct note note;
	AUTO(buf_free) struct buf bytes = buf_new(10000);
	const struct str text = STR("example.org/other\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
	buf_str(&bytes, text);
	buf_char(&bytes, '\n');
	note_sign(&cast.log, cast.seeds[0], text, &bytes);
	CHECK(policy_parse(&cast.cx, policy_text(&cast, "quorum none\n"), &policy) == OK && note_parse(&cast.cx, buf_view(&bytes), &note) == OK);
	CHECK(policy_check(&cast.cx, &policy, &note, &finding) == E_INVALID);
}

TEST(malformed_policies_are_refused_with_their_line)
{
	static const char *const wrong[] = {
		"", "quorum e\n", "quorum none\nquorum none\n", "group g 3 a b\nquorum g\n", "group g 0 a\nquorum g\n", "group g all\nquorum g\n",
		"group g some a\nquorum g\n", "group g all g\nquorum g\n", "group g all h\ngroup h all a\nquorum g\n", "group g all a a\nquorum g\n",
		"group g all a\ngroup h all a\nquorum h\n", "group a all b\nquorum a\n", "group none all b\nquorum none\n", "witness e\nquorum none\n",
		"trust everybody\nquorum none\n", "quorum none really\n", "log nonsense\nquorum none\n",
	};
	struct cast cast AUTO(dismiss);
	assemble(&cast);
	struct policy policy;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (!EXPECT(policy_parse(&cast.cx, policy_text(&cast, wrong[i]), &policy) == E_INVALID))
			printf("# case %zu: %s\n", i, wrong[i]);
	const struct str twice = arena_printf(&cast.cx.mem, "witness again " STR_FMT "\nquorum none\n", STR_ARG(cast.vkeys[1]));
	CHECK(policy_parse(&cast.cx, policy_text(&cast, twice.p), &policy) == E_INVALID && strstr(cast.cx.failure.text, "line 8"));
	CHECK(policy_parse(&cast.cx, STR("quorum none\n"), &policy) == E_INVALID);
}

int main(void)
{
	RUN(a_quorum_is_what_its_groups_say);
	RUN(a_forged_cosignature_is_worse_than_none);
	RUN(another_logs_checkpoint_is_not_trusted);
	RUN(malformed_policies_are_refused_with_their_line);
	return tap_end();
}
