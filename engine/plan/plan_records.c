#include "plan/plan_records.h"

#include "base/hash.h"
#include "state/content.h"

/* From this size on git is asked for contents. */
enum { GIT_LEAST = 64 * 1024 };
/* What is the same in a job with so many inputs is kept, so that it need not be asked again. */
enum { MANY_INPUTS = 256 };
/* Bytes that are read in the time that it takes to open a file; to note the inode of one. */
enum { OPEN_COST = 16 * 1024, INODE_COST = 512 };

const struct known_job *plan_record(const struct plan *p, uint32_t job)
{
	uint32_t id = p->record[job];
	return id == STATE_NONE ? NULL : &p->o.state->jobs.v[id];
}

/* Whether the record says that its job made the file. */
static bool made(const struct state *s, uint32_t id, uint32_t file)
{
	const struct known_job *record = &s->jobs.v[id];
	const uint32_t *outputs = s->outputs.v + record->outputs;
	for (uint32_t k = 0; k < record->output_count; k++) {
		if (outputs[k] == file) {
			return true;
		}
	}
	return false;
}

/* The record of the job that made one of these files, the first that has one. */
static uint32_t record_of(const struct state *s, const uint32_t *files, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		uint32_t file = state_file_of(s, files[k]);
		uint32_t id = file == STATE_NONE ? STATE_NONE : s->files.v[file].job;
		if (id < s->jobs.n && s->jobs.v[id].run && made(s, id, file)) {
			return id;
		}
	}
	return STATE_NONE;
}

void plan_find_records(struct plan *p, uint32_t from)
{
	const struct dag *d = p->d;
	for (uint32_t j = from; j < d->job_count; j++) {
		p->record[j] = p->o.state ? record_of(p->o.state, dag_products(d, j),
						    dag_rule(d, j)->output_count)
					  : STATE_NONE;
	}
}

bool plan_waits_for_gone(const struct dag *d, const struct dag_wait *w)
{
	uint32_t maker = d->producer[w->file];
	return !w->done && maker != DAG_NONE && !(d->file_flags[w->file] & FILE_EXISTS) &&
	       dag_rule(d, maker)->products[0].flags & PRODUCT_TEMP;
}

void plan_find_open(struct plan *p, size_t first)
{
	const struct dag *d = p->d;
	for (size_t i = first; i < d->waits.n; i++) {
		if (plan_waits_for_gone(d, &d->waits.v[i])) {
			p->open = p->open ? p->open : xcalloc(p->job_cap, 1);
			p->open[d->waits.v[i].job] = 1;
		}
	}
}

bool plan_owns_record(const struct plan *p, uint32_t job)
{
	const struct state *s = p->o.state;
	const struct known_job *record = plan_record(p, job);
	const uint32_t *files = dag_products(p->d, job);
	if (record && !record->output_count) {
		return true; /* of an attempt of this run */
	}
	for (uint32_t k = 0; record && k < dag_rule(p->d, job)->output_count; k++) {
		if (state_file_of(s, files[k]) == s->outputs.v[record->outputs]) {
			return true;
		}
	}
	return false;
}

/* What is at the path of a file of the graph now. False: nothing. */
static bool look(const struct plan *p, uint32_t file, struct known_file *ret)
{
	const struct dag *d = p->d;
	if (!(d->file_flags[file] & FILE_EXISTS)) {
		return false;
	}
	if (d->file_flags[file] & FILE_FOLDER) {
		return content_look(dag_path(d, file).p, ret) == 0;
	}
	*ret = (struct known_file){
		.stamp = {d->size[file], d->mtime[file]}, .job = STATE_NONE};
	return true;
}

/* What an earlier job made came back, or was never touched. */
static bool is_as_recorded(const struct plan *p, uint32_t file)
{
	const struct state *s = p->o.state;
	uint32_t id = state_file_of(s, file);
	struct known_file now;
	return id != STATE_NONE && s->files.v[id].job != STATE_NONE &&
	       look(p, file, &now) && stamp_eq(now.stamp, s->files.v[id].stamp);
}

