#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

#define LINE_MAX_BYTES 1024

void log_line(const struct log *log, enum log_level level, const char *format, ...)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	if (!log || level > log->level)
		return;
	char line[LINE_MAX_BYTES], when[RFC3339_BYTES];
	time_rfc3339(clock_wall_us(NULL), when);
	int head = snprintf(line, sizeof line, "%s %s ", when, names[level]);
	va_list arguments;
	va_start(arguments, format);
	int body = vsnprintf(line + head, sizeof line - (size_t)head - 1, format, arguments);
	va_end(arguments);
	size_t n = (size_t)head + (body > 0 ? (size_t)body : 0);
	if (n > sizeof line - 2)
		n = sizeof line - 2;
	for (size_t i = 0; i < n; i++)             /* one event, one line */
		if ((unsigned char)line[i] < 0x20)
			line[i] = ' ';
	line[n] = '\n';
	ssize_t written = write(log->fd, line, n + 1);
	(void)written;                             /* a log that cannot be written has nobody to tell */
}
