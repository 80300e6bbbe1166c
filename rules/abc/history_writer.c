#include "abc/history_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <unistd.h>

#include "base/xalloc.h"

enum statement {
	PUT_RUN,
	PUT_POPULATION,
	PUT_WALL_TIME,
	PUT_MODEL,
	PUT_KEY,
	PUT_GENERATION,
	STATEMENTS
};

static const char *const statements[STATEMENTS] = {
	[PUT_RUN] = "INSERT INTO abc_smc VALUES(1, ?, ?, ?, ?, ?, ?, NULL)",
	[PUT_POPULATION] = "INSERT INTO populations(id, abc_smc_id, t,"
			   " population_end_time, nr_samples, epsilon)"
			   " VALUES(?, 1, ?, ?, ?, ?)",
	[PUT_WALL_TIME] = "UPDATE populations SET wall_time = ? WHERE id = ?",
	[PUT_MODEL] = "INSERT INTO models VALUES(?, ?, ?, ?, ?)",
	[PUT_KEY] = "INSERT INTO cw_run VALUES(?, ?)",
	[PUT_GENERATION] = "INSERT INTO cw_generations VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
};

static const char schema[] =
	"CREATE TABLE version (version_num VARCHAR(32) NOT NULL, PRIMARY KEY (version_num));"
	"CREATE TABLE abc_smc (id INTEGER NOT NULL, start_time DATETIME, end_time DATETIME,"
	" json_parameters VARCHAR(5000), distance_function VARCHAR(5000),"
	" epsilon_function VARCHAR(5000), population_strategy VARCHAR(5000),"
	" git_hash VARCHAR(120), PRIMARY KEY (id));"
	"CREATE TABLE populations (id INTEGER NOT NULL, abc_smc_id INTEGER, t INTEGER,"
	" population_end_time DATETIME, nr_samples INTEGER, epsilon FLOAT, PRIMARY KEY (id),"
	" FOREIGN KEY(abc_smc_id) REFERENCES abc_smc (id));"
	"CREATE TABLE models (id INTEGER NOT NULL, population_id INTEGER, m INTEGER,"
	" name VARCHAR(200), p_model FLOAT, PRIMARY KEY (id),"
	" FOREIGN KEY(population_id) REFERENCES populations (id));"
	"CREATE TABLE particles (id INTEGER NOT NULL, model_id INTEGER, w FLOAT,"
	" proposal_id INTEGER, PRIMARY KEY (id), FOREIGN KEY(model_id) REFERENCES models (id));"
	"CREATE TABLE parameters (id INTEGER NOT NULL, particle_id INTEGER, name VARCHAR(200),"
	" value FLOAT, PRIMARY KEY (id), FOREIGN KEY(particle_id) REFERENCES particles (id));"
	"CREATE TABLE samples (id INTEGER NOT NULL, particle_id INTEGER, distance FLOAT,"
	" PRIMARY KEY (id), FOREIGN KEY(particle_id) REFERENCES particles (id));"
	"CREATE TABLE summary_statistics (id INTEGER NOT NULL, sample_id INTEGER,"
	" name VARCHAR(200), value BLOB, PRIMARY KEY (id),"
	" FOREIGN KEY(sample_id) REFERENCES samples (id));"
	"CREATE TABLE cw_run (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
	"CREATE TABLE cw_generations (t INTEGER PRIMARY KEY, digest TEXT, epsilon REAL,"
	" particles INTEGER, evaluations INTEGER, started INTEGER, failed INTEGER,"
	" timed_out INTEGER, ess REAL, acceptance REAL, seconds REAL, total_evaluations INTEGER,"
	" state BLOB);"
	"INSERT INTO version VALUES('1');";

/* pyABC 0.13 on: weights that sum to 1 over all models (`share`), another number. */
static const char to_format_2[] = "UPDATE version SET version_num = '2';"
				  "ALTER TABLE populations ADD COLUMN wall_time FLOAT;";

/* There before the rows, which come in their order: faster than sorting afterwards. */
static const char indices[] =
	"CREATE INDEX cw_models ON models(population_id);"
	"CREATE INDEX cw_particles ON particles(model_id);"
	"CREATE INDEX cw_parameters ON parameters(particle_id);"
	"CREATE INDEX cw_samples ON samples(particle_id);"
	"CREATE INDEX cw_statistics ON summary_statistics(sample_id);";

static int put_population(struct history_writer *w, int64_t t, const char *end_time,
	const struct population *q)
{
	db_bind_int(&w->db, PUT_POPULATION, 1, ++w->population);
	db_bind_int(&w->db, PUT_POPULATION, 2, t);
	db_bind_text(&w->db, PUT_POPULATION, 3, sv_from(end_time));
	db_bind_int(&w->db, PUT_POPULATION, 4, q ? (int64_t)q->n_sim : 0);
	db_bind_double(&w->db, PUT_POPULATION, 5, q ? q->epsilon : HUGE_VAL);
	if (db_run(&w->db, PUT_POPULATION)) {
		return -1;
	}
	if (w->p->pyabc_format == 1 || !q) {
		return 0;
	}
	db_bind_double(&w->db, PUT_WALL_TIME, 1, q->seconds);
	db_bind_int(&w->db, PUT_WALL_TIME, 2, w->population);
	return db_run(&w->db, PUT_WALL_TIME);
}

