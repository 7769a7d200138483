#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sqlgen.h"

_Noreturn void stop(const char *path, int line, const char *format, ...)
{
	va_list arguments;
	fprintf(stderr, "%s:%d: ", path, line);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

static void *grown(void *p, size_t bytes)
{
	void *bigger = realloc(p, bytes);
	if (!bigger)
		abort();
	return bigger;
}

bool piece_is(struct piece piece, const char *terminated)
{
	return piece.n == strlen(terminated) && !memcmp(piece.p, terminated, piece.n);
}

bool is_name(struct piece piece)
{
	for (size_t i = 0; i < piece.n; i++)
		if (!islower((unsigned char)piece.p[i]) && piece.p[i] != '_' && !isdigit((unsigned char)piece.p[i]))
			return false;
	return piece.n > 0 && islower((unsigned char)piece.p[0]);
}

bool is_blank(struct piece piece)
{
	return cut_word(&piece).n == 0;
}

struct piece cut_word(struct piece *rest)
{
	while (rest->n && isspace((unsigned char)*rest->p)) {
		rest->p++;
		rest->n--;
	}
	struct piece word = { rest->p, 0 };
	while (word.n < rest->n && !isspace((unsigned char)rest->p[word.n]))
		word.n++;
	rest->p += word.n;
	rest->n -= word.n;
	return word;
}

struct piece cut_at(struct piece *rest, char separator)
{
	const char *end = rest->n ? memchr(rest->p, separator, rest->n) : NULL;
	struct piece cut = { rest->p, end ? (size_t)(end - rest->p) : rest->n };
	size_t taken = cut.n + (end ? 1 : 0);
	rest->p += taken;
	rest->n -= taken;
	return cut;
}

struct piece cut_line(struct piece *rest)
{
	return cut_at(rest, '\n');
}

int lines_in(const char *p, size_t n)
{
	int lines = 0;
	for (size_t i = 0; i < n; i++)
		lines += p[i] == '\n';
	return lines;
}

void text_bytes(struct text *text, const char *p, size_t n)
{
	if (text->n + n + 1 > text->cap) {
		text->cap = (text->n + n + 1) * 2;
		text->p = grown(text->p, text->cap);
	}
	if (n)
		memcpy(text->p + text->n, p, n);
	text->n += n;
	text->p[text->n] = 0;
}

void text_add(struct text *text, const char *terminated)
{
	text_bytes(text, terminated, strlen(terminated));
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list arguments;
	char *made = NULL;
	va_start(arguments, format);
	int n = vasprintf(&made, format, arguments);
	va_end(arguments);
	if (n < 0)
		abort();
	text_bytes(text, made, (size_t)n);
	free(made);
}

const char *text_view(const struct text *text)
{
	return text->p ? text->p : "";
}

void text_free(struct text *text)
{
	free(text->p);
	*text = (struct text){ 0 };
}

bool names_add(struct names *names, struct piece name)
{
	for (size_t i = 0; i < names->count; i++)
		if (piece_is(name, names->list[i]))
			return false;
	names->list = grown(names->list, (names->count + 1) * sizeof *names->list);
	char *copy = strndup(name.p, name.n);
	if (!copy)
		abort();
	names->list[names->count++] = copy;
	return true;
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct names){ 0 };
}

struct text read_file(const char *path)
{
	struct text text = { 0 };
	FILE *file = fopen(path, "rb");
	if (!file)
		stop(path, 0, "cannot be read; is its name right?");
	char bytes[4096];
	for (size_t n = fread(bytes, 1, sizeof bytes, file); n > 0; n = fread(bytes, 1, sizeof bytes, file))
		text_bytes(&text, bytes, n);
	if (ferror(file))
		stop(path, 0, "cannot be read to its end");
	fclose(file);
	text_bytes(&text, "", 0);
	return text;
}

void write_file(const char *path, const struct text *text)
{
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(text->p, 1, text->n, file) != text->n || fclose(file) != 0)
		stop(path, 0, "cannot be written");
}

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void list_folder(const char *path, const char *ending, struct names *out)
{
	DIR *folder = opendir(path);
	if (!folder)
		stop(path, 0, "cannot be listed");
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
		size_t n = strlen(entry->d_name);
		if (entry->d_name[0] != '.' && n > strlen(ending) && !strcmp(entry->d_name + n - strlen(ending), ending))
			names_add(out, (struct piece){ entry->d_name, n });
	}
	closedir(folder);
	if (out->count)
		qsort(out->list, out->count, sizeof *out->list, by_text);
}
