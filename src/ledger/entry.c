#include "ledger/entry.h"

#include <assert.h>
#include <string.h>

#include "ledger/note.h"

#define COUNT_MAX ((UINT64_C(1) << 53) - 1)
#define TEXT_MAX 200

const struct entry_form entry_forms[ENTRY_KINDS + 1] = {
#define MUST true
#define MAY false
#define ENTRY(kind, written, text) }, }, [ENTRY_##kind] = { .name = written, .about = text, .fields = {
#define FIELD(kind, named, of, needed, list, text) \
	[ENTRY_##kind##_##named] = { .name = #named, .type = ENTRY_##of, .must = needed, .words = list, .about = text },
	[ENTRY_KINDS] = { .fields = {
#include "ledger/entry.def"
	}, },
#undef MUST
#undef MAY
};

/* --- values --- */

static bool all_of(struct str value, const char *allowed)
{
	for (size_t i = 0; i < value.n; i++)
		if (!value.p[i] || !strchr(allowed, value.p[i]))
			return false;
	return true;
}

static bool is_count(struct str value)
{
	uint64_t number;
	return value.n && (value.p[0] != '0' || value.n == 1) && str_u64(value, &number) && number <= COUNT_MAX;
}

/* Eight at once: a million entries have thirty million.  A sum's high bit says that a byte is at least so large; none carries into the
 * next, since all are below 128. */
static bool are_hex(const char eight[8])
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = each << 7;
	uint64_t x;
	memcpy(&x, eight, sizeof x);
	const uint64_t digit = (x + (128 - '0') * each) & ~(x + (128 - '9' - 1) * each);
	const uint64_t letter = (x + (128 - 'a') * each) & ~(x + (128 - 'f' - 1) * each);
	return (x & high) == 0 && ((digit | letter) & high) == high;
}

static bool is_hex(struct str value, size_t chars)
{
	if (value.n != chars)
		return false;
	size_t i = 0;
	for (; i + 8 <= chars; i += 8)
		if (!are_hex(value.p + i))
			return false;
	for (; i < chars; i++)
		if ((value.p[i] < '0' || value.p[i] > '9') && (value.p[i] < 'a' || value.p[i] > 'f'))
			return false;
	return true;
}

static bool is_date(struct str value, int64_t *wall_us)
{
	char whole[] = "2026-11-22T00:00:00Z";
	if (value.n != sizeof "2026-11-22" - 1)
		return false;
	memcpy(whole, value.p, value.n);
	return time_rfc3339_read(str_of(whole), wall_us);
}

/* What is left of the list behind the word; NULL when it is not in it. */
static const char *behind_word(const char *words, struct str value)
{
	while (*words) {
		const size_t n = strcspn(words, " ");
		const char *const next = words + n + (words[n] == ' ');
		if (n == value.n && memcmp(words, value.p, n) == 0)
			return next;
		words = next;
	}
	return NULL;
}

/* Each after the one before: so a set has one way to be written. */
static bool are_words(const char *words, struct str value)
{
	while (words && value.n) {
		const bool last = !memchr(value.p, ',', value.n);
		words = behind_word(words, str_cut(&value, ','));
		if (!last && value.n == 0)
			return false;
	}
	return words != NULL;
}

static bool is_base64(struct str value)
{
	unsigned char bytes[ENTRY_LINE_MAX];
	size_t n = 0;
	return value.n && base64_decode(value, bytes, sizeof bytes, &n);
}

static bool is_text(struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] <= ' ' || value.p[i] > '~')
			return false;
	return value.n && value.n <= TEXT_MAX && !str_eq(value, STR("-"));
}

static bool is_key(struct ctx *cx, struct str value)
{
	struct note_key key;
	return note_key_parse(cx, value, &key) == OK;
}

