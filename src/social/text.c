#include "social/text.h"

#include "store/script.h"

const struct text_rule TEXT_NAME = { "a name", "name-invalid", NAME_POINTS_MAX, false, true };
const struct text_rule TEXT_BIO = { "a profile's text", "bio-invalid", BIO_POINTS_MAX, true, false };
const struct text_rule TEXT_CAPTION = { "a caption", "caption-invalid", CAPTION_POINTS_MAX, true, false };
const struct text_rule TEXT_COMMENT = { "a comment", "comment-invalid", COMMENT_POINTS_MAX, true, true };
const struct text_rule TEXT_REPORT = { "a report", "report-invalid", REPORT_POINTS_MAX, true, false };

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

static bool is_override(uint32_t c)
{
	return c >= 0x202A && c <= 0x202E;
}

/* Unicode 15, section 23.7: for a program's own use, never for text. */
static bool is_noncharacter(uint32_t c)
{
	return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

/* Blanks and code points that show nothing by themselves (Unicode's Default_Ignorable_Code_Point, the ones met in text). */
static bool is_invisible(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x09, 0x0D }, { 0x20, 0x20 }, { 0xA0, 0xA0 }, { 0xAD, 0xAD }, { 0x34F, 0x34F }, { 0x61C, 0x61C },
		{ 0x115F, 0x1160 }, { 0x1680, 0x1680 }, { 0x17B4, 0x17B5 }, { 0x180B, 0x180F }, { 0x2000, 0x200F },
		{ 0x202F, 0x202F }, { 0x205F, 0x206F }, { 0x2800, 0x2800 }, { 0x3000, 0x3000 }, { 0x3164, 0x3164 },
		{ 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF }, { 0xFFA0, 0xFFA0 }, { 0xE0000, 0xE0FFF },
	};
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* In place of a look at each byte's role: line ends as LF, into memory of the same size. */
static struct str unify_lines(struct ctx *cx, struct str s)
{
	char *copy = arena_alloc(&cx->mem, s.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			continue;
		copy[n++] = s.p[i] == '\r' ? '\n' : s.p[i];
	}
	return (struct str){ copy, n };
}

static enum err check_points(struct ctx *cx, const struct text_rule *rule, struct str text, bool *visible)
{
	for (size_t at = 0; at < text.n;) {
		uint32_t c = script_next(text, &at);
		if (is_control(c) && !(c == '\n' && rule->lines))
			return fail_as(cx, E_INVALID, rule->slug, "%s may not hold the control character U+%04X", rule->what, c);
		if (is_override(c))
			return fail_as(cx, E_INVALID, rule->slug,
			               "%s may not hold the direction override U+%04X; isolates (U+2066 to U+2069) do",
			               rule->what, c);
		if (is_noncharacter(c))
			return fail_as(cx, E_INVALID, rule->slug, "%s may not hold U+%04X, which is no character",
			               rule->what, c);
		*visible |= !is_invisible(c);
	}
	return OK;
}

enum err text_clean(struct ctx *cx, const struct text_rule *rule, struct str in, struct str *out)
{
	/* Four bytes a code point at most, and a CR more a line: what is longer cannot pass, and is not worth a copy. */
	if (in.n > rule->points_max * 8 + 1024)
		return fail_as(cx, E_INVALID, rule->slug, "%s has at most %zu characters", rule->what, rule->points_max);
	if (!str_utf8(in))
		return fail_as(cx, E_INVALID, rule->slug, "%s must be well-formed UTF-8 without NUL", rule->what);

	struct str text = str_trim(unify_lines(cx, in));
	bool visible = false;
	TRY(check_points(cx, rule, text, &visible));
	if (rule->needed && !visible)
		return fail_as(cx, E_INVALID, rule->slug, "%s needs something that can be seen", rule->what);
	size_t points = str_code_points(text);
	if (points > rule->points_max)
		return fail_as(cx, E_INVALID, rule->slug, "%s has at most %zu characters, not %zu", rule->what,
		               rule->points_max, points);
	*out = text;
	return OK;
}

#define HANDLE_MIN 2
#define HANDLE_MAX 30

static bool is_handle_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

bool handle_fold(struct ctx *cx, struct str in, struct str *out)
{
	if (in.n < HANDLE_MIN || in.n > HANDLE_MAX || in.p[0] == '.' || in.p[in.n - 1] == '.')
		return false;
	char folded[HANDLE_MAX];
	for (size_t i = 0; i < in.n; i++) {
		folded[i] = in.p[i] >= 'A' && in.p[i] <= 'Z' ? (char)(in.p[i] - 'A' + 'a') : in.p[i];
		if (!is_handle_char(folded[i]))
			return false;
	}
	*out = arena_copy(&cx->mem, (struct str){ folded, in.n });
	return true;
}

static bool is_reserved(struct str handle)
{
	static const char *const reserved[] = {
#define RESERVED(name) name,
#include "social/reserved.def"
	};
	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		if (str_eq(handle, str_of(reserved[i])))
			return true;
	return false;
}

enum err handle_clean(struct ctx *cx, struct str in, struct str *out)
{
	struct str handle;
	if (!handle_fold(cx, in, &handle))
		return fail_as(cx, E_INVALID, "handle-invalid",
		               "a name has %d to %d of a-z 0-9 _ . and neither begins nor ends with a dot", HANDLE_MIN, HANDLE_MAX);
	if (is_reserved(handle))
		return fail_as(cx, E_CONFLICT, "handle-taken", "this name is kept for the node; choose another");
	*out = handle;
	return OK;
}

enum err password_check(struct ctx *cx, struct str password, struct str handle)
{
	if (password.n > PASSWORD_BYTES_MAX)
		return fail_as(cx, E_INVALID, "password-weak", "a password has at most %d bytes", PASSWORD_BYTES_MAX);
	if (!str_utf8(password) || str_code_points(password) < PASSWORD_POINTS_MIN)
		return fail_as(cx, E_INVALID, "password-weak", "a password has at least %d characters", PASSWORD_POINTS_MIN);
	if (str_eq_ci(password, handle))
		return fail_as(cx, E_INVALID, "password-weak", "a password may not be the name");
	return OK;
}

static bool is_letters(struct str s, char first, char last)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < first || s.p[i] > last)
			return false;
	return true;
}

enum err language_check(struct ctx *cx, struct str code, bool none)
{
	if (code.n == 0 && none)
		return OK;
	if (code.n < 2 || code.n > 3 || !is_letters(code, 'a', 'z'))
		return fail_as(cx, E_INVALID, "language-invalid", "a language is two or three small letters (ISO 639): \"hi\"");
	return OK;
}

enum err country_check(struct ctx *cx, struct str code)
{
	if (code.n != 0 && (code.n != 2 || !is_letters(code, 'A', 'Z')))
		return fail_as(cx, E_INVALID, "country-invalid", "a country is two capital letters (ISO 3166): \"IN\"");
	return OK;
}
