/* cwabc evaluate: ranges from lines to lines, for `--sampler map` and whatever maps. */
#include <unistd.h>

#include "abc/abc_session.h"
#include "abc/map_file.h"
#include "abc/worker.h"
#include "base/hash.h"
#include "base/xalloc.h"

/* One line; its answer on standard output. */
static void answer_line(struct worker *w, const char *line)
{
	struct strbuf answer = STRBUF_INIT, text = STRBUF_INIT;
	enum message_type type;
	uint64_t lease[2];
	char *at;

	lease[0] = strtoull(line, &at, 10);
	lease[1] = strtoull(at, NULL, 10);
	if (at == line || !lease[1]) {
		return;
	}
	worker_handle(w, MESSAGE_LEASE,
		(struct strview){(const char *)lease, sizeof(lease)}, &type, &answer);
	if (type == MESSAGE_BLOCK) {
		strbuf_addf(&text, "%llu %llu %016llx ", (unsigned long long)lease[0],
			(unsigned long long)lease[1],
			(unsigned long long)hash64(answer.buf, answer.len));
		hex_put(&text, strbuf_sv(&answer));
	} else {
		strbuf_addf(&text, "! %s", answer.buf);
	}
	puts(text.buf);
	fflush(stdout);
	strbuf_release(&answer);
	strbuf_release(&text);
}

enum abc_exit abc_evaluate(const struct abc_options *o)
{
	struct strbuf begin = STRBUF_INIT, ignored = STRBUF_INIT;
	enum message_type type;
	struct session s;
	struct worker w;
	enum abc_exit status = session_open(&s, o);
	char *line = NULL;
	size_t room = 0;

	if (status == ABC_OK && !o->begin) {
		abc_error(
			"\"evaluate\" needs --begin FILE: which generation (a master with "
			"--sampler map writes it)");
		status = ABC_USAGE;
	}
	if (status == ABC_OK && map_file_read(o->begin, &s.problem, &begin, &s.err)) {
		status = session_fail(&s);
	}
	if (status == ABC_OK) {
		worker_init(&w, &s.problem, NULL);
		if (worker_handle(
			    &w, MESSAGE_BEGIN, strbuf_sv(&begin), &type, &ignored)) {
			status = abc_error("%s", ignored.buf);
		}
		while (status == ABC_OK && getline(&line, &room, stdin) > 0) {
			answer_line(&w, line);
		}
		worker_release(&w);
	}
	free(line);
	strbuf_release(&begin);
	strbuf_release(&ignored);
	session_release(&s);
	return status;
}
