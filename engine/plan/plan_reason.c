#include "plan/plan.h"

void plan_reason_text(const struct plan *p, uint32_t job, struct strbuf *out)
{
	unsigned reasons = p->reasons[job];
	const char *words = "does not run";
	switch ((enum reason)(reasons & -reasons)) {
	case REASON_FORCED:
		words = "forced";
		break;
	case REASON_NO_OUTPUT:
		words = "it has no outputs to look at";
		break;
	case REASON_MISSING_OUTPUT:
		words = p->maybe[job] ? "missing output, if it is needed"
				      : "missing output";
		break;
	case REASON_UNFINISHED:
		words = p->o.run_goes_on ? "a run is making it"
					 : "left unfinished by an earlier run";
		break;
	case REASON_OUTPUT_CHANGED:
		words = "output changed since it was made";
		break;
	case REASON_NEWER_INPUT:
	case REASON_CHANGED_INPUT:
		words = "updated input file";
		break;
	case REASON_INPUT_SET:
		words = "set of input files changed";
		break;
	case REASON_PARAMS:
		words = "params changed";
		break;
	case REASON_CODE:
		words = "command changed";
		break;
	case REASON_SOFTWARE:
		words = "container or modules changed";
		break;
	case REASON_UPDATED_INPUT:
		words = p->maybe[job] ? "if this input comes out changed"
				      : "input is made by another job";
		break;
	}
	strbuf_addstr(out, words);
	if (reasons && p->reason_file[job] != DAG_NONE) {
		strbuf_addstr(out, ": ");
		escape_for_terminal(out, dag_path(p->d, p->reason_file[job]));
	}
}

unsigned plan_triggers(struct strview words, struct strview *ret_bad)
{
	static const struct {
		const char *name;
		unsigned trigger;
	} names[] = {{"mtime", TRIGGER_MTIME}, {"checksum", TRIGGER_CHECKSUM},
		{"input", TRIGGER_INPUT}, {"params", TRIGGER_PARAMS},
		{"code", TRIGGER_CODE}, {"software", TRIGGER_SOFTWARE},
		{"software-env", TRIGGER_SOFTWARE}};
	unsigned mask = 0;
	while (words.n) {
		size_t n = 0;
		while (n < words.n && words.p[n] != ',' && words.p[n] != ' ') {
			n++;
		}
		struct strview word = sv_sub(words, 0, n);
		unsigned found = 0;
		for (size_t i = 0; i < CW_ARRAY_LEN(names); i++) {
			found |= sv_eq_str(word, names[i].name) ? names[i].trigger : 0;
		}
		if (word.n && !found) {
			*ret_bad = word;
			return 0;
		}
		mask |= found;
		words = sv_skip(words, n < words.n ? n + 1 : n);
	}
	*ret_bad = SV("");
	return mask;
}
