#include "sets_kit.h"

#include <unistd.h>

int sets_setup(void **state)
{
	struct sets_kit *k = calloc(1, sizeof(*k));
	source_set_init(&k->sources);
	diag_sink_init(&k->sink, &k->sources);
	arena_init(&k->arena);
	strbuf_init(&k->out);
	*state = k;
	return 0;
}

static void drop_file(struct sets_kit *k)
{
	if (*k->path) {
		unlink(k->path);
		*strrchr(k->path, '/') = '\0';
		rmdir(k->path);
		*k->path = '\0';
	}
}

int sets_teardown(void **state)
{
	struct sets_kit *k = *state;
	drop_file(k);
	strbuf_release(&k->out);
	arena_release(&k->arena);
	diag_sink_release(&k->sink);
	source_set_release(&k->sources);
	free(k);
	return 0;
}

void sets_write(struct sets_kit *k, const char *ext, const char *bytes, size_t n)
{
	drop_file(k);
	snprintf(k->path, sizeof(k->path), "/tmp/cw-sets-XXXXXX");
	assert_non_null(mkdtemp(k->path));
	size_t len = strlen(k->path);
	snprintf(k->path + len, sizeof(k->path) - len, "/table.%s", ext);
	FILE *f = fopen(k->path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

const char *sets_show(struct sets_kit *k, const struct set *s)
{
	strbuf_reset(&k->out);
	for (uint32_t c = 0; c < s->column_count; c++) {
		strbuf_addf(&k->out, "%s" SV_FMT, c ? "|" : "", SV_ARG(s->columns[c]));
	}
	for (size_t i = 0; i < s->row_count * s->column_count; i++) {
		strbuf_addf(&k->out, "%s" SV_FMT, i % s->column_count ? "|" : ":",
			SV_ARG(s->values[i]));
	}
	return k->out.buf;
}

const char *sets_errors(struct sets_kit *k)
{
	strbuf_reset(&k->out);
	for (uint32_t i = 0; i < k->sink.n; i++) {
		const struct diag *d = &k->sink.v[i];
		struct source_place at = {.line = 0};
		if (d->span.source) {
			at = source_place(&k->sources, d->span.source, d->span.off);
		}
		strbuf_addf(&k->out, "%s%u:%u: %s", i ? "\n" : "", at.line, at.column,
			d->text);
	}
	diag_clear(&k->sink);
	return k->out.buf;
}
