/* store/expand.h - a struct, its reader and its writer out of a table's .def.  No guard: included once for each use.
 *
 * In X.h:                                       In X.c, for a table with SEAL columns:
 *     struct like {                                 #define EXPAND_ROW "social/like.def"
 *     #define EXPAND_STRUCT "social/like.def"       #define EXPAND_PERSON row->person
 *     #include "store/expand.h"                     #define EXPAND_ID row->video
 *     };                                            #include "store/expand.h"
 *
 * EXPAND_PERSON and EXPAND_ID say, from the CLEAR columns of `row`, whose the row is and which (struct row_place); write 0 for a
 * person that is itself sealed.  A table without SEAL columns defines EXPAND_ROW only.  Then X.c has (all static):
 *
 *     like_columns, like_clear                  how many columns {like} stands for, with and without `sealed`
 *     void like_read_clear(rows, first, &out)   the CLEAR columns, which begin at column `first` of the rows
 *     void like_vals_clear(&row, vals)          their values
 * and with SEAL columns:
 *     err like_read(cx, grant, rows, &out)      the whole row, from column 0 on
 *     err like_read_at(cx, grant, rows, first, &out)
 *     err like_vals(cx, grant, &row, vals)      values for {like:$1}: struct val vals[like_columns]
 *     err like_unseal(cx, grant, sealed, &out)  adds the SEAL columns to a row whose CLEAR ones are read
 *     err like_seal(cx, grant, &row, &sealed)
 * without:
 *     void video_read(rows, &out), void video_vals(&row, vals)
 *
 * Example:
 *     struct val vals[like_columns];
 *     TRY(like_vals(cx, &cx->actor.grant, &like, vals));
 *     return db_run_(cx, &SQL_like_add, like_columns, vals);   with   INSERT INTO like ({like}) VALUES ({like:$1})
 *
 * Strings that were read live in cx->mem; values borrow the row's. */
#ifdef EXPAND_STRUCT
#define TABLE(name, class, store, about)
#define FIELD(type, name, protection) type##_T name;
#include EXPAND_STRUCT
#undef EXPAND_STRUCT
#endif

#ifdef EXPAND_ROW
#include <assert.h>
#include <string.h>

#include "store/row.h"

#define EXPAND_FUNCTION __attribute__((unused)) static

#define EXPAND_CLEAR_CLEAR + 1
#define EXPAND_CLEAR_SEAL
#define EXPAND_SEAL_CLEAR
#define EXPAND_SEAL_SEAL + 1
#define TABLE(name, class, store, about) enum { name##_clear = 0
#define FIELD(type, name, protection) EXPAND_CLEAR_##protection
#include EXPAND_ROW
};
#define TABLE(name, class, store, about) enum { name##_columns = name##_clear + (0 <
#define FIELD(type, name, protection) EXPAND_SEAL_##protection
#include EXPAND_ROW
+ 0) };

#define EXPAND_I64_READ rows_i64
#define EXPAND_STR_READ rows_text
#define EXPAND_BYTES_READ rows_blob
#define EXPAND_READ_CLEAR(type, name) row->name = EXPAND_##type##_READ(rows, column++);
#define EXPAND_READ_SEAL(type, name)
#define TABLE(name, class, store, about) EXPAND_FUNCTION void name##_read_clear(struct rows *rows, int column, struct name *row) {
#define FIELD(type, name, protection) EXPAND_READ_##protection(type, name)
#include EXPAND_ROW
}

#define EXPAND_I64_VAL I64
#define EXPAND_STR_VAL TEXT
#define EXPAND_BYTES_VAL BLOB
#define EXPAND_VAL_CLEAR(type, name) *vals++ = EXPAND_##type##_VAL(row->name);
#define EXPAND_VAL_SEAL(type, name)
#define TABLE(name, class, store, about) EXPAND_FUNCTION void name##_vals_clear(const struct name *row, struct val *vals) {
#define FIELD(type, name, protection) EXPAND_VAL_##protection(type, name)
#include EXPAND_ROW
}

#ifdef EXPAND_ID
#define EXPAND_PLACE(name) { .table = #name, .person = EXPAND_PERSON, .row = EXPAND_ID }

