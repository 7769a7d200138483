/* What a look found, for people and for programs. */
#include <inttypes.h>

#include "base/json.h"
#include "verify/verify.h"

static const char cannot[] =
	"What no log can prove: that everything was entered. A demand that was never written down leaves no trace here; what this shows is that\n"
	"nothing that was written down was altered, taken back, or treated otherwise than the charter says. It cannot prove that everybody is shown\n"
	"this same log, unless witnesses signed it (--policy) or you compare the root with others. It cannot tell whether papers behind a hash are\n"
	"true, who wrote an entry, or what an opaque entry hides before it is opened. Times are the node's own.\n";

const char *verify_verdict_text(enum verify_verdict verdict)
{
	switch (verdict) {
	case VERIFY_FINE:
		return "Nothing wrong was found.";
	case VERIFY_UNCHECKED:
		return "Not everything could be checked: no verdict.";
	case VERIFY_LIE:
		return "THIS LOG LIES: it is not what it claims to be.";
	case VERIFY_PROMISE:
		return "The log is whole, and tells of broken promises.";
	}
	return "";
}

/* --- for people --- */

static void put_head(const struct verify_report *report, struct buf *out)
{
	if (report->checkpoint.origin.n == 0)
		return;
	buf_printf(out, "Log " STR_FMT ": %" PRIu64 " entries, root ", STR_ARG(report->checkpoint.origin), report->checkpoint.size);
	buf_base64(out, report->checkpoint.root.bytes, TREE_HASH_BYTES);
	buf_char(out, '\n');
	if (report->trusted_first)
		buf_text(out, "Its key was taken from the log itself, for the first time: compare it with one that you have from elsewhere.\n");
	if (report->before)
		buf_printf(out, "You saw %" PRIu64 " entries of it before.\n", report->before);
	if (report->witnesses)
		buf_printf(out, "Witnesses that signed this checkpoint: %u.\n", report->witnesses);
	for (unsigned i = 0; i < report->story->signer_count; i++) {
		const struct signer *const signer = &report->story->signers[i];
		buf_text(out, signer->revoked == UINT64_MAX ? "Key: " : "Revoked key: ");
		note_key_write(&signer->key, out);
		buf_char(out, '\n');
	}
}

static void put_table(struct ctx *cx, const struct tally *tally, struct buf *out)
{
	const struct tally_row *const rows = verify_tally_sorted(cx, tally);
	if (tally->count == 0)
		return;
	buf_text(out, "\nhalf-year  asker");
	for (unsigned i = 0; i < TALLY_COLUMNS; i++)
		buf_printf(out, "  %s", verify_tally_heading((enum tally_column)i));
	buf_char(out, '\n');
	for (size_t row = 0; row < tally->count; row++) {
		char half[TALLY_HALF_BYTES];
		verify_tally_half_text(rows[row].half, half);
		buf_printf(out, "%-9s  %-5s", half, rows[row].country);
		for (unsigned i = 0; i < TALLY_COLUMNS; i++)
			buf_printf(out, "  %*" PRIu64, (int)str_of(verify_tally_heading((enum tally_column)i)).n, rows[row].of[i]);
		buf_char(out, '\n');
	}
}

static void put_findings(const struct findings *findings, struct buf *out)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *const finding = &findings->items[i];
		buf_printf(out, "%s (%s): ", finding_weight_name(finding->weight), finding->slug);
		if (finding->entry != FINDING_NO_ENTRY)
			buf_printf(out, "entry %" PRIu64 " ", finding->entry);
		buf_printf(out, "%s\n", finding->text);
	}
	uint64_t all = 0;
	for (unsigned i = 0; i < FINDING_WEIGHTS; i++)
		all += findings->of_weight[i];
	if (all > findings->count)
		buf_printf(out, "... and %" PRIu64 " more\n", all - findings->count);
}

