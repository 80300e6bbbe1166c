/* The last run along a line of time: a bar an attempt, or, of many, a hill a rule. */
#include <math.h>

#include "view/report_parts.h"

enum { AXIS = 22, TICKS_MOST = 8, BUCKETS = 240 };

struct axis {
	double span_s; /* of the whole width; > 0 */
	double step_s; /* between ticks */
};

static double next_step(double at_least)
{
	static const double steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
		3600, 7200, 10800, 21600, 43200, 86400};
	for (size_t i = 0; i < CW_ARRAY_LEN(steps) && at_least >= 1; i++) {
		if (steps[i] >= at_least) {
			return steps[i];
		}
	}
	if (at_least > 86400) {
		return 86400 * ceil(at_least / 86400);
	}
	double unit = pow(10, floor(log10(at_least)));
	double n = at_least / unit;
	return unit * (n <= 1 ? 1 : n <= 2 ? 2 : n <= 5 ? 5 : 10);
}

static struct axis make_axis(const struct report *r)
{
	int64_t end = r->run.begin_ns;
	for (size_t i = 0; i < r->run.bars.n; i++) {
		int64_t bar = r->run.bars.v[i].end_ns;
		end = bar > end ? bar : end;
	}
	struct axis a = {.span_s = (double)(end - r->run.begin_ns) / 1e9};
	a.span_s = a.span_s > 0.001 ? a.span_s : 0.001;
	a.step_s = next_step(a.span_s / TICKS_MOST);
	return a;
}

/* Where a moment is, in percent of the width. */
static double percent(const struct report *r, const struct axis *a, int64_t ns)
{
	double x = (double)(ns - r->run.begin_ns) / 1e7 / a->span_s;
	return x < 0 ? 0 : x > 100 ? 100 : x;
}

/* "0 s", "0.2 s", "1 min", "1 min 30 s", "1 h 30 min". */
static void add_tick_words(struct strbuf *sb, double seconds)
{
	long long s = llround(seconds);
	if (s >= 86400 && s % 86400 == 0) {
		strbuf_addf(sb,
			"%lld\xc2\xa0"
			"d",
			s / 86400);
	} else if (seconds < 60) {
		strbuf_addf(sb, "%.6g\xc2\xa0s", seconds);
	} else if (s < 3600) {
		strbuf_addf(sb, "%lld\xc2\xa0min", s / 60);
	} else {
		strbuf_addf(sb, "%lld\xc2\xa0h", s / 3600);
	}
	if (s >= 60 && s < 3600 && s % 60) {
		strbuf_addf(sb, " %lld\xc2\xa0s", s % 60);
	} else if (s >= 3600 && s % 3600) {
		strbuf_addf(sb, " %lld\xc2\xa0min", s % 3600 / 60);
	}
}

static void add_ticks(struct strbuf *sb, const struct axis *a, int height)
{
	for (int k = 0; k * a->step_s <= a->span_s * 1.0001; k++) {
		double x = 100 * k * a->step_s / a->span_s;
		strbuf_addf(sb,
			"<line class=\"grid\" x1=\"%.3f%%\" x2=\"%.3f%%\" y1=\"%d\" "
			"y2=\"%d\"/><text class=\"dim\" x=\"%.3f%%\" y=\"12\" "
			"text-anchor=\"%s\">",
			x, x, AXIS - 6, height, x,
			k == 0   ? "start"
			: x > 96 ? "end"
				 : "middle");
		add_tick_words(sb, k * a->step_s);
		strbuf_addstr(sb, "</text>");
	}
	strbuf_addch(sb, '\n');
}

