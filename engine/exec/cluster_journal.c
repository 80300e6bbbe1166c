#include "exec/cluster_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/number.h"
#include "sys/fs.h"

enum { JOURNAL_MOST = 1 << 30 };

static const char title[] = "cwflow cluster journal 1\n";

static void release_entry(struct cluster_entry *e)
{
	free(e->tag);
	free(e->name);
	free(e->id);
	for (size_t i = 0; i < e->outputs.n; i++) {
		free(e->outputs.v[i]);
	}
	vec_release(&e->outputs);
}

void cluster_entries_release(struct cluster_entries *e)
{
	for (size_t i = 0; i < e->list.n; i++) {
		release_entry(&e->list.v[i]);
	}
	vec_release(&e->list);
}

/* A word of a line: blanks, control bytes and % as %XX. Empty is %. */
static void add_word(struct strbuf *out, const char *word)
{
	strbuf_addch(out, ' ');
	if (!*word) {
		strbuf_addch(out, '%');
	}
	for (; *word; word++) {
		unsigned char c = (unsigned char)*word;
		if (c <= ' ' || c == '%' || c == 0x7f) {
			strbuf_addf(out, "%%%02x", c);
		} else {
			strbuf_addch(out, (char)c);
		}
	}
}

static int hex(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes the next word off the line, as it was; owned. NULL at the end. */
static char *take_word(struct strview *line)
{
	struct strbuf out = STRBUF_INIT;
	while (line->n && line->p[0] == ' ') {
		*line = sv_skip(*line, 1);
	}
	if (!line->n) {
		return NULL;
	}
	while (line->n && line->p[0] != ' ') {
		int a = -1, b = -1;
		if (line->p[0] == '%' && line->n > 2) {
			a = hex(line->p[1]);
			b = hex(line->p[2]);
		}
		if (a >= 0 && b >= 0) {
			strbuf_addch(&out, (char)(a * 16 + b));
			*line = sv_skip(*line, 3);
			continue;
		}
		if (line->p[0] != '%') {
			strbuf_addch(&out, line->p[0]);
		}
		*line = sv_skip(*line, 1);
	}
	return strbuf_detach(&out, NULL);
}

static uint64_t take_number(struct strview *line, int base)
{
	char *word = take_word(line);
	uint64_t n = word ? strtoull(word, NULL, base) : 0;
	free(word);
	return n;
}

/* The entry of a tag; the last ones are the likeliest. */
static struct cluster_entry *find(struct cluster_entries *e, const char *tag)
{
	for (size_t i = e->list.n; i-- > 0;) {
		if (strcmp(e->list.v[i].tag, tag) == 0) {
			return &e->list.v[i];
		}
	}
	return NULL;
}

static void read_submit(struct cluster_entries *e, char *tag, struct strview line)
{
	struct cluster_entry *n = vec_add(&e->list);
	n->tag = tag;
	n->identity.who = take_number(&line, 16);
	n->identity.what = take_number(&line, 16);
	n->attempt = (uint32_t)take_number(&line, 10);
	n->name = take_word(&line);
	if (!n->name) {
		n->name = xstrdup(tag);
	}
	char *output;
	while ((output = take_word(&line))) {
		vec_push(&n->outputs, output);
	}
}

static void read_line(struct cluster_entries *e, struct strview line)
{
	char *verb = take_word(&line), *tag = verb ? take_word(&line) : NULL;
	if (!tag) {
		free(verb);
		return;
	}
	if (strcmp(verb, "submit") == 0) {
		read_submit(e, tag, line);
		free(verb);
		return;
	}
	struct cluster_entry *n = find(e, tag);
	if (n && strcmp(verb, "id") == 0) {
		free(n->id);
		n->id = take_word(&line);
	} else if (n && strcmp(verb, "end") == 0) {
		n->ended = true;
	} else if (n && strcmp(verb, "cancel") == 0) {
		n->cancelled = true;
	}
	free(verb);
	free(tag);
}

int cluster_journal_read(const char *dir, struct cluster_entries *ret)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	strbuf_addf(&path, "%s/journal", dir);
	int rc = fs_read_regular(path.buf, JOURNAL_MOST, &text);
	int err = errno;
	strbuf_release(&path);
	if (rc < 0) {
		strbuf_release(&text);
		errno = err;
		return err == ENOENT || err == ENOTDIR ? 0 : -1;
	}
	struct strview rest = strbuf_sv(&text);
	const char *nl;
	while (rest.n && (nl = memchr(rest.p, '\n', rest.n))) {
		read_line(ret, sv_sub(rest, 0, (size_t)(nl - rest.p)));
		rest = sv_skip(rest, (size_t)(nl - rest.p) + 1);
	}
	strbuf_release(&text);
	size_t live = 0;
	for (size_t i = 0; i < ret->list.n; i++) {
		if (ret->list.v[i].ended) {
			release_entry(&ret->list.v[i]);
		} else {
			ret->list.v[live++] = ret->list.v[i];
		}
	}
	ret->list.n = live;
	return 0;
}

