/* store/field.h - what a table's .def file may name.
 *
 * A .def is a table's only statement of its columns (the migration that made it is frozen SQL, held against it by a test):
 *
 *     TABLE(like, PERSONAL, PERSONAL_DB, "Who likes which video.")
 *     FIELD(I64, person, CLEAR)
 *     FIELD(I64, video, CLEAR)
 *     FIELD(I64, at_us, SEAL)
 *     #include "store/undef.h"
 *
 * and is named in store/tables.def.  Types: I64 (column type INTEGER), STR (TEXT), BYTES (BLOB).  CLEAR columns are columns
 * of the table, in this order.  All SEAL columns of a row together are one blob, column `sealed`, behind the CLEAR ones:
 * sealed under the person's key (class PERSONAL) or the desk key (class DESK).  A new SEAL column goes to the end: rows
 * sealed before read it as 0 or "".  In .sql files {like} stands for the column list, {like:l} for the same prefixed with
 * `l.`, {like:$1} for its placeholders from $1 on.  store/expand.h makes the struct, its reader and its writer. */
#ifndef STORE_FIELD_H
#define STORE_FIELD_H
#include "base/str.h"
#include "store/db.h"

enum class { CLASS_PUBLIC, CLASS_COUNT, CLASS_SEALED, CLASS_PERSONAL, CLASS_DESK, CLASS_INTERNAL };
enum protection { CLEAR, SEAL };
enum field_type { FIELD_I64, FIELD_STR, FIELD_BYTES };

#define I64_T int64_t
#define STR_T struct str                       /* text */
#define BYTES_T struct str

struct field_info {
	const char *column;
	enum field_type type;
	enum protection protection;
};
struct table_info {
	const char *name;
	enum class class;
	enum store store;
	const char *about;                     /* one English sentence; the data map translates by the table's name */
	const struct field_info *fields;       /* ends with a row without a column */
};
/* Every table of the node; ends with a row without a name.  store/tables.c expands them from all .def files. */
extern const struct table_info all_tables[];
const char *class_name(enum class);
bool table_seals(const struct table_info *);   /* has a SEAL column, hence a column `sealed` */
#endif
