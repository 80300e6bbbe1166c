#include "exec/pack_script.h"

static void add_tags(struct strbuf *out, const struct pack_script *p)
{
	for (uint32_t i = 0; i < p->count; i++) {
		strbuf_addf(out, "%s%s", i % 6 ? " " : " \\\n\t", p->jobs[i].tag);
	}
	strbuf_addch(out, '\n');
}

/* take TAG: runs the job's script, unless it is done, or another has it. What this one had
 * begun before the scheduler put it back is its own. */
static const char take_text[] =
	"take() {\n"
	"\t[ -e \"$dir/$1.sh\" ] && [ ! -e \"$dir/$1.status\" ] || return 0\n"
	"\t[ ! -h \"$dir/$1.claim\" ] || return 0\n"
	"\tif read -r has 2>/dev/null <\"$dir/$1.claim\"; then\n"
	"\t\t[ \"$has\" = \"job $CWFLOW_ID\" ] || return 0\n"
	"\tfi\n"
	"\t(. \"$dir/$1.sh\") || [ ! -e \"$dir/$1.sh\" ] || code=1\n"
	"}\n";

/* in_time: whether a further job may be begun. */
static void add_budget(struct strbuf *out, int64_t budget_s)
{
	strbuf_addstr(out,
		"now() {\n"
		"\tif read -r now _ 2>/dev/null </proc/uptime; then now=${now%%.*}\n"
		"\telse now=$(date +%s); fi\n"
		"}\n"
		"now\n"
		"began=$now\n");
	strbuf_addf(out, "in_time() { now; [ $((now - began)) -lt %lld ]; }\n",
		(long long)budget_s);
}

/* Its own job, then those that have not begun, from another place on in each member. */
static void add_array(struct strbuf *out, const struct pack_script *p)
{
	strbuf_addf(out, "own=$((place%s))\nset --", p->from_zero ? " + 1" : "");
	add_tags(out, p);
	strbuf_addf(out,
		"eval \"take \\\"\\${$own-}\\\"\"\n"
		"at=$((own * 7919 %% %u)) i=0\n"
		"while [ $i -lt %u ] && in_time; do\n"
		"\tat=$((at %% %u + 1)) i=$((i + 1))\n"
		"\teval \"take \\${$at}\"\n"
		"done\n",
		p->count, p->count, p->count);
}

static void add_place(struct strbuf *out)
{
	strbuf_addstr(out,
		"place=\n"
		"for place in \"${SLURM_ARRAY_TASK_ID-}\" \"${SGE_TASK_ID-}\" "
		"\"${PBS_ARRAY_INDEX-}\" \\\n"
		"\t\"${PBS_ARRAYID-}\" \"${LSB_JOBINDEX-}\" \"${CWFLOW_ARRAY_INDEX-}\" "
		"\"${1-}\"; do\n"
		"\tcase $place in '' | undefined) ;; *) break ;; esac\n"
		"done\n"
		"case $place in '' | *[!0-9]*)\n"
		"\techo \"cwflow: no place in the array is told\" >&2\n"
		"\texit 1\n"
		"esac\n");
}

static bool has_order(const struct pack_script *p)
{
	for (uint32_t i = 0; i < p->count; i++) {
		if (p->jobs[i].after_count) {
			return true;
		}
	}
	return false;
}

/* Each behind those it needs. */
static void add_ordered(struct strbuf *out, const struct pack_script *p)
{
	strbuf_addstr(out, "well() {\n"
			   "\tfor tag; do\n"
			   "\t\tread -r word 2>/dev/null <\"$dir/$tag.status\" &&\n"
			   "\t\t\t[ \"$word\" = 'exit 0' ] || return 1\n"
			   "\tdone\n"
			   "}\n");
	for (uint32_t i = 0; i < p->count; i++) {
		const struct pack_job *j = &p->jobs[i];
		if (j->after_count) {
			strbuf_addstr(out, "well");
			for (uint32_t k = 0; k < j->after_count; k++) {
				strbuf_addf(out, " %s", p->jobs[j->after[k]].tag);
			}
			strbuf_addstr(out, " && ");
		}
		strbuf_addf(out, "take %s\n", j->tag);
	}
}

void pack_script_write(struct strbuf *out, const struct jobscript_options *o,
	const struct pack_script *p)
{
	jobscript_add_head(out, o, p->tag,
		p->array ? "a member of an array of jobs; those that end soon take up "
			   "others that wait"
			 : "several jobs, one after the other");
	if (p->array) {
		add_place(out);
	}
	jobscript_add_id(out);
	strbuf_addf(out, "CWFLOW_ID=\"$id%s\"\n", p->array ? " @$place" : "");
	jobscript_add_time(out);
	strbuf_addstr(out, "export CWFLOW_ID CWFLOW_TIME\n"
			   "code=0\n");
	strbuf_addstr(out, take_text);
	add_budget(out, p->budget_s < 0 ? INT64_C(1) << 40 : p->budget_s);
	if (p->array) {
		add_array(out, p);
	} else if (has_order(p)) {
		add_ordered(out, p);
	} else {
		strbuf_addstr(out, "for tag in");
		add_tags(out, p);
		strbuf_addstr(out, "do\n"
				   "\tin_time || break\n"
				   "\ttake \"$tag\"\n"
				   "done\n");
	}
	strbuf_addstr(out, "exit $code\n");
}
