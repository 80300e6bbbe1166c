#include "abc/history_rows.h"

#include "abc/npy.h"
#include "base/xalloc.h"
#include "db/db_feed.h"

void history_rows_init(struct history_rows *h, const struct problem *p)
{
	*h = (struct history_rows){.p = p};
}

void history_rows_release(struct history_rows *h)
{
	vec_release(&h->row);
}

void history_rows_add_observed(struct history_rows *h, int64_t model)
{
	vec_push(&h->row, (struct particle_row){.model = model, .w = 1});
}

void history_rows_add(struct history_rows *h, const struct population *pop, size_t at,
	int64_t model, double w)
{
	vec_push(&h->row,
		(struct particle_row){.pop = pop, .at = at, .model = model, .w = w});
	h->parameters += h->p->model[pop->model[at]].npar;
}

/* Where a feed stands: the next row is number `sub` of particle `at`. */
struct walk {
	const struct history_rows *h;
	size_t at, sub;
	int64_t id; /* of the last row */
	struct npy npy;
};

static void next_particle(void *state, struct db_cell *ret)
{
	struct walk *walk = state;
	const struct particle_row *r = &walk->h->row.v[walk->at++];

	ret[0] = db_cell_int(++walk->id);
	ret[1] = db_cell_int(r->model);
	ret[2] = db_cell_double(r->w);
	ret[3] = db_cell_int(0);
}

static void next_sample(void *state, struct db_cell *ret)
{
	struct walk *walk = state;
	const struct particle_row *r = &walk->h->row.v[walk->at++];

	ret[0] = db_cell_int(++walk->id);
	ret[1] = ret[0];
	ret[2] = db_cell_double(r->pop ? r->pop->distance[r->at] : 0);
}

static size_t parameters_of(const struct history_rows *h, const struct particle_row *r)
{
	return r->pop ? h->p->model[r->pop->model[r->at]].npar : 0;
}

static void next_parameter(void *state, struct db_cell *ret)
{
	struct walk *walk = state;
	const struct history_rows *h = walk->h;
	const struct particle_row *r = &h->row.v[walk->at];
	size_t sub;

	while (walk->sub == parameters_of(h, r)) {
		r = &h->row.v[++walk->at];
		walk->sub = 0;
	}
	sub = walk->sub++;
	ret[0] = db_cell_int(++walk->id);
	ret[1] = db_cell_int(walk->h->particle + (int64_t)walk->at + 1);
	ret[2] = db_cell_text(sv_from(h->p->model[r->pop->model[r->at]].par[sub].name));
	ret[3] = db_cell_double(population_theta(r->pop, r->at)[sub]);
}

static size_t statistics_of(const struct problem *p)
{
	return p->store_scalars ? p->nstats : 1;
}

static void next_statistic(void *state, struct db_cell *ret)
{
	struct walk *walk = state;
	const struct problem *p = walk->h->p;
	const struct particle_row *r = &walk->h->row.v[walk->at];
	const double *v = r->pop ? population_stat(r->pop, r->at) : p->observed;

	ret[0] = db_cell_int(++walk->id);
	ret[1] = db_cell_int(walk->h->particle + (int64_t)walk->at + 1);
	if (p->store_scalars) {
		const struct stat_spec *s = &p->stat[walk->sub];
		ret[2] = db_cell_text(sv_from(s->name));
		ret[3] = db_cell_blob(
			npy_image(&walk->npy, v + s->first, s->len, s->scalar));
	} else {
		ret[2] = db_cell_text(SV("data"));
		ret[3] = db_cell_blob(npy_image(&walk->npy, v, p->nstat, false));
	}
	if (++walk->sub == statistics_of(p)) {
		walk->sub = 0;
		walk->at++;
	}
}

static int fill(struct history_rows *h, struct db *db, const char *table, size_t columns,
	uint64_t rows, int64_t last_id, void (*next)(void *, struct db_cell *))
{
	struct walk walk = {.h = h, .id = last_id};
	struct db_feed feed = {.into = table,
		.columns = columns,
		.rows = rows,
		.next = next,
		.state = &walk};
	int status = db_feed(db, &feed);

	npy_release(&walk.npy);
	return status;
}

int history_rows_write(struct history_rows *h, struct db *db)
{
	uint64_t n = h->row.n, statistics = n * statistics_of(h->p);

	if (fill(h, db, "particles", 4, n, h->particle, next_particle) ||
		fill(h, db, "parameters", 4, h->parameters, h->parameter,
			next_parameter) ||
		fill(h, db, "samples", 3, n, h->particle, next_sample) ||
		fill(h, db, "summary_statistics", 4, statistics, h->statistic,
			next_statistic)) {
		return -1;
	}
	h->particle += (int64_t)n;
	h->parameter += (int64_t)h->parameters;
	h->statistic += (int64_t)statistics;
	h->parameters = 0;
	vec_clear(&h->row);
	return 0;
}
