#include "http/accept.h"

#define WEIGHT_WHOLE 1000

/* "0.123", "1", "1.0": thousandths.  A malformed one counts as refused. */
static int weight_parse(struct str s)
{
	int weight = 0, unit = 100;
	if (s.n == 0 || s.n > 5 || (s.p[0] != '0' && s.p[0] != '1') || (s.n > 1 && s.p[1] != '.'))
		return 0;
	for (size_t i = 2; i < s.n; i++, unit /= 10) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return 0;
		weight += unit * (s.p[i] - '0');
	}
	return s.p[0] == '1' ? WEIGHT_WHOLE : weight;
}

/* Cuts one "value;q=0.5" off a list. */
static struct str next_choice(struct str *list, int *weight)
{
	struct str parameters = str_cut(list, ',');
	struct str value = str_trim(str_cut(&parameters, ';'));
	*weight = WEIGHT_WHOLE;
	while (parameters.n) {
		struct str number = str_cut(&parameters, ';');
		struct str name = str_trim(str_cut(&number, '='));
		if (str_eq_ci(name, STR("q")))
			*weight = weight_parse(str_trim(number));
	}
	return value;
}

/* "en-GB-oed" stands for "en-GB" and "en" too. */
static bool language_covers(struct str asked, struct str offered)
{
	if (asked.n < offered.n || !str_eq_ci((struct str){ .p = asked.p, .n = offered.n }, offered))
		return false;
	return asked.n == offered.n || asked.p[offered.n] == '-';
}

static bool named_elsewhere(struct str list, struct str offered)
{
	int weight;
	while (list.n)
		if (language_covers(next_choice(&list, &weight), offered))
			return true;
	return false;
}

size_t accept_language(struct str header, const char *const *offered, size_t count)
{
	size_t best = 0;
	int best_weight = 0;
	struct str list = header;
	while (list.n) {
		int weight;
		struct str asked = next_choice(&list, &weight);
		if (weight <= best_weight || asked.n == 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			bool any = str_eq(asked, STR("*")) && !named_elsewhere(header, str_of(offered[i]));
			if (!any && !language_covers(asked, str_of(offered[i])))
				continue;
			best = i;
			best_weight = weight;
			break;
		}
	}
	return best;
}

enum coding accept_coding(struct str header, bool has_gzip, bool has_brotli)
{
	enum { UNNAMED = -1 };
	int weights[] = { [IDENTITY] = UNNAMED, [GZIP] = UNNAMED, [BROTLI] = UNNAMED };
	int star = UNNAMED;
	while (header.n) {
		int weight;
		struct str name = next_choice(&header, &weight);
		if (str_eq_ci(name, STR("br")))
			weights[BROTLI] = weight;
		else if (str_eq_ci(name, STR("gzip")) || str_eq_ci(name, STR("x-gzip")))
			weights[GZIP] = weight;
		else if (str_eq_ci(name, STR("identity")))
			weights[IDENTITY] = weight;
		else if (str_eq(name, STR("*")))
			star = weight;
	}
	if (weights[BROTLI] == UNNAMED)
		weights[BROTLI] = star;
	if (weights[GZIP] == UNNAMED)
		weights[GZIP] = star;
	int best_weight = weights[IDENTITY] > 0 ? weights[IDENTITY] : 1;        /* taken unless something named is liked as much */
	enum coding best = IDENTITY;
	if (has_gzip && weights[GZIP] >= best_weight) {
		best = GZIP;
		best_weight = weights[GZIP];
	}
	if (has_brotli && weights[BROTLI] >= best_weight)
		best = BROTLI;
	return best;
}
