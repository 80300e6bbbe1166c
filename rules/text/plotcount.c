/* plotcount DAT PICTURE: bars of the most frequent words. */
#include "base/xalloc.h"
#include "text/chart.h"
#include "text/dat_file.h"
#include "text/plot_name.h"

/* Draws the first `n` counts. */
static void draw(struct canvas *c, const struct dat *dat, size_t n, const char *title)
{
	uint64_t total = 0;
	for (size_t i = 0; i < dat->n; i++) {
		total += dat->v[i].count;
	}
	struct bar *bars = xcalloc(n + 1, sizeof(*bars));
	char **labels = xcalloc(n + 1, sizeof(*labels));
	for (size_t i = 0; i < n; i++) {
		labels[i] = plot_text(dat->v[i].word);
		bars[i] = (struct bar){sv_from(labels[i]), dat->v[i].count,
			(double)dat->v[i].count / (double)total};
	}
	bars_draw(c, sv_from(title), "times in the text", bars, n);
	for (size_t i = 0; i < n; i++) {
		free(labels[i]);
	}
	free(labels);
	free(bars);
}

/* From file to picture; 0 or -1. */
static int run(const struct tool *tool, const char *path, const char *picture,
	const char *title, uint64_t words)
{
	struct dat dat;
	if (dat_read(&dat, tool, path)) {
		return -1;
	}
	if (dat.n == 0) {
		dat_release(&dat);
		return tool_error(tool, "%s: no words in it", path);
	}
	size_t n = dat.n < words ? dat.n : (size_t)words;
	char *name = plot_name(path);
	char *text = title ? plot_text(sv_from(title))
			   : xasprintf("The %zu most frequent words of %s", n, name);
	struct canvas *c = canvas_new(tool);
	int r = -1;
	if (c) {
		draw(c, &dat, n, text);
		r = canvas_write(c, picture);
	}
	canvas_free(c);
	free(text);
	free(name);
	dat_release(&dat);
	return r;
}

int main(int argc, char **argv)
{
	uint64_t words = 10;
	const char *title = NULL;
	const struct tool_option options[] = {
		{.name = "words",
			.letter = 'n',
			.type = TOOL_UINT,
			.target = &words,
			.min = 1,
			.max = 1000,
			.arg = "N",
			.help = "number of words (10)"},
		{.name = "title",
			.type = TOOL_TEXT,
			.target = &title,
			.arg = "TEXT",
			.help = "what stands above"},
		{.name = NULL},
	};
	const struct tool tool = {
		.name = "plotcount",
		.operands = "DAT PICTURE",
		.summary =
			"Draws the most frequent words of the file DAT that wordcount wrote as "
			"bars.\nPICTURE ends in .png, .svg or .pdf.",
		.options = options,
		.min_operands = 2,
		.max_operands = 2,
	};
	int first = 0;
	int status = tool_parse(&tool, argc, argv, &first);
	if (status != -1) {
		return status;
	}
	if (canvas_check_name(&tool, argv[first + 1])) {
		return TOOL_USAGE;
	}
	return run(&tool, argv[first], argv[first + 1], title, words) ? TOOL_FAILED
								      : TOOL_OK;
}
