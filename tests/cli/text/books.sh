# The reference counts and tables of real books, byte for byte.
PATH=$TOOLS:$PATH
need_data
expected=$DATA/books_expected
for book in "$DATA"/books/*.txt; do
	name=$(basename "$book" .txt)
	wordcount "$book" "$name.dat" && cmp "$name.dat" "$expected/dat/$name.dat"
	if [ -f "$expected/dat_minlen5/$name.dat" ]; then
		wordcount "$book" - 5 | cmp - "$expected/dat_minlen5/$name.dat"
	fi
done
wordcount "$expected/unicode.txt" - | cmp - "$expected/unicode.dat"
LC_ALL=C zipf_test 10 pg*.dat | cmp - "$expected/zipf10.csv"
LC_ALL=C zipf_test 3 pg*.dat | cmp - "$expected/zipf3.csv"
echo compared
