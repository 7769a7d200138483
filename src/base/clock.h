/* base/clock.h - wall time, boot time; a test sets both. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H
#include <stdint.h>

#include "base/str.h"

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

/* NULL functions mean the machine's own clocks. */
struct clock {
	int64_t (*wall_us)(void *self);        /* microseconds since 1970, UTC; may jump */
	int64_t (*boot_us)(void *self);        /* since boot, suspended time included; never jumps */
	void *self;
};
int64_t clock_wall_us(const struct clock *);
int64_t clock_boot_us(const struct clock *);

/* The kernel's boot id: a lease with another boot id has ended, whatever the clock says. */
#define BOOT_ID_BYTES 37
void clock_boot_id(char out[BOOT_ID_BYTES]);

/* "2026-11-21T23:53:46Z" (RFC 3339) */
#define RFC3339_BYTES 32
void time_rfc3339(int64_t wall_us, char out[RFC3339_BYTES]);
/* Of exactly that form, of the years 1970 to 9999; false when it is not one. */
bool time_rfc3339_read(struct str text, int64_t *wall_us);
/* "Sat, 21 Nov 2026 23:53:46 GMT" (RFC 9110 section 5.6.7) */
#define HTTP_DATE_BYTES 32
void time_http_date(int64_t wall_us, char out[HTTP_DATE_BYTES]);
#endif
