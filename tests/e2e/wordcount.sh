#!/bin/sh
# The word-count example as its page walks through it: run, nothing to do, one text touched,
# clear; and real books byte for byte where the reference data are at hand.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
fail()
{
	echo "FAILED: $*" >&2
	exit 1
}

cp "$SOURCE/examples/wordcount/Workflowfile" "$box"
cd "$box"
echo "== the plan"
cwflow -n -q --config texts=5 >plan
cat plan
printf 'make_text 5\ncount_words 5\nzipf_test 1\nall 1\ntotal 12\n' | cmp - plan
[ "$(find . -type f | LC_ALL=C sort | tr '\n' ' ')" = "./Workflowfile ./plan " ] ||
	fail "a dry run left files"

echo "== the run"
cwflow -j 4 -q --config texts=5
[ "$(wc -l <results/results.csv)" = 6 ] || fail "the table has no line for each text"
cp results/results.csv "$box/first.csv"
cwflow -j 4 --config texts=5 2>&1 | tee again
[ "$(cat again)" = "nothing to be done" ] || fail "the second run did something"
cwflow -n --config texts=5 | grep -qx "nothing to be done" || fail "-n wants something"

echo "== a shelf of one's own; one text changed: its count and the table"
cp -r corpus shelf
set -- --config books=shelf
cwflow -j 4 -q "$@"
cp results/results.csv first.csv
sleep 0.01
touch shelf/book02.txt
cwflow "$@" 2>&1 | grep -qx "nothing to be done" || fail "the same bytes, counted again"
yes zebra | head -n 5000 >>shelf/book03.txt
cwflow -n -q "$@" >plan
cat plan
grep -qx 'count_words 1' plan || fail "not exactly one count"
grep -q '^make_text' plan && fail "somebody else's text would be made"
cwflow -j 2 "$@" 2>&1 | tee again
[ "$(grep -c '^\[.*\(count_words\|counting\)' again)" = 1 ] || fail "not exactly one count was made"
[ "$(grep -c '^\[.*\(zipf_test\|testing\)' again)" = 1 ] || fail "the table was not made"
cmp -s results/results.csv first.csv && fail "the table is the old one"
cwflow "$@" 2>&1 | grep -qx "nothing to be done" || fail "the third run did something"
cwflow -j 4 -q --config texts=5

echo "== pictures"
cwflow --dag --config texts=5 >dag.dot
head -n 1 dag.dot | grep -q '^digraph' || fail "--dag prints something else than DOT"
[ "$(grep -c 'label' dag.dot)" = 12 ] || fail "not a box a job"
if command -v dot >/dev/null; then
	dot -Tpng -o dag.png dag.dot
fi
cwflow --rulegraph --config texts=5 | grep -q zipf_test || fail "--rulegraph"

echo "== clear"
mkdir keep processed_data/mine
echo precious >keep/me
cwflow --delete-all-output -n --config texts=5 >would
[ -e results/results.csv ] || fail "-n removed something"
cwflow -j 1 --delete-all-output -q --config texts=5
[ ! -e results ] || fail "the results are still there"
[ ! -e corpus ] || fail "the emptied folder is still there"
[ -d processed_data/mine ] || fail "a folder of somebody else is gone"
[ -f keep/me ] || fail "a file of somebody else is gone"

echo "== a text that cannot be read: the others are counted with -k"
mkdir broken
echo "fine" >broken/fine.txt
printf 'not \377 text' >broken/noise.txt
if cwflow -j 2 -k --config books=broken 2>err; then
	fail "a failed job went unnoticed"
fi
grep -q 'noise' err || fail "the failure does not name the job"
[ -s processed_data/fine.dat ] || fail "-k did not go on"
[ ! -e processed_data/noise.dat ] || fail "half a result is left"

if [ -n "${CWFLOW_TEST_DATA:-}" ]; then
	echo "== real books"
	rm -rf processed_data results
	cwflow -j 4 -q --config "books=$CWFLOW_TEST_DATA/books"
	for dat in "$CWFLOW_TEST_DATA"/books_expected/dat/*.dat; do
		cmp "$dat" "processed_data/$(basename "$dat")"
	done
	cmp "$CWFLOW_TEST_DATA/books_expected/zipf10.csv" results/results.csv
	cwflow -j 4 --config "books=$CWFLOW_TEST_DATA/books" 2>&1 |
		grep -qx "nothing to be done" || fail "the second run did something"
else
	echo "== real books: skipped, CWFLOW_TEST_DATA is not set"
fi
echo "ok"
