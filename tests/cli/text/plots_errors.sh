PATH=$TOOLS:$PATH
[ -x "$TOOLS/plotcount" ] || skip "built without cairo and pango"
: >empty
put one.dat "word 1 100.0"
put bad.csv "$(printf '1.0,1.0\n2.0;0.5')"
put short.csv "$(printf '1.0,1.0\n2.0,0.5')"
run plotcount one.dat
run plotcount one.dat picture.gif
run plotcount empty picture.png
run plotcount none picture.png
run plotcount -n 0 one.dat picture.png
run plotcount one.dat none/picture.png
run plotcount one.dat picture.png
run plotzipf one.dat picture.png
run plotacf bad.csv picture.svg
run plotacf short.csv picture.svg
run plotacf none.csv picture.svg
files
