/* --lint, --schema. */
#include <unistd.h>

#include "cli/schema_text.h"
#include "cli/session.h"
#include "parser/lint.h"
#include "sys/term.h"

int cmd_lint(struct session *s)
{
	session_tell(s); /* what every command would say */
	uint32_t n = lint_workflow(&s->sink, &s->wf);
	diag_print(&s->sink, stdout, term_color(STDOUT_FILENO) && !s->o.no_color);
	diag_clear(&s->sink);
	if (n) {
		printf("%u remark%s\n", (unsigned)n, n == 1 ? "" : "s");
	} else if (!s->o.quiet) {
		printf("nothing to remark\n");
	}
	int rc = session_written(s, 0);
	return rc == EXIT_DONE && n ? EXIT_FAILED : rc;
}

int cmd_schema(void)
{
	fputs(schema_text, stdout); /* what fails shows when all is written */
	return 0;
}
