#include "abc/block.h"

void block_init(struct block *b, uint64_t first, uint64_t count, size_t stride)
{
	*b = (struct block){.first = first, .count = count, .stride = stride};
}

void block_release(struct block *b)
{
	vec_release(&b->rec);
	vec_release(&b->num);
	free(b->message);
	b->message = NULL;
}

double *block_add(struct block *b, struct record r)
{
	vec_push(&b->rec, r);
	vec_reserve(&b->num, b->stride);
	memset(b->num.v + b->num.n, 0, b->stride * sizeof(double));
	b->num.n += b->stride;
	return b->num.v + b->num.n - b->stride;
}

void block_note(struct block *b, uint64_t id, const char *message)
{
	if (b->message && b->message_id <= id) {
		return;
	}
	free(b->message);
	b->message = xstrdup(message);
	b->message_id = id;
}

void block_write(const struct block *b, struct strbuf *out)
{
	wire_put_u64(out, b->first);
	wire_put_u64(out, b->count);
	wire_put_u64(out, b->n_eval);
	wire_put_u64(out, b->message_id);
	wire_put_text(out, b->message);
	wire_put_u64(out, b->rec.n);
	if (b->rec.n) {
		wire_put(out, b->rec.v, b->rec.n * sizeof(*b->rec.v));
		wire_put(out, b->num.v, b->num.n * sizeof(*b->num.v));
	}
}

int block_read(struct block *b, struct wire_reader *r, size_t stride)
{
	size_t n;

	block_init(b, wire_get_u64(r), 0, stride);
	b->count = wire_get_u64(r);
	b->n_eval = wire_get_u64(r);
	b->message_id = wire_get_u64(r);
	b->message = wire_get_text(r);
	n = wire_get_count(r, sizeof(struct record) + stride * sizeof(double));
	if (n) {
		vec_reserve(&b->rec, n);
		vec_reserve(&b->num, n * stride + 1);
		wire_get(r, b->rec.v, n * sizeof(*b->rec.v));
		wire_get(r, b->num.v, n * stride * sizeof(double));
		b->rec.n = n;
		b->num.n = n * stride;
	}
	if (r->bad || b->first + b->count < b->first) {
		block_release(b);
		return -1;
	}
	return 0;
}
