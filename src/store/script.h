/* store/script.h - what Unicode knows of letters, and writing in Latin letters what is written in others.
 *
 * The only file of the server that uses ICU. */
#ifndef STORE_SCRIPT_H
#define STORE_SCRIPT_H
#include "base/ctx.h"

/* One thread's: ICU keeps state in it. */
struct romanizer;
/* Some 20 ms, and more at its first words of a script.  E_IO: ICU lacks its data. */
enum err romanizer_open(struct ctx *, struct romanizer **out);
void romanizer_close(struct romanizer **);

/* The code point at *at, which moves on; the text is well formed. */
uint32_t script_next(struct str, size_t *at);
void script_put(struct buf *, uint32_t point);

/* Letters, digits and the marks on them: without the marks an Indic word falls apart. */
bool script_in_word(uint32_t point);
bool script_is_mark(uint32_t point);
bool script_is_latin(uint32_t point);
/* A number for the script that a language (ISO 639) is mostly written in: the same for two that share one, below 256. */
unsigned script_of_language(struct str code);

/* Unicode's NFKC_Casefold: capital letters, compatible forms and joiners no longer tell texts apart; marks stay.
 * `out` in cx->mem.  E_TOOLARGE. */
#define SCRIPT_BYTES_MAX ((size_t)64 << 10)
enum err script_fold(struct ctx *, struct str text, struct str *out);
/* Any-Latin; Latin-ASCII; Lower.  Of what then stands there only a-z, 0-9 and blanks are left.  `out` in cx->mem.
 * E_TOOLARGE. */
enum err script_romanize(struct ctx *, struct romanizer *, struct str text, struct str *out);
#endif
