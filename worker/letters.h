/* worker/letters.h - libass with fonts from memory: it shapes every script, and opens no file. */
#ifndef WORKER_LETTERS_H
#define WORKER_LETTERS_H
#include <ass/ass.h>
#include <stdbool.h>

#include "script.h"

struct letters {
	ASS_Library *library;
	ASS_Renderer *renderer;         /* of the clip, or of the long strip on which words are measured */
	ASS_Track *track;
	const char *family;
};
/* `fonts` are those of the head, one after the other; they are copied.  False: no memory. */
bool letters_open(struct letters *, const struct typed_head *, const unsigned char *fonts);
void letters_close(struct letters *);
/* A struct ruler's measure; self is a struct letters. */
struct ink letters_measure(void *self, struct str word);
/* The script to be shown from now on; false: libass does not take it. */
bool letters_load(struct letters *, struct buf *script);
const ASS_Image *letters_at(struct letters *, unsigned ms);
#endif
