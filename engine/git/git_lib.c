#include "git/git_lib.h"

#include <dlfcn.h>

#include "base/xalloc.h"

/* The name that a program linked with these headers would ask for. */
static const char soname[] = "libgit2.so." LIBGIT2_SOVERSION;

struct entry {
	const char *name;
	size_t offset;
};

#define ENTRY(f) {#f, offsetof(struct git_lib, f)},
static const struct entry entries[] = {GIT_LIB_EACH(ENTRY)};
#undef ENTRY

static int fill(struct git_lib *lib, void *handle)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(entries); i++) {
		void *f = dlsym(handle, entries[i].name);
		if (!f) {
			return -1;
		}
		memcpy((char *)lib + entries[i].offset, &f, sizeof(f));
	}
	return 0;
}

struct git_lib *git_lib_new(struct strbuf *error)
{
	/* NODELETE: libraries below it leave functions behind that run at exit. */
	void *handle = dlopen(soname, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	struct git_lib *lib = handle ? xcalloc(1, sizeof(*lib)) : NULL;
	if (!lib || fill(lib, handle) != 0 || lib->git_libgit2_init() < 0) {
		const char *why = lib ? NULL : dlerror();
		if (error) {
			strbuf_addf(error, "git needs %s, which cannot be loaded%s%s",
				soname, why ? ": " : "", why ? why : "");
		}
		free(lib);
		return NULL;
	}
	return lib;
}

void git_lib_free(struct git_lib *lib)
{
	if (lib) {
		lib->git_libgit2_shutdown();
		free(lib);
	}
}
