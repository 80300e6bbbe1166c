/* A fresh folder for one test, entered; removed with all it holds afterwards. */
#ifndef CW_TESTS_SANDBOX_H
#define CW_TESTS_SANDBOX_H

/* cmocka setup and teardown; *state is the folder's absolute path. */
int sandbox_enter(void **state);
int sandbox_leave(void **state);

/* Writes `text` into the file `path`, or reads it (returns owned; NULL: not there). */
void sandbox_write(const char *path, const char *text);
char *sandbox_read(const char *path);

/* The text of a file is `expected`; NULL: it is not there. */
void sandbox_assert(const char *path, const char *expected);

#endif