/* What is told where the pointer rests, and by readers. */
static void add_title(struct report *r, uint32_t i)
{
	const struct run_bar *bar = &r->run.bars.v[i];
	const struct bar_words *w = &r->bars[i];
	struct strbuf *sb = &r->out;
	strbuf_addstr(sb, "<title>");
	page_text(sb, intern_str(&r->rules, w->rule));
	if (w->wildcards) {
		strbuf_addch(sb, ' ');
		page_text_cut(sb, sv_from(r->words.buf + w->wildcards), 120);
	}
	strbuf_addstr(sb, ": ");
	page_seconds(sb, (double)(bar->end_ns - bar->start_ns) / 1e9);
	if (bar->failure == STATE_NONE) {
		strbuf_addstr(sb, ", ");
		page_bytes(sb, w->kb * 1024);
	} else {
		strbuf_addstr(sb, ", failed: ");
		page_text_cut(sb, r->run.failures.list.v[bar->failure].reason, 120);
	}
	strbuf_addstr(sb, "</title>");
}

static void add_bars(struct report *r, const struct axis *a, int pitch)
{
	struct strbuf *sb = &r->out;
	int height = pitch > 8 ? pitch - 3 : pitch > 3 ? pitch - 1 : pitch;
	for (uint32_t i = 0; i < r->run.bars.n; i++) {
		const struct run_bar *bar = &r->run.bars.v[i];
		double x = percent(r, a, bar->start_ns);
		double width = percent(r, a, bar->end_ns) - x;
		strbuf_addf(sb,
			"<rect class=\"%s r%u\" x=\"%.3f%%\" y=\"%d\" width=\"%.3f%%\" "
			"height=\"%d\"%s>",
			bar->failure == STATE_NONE ? "job" : "failed",
			(unsigned)r->bars[i].rule, x, AXIS + (int)bar->lane * pitch,
			width > 0.08 ? width : 0.08, height,
			height > 8 && width > 1 ? " rx=\"2\"" : "");
		add_title(r, i);
		strbuf_addstr(sb, "</rect>\n");
		report_flush(r);
	}
}

static void add_legend(struct report *r)
{
	strbuf_addstr(&r->out, "<ul class=\"legend\">");
	for (uint32_t i = 0; i < r->figures.n; i++) {
		if (r->figures.v[i].ran) {
			strbuf_addstr(&r->out, "<li>");
			report_rule(r, i);
			strbuf_addstr(&r->out, "</li>");
		}
	}
	if (r->failed + r->retried) {
		strbuf_addstr(&r->out,
			"<li><svg class=\"sw\" aria-hidden=\"true\"><rect "
			"class=\"failed\" width=\"100%\" height=\"100%\"/></svg>failed</li>");
	}
	strbuf_addstr(&r->out, "</ul>\n");
}

static void add_gantt(struct report *r, const struct axis *a)
{
	uint32_t lanes = r->run.lanes;
	int pitch = lanes <= 16 ? 22 : lanes <= 48 ? 12 : lanes <= 160 ? 6 : 3;
	int height = AXIS + pitch * (int)lanes + 2;
	strbuf_addf(&r->out,
		"<figure>\n<svg width=\"100%%\" height=\"%d\" role=\"img\" "
		"aria-label=\"Timeline of the run: %zu attempts in %u lanes\">\n",
		height, r->run.bars.n, (unsigned)lanes);
	add_ticks(&r->out, a, height);
	add_bars(r, a, pitch);
	strbuf_addstr(&r->out, "</svg>\n");
	add_legend(r);
	strbuf_addstr(&r->out,
		"<figcaption>A bar is an attempt at a job; there are as many lines as "
		"jobs ran at a time.</figcaption>\n</figure>\n");
}

/* --- many jobs: how many of each rule ran at a time ---------------------------------- */

struct hills {
	double *busy; /* [rule][bucket]: jobs at a time; then changes of it from bucket on */
	double *step;
	double most;
};

/* Adds a bar in constant time: its ends by their parts, what lies between by two steps. */
static void add_to_hills(struct hills *h, uint32_t rule, double from, double to)
{
	double *busy = h->busy + (size_t)rule * (BUCKETS + 1);
	double *step = h->step + (size_t)rule * (BUCKETS + 1);
	int a = (int)from, b = (int)to;
	a = a >= BUCKETS ? BUCKETS - 1 : a;
	b = b >= BUCKETS ? BUCKETS - 1 : b;
	if (a == b) {
		busy[a] += to - from;
		return;
	}
	busy[a] += a + 1 - from;
	busy[b] += to - b;
	step[a + 1] += 1;
	step[b] -= 1;
}

