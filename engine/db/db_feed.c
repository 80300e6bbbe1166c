/* A feed is a virtual table of SQLite's, read from the first row to the last, once. */
#include "db/db_feed.h"

#include <sqlite3.h>

#include "base/xalloc.h"

static const char module_name[] = "cw_feed";

struct feed_table {
	sqlite3_vtab base;
	const struct db_feed *feed;
};

struct feed_cursor {
	sqlite3_vtab_cursor base;
	const struct db_feed *feed;
	uint64_t row;
	struct db_cell cell[DB_FEED_COLUMNS];
};

/* "(c0,c1)" */
static void add_columns(struct strbuf *sql, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		strbuf_addf(sql, "%sc%u", i ? "," : "(", (unsigned)i);
	}
	strbuf_addch(sql, ')');
}

static int feed_connect(sqlite3 *handle, void *feed, int argc, const char *const *argv,
	sqlite3_vtab **ret, char **ret_error)
{
	struct feed_table *table;
	struct strbuf sql = STRBUF_INIT;
	int code;

	(void)argc;
	(void)argv;
	(void)ret_error;
	strbuf_addstr(&sql, "CREATE TABLE feed");
	add_columns(&sql, ((const struct db_feed *)feed)->columns);
	code = sqlite3_declare_vtab(handle, sql.buf);
	strbuf_release(&sql);
	if (code != SQLITE_OK) {
		return code;
	}
	table = xcalloc(1, sizeof(*table));
	table->feed = feed;
	*ret = &table->base;
	return SQLITE_OK;
}

static int feed_disconnect(sqlite3_vtab *base)
{
	free((struct feed_table *)base);
	return SQLITE_OK;
}

static int feed_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
	(void)base;
	info->estimatedCost = 1;
	return SQLITE_OK;
}

static int feed_open(sqlite3_vtab *base, sqlite3_vtab_cursor **ret)
{
	struct feed_cursor *cursor = xcalloc(1, sizeof(*cursor));

	cursor->feed = ((struct feed_table *)base)->feed;
	*ret = &cursor->base;
	return SQLITE_OK;
}

static int feed_close(sqlite3_vtab_cursor *base)
{
	free((struct feed_cursor *)base);
	return SQLITE_OK;
}

static void fill_row(struct feed_cursor *cursor)
{
	if (cursor->row < cursor->feed->rows) {
		cursor->feed->next(cursor->feed->state, cursor->cell);
	}
}

static int feed_filter(sqlite3_vtab_cursor *base, int index, const char *text, int argc,
	sqlite3_value **argv)
{
	struct feed_cursor *cursor = (struct feed_cursor *)base;

	(void)index;
	(void)text;
	(void)argc;
	(void)argv;
	cursor->row = 0;
	fill_row(cursor);
	return SQLITE_OK;
}

static int feed_next(sqlite3_vtab_cursor *base)
{
	struct feed_cursor *cursor = (struct feed_cursor *)base;

	cursor->row++;
	fill_row(cursor);
	return SQLITE_OK;
}

static int feed_eof(sqlite3_vtab_cursor *base)
{
	const struct feed_cursor *cursor = (const struct feed_cursor *)base;

	return cursor->row >= cursor->feed->rows;
}

static int feed_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
	const struct feed_cursor *cursor = (const struct feed_cursor *)base;
	const struct db_cell *cell = &cursor->cell[column];

	switch (cell->kind) {
	case DB_CELL_NULL:
		break;
	case DB_CELL_INT:
		sqlite3_result_int64(context, cell->i);
		break;
	case DB_CELL_DOUBLE:
		sqlite3_result_double(context, cell->d);
		break;
	case DB_CELL_TEXT:
		sqlite3_result_text64(context, cell->bytes.p, cell->bytes.n,
			SQLITE_STATIC, SQLITE_UTF8);
		break;
	case DB_CELL_BLOB:
		sqlite3_result_blob64(
			context, cell->bytes.p, cell->bytes.n, SQLITE_STATIC);
		break;
	}
	return SQLITE_OK;
}

static int feed_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)((const struct feed_cursor *)base)->row;
	return SQLITE_OK;
}

/* Without xCreate: a table that is there under the module's name. */
static const sqlite3_module module = {
	.xConnect = feed_connect,
	.xBestIndex = feed_best_index,
	.xDisconnect = feed_disconnect,
	.xOpen = feed_open,
	.xClose = feed_close,
	.xFilter = feed_filter,
	.xNext = feed_next,
	.xEof = feed_eof,
	.xColumn = feed_column,
	.xRowid = feed_rowid,
};

int db_feed(struct db *db, const struct db_feed *feed)
{
	struct db_feed own = *feed;
	char *sql = xasprintf("INSERT%s INTO %s SELECT * FROM %s",
		feed->rolls_back ? " OR ROLLBACK" : "", feed->into, module_name);
	int status, code;

	cw_assert(feed->columns >= 1 && feed->columns <= DB_FEED_COLUMNS);
	code = sqlite3_create_module_v2(db->handle, module_name, &module, &own, NULL);
	if (code == SQLITE_NOMEM) {
		out_of_memory(0);
	}
	status = db_exec(db, sql);
	sqlite3_create_module_v2(db->handle, module_name, NULL, NULL, NULL);
	free(sql);
	return status;
}
