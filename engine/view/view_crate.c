#include "view/view_crate.h"

#include "state/content.h"
#include "state/redact.h"
#include "view/crate_parts.h"
#include "view/out.h"

static void add_id(struct json_writer *j, const char *id)
{
	json_object(j);
	json_key_string(j, "@id", sv_from(id));
	json_end(j);
}

void crate_ref(struct json_writer *j, const char *key, const char *id)
{
	json_key(j, key);
	add_id(j, id);
}

void crate_refs_begin(struct crate_refs *refs, struct json_writer *j, const char *key)
{
	*refs = (struct crate_refs){.j = j, .key = key, .first = STRBUF_INIT};
}

void crate_refs_add(struct crate_refs *refs, const char *id)
{
	if (refs->n == 0) {
		strbuf_addstr(&refs->first, id);
	} else if (refs->n == 1) {
		json_key(refs->j, refs->key);
		json_array(refs->j);
		add_id(refs->j, refs->first.buf);
	}
	if (refs->n) {
		add_id(refs->j, id);
	}
	refs->n++;
}

void crate_refs_end(struct crate_refs *refs)
{
	if (refs->n == 1) {
		crate_ref(refs->j, refs->key, refs->first.buf);
	} else if (refs->n) {
		json_end(refs->j);
	}
	strbuf_release(&refs->first);
}

void crate_entity(struct crate *c, const char *id, const char *type)
{
	json_object(&c->j);
	json_key_string(&c->j, "@id", sv_from(id));
	json_key_string(&c->j, "@type", sv_from(type));
}

void crate_end(struct crate *c)
{
	json_end(&c->j);
	strbuf_addch(&c->out, '\n');
	if (c->rc == 0) {
		c->rc = flush(&c->out, c->to, FLUSH_AT);
	}
}

void crate_time(struct json_writer *j, const char *key, int64_t ns)
{
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;
	char date[64], text[80];
	if (ns > 0 && gmtime_r(&t, &tm) && strftime(date, sizeof(date), "%FT%T", &tm)) {
		snprintf(text, sizeof(text), "%s.%03d+00:00", date,
			(int)(ns / 1000000 % 1000));
		json_key_string(j, key, sv_from(text));
	}
}

/* --- files ------------------------------------------------------------------------------- */

/* What kind of file it is, by the end of its name; bytes, where that tells nothing. */
static const char *format_of(const char *path)
{
	static const char *const formats[][2] = {{".txt", "text/plain"},
		{".log", "text/plain"}, {".csv", "text/csv"},
		{".tsv", "text/tab-separated-values"}, {".json", "application/json"},
		{".yaml", "application/yaml"}, {".yml", "application/yaml"},
		{"Workflowfile", "application/yaml"}, {".html", "text/html"},
		{".svg", "image/svg+xml"}, {".png", "image/png"}, {".jpg", "image/jpeg"},
		{".jpeg", "image/jpeg"}, {".pdf", "application/pdf"},
		{".gz", "application/gzip"}, {".zip", "application/zip"},
		{".md", "text/markdown"}, {".py", "text/x-python"},
		{".sh", "application/x-sh"}, {".fa", "text/x-fasta"},
		{".fasta", "text/x-fasta"}};
	for (size_t i = 0; i < CW_ARRAY_LEN(formats); i++) {
		if (sv_ends(sv_from(path), sv_from(formats[i][0]))) {
			return formats[i][1];
		}
	}
	return "application/octet-stream";
}

static void add_description(struct crate *c, const struct crate_file *f)
{
	struct strbuf text = STRBUF_INIT, digest = STRBUF_INIT;
	if (f->caption) {
		strbuf_addstr(&text, f->caption);
	}
	const char *more = f->place == CRATE_CHANGED ? "changed since the run"
			   : f->place == CRATE_GONE  ? "removed after the run"
						     : "";
	if (*more) {
		strbuf_addf(&text, "%s%s", text.len ? "; " : "", more);
	}
	if (text.len) {
		json_key_string(&c->j, "description", strbuf_sv(&text));
	}
	content_text(f->content, &digest);
	if (f->content.kind != CONTENT_NONE && digest.len) {
		json_key_string(&c->j, "identifier", strbuf_sv(&digest));
	}
	strbuf_release(&text);
	strbuf_release(&digest);
}

