/* A trivial simulator over lines: one statistic from one parameter and the seed. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *line = NULL, *at;
	size_t room = 0;

	while (getline(&line, &room, stdin) > 0) {
		unsigned long long id = strtoull(line, &at, 10),
				   seed = strtoull(at, &at, 10);

		strtod(at, &at);
		printf("%llu %.17g\n", id,
			strtod(at, &at) + (double)(seed >> 40) * 0x1p-24);
		fflush(stdout);
	}
	free(line);
	return 0;
}
