# Counts, order of ties, percentages, the shortest word length, standard input and output.
PATH=$TOOLS:$PATH
put book.txt "The cat; the DOG, the (end). A cat's tail - Straße ΟΔΟΣ"
run wordcount book.txt book.dat
run cat book.dat
run wordcount book.txt - 4
run sh -c "printf 'b a b' | wordcount - -"
run sh -c "printf '' | wordcount - -"
