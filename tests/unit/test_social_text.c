/* Which text, names and passwords are taken. */
#include <string.h>

#include "social/text.h"
#include "tap.h"

static struct ctx cx;

static void begin(void)
{
	arena_free(&cx.mem);
	cx = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
}

static bool takes(const struct text_rule *rule, const char *in, const char *expected)
{
	struct str out;
	begin();
	return text_clean(&cx, rule, str_of(in), &out) == OK && str_eq(out, str_of(expected));
}

static bool refuses(const struct text_rule *rule, const char *in)
{
	struct str out = STR("untouched");
	begin();
	return text_clean(&cx, rule, str_of(in), &out) == E_INVALID && strcmp(cx.failure.slug, rule->slug) == 0 &&
	       str_eq(out, STR("untouched"));
}

TEST(text_is_trimmed_and_its_lines_end_with_lf)
{
	CHECK(takes(&TEXT_COMMENT, "  hello \t\n", "hello"));
	CHECK(takes(&TEXT_COMMENT, "one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"));
	CHECK(takes(&TEXT_CAPTION, "", ""));
	CHECK(takes(&TEXT_NAME, "\n Asha \r\n", "Asha"));
}

TEST(every_script_is_taken)
{
	CHECK(takes(&TEXT_NAME, "नमस्ते दुनिया", "नमस्ते दुनिया"));
	CHECK(takes(&TEXT_COMMENT, "مرحبا \u2067(שלום)\u2069 👩‍👩‍👧", "مرحبا \u2067(שלום)\u2069 👩‍👩‍👧"));
	CHECK(takes(&TEXT_COMMENT, "flag: 🏴\U000E0067\U000E0062\U000E007F", "flag: 🏴\U000E0067\U000E0062\U000E007F"));
}

TEST(control_characters_are_refused_and_line_ends_only_where_lines_are_allowed)
{
	CHECK(refuses(&TEXT_NAME, "two\nlines"));
	CHECK(refuses(&TEXT_COMMENT, "bell \a bell"));
	CHECK(refuses(&TEXT_COMMENT, "tab\there"));
	CHECK(refuses(&TEXT_COMMENT, "\x7F" "delete"));
	CHECK(refuses(&TEXT_COMMENT, "next line: \xC2\x85."));
	CHECK(refuses(&TEXT_COMMENT, "separator: \u2028."));
	CHECK(refuses(&TEXT_COMMENT, "noncharacter: \uFFFE."));
}

TEST(direction_overrides_are_refused)
{
	CHECK(refuses(&TEXT_CAPTION, "\u202E4pm.exe"));
	CHECK(refuses(&TEXT_CAPTION, "a\u202A" "b\u202C"));
	CHECK(takes(&TEXT_CAPTION, "a\u2066" "b\u2069", "a\u2066" "b\u2069"));
}

TEST(malformed_utf8_is_refused)
{
	CHECK(refuses(&TEXT_COMMENT, "\xC0\xAF"));
	CHECK(refuses(&TEXT_COMMENT, "\xED\xA0\x80"));
	CHECK(refuses(&TEXT_COMMENT, "cut \xE2\x82"));
	CHECK(refuses(&TEXT_COMMENT, "\xF4\x90\x80\x80"));
}

TEST(what_cannot_be_seen_is_no_name)
{
	CHECK(refuses(&TEXT_NAME, ""));
	CHECK(refuses(&TEXT_NAME, "   "));
	CHECK(refuses(&TEXT_NAME, "\u200B\u3164\uFEFF"));
	CHECK(refuses(&TEXT_COMMENT, "\u00A0\u2003"));
}

TEST(length_is_counted_in_code_points)
{
	char text[4 * COMMENT_POINTS_MAX + 8] = "";
	for (int i = 0; i < COMMENT_POINTS_MAX; i++)
		strcat(text, "म");
	CHECK(takes(&TEXT_COMMENT, text, text));
	strcat(text, "म");
	CHECK(refuses(&TEXT_COMMENT, text));
}

