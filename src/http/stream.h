/* http/stream.h - answers that go on: text/event-stream (HTML Living Standard, 9.2).
 *
 * No thread waits for a stream and nobody asks the database for it in vain: its connection is suspended until its topic is told
 * of (base/events.h) or its heartbeat is due.  Nothing is queued for it either: that it is due is one bit, and its source reads what is
 * new since where it was; so a client that is slow or away costs as much as one that is not.  A stream is told at most
 * every STREAM_PAUSE_US.  It takes some 14 KiB beside the 25
 * that each kept-alive connection takes: what its handler allocated stays as long as it goes on. */
#ifndef HTTP_STREAM_H
#define HTTP_STREAM_H
#include <microhttpd.h>

#include "http/http.h"

#define STREAM_PAUSE_US (SECOND_US / 4)
#define STREAM_BEAT_US (20 * SECOND_US)
#define STREAMS_OF_TOPIC 8                     /* one more ends the oldest */

struct exchange;
struct stream;
struct streams;

enum err streams_start(struct ctx *, unsigned max, struct streams **out);
/* Ends all streams and takes no more: MHD_stop_daemon() may find none suspended. */
void streams_end(struct streams *);
/* After the last was closed.  For AUTO(). */
void streams_stop(struct streams **);

/* The answer's message; NULL: there are too many, or all end. */
struct MHD_Response *stream_open(struct exchange *);
/* When its exchange ends; takes NULL. */
void stream_close(struct stream *);
/* As events_tell. */
void streams_tell(struct streams *, const int64_t *topics, size_t count);
unsigned streams_count(struct streams *);
#endif
