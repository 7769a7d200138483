/* tools/layers.h - holds the sources against the list of rooms in layers.c.
 *
 * A room includes only rooms above it; some headers and words are kept to one room; no SQL in C. */
#ifndef TOOLS_LAYERS_H
#define TOOLS_LAYERS_H
#include <stdio.h>

/* Looks at every .c, .h and .def under ROOT/src, ROOT/worker and ROOT/keyholder and prints a line "file:line: what" for each
 * breach.  The number of breaches; -1 when ROOT/src cannot be read. */
int layers_check(const char *root, FILE *report);
#endif
