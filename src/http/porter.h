/* http/porter.h - who stands at the door when the process has no descriptor left.
 *
 * accept() then fails, and the library tries again without end, while those who came wait in the kernel's queue for nothing.  The
 * porter keeps one descriptor for that hour: he gives it up, takes one of them in with it, tells them 503, and takes it back. */
#ifndef HTTP_PORTER_H
#define HTTP_PORTER_H
#include <stdbool.h>

struct porter {
	int listener;                          /* the server's; -1: there is none yet */
	bool says;                             /* false: the library encrypts, and nothing may be said in clear */
	int kept;                              /* the one descriptor; -1: lost to somebody else, for now */
};
struct porter porter_new(int listener, bool says);
void porter_end(struct porter *);
/* Turns away who waits, when no descriptor is left.  True: so it is, come again soon. */
bool porter_look(struct porter *);
#endif