static int put_model(struct history_writer *w, size_t m, double p_model)
{
	db_bind_int(&w->db, PUT_MODEL, 1, ++w->model);
	db_bind_int(&w->db, PUT_MODEL, 2, w->population);
	db_bind_int(&w->db, PUT_MODEL, 3, (int64_t)m);
	db_bind_text(&w->db, PUT_MODEL, 4, sv_from(w->p->model[m].name));
	db_bind_double(&w->db, PUT_MODEL, 5, p_model);
	return db_run(&w->db, PUT_MODEL);
}

/* pyABC's t = -1: the observed data as the statistics of one particle. */
static int put_observed(struct history_writer *w, const struct generation *g)
{
	if (put_population(w, -1, g ? g->end_time : w->start_time, g ? &g->pop : NULL) ||
		put_model(w, 0, 1)) {
		return -1;
	}
	history_rows_add_observed(&w->rows, w->model);
	for (size_t m = 1; m < w->p->nmodels; m++) {
		if (put_model(w, m, 0)) {
			return -1;
		}
	}
	return 0;
}

static int put_generation(struct history_writer *w, const struct generation *g)
{
	const struct population *q = &g->pop;
	double share;

	if (put_population(w, q->t, g->end_time, q)) {
		return -1;
	}
	for (size_t m = 0; m < q->models; m++) {
		if (!(q->p_model[m] > 0)) {
			continue;
		}
		share = w->p->pyabc_format == 2 ? 1 : q->p_model[m];
		if (put_model(w, m, q->p_model[m])) {
			return -1;
		}
		for (size_t i = 0; i < q->n; i++) {
			if (q->model[i] == m) {
				history_rows_add(
					&w->rows, q, i, w->model, q->w[i] / share);
			}
		}
	}
	return 0;
}

static int put_state(struct history_writer *w, const struct generation *g)
{
	const struct population *q = &g->pop;
	struct strbuf bytes = STRBUF_INIT;
	struct db *db = &w->db;
	int status;

	generation_write(g, w->p, &bytes);
	db_bind_int(db, PUT_GENERATION, 1, q->t);
	db_bind_text(db, PUT_GENERATION, 2, sv_from(g->digest));
	db_bind_double(db, PUT_GENERATION, 3, q->epsilon);
	db_bind_int(db, PUT_GENERATION, 4, (int64_t)q->n);
	db_bind_int(db, PUT_GENERATION, 5, (int64_t)q->n_sim);
	db_bind_int(db, PUT_GENERATION, 6, (int64_t)q->n_started);
	db_bind_int(db, PUT_GENERATION, 7, (int64_t)q->n_failed);
	db_bind_int(db, PUT_GENERATION, 8, (int64_t)q->n_timed_out);
	db_bind_double(db, PUT_GENERATION, 9, population_ess(q));
	db_bind_double(db, PUT_GENERATION, 10, population_acceptance(q));
	db_bind_double(db, PUT_GENERATION, 11, q->seconds);
	db_bind_int(db, PUT_GENERATION, 12, (int64_t)g->evaluations);
	db_bind_blob(db, PUT_GENERATION, 13, bytes.buf, bytes.len);
	status = db_run(db, PUT_GENERATION);
	strbuf_release(&bytes);
	return status;
}

static int put_key(struct history_writer *w, const char *key, const char *value)
{
	db_bind_text(&w->db, PUT_KEY, 1, sv_from(key));
	db_bind_text(&w->db, PUT_KEY, 2, value ? sv_from(value) : (struct strview){0});
	return db_run(&w->db, PUT_KEY);
}

/* What pyABC keeps as JSON about the run. */
static int put_run(struct history_writer *w, const struct archive *a)
{
	const struct problem *p = w->p;
	static const char *const eps[] = {
		"ListEpsilon", "ConstantEpsilon", "QuantileEpsilon", "Temperature"};
	char *epsilon = xasprintf("{\"name\": \"%s\"}", eps[p->epsilon.kind]);
	char *population =
		xasprintf("{\"name\": \"ConstantPopulationSize\", "
			  "\"nr_calibration_particles\": null, "
			  "\"nr_samples_per_parameter\": 1, \"nr_particles\": %llu}",
			(unsigned long long)problem_population(p, 0));
	const struct generation *last = archive_last(a);
	int status;

	db_bind_text(&w->db, PUT_RUN, 1, sv_from(a->start_time));
	db_bind_text(&w->db, PUT_RUN, 2, sv_from(last ? last->end_time : a->start_time));
	db_bind_text(
		&w->db, PUT_RUN, 3, SV("{\"meta_info\": {\"written_by\": \"cwabc\"}}"));
	db_bind_text(&w->db, PUT_RUN, 4, SV("{\"name\": \"PNormDistance\"}"));
	db_bind_text(&w->db, PUT_RUN, 5, sv_from(epsilon));
	db_bind_text(&w->db, PUT_RUN, 6, sv_from(population));
	status = db_run(&w->db, PUT_RUN);
	free(epsilon);
	free(population);
	return status;
}

