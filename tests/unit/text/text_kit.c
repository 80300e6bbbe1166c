#include "text_kit.h"

#include <fcntl.h>
#include <unistd.h>

#include "text/tokens.h"

const struct tool text_kit_tool = {.name = "test", .operands = "", .quiet = true};

void text_kit_write(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "we");
	cw_assert(f && fwrite(p, 1, n, f) == n && fclose(f) == 0);
}

char *text_kit_words(const char *path, uint64_t from, uint64_t to)
{
	struct tokens t;
	struct token_batch batch;
	struct strbuf out = STRBUF_INIT;
	if (tokens_open_part(&t, &text_kit_tool, path, from, to)) {
		return NULL;
	}
	int r;
	while ((r = tokens_next(&t, &batch)) > 0) {
		for (size_t i = 0; i < batch.n; i++) {
			strbuf_addsv(&out, token_at(&batch, i));
			strbuf_addch(&out, '|');
		}
	}
	tokens_release(&t);
	if (r < 0) {
		strbuf_release(&out);
		return NULL;
	}
	return strbuf_detach(&out, NULL);
}

char *text_kit_words_of(const char *text)
{
	text_kit_write("text_kit.txt", text, strlen(text));
	return text_kit_words("text_kit.txt", 0, UINT64_MAX);
}
