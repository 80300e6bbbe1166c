# Names with anything in them.
PATH=$TOOLS:$PATH
i=0
for name in 'a b' "quote'" 'double"' $'new\nline' '-dash' '$HOME' '*' $'\xff' 'ünï' 'a,b'; do
	printf 'word %s' $((i += 1)) >"./$name"
	wordcount "./$name" "./$name.dat" || echo "failed on $i"
	wordcount -- "$name" - >/dev/null || echo "failed on $i as option"
done
zipf_test 2 ./*.dat | od -c | sed 's/^[0-9]* *//'
