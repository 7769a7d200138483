#include "verify/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void findings_free(struct findings *findings)
{
	free(findings->items);
	*findings = (struct findings){};
}

void finding_add(struct findings *findings, enum finding_weight weight, const char *slug, uint64_t entry, const char *format, ...)
{
	findings->of_weight[weight]++;
	if (findings->count == FINDINGS_KEPT)
		return;
	if (findings->count == findings->room) {
		findings->room = findings->room ? 2 * findings->room : 16;
		findings->items = realloc(findings->items, findings->room * sizeof *findings->items);
		if (!findings->items)
			abort();
	}
	struct finding *const finding = &findings->items[findings->count++];
	va_list arguments;
	*finding = (struct finding){ .weight = weight, .slug = slug, .entry = entry };
	va_start(arguments, format);
	vsnprintf(finding->text, sizeof finding->text, format, arguments);
	va_end(arguments);
}

const char *finding_weight_name(enum finding_weight weight)
{
	static const char *const names[] = {
		[FINDING_NOTE] = "note", [FINDING_UNCHECKED] = "unchecked", [FINDING_PROMISE] = "promise", [FINDING_LIE] = "lie",
	};
	return names[weight];
}
