/* store/fold.h - the words of a text as they are indexed and looked for.
 *
 * Indexed and asked-for words go through the same folding, so that what people do not tell apart when they type is the same:
 * capital letters and compatible forms (NFKC_Casefold); in Arabic script vowel signs, tatweel, the forms of alef, ya, kaf and ha.
 * Indic vowel signs stay: they are the word.  Accents on Latin letters are the index's business.
 *
 * Scripts are crossed in two ways.  `roman` is the word in Latin letters by ICU: नमस्ते is "namaste".  Arabic is written
 * without its vowels, and शर्म is "sarma" to ICU where people write "sharm": so `bones`, the consonants alone: سلام and "salam" are "slm".
 * Bones of words in Latin letters stand apart (`latin_bones`): "salam" shall find سلام but not "slum". */
#ifndef STORE_FOLD_H
#define STORE_FOLD_H
#include "store/script.h"

/* Rises when the same text would give other words: what was indexed with an older one is indexed again at start. */
#define FOLDING 1
#define BONES_MIN 2                            /* fewer consonants say nothing */

/* Blanks between words; in cx->mem. */
struct folded {
	struct str words;                      /* all */
	struct str roman;                      /* of the words in other letters than Latin ones */
	struct str bones;                      /* of the same; those too short are left out, so places do not correspond */
	struct str latin_bones;                /* of words in Latin letters */
};
/* The text is well-formed UTF-8.  E_TOOLARGE, E_IO. */
enum err fold_text(struct ctx *, struct romanizer *, struct str text, struct folded *out);

/* Step by step, for queries. */
enum err fold_words(struct ctx *, struct str text, struct str *out);
bool word_is_latin(struct str word);           /* letters of the Latin script, and digits, only */
/* In Latin letters as people type them.  `out` in cx->mem. */
enum err word_roman(struct ctx *, struct romanizer *, struct str word, struct str *out);
/* Of a romanized word; "" when there are fewer than BONES_MIN.  `out` in cx->mem. */
void word_bones(struct ctx *, struct str roman, struct str *out);
#endif
