#include "sched/benchmark.h"

#include "sys/fs.h"

int benchmark_write(const char *path, const struct job_usage *u)
{
	const double mb = 1024 * 1024;
	double cpu = u->user_s + u->sys_s;
	long long s = (long long)u->seconds;
	struct strbuf text = STRBUF_INIT;
	strbuf_addstr(&text,
		"s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\t"
		"mean_load\tcpu_time\n");
	if (s >= 86400) {
		strbuf_addf(&text, "%.4f\t%lld day%s, %lld:%02lld:%02lld\t", u->seconds,
			s / 86400, s / 86400 == 1 ? "" : "s", s / 3600 % 24, s / 60 % 60,
			s % 60);
	} else {
		strbuf_addf(&text, "%.4f\t%lld:%02lld:%02lld\t", u->seconds, s / 3600,
			s / 60 % 60, s % 60);
	}
	strbuf_addf(&text, "%.2f\tNA\tNA\tNA\t%.2f\t%.2f\t%.2f\t%.2f\n",
		(double)u->max_rss_kb / 1024, (double)u->in_blocks * 512 / mb,
		(double)u->out_blocks * 512 / mb,
		u->seconds > 0 ? cpu / u->seconds * 100 : 0.0, cpu);
	int rc = fs_write_atomic(path, text.buf, text.len, 0666);
	strbuf_release(&text);
	return rc;
}
