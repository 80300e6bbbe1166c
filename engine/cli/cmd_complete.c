/* --completion: the script of a shell, or the words that it asks for. */
#include "cli/profile.h"
#include "cli/session.h"

static bool print_name(void *ctx, struct strview name)
{
	(void)ctx;
	printf(SV_FMT "\n", SV_ARG(name));
	return true;
}

int cmd_complete(struct session *s)
{
	const char *what = s->o.completion;
	bool rules = strcmp(what, "rules") == 0, targets = strcmp(what, "targets") == 0;
	if (strcmp(what, "profiles") == 0) {
		profiles_each(s, print_name, NULL);
		return session_written(s, 0);
	}
	if (!rules && !targets) {
		return options_completion(what, &s->sink) == 0 ? session_written(s, 0)
							       : EXIT_WRONG;
	}
	int rc = session_open(s);
	if (rc == EXIT_DONE) {
		rc = session_read(s);
	}
	if (rc != EXIT_DONE) {
		return rc;
	}
	return rules ? cmd_list_rules(s) : cmd_list_targets(s);
}
