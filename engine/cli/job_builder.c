#include "cli/job_builder.h"

#include "cli/session.h"

void job_builder_init(struct job_builder *b, struct session *s)
{
	job_context_init(&b->context, &s->dag, &s->sink);
	b->context.cores = s->cores;
	b->context.container_program = s->o.container_program;
	arena_init(&b->arena);
	(void)ARENA_NEW(&b->arena, char);
	b->empty = arena_mark(&b->arena);
}

void job_builder_release(struct job_builder *b)
{
	job_context_release(&b->context);
	arena_release(&b->arena);
}

int job_builder_make(
	struct job_builder *b, uint32_t job, struct job_spec *ret, const char **ret_error)
{
	arena_pop(&b->arena, b->empty);
	return job_spec_build(&b->context, &b->arena, job, 1, ret, ret_error);
}
