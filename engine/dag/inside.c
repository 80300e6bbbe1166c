/*
 * Files in folders that rules make. Such a file is an input like any, with its own stamp;
 * it can be made when its folder can, and its maker is the folder's. It is no product:
 * nobody says that it will be there.
 */
#include "dag/builder.h"

void inside_add(struct builder *b, uint32_t file, uint32_t folder)
{
	uint32_t at = (uint32_t)b->inside.n;
	hashmap_set(&b->folder_of, file, folder);
	uint32_t next = hashmap_set(&b->first_inside, folder, at);
	vec_push(&b->inside,
		(struct inside){file, folder, next == HASHMAP_NONE ? DAG_NONE : next});
}

uint32_t inside_folder(const struct builder *b, uint32_t file)
{
	if (!b->inside.n) {
		return DAG_NONE;
	}
	uint32_t folder = hashmap_get(&b->folder_of, file);
	return folder == HASHMAP_NONE ? DAG_NONE : folder;
}

void inside_settle(struct builder *b)
{
	struct dag *d = b->d;
	d->has_inside = b->inside.n > 0;
	for (size_t i = 0; i < b->inside.n; i++) {
		struct inside in = b->inside.v[i];
		if (d->file_flags[in.file] & FILE_NEEDED &&
			d->file_flags[in.folder] & FILE_ADOPTED) {
			vec_push(&d->inside, (struct dag_inside){in.file, in.folder});
		} else if (d->file_flags[in.file] & FILE_NEEDED) {
			d->producer[in.file] = d->producer[in.folder];
		}
	}
}
