#include "sys/env.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Whether the folder that PWD names is the present one, by whatever path. */
static bool is_present_folder(const char *pwd)
{
	struct stat a, b;
	return pwd[0] == '/' && stat(pwd, &a) == 0 && stat(".", &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Makes PWD true, as a shell does at its start. */
static void add_pwd(struct env *e, const char *inherited)
{
	char buf[PATH_MAX];
	if (inherited && is_present_folder(inherited)) {
		e->v[e->n++] = arena_printf(&e->arena, "PWD=%s", inherited);
	} else if (getcwd(buf, sizeof(buf))) {
		e->v[e->n++] = arena_printf(&e->arena, "PWD=%s", buf);
	}
}

void env_init(struct env *e, char *const *from, const char *last_on_path)
{
	*e = (struct env){.arena = ARENA_INIT};
	uint32_t count = 0;
	bool launched = false;
	for (; from[count]; count++) {
		launched |= of_a_rank(from[count]);
	}
	e->v = ARENA_ARRAY(&e->arena, char *, count + 3);
	bool have_path = false;
	const char *pwd = NULL;
	for (uint32_t i = 0; i < count; i++) {
		const char *var = from[i];
		if (of_a_rank(var) || (launched && of_an_allocation(var))) {
			continue;
		}
		if (strncmp(var, "PWD=", 4) == 0) {
			pwd = var + 4;
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
	add_pwd(e, pwd);
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

char **env_as_of_shell(char *const *list, const char *shell, const char *path,
	bool becomes, struct arena *arena)
{
	const char *slash = strrchr(shell, '/');
	uint32_t n = 0;
	while (list[n]) {
		n++;
	}
	char **copy = arena_alloc(arena, (n + 3) * sizeof(*copy), _Alignof(char *));
	bool bash = strcmp(slash ? slash + 1 : shell, "bash") == 0;
	uint32_t k = 0;
	for (uint32_t i = 0; i < n; i++) {
		bool replaced = bash && (strncmp(list[i], "SHLVL=", 6) == 0 ||
						strncmp(list[i], "_=", 2) == 0);
		if (!replaced) {
			copy[k++] = list[i];
		}
	}
	if (bash) {
		const char *level = env_get(list, "SHLVL");
		long now = level ? strtol(level, NULL, 10) : 0;
		copy[k++] =
			arena_printf(arena, "SHLVL=%ld", now < 0 ? 0 : now + !becomes);
		copy[k++] = arena_printf(arena, "_=%s", path);
	}
	copy[k] = NULL;
	return copy;
}
