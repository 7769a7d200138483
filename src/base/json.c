#include "base/json.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"

struct json json_new(struct buf *out)
{
	return (struct json){ .out = out };
}

static void before_value(struct json *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	uint32_t level = UINT32_C(1) << j->depth;
	if (j->not_first & level)
		buf_char(j->out, ',');
	j->not_first |= level;
}

static void open_level(struct json *j, char bracket)
{
	before_value(j);
	buf_char(j->out, bracket);
	assert(j->depth + 1 < JSON_DEPTH_MAX);
	j->depth++;
	j->not_first &= ~(UINT32_C(1) << j->depth);
}

static void close_level(struct json *j, char bracket)
{
	assert(j->depth > 0 && !j->after_key);
	j->depth--;
	buf_char(j->out, bracket);
}

void json_object(struct json *j) { open_level(j, '{'); }
void json_object_end(struct json *j) { close_level(j, '}'); }
void json_array(struct json *j) { open_level(j, '['); }
void json_array_end(struct json *j) { close_level(j, ']'); }

void json_key(struct json *j, const char *plain)
{
	before_value(j);
	buf_char(j->out, '"');
	buf_text(j->out, plain);
	buf_bytes(j->out, "\":", 2);
	j->after_key = true;
}

static void escaped(struct buf *out, unsigned char c)
{
	switch (c) {
	case '"': buf_text(out, "\\\""); break;
	case '\\': buf_text(out, "\\\\"); break;
	case '\n': buf_text(out, "\\n"); break;
	case '\r': buf_text(out, "\\r"); break;
	case '\t': buf_text(out, "\\t"); break;
	default: buf_printf(out, "\\u%04x", c);
	}
}

static void quoted(struct buf *out, struct str s)
{
	/* What cannot stand as it is; 0xE2 perhaps: U+2028 and U+2029 begin with it. */
	static const bool stops[256] = { [0 ... 0x1F] = true, [0x7F] = true, ['"'] = true, ['\\'] = true, ['<'] = true,
		['>'] = true, ['&'] = true, [0xE2] = true };
	size_t from = 0;
	buf_char(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (!stops[c])
			continue;
		bool separator = c == 0xE2 && s.n - i >= 3 && (unsigned char)s.p[i + 1] == 0x80 &&
		                 ((unsigned char)s.p[i + 2] & 0xFE) == 0xA8;
		if (c == 0xE2 && !separator)
			continue;
		buf_bytes(out, s.p + from, i - from);
		if (separator) {
			buf_text(out, (unsigned char)s.p[i + 2] == 0xA8 ? "\\u2028" : "\\u2029");
			i += 2;
		} else {
			escaped(out, c);
		}
		from = i + 1;
	}
	buf_bytes(out, s.p + from, s.n - from);
	buf_char(out, '"');
}

void json_key_str(struct json *j, struct str name)
{
	before_value(j);
	quoted(j->out, name);
	buf_char(j->out, ':');
	j->after_key = true;
}

void json_string(struct json *j, struct str s)
{
	before_value(j);
	quoted(j->out, s);
}

void json_text(struct json *j, const char *terminated)
{
	json_string(j, str_of(terminated));
}

void json_i64(struct json *j, int64_t value)
{
	before_value(j);
	buf_i64(j->out, value);
}

void json_id(struct json *j, int64_t id)
{
	before_value(j);
	buf_char(j->out, '"');
	buf_i64(j->out, id);
	buf_char(j->out, '"');
}

void json_bool(struct json *j, bool value)
{
	before_value(j);
	buf_text(j->out, value ? "true" : "false");
}

void json_null(struct json *j)
{
	before_value(j);
	buf_text(j->out, "null");
}

void json_time(struct json *j, int64_t wall_us)
{
	char text[RFC3339_BYTES];
	time_rfc3339(wall_us, text);
	json_text(j, text);
}

void json_raw(struct json *j, struct str value)
{
	before_value(j);
	buf_str(j->out, value);
}
