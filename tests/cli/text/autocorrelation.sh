PATH=$TOOLS:$PATH
put book.txt "a b a c a b a c b a"
wordcount book.txt book.dat
run autocorrelation --words 2 --timesteps 4 book.txt book.dat -
autocorrelation -w 2 -t 4 book.txt book.dat out.csv | sed 's/[0-9.]* s /N s /'
cat out.csv
make_corpus --books 1 --words 60000 .
wordcount book01.txt book01.dat
autocorrelation book01.txt book01.dat 1.csv >/dev/null
for j in 2 3 8; do
	autocorrelation -j $j book01.txt book01.dat $j.csv >/dev/null
	cmp 1.csv $j.csv
done
cat book01.txt | autocorrelation - book01.dat - 2>/dev/null | cmp - 1.csv
