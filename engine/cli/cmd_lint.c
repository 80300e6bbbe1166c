/* --lint, --schema. */
#include "cli/schema_text.h"
#include "cli/session.h"
#include "parser/lint.h"

int cmd_lint(struct session *s)
{
	uint32_t n = lint_workflow(&s->sink, &s->wf);
	session_tell(s);
	if (!n) {
		if (!s->o.quiet) {
			fprintf(stderr, "nothing to remark\n");
		}
		return EXIT_DONE;
	}
	fprintf(stderr, "%u remark%s\n", (unsigned)n, n == 1 ? "" : "s");
	return EXIT_FAILED;
}

int cmd_schema(void)
{
	fputs(schema_text, stdout); /* what fails shows when all is written */
	return 0;
}
