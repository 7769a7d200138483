/* base/err.h - the closed list of failures, and how a failure travels.
 *
 * A function that can fail returns `enum err`.  The one that notices the failure calls fail(): it
 * records code, place and one line of text in the context, never in a thread-local.  TRY() passes
 * it on; that is safe because everything owned is declared AUTO(). */
#ifndef BASE_ERR_H
#define BASE_ERR_H
#include <stdint.h>

/* api/problem.c maps each to an HTTP status and a problem+json type; no other table does. */
enum [[nodiscard]] err {
	OK = 0,
	E_INVALID,      /* the input is wrong; the text says what to do */
	E_ANONYMOUS,    /* nobody is signed in, and somebody must be */
	E_DENIED,       /* signed in, but not allowed */
	E_NOTFOUND,
	E_CONFLICT,     /* the input is well formed but the state forbids it: handle taken, wrong offset */
	E_TOOLARGE,     /* a named limit on size or number */
	E_LIMIT,        /* a rate limit: later it will work */
	E_BUSY,         /* overload, drain or a lock: later it will work */
	E_FULL,         /* no space left: disk or quota */
	E_IO,           /* the machine failed us */
	E_CORRUPT,      /* data or a key is not what we wrote */
};
enum { ERR_COUNT = E_CORRUPT + 1 };

#define FAILURE_TEXT_MAX 240

/* What went wrong, for people.  `slug` names the case for programs ("handle-taken"), is static,
 * and is what a client translates; NULL means the code alone says enough. */
struct failure {
	enum err code;
	const char *slug;
	char text[FAILURE_TEXT_MAX];
	int64_t retry_seconds;  /* E_LIMIT, E_BUSY: when to come again; 0: not known */
	const char *file;
	int line;
};

struct ctx;
enum err fail_(struct ctx *, const char *file, int line, enum err, const char *slug, const char *format, ...)
	__attribute__((format(printf, 6, 7), cold));

/* Neither text may hold a field of class personal: it reaches logs. */
#define fail(cx, code, ...) fail_((cx), __FILE__, __LINE__, (code), NULL, __VA_ARGS__)
#define fail_as(cx, code, slug, ...) fail_((cx), __FILE__, __LINE__, (code), (slug), __VA_ARGS__)

/* What a system call left in errno, as `number`: no space is E_FULL; a file system that takes no writes, no descriptors left, no
 * memory left are E_BUSY "read-only", "out-of-files", "out-of-memory": they pass.  Anything else: E_IO. */
enum err fail_errno_(struct ctx *, const char *file, int line, int number, const char *what) __attribute__((cold));
#define fail_errno(cx, number, what) fail_errno_((cx), __FILE__, __LINE__, (number), (what))

#define TRY(expression)                    \
	do {                               \
		enum err try_ = (expression); \
		if (try_ != OK)            \
			return try_;       \
	} while (0)

/* Runs `destructor(&variable)` at the end of the scope, on every path. */
#define AUTO(destructor) __attribute__((cleanup(destructor)))

const char *err_name(enum err);
#endif
