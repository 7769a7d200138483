/* http/crowd.h - how many connections each address block holds at this moment, so that none takes them all.
 *
 * A block is the /24 of an IPv4 address, the /48 of an IPv6 one.  It is remembered as long as it has a connection and no longer, so
 * there are never more blocks than connections. */
#ifndef HTTP_CROWD_H
#define HTTP_CROWD_H
#include "http/proxy.h"

struct crowd;
struct crowd *crowd_new(void);
void crowd_free(struct crowd **);              /* for AUTO(); takes NULL.  All must have left. */
/* Any thread.  The connections of its block, this one included. */
unsigned crowd_enter(struct crowd *, const struct address *);
/* Once for each crowd_enter(). */
void crowd_leave(struct crowd *, const struct address *);
unsigned crowd_count(struct crowd *, const struct address *);
#endif
