#include "sys/env.h"

/* Prefixes of names that a launcher of MPI programs sets for each rank. */
static const char *const rank_names[] = {
	"OMPI_",
	"PMI_",
	"PMIX_",
	"PRTE_",
	"HYDRA_",
	"HYDI_",
	"MPI_LOCALRANKID=",
	"MPI_LOCALNRANKS=",
	"MPIRUN_",
	"MV2_COMM_WORLD_",
	"I_MPI_HYDRA_",
	"PALS_RANKID=",
	"PMI2_",
};

/* Of names that a scheduler sets in an allocation. */
static const char *const allocation_names[] = {
	"SLURM_",
	"SLURMD_",
	"SBATCH_",
	"PBS_",
	"LSB_",
	"LSF_",
	"SGE_",
	"_CONDOR_",
	"COBALT_",
};

static bool begins_with_one_of(const char *var, const char *const *prefixes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strncmp(var, prefixes[i], strlen(prefixes[i])) == 0) {
			return true;
		}
	}
	return false;
}

static bool of_a_rank(const char *var)
{
	return begins_with_one_of(var, rank_names, CW_ARRAY_LEN(rank_names));
}

static bool of_an_allocation(const char *var)
{
	return begins_with_one_of(var, allocation_names, CW_ARRAY_LEN(allocation_names));
}

void env_init(struct env *e, char *const *from, const char *last_on_path)
{
	*e = (struct env){.arena = ARENA_INIT};
	uint32_t count = 0;
	bool launched = false;
	for (; from[count]; count++) {
		launched |= of_a_rank(from[count]);
	}
	e->v = ARENA_ARRAY(&e->arena, char *, count + 2);
	bool have_path = false;
	for (uint32_t i = 0; i < count; i++) {
		const char *var = from[i];
		if (of_a_rank(var) || (launched && of_an_allocation(var))) {
			continue;
		}
		if (last_on_path && !have_path && strncmp(var, "PATH=", 5) == 0) {
			have_path = true;
			e->v[e->n++] = arena_printf(&e->arena, "%s%s%s", var,
				var[5] ? ":" : "", last_on_path);
		} else {
			e->v[e->n++] = arena_strdup(&e->arena, var);
		}
	}
	if (last_on_path && !have_path) {
		e->v[e->n++] = arena_printf(
			&e->arena, "PATH=/usr/local/bin:/usr/bin:/bin:%s", last_on_path);
	}
}

void env_release(struct env *e)
{
	arena_release(&e->arena);
	*e = (struct env){.arena = ARENA_INIT};
}

/* Length of the name of "NAME=value", with the sign. */
static size_t name_length(const char *var)
{
	const char *sign = strchr(var, '=');
	return sign ? (size_t)(sign - var) + 1 : strlen(var);
}

const char *env_get(char *const *list, const char *name)
{
	size_t n = strlen(name);
	for (; *list; list++) {
		if (strncmp(*list, name, n) == 0 && (*list)[n] == '=') {
			return *list + n + 1;
		}
	}
	return NULL;
}

/* Whether one of the pairs has the name of `var`. */
static bool is_named(const char *var, char *const *pairs, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (var[0] == pairs[i][0] &&
			strncmp(var, pairs[i], name_length(pairs[i])) == 0) {
			return true;
		}
	}
	return false;
}

char **env_with(const struct env *e, char *const *pairs, uint32_t n, struct arena *arena)
{
	char **list =
		arena_alloc(arena, (e->n + n + 1) * sizeof(*list), _Alignof(char *));
	uint32_t k = 0;
	for (uint32_t i = 0; i < e->n; i++) {
		if (!is_named(e->v[i], pairs, n)) {
			list[k++] = e->v[i];
		}
	}
	for (uint32_t i = 0; i < n; i++) {
		if (!is_named(pairs[i], pairs + i + 1, n - i - 1)) {
			list[k++] = pairs[i];
		}
	}
	list[k] = NULL;
	return list;
}
