PATH=$TOOLS:$PATH
run wordcount
run wordcount book.txt
run wordcount a b c d
run wordcount --lenght book.txt out
run wordcount -q book.txt out
run wordcount book.txt out five
run wordcount book.txt out -- -1
run wordcount none.txt out
run wordcount . out
put book.txt "well"
printf 'line\nline \xc3\xa9\n bad \xff' >bad.txt
run wordcount bad.txt out
run sh -c 'cat bad.txt | wordcount - out'
run wordcount book.txt none/out
run wordcount book.txt .
run wordcount book.txt /dev/full
run sh -c 'wordcount book.txt - >/dev/full'
run files
