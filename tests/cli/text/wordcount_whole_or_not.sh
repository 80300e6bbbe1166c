# A failed or killed run leaves the former output and nothing else.
PATH=$TOOLS:$PATH
put out old
printf 'text \xff' >bad.txt
run wordcount bad.txt out
mkfifo pipe
wordcount pipe out &
pid=$!
exec 3>pipe
printf 'some words' >&3
kill -TERM $pid
wait $pid
echo "status $?"
exec 3>&-
(ulimit -f 1; trap '' XFSZ; seq 100000 >long; wordcount long out) 2>&1 | sed 's/.*write error.*//' | grep -v '^$'
rm -f long
cat out
files
