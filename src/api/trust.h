/* api/trust.h - what the pages about the ledger share (/letter, /trust and what is below it): figures that open their entries and
 * that a browser can count again, entries in words, the panel by which a browser checks them. */
#ifndef API_TRUST_H
#define API_TRUST_H
#include "api/page.h"
#include "base/json.h"
#include "docket/tally.h"

/* A number on a page. */
struct trust_figure {
	struct str shown;
	const char *opens;                     /* address of its entries; NULL: it has none */
	const char *claim;                     /* what is to be counted again (web/src/trust/claims.ts); NULL: nothing */
};
void trust_put_figure(struct page *, const struct trust_figure *);
/* "Counted from 12 entries of the ledger." */
void trust_put_counted(struct page *, uint64_t size);
/* "Check it yourself". */
void trust_put_check(struct page *);
/* Begins <main> of a page whose figures are counted from the first `size` entries. */
void trust_begin(struct page *, enum text_key title, enum text_key lead, uint64_t size);
/* A link back to what the page belongs to. */
void trust_put_back(struct page *);
/* A text with several places; ends with a pair without a name.  Values are escaped, and stand in isolates. */
struct trust_value {
	const char *name;
	struct str value;
};
void trust_fill(struct page *, enum text_key, const struct trust_value *);

/* "3 days", "5 hours": the largest unit of which there are two, else minutes. */
struct str trust_duration(struct ctx *, const struct catalogue *, int64_t us);
struct str trust_number(struct ctx *, uint64_t);
/* "July to December 2026" */
struct str trust_half(struct ctx *, const struct catalogue *, int half, bool brief);
/* Of a closed list, as "court"; itself where no catalogue has it. */
struct str trust_word(struct ctx *, const struct catalogue *, struct str word);
struct str trust_kind(struct ctx *, const struct catalogue *, enum entry_kind);

/* What an entry says, as text, or escaped for HTML with links to the entries that it names. */
void trust_say(struct ctx *, const struct catalogue *, const struct ledger_item *, bool html, struct buf *out);
/* The id of the demand that it is about; "" when about none. */
struct str trust_demand_of(const struct entry *);

/* trust_table.c: the table of demands, and its chart */
void trust_put_table(struct page *, const struct tally *);
void trust_put_chart(struct page *, const struct tally *);
/* The keys that the log's own entries name, the newest last: valid until the context ends. */
enum err trust_keys(struct ctx *, struct note_key out[LOG_KEYS_MAX], unsigned *count);
/* "keys": their texts (ledger_routes.c). */
void ledger_keys_json(struct json *, const struct note_key *, unsigned count);
#endif
