#include "cli/option_values.h"

#include "base/edit_distance.h"
#include "base/number.h"
#include "plan/plan.h"

static int wrong(
	struct diag_sink *sink, const char *option, const char *takes, const char *value)
{
	return diag_error(sink, "CW-E504", (struct span){0},
		"%s takes %s, this is \"%s\"", option, takes, value);
}

int option_pair(struct diag_sink *sink, const char *option, const char *pair,
	struct strview *ret_name, int64_t *ret)
{
	const char *eq = strchr(pair, '=');
	if (!eq || eq == pair) {
		return wrong(sink, option, "NAME=NUMBER", pair);
	}
	*ret_name = (struct strview){pair, (size_t)(eq - pair)};
	/* sizes may have a unit, as in rules: mem=8GB limits mem_mb */
	bool mem = sv_eq_str(*ret_name, "mem"), disk = sv_eq_str(*ret_name, "disk");
	int rc = mem || disk ? parse_size_mb(sv_from(eq + 1), ret)
			     : parse_i64(sv_from(eq + 1), ret);
	if (mem || disk) {
		*ret_name = mem ? SV("mem_mb") : SV("disk_mb");
	}
	return rc != 0 || *ret < 0 ? wrong(sink, option, "NAME=NUMBER", pair) : 0;
}

/* --rerun-triggers */
static int read_triggers(
	struct option_values *v, const struct options *o, struct diag_sink *sink)
{
	struct strview bad = SV("");
	const char *words = o->rerun_triggers;
	v->triggers = words ? plan_triggers(sv_from(words), &bad) : TRIGGER_ALL;
	if (v->triggers) {
		return 0;
	}
	static const char *const names[] = {
		"mtime", "checksum", "input", "params", "code", "software"};
	struct nearest near;
	diag_error(sink, "CW-E504", (struct span){0},
		"--rerun-triggers takes a list of mtime, checksum, input, params, code and "
		"software, \"" SV_FMT "\" is none of them",
		SV_ARG(bad));
	nearest_init(&near, bad);
	for (size_t i = 0; i < CW_ARRAY_LEN(names); i++) {
		nearest_offer(&near, sv_from(names[i]));
	}
	nearest_note(&near, sink);
	return -1;
}

static int read_checksum_limit(
	struct option_values *v, const struct options *o, struct diag_sink *sink)
{
	const char *limit = o->checksum_limit;
	int64_t mb;
	v->checksum_limit = 1000000000;
	if (limit && parse_i64(sv_from(limit), &v->checksum_limit) == 0 &&
		v->checksum_limit >= 0) {
		/* bytes; 0 would mean that there is no limit */
		v->checksum_limit += v->checksum_limit == 0;
		return 0;
	}
	if (limit && parse_size_mb(sv_from(limit), &mb) == 0 && mb >= 0) {
		v->checksum_limit = mb * 1000000;
		return 0;
	}
	return limit ? wrong(sink, "--checksum-limit", "a size like 1GB or 500MiB", limit)
		     : 0;
}

static int read_numbers(
	struct option_values *v, const struct options *o, struct diag_sink *sink)
{
	int rc = 0;
	v->latency_wait_s = 5;
	if (o->retries && (parse_i64(sv_from(o->retries), &v->retries) != 0 ||
				  v->retries < 0 || v->retries > 1000)) {
		rc = wrong(sink, "--retries", "a number from 0 to 1000", o->retries);
	}
	if (o->max_jobs &&
		(parse_i64(sv_from(o->max_jobs), &v->max_jobs) != 0 || v->max_jobs < 1)) {
		rc = wrong(sink, "--max-jobs", "a number", o->max_jobs);
	}
	if (o->latency_wait &&
		(parse_seconds(sv_from(o->latency_wait), &v->latency_wait_s) != 0 ||
			v->latency_wait_s < 0)) {
		rc = wrong(sink, "--latency-wait", "seconds", o->latency_wait);
	}
	for (size_t i = 0; i < o->resources.n; i++) {
		struct strview name;
		int64_t limit;
		rc |= option_pair(sink, "--resources", o->resources.v[i], &name, &limit);
	}
	return rc;
}

/* Two commands at once: one of them would not be done. */
static int check_commands(
	struct option_values *v, const struct options *o, struct diag_sink *sink)
{
	const struct {
		bool on;
		const char *name;
		bool writes;
	} commands[] = {{o->dag, "--dag", false}, {o->rulegraph, "--rulegraph", false},
		{o->filegraph, "--filegraph", false}, {o->summary, "--summary", false},
		{o->detailed_summary, "--detailed-summary", false},
		{o->list_rules, "--list-rules", false},
		{o->list_targets, "--list-targets", false},
		{o->list_untracked, "--list-untracked", false}, {o->why, "--why", false},
		{o->lineage, "--lineage", false}, {o->verify, "--verify", false},
		{o->stats || o->advise, o->stats ? "--stats" : "--advise", false},
		{o->lint, "--lint", false}, {o->trace, "--trace", false},
		{o->report, "--report", false}, {o->crate, "--crate", false},
		{o->unlock, "--unlock", false},
		{o->delete_all_output, "--delete-all-output", true},
		{o->delete_temp_output, "--delete-temp-output", true},
		{o->touch, "--touch", true}, {o->accept.n > 0, "--accept", true}};
	const char *first = NULL;
	for (size_t i = 0; i < CW_ARRAY_LEN(commands); i++) {
		if (commands[i].on && first) {
			return diag_error(sink, "CW-E504", (struct span){0},
				"%s and %s are two commands: give one of them", first,
				commands[i].name);
		}
		first = commands[i].on ? commands[i].name : first;
		v->looks = v->looks || (commands[i].on && !commands[i].writes);
	}
	return 0;
}

/* --batch RULE=I/N */
static int read_batch(
	struct option_values *v, const struct options *o, struct diag_sink *sink)
{
	const char *eq = o->batch ? strrchr(o->batch, '=') : NULL;
	const char *slash = eq ? strchr(eq, '/') : NULL;
	int64_t i, n;
	if (!o->batch) {
		return 0;
	}
	if (!slash || eq == o->batch ||
		parse_i64((struct strview){eq + 1, (size_t)(slash - eq) - 1}, &i) != 0 ||
		parse_i64(sv_from(slash + 1), &n) != 0 || i < 1 || i > n ||
		n > UINT32_MAX / 2) {
		return wrong(sink, "--batch", "RULE=I/N, part I from 1 to N", o->batch);
	}
	v->batch_rule = (struct strview){o->batch, (size_t)(eq - o->batch)};
	v->batch = (uint32_t)i;
	v->batches = (uint32_t)n;
	return 0;
}

int option_values_read(
	struct option_values *v, const struct options *o, struct diag_sink *sink)
{
	*v = (struct option_values){0};
	int rc = read_triggers(v, o, sink);
	rc |= read_checksum_limit(v, o, sink);
	rc |= read_numbers(v, o, sink);
	rc |= read_batch(v, o, sink);
	v->looks = o->completion;
	return rc | check_commands(v, o, sink);
}
