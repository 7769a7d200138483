#include "social/mention.h"

#include "store/script.h"

#define HANDLE_MIN 2
#define HANDLE_MAX 30

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* What forbids a mention right before its @. */
static bool joins(uint32_t c)
{
	const bool joiner = c == 0x200C || c == 0x200D;
	return c == '_' || c == '.' || c == '@' || joiner || script_in_word(c);
}

/* The longest handle that `rest` begins with and may end there; 0: none. */
static size_t handle_at(struct str rest)
{
	size_t n = 0;
	while (n < rest.n && n < HANDLE_MAX && (is_name_char(rest.p[n]) || rest.p[n] == '.'))
		n++;
	if (n == 0 || rest.p[0] == '.')
		return 0;
	for (; n >= HANDLE_MIN; n--) {
		const char behind = n < rest.n ? rest.p[n] : ' ';
		if (rest.p[n - 1] != '.' && !is_name_char(behind) && behind != '@')
			return n;
	}
	return 0;
}

bool mention_next(struct str text, size_t *at, size_t *at_sign, struct str *handle)
{
	bool joined = false;
	for (size_t next = *at; next < text.n;) {
		const size_t here = next;
		const uint32_t c = script_next(text, &next);
		const size_t n = c == '@' && !joined ? handle_at(str_from(text, next)) : 0;
		if (n) {
			*at_sign = here;
			*handle = (struct str){ .p = text.p + next, .n = n };
			*at = next + n;
			return true;
		}
		joined = joins(c);
	}
	return false;
}

void mentions_parse(struct str text, struct mentions *out)
{
	size_t at = 0, at_sign;
	struct str handle;
	out->count = 0;
	while (out->count < MENTIONS_MAX && mention_next(text, &at, &at_sign, &handle)) {
		bool again = false;
		for (size_t i = 0; i < out->count; i++)
			again |= str_eq_ci(out->handles[i], handle);
		if (!again)
			out->handles[out->count++] = handle;
	}
}
