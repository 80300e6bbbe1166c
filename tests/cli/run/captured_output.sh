# What jobs print comes in one piece each, and to stderr.
workflow <<'TXT'
sets: {n: [1, 2, 3, 4]}
rules:
  all: {input: {expand: "o{n}"}}
  one:
    output: "o{n}"
    shell: for i in 1 2 3; do echo "job {n} line $i"; sleep 0.01; echo "and to stderr" >&2; done; touch {output}
TXT
cwflow -j 4 2>err >out
echo "on stdout: $(wc -c <out)"
for n in 1 2 3 4; do
	grep -A 5 -m 1 "^job $n line 1" err | tr '\n' ','
	echo
done
