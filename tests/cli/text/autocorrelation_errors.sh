PATH=$TOOLS:$PATH
put book.txt "one two two three three three"
: >empty.txt
wordcount book.txt book.dat
run autocorrelation book.txt book.dat
run autocorrelation book.txt book.dat out.csv
run autocorrelation -w 3 empty.txt book.dat out.csv
put other.txt "two"
run autocorrelation -w 3 other.txt book.dat out.csv
put bad.dat "$(printf 'three 3 50.0\ntwo 2x 33.3')"
run autocorrelation -w 2 book.txt bad.dat out.csv
put twice.dat "$(printf 'three 3 50.0\nthree 3 50.0')"
run autocorrelation -w 2 book.txt twice.dat out.csv
run autocorrelation -w 3 none.txt book.dat out.csv
run autocorrelation -w 3 book.txt none.dat out.csv
run autocorrelation -w 0 book.txt book.dat out.csv
run autocorrelation -j none book.txt book.dat out.csv
run autocorrelation -w 3 book.txt book.dat none/out.csv
make_corpus --books 1 --words 60000 .
printf 'x\n\xc0' >>book01.txt
run autocorrelation -w 3 -j 4 book01.txt book.dat out.csv
files
