#include "cli/hooks.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/process.h"
#include "workflow/config_ref.h"

struct hook_values {
	const struct workflow *wf;
	const struct hook *hook;
	struct arena arena;
	struct renderer r;
	const char *log;
	const struct strview *failed;
	uint32_t failed_count;
};

static int resolve(
	void *ctx, const struct ref *ref, struct value *ret, struct render_error *err)
{
	struct hook_values *v = ctx;
	*ret = (struct value){.kind = VALUE_TEXT};
	switch (ref->kind) {
	case REF_LOG:
		ret->text = sv_from(v->log);
		ret->is_path = true;
		return 0;
	case REF_EXTRA:
		*ret = (struct value){
			.kind = VALUE_LIST, .list = v->failed, .count = v->failed_count};
		return 0;
	case REF_ENV:
		ret->text =
			sv_from(arena_printf(&v->arena, "$" SV_FMT, SV_ARG(ref->name)));
		ret->verbatim = true;
		return 0;
	case REF_CONFIG:
		return config_ref_value(ref, &v->r, ret, err);
	case REF_WORKDIR:
	case REF_WORKFLOW_DIR:
		ret->text =
			ref->kind == REF_WORKDIR ? v->wf->workdir : v->hook->workflow_dir;
		ret->is_path = true;
		return 0;
	case REF_WILDCARD:
	case REF_INPUT:
	case REF_OUTPUT:
	case REF_BENCHMARK:
	case REF_PARAMS:
	case REF_RESOURCES:
	case REF_THREADS:
	case REF_RULE:
	case REF_JOBID:
	case REF_ATTEMPT:
	case REF_INPUT_SIZE:
		break;
	}
	CW_BUG("reference of kind %d in a hook", (int)ref->kind);
}

/* Runs the command; what it prints goes to our standard error, since standard output is for
 * what was asked for. The wait status, or -1. */
static int run_command(const struct shell_setting *shell, const char *text)
{
	struct strbuf path = STRBUF_INIT;
	char *whole = xasprintf(SV_FMT " %s", SV_ARG(shell->prefix), text);
	char *name = xstrdup(shell->executable), *flag = xstrdup("-c");
	char *argv[] = {name, flag, whole, NULL};
	int status = -1;
	struct child child;
	if (process_find(shell->executable, NULL, &path) == 0) {
		struct spawn s = {.path = path.buf, .argv = argv, .fd = {-1, 2, 2}};
		fflush(NULL);
		if (process_spawn(&s, &child, NULL) == 0) {
			while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
			}
			close(child.pidfd);
		}
	}
	strbuf_release(&path);
	free(whole);
	free(name);
	free(flag);
	return status;
}

int hook_run(struct diag_sink *sink, const struct workflow *wf, const struct hook *hook,
	const char *name, const char *log, const struct strview *failed,
	uint32_t failed_count)
{
	struct hook_values v = {.wf = wf,
		.hook = hook,
		.log = log,
		.failed = failed,
		.failed_count = failed_count};
	struct strbuf text = STRBUF_INIT;
	struct render_error err = {0};
	if (!hook->set) {
		return 0;
	}
	arena_init(&v.arena);
	v.r = (struct renderer){.resolve = resolve, .ctx = &v, .arena = &v.arena};
	int rc = template_render(&hook->command.t, &v.r, false, &text, &err);
	if (rc != 0) {
		diag_error(sink, "CW-E522", hook->command.span, "%s",
			err.text ? err.text : "no value");
	} else {
		int status = run_command(hook->shell, text.buf);
		if (status < 0) {
			rc = diag_error(sink, "CW-E522", hook->command.span,
				"%s cannot be run: %s", name, strerror(errno));
		} else if (status != 0) {
			rc = diag_error(sink, "CW-E522", hook->command.span,
				"%s ended with exit status %d", name,
				WIFEXITED(status) ? WEXITSTATUS(status)
						  : 128 + WTERMSIG(status));
		}
	}
	arena_release(&v.arena);
	strbuf_release(&text);
	return rc;
}
