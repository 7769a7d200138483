/* The table of commands; the manual page and --help are made from it. */
#include "cli/cli.h"
#include "demo/fill.h"

static const struct command_option serve_options[] = {
	{ "init", NULL, "Make the data folder first when there is none." },
	{ "demo", NULL, "Fill a folder that was made just now with the demo network, or go on filling it; never a folder with people." },
	{},
};
static const struct command_option verify_options[] = {
	{ "key", "VKEY", "The log's public key, NAME+ID+BASE64. Without it the policy's, or the one that was remembered; the first time, the one that the log shows." },
	{ "policy", "FILE", "Whom you trust (C2SP tlog-policy): the log, witnesses, a quorum." },
	{ "state", "FILE", "Where to remember the log; without it a file of its own under $XDG_STATE_HOME/amanat." },
	{ "charter-key", "VKEY", "The key that signs charters: then their signatures are checked, too." },
	{ "from-files", "FOLDER", "Verify a copy on a disk: checkpoint, key, tile/..., charter/VERSION.json. Instead of an address." },
	{ "watch", "SECONDS", "Look again and again, so many seconds apart, until a lie is found." },
	{ "json", NULL, "As JSON, for programs; with --watch a line each time." },
	{},
};
static const struct command_option status_options[] = {
	{ "json", NULL, "As JSON, for programs." },
	{},
};
static const struct command_option user_add_options[] = {
	{ "name", "NAME", "The name that is shown; without it the handle." },
	{ "role", "ROLE", "member (without it), moderator or operator." },
	{ "password-file", "FILE", "The password is the first line of this file." },
	{},
};
static const struct command_option user_password_options[] = {
	{ "password-file", "FILE", "The password is the first line of this file." },
	{},
};
static const struct command_option yes_options[] = {
	{ "yes", NULL, "Do not ask." },
	{},
};
static const struct command_option import_options[] = {
	{ "as", "HANDLE", "The account that publishes; needed." },
	{ "caption", "TEXT", "The caption; without it none." },
	{ "language", "CODE", "The language of the clip (ISO 639); without it none." },
	{},
};
static const struct command_option demand_add_options[] = {
	{ "asker", "STATE", "ISO 3166 code of the state that would get what is given; needed." },
	{ "kind", "KIND", "data, metadata, live, bulk, weaken, preservation, removal or availability; needed." },
	{ "basis", "BASIS", "court, statute, treaty, emergency or none; needed." },
	{ "accounts", "HANDLES", "The accounts that it names, comma-separated." },
	{ "named", "NUMBER", "How many accounts it names, where that is more." },
	{ "subjects", "IDS", "Of a removal or a block: ids of the videos and comments." },
	{ "silence", "DAY", "Until when it forbids to tell the people; the charter says for how long that is kept." },
	{ "uncounted", NULL, "It forbids even to be counted: an opaque entry hides it, where the charter keeps silence at all." },
	{ "authority", "NAME", "Which court or office." },
	{ "reference", "TEXT", "Its own file number." },
	{ "text", "TEXT", "What it asks for." },
	{ "papers", "FILE", "The papers, at most 200 KiB; their salted hash is in the entry." },
	{},
};
static const struct command_option demand_papers_options[] = {
	{ "salted", NULL, "Behind the 32 bytes of the salt: the SHA-256 of both is what the entry says." },
	{},
};
static const struct command_option demand_authenticate_options[] = {
	{ "how", "HOW", "call-back, signed-mail, treaty-channel or in-person; needed." },
	{},
};
static const struct command_option demand_decide_options[] = {
	{ "reason", "TEXT", "Why, for the desk; its salted hash is in the entry." },
	{ "days", "NUMBER", "Of a preservation: for how long; without it as long as the charter allows." },
	{},
};
static const struct command_option demand_silence_options[] = {
	{ "until", "DAY", "Until this day." },
	{ "end", NULL, "No longer: the people are told now." },
	{},
};
static const struct command_option incident_options[] = {
	{ "kind", "KIND", "disclosure, loss, alteration, outage or promise-broken; needed." },
	{ "happened", "DAY", "When it began, as far as is known; needed." },
	{ "people", "NUMBER", "How many persons it concerns; without it none." },
	{ "told", "DAY", "When they were told." },
	{ "report", "FILE", "The public report: its hash is in the entry." },
	{},
};
static const struct command_option opaque_options[] = {
	{ "until", "DAY", "Until this day, 18 months from now at most; needed." },
	{},
};
static const struct command_option ledger_succeed_options[] = {
	{ "reason", "WORD", "database-lost, key-lost or forked; needed." },
	{ "origin", "NAME", "What the new log is called; without it a random name." },
	{ "old-size", "NUMBER", "Size of the newest checkpoint that anybody holds; without it what was shown here last." },
	{ "old-root", "BASE64", "Its root; with --old-size." },
	{ "yes", NULL, "Do not ask." },
	{},
};
static const struct command_option ledger_revoke_options[] = {
	{ "reason", "WORD", "rotated, lost or stolen; without it rotated." },
	{},
};
static const struct command_option demo_options[] = {
	{ "remove", NULL, "Take the demo away: its accounts and all that is theirs, nothing else." },
	{},
};
static const struct command_option fill_options[] = {
	{ "videos", "NUMBER", "How many videos; without it 10000." },
	{ "accounts", "NUMBER", "How many accounts; without it 1000." },
	{ "likes", "NUMBER", "How many likes; without it 200000. There is a comment for each forty." },
	{ "seed", "NUMBER", "Another number, another network; without it 1." },
	{},
};
static const struct command_option tamper_options[] = {
	{ "entry", "NUMBER", "Alter this entry; without it the oldest demand, else the second entry." },
	{},
};
static const struct command_option invite_options[] = {
	{ "uses", "NUMBER", "How many accounts it makes; without it 1." },
	{ "days", "NUMBER", "How long it lasts; without it 14." },
	{},
};
static const struct command_option fsck_options[] = {
	{ "repair", NULL, "Mend what can be mended without losing anything; the list says what." },
	{ "deep", NULL, "Read every public file, and hold it against its hash." },
	{ "json", NULL, "The report as JSON." },
	{ "list", NULL, "Print the list of what must hold, and look at nothing." },
	{},
};
static const struct command_option backup_options[] = {
	{ "keys", "DIR", "Back up the keys, too, into a folder of their own: another machine's, never the data's." },
	{ "days", "NUMBER", "Generations older than this go, but for the newest; without it 35." },
	{ "deletions", NULL, "Only note what was deleted, which a restore takes away again: cheap enough for each minute." },
	{},
};
static const struct command_option restore_options[] = {
	{ "keys", "DIR", "The keys' backup; needed." },
	{ "at", "TIME", "The newest generation that is not newer, as 2026-11-22T04:16:25Z; without it the newest." },
	{},
};
static const struct command_option drill_options[] = {
	{ "keys", "DIR", "The keys' backup; needed." },
	{ "newest", NULL, "Take the newest backup that there is, and make none." },
	{ "json", NULL, "The certificate as JSON." },
	{},
};
static const struct command_option charter_show_options[] = {
	{ "charter", "FILE", "This charter; without it the first charter, with the places of the settings." },
	{ "name", "NAME", "The name of the key that will sign it; without it the host of server.url, or the region's name." },
	{ "owner", "STATES", "The states of the operator's owner, comma-separated, or none; without it region.owner_jurisdiction." },
	{},
};
static const struct command_option charter_decide_options[] = {
	{ "asker", "STATE", "The state that would get what is given, whoever delivers the paper; needed." },
	{ "kind", "KIND", "data, metadata, live, bulk, weaken, preservation, removal or availability; needed." },
	{ "basis", "BASIS", "court, statute, treaty, emergency or none; needed." },
	{ "residence", "STATE", "Where the person lives; without it not known, and the strictest reading counts." },
	{ "home", "STATE", "Where the data has its home; without it the charter's first." },
	{ "authenticated", NULL, "Who asks has proved who it is." },
	{ "charter", "FILE", "By this charter; without it the first charter, with the places of the settings." },
	{ "name", "NAME", "As for amanat charter show." },
	{ "owner", "STATES", "As for amanat charter show." },
	{ "json", NULL, "As JSON, for programs." },
	{},
};
static const struct command_option charter_sign_options[] = {
	{ "key", "FILE", "The secret key: 64 hexadecimal digits; needed." },
	{},
};
static const struct command_option charter_verify_options[] = {
	{ "key", "VKEY", "The signer's public key, as name+hex+base64; needed." },
	{},
};
const struct command commands[] = {
	{ "serve", "", 0, 0, "Serve the node", "Serves until SIGTERM or SIGINT; then running requests may end (server.drain_seconds).",
	  "amanat serve --init --folder data\namanat serve --config /etc/amanat.ini\n", serve_options, NEEDS_SETTINGS, run_serve },
	{ "init", "", 0, 0, "Make a data folder and its key",
	  "Makes the data folder, empty databases, and outside the folder the region's key file. Who loses the key file loses "
	  "all personal data: keep a copy of it elsewhere than the copies of the folder.",
	  "amanat init --folder /srv/amanat\n", NULL, NEEDS_SETTINGS, run_init },
	{ "status", "", 0, 0, "Tell how the node is, and what to do where it is not well",
	  "Whether a server runs, what it holds, what waits, the disk; then each warning with its remedy. Changes nothing. docs/operating.md explains each warning.",
	  "amanat status --folder /srv/amanat\namanat status --json --config /etc/amanat/amanat.ini\n", status_options, NEEDS_LOOK, run_status },
	{ "user add", "HANDLE", 1, 1, "Add an account", "The password is asked for at a terminal, else it is the first line of standard input or of a file.",
	  "amanat user add asha --role operator\n", user_add_options, NEEDS_NODE, run_user_add },
	{ "user list", "", 0, 0, "List accounts: handle, role, state, day", "Newest first.", "amanat user list\n", NULL, NEEDS_LOOK, run_user_list },
	{ "user password", "HANDLE", 1, 1, "Set an account's password",
	  "The password is asked for at a terminal, else it is the first line of standard input or of a file. All sessions of the "
	  "account end.", "amanat user password asha\n", user_password_options, NEEDS_NODE, run_user_password },
	{ "user role", "HANDLE ROLE", 2, 2, "Make an account member, moderator or operator", "Takes effect with the account's next request.",
	  "amanat user role asha moderator\n", NULL, NEEDS_NODE, run_user_role },
	{ "user suspend", "HANDLE", 1, 1, "Suspend an account", "Its sessions end; its profile and videos are shown no more. The ledger says that an account was taken down, not which.",
	  "amanat user suspend mallory\n", NULL, NEEDS_NODE, run_user_suspend },
	{ "user restore", "HANDLE", 1, 1, "Restore a suspended account", "Its profile and videos are shown again.", "amanat user restore asha\n",
	  NULL, NEEDS_NODE, run_user_restore },
	{ "user delete", "HANDLE", 1, 1, "Delete an account for ever",
	  "Its profile vanishes at once; what it published, its rows and its key are destroyed by the running server or at its next start. "
	  "The ledger says that an account was taken down.", "amanat user delete mallory --yes\n", yes_options, NEEDS_NODE, run_user_delete },
	{ "video list", "HANDLE", 1, 1, "List an account's videos: id, day, length, likes, caption", "Newest first.", "amanat video list asha\n",
	  NULL, NEEDS_LOOK, run_video_list },
	{ "video remove", "ID", 1, 1, "Remove a video", "It vanishes at once; its files follow. The ledger says that a video was taken down.", "amanat video remove 123456789012345678 --yes\n",
	  yes_options, NEEDS_NODE, run_video_remove },
	{ "video import", "FILE", 1, 1, "Publish one clip", "It takes the way of every upload: stored, processed, published.",
	  "amanat video import clip.mp4 --as asha --caption \"First light\" --language en\n", import_options, NEEDS_WORK, run_video_import },
	{ "import", "FOLDER", 1, 1, "Publish every clip of a folder",
	  "In the order of their names; each takes the way of every upload. A line a file tells what became of it; one that cannot be "
	  "published does not stop the rest, but the exit code is 1.",
	  "amanat import clips --as asha\n", import_options, NEEDS_WORK, run_import },
	{ "ledger show", "", 0, 0, "Tell about this node's log: name, keys, size, root", "The checkpoint is the one that was shown last; a running server makes new ones.",
	  "amanat ledger show\n", NULL, NEEDS_LOOK, run_ledger_show },
	{ "ledger fetch", "MIRROR", 1, 1, "Fetch entries that an older database lacks, or that are damaged, from a mirror",
	  "MIRROR is a folder (ledger.mirror) or an address with this log's tiles. Stop the server first. What was entered here since stands behind it afterwards.",
	  "amanat ledger fetch /mnt/mirror\n", NULL, NEEDS_NODE, run_ledger_fetch },
	{ "ledger succeed", "", 0, 0, "Begin a new log in the place of one that is lost",
	  "With a new key; its first entry names the old log's head and how much is missing, for ever. Stop the server first.",
	  "amanat ledger succeed --reason key-lost\n", ledger_succeed_options, NEEDS_NODE, run_ledger_succeed },
	{ "ledger continue", "", 0, 0, "Say that no checkpoint was shown after the backup that was restored",
	  "Only then may the restored log go on under its key. Readers who remember a larger log will call it a fork. Stop the server first.",
	  "amanat ledger continue\n", yes_options, NEEDS_NODE, run_ledger_continue },
	{ "ledger key add", "", 0, 0, "Add a key that signs the log, too", "It signs from the next start of the server. Stop the server first.",
	  "amanat ledger key add\n", NULL, NEEDS_NODE, run_ledger_key_add },
	{ "ledger key revoke", "KEY", 1, 1, "Let a key of the log sign no longer", "KEY is a line of /ledger/key. Stop the server first.",
	  "amanat ledger key revoke example.org/log+0123abcd+AQ...\n", ledger_revoke_options, NEEDS_NODE, run_ledger_key_revoke },
	{ "witness renew", "", 0, 0, "Give this node another key as a witness of others' logs",
	  "After a restore it has forgotten what it signed, and signs nothing under the old key again (docs/witness.md). The old key's file is kept beside the new one. "
	  "It signs from the next start of the server.", "amanat witness renew\n", yes_options, NEEDS_NODE, run_witness_renew },
	{ "demand add", "", 0, 0, "Enter a demand for data, removal or anything else that a state asks for",
	  "It stands in the public ledger before anything else can happen to it. What the charter refuses is refused at once; the people whom it concerns "
	  "are told, unless a lawful order forbids it. docs/docket.md tells what follows.",
	  "amanat demand add --asker SG --kind data --basis court --accounts asha --authority \"High Court\"\n", demand_add_options, NEEDS_LOG, run_demand_add },
	{ "demand authenticate", "DEMAND", 1, 1, "Enter that the asker is who it says it is", "The charter decides anew, and a person's deadline begins.",
	  "amanat demand authenticate 0123456789abcdef --how call-back\n", demand_authenticate_options, NEEDS_LOG, run_demand_authenticate },
	{ "demand decide", "DEMAND OUTCOME", 2, 2, "Decide a demand",
	  "OUTCOME is refused, narrowed, complied-in-part, complied or withdrawn. Nothing is possible that the charter does not permit.",
	  "amanat demand decide 0123456789abcdef refused --reason \"The order names nobody.\"\n", demand_decide_options, NEEDS_LOG, run_demand_decide },
	{ "demand silence", "DEMAND", 1, 1, "Keep a demand from the people whom it concerns for longer, or no longer", "At most as long as the charter allows.",
	  "amanat demand silence 0123456789abcdef --end\n", demand_silence_options, NEEDS_LOG, run_demand_silence },
	{ "demand release", "DEMAND", 1, 1, "End a hold before its term", "", "amanat demand release 0123456789abcdef\n", NULL, NEEDS_LOG, run_demand_release },
	{ "demand receipt", "DEMAND", 1, 1, "Print the receipt for the asker", "A C2SP proof file: it proves to anybody who has the log's key that the demand is entered.",
	  "amanat demand receipt 0123456789abcdef > receipt.tlog-proof\n", NULL, NEEDS_LOG, run_demand_receipt },
	{ "demand answer", "DEMAND", 1, 1, "Print the answer for the asker", "What became of the demand, the rule's sentence, the entries; nothing about a person.",
	  "amanat demand answer 0123456789abcdef\n", NULL, NEEDS_LOOK, run_demand_answer },
	{ "demand papers", "DEMAND", 1, 1, "Print the papers that were filed with a demand",
	  "The bytes as they were filed, or the text where there was no file. Papers and salt together prove to whoever has both that the entry means these papers.",
	  "amanat demand papers 0123456789abcdef > papers.pdf\namanat demand papers 0123456789abcdef --salted | sha256sum\n", demand_papers_options, NEEDS_LOOK,
	  run_demand_papers },
	{ "demand list", "", 0, 0, "List demands: number, day, asker, kind, basis, state, deadline, authority", "Newest first.", "amanat demand list\n", NULL,
	  NEEDS_LOOK, run_demand_list },
	{ "demand count", "", 0, 0, "Tell how many demands there are", "The public figure.", "amanat demand count\n", NULL, NEEDS_LOOK, run_demand_count },
	{ "incident add", "", 0, 0, "Enter an incident in the public ledger", "Personal data was lost, altered or seen by whom it should not have been seen, or the service broke a promise.",
	  "amanat incident add --kind outage --happened 2026-11-22\n", incident_options, NEEDS_LOG, run_incident_add },
	{ "opaque renew", "NUMBER", 1, 1, "Let an opaque entry stay closed for longer", "NUMBER is its number in the ledger. The renewal is an entry, too.",
	  "amanat opaque renew 1207 --until 2027-12-01\n", opaque_options, NEEDS_LOG, run_opaque_renew },
	{ "charter list", "", 0, 0, "List the versions of this node's charter", "Newest first: number, time of the entry, whether it counts now.", "amanat charter list\n", NULL,
	  NEEDS_LOOK, run_charter_list },
	{ "charter publish", "FILE", 1, 1, "Publish the next version of this node's charter",
	  "Signs it with the log's key and enters it. It must be numbered one more than the last version, name the hash of that one's bytes, and be named as "
	  "the log. What it tightens is in force at once; what it loosens, 30 days later.",
	  "amanat charter publish charter-2.json\n", NULL, NEEDS_LOG, run_charter_publish },
	{ "charter show", "", 0, 0, "Print a charter",
	  "The exact bytes of charter.json: save them, sign them. Also the check that a charter is well formed. docs/charter.md gives each field.",
	  "amanat charter show --owner none > charter.json\namanat charter show --charter charter.json\n", charter_show_options, NEEDS_SETTINGS, run_charter_show },
	{ "charter decide", "", 0, 0, "Tell what would become of a demand",
	  "Decides by one charter, as the docket does; what is in force on a running node follows from all versions in its ledger.",
	  "amanat charter decide --asker SG --residence IN --kind data --basis court --authenticated\n", charter_decide_options, NEEDS_SETTINGS,
	  run_charter_decide },
	{ "charter table", "", 0, 0, "Print what the first charter decides in every case", "Tab-separated; the same bytes as docs/charter-table.tsv.",
	  "amanat charter table | grep \"^yes\"\n", NULL, NEEDS_NOTHING, run_charter_table },
	{ "charter sign", "FILE", 1, 1, "Sign a charter", "Prints a signed note over its name, version and hash; tells the public key on standard error.",
	  "amanat charter sign charter.json --key charter.key > charter.json.note\n", charter_sign_options, NEEDS_NOTHING, run_charter_sign },
	{ "charter verify", "FILE NOTE", 2, 2, "Check a charter and its signature", "Needs no node: only the two files and the public key.",
	  "amanat charter verify charter.json charter.json.note --key \"example.org+1f2e3d4c+AbCd...\"\n", charter_verify_options, NEEDS_NOTHING, run_charter_verify },
	{ "demo demand", "", 0, 0, "Let a fictitious authority demand data of a demo account",
	  "It is entered, refused by the charter and told as every demand is: see /letter. Only on a demo: a ledger tells no tales. It asks first where "
	  "people have accounts, too.",
	  "amanat demo demand --folder data\n", yes_options, NEEDS_LOG, run_demo_demand },
	{ "demo tamper", "", 0, 0, "Serve a copy of the ledger in which one old entry was altered",
	  "Shows what a check finds when an operator rewrites history: beside the node, on a free port of the loopback, until Ctrl+C, which removes the copy. "
	  "The copy has what is public and nothing else, and not the log's key: it shows the old signed checkpoint, and can sign nothing over "
	  "what was altered. The node itself is not changed.",
	  "amanat demo tamper --folder data\n", tamper_options, NEEDS_SETTINGS, run_demo_tamper },
	{ "demo", "", 0, 0, "Fill an empty node with a demo network",
	  "Thirteen accounts that are marked as demo, clips in fourteen languages that amanat-media makes here, follows, likes and "
	  "comments. Only on a node on which no person has an account. Run again, it goes on where it was; a running server does the "
	  "work if there is one. The setting demo.clips says how many.",
	  "amanat demo --folder data\namanat demo --remove --folder data\n", demo_options, NEEDS_WORK, run_demo },
	{ "bench fill", "", 0, 0, "Make a node as large as one likes, to measure and to rehearse on",
	  "Into a folder that is empty, or that it made itself: run again with the same numbers it goes on where it was cut off. Videos share some "
	  "few clips; what is public is the same for the same numbers. All accounts have the password \"" FILL_PASSWORD "\": no node for people. "
	  "Progress is told on standard error.",
	  "amanat bench fill --videos 1000000 --accounts 100000 --likes 20000000 --folder /srv/large\n", fill_options, NEEDS_SETTINGS, run_bench_fill },
	{ "invite add", "", 0, 0, "Make an invitation", "Prints its code, which nobody can read again: only its keyed hash is stored.",
	  "amanat invite add --uses 10 --days 30\n", invite_options, NEEDS_NODE, run_invite_add },
	{ "backup", "DIR", 0, 1, "Back up the node while it works",
	  "Adds a generation to the folder DIR: one moment of both stores, and each file once for all generations. keys.db is never in it: --keys "
	  "backs it up, alone or beside. Cut off, it goes on where it was when it is run again. Exit code 1 also when files were missing.",
	  "amanat backup /mnt/backup --folder data\namanat backup /mnt/backup --keys /mnt/keys --folder data\n", backup_options, NEEDS_LOOK,
	  run_backup },
	{ "restore", "DIR", 1, 1, "Make a node's folder from a backup",
	  "Checks the backup, makes the folder that --folder names, which must be empty, takes away again what was deleted after the "
	  "generation, ends all sessions, and runs fsck, before the folder has its name. The region's key file must be there: it is in no backup.",
	  "amanat restore /mnt/backup --keys /mnt/keys --folder data\n", restore_options, NEEDS_SETTINGS, run_restore },
	{ "drill", "DIR", 1, 1, "Prove that the backup can be restored",
	  "Backs up into DIR, restores into a scratch folder, starts that on a free port of the loopback, opens every key, plays one clip, signs "
	  "one person in who exists only there, and prints a dated certificate. The node itself is not changed; the scratch folder goes.",
	  "amanat drill /mnt/backup --keys /mnt/keys --folder data\n", drill_options, NEEDS_SETTINGS, run_drill },
	{ "fsck", "", 0, 0, "Check that all parts of a node agree",
	  "Stores, keys, files, outbox, jobs and counts, on a running node or a stopped one. Only looks, unless --repair is given; what a "
	  "crash left in the outbox is applied first, as every command does. Progress is told on standard error. Exit code: 0 clean or all "
	  "repaired, 1 faults were found, 2 it could not run.",
	  "amanat fsck --folder data\namanat fsck --repair --json --folder data\n", fsck_options, NEEDS_NOTHING, run_fsck },
	{ "ledger entries", "", 0, 0, "Print what may stand in a ledger", "Every kind of entry with its fields; the same bytes as docs/ledger-entries.md.",
	  "amanat ledger entries > docs/ledger-entries.md\n", NULL, NEEDS_NOTHING, run_ledger_entries },
	{ "verify", "URL", 0, 1, "Check the ledger of any node",
	  "Needs no node and no secret. Fetches the whole log, recomputes its root, holds it against what you saw before, checks signatures, the form "
	  "and the order of every entry, counts everything again, and holds every decision, deadline, silence and opening against the charter that "
	  "was in force. What it remembers makes the next look stronger: a log that was taken back or forked is found, and both signed checkpoints "
	  "are kept as evidence. Exit code: 0 nothing wrong, 1 not everything could be checked, 2 the log lies, 3 the log is whole and tells of a "
	  "broken promise; 2 goes before 3, and that before 1. docs/ledger.md tells what can be concluded.",
	  "amanat verify https://example.org\namanat verify https://example.org --key \"amanat/1f2e3d4c+AbCd...\" --policy policy.txt\n"
	  "amanat verify --from-files mirror --json\n", verify_options, NEEDS_NOTHING, run_verify },
	{ "settings", "", 0, 0, "Print every setting with its meaning and default", "As an INI file: save it, change it, and pass it with --config.",
	  "amanat settings > amanat.ini\n", NULL, NEEDS_NOTHING, run_settings },
	{ "openapi", "", 0, 0, "Print the description of the interface (OpenAPI 3.1)", "The same as /api/v1/openapi.json of a running node.",
	  "amanat openapi > amanat.json\n", NULL, NEEDS_NOTHING, run_openapi },
	{ "manual", "", 0, 0, "Print the manual page", "In mdoc, as man(1) reads it.", "amanat manual | man -l -\n", NULL, NEEDS_NOTHING, run_manual },
	{ "version", "", 0, 0, "Print version and commit", "", "amanat version\n", NULL, NEEDS_NOTHING, run_version },
	{},
};

const struct command_option common_options[] = {
	{ "config", "FILE", "Read settings from this INI file." },
	{ "folder", "FOLDER", "The data folder; the same as --set store.folder=FOLDER." },
	{ "set", "SECTION.NAME=VALUE", "One setting, over the file's. May be given again and again." },
	{ "help", NULL, "Tell what a command does." },
	{},
};