#define EXPAND_I64_GET row_get_i64
#define EXPAND_STR_GET row_get_str
#define EXPAND_BYTES_GET row_get_str
#define EXPAND_GET_CLEAR(type, name)
#define EXPAND_GET_SEAL(type, name) row->name = EXPAND_##type##_GET(&reader);
#define TABLE(name, class, store, about)                                                                                     \
	EXPAND_FUNCTION enum err name##_unseal(struct ctx *cx, const struct grant *grant, struct str sealed, struct name *row) \
	{                                                                                                                      \
		static_assert((int)name##_columns > (int)name##_clear, #name " has no SEAL column: leave EXPAND_ID out");      \
		const struct row_place place = EXPAND_PLACE(name);                                                             \
		struct row_reader reader;                                                                                      \
		TRY(row_unseal(cx, grant, &place, sealed, &reader));
#define FIELD(type, name, protection) EXPAND_GET_##protection(type, name)
#include EXPAND_ROW
		return row_reader_end(&reader, &place);
	}

#define EXPAND_I64_PUT row_put_i64
#define EXPAND_STR_PUT row_put_str
#define EXPAND_BYTES_PUT row_put_str
#define EXPAND_PUT_CLEAR(type, name)
#define EXPAND_PUT_SEAL(type, name) EXPAND_##type##_PUT(&writer, row->name);
#define TABLE(name, class, store, about)                                                                                     \
	EXPAND_FUNCTION enum err name##_seal(struct ctx *cx, const struct grant *grant, const struct name *row, struct str *out) \
	{                                                                                                                      \
		const struct row_place place = EXPAND_PLACE(name);                                                             \
		AUTO(row_writer_free) struct row_writer writer = row_writer_new();
#define FIELD(type, name, protection) EXPAND_PUT_##protection(type, name)
#include EXPAND_ROW
		return row_seal(cx, grant, &place, &writer, out);
	}

#define TABLE(name, class, store, about)                                                                                     \
	EXPAND_FUNCTION enum err name##_read_at(struct ctx *cx, const struct grant *grant, struct rows *rows, int first,       \
		struct name *out)                                                                                              \
	{                                                                                                                      \
		struct name row;                                                                                               \
		memset(&row, 0, sizeof row);                                                                                   \
		name##_read_clear(rows, first, &row);                                                                          \
		TRY(name##_unseal(cx, grant, rows_blob(rows, first + name##_clear), &row));                                    \
		*out = row;                                                                                                    \
		return OK;                                                                                                     \
	}                                                                                                                      \
	EXPAND_FUNCTION enum err name##_read(struct ctx *cx, const struct grant *grant, struct rows *rows, struct name *out)   \
	{                                                                                                                      \
		return name##_read_at(cx, grant, rows, 0, out);                                                                \
	}                                                                                                                      \
	EXPAND_FUNCTION enum err name##_vals(struct ctx *cx, const struct grant *grant, const struct name *row,                \
		struct val vals[name##_columns])                                                                               \
	{                                                                                                                      \
		struct str sealed;                                                                                             \
		TRY(name##_seal(cx, grant, row, &sealed));                                                                     \
		name##_vals_clear(row, vals);                                                                                  \
		vals[name##_clear] = BLOB(sealed);                                                                             \
		return OK;                                                                                                     \
	}
#define FIELD(type, name, protection)
#include EXPAND_ROW

#undef EXPAND_PLACE
#undef EXPAND_I64_GET
#undef EXPAND_STR_GET
#undef EXPAND_BYTES_GET
#undef EXPAND_GET_CLEAR
#undef EXPAND_GET_SEAL
#undef EXPAND_I64_PUT
#undef EXPAND_STR_PUT
#undef EXPAND_BYTES_PUT
#undef EXPAND_PUT_CLEAR
#undef EXPAND_PUT_SEAL
#undef EXPAND_PERSON
#undef EXPAND_ID
#else

#define TABLE(name, class, store, about)                                                                                     \
	static_assert((int)name##_columns == (int)name##_clear, #name " has SEAL columns: define EXPAND_PERSON and EXPAND_ID"); \
	EXPAND_FUNCTION void name##_read(struct rows *rows, struct name *out)                                                  \
	{                                                                                                                      \
		name##_read_clear(rows, 0, out);                                                                               \
	}                                                                                                                      \
	EXPAND_FUNCTION void name##_vals(const struct name *row, struct val vals[name##_columns])                              \
	{                                                                                                                      \
		name##_vals_clear(row, vals);                                                                                  \
	}
#define FIELD(type, name, protection)
#include EXPAND_ROW
#endif

#undef EXPAND_FUNCTION
#undef EXPAND_CLEAR_CLEAR
#undef EXPAND_CLEAR_SEAL
#undef EXPAND_SEAL_CLEAR
#undef EXPAND_SEAL_SEAL
#undef EXPAND_I64_READ
#undef EXPAND_STR_READ
#undef EXPAND_BYTES_READ
#undef EXPAND_READ_CLEAR
#undef EXPAND_READ_SEAL
#undef EXPAND_I64_VAL
#undef EXPAND_STR_VAL
#undef EXPAND_BYTES_VAL
#undef EXPAND_VAL_CLEAR
#undef EXPAND_VAL_SEAL
#undef EXPAND_ROW
#endif