void plan_judge_unfinished(struct plan *p)
{
	const struct state *s = p->o.state;
	const struct dag *d = p->d;
	for (size_t i = 0; s && !p->o.ignore_unfinished && i < s->unfinished.n; i++) {
		const struct unfinished *u = &s->unfinished.v[i];
		for (uint32_t k = 0; k < u->count; k++) {
			uint32_t file = s->unfinished_files.v[u->paths + k];
			if (file >= d->paths.count || d->producer[file] == DAG_NONE ||
				!(d->file_flags[file] & FILE_EXISTS) ||
				is_as_recorded(p, file)) {
				continue;
			}
			uint32_t job = d->producer[file];
			if (p->excluded && p->excluded[job]) {
				continue;
			}
			if (!(p->reasons[job] & REASON_UNFINISHED)) {
				p->unfinished_count++;
			}
			plan_want(p, job, REASON_UNFINISHED, file);
		}
	}
}

static uint64_t inode_key(const struct known_file *f)
{
	uint64_t key[4] = {
		f->dev, f->ino, (uint64_t)f->stamp.size, (uint64_t)f->stamp.mtime_ns};
	return hash64(key, sizeof(key));
}

/* The content of a file that was moved here, or is a further name of a known one. A few
 * small files among many are read sooner than all are listed. */
static bool known_by_inode(struct plan *p, struct known_file *io)
{
	const struct state *s = p->o.state;
	p->read_cost += OPEN_COST + (uint64_t)(io->stamp.size > 0 ? io->stamp.size : 0);
	if (!p->has_inodes && p->read_cost < (uint64_t)s->files.n * INODE_COST) {
		return false;
	}
	if (!p->has_inodes) {
		p->has_inodes = true;
		for (uint32_t i = 0; i < s->files.n; i++) {
			if (s->files.v[i].content.kind == CONTENT_BYTES) {
				hashmap_set(&p->by_inode, inode_key(&s->files.v[i]), i);
			}
		}
	}
	uint32_t i = hashmap_get(&p->by_inode, inode_key(io));
	if (i == HASHMAP_NONE) {
		return false;
	}
	const struct known_file *k = &s->files.v[i];
	if (k->dev != io->dev || k->ino != io->ino || !stamp_eq(k->stamp, io->stamp)) {
		return false;
	}
	io->content = k->content;
	return true;
}

bool plan_known_by_git(struct plan *p, uint32_t file, struct known_file *io)
{
	/* files that a job has only just told of are not in the graph yet */
	bool made = file < p->d->file_cap && p->d->producer[file] != DAG_NONE;
	return p->o.git && !made && io->stamp.size >= GIT_LEAST &&
	       p->o.git(p->o.git_ctx, dag_path(p->d, file).p, false, io);
}

void plan_read(struct plan *p, uint32_t file, struct known_file *io)
{
	/* small files are read sooner than they are looked up */
	if (!plan_known_by_git(p, file, io)) {
		content_read(dag_path(p->d, file).p, p->o.checksum_limit, io);
	}
}

/* What is in `file` now, in terms that compare with `before`. */
static struct content content_like(struct plan *p, uint32_t file, struct content before)
{
	struct content now = plan_content(p, file);
	const char *path = dag_path(p->d, file).p;
	struct known_file here;
	bool other = (now.kind == CONTENT_GIT && before.kind == CONTENT_BYTES) ||
		     (now.kind == CONTENT_BYTES && before.kind == CONTENT_GIT);
	if (!other || content_look(path, &here) != 0) {
		return now;
	}
	if (before.kind == CONTENT_BYTES) {
		content_read(path, p->o.checksum_limit, &here);
	} else if (!p->o.git || !p->o.git(p->o.git_ctx, path, true, &here)) {
		return now;
	}
	return here.content;
}

