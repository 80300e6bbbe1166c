#!/bin/bash
# Names with blanks, quotes, newlines, control bytes, invalid UTF-8, dashes, dollars: from a
# glob through commands in all three quotings, and out again; nothing in them is run.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box"
fail()
{
	echo "FAILED: $*" >&2
	exit 1
}

# shellcheck disable=SC2016,SC1003 # names that look like shell, to be taken as they are
names=('a b' "it's \"quoted\"" $'new\nline' $'tab\tbed' $'bad\xff\xfeutf' '$(touch pwned)'
	'`touch pwned`' '-rf' '{brace}' '*' '?' '~' '!x' '#x' 'a;touch pwned' 'x\y' 'Ελληνικά'
	$'\x1b[31mred' '%s%n' '&& touch pwned' "'" '"' '\' ' ' 'x..')
mkdir data
for name in "${names[@]}"; do
	printf '%s' "$name" >"data/$name.txt"
done
cat >Workflowfile <<'TXT'
sets:
  f: {glob: "data/{f}.txt"}
rules:
  all: {input: {expand: ["out/{f}.bare", "out/{f}.double", "out/{f}.single", "out/{f}.sub"]}}
  copy:
    input: {text: "data/{f}.txt"}
    output: ["out/{f}.bare", "out/{f}.double", "out/{f}.single", "out/{f}.sub"]
    log: "log/{f}.log"
    params: {name: "{f}"}
    shell: |
      cat {input.text} > {output[0]} 2> {log}
      cat "{input.text}" > "{output[1]}"
      cat '{input.text}' > '{output[2]}'
      x=$(printf %s {params.name}); printf %s "$x" > {output[3]}
TXT
cwflow -j 2 >out.txt 2>err.txt || { cat err.txt; fail "the run"; }
[ ! -s out.txt ] || fail "something on stdout"
[ ! -e pwned ] || fail "a name was run"
for name in "${names[@]}"; do
	for kind in bare double single sub; do
		cmp "data/$name.txt" "out/$name.$kind" || fail "$kind: $name"
	done
done
# a control byte of a name never reaches the terminal
grep -q $'\x1b' err.txt && fail "an escape sequence came through"
cwflow -j 2 2>&1 | grep -qx "nothing to be done" || fail "the second run"
cwflow --dag >dag.dot
grep -q $'\x1b' dag.dot && fail "an escape sequence in the graph"
if command -v dot >/dev/null; then
	dot -Tsvg -o dag.svg dag.dot || fail "dot does not read the graph"
fi
cwflow --delete-all-output -q
[ -e out ] || [ -e log ] && fail "outputs are left"
[ "$(find data -type f -printf x | wc -c)" = "${#names[@]}" ] || fail "sources are gone"
echo "ok"
