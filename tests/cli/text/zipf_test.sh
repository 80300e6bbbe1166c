PATH=$TOOLS:$PATH
put d/isles.dat "$(printf 'the 5 50.0\nof 3 30.0\nand 2 20.0')"
put d/abyss.dat "$(printf 'a 1 50.0\nb 1 50.0')"
put d/unsorted.dat "$(printf 'a 1 25.0\nb 3 75.0')"
put d/empty.dat ""
run zipf_test 2 d/isles.dat d/abyss.dat d/unsorted.dat
run zipf_test 3 d/isles.dat d/abyss.dat d/empty.dat
run zipf_test --fit 3 d/isles.dat d/abyss.dat d/empty.dat
run zipf_test -o table.csv 1 d/isles.dat
run cat table.csv
