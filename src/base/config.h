/* base/config.h - the node's settings: an INI file over the defaults of config.def.
 *
 * config.def is the only statement of a setting: section, name, type, range, default, help.  The struct, the reader, the
 * documentation in the manual page and `amanat settings` expand from it. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H
#include "base/ctx.h"

struct config {
#define SETTING_INT(section, name, least, most, standard, help) int64_t section##_##name;
#define SETTING_TEXT(section, name, kind, standard, help) const char *section##_##name;
#define SETTING_CHOICE(section, name, words, standard, help) const char *section##_##name;
#define SETTING_FLAG(section, name, standard, help) bool section##_##name;
#include "base/config.def"
};

/* Defaults, then the file (NULL: none), then `overrides` ("section.name=value", NULL-terminated; NULL: none).
 * E_INVALID names file, line, what was read and what is allowed; E_NOTFOUND: there is no such file.
 * Texts live as long as the config. */
enum err config_load(struct ctx *, const char *file, const char *const *overrides, struct config **out);
void config_free(struct config **);

/* For documentation: calls `each` for every setting, in order.  `range` and the others live only as long as the call. */
struct setting_info {
	const char *section, *name, *type, *range, *standard, *help;
};
void config_each(void (*each)(void *self, const struct setting_info *), void *self);
#endif
