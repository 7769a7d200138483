/* media/probe.h - whether amanat-media runs on this machine, and what its sandbox lacks here: said at a start, not at the first upload. */
#ifndef MEDIA_PROBE_H
#define MEDIA_PROBE_H
#include "base/ctx.h"

/* Gives it a byte that is no picture, which it has to refuse.  Logs what its sandbox lacks.  Blocks for some 50 ms.
 * E_IO: it does not run.  E_BUSY: the server stops meanwhile, or has no descriptors or memory left. */
enum err media_probe(struct ctx *);
#endif