struct content plan_content(struct plan *p, uint32_t file)
{
	static const struct content none = {{0, 0}, CONTENT_NONE};
	struct state *s = p->o.state;
	uint32_t id = state_file_of(s, file);
	struct known_file *known = id == STATE_NONE ? NULL : &s->files.v[id];
	struct known_file now;
	if (!look(p, file, &now)) {
		return none;
	}
	if (known && known->content.kind == CONTENT_JOB) {
		return known->content; /* its time says nothing */
	}
	if (known && content_is_settled(known, p->o.checksum_limit) &&
		stamp_eq(known->stamp, now.stamp)) {
		return known->content;
	}
	uint32_t at = hashmap_get(&p->seen_at, file);
	if (at != HASHMAP_NONE) {
		return p->seen.v[at].content;
	}
	const char *path = dag_path(p->d, file).p;
	if (content_look(path, &now) != 0) {
		return none;
	}
	if (!known_by_inode(p, &now)) {
		plan_read(p, file, &now);
	}
	if (known && known->content.kind == CONTENT_GIT &&
		now.content.kind == CONTENT_BYTES && p->o.git) {
		p->o.git(p->o.git_ctx, path, true, &now); /* no longer clean */
	}
	if (known && content_eq(known->content, now.content)) {
		now.job = known->job;
		*known = now;
		vec_push(&p->restamped, id);
	} else {
		hashmap_set(&p->seen_at, file, (uint32_t)p->seen.n);
		vec_push(&p->seen, now);
	}
	return now.content;
}

/* Whether `file` is not what its record says it was made as. */
static bool plan_output_changed(struct plan *p, uint32_t file)
{
	const struct state *s = p->o.state;
	uint32_t id = state_file_of(s, file);
	if (id == STATE_NONE || !s->files.v[id].content.kind) {
		return false;
	}
	const struct known_file *known = &s->files.v[id];
	struct known_file here;
	if (known->content.kind == CONTENT_STAMP) {
		return look(p, file, &here) && !stamp_eq(here.stamp, known->stamp);
	}
	struct content now = plan_content(p, file);
	return now.kind && !content_eq(now, known->content);
}

enum likeness {
	INPUT_ALIKE,
	INPUT_CHANGED,
	INPUT_UNSURE, /* counts as alike; gone, a folder, or not to be read */
};

/* Whether `file` is other than what a job saw in it. */
static enum likeness compare_input(
	struct plan *p, uint32_t file, const struct seen_input *seen)
{
	const struct state *s = p->o.state;
	struct content before = {seen->digest, seen->kind};
	struct content now;
	struct known_file here;
	bool there = look(p, file, &here);
	if (!there) {
		/* gone, as removed temp files are: what was last in it counts */
		uint32_t id = state_file_of(s, file);
		now = id == STATE_NONE ? before : s->files.v[id].content;
	} else if (before.kind == CONTENT_STAMP) {
		now = content_of_stamp(here.stamp);
	} else {
		now = content_like(p, file, before);
	}
	if (now.kind && !content_eq(before, now)) {
		return INPUT_CHANGED;
	}
	return now.kind && there && !(p->d->file_flags[file] & FILE_FOLDER)
		       ? INPUT_ALIKE
		       : INPUT_UNSURE;
}

/* Whether the job's inputs are those of its record, in the same order. */
static bool same_inputs(const struct plan *p, const struct known_job *record,
	const uint32_t *in, uint32_t n)
{
	const struct state *s = p->o.state;
	const struct seen_input *seen = s->inputs.v + record->inputs;
	uint32_t k = 0;
	while (k < n && k < record->input_count && seen[k].file < s->number_of.n &&
		s->number_of.v[seen[k].file] == INPUT_FILE(in[k])) {
		k++;
	}
	return k == n && (k == record->input_count);
}

/* True: the input is as it was seen. */
static bool judge_input(
	struct plan *p, uint32_t job, uint32_t in, const struct seen_input *seen)
{
	uint32_t file = INPUT_FILE(in);
	uint32_t maker = p->d->producer[file];
	if (in & INPUT_ANCIENT || (maker != DAG_NONE && p->reasons[maker])) {
		return false;
	}
	enum likeness now = compare_input(p, file, seen);
	if (now == INPUT_CHANGED) {
		plan_want(p, job, REASON_CHANGED_INPUT, file);
	}
	return now == INPUT_ALIKE;
}

