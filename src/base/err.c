#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

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

const char *err_name(enum err code)
{
	static const char *const names[ERR_COUNT] = {
		[OK] = "ok", [E_INVALID] = "invalid", [E_ANONYMOUS] = "anonymous", [E_DENIED] = "denied",
		[E_NOTFOUND] = "not-found", [E_CONFLICT] = "conflict", [E_TOOLARGE] = "too-large",
		[E_LIMIT] = "limit", [E_BUSY] = "busy", [E_FULL] = "full", [E_IO] = "io", [E_CORRUPT] = "corrupt",
	};
	return names[code];
}