/* What is told of a file in the crate's words; its entity is begun. */
static void add_file_facts(struct crate *c, const struct crate_file *f)
{
	struct json_writer *j = &c->j;
	const char *format = f->folder ? NULL : format_of(f->path);
	struct strbuf number = STRBUF_INIT;
	json_key_string(j, "name", sv_from(f->path));
	add_description(c, f);
	if (f->size >= 0) {
		strbuf_addu64(&number, (uint64_t)f->size);
		json_key_string(j, "contentSize", strbuf_sv(&number));
	}
	if (f->sha256[0]) {
		json_key_string(j, "sha256", sv_from(f->sha256));
	}
	if (format) {
		json_key_string(j, "encodingFormat", sv_from(format));
	}
	crate_time(j, "dateModified", f->mtime_ns);
	strbuf_release(&number);
}

static const char *parameter(struct crate *c, uint32_t rule, bool made)
{
	return arena_printf(&c->arena, "#rule/" SV_FMT "/%s",
		SV_ARG(intern_str(&c->rules, rule)), made ? "output" : "input");
}

/* The parameters that the file stood for. */
static void add_roles(struct crate *c, uint32_t file, size_t *at)
{
	const struct crate_file *f = &c->files.v[file];
	struct crate_refs refs;
	size_t end = *at;
	while (end < c->roles.n && c->roles.v[end].file == file) {
		end++;
	}
	crate_refs_begin(&refs, &c->j, "exampleOfWork");
	if (end > *at && (f->result || !f->made)) {
		crate_refs_add(&refs, f->result ? "#workflow/output" : "#workflow/input");
	}
	for (; *at < end; ++*at) {
		struct arena_mark mark = arena_mark(&c->arena);
		const struct crate_role *r = &c->roles.v[*at];
		crate_refs_add(&refs, parameter(c, r->rule, r->made));
		arena_pop(&c->arena, mark);
	}
	crate_refs_end(&refs);
}

void crate_add_files(struct crate *c)
{
	size_t role = 0;
	for (uint32_t i = 0; i < c->files.n && c->rc == 0; i++) {
		const struct crate_file *f = &c->files.v[i];
		if (i == c->workflow) {
			while (role < c->roles.n && c->roles.v[role].file == i) {
				role++;
			}
			continue; /* told by crate_add_workflow */
		}
		crate_entity(c, f->id, f->folder ? "Dataset" : "File");
		add_file_facts(c, f);
		add_roles(c, i, &role);
		crate_end(c);
	}
}

/* --- the crate itself ---------------------------------------------------------------------- */

static const char *const profiles[][3] = {
	{"https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"},
	{"https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"},
	{"https://w3id.org/ro/wfrun/provenance/0.5", "Provenance Run Crate", "0.5"},
	{"https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate",
		"1.0"}};

static void add_descriptor(struct crate *c)
{
	struct json_writer *j = &c->j;
	struct crate_refs refs;
	crate_entity(c, "ro-crate-metadata.json", "CreativeWork");
	crate_ref(j, "about", "./");
	crate_refs_begin(&refs, j, "conformsTo");
	crate_refs_add(&refs, "https://w3id.org/ro/crate/1.1");
	crate_refs_add(&refs, profiles[3][0]);
	crate_refs_end(&refs);
	crate_end(c);
	crate_entity(c, "ro-crate-preview.html", "CreativeWork");
	crate_ref(j, "about", "./");
	json_key_string(j, "name", SV("The run and its results as a page"));
	json_key_string(j, "encodingFormat", SV("text/html"));
	crate_end(c);
	for (size_t i = 0; i < CW_ARRAY_LEN(profiles); i++) {
		crate_entity(c, profiles[i][0], "CreativeWork");
		json_key_string(j, "name", sv_from(profiles[i][1]));
		json_key_string(j, "version", sv_from(profiles[i][2]));
		crate_end(c);
	}
}

/* Root: what it holds and tells of. The licence is for its publisher to state. */
static void add_root(struct crate *c)
{
	struct json_writer *j = &c->j;
	struct crate_refs refs;
	struct strbuf name = STRBUF_INIT;
	struct strview workdir = sv_from(c->o->workdir);
	const char *base = memrchr(workdir.p, '/', workdir.n);
	crate_entity(c, "./", "Dataset");
	strbuf_addf(&name, "A run of %s in %s",
		c->workflow == STATE_NONE ? "a workflow" : c->files.v[c->workflow].path,
		base && base[1] ? base + 1 : "/");
	json_key_string(j, "name", strbuf_sv(&name));
	json_key_string(j, "description",
		SV("What a workflow did when it last ran: its rules, each job with its command, "
		   "inputs and outputs, and the results."));
	crate_time(j, "datePublished", c->run.end_ns ? c->run.end_ns : c->run.begin_ns);
	crate_ref(j, "license", "#license");
	crate_ref(j, "author", "#agent");
	crate_refs_begin(&refs, j, "conformsTo");
	for (size_t i = 0; i < CW_ARRAY_LEN(profiles); i++) {
		crate_refs_add(&refs, profiles[i][0]);
	}
	crate_refs_end(&refs);
	if (c->workflow != STATE_NONE) {
		crate_ref(j, "mainEntity", c->files.v[c->workflow].id);
	}
	crate_refs_begin(&refs, j, "hasPart");
	for (uint32_t i = 0; i < c->files.n; i++) {
		crate_refs_add(&refs, c->files.v[i].id);
		c->rc = c->rc == 0 ? flush(&c->out, c->to, FLUSH_AT) : c->rc;
	}
	crate_refs_end(&refs);
	crate_refs_begin(&refs, j, "mentions");
	crate_refs_add(&refs, "#run");
	crate_refs_add(&refs, "#engine-run");
	for (uint32_t i = 0; i < c->run.bars.n; i++) {
		char id[32];
		snprintf(id, sizeof(id), "#job/%u", (unsigned)i + 1);
		crate_refs_add(&refs, id);
		c->rc = c->rc == 0 ? flush(&c->out, c->to, FLUSH_AT) : c->rc;
	}
	crate_refs_end(&refs);
	crate_end(c);
	strbuf_release(&name);
}