/* The inputs of a job that are those of its record, one by one. */
static void judge_same_inputs(struct plan *p, uint32_t job,
	const struct known_job *record, const uint32_t *in, uint32_t n)
{
	const struct seen_input *seen = p->o.state->inputs.v + record->inputs;
	size_t first = p->unlike.n;
	for (uint32_t k = 0; k < n; k++) {
		if (!judge_input(p, job, in[k], &seen[k]) && n >= MANY_INPUTS) {
			vec_push(&p->unlike, k);
		}
	}
	if (n >= MANY_INPUTS) {
		hashmap_set(&p->alike_at, job, (uint32_t)p->alike.n);
		vec_push(&p->alike,
			(struct plan_stretch){first, (uint32_t)(p->unlike.n - first)});
	}
}

bool plan_unlike(const struct plan *p, uint32_t job, const uint32_t **ret,
	uint32_t *ret_n, bool *ret_all)
{
	const struct known_job *record = plan_record(p, job);
	uint32_t n, at = hashmap_get(&p->alike_at, job);
	dag_inputs(p->d, job, &n);
	if (at == HASHMAP_NONE || !record || record->input_count != n) {
		return false; /* it may have got more since */
	}
	*ret_n = p->alike.v[at].count;
	*ret = p->unlike.v + p->alike.v[at].first;
	*ret_all = p->wants == p->wants_judged;
	return true;
}

struct plan_inputs plan_inputs(const struct plan *p, uint32_t job)
{
	struct plan_inputs all = {0};
	all.in = dag_inputs(p->d, job, &all.n);
	return all;
}

struct plan_inputs plan_stirred(const struct plan *p, uint32_t job)
{
	struct plan_inputs all = plan_inputs(p, job), some = all;
	bool whole = false;
	return all.n >= MANY_INPUTS && plan_unlike(p, job, &some.at, &some.n, &whole) &&
			       whole
		       ? some
		       : all;
}

/* The inputs of a job where they are not those of the record one by one. Whether the set
 * is another. */
static bool judge_other_inputs(struct plan *p, uint32_t job,
	const struct known_job *record, const uint32_t *in, uint32_t n, bool contents)
{
	const struct state *s = p->o.state;
	struct hashmap seen_at; /* the caller's number -> which of the record's */
	struct hashmap present;
	uint32_t differs = DAG_NONE;
	bool other = false;
	hashmap_init(&seen_at);
	hashmap_init(&present);
	for (uint32_t k = 0; k < record->input_count; k++) {
		uint32_t file = s->inputs.v[record->inputs + k].file;
		uint32_t number =
			file < s->number_of.n ? s->number_of.v[file] : STATE_NONE;
		if (number == STATE_NONE) {
			other = true;
		} else {
			hashmap_set(&seen_at, number, k);
		}
	}
	for (uint32_t k = 0; k < n; k++) {
		uint32_t at = hashmap_get(&seen_at, INPUT_FILE(in[k]));
		hashmap_set(&present, INPUT_FILE(in[k]), 0);
		if (at == HASHMAP_NONE) {
			differs = differs == DAG_NONE ? INPUT_FILE(in[k]) : differs;
			other = true;
		} else if (contents) {
			judge_input(p, job, in[k], &s->inputs.v[record->inputs + at]);
		}
	}
	other = other || present.count != seen_at.count;
	/* what is not known may be the same again */
	if (other && p->o.triggers & TRIGGER_INPUT && !(p->open && p->open[job])) {
		plan_want(p, job, REASON_INPUT_SET, differs);
	}
	hashmap_release(&seen_at);
	hashmap_release(&present);
	return other;
}

