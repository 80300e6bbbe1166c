/*
 * Replays inputs through a fuzz target without libFuzzer: each argument is a file or a
 * folder of files. Also feeds the empty input, and each file cut at a few places, so that
 * a small corpus reaches further. `--random COUNT SIZE SEED` makes inputs of random bytes
 * instead, which is all that a target wants whose bytes are dice; what differs is printed
 * by the target, and the same three numbers bring it back.
 */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Parts an input is cut into; cheap, since corpora are small. */
#define CUTS 16

static size_t count;

/* A copy of its exact size, so that a sanitizer sees one byte too far. */
static void try_bytes(const uint8_t *data, size_t size)
{
	uint8_t *copy = calloc(size ? size : 1, 1);

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	count++;
}

static int try_file(const char *path)
{
	FILE *f = fopen(path, "rbe");
	uint8_t *data = NULL;
	size_t size = 0, room = 0, got;

	if (!f) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	do {
		if (size == room) {
			room = room ? room * 2 : 4096;
			data = realloc(data, room);
			if (!data)
				abort();
		}
		got = fread(data + size, 1, room - size, f);
		size += got;
	} while (got > 0);
	fclose(f);
	try_bytes(data, size);
	for (size_t i = 1; i < CUTS && size >= CUTS; i++)
		try_bytes(data, size / CUTS * i);
	free(data);
	return 0;
}

static int try_folder(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);
	int ret = 0;

	if (n < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	for (int i = 0; i < n; i++) {
		char *full;

		if (names[i]->d_name[0] != '.') {
			if (asprintf(&full, "%s/%s", path, names[i]->d_name) < 0)
				abort();
			ret |= try_file(full);
			free(full);
		}
		free(names[i]);
	}
	free(names);
	return ret;
}

/* COUNT inputs of SIZE bytes each (splitmix64 from SEED). */
static int try_random(const char *const *words)
{
	size_t inputs = strtoull(words[0], NULL, 10);
	size_t size = strtoull(words[1], NULL, 10);
	uint64_t state = strtoull(words[2], NULL, 10);
	uint8_t *data = calloc(size ? size : 1, 1);

	if (!data)
		abort();
	for (size_t i = 0; i < inputs; i++) {
		for (size_t k = 0; k < size; k++) {
			uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
			z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
			z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
			data[k] = (uint8_t)(z ^ (z >> 31));
		}
		try_bytes(data, size);
	}
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	int ret = 0;

	if (argc == 5 && strcmp(argv[1], "--random") == 0) {
		ret = try_random((const char *const *)argv + 2);
		printf("%zu inputs\n", count);
		return ret;
	}
	try_bytes(NULL, 0);
	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			ret |= try_folder(argv[i]);
		else
			ret |= try_file(argv[i]);
	}
	printf("%zu inputs\n", count);
	return ret ? 1 : 0;
}
