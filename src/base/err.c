#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ctx.h"

enum err fail_(struct ctx *cx, const char *file, int line, enum err code, const char *slug, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(cx->failure.text, sizeof cx->failure.text, format, arguments);
	va_end(arguments);
	cx->failure.code = code;
	cx->failure.slug = slug;
	cx->failure.retry_seconds = 0;
	cx->failure.file = file;
	cx->failure.line = line;
	return code;
}

enum err fail_errno_(struct ctx *cx, const char *file, int line, int number, const char *what)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
		return fail_(cx, file, line, E_FULL, NULL, "%s: no space left on the disk", what);
	case EROFS:
		return fail_(cx, file, line, E_BUSY, "read-only", "%s: the disk takes no writes at the moment", what);
	case EMFILE:
	case ENFILE:
		return fail_(cx, file, line, E_BUSY, "out-of-files", "%s: the server has no file descriptor left", what);
	case ENOMEM:
		return fail_(cx, file, line, E_BUSY, "out-of-memory", "%s: the server has no memory left for it", what);
	default:
		return fail_(cx, file, line, E_IO, NULL, "%s: %s", what, strerror(number));
	}
}

const char *err_name(enum err code)
{
	static const char *const names[ERR_COUNT] = {
		[OK] = "ok", [E_INVALID] = "invalid", [E_ANONYMOUS] = "anonymous", [E_DENIED] = "denied",
		[E_NOTFOUND] = "not-found", [E_CONFLICT] = "conflict", [E_TOOLARGE] = "too-large",
		[E_LIMIT] = "limit", [E_BUSY] = "busy", [E_FULL] = "full", [E_IO] = "io", [E_CORRUPT] = "corrupt",
	};
	return names[code];
}
