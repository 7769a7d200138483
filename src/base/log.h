/* base/log.h - one line an event on standard error: time, level, message, key=value pairs.
 *
 * Only api/, cli/, app/ and the server loops log.  A line never holds a field of class personal:
 * no handle, address, token, text of a person's. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log {
	enum log_level level;                  /* what is less urgent is dropped */
	int fd;
};
void log_line(const struct log *, enum log_level, const char *format, ...) __attribute__((format(printf, 3, 4)));
#endif