/* The problem's text, so that RUN.db can be shown and plotted alone. */
static int put_keys(
	struct history_writer *w, const struct archive *a, const struct fingerprint *f)
{
	struct strbuf text = STRBUF_INIT;
	char *dir = realpath(w->p->dir, NULL), *bounds = archive_bounds(w->p);
	int status;

	problem_observed_text(w->p, &text);
	status = put_key(w, "program", "cwabc " CWFLOW_VERSION) ||
		 put_key(w, "problem", w->p->text.p) ||
		 put_key(w, "observed", text.buf) || put_key(w, "folder", dir) ||
		 put_key(w, "fingerprint", f->text.buf) ||
		 put_key(w, "scheduling", a->tickets ? "static" : "dynamic") ||
		 put_key(w, "start_time", a->start_time) ||
		 put_key(w, "stop_reason", a->stop_reason) ||
		 put_key(w, "cut_short", a->cut_short ? bounds : NULL);
	free(bounds);
	strbuf_release(&text);
	free(dir);
	return status ? -1 : 0;
}

/* The file with its tables. */
static int open_file(struct history_writer *w)
{
	unlink(w->path);
	return db_open(&w->db, w->path, DB_CREATE | DB_SCRATCH | DB_EXCLUSIVE, statements,
		       STATEMENTS) ||
			       db_begin(&w->db) || db_exec(&w->db, schema) ||
			       db_exec(&w->db, indices) ||
			       (w->p->pyabc_format == 2 && db_exec(&w->db, to_format_2))
		       ? -1
		       : 0;
}

/* Writes the generations of the batch, all but what the end of the run says. */
static void write_batch(struct history_writer *w)
{
	const struct generation *g = w->batch.v, *end = g + w->batch.n;

	if (!w->begun) {
		w->begun = true;
		w->status = open_file(w);
	}
	if (!w->status && !w->observed && w->batch.n) {
		w->observed = true;
		w->status = put_observed(w, g->pop.t < 0 ? g : NULL);
	}
	for (; g < end && !w->status; g++) {
		w->status = put_state(w, g) || (g->pop.t >= 0 && put_generation(w, g));
	}
	if (!w->status && w->batch.n) {
		w->status = history_rows_write(&w->rows, &w->db);
	}
	vec_clear(&w->batch);
}

static void *run_batch(void *writer)
{
	struct history_writer *w = writer;

	write_batch(w);
	atomic_store(&w->idle, true);
	return NULL;
}

/* Waits until nothing is under way. */
static void settle(struct history_writer *w)
{
	if (w->running) {
		pthread_join(w->thread, NULL);
		w->running = false;
	}
}

/* What is new in the archive; the arrays of generations stay where they are. */
static void take_new(struct history_writer *w, const struct archive *a)
{
	while (w->taken < a->gen.n) {
		vec_push(&w->batch, a->gen.v[w->taken++]);
	}
}

void history_writer_init(
	struct history_writer *w, const struct archive *a, const char *path)
{
	*w = (struct history_writer){.p = a->problem, .path = xstrdup(path)};
	memcpy(w->start_time, a->start_time, sizeof(w->start_time));
	history_rows_init(&w->rows, a->problem);
}

void history_writer_follow(struct history_writer *w, const struct archive *a)
{
	sigset_t all, before;

	if (w->running && !atomic_load(&w->idle)) {
		return; /* next time */
	}
	settle(w);
	take_new(w, a);
	if (w->status || (w->begun && !w->batch.n)) {
		return;
	}
	atomic_store(&w->idle, false);
	/* Signals are for those who wait for workers. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	w->running = pthread_create(&w->thread, NULL, run_batch, w) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!w->running) {
		write_batch(w);
	}
}

void history_writer_wait(void *writer)
{
	settle(writer);
}

static int sync_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), status;

	if (fd < 0) {
		return -1;
	}
	status = fdatasync(fd);
	close(fd);
	return status;
}

int history_writer_finish(struct history_writer *w, const struct archive *a,
	const struct fingerprint *f, struct strbuf *err)
{
	settle(w);
	take_new(w, a);
	if (!w->status) {
		write_batch(w);
	}
	if (w->status || put_run(w, a) || put_keys(w, a, f) || db_commit(&w->db)) {
		return fail(err, "cannot write %s: %s", w->path, db_error(&w->db));
	}
	db_close(&w->db);
	if (sync_file(w->path)) {
		return fail(err, "cannot write %s: %s", w->path, strerror(errno));
	}
	w->finished = true;
	return 0;
}

void history_writer_release(struct history_writer *w)
{
	if (!w->path) {
		return;
	}
	settle(w);
	if (w->begun) {
		db_close(&w->db);
	}
	/* On a full disk the progress needs the room. */
	if (w->begun && !w->finished) {
		unlink(w->path);
	}
	history_rows_release(&w->rows);
	vec_release(&w->batch);
	free(w->path);
	*w = (struct history_writer){0};
}