void verify_report_text(struct ctx *cx, const struct verify_report *report, struct buf *out)
{
	const struct story_open *const open = &report->open;
	put_head(report, out);
	if (report->story->entries && report->story->tally.count == 0)
		buf_text(out, "\nNo demand, takedown or incident was ever entered.\n");
	put_table(cx, &report->story->tally, out);
	buf_printf(out, "\nOpen: %" PRIu64 " demands (%" PRIu64 " overdue), %" PRIu64 " opaque entries (%" PRIu64 " overdue), %" PRIu64 " holds (%" PRIu64 " overdue).\n\n",
	           open->demands, open->demands_overdue, open->opaque, open->opaque_overdue, open->holds, open->holds_overdue);
	put_findings(report->found, out);
	put_findings(report->late, out);
	if (report->evidence)
		buf_printf(out, "Evidence: %s\n", report->evidence);
	buf_printf(out, "%s\n\n%s", verify_verdict_text(report->verdict), cannot);
}

/* --- for programs --- */

static void put_count(struct json *json, const char *name, uint64_t count)
{
	json_key(json, name);
	json_i64(json, (int64_t)count);
}

static void json_findings(struct json *json, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *const finding = &findings->items[i];
		json_object(json);
		json_key(json, "weight"), json_text(json, finding_weight_name(finding->weight));
		json_key(json, "slug"), json_text(json, finding->slug);
		if (finding->entry != FINDING_NO_ENTRY)
			put_count(json, "entry", finding->entry);
		json_key(json, "text"), json_text(json, finding->text);
		json_object_end(json);
	}
}

static void json_table(struct ctx *cx, struct json *json, const struct tally *tally)
{
	const struct tally_row *const rows = verify_tally_sorted(cx, tally);
	json_array(json);
	for (size_t row = 0; row < tally->count; row++) {
		char half[TALLY_HALF_BYTES];
		verify_tally_half_text(rows[row].half, half);
		json_object(json);
		json_key(json, "half"), json_text(json, half);
		json_key(json, "country"), json_text(json, rows[row].country);
		for (unsigned i = 0; i < TALLY_COLUMNS; i++)
			put_count(json, verify_tally_name((enum tally_column)i), rows[row].of[i]);
		json_object_end(json);
	}
	json_array_end(json);
}

static void json_head(struct json *json, const struct verify_report *report)
{
	AUTO(buf_free) struct buf root = buf_new(64);
	static const char *const verdicts[] = {
		[VERIFY_FINE] = "fine", [VERIFY_UNCHECKED] = "unchecked", [VERIFY_LIE] = "lie", [VERIFY_PROMISE] = "promise",
	};
	buf_base64(&root, report->checkpoint.root.bytes, TREE_HASH_BYTES);
	json_key(json, "verdict"), json_text(json, verdicts[report->verdict]);
	json_key(json, "time"), json_time(json, report->now_us);
	json_key(json, "origin"), json_string(json, report->checkpoint.origin);
	put_count(json, "size", report->checkpoint.size);
	json_key(json, "root"), json_string(json, buf_view(&root));
	put_count(json, "before", report->before);
	json_key(json, "trusted_first"), json_bool(json, report->trusted_first);
	put_count(json, "witnesses", report->witnesses);
	json_key(json, "state"), json_text(json, report->state_file);
	json_key(json, "evidence"), report->evidence ? json_text(json, report->evidence) : json_null(json);
}

void verify_report_json(struct ctx *cx, const struct verify_report *report, struct buf *out)
{
	struct json json = json_new(out);
	json_object(&json);
	json_head(&json, report);
	json_key(&json, "entries"), json_object(&json);
	for (unsigned i = 0; i < ENTRY_KINDS; i++)
		put_count(&json, entry_forms[i].name, report->story->of_kind[i]);
	json_object_end(&json);
	json_key(&json, "table"), json_table(cx, &json, &report->story->tally);
	json_key(&json, "open"), json_object(&json);
	put_count(&json, "demands", report->open.demands);
	put_count(&json, "demands_overdue", report->open.demands_overdue);
	put_count(&json, "opaque", report->open.opaque);
	put_count(&json, "opaque_overdue", report->open.opaque_overdue);
	put_count(&json, "holds", report->open.holds);
	put_count(&json, "holds_overdue", report->open.holds_overdue);
	json_object_end(&json);
	json_key(&json, "findings"), json_array(&json);
	json_findings(&json, report->found);
	json_findings(&json, report->late);
	json_array_end(&json);
	json_object_end(&json);
	buf_char(out, '\n');
}
