# The reference autocorrelations of real books, byte for byte.
PATH=$TOOLS:$PATH
need_data
expected=$DATA/books_expected
for book in "$DATA"/books/*.txt; do
	name=$(basename "$book" .txt)
	for j in 1 2 5; do
		autocorrelation -j $j "$book" "$expected/dat/$name.dat" out.csv >/dev/null &&
			cmp out.csv "$expected/acf/$name.csv"
	done
done
echo compared