/* Command, params, software. */
static void judge_fingerprint(struct plan *p, uint32_t job,
	const struct known_job *record, bool same_list, bool other_set)
{
	struct fingerprint now;
	uint64_t rule = fingerprint_rule(p->o.fingerprints, dag_rule(p->d, job));
	if (record->version != FINGERPRINT_VERSION ||
		(same_list && rule && rule == record->rule_version) ||
		fingerprint_job(p->o.fingerprints, job, NULL, &now) != 0) {
		return;
	}
	if (p->o.triggers & TRIGGER_PARAMS && now.params != record->params) {
		plan_want(p, job, REASON_PARAMS, DAG_NONE);
	}
	/* paths of another set of inputs are in the command: no news */
	if (!other_set && p->o.triggers & TRIGGER_CODE && now.code != record->code) {
		plan_want(p, job, REASON_CODE, DAG_NONE);
	}
	if (p->o.triggers & TRIGGER_SOFTWARE && now.software != record->software) {
		plan_want(p, job, REASON_SOFTWARE, DAG_NONE);
	}
}

static void judge_outputs(struct plan *p, uint32_t job)
{
	const struct dag *d = p->d;
	const uint32_t *files = dag_products(d, job);
	uint32_t n = dag_rule(d, job)->output_count;
	for (uint32_t k = 0; k < n; k++) {
		if (d->file_flags[files[k]] & FILE_EXISTS &&
			d->file_flags[files[k]] & FILE_NEEDED &&
			plan_output_changed(p, files[k])) {
			plan_want(p, job, REASON_OUTPUT_CHANGED, files[k]);
			return;
		}
	}
}

void plan_judge_record(struct plan *p, uint32_t job)
{
	const unsigned by_code = TRIGGER_PARAMS | TRIGGER_CODE | TRIGGER_SOFTWARE;
	const struct known_job *record = &p->o.state->jobs.v[p->record[job]];
	uint32_t n;
	const uint32_t *in = dag_inputs(p->d, job, &n);
	bool contents = p->o.triggers & TRIGGER_CHECKSUM;
	bool same = same_inputs(p, record, in, n);
	if (contents) {
		judge_outputs(p, job);
	}
	if (same && contents) {
		judge_same_inputs(p, job, record, in, n);
	}
	bool other = !same && judge_other_inputs(p, job, record, in, n, contents);
	if (p->o.triggers & by_code) {
		judge_fingerprint(p, job, record, same, other);
	}
}

/* Whether a file in a folder that a job of this run made holds other than `before`. */
static bool is_other(struct plan *p, uint32_t file, struct content before)
{
	const char *path = dag_path(p->d, file).p;
	struct known_file here;
	if (content_look(path, &here) != 0) {
		return true;
	}
	content_read(path, p->o.checksum_limit, &here);
	return !content_eq(before, here.content);
}

bool plan_still_wanted(struct plan *p, uint32_t job, uint32_t *ret_file)
{
	const struct state *s = p->o.state;
	const struct known_job *record = &s->jobs.v[p->record[job]];
	struct plan_inputs some = plan_stirred(p, job);
	for (uint32_t i = 0; i < some.n; i++) {
		uint32_t k = some.at ? some.at[i] : i;
		uint32_t file = plan_input(&some, i);
		uint32_t maker = p->d->producer[file];
		if (some.in[k] & INPUT_ANCIENT || maker == DAG_NONE ||
			!p->reasons[maker] || !p->done[maker]) {
			continue;
		}
		const struct seen_input *seen = &s->inputs.v[record->inputs + k];
		uint32_t id = state_file_of(s, file);
		struct content before = {seen->digest, seen->kind};
		if (!dag_has_product(p->d, maker, file)) {
			if (seen->file != id || is_other(p, file, before)) {
				if (ret_file) {
					*ret_file = file;
				}
				return true;
			}
			continue;
		}
		if (seen->file != id || !content_eq(before, s->files.v[id].content)) {
			if (ret_file) {
				*ret_file = file;
			}
			return true;
		}
	}
	return false;
}