void crate_add_head(struct crate *c)
{
	struct json_writer *j = &c->j;
	add_descriptor(c);
	crate_entity(c, "#cwflow", "SoftwareApplication");
	json_key_string(j, "name", SV("cwflow"));
	json_key_string(j, "softwareVersion", c->row.engine);
	crate_end(c);
	add_root(c);
	crate_entity(c, "#license", "CreativeWork");
	json_key_string(j, "name", SV("No licence is stated"));
	json_key_string(j, "description",
		SV("Who publishes this crate states the licence of what it holds."));
	crate_end(c);
	crate_entity(c, "#agent", "Person");
	json_key_string(j, "name", c->row.user.n ? c->row.user : SV("unknown"));
	crate_end(c);
}

/* --- the workflow --------------------------------------------------------------------------- */

static void add_parameter(struct crate *c, const char *id, const char *name, bool folders)
{
	crate_entity(c, id, "FormalParameter");
	json_key_string(&c->j, "name", sv_from(name));
	json_key(&c->j, "additionalType");
	if (folders) {
		json_array(&c->j);
		json_string(&c->j, SV("File"));
		json_string(&c->j, SV("Dataset"));
		json_end(&c->j);
	} else {
		json_string(&c->j, SV("File"));
	}
	crate_end(c);
}

static bool has_folders(const struct crate *c)
{
	for (size_t i = 0; i < c->files.n; i++) {
		if (c->files.v[i].folder) {
			return true;
		}
	}
	return false;
}

/* Of the workflow and its rules: the commit, or what is in the file. */
static struct strview version_of(const struct crate *c)
{
	return c->row.commit.n ? c->row.commit : sv_from(c->files.v[c->workflow].sha256);
}

static void add_step(struct crate *c, uint32_t rule, bool folders)
{
	struct json_writer *j = &c->j;
	struct strview name = intern_str(&c->rules, rule);
	const struct rule *r = c->known.v[rule];
	struct crate_refs refs;
	const char *tool = arena_printf(&c->arena, "#rule/" SV_FMT, SV_ARG(name));
	crate_entity(
		c, arena_printf(&c->arena, "#step/" SV_FMT, SV_ARG(name)), "HowToStep");
	json_key_string(j, "name", name);
	crate_ref(j, "workExample", tool);
	crate_end(c);
	crate_entity(c, tool, "SoftwareApplication");
	json_key_string(j, "name", name);
	if (r && r->command_kind == RULE_SHELL) {
		struct strbuf text = STRBUF_INIT;
		strbuf_addsv(&text, r->command.t.text);
		redact_urls(&text);
		json_key_string(j, "description", strbuf_sv(&text));
		strbuf_release(&text);
	} else if (r && r->command_kind == RULE_SCRIPT) {
		json_key_string(j, "description", r->script.t.text);
	}
	struct strview version = version_of(c);
	if (version.n) {
		json_key_string(j, "softwareVersion", version);
	}
	crate_refs_begin(&refs, j, "input");
	if (c->uses.v[rule]) {
		crate_refs_add(&refs, parameter(c, rule, false));
	}
	crate_add_rule_param_refs(c, &refs, name);
	crate_refs_end(&refs);
	if (c->makes.v[rule]) {
		crate_ref(j, "output", parameter(c, rule, true));
	}
	crate_end(c);
	if (c->uses.v[rule]) {
		add_parameter(c, parameter(c, rule, false), "input", folders);
	}
	if (c->makes.v[rule]) {
		add_parameter(c, parameter(c, rule, true), "output", folders);
	}
	crate_add_rule_params(c, name);
}

