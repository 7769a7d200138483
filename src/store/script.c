#include "store/script.h"

#include <assert.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

struct romanizer {
	UTransliterator *handle;
};

static enum err icu_fail(struct ctx *cx, UErrorCode code)
{
	if (code == U_BUFFER_OVERFLOW_ERROR)
		return fail(cx, E_TOOLARGE, "a text grows past %zu bytes when it is folded", SCRIPT_BYTES_MAX);
	return fail(cx, E_IO, "ICU: %s", u_errorName(code));
}

enum err romanizer_open(struct ctx *cx, struct romanizer **out)
{
	static const UChar id[] = u"Any-Latin; Latin-ASCII; Lower";
	UErrorCode code = U_ZERO_ERROR;
	UTransliterator *handle = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
	if (U_FAILURE(code))
		return icu_fail(cx, code);
	struct romanizer *romanizer = calloc(1, sizeof *romanizer);
	if (!romanizer)
		abort();
	romanizer->handle = handle;
	*out = romanizer;
	return OK;
}

void romanizer_close(struct romanizer **romanizer)
{
	if (!romanizer || !*romanizer)
		return;
	utrans_close((*romanizer)->handle);
	free(*romanizer);
	*romanizer = NULL;
}

/* --- code points --- */

uint32_t script_next(struct str s, size_t *at)
{
	unsigned char lead = (unsigned char)s.p[(*at)++];
	if (lead < 0x80)
		return lead;
	unsigned more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
	uint32_t point = lead & (0x3FU >> more);
	for (; more; more--)
		point = point << 6 | ((unsigned char)s.p[(*at)++] & 0x3F);
	return point;
}

void script_put(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_char(out, (char)c);
		return;
	}
	static const unsigned char leads[] = { 0, 0xC0, 0xE0, 0xF0 };
	unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	buf_char(out, (char)(leads[more] | c >> 6 * more));
	while (more--)
		buf_char(out, (char)(0x80 | (c >> 6 * more & 0x3F)));
}

bool script_in_word(uint32_t point)
{
	const uint32_t wanted = U_GC_L_MASK | U_GC_N_MASK | U_GC_MN_MASK | U_GC_MC_MASK | U_GC_CO_MASK;
	return (U_MASK(u_charType((UChar32)point)) & wanted) != 0;
}

bool script_is_mark(uint32_t point)
{
	return (U_MASK(u_charType((UChar32)point)) & (U_GC_MN_MASK | U_GC_MC_MASK)) != 0;
}

bool script_is_latin(uint32_t point)
{
	UErrorCode code = U_ZERO_ERROR;
	return uscript_getScript((UChar32)point, &code) == USCRIPT_LATIN;
}

unsigned script_of_language(struct str code)
{
	UErrorCode status = U_ZERO_ERROR;
	UScriptCode script = USCRIPT_UNKNOWN;
	char locale[8] = "";
	if (code.n == 0 || code.n >= sizeof locale)
		return USCRIPT_COMMON;
	for (size_t i = 0; i < code.n; i++)
		locale[i] = code.p[i];
	uscript_getCode(locale, &script, 1, &status);          /* of several (Japanese) the first: U_BUFFER_OVERFLOW_ERROR is no harm */
	return script > 0 && script < 256 ? (unsigned)script : USCRIPT_UNKNOWN;
}

/* --- whole texts --- */

/* Not in cx->mem: much of it is room to grow. */
struct wide {
	UChar *p;
	int32_t n, cap;
};

static void wide_new(struct wide *wide, size_t cap)
{
	*wide = (struct wide){ .p = calloc(cap, sizeof(UChar)), .cap = (int32_t)cap };
	if (!wide->p)
		abort();
}

static void wide_free(struct wide *wide)
{
	free(wide->p);
}

/* With room to grow. */
static enum err widen(struct ctx *cx, struct str text, struct wide *out)
{
	if (text.n > SCRIPT_BYTES_MAX)
		return icu_fail(cx, U_BUFFER_OVERFLOW_ERROR);
	UErrorCode code = U_ZERO_ERROR;
	wide_new(out, text.n * 6 + 64);
	u_strFromUTF8(out->p, out->cap, &out->n, text.p ? text.p : "", (int32_t)text.n, &code);
	return U_FAILURE(code) ? icu_fail(cx, code) : OK;
}

static enum err narrow(struct ctx *cx, const struct wide *wide, struct str *out)
{
	UErrorCode code = U_ZERO_ERROR;
	int32_t n = 0, cap = wide->n * 3 + 1;
	char *p = arena_new(&cx->mem, char, (size_t)cap);
	u_strToUTF8(p, cap, &n, wide->p, wide->n, &code);
	if (U_FAILURE(code))
		return icu_fail(cx, code);
	*out = (struct str){ .p = p, .n = (size_t)n };
	return OK;
}

enum err script_fold(struct ctx *cx, struct str text, struct str *out)
{
	AUTO(wide_free) struct wide from = { .n = 0 }, to = { .n = 0 };
	UErrorCode code = U_ZERO_ERROR;
	const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&code);
	if (U_FAILURE(code))
		return icu_fail(cx, code);
	TRY(widen(cx, text, &from));
	/* One code point can become eighteen (U+FDFA). */
	wide_new(&to, (size_t)from.n * 18 + 1);
	to.n = unorm2_normalize(form, from.p, from.n, to.p, to.cap, &code);
	if (U_FAILURE(code))
		return icu_fail(cx, code);
	return narrow(cx, &to, out);
}

enum err script_romanize(struct ctx *cx, struct romanizer *romanizer, struct str text, struct str *out)
{
	AUTO(wide_free) struct wide wide = { .n = 0 };
	UErrorCode code = U_ZERO_ERROR;
	TRY(widen(cx, text, &wide));
	int32_t limit = wide.n;
	utrans_transUChars(romanizer->handle, wide.p, &wide.n, wide.cap, 0, &limit, &code);
	if (U_FAILURE(code))
		return icu_fail(cx, code);
	char *p = arena_new(&cx->mem, char, (size_t)wide.n + 1);
	size_t n = 0;
	for (int32_t i = 0; i < wide.n; i++) {
		UChar c = wide.p[i];
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ')
			p[n++] = (char)c;
	}
	*out = (struct str){ .p = p, .n = n };
	return OK;
}
