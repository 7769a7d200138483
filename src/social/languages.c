#include "social/account_row.h"
#include "social/text.h"

struct str languages_joined(struct ctx *cx, const struct languages *languages)
{
	AUTO(buf_free) struct buf joined = buf_new(LANGUAGES_MAX * 4);
	for (size_t i = 0; i < languages->count; i++) {
		if (i)
			buf_char(&joined, ',');
		buf_str(&joined, languages->codes[i]);
	}
	return arena_copy(&cx->mem, buf_view(&joined));
}

void languages_split(struct str joined, struct languages *out)
{
	out->count = 0;
	while (joined.n && out->count < LANGUAGES_MAX)
		out->codes[out->count++] = str_cut(&joined, ',');
}

enum err languages_check(struct ctx *cx, const struct languages *languages)
{
	if (languages->count > LANGUAGES_MAX)
		return fail_as(cx, E_INVALID, "language-invalid", "at most %d languages", LANGUAGES_MAX);
	for (size_t i = 0; i < languages->count; i++) {
		TRY(language_check(cx, languages->codes[i], false));
		for (size_t j = 0; j < i; j++)
			if (str_eq(languages->codes[i], languages->codes[j]))
				return fail_as(cx, E_INVALID, "language-invalid", "a language is named twice");
	}
	return OK;
}