static void add_submit(struct strbuf *out, const struct cluster_entry *e)
{
	strbuf_addstr(out, "submit");
	add_word(out, e->tag);
	strbuf_addf(out, " %llx %llx %u", (unsigned long long)e->identity.who,
		(unsigned long long)e->identity.what, e->attempt);
	add_word(out, e->name);
	for (size_t i = 0; i < e->outputs.n; i++) {
		add_word(out, e->outputs.v[i]);
	}
	strbuf_addch(out, '\n');
}

static void add_id(struct strbuf *out, const char *tag, const char *id)
{
	strbuf_addstr(out, "id");
	add_word(out, tag);
	add_word(out, id);
	strbuf_addch(out, '\n');
}

static void add_note(struct strbuf *out, const char *verb, const char *tag)
{
	strbuf_addstr(out, verb);
	add_word(out, tag);
	strbuf_addch(out, '\n');
}

int cluster_journal_open(
	struct cluster_journal *j, const char *dir, const struct cluster_entries *live)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	strbuf_addf(&path, "%s/journal", dir);
	strbuf_addstr(&text, title);
	for (size_t i = 0; i < live->list.n; i++) {
		const struct cluster_entry *e = &live->list.v[i];
		add_submit(&text, e);
		if (e->id) {
			add_id(&text, e->tag, e->id);
		}
		if (e->cancelled) {
			add_note(&text, "cancel", e->tag);
		}
	}
	*j = (struct cluster_journal){.fd = -1, .pending = STRBUF_INIT};
	int rc = fs_write_atomic(path.buf, text.buf, text.len, 0600);
	if (rc == 0) {
		j->fd = open(path.buf, O_WRONLY | O_APPEND | O_CLOEXEC);
		rc = j->fd < 0 ? -1 : 0;
	}
	int err = errno;
	strbuf_release(&path);
	strbuf_release(&text);
	errno = err;
	return rc;
}

void cluster_journal_close(struct cluster_journal *j)
{
	if (j->fd >= 0) {
		cluster_journal_sync(j, false);
		close(j->fd);
		j->fd = -1;
	}
	strbuf_release(&j->pending);
}

void cluster_journal_submit(struct cluster_journal *j, const struct cluster_entry *e)
{
	add_submit(&j->pending, e);
}

void cluster_journal_id(struct cluster_journal *j, const char *tag, const char *id)
{
	add_id(&j->pending, tag, id);
}

void cluster_journal_cancel(struct cluster_journal *j, const char *tag)
{
	add_note(&j->pending, "cancel", tag);
}

void cluster_journal_end(struct cluster_journal *j, const char *tag)
{
	add_note(&j->pending, "end", tag);
}

int cluster_journal_sync(struct cluster_journal *j, bool durable)
{
	int rc = 0;
	if (j->pending.len) {
		rc = fs_write_all(j->fd, j->pending.buf, j->pending.len);
		strbuf_reset(&j->pending);
	}
	if (rc == 0 && durable) {
		rc = fdatasync(j->fd);
	}
	return rc;
}
