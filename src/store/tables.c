#include <stddef.h>

#include "store/field.h"

const struct table_info all_tables[] = {
#define EXPAND_KEEP
#define EXPAND_END { .column = NULL } } },
#define TABLE(name_, class_, store_, about_) \
	{ .name = #name_, .class = CLASS_##class_, .store = store_, .about = about_, .fields = (const struct field_info[]){
#define FIELD(type_, name_, protection_) { .column = #name_, .type = FIELD_##type_, .protection = protection_ },
#include "store/tables.def"
	{ .name = NULL },
};

const char *class_name(enum class class)
{
	static const char *const names[] = {
		[CLASS_PUBLIC] = "public", [CLASS_COUNT] = "count", [CLASS_SEALED] = "sealed",
		[CLASS_PERSONAL] = "personal", [CLASS_DESK] = "desk", [CLASS_INTERNAL] = "internal",
	};
	return names[class];
}

bool table_seals(const struct table_info *table)
{
	for (const struct field_info *field = table->fields; field->column; field++)
		if (field->protection == SEAL)
			return true;
	return false;
}
