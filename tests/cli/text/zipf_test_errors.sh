PATH=$TOOLS:$PATH
put a.dat "$(printf 'the 5 50.0\nof three 30.0')"
put b.dat "$(printf 'the 5 50.0\n\nof 3')"
put c.dat "the 5 fifty"
put e.dat "the 0 0.0"
run zipf_test 2
run zipf_test 0 a.dat
run zipf_test two a.dat
run zipf_test 2 a.dat
run zipf_test 2 b.dat
run zipf_test 2 c.dat
run zipf_test 2 e.dat
run zipf_test -o table.csv 2 a.dat
run zipf_test 2 none.dat
files
