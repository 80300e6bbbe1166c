#include "cli/run_origin.h"

#include <signal.h>

#include "base/xalloc.h"
#include "git/git_repo.h"
#include "sys/path.h"

static void *look(void *arg)
{
	struct run_origin *o = arg;
	struct git_repo *r = git_repo_open(o->folder);
	if (r) {
		git_repo_commit(r, &o->commit);
		git_repo_remote(r, &o->remote);
		o->dirty = git_repo_dirty(r);
		git_repo_free(r);
	}
	return NULL;
}

/* "url ref commit", a line a module. */
static void add_modules(struct run_origin *o, const struct workflow *wf)
{
	const struct module_origin *last = NULL;
	for (uint32_t i = 0; i < wf->rule_count; i++) {
		const struct module_origin *m = wf->rules[i].origin;
		if (m && m != last) {
			strbuf_addf(&o->modules, "%s %s %s\n", m->url ? m->url : "",
				m->ref ? m->ref : "", m->commit ? m->commit : "");
		}
		last = m ? m : last;
	}
}

void run_origin_begin(struct run_origin *o, const struct workflow *wf, const char *file)
{
	struct strview dir = path_dir(sv_from(file));
	sigset_t all, before;
	*o = (struct run_origin){.folder = xmemdup0(dir.p, dir.n), .dirty = -1};
	strbuf_init(&o->commit);
	strbuf_init(&o->remote);
	strbuf_init(&o->modules);
	add_modules(o, wf);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	o->started = pthread_create(&o->thread, NULL, look, o) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void run_origin_wait(struct run_origin *o)
{
	if (o->started) {
		pthread_join(o->thread, NULL);
		o->started = false;
	}
}

void run_origin_release(struct run_origin *o)
{
	if (o->folder) {
		run_origin_wait(o);
		free(o->folder);
		strbuf_release(&o->commit);
		strbuf_release(&o->remote);
		strbuf_release(&o->modules);
		o->folder = NULL;
	}
}
