#include "base/str.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buf buf_new(size_t max)
{
	return (struct buf){ .max = max };
}

void buf_free(struct buf *b)
{
	if (!b)
		return;
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

/* Makes room for `more` bytes and one NUL behind them; false once the maximum would be passed. */
static bool reserve(struct buf *b, size_t more)
{
	size_t need;
	if (b->failed || __builtin_add_overflow(b->n, more, &need) || need > b->max) {
		b->failed = true;
		return false;
	}
	if (need + 1 <= b->cap)
		return true;
	size_t cap = b->cap ? b->cap : 256;
	while (cap < need + 1)
		cap *= 2;
	char *p = realloc(b->p, cap);
	if (!p)
		abort();
	b->p = p;
	b->cap = cap;
	return true;
}

void buf_bytes(struct buf *b, const void *bytes, size_t n)
{
	if (n == 0 || !reserve(b, n))
		return;
	memcpy(b->p + b->n, bytes, n);
	b->n += n;
}

char *buf_room(struct buf *b, size_t n)
{
	if (!reserve(b, n))
		return NULL;
	b->n += n;
	return b->p + b->n - n;
}

void buf_str(struct buf *b, struct str s)
{
	buf_bytes(b, s.p, s.n);
}

void buf_text(struct buf *b, const char *terminated)
{
	buf_bytes(b, terminated, strlen(terminated));
}

void buf_char(struct buf *b, char c)
{
	if (b->n + 1 >= b->cap || b->n >= b->max || b->failed) {
		buf_bytes(b, &c, 1);
		return;
	}
	b->p[b->n++] = c;
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	int n = vsnprintf(NULL, 0, format, arguments);
	assert(n >= 0);
	if (reserve(b, (size_t)n)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
	va_end(arguments);
}

void buf_u64(struct buf *b, uint64_t value)
{
	char digits[20];
	size_t at = sizeof digits;
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	buf_bytes(b, digits + at, sizeof digits - at);
}

void buf_i64(struct buf *b, int64_t value)
{
	if (value < 0)
		buf_char(b, '-');
	buf_u64(b, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void buf_hex(struct buf *b, const void *bytes, size_t n)
{
	const unsigned char *byte = bytes;
	for (size_t i = 0; i < n; i++) {
		buf_char(b, "0123456789abcdef"[byte[i] >> 4]);
		buf_char(b, "0123456789abcdef"[byte[i] & 15]);
	}
}

static void base64_digits(struct buf *b, const unsigned char *byte, size_t n, const char alphabet[65])
{
	for (size_t i = 0; i < n; i += 3) {
		size_t have = n - i < 3 ? n - i : 3;
		uint32_t word = (uint32_t)byte[i] << 16;
		if (have > 1)
			word |= (uint32_t)byte[i + 1] << 8;
		if (have > 2)
			word |= byte[i + 2];
		for (size_t k = 0; k <= have; k++)
			buf_char(b, alphabet[word >> (18 - 6 * k) & 63]);
	}
}

void buf_base64url(struct buf *b, const void *bytes, size_t n)
{
	base64_digits(b, bytes, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

void buf_base64(struct buf *b, const void *bytes, size_t n)
{
	base64_digits(b, bytes, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
	for (size_t i = n; i % 3 != 0; i++)
		buf_char(b, '=');
}

void buf_html(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '&': buf_text(b, "&amp;"); break;
		case '<': buf_text(b, "&lt;"); break;
		case '>': buf_text(b, "&gt;"); break;
		case '"': buf_text(b, "&quot;"); break;
		case '\'': buf_text(b, "&#39;"); break;
		default: buf_char(b, s.p[i]);
		}
	}
}

void buf_percent(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || memchr("-._~", c, 4))
			buf_char(b, (char)c);
		else
			buf_printf(b, "%%%02X", c);
	}
}

void buf_be64(struct buf *b, uint64_t value)
{
	buf_be32(b, (uint32_t)(value >> 32));
	buf_be32(b, (uint32_t)value);
}

void buf_be32(struct buf *b, uint32_t value)
{
	unsigned char bytes[4] = { (unsigned char)(value >> 24), (unsigned char)(value >> 16),
		(unsigned char)(value >> 8), (unsigned char)value };
	buf_bytes(b, bytes, sizeof bytes);
}

struct str buf_view(const struct buf *b)
{
	return b->n ? (struct str){ .p = b->p, .n = b->n } : STR("");
}

const char *buf_terminated(struct buf *b)
{
	if (b->failed || !reserve(b, 0))
		return "";
	b->p[b->n] = 0;
	return b->p;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool hex_decode(struct str s, void *out, size_t out_bytes)
{
	unsigned char *byte = out;
	if (s.n / 2 != out_bytes || s.n % 2)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (hex_digit(s.p[i]) < 0)
			return false;
	for (size_t i = 0; i < out_bytes; i++)
		byte[i] = (unsigned char)(hex_digit(s.p[2 * i]) << 4 | hex_digit(s.p[2 * i + 1]));
	return true;
}

static int base64_digit(char c, const char last_two[2])
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == last_two[0])
		return 62;
	return c == last_two[1] ? 63 : -1;
}

/* Without padding.  Strict: the bits that stand for no byte must be zero, so a text has one form. */
static bool base64_any(struct str s, const char last_two[2], void *out, size_t out_max, size_t *out_bytes)
{
	unsigned char *byte = out;
	uint32_t word = 0;
	unsigned bits = 0;
	size_t n = 0;
	if (s.n % 4 == 1 || s.n / 4 * 3 + (s.n % 4 ? s.n % 4 - 1 : 0) > out_max)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int digit = base64_digit(s.p[i], last_two);
		if (digit < 0)
			return false;
		word = word << 6 | (uint32_t)digit;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			byte[n++] = (unsigned char)(word >> bits);
			word &= (1U << bits) - 1;
		}
	}
	if (word != 0)
		return false;
	*out_bytes = n;
	return true;
}

bool base64url_decode(struct str s, void *out, size_t out_max, size_t *out_bytes)
{
	return base64_any(s, "-_", out, out_max, out_bytes);
}

bool base64_decode(struct str s, void *out, size_t out_max, size_t *out_bytes)
{
	if (s.n % 4)
		return false;
	for (int padding = 0; padding < 2 && s.n && s.p[s.n - 1] == '='; padding++)
		s.n--;
	return base64_any(s, "+/", out, out_max, out_bytes);
}
