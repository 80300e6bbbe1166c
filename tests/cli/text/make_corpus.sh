PATH=$TOOLS:$PATH
run make_corpus --books 3 --words 200 --seed 5 some/books
run files some
make_corpus -b 3 -w 200 -s 5 again
cmp some/books/book02.txt again/book02.txt
make_corpus --books 1 --words 200 --seed 6 other
cmp -s some/books/book01.txt other/book01.txt && echo "same for another seed"
for book in again/*; do tr -s ' \n' '\n\n' <"$book" | grep -c .; done
make_corpus --books 100 --words 5 many
ls many | head -1
run make_corpus
run make_corpus --books 0 x
run make_corpus --words many x
run make_corpus --books 1 /dev/null/x
