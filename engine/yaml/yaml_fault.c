#include "yaml/yaml_fault.h"

#include "base/strbuf.h"

void yaml_quote_value(
	struct strbuf *out, struct strview text, uint32_t start, bool in_flow)
{
	(void)out;
	(void)text;
	(void)start;
	(void)in_flow;
}

void yaml_fault_report(struct diag_sink *sink, const struct yaml_fault *f)
{
	diag_error(sink, "CW-E002", (struct span){f->source, f->at, 1}, "%s%s%s",
		f->problem, *f->context ? " " : "", f->context);
}
