/* The parts of --crate and what they share. Private to the room. */
#ifndef CW_VIEW_CRATE_PARTS_H
#define CW_VIEW_CRATE_PARTS_H

#include "base/hashmap.h"
#include "base/intern.h"
#include "base/json_writer.h"
#include "view/last_run.h"
#include "view/view_crate.h"

enum crate_place {
	CRATE_COPIED,  /* lies in the crate under its name */
	CRATE_LEFT,    /* stayed where it is: large, a folder, an intermediate result */
	CRATE_CHANGED, /* is not what it was in the run any more */
	CRATE_GONE     /* is not there any more: temporary */
};

struct crate_file {
	const char *path; /* as the run knew it; lives in `arena` */
	const char *id;   /* its URI: relative in the crate, "file:" outside */
	enum crate_place place;
	int64_t size; /* bytes, or -1 */
	int64_t mtime_ns;
	char sha256[65]; /* or "" */
	struct content content;
	const char *caption; /* or NULL */
	uint32_t job;        /* its job of the graph, or DAG_NONE */
	bool folder, workflow;
	bool made, used; /* by a job of the run */
	bool result;     /* asked for, or made and used by none */
};

/* That a job of a rule made the file, or used it. */
struct crate_role {
	uint32_t file, rule;
	bool made;
};

struct crate {
	struct plan *p;
	struct state *s;
	const struct view_crate_options *o;
	struct last_run run;
	struct row_run row; /* texts in `arena` */
	struct arena arena;
	struct intern rules;            /* of the jobs of the run, by name */
	VEC(const struct rule *) known; /* of the workflow, by these; NULL: it is gone */
	struct intern params;           /* "RULE/NAME" of params that jobs had */
	uint32_t *rule_of;              /* by bar */
	VEC(struct crate_file) files;
	VEC(uint32_t) file_of;        /* by file id of the state: number in `files` */
	VEC(struct crate_role) roles; /* by file, then by rule; each once */
	VEC(uint8_t) uses, makes;     /* by rule: it has jobs with inputs, with outputs */
	uint32_t workflow;            /* number of the main file in `files` */
	int64_t copied;               /* bytes */
	struct strbuf out;
	struct json_writer j;
	FILE *to;
	int rc;
};

/* Lists the files of the run and of the workflow, copies those that are to be in the crate.
 * 0, or -1 with errno. */
int crate_gather(struct crate *c);

/* Notes who made and used what, once rule_of is known. */
void crate_gather_roles(struct crate *c);

/* A path as a URI: bytes that mean something there are escaped. */
void crate_add_uri(struct strbuf *sb, struct strview path);

/* "key": {"@id": id}. */
void crate_ref(struct json_writer *j, const char *key, const char *id);

/* "key": of none nothing, of one the reference itself, of more an array. */
struct crate_refs {
	struct json_writer *j;
	const char *key;
	struct strbuf first;
	uint64_t n;
};
void crate_refs_begin(struct crate_refs *refs, struct json_writer *j, const char *key);
void crate_refs_add(struct crate_refs *refs, const char *id);
void crate_refs_end(struct crate_refs *refs);

/* Begins an entity; json_end ends it. */
void crate_entity(struct crate *c, const char *id, const char *type);
void crate_end(struct crate *c);

/* "2024-05-01T12:00:00.123+00:00"; nothing where it is not known. */
void crate_time(struct json_writer *j, const char *key, int64_t ns);

/* The params in a record's text, one by one: names, and values of a line or several.
 * Settings, whose names begin with a point, are passed over; what looks like a name and is
 * none of the rule (NULL: it is gone) is a part of a value. Goes on to the end. */
struct crate_params {
	const struct rule *rule;
	struct strview text;
	struct hashmap seen;
};
void crate_params_begin(
	struct crate_params *p, const struct rule *rule, struct strview text);
bool crate_params_next(
	struct crate_params *p, struct strview *ret_name, struct strview *ret_value);

/* References to the params of a bar's job, and then these themselves. */
void crate_add_param_refs(struct crate *c, struct crate_refs *refs, uint32_t bar,
	const struct row_job *row);
void crate_add_params(struct crate *c, uint32_t bar, const struct row_job *row);

/* The same of the parameters of a rule. */
void crate_add_rule_param_refs(
	struct crate *c, struct crate_refs *refs, struct strview rule);
void crate_add_rule_params(struct crate *c, struct strview rule);

/* The entities, in parts. */
void crate_add_head(struct crate *c);
void crate_add_run(struct crate *c);
void crate_add_workflow(struct crate *c);
void crate_add_files(struct crate *c);

#endif
