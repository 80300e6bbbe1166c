#include "abc/history.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "abc/history_rows.h"
#include "base/xalloc.h"
#include "db/db.h"

enum statement {
	PUT_RUN,
	PUT_POPULATION,
	PUT_WALL_TIME,
	PUT_MODEL,
	PUT_KEY,
	PUT_GENERATION,
	GET_KEY,
	GET_GENERATIONS,
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
	[GET_KEY] = "SELECT value FROM cw_run WHERE key = ?",
	[GET_GENERATIONS] = "SELECT state FROM cw_generations ORDER BY t",
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

/* Ids are given by the writer. */
struct writer {
	struct db *db;
	const struct problem *p;
	int64_t population, model;
	struct history_rows rows;
};

static int put_population(
	struct writer *w, int64_t t, const char *end_time, const struct population *q)
{
	db_bind_int(w->db, PUT_POPULATION, 1, ++w->population);
	db_bind_int(w->db, PUT_POPULATION, 2, t);
	db_bind_text(w->db, PUT_POPULATION, 3, sv_from(end_time));
	db_bind_int(w->db, PUT_POPULATION, 4, q ? (int64_t)q->n_sim : 0);
	db_bind_double(w->db, PUT_POPULATION, 5, q ? q->epsilon : HUGE_VAL);
	if (db_run(w->db, PUT_POPULATION)) {
		return -1;
	}
	if (w->p->pyabc_format == 1 || !q) {
		return 0;
	}
	db_bind_double(w->db, PUT_WALL_TIME, 1, q->seconds);
	db_bind_int(w->db, PUT_WALL_TIME, 2, w->population);
	return db_run(w->db, PUT_WALL_TIME);
}

static int put_model(struct writer *w, size_t m, double p_model)
{
	db_bind_int(w->db, PUT_MODEL, 1, ++w->model);
	db_bind_int(w->db, PUT_MODEL, 2, w->population);
	db_bind_int(w->db, PUT_MODEL, 3, (int64_t)m);
	db_bind_text(w->db, PUT_MODEL, 4, sv_from(w->p->model[m].name));
	db_bind_double(w->db, PUT_MODEL, 5, p_model);
	return db_run(w->db, PUT_MODEL);
}

/* pyABC's t = -1: the observed data as the statistics of one particle. */
static int put_observed(struct writer *w, const struct archive *a)
{
	const struct generation *g = archive_find(a, -1);

	if (put_population(w, -1, g ? g->end_time : a->start_time, g ? &g->pop : NULL) ||
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

static int put_generation(struct writer *w, const struct generation *g)
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

static int put_state(struct writer *w, const struct generation *g)
{
	const struct population *q = &g->pop;
	struct strbuf bytes = STRBUF_INIT;
	struct db *db = w->db;
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

static int put_key(struct writer *w, const char *key, const char *value)
{
	db_bind_text(w->db, PUT_KEY, 1, sv_from(key));
	db_bind_text(w->db, PUT_KEY, 2, value ? sv_from(value) : (struct strview){0});
	return db_run(w->db, PUT_KEY);
}

/* What pyABC keeps as JSON about the run. */
static int put_run(struct writer *w, const struct archive *a)
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

	db_bind_text(w->db, PUT_RUN, 1, sv_from(a->start_time));
	db_bind_text(w->db, PUT_RUN, 2, sv_from(last ? last->end_time : a->start_time));
	db_bind_text(
		w->db, PUT_RUN, 3, SV("{\"meta_info\": {\"written_by\": \"cwabc\"}}"));
	db_bind_text(w->db, PUT_RUN, 4, SV("{\"name\": \"PNormDistance\"}"));
	db_bind_text(w->db, PUT_RUN, 5, sv_from(epsilon));
	db_bind_text(w->db, PUT_RUN, 6, sv_from(population));
	status = db_run(w->db, PUT_RUN);
	free(epsilon);
	free(population);
	return status;
}

/* The problem's text, so that RUN.db can be shown and plotted alone. */
static int put_keys(
	struct writer *w, const struct archive *a, const struct fingerprint *f)
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

static int write_all_rows(
	struct writer *w, const struct archive *a, const struct fingerprint *f)
{
	if (db_exec(w->db, schema) || db_exec(w->db, indices) ||
		(w->p->pyabc_format == 2 && db_exec(w->db, to_format_2)) ||
		put_run(w, a) || put_observed(w, a)) {
		return -1;
	}
	for (size_t i = 0; i < a->gen.n; i++) {
		const struct generation *g = &a->gen.v[i];
		if (put_state(w, g) || (g->pop.t >= 0 && put_generation(w, g))) {
			return -1;
		}
	}
	return put_keys(w, a, f) || history_rows_write(&w->rows, w->db) ? -1 : 0;
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

int history_write(const struct archive *a, const struct fingerprint *f, const char *path,
	struct strbuf *err)
{
	struct db db = {0};
	struct writer w = {.db = &db, .p = a->problem};
	int status;

	unlink(path);
	history_rows_init(&w.rows, a->problem);
	status = db_open(&db, path, DB_CREATE | DB_SCRATCH | DB_EXCLUSIVE, statements,
			 STATEMENTS) ||
		 db_begin(&db) || write_all_rows(&w, a, f) || db_commit(&db);
	if (status) {
		fail(err, "cannot write %s: %s", path, db_error(&db));
	}
	db_close(&db);
	history_rows_release(&w.rows);
	if (!status && sync_file(path)) {
		status = fail(err, "cannot write %s: %s", path, strerror(errno));
	}
	if (status) {
		unlink(path); /* on a full disk the progress needs the room */
	}
	return status ? -1 : 0;
}

/* A value of cw_run; returns owned, NULL where it is not there. */
static char *get_key(struct db *db, const char *key)
{
	char *value = NULL;

	db_bind_text(db, GET_KEY, 1, sv_from(key));
	if (db_step(db, GET_KEY) == 1) {
		struct strview text = db_column_text(db, GET_KEY, 0);
		value = text.p ? xmemdup0(text.p, text.n) : NULL;
	}
	db_reset(db, GET_KEY);
	return value;
}

static int open_run(struct db *db, const char *path, struct strbuf *err)
{
	if (access(path, R_OK)) {
		int why = errno;
		char *part = xasprintf("%s.part", path);
		bool begun = why == ENOENT && access(part, F_OK) == 0;
		free(part);
		if (begun) {
			return fail(err,
				"%s is not finished: %s.part holds its progress, and the command "
				"that makes it goes on from there",
				path, path);
		}
		return fail(err, "cannot read %s: %s", path, strerror(why));
	}
	if (db_open(db, path, DB_READONLY, statements, STATEMENTS) ||
		db_has_table(db, "cw_generations") != 1) {
		if (db_fault(db) == DB_FAULT_NONE) {
			return fail(err, "%s is a database, but no run of cwabc", path);
		}
		return fail(err, "cannot read %s: %s", path, db_error(db));
	}
	return 0;
}

static int load_rows(
	struct archive *a, struct db *db, const char *path, struct strbuf *err)
{
	char *text;
	int got;

	while ((got = db_step(db, GET_GENERATIONS)) == 1) {
		struct strview state = db_column_blob(db, GET_GENERATIONS, 0);
		struct wire_reader r = {.p = state.p, .n = state.n};

		if (generation_read(archive_add(a), a->problem, &r)) {
			return fail(err,
				"%s has other models, parameters or statistics than the problem",
				path);
		}
	}
	if (got < 0) {
		return fail(err, "cannot read %s: %s", path, db_error(db));
	}
	text = get_key(db, "start_time");
	if (text) {
		snprintf(a->start_time, sizeof(a->start_time), "%s", text);
	}
	free(text);
	text = get_key(db, "scheduling");
	a->tickets = text && strcmp(text, "static") == 0;
	free(text);
	a->text = get_key(db, "fingerprint");
	a->stop_reason = get_key(db, "stop_reason");
	a->bounds = get_key(db, "cut_short");
	a->cut_short = a->bounds != NULL;
	return 0;
}

int history_load(struct archive *a, const char *path, struct strbuf *err)
{
	struct db db = {0};
	int status = open_run(&db, path, err);

	if (!status) {
		status = load_rows(a, &db, path, err);
	}
	db_close(&db);
	return status;
}

int history_load_checked(struct archive *a, const struct fingerprint *f, const char *path,
	struct strbuf *err)
{
	char digest[FINGERPRINT_SIZE], *difference;
	struct strbuf why = STRBUF_INIT;

	if (history_load(a, path, err)) {
		return -1;
	}
	difference = a->text ? fingerprint_difference(a->text, f->text.buf) : NULL;
	for (size_t i = 0; i < a->gen.n; i++) {
		fingerprint_of(f, a->gen.v[i].pop.t, digest);
		if (strcmp(digest, a->gen.v[i].digest) != 0) {
			if (difference) {
				strbuf_addstr(&why, difference);
			} else {
				strbuf_addf(&why,
					"threshold or population of generation %lld",
					(long long)a->gen.v[i].pop.t);
			}
			fail(err, "%s is of another problem: %s", path, why.buf);
			strbuf_release(&why);
			free(difference);
			return -1;
		}
	}
	free(difference);
	return 0;
}

int history_problem_text(const char *path, char **ret_text, char **ret_dir,
	char **ret_observed, struct strbuf *err)
{
	struct db db = {0};
	int status = open_run(&db, path, err);

	if (!status) {
		*ret_text = get_key(&db, "problem");
		*ret_dir = get_key(&db, "folder");
		*ret_observed = get_key(&db, "observed");
		if (!*ret_text) {
			free(*ret_dir);
			free(*ret_observed);
			status = fail(err, "%s does not hold its problem", path);
		}
	}
	db_close(&db);
	return status;
}
