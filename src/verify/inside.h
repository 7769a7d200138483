/* verify/inside.h - what the files behind verify/story.h share. */
#ifndef VERIFY_INSIDE_H
#define VERIFY_INSIDE_H
#include "verify/story.h"

/* Each takes an entry of its kinds; `at_us` is its time, or the newest before it if that is later. */
void story_demand(struct story *, const struct entry *, int64_t at_us);
void story_opaque(struct story *, const struct entry *, int64_t at_us);
void story_hold(struct story *, const struct entry *, int64_t at_us);
/* Every entry: which tells when the node ran. */
void story_rhythm(struct story *, const struct entry *, int64_t at_us);
void story_takedown(struct story *, const struct entry *);
enum err story_charter(struct ctx *, struct story *, const struct entry *, int64_t at_us);

/* Which of a field's words it is. */
int story_word(const struct entry *, unsigned field);
uint64_t story_id(const struct entry *, unsigned field);
/* "entry 17" */
#define STORY_NUMBER "%" PRIu64

struct story_demand *story_demands_add(struct story_demands *, uint64_t number, uint64_t id);
struct story_demand *story_demands_by_number(const struct story_demands *, uint64_t number);
struct story_demand *story_demands_by_id(const struct story_demands *, uint64_t id);
void story_demands_free(struct story_demands *);

/* False: a charter is missing, nothing can be said. */
bool story_charter_decide(struct story_charters *, const struct charter_case *, int64_t at_us, struct charter_decision *out);

void story_close_demands(struct story *, int64_t now_us, struct findings *out, struct story_open *);
void story_close_opaque(struct story *, int64_t now_us, struct findings *out, struct story_open *);
#endif
