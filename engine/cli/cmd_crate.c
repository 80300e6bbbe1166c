/* --crate: the last run as a folder that others can read: a Workflow Run RO-Crate. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "cli/out_file.h"
#include "cli/rounds.h"
#include "cli/session.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "view/view_crate.h"
#include "view/view_report.h"

#define METADATA "ro-crate-metadata.json"
#define PREVIEW "ro-crate-preview.html"

enum { COPY_MOST = 10000000, COPY_ALL = 1000000000, HEAD_BYTES = 1 << 16 };

/* Whether the folder holds a crate that cwflow made: its head names it. */
static bool is_ours(const char *dir)
{
	struct strbuf path = STRBUF_INIT, head = STRBUF_INIT;
	strbuf_addf(&path, "%s/" METADATA, dir);
	bool ours = fs_read_head(path.buf, HEAD_BYTES, &head) == 0 &&
		    memmem(head.buf, head.len, CRATE_MARK, strlen(CRATE_MARK));
	strbuf_release(&path);
	strbuf_release(&head);
	return ours;
}

static bool is_empty(DIR *dir)
{
	const struct dirent *e;
	while ((e = readdir(dir))) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
			return false;
		}
	}
	return true;
}

/* Makes the folder; one that holds something else is refused. Exit status. */
static int take_folder(struct session *s)
{
	const char *dir = s->o.crate;
	if (fs_make_parents(AT_FDCWD, dir) != 0 ||
		(mkdir(dir, 0777) != 0 && errno != EEXIST)) {
		diag_system(&s->sink, "CW-E304", errno, dir, "make");
		return EXIT_FAILED;
	}
	DIR *there = opendir(dir);
	if (!there) {
		diag_system(&s->sink, "CW-E300", errno, dir, "open");
		return EXIT_FAILED;
	}
	bool empty = is_empty(there);
	closedir(there);
	if (!empty && !is_ours(dir)) {
		diag_error(&s->sink, "CW-E505", (struct span){0},
			"\"%s\" is not empty and no crate of an earlier --crate", dir);
		diag_note(&s->sink, (struct span){0},
			"name a folder that is empty or does not exist yet");
		return EXIT_WRONG;
	}
	return EXIT_DONE;
}

static int write_metadata(void *ctx, FILE *to)
{
	struct session *s = ctx;
	struct view_crate_options o = {.workdir = s->workdir.buf,
		.dir = s->o.crate,
		.copy_most = COPY_MOST,
		.copy_all = COPY_ALL,
		.sum_most = s->values.checksum_limit,
		.run_goes_on = s->plan.o.run_goes_on,
		.sources = &s->sources};
	return view_crate(&s->plan, &s->records->state, &o, to);
}

static int write_preview(void *ctx, FILE *to)
{
	struct session *s = ctx;
	struct view_report_options o = {.workdir = s->workdir.buf,
		.run_goes_on = s->plan.o.run_goes_on,
		.now_ns = clock_wall_ns(&clock_real)};
	return view_report(&s->plan, &s->records->state, &o, to);
}

/* The page first: a folder with the metadata is whole. */
static int write_crate(struct session *s)
{
	struct strbuf path = STRBUF_INIT;
	strbuf_addf(&path, "%s/" PREVIEW, s->o.crate);
	int rc = out_file_write(path.buf, write_preview, s);
	if (rc == 0) {
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/" METADATA, s->o.crate);
		rc = out_file_write(path.buf, write_metadata, s);
	}
	if (rc < 0) {
		diag_system(&s->sink, "CW-E300", errno, path.buf, "write");
	}
	strbuf_release(&path);
	return rc;
}

int cmd_crate(struct session *s)
{
	int rc = rounds_plan(s, STATE_LOOK);
	if (rc != EXIT_DONE) {
		return rc;
	}
	bool recorded = s->records && s->records->state.found;
	if (recorded) {
		rc = take_folder(s);
		if (rc != EXIT_DONE) {
			return rc;
		}
		rc = write_crate(s);
	}
	if (!recorded || rc > 0) {
		diag_error(&s->sink, "CW-E600", (struct span){0},
			"nothing is recorded here yet: a crate is of the last run");
	}
	return recorded && rc == 0 ? EXIT_DONE : EXIT_FAILED;
}