static bool is_valid(struct ctx *cx, const struct entry_field *field, struct str value)
{
	int64_t moment;
	switch (field->type) {
	case ENTRY_COUNT:
	case ENTRY_INDEX:
		return is_count(value);
	case ENTRY_COUNTRY:
		return value.n == 2 && all_of(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	case ENTRY_DATE:
		return is_date(value, &moment);
	case ENTRY_ID:
		return is_hex(value, ENTRY_ID_CHARS);
	case ENTRY_SHA256:
		return is_hex(value, 64);
	case ENTRY_WORD:
		return value.n && behind_word(field->words, value);
	case ENTRY_WORDS:
		return value.n && are_words(field->words, value);
	case ENTRY_KEY:
		return is_key(cx, value);
	case ENTRY_BASE64:
		return is_base64(value);
	case ENTRY_TEXT:
		return is_text(value);
	}
	assert(!"an entry's type");
	return false;
}

/* --- lines --- */

static enum err refuse(struct ctx *cx, const char *what, const char *name)
{
	return fail_as(cx, E_INVALID, "entry-invalid", "%s%s", what, name);
}

static bool find_form(struct str name, enum entry_kind *out)
{
	for (unsigned kind = 0; kind < ENTRY_KINDS; kind++)
		if (name.n && name.p[0] == entry_forms[kind].name[0] && str_eq(name, str_of(entry_forms[kind].name))) {
			*out = (enum entry_kind)kind;
			return true;
		}
	return false;
}

/* "name=value"; "-" becomes the empty value. */
static enum err read_field(struct ctx *cx, const struct entry_field *field, struct str word, struct str *out)
{
	const size_t n = strlen(field->name);
	if (word.n <= n || memcmp(word.p, field->name, n) != 0 || word.p[n] != '=')
		return refuse(cx, "here should stand the field ", field->name);
	const struct str value = str_from(word, n + 1);
	if (str_eq(value, STR("-")) && !field->must) {
		*out = STR("");
		return OK;
	}
	if (!is_valid(cx, field, value))
		return refuse(cx, "no value for ", field->name);
	*out = value;
	return OK;
}

enum err entry_parse(struct ctx *cx, struct str line, struct entry *out)
{
	struct entry entry = {};
	if (line.n == 0 || line.n > ENTRY_LINE_MAX || line.p[line.n - 1] == ' ')
		return refuse(cx, "an entry is a line that is not empty", "");
	if (!find_form(str_cut(&line, ' '), &entry.kind))
		return refuse(cx, "this kind of entry is not known", "");
	if (!time_rfc3339_read(str_cut(&line, ' '), &entry.time_us))
		return refuse(cx, "behind its kind an entry has its time", "");
	const struct entry_field *field = entry_forms[entry.kind].fields;
	for (size_t i = 0; field[i].name; i++)
		TRY(read_field(cx, &field[i], str_cut(&line, ' '), &entry.values[i]));
	if (line.n)
		return refuse(cx, "an entry ends with its last field, ", entry_forms[entry.kind].name);
	*out = entry;
	return OK;
}

enum err entry_write(struct ctx *cx, const struct entry *entry, struct buf *out)
{
	const struct entry_form *const form = &entry_forms[entry->kind];
	char time[RFC3339_BYTES];
	time_rfc3339(entry->time_us, time);
	buf_text(out, form->name);
	buf_char(out, ' ');
	buf_text(out, time);
	for (size_t i = 0; form->fields[i].name; i++) {
		const struct entry_field *const field = &form->fields[i];
		const struct str value = entry->values[i];
		if (value.n ? !is_valid(cx, field, value) : field->must)
			return refuse(cx, "no value for ", field->name);
		buf_char(out, ' ');
		buf_text(out, field->name);
		buf_char(out, '=');
		buf_str(out, value.n ? value : STR("-"));
	}
	return OK;
}

uint64_t entry_count(const struct entry *entry, unsigned field)
{
	uint64_t number = 0;
	const bool read = str_u64(entry->values[field], &number);
	assert(read);
	return number;
}

int64_t entry_date_us(const struct entry *entry, unsigned field)
{
	int64_t wall_us = 0;
	const bool read = is_date(entry->values[field], &wall_us);
	assert(read);
	return wall_us;
}

struct str entry_of_count(struct ctx *cx, uint64_t number)
{
	return arena_printf(&cx->mem, "%llu", (unsigned long long)number);
}

struct str entry_of_date(struct ctx *cx, int64_t wall_us)
{
	char time[RFC3339_BYTES];
	time_rfc3339(wall_us, time);
	return arena_copy(&cx->mem, (struct str){ time, sizeof "2026-11-22" - 1 });
}

struct str entry_of_id(struct ctx *cx, uint64_t number)
{
	return arena_printf(&cx->mem, "%016llx", (unsigned long long)number);
}

struct str entry_of_hash(struct ctx *cx, const unsigned char hash[32])
{
	AUTO(buf_free) struct buf hex = buf_new(64);
	buf_hex(&hex, hash, 32);
	return arena_copy(&cx->mem, buf_view(&hex));
}
