# Every program tells what it is.
PATH=$TOOLS:$PATH
for tool in wordcount zipf_test make_corpus autocorrelation; do
	run $tool --help
	$tool --version | sed 's/[0-9.]*$/N/'
done
wordcount --help >/dev/full
echo "full: $?"
