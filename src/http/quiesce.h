/* http/quiesce.h - the door is closed for good while those who came in are still served. */
#ifndef HTTP_QUIESCE_H
#define HTTP_QUIESCE_H

struct MHD_Daemon;

/* No connection is accepted any more; the listening socket stays the caller's.  Any thread, once. */
void http_quiesce(struct MHD_Daemon *);
#endif