static void gather_hills(struct report *r, const struct axis *a, struct hills *h)
{
	size_t n = r->figures.n * (BUCKETS + 1);
	h->busy = xcalloc(n + 1, sizeof(*h->busy));
	h->step = xcalloc(n + 1, sizeof(*h->step));
	for (uint32_t i = 0; i < r->run.bars.n; i++) {
		double x = percent(r, a, r->run.bars.v[i].start_ns) * BUCKETS / 100;
		double y = percent(r, a, r->run.bars.v[i].end_ns) * BUCKETS / 100;
		add_to_hills(h, r->bars[i].rule, x, y > x ? y : x);
	}
	for (size_t rule = 0; rule < r->figures.n; rule++) {
		double level = 0;
		for (size_t k = rule * (BUCKETS + 1); k < (rule + 1) * (BUCKETS + 1);
			k++) {
			level += h->step[k];
			h->busy[k] += level;
			h->most = h->busy[k] > h->most ? h->busy[k] : h->most;
		}
	}
}

static void add_hill(struct report *r, const struct hills *h, uint32_t rule)
{
	const double *busy = h->busy + (size_t)rule * (BUCKETS + 1);
	struct strbuf *sb = &r->out;
	double most = 0;
	strbuf_addstr(sb, "<tr><th scope=\"row\">");
	report_rule(r, rule);
	strbuf_addstr(sb, "</th><td class=\"n\">");
	page_number(sb, r->figures.v[rule].ran);
	strbuf_addf(sb,
		"</td><td style=\"width:70%%\"><svg width=\"100%%\" height=\"34\" "
		"viewBox=\"0 0 %d 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
		"<path class=\"job r%u\" d=\"M0 100",
		BUCKETS, (unsigned)rule);
	for (int k = 0; k < BUCKETS; k++) {
		strbuf_addf(sb, "V%.1fH%d", 100 - 100 * busy[k] / h->most, k + 1);
		most = busy[k] > most ? busy[k] : most;
	}
	strbuf_addf(sb, "V100Z\"/></svg></td><td class=\"n\">%.*f</td></tr>\n",
		most < 9.95 ? 1 : 0, most);
	report_flush(r);
}

static void add_hills(struct report *r, const struct axis *a)
{
	struct hills h = {NULL, NULL, 1e-9};
	gather_hills(r, a, &h);
	strbuf_addstr(&r->out,
		"<div class=\"scroll\"><table class=\"wide\">\n<thead><tr><th "
		"scope=\"col\">Rule</th><th scope=\"col\" class=\"n\">Jobs</th><th "
		"scope=\"col\">Running along the time</th><th scope=\"col\" "
		"class=\"n\">Most at a time</th></tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < r->figures.n; i++) {
		if (r->figures.v[i].ran) {
			add_hill(r, &h, i);
		}
	}
	strbuf_addstr(&r->out,
		"<tr><td></td><td></td><td><svg width=\"100%\" height=\"24\" "
		"aria-hidden=\"true\">");
	add_ticks(&r->out, a, 18);
	strbuf_addstr(&r->out,
		"</svg></td><td></td></tr>\n</tbody></table></div>\n<p class=\"dim\">These are "
		"too many jobs to draw each: the height is how many of a rule ran at a "
		"time, on one scale for all.</p>\n");
	free(h.busy);
	free(h.step);
}

void report_timeline(struct report *r)
{
	struct axis a = make_axis(r);
	strbuf_addstr(&r->out, "<section id=\"timeline\">\n<h2>Timeline</h2>\n");
	if (!r->run.bars.n) {
		strbuf_addstr(&r->out, "<p>No job ended in this run.</p>\n");
	} else if (r->by_rule) {
		add_hills(r, &a);
	} else {
		add_gantt(r, &a);
	}
	strbuf_addstr(&r->out, "</section>\n");
	report_flush(r);
}