TEST(a_huge_text_is_refused_before_it_is_copied)
{
	static char huge[1 << 20];
	memset(huge, 'a', sizeof huge - 1);
	CHECK(refuses(&TEXT_CAPTION, huge));
}

static bool handle(const char *in, const char *expected)
{
	struct str out = STR("");
	begin();
	enum err outcome = handle_clean(&cx, str_of(in), &out);
	return expected ? outcome == OK && str_eq(out, str_of(expected)) : outcome == E_INVALID && out.n == 0;
}

TEST(handles_are_folded_to_small_letters)
{
	CHECK(handle("Asha_07", "asha_07"));
	CHECK(handle("a.b.c", "a.b.c"));
	CHECK(handle("__", "__"));
	CHECK(handle("abcdefghijklmnopqrstuvwxyz0123", "abcdefghijklmnopqrstuvwxyz0123"));
}

TEST(handles_that_break_the_rule_are_refused)
{
	CHECK(handle("a", NULL) && handle("", NULL) && handle("abcdefghijklmnopqrstuvwxyz01234", NULL));
	CHECK(handle(".ab", NULL) && handle("ab.", NULL) && handle("a b", NULL) && handle("a-b", NULL));
	CHECK(handle("ашa", NULL) && handle("a/b", NULL) && handle("a@b", NULL) && handle("ab\n", NULL));
}

TEST(reserved_handles_are_taken)
{
	struct str out;
	begin();
	CHECK(handle_clean(&cx, STR("Admin"), &out) == E_CONFLICT);
	CHECK(strcmp(cx.failure.slug, "handle-taken") == 0);
	CHECK(handle_fold(&cx, STR("Admin"), &out));
}

TEST(weak_passwords_are_refused)
{
	char longest[PASSWORD_BYTES_MAX + 2];
	begin();
	CHECK(password_check(&cx, STR("123456789"), STR("asha")) == E_INVALID);
	CHECK(password_check(&cx, STR("asha.asha.1"), STR("asha.asha.1")) == E_INVALID);
	CHECK(password_check(&cx, STR("ASHA.asha.1"), STR("asha.asha.1")) == E_INVALID);
	CHECK(password_check(&cx, STR("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), STR("asha")) == E_INVALID);
	CHECK(password_check(&cx, STR("पासवर्डहैयह"), STR("asha")) == OK);
	memset(longest, 'x', sizeof longest);
	CHECK(password_check(&cx, (struct str){ longest, PASSWORD_BYTES_MAX }, STR("asha")) == OK);
	CHECK(password_check(&cx, (struct str){ longest, PASSWORD_BYTES_MAX + 1 }, STR("asha")) == E_INVALID);
}

TEST(codes_of_languages_and_countries_are_strict)
{
	begin();
	CHECK(language_check(&cx, STR("hi"), false) == OK && language_check(&cx, STR("fil"), false) == OK);
	CHECK(language_check(&cx, STR(""), true) == OK && language_check(&cx, STR(""), false) == E_INVALID);
	CHECK(language_check(&cx, STR("HI"), false) == E_INVALID && language_check(&cx, STR("hindi"), false) == E_INVALID);
	CHECK(country_check(&cx, STR("IN")) == OK && country_check(&cx, STR("")) == OK);
	CHECK(country_check(&cx, STR("in")) == E_INVALID && country_check(&cx, STR("IND")) == E_INVALID);
}

int main(void)
{
	RUN(text_is_trimmed_and_its_lines_end_with_lf);
	RUN(every_script_is_taken);
	RUN(control_characters_are_refused_and_line_ends_only_where_lines_are_allowed);
	RUN(direction_overrides_are_refused);
	RUN(malformed_utf8_is_refused);
	RUN(what_cannot_be_seen_is_no_name);
	RUN(length_is_counted_in_code_points);
	RUN(a_huge_text_is_refused_before_it_is_copied);
	RUN(handles_are_folded_to_small_letters);
	RUN(handles_that_break_the_rule_are_refused);
	RUN(reserved_handles_are_taken);
	RUN(weak_passwords_are_refused);
	RUN(codes_of_languages_and_countries_are_strict);
	arena_free(&cx.mem);
	return tap_end();
}
