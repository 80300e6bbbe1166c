# More than 5,000 jobs are told by rule, in less than a megabyte.
workflow <<'X'
config: {n: 4998}
sets: {n: {from: 1, to: "{config.n}"}}
rules:
  all: {input: {expand: "o/{n}"}}
  one: {output: "o/{n}", command: [/bin/true]}
X
mkdir o
seq 5002 | sed 's|^|o/|' | xargs touch
cwflow -q --touch --config n=5002 2>/dev/null
rm -f o/1 o/2
# /bin/true makes nothing: both fail
cwflow -q -k 2>/dev/null
bars() { grep -o '<rect class="\(job\|failed\) r' "$1" | wc -l; }
run cwflow --report a.html
grep -c 'too many jobs' a.html
grep -o '<h2>[^<]*' a.html
bars a.html
run cwflow --config n=5002 --report b.html
grep -c 'too many jobs' b.html
bars b.html
[ "$(wc -c <b.html)" -lt 1000000 ] && echo small
