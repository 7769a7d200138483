/* api/text.h - what the server's own pages say, in the reader's language.  The texts are those of locale/ (tools/localegen.c). */
#ifndef API_TEXT_H
#define API_TEXT_H
#include "api/locale_table.h"
#include "http/http.h"

#define LANGUAGE_COOKIE "amanat_lang"

/* ?lang=, then the cookie, then Accept-Language by its weights, then English.  (An account's languages are what it reads
 * clips in; the client sets the cookie when the interface's language is chosen.) */
const struct catalogue *text_language(struct ctx *, const struct req *);
/* The same from the three texts. */
const struct catalogue *text_choose(struct str query, struct str cookie, struct str accept);
struct str text(const struct catalogue *, enum text_key);
/* The node's place in the catalogue's language, where the catalogue knows it; else as the operator wrote it. */
struct str text_place(const struct catalogue *, struct str place);
/* The text of a counted key (TEXT_key) in the plural form that its language has for `count` (CLDR). */
enum text_key text_counted(const struct catalogue *, enum text_key, uint64_t count);
/* Its key by name, as "trust.word.court"; false: there is none. */
bool text_find(struct str name, enum text_key *out);
/* A state's name; its code where that is none of ISO's. */
struct str text_country(const struct catalogue *, struct str code);
/* Appends the text with {name} replaced by the value, in directional isolates; nothing escaped. */
void text_fill(struct buf *, const struct catalogue *, enum text_key, const char *name, struct str value);
void text_fill_in(struct buf *, struct str pattern, const char *name, struct str value);
/* Appends the text, escaped for HTML, with {name} replaced by the value (escaped too). */
void text_html(struct buf *, const struct catalogue *, enum text_key);
void text_html_fill(struct buf *, const struct catalogue *, enum text_key, const char *name, struct str value);
#endif
