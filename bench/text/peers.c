/*
 * Plain C programs that the text tools are compared with.
 *   peers read FILE              adds up the file's bytes in a simple loop
 *   peers acf BOOK DAT OUT       autocorrelation by the double loop of its definition
 */
#include <ctype.h>

#include "base/xalloc.h"

enum { TOP = 16, LAGS = 100, WORD_MAX = 256 };

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static FILE *open_file(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

/* The simple loop over a file's bytes. */
static int read_bytes(const char *path)
{
	FILE *f = open_file(path, "re");
	unsigned long sum = 0;
	int c;
	while ((c = getc_unlocked(f)) != EOF) {
		sum += (unsigned long)c;
	}
	fclose(f);
	printf("%lu\n", sum);
	return 0;
}

/* The next word of a text, in small letters (ASCII only); false at the end. */
static bool next_word(FILE *f, char *word)
{
	size_t n = 0;
	int c;
	while ((c = getc_unlocked(f)) != EOF) {
		if (isspace(c) || (c && strchr(".,;:?$@^<>#%`!*-=()[]{}/\"'", c))) {
			if (n) {
				break;
			}
		} else if (n < WORD_MAX - 1) {
			word[n++] = (char)tolower(c);
		}
	}
	word[n] = '\0';
	return n > 0;
}

/* Which of the top words each word of the text is, or TOP. Returns owned. */
static unsigned char *read_text(const char *path, char (*top)[WORD_MAX], size_t *ret_n)
{
	FILE *f = open_file(path, "re");
	char word[WORD_MAX];
	unsigned char *text = NULL;
	size_t n = 0;
	size_t cap = 0;
	while (next_word(f, word)) {
		unsigned char w = 0;
		while (w < TOP && strcmp(word, top[w]) != 0) {
			w++;
		}
		if (n == cap) {
			cap = cap ? cap * 2 : 1024;
			text = xreallocarray(text, cap, 1);
		}
		text[n++] = w;
	}
	fclose(f);
	*ret_n = n;
	return text;
}

/* The definition. */
static void word_acf(const unsigned char *text, size_t n, unsigned char w, double *acf)
{
	int *mask = xcalloc(n, sizeof(*mask));
	long chosen = 0;
	for (size_t i = 0; i < n; i++) {
		mask[i] = text[i] == w;
		chosen += mask[i];
	}
	for (size_t t = 0; t < LAGS; t++) {
		double sum = 0;
		for (size_t i = 1; i + t < n; i++) {
			sum += mask[i] * mask[i + t];
		}
		acf[t] = sum / (double)chosen;
	}
	free(mask);
}

static int acf(const char *book, const char *dat, const char *out)
{
	char top[TOP][WORD_MAX];
	FILE *f = open_file(dat, "re");
	for (size_t w = 0; w < TOP; w++) {
		if (fscanf(f, "%255s %*s %*s", top[w]) != 1) {
			return 1;
		}
	}
	fclose(f);
	double start = seconds();
	size_t n;
	unsigned char *text = read_text(book, top, &n);
	double average[LAGS] = {0};
	for (unsigned char w = 0; w < TOP; w++) {
		double row[LAGS];
		word_acf(text, n, w, row);
		for (size_t t = 0; t < LAGS; t++) {
			average[t] += row[t];
		}
	}
	printf("time: %.6f s\n", seconds() - start);
	f = open_file(out, "we");
	for (size_t t = 0; t < LAGS; t++) {
		fprintf(f, "%.18e,%.18e\n", (double)(t + 1), average[t] / TOP);
	}
	free(text);
	return fclose(f) ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "read") == 0) {
		return read_bytes(argv[2]);
	}
	if (argc == 5 && strcmp(argv[1], "acf") == 0) {
		return acf(argv[2], argv[3], argv[4]);
	}
	fprintf(stderr, "usage: peers read FILE | peers acf BOOK DAT OUT\n");
	return 2;
}
