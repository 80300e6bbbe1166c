/* What an earlier run left with the scheduler: found, taken over, settled. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "exec/cluster_impl.h"
#include "sys/fs.h"

enum { SUBMIT_TEXT_MOST = 256 * 1024 };

static bool shares_output(const struct flight *f, const struct job_spec *spec)
{
	for (size_t i = 0; i < f->entry.outputs.n; i++) {
		for (uint32_t k = 0; k < spec->output_count; k++) {
			if (strcmp(f->entry.outputs.v[i], spec->outputs[k].path) == 0) {
				return true;
			}
		}
	}
	return false;
}

struct flight *cluster_find_earlier(
	struct cluster *c, const struct job_spec *spec, bool *ret_same)
{
	if (!c->found) {
		return NULL;
	}
	struct job_identity id = job_identity_of(spec);
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		if (f && f->stage == FLIGHT_FOUND &&
			(f->entry.identity.who == id.who || shares_output(f, spec))) {
			*ret_same = f->entry.identity.who == id.who &&
				    f->entry.identity.what == id.what;
			return f;
		}
	}
	return NULL;
}

bool cluster_adopts(struct executor *x, const struct job_spec *spec)
{
	struct cluster *c = (struct cluster *)x;
	bool same = false;
	return cluster_find_earlier(c, spec, &same) && same;
}

/* What the command printed meanwhile, or what the job itself has told. */
void cluster_find_id(struct cluster *c, struct flight *f)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT, id = STRBUF_INIT;
	int64_t place;
	cluster_path(&path, c->dir, f->entry.tag, "submit");
	if (fs_read_file(path.buf, SUBMIT_TEXT_MOST, &text) < 0 ||
		cluster_id_find(strbuf_sv(&text), c->o.id_pattern, &id) < 0) {
		strbuf_reset(&id);
		cluster_runner(c->dir, f->entry.tag, &id, &place);
	}
	if (cluster_id_is_good(strbuf_sv(&id))) {
		f->entry.id = strbuf_detach(&id, NULL);
		cluster_journal_id(&c->journal, f->entry.tag, f->entry.id);
		cluster_journal_sync(&c->journal, false);
	}
	strbuf_release(&path);
	strbuf_release(&text);
	strbuf_release(&id);
}

void cluster_adopt(struct cluster *c, struct flight *f, const struct job_spec *spec)
{
	f->job = spec->job;
	f->attempt = spec->attempt;
	f->timeout_s = spec->timeout_s;
	f->rule = xstrdup(spec->rule);
	c->found--;
	cluster_set_wish(c, f, spec);
	cluster_flight_add(c, f);
	if (!f->entry.id) {
		cluster_find_id(c, f);
	}
	if (!f->entry.id && cluster_claim(c->dir, f->entry.tag)) {
		/* it was never submitted, or will never begin */
		cluster_journal_end(&c->journal, f->entry.tag);
		cluster_new_tag(c, f);
		cluster_flight_add(c, f);
		if (cluster_write_script(c, f, spec) < 0) {
			cluster_finish(c, f, JOB_NOT_STARTED, errno, NULL, NULL);
			return;
		}
		cluster_queue(c, f);
		return;
	}
	f->adopted = f->counted = true;
	c->in_flight++;
	cluster_went_live(c, f);
}

/* Jobs of an earlier run that nobody asked for and that have ended meanwhile. */
void cluster_settle_found(struct cluster *c)
{
	struct jobscript_status status;
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		if (f && f->stage == FLIGHT_FOUND &&
			cluster_read_status(c->dir, f->entry.tag, &status) == 0) {
			cluster_journal_end(&c->journal, f->entry.tag);
			cluster_remove_files(c->dir, f->entry.tag, status.code != 0);
		}
	}
}

/* Whether a file of the folder belongs to a submission that was found. */
static bool is_of_found(const struct cluster_entries *found, const char *name)
{
	for (size_t i = 0; i < found->list.n; i++) {
		size_t n = strlen(found->list.v[i].tag);
		if (strncmp(name, found->list.v[i].tag, n) == 0 && name[n] == '.') {
			return true;
		}
	}
	return false;
}

/* Unless jobs that go on may need a script that several share. */
void cluster_tidy(const struct cluster *c)
{
	VEC(char *) names = {0};
	DIR *dir = c->o.found.list.n ? NULL : opendir(c->dir);
	struct dirent *e;
	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == 'c' &&
			(strchr(e->d_name, '-') || strstr(e->d_name, ".cancel")) &&
			!is_of_found(&c->o.found, e->d_name)) {
			vec_push(&names, xasprintf("%s/%s", c->dir, e->d_name));
		}
	}
	if (dir) {
		closedir(dir);
	}
	for (size_t i = 0; i < names.n; i++) {
		unlink(names.v[i]);
		free(names.v[i]);
	}
	vec_release(&names);
}

/* Submissions of an earlier run become flights that wait to be asked for. */
void cluster_take_found(struct cluster *c)
{
	struct cluster_entries *found = &c->o.found;
	for (size_t i = 0; i < found->list.n; i++) {
		struct flight *f = xcalloc(1, sizeof(*f));
		f->stage = FLIGHT_FOUND;
		f->entry = found->list.v[i];
		f->attempt = f->entry.attempt;
		cluster_flight_add(c, f);
		c->found++;
	}
	if (found->list.n) {
		cluster_say(c,
			"%zu job%s of an earlier run %s still with the scheduler, and "
			"will be waited for",
			found->list.n, found->list.n == 1 ? "" : "s",
			found->list.n == 1 ? "is" : "are");
	}
	found->list.n = 0;
}
