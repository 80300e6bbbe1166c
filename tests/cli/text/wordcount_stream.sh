# A long text in little memory, from a pipe and from a file.
PATH=$TOOLS:$PATH
no_sanitizer "takes address space"
yes 'It was the best of times, it was the worst of times' | head -c 200000000 >long
(ulimit -v 30000; wordcount long -) | head -3
(ulimit -v 30000; cat long | wordcount - long.dat)
(ulimit -v 30000; autocorrelation -w 7 -t 97 long long.dat - 2>/dev/null | tail -1)
(ulimit -v 300000; autocorrelation -w 7 -t 97 -j 3 long long.dat - 2>/dev/null | tail -1)
rm -f long
