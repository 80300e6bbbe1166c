#include "text/curve_plot.h"

#include "base/xalloc.h"
#include "text/plot_name.h"

int curve_plot_parse(struct curve_plot *plot, const char *name, const char *operands,
	const char *summary, int argc, char **argv)
{
	const struct tool_option options[] = {
		{.name = "title",
			.type = TOOL_TEXT,
			.target = &plot->chart.title,
			.arg = "TEXT",
			.help = "what stands above"},
		{.name = NULL},
	};
	plot->tool = (struct tool){
		.name = name,
		.operands = operands,
		.summary = summary,
		.options = options,
		.min_operands = 2,
		.max_operands = -1,
	};
	int first = 0;
	int status = tool_parse(&plot->tool, argc, argv, &first);
	plot->tool.options = NULL;
	if (status != -1) {
		return status;
	}
	plot->paths = argv + first;
	plot->n = (size_t)(argc - first) - 1;
	plot->picture = argv[argc - 1];
	return canvas_check_name(&plot->tool, plot->picture) ? TOOL_USAGE : -1;
}

void curve_plot_name(struct curve_plot *plot, char *name)
{
	vec_push(&plot->names, name);
	vec_last(&plot->chart.curves).name = sv_from(name);
}

int curve_plot_write(struct curve_plot *plot)
{
	struct canvas *c = canvas_new(&plot->tool);
	if (!c) {
		return -1;
	}
	char *title = plot_text(sv_from(plot->chart.title));
	plot->chart.title = title;
	chart_draw(&plot->chart, c);
	int r = canvas_write(c, plot->picture);
	canvas_free(c);
	plot->chart.title = NULL;
	free(title);
	return r;
}

void curve_plot_release(struct curve_plot *plot)
{
	chart_release(&plot->chart);
	for (size_t i = 0; i < plot->names.n; i++) {
		free(plot->names.v[i]);
	}
	vec_release(&plot->names);
}
