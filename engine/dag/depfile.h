/* Dependency files as compilers write them for Make: "out.o: a.c a.h \". */
#ifndef CW_DAG_DEPFILE_H
#define CW_DAG_DEPFILE_H

#include "base/strbuf.h"
#include "base/vec.h"

struct depfile {
	struct strbuf text;
	VEC(struct strview) paths; /* what stands behind colons, in order; into `text` */
};

void depfile_init(struct depfile *d);
void depfile_release(struct depfile *d);

/* Reads a file; one that is not there, or no such file, gives no paths. */
void depfile_read(struct depfile *d, const char *path);

/* The same of a text. */
void depfile_parse(struct depfile *d, struct strview text);

#endif
