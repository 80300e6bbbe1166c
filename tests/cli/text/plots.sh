# Pictures in three formats, for words of any script.
PATH=$TOOLS:$PATH
[ -x "$TOOLS/plotcount" ] || skip "built without cairo and pango"
put book.txt "καὶ καὶ καὶ été été 日本 日本 Ångström und der die das wort $(printf '%0300d' 7)"
wordcount book.txt book.dat
run autocorrelation -w 3 book.txt book.dat acf.csv >/dev/null
for tool in 'plotcount book.dat' 'plotcount -n 3 book.dat' 'plotzipf book.dat book.dat' \
	'plotacf acf.csv' 'plotacf --title Title acf.csv acf.csv acf.csv'; do
	for end in png svg pdf; do
		$tool picture.$end || echo "$tool failed"
		head -c 8 picture.$end | tr -dc 'A-Za-z%<?'
		rm picture.$end
	done
	echo
done
files
