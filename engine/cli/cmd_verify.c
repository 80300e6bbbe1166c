/* --verify: results are read again and compared with what is recorded of them. */
#include "cli/rounds.h"
#include "cli/session.h"
#include "state/content.h"

struct verifier {
	struct session *s;
	uint32_t same, changed, missing, unread;
};

static void say(const char *what, struct strview path)
{
	struct strbuf shown = STRBUF_INIT;
	escape_for_terminal(&shown, path);
	printf("%s\t%s\n", what, shown.buf);
	strbuf_release(&shown);
}

/* Whether the file's job declared it temporary: then it may be gone. */
static bool is_temp(const struct dag *d, uint32_t file)
{
	uint32_t job = d->producer[file];
	if (job == DAG_NONE) {
		return false;
	}
	const uint32_t *files = dag_products(d, job);
	const struct rule *rule = dag_rule(d, job);
	for (uint32_t k = 0; k < rule->product_count; k++) {
		if (files[k] == file) {
			return rule->products[k].flags & PRODUCT_TEMP;
		}
	}
	return false;
}

static void verify(struct verifier *v, uint32_t file, uint32_t id)
{
	struct strview path = dag_path(&v->s->dag, file);
	const struct known_file *known = &v->s->records->state.files.v[id];
	struct known_file now;
	if (content_look(path.p, &now) != 0) {
		if (!is_temp(&v->s->dag, file)) {
			say("missing", path);
			v->missing++;
		}
		return;
	}
	if (known->content.kind == CONTENT_JOB) {
		v->same++; /* that it is there is all there is to it */
		return;
	}
	if (known->content.kind == CONTENT_STAMP) {
		now.content = content_of_stamp(now.stamp);
		v->unread++;
	} else {
		content_read(path.p, 0, &now);
	}
	if (known->content.kind == CONTENT_GIT && now.content.kind == CONTENT_BYTES) {
		records_ask_git(v->s->records, path.p, true, &now);
	}
	if (content_eq(known->content, now.content)) {
		v->same++;
	} else {
		say("changed", path);
		v->changed++;
	}
}

int cmd_verify(struct session *s)
{
	struct verifier v = {.s = s};
	int rc = rounds_plan(s, STATE_LOOK);
	if (rc != EXIT_DONE) {
		return rc;
	}
	if (!s->records) {
		diag_error(&s->sink, "CW-E600", (struct span){0},
			"nothing is recorded here yet");
		return EXIT_FAILED;
	}
	for (uint32_t file = 0; file < s->dag.paths.count; file++) {
		uint32_t id = state_file_of(&s->records->state, file);
		if (id != STATE_NONE && s->records->state.files.v[id].content.kind) {
			verify(&v, file, id);
		}
	}
	fprintf(stderr, "%u file%s as recorded%s, %u changed, %u missing\n",
		(unsigned)v.same, v.same == 1 ? "" : "s",
		v.unread ? " (large ones by size and time)" : "", (unsigned)v.changed,
		(unsigned)v.missing);
	rc = session_written(s, 0);
	return rc == EXIT_DONE && v.changed + v.missing ? EXIT_FAILED : rc;
}
