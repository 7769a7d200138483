/* charter/words.h - the closed lists of the charter, and their words; each expands from one .def. */
#ifndef CHARTER_WORDS_H
#define CHARTER_WORDS_H
#include "base/str.h"

enum charter_kind {
#define CHARTER_KIND(name, word, effect, help) CHARTER_##name,
#include "charter/kind.def"
#undef CHARTER_KIND
	CHARTER_KINDS
};
enum charter_basis {
#define CHARTER_BASIS(name, word, help) CHARTER_BASIS_##name,
#include "charter/basis.def"
#undef CHARTER_BASIS
	CHARTER_BASES
};
enum charter_relation {
#define CHARTER_RELATION(name, word, help) CHARTER_ASKER_##name,
#include "charter/relation.def"
#undef CHARTER_RELATION
	CHARTER_RELATIONS
};
enum charter_outcome {
#define CHARTER_OUTCOME(name, word, help) CHARTER_##name,
#include "charter/outcome.def"
#undef CHARTER_OUTCOME
	CHARTER_OUTCOMES
};
enum charter_effect {
#define CHARTER_EFFECT(name, word, help) CHARTER_EFFECT_##name,
#include "charter/effect.def"
#undef CHARTER_EFFECT
	CHARTER_EFFECTS
};

/* The words of an enum, in its order; `help` is a line of English. */
struct charter_word {
	const char *word, *help;
};
enum charter_list { CHARTER_LIST_KIND, CHARTER_LIST_BASIS, CHARTER_LIST_RELATION, CHARTER_LIST_OUTCOME, CHARTER_LIST_EFFECT, CHARTER_LISTS };
struct charter_words {
	const char *name;                      /* "kind" */
	const struct charter_word *words;
	size_t count;
};
const struct charter_words *charter_words(enum charter_list);
const char *charter_word(enum charter_list, unsigned value);
/* False: not a word of the list. */
bool charter_word_parse(enum charter_list, struct str word, unsigned *out);
/* The most that a person's decision on such a demand can permit. */
enum charter_effect charter_kind_effect(enum charter_kind);
#endif