static void add_rule_refs(struct crate *c, const char *key, const char *what)
{
	struct crate_refs refs;
	crate_refs_begin(&refs, &c->j, key);
	for (uint32_t i = 0; i < c->rules.count; i++) {
		struct arena_mark mark = arena_mark(&c->arena);
		crate_refs_add(&refs, arena_printf(&c->arena, "#%s/" SV_FMT, what,
					      SV_ARG(intern_str(&c->rules, i))));
		arena_pop(&c->arena, mark);
	}
	crate_refs_end(&refs);
}

void crate_add_workflow(struct crate *c)
{
	struct json_writer *j = &c->j;
	if (c->workflow == STATE_NONE) {
		return;
	}
	const struct crate_file *f = &c->files.v[c->workflow];
	bool folders = has_folders(c);
	json_object(j);
	json_key_string(j, "@id", sv_from(f->id));
	json_key(j, "@type");
	json_array(j);
	static const char *const types[] = {
		"File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"};
	for (size_t i = 0; i < CW_ARRAY_LEN(types); i++) {
		json_string(j, sv_from(types[i]));
	}
	json_end(j);
	add_file_facts(c, f);
	crate_ref(j, "programmingLanguage", "#language");
	crate_ref(j, "conformsTo",
		"https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE");
	json_key_string(
		j, "version", c->row.commit.n ? c->row.commit : sv_from(f->sha256));
	if (c->row.remote.n) {
		json_key_string(j, "codeRepository", c->row.remote);
	}
	crate_ref(j, "input", "#workflow/input");
	crate_ref(j, "output", "#workflow/output");
	add_rule_refs(c, "hasPart", "rule");
	add_rule_refs(c, "step", "step");
	crate_end(c);
	crate_entity(c, "#language", "ComputerLanguage");
	json_key_string(j, "name", SV("cwflow Workflowfile"));
	json_key_string(j, "version", c->row.engine);
	crate_end(c);
	add_parameter(c, "#workflow/input", "input", folders);
	add_parameter(c, "#workflow/output", "output", folders);
	for (uint32_t i = 0; i < c->rules.count; i++) {
		add_step(c, i, folders);
	}
}

/* --- all of it -------------------------------------------------------------------------------- */

static void keep_row(struct crate *c)
{
	if (state_run(c->s, c->run.last, &c->row) <= 0) {
		c->row = (struct row_run){.status = -1, .dirty = -1};
	}
	struct strview *texts[] = {&c->row.engine, &c->row.host, &c->row.user,
		&c->row.arguments, &c->row.workflow, &c->row.commit, &c->row.remote,
		&c->row.modules};
	for (size_t i = 0; i < CW_ARRAY_LEN(texts); i++) {
		*texts[i] = arena_sv(&c->arena, *texts[i]);
	}
}

static void write_crate(struct crate *c)
{
	struct json_writer *j = &c->j;
	json_init(j, &c->out);
	json_object(j);
	json_key(j, "@context");
	json_array(j);
	json_string(j, SV("https://w3id.org/ro/crate/1.1/context"));
	json_string(j, SV("https://w3id.org/ro/terms/workflow-run/context"));
	json_end(j);
	json_key(j, "@graph");
	json_array(j);
	crate_add_head(c);
	crate_add_run(c);
	crate_gather_roles(c);
	crate_add_workflow(c);
	crate_add_files(c);
	json_end(j);
	json_end(j);
	strbuf_addch(&c->out, '\n');
	c->rc = c->rc == 0 ? flush(&c->out, c->to, 0) : c->rc;
}

int view_crate(
	struct plan *p, struct state *s, const struct view_crate_options *o, FILE *to)
{
	struct crate c = {.p = p, .s = s, .o = o, .to = to, .workflow = STATE_NONE};
	int rc = last_run_find(&c.run, s);
	arena_init(&c.arena);
	intern_init(&c.rules);
	intern_init(&c.params);
	strbuf_init(&c.out);
	if (rc == 0) {
		c.rule_of = xcalloc(c.run.bars.n + 1, sizeof(*c.rule_of));
		keep_row(&c);
		rc = crate_gather(&c);
	}
	if (rc == 0) {
		write_crate(&c);
		rc = c.rc;
	}
	last_run_release(&c.run);
	vec_release(&c.files);
	vec_release(&c.file_of);
	vec_release(&c.roles);
	vec_release(&c.uses);
	vec_release(&c.makes);
	vec_release(&c.known);
	strbuf_release(&c.out);
	intern_release(&c.rules);
	intern_release(&c.params);
	arena_release(&c.arena);
	free(c.rule_of);
	return rc;
}
