#include "charter/words.h"

#include <assert.h>

#define WORD(name, word, help) { word, help },

static const struct charter_word kinds[] = {
#define CHARTER_KIND(name, word, effect, help) { word, help },
#include "charter/kind.def"
#undef CHARTER_KIND
};
static const struct charter_word bases[] = {
#define CHARTER_BASIS WORD
#include "charter/basis.def"
#undef CHARTER_BASIS
};
static const struct charter_word relations[] = {
#define CHARTER_RELATION WORD
#include "charter/relation.def"
#undef CHARTER_RELATION
};
static const struct charter_word outcomes[] = {
#define CHARTER_OUTCOME WORD
#include "charter/outcome.def"
#undef CHARTER_OUTCOME
};
static const struct charter_word effects[] = {
#define CHARTER_EFFECT WORD
#include "charter/effect.def"
#undef CHARTER_EFFECT
};

const struct charter_words *charter_words(enum charter_list list)
{
	static const struct charter_words lists[CHARTER_LISTS] = {
		[CHARTER_LIST_KIND] = { "kind", kinds, CHARTER_KINDS }, [CHARTER_LIST_BASIS] = { "basis", bases, CHARTER_BASES },
		[CHARTER_LIST_RELATION] = { "relation", relations, CHARTER_RELATIONS },
		[CHARTER_LIST_OUTCOME] = { "outcome", outcomes, CHARTER_OUTCOMES }, [CHARTER_LIST_EFFECT] = { "effect", effects, CHARTER_EFFECTS },
	};
	return &lists[list];
}

const char *charter_word(enum charter_list list, unsigned value)
{
	const struct charter_words *const words = charter_words(list);
	assert(value < words->count);
	return words->words[value].word;
}

bool charter_word_parse(enum charter_list list, struct str word, unsigned *out)
{
	const struct charter_words *const words = charter_words(list);
	for (unsigned i = 0; i < words->count; i++) {
		if (str_eq(word, str_of(words->words[i].word))) {
			*out = i;
			return true;
		}
	}
	return false;
}

enum charter_effect charter_kind_effect(enum charter_kind kind)
{
	static const enum charter_effect most[] = {
#define CHARTER_KIND(name, word, effect, help) [CHARTER_##name] = CHARTER_EFFECT_##effect,
#include "charter/kind.def"
#undef CHARTER_KIND
	};
	assert((unsigned)kind < CHARTER_KINDS);
	return most[kind];
}
