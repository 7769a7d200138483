#include <inttypes.h>
#include <stdio.h>

#include "cli/cli.h"
#include "safety/operator.h"
#include "social/account.h"
#include "social/video.h"
#include "store/writer.h"

enum err run_video_list(struct cli *cli)
{
	struct account account;
	struct video_page page = {};
	TRY(cli_account(cli, cli->arguments[0], &account));
	do {
		TRY(video_list_by_account(&cli->cx, account.id, page.next, &page));
		for (size_t i = 0; i < page.count; i++) {
			const struct video_view *view = &page.items[i];
			char when[RFC3339_BYTES];
			time_rfc3339(view->video.created_us, when);
			printf("%" PRId64 " %.10s %5.1f s %6" PRId64 " %.*s\n", view->video.id, when, (double)view->video.duration_ms / 1000,
			       view->likes, STR_ARG(view->video.caption));
		}
	} while (page.next != 0);
	return OK;
}

static enum err take_away(struct ctx *cx, void *argument)
{
	const int64_t *id = argument;
	return operator_remove_video(cx, *id);
}

enum err run_video_remove(struct cli *cli)
{
	int64_t id;
	if (!id_parse(str_of(cli->arguments[0]), &id))
		return fail_as(&cli->cx, E_INVALID, "usage", "\"%.30s\" is no id; see: amanat video list HANDLE", cli->arguments[0]);
	if (!cli_sure(cli, "This cannot be undone. Remove the video?"))
		return fail_as(&cli->cx, E_INVALID, "usage", "nothing was removed; say --yes to be sure");
	TRY(writer_run(&cli->cx, take_away, &id));
	puts("Removed.");
	return OK;
}
