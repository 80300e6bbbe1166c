#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "exec/cluster_status.h"

static void id_is(const char *printed, const char *pattern, const char *wanted)
{
	struct strbuf id = STRBUF_INIT;
	int rc = cluster_id_find(sv_from(printed), pattern, &id);
	if (wanted) {
		if (rc != 0) {
			fail_msg("no id in: %s", printed);
		}
		assert_string_equal(id.buf, wanted);
	} else {
		assert_int_equal(rc, -1);
	}
	strbuf_release(&id);
}

static void ids_of_all_schedulers(void **state)
{
	(void)state;
	id_is("123\n", NULL, "123");
	id_is("123;cluster\n", NULL, "123");
	id_is("Submitted batch job 4711\n", NULL, "4711");
	id_is("Your job 17 (\"count.c1-2\") has been submitted\n", NULL, "17");
	id_is("Your job-array 3.1-6:2 (\"x\") has been submitted\n", NULL, "3");
	id_is("3.1-6:2\n", NULL, "3");
	id_is("1234.server.example.org\n", NULL, "1234.server.example.org");
	id_is("1234[].server\n", NULL, "1234[].server");
	id_is("Job <99> is submitted to queue <normal>.\n", NULL, "99");
	id_is("12.0 - 12.0\n", "^([0-9]+)[.]", "12");
	id_is("J-abc_7\n", NULL, "J-abc_7");
}

static void banners_are_not_ids(void **state)
{
	(void)state;
	id_is("Welcome to cluster 2!\nMaintenance on 2026-12-24.\n815\n", NULL, "815");
	id_is("Note 1: read the rules\nSubmitted batch job 5\n", NULL, "5");
	id_is("sbatch: lua: rewritten to queue 3\n77;main\n", NULL, "77");
	id_is("hello 3\nid=42 ok\n", "id=([0-9]+)", "42");
	id_is("hello 3\nid=42 ok\n", "id=[0-9]+", NULL); /* "=" has no place in an id */
	id_is("hello 3\nx42 ok\n", "x[0-9]+", "x42");
}

static void what_is_no_id_is_refused(void **state)
{
	(void)state;
	id_is("", NULL, NULL);
	id_is("\n\n", NULL, NULL);
	id_is("-rf\n", NULL, NULL);
	id_is("$(reboot)\n", NULL, NULL);
	id_is("it did not work\n", NULL, NULL);
	id_is("42\n", "id=([0-9]+)", NULL);
	id_is("42\n", "((", NULL); /* no expression */
	assert_false(cluster_id_is_good(SV("1 2")));
	assert_false(cluster_id_is_good(SV("1;reboot")));
	assert_false(cluster_id_is_good(SV("../x")));
	assert_false(cluster_id_is_good(SV("1\n")));
	assert_true(cluster_id_is_good(SV("5_[3-5]")));
}

static void lines_of_states(void **state)
{
	(void)state;
	struct strview text = SV("12 RUNNING\n\n 13|FAILED|1:0 \n"
				 "14 F 0:9 name=a.c1-2 reason=Node fail, n3\nsuccess");
	struct status_line line;
	assert_true(status_line_next(&text, &line));
	assert_true(sv_eq_str(line.id, "12"));
	assert_true(sv_eq_str(line.state, "RUNNING"));
	assert_int_equal(line.exit, -1);
	assert_true(status_line_next(&text, &line));
	assert_true(sv_eq_str(line.id, "13"));
	assert_int_equal(line.exit, 1);
	assert_true(status_line_next(&text, &line));
	assert_int_equal(line.exit, 137);
	assert_true(sv_eq_str(line.name, "a.c1-2"));
	assert_true(sv_eq_str(line.reason, "Node fail, n3"));
	assert_true(status_line_next(&text, &line));
	assert_int_equal(line.id.n, 0);
	assert_true(sv_eq_str(line.state, "success"));
	assert_false(status_line_next(&text, &line));
}

static void words_have_meanings(void **state)
{
	(void)state;
	struct state_map m = {0};
	vec_push(&m.words, (struct state_word){"BadConstraints", CLUSTER_STUCK});
	vec_push(&m.words, (struct state_word){"CANCELLED*", CLUSTER_FAILED});
	vec_push(&m.words, (struct state_word){"PENDING", CLUSTER_WAITING});
	struct strview none = SV("");
	assert_int_equal(state_map_look(&m, SV("PENDING"), none), CLUSTER_WAITING);
	assert_int_equal(
		state_map_look(&m, SV("PENDING"), SV("BadConstraints")), CLUSTER_STUCK);
	assert_int_equal(state_map_look(&m, SV("CANCELLED+"), none), CLUSTER_FAILED);
	assert_int_equal(state_map_look(&m, SV("success"), none), CLUSTER_SUCCESS);
	assert_int_equal(state_map_look(&m, SV("Running"), none), CLUSTER_RUNNING);
	assert_int_equal(state_map_look(&m, SV("ODD"), none), CLUSTER_UNKNOWN);
	assert_int_equal(state_map_look(&m, none, none), CLUSTER_UNKNOWN);
	vec_release(&m.words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_of_all_schedulers),
		cmocka_unit_test(banners_are_not_ids),
		cmocka_unit_test(what_is_no_id_is_refused),
		cmocka_unit_test(lines_of_states),
		cmocka_unit_test(words_have_meanings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
