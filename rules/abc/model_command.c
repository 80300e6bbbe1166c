#include "abc/model.h"
static int t_open(struct model *m, struct strbuf *err)
{
	(void)m;
	return fail(err, "not yet");
}
static int t_run(struct model *m, const struct sim_context *ctx, struct sim_job **job,
	size_t n, struct strbuf *err)
{
	(void)m;
	(void)ctx;
	(void)job;
	(void)n;
	return fail(err, "not yet");
}
static void t_close(struct model *m)
{
	(void)m;
}
const struct model_ops model_command_ops = {"command", true, t_open, t_run, t_close};
const struct model_ops model_library_ops = {"library", false, t_open, t_run, t_close};
const struct model_ops model_oneshot_ops = {"oneshot", true, t_open, t_run, t_close};
