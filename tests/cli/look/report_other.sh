# Reports of targets that no job makes, of rules that feed themselves, of a workflow whose
# rules are gone since the run.
workflow <<'X'
rules:
  all: {input: [a, "gen/3"]}
  a: {output: a, shell: "touch a"}
  g0: {output: gen/0, shell: "touch {output}"}
  g: {input: "gen/{n-1}", output: "gen/{n,[1-9]+}", shell: "touch {output}"}
X
put src
cwflow -q 2>/dev/null
look() { cwflow --report r.html "$@"; grep -o '<svg width="[^%" ]*"\|↻\|No [a-z][^<]*\|<dd>[^<]* of [^<]*' r.html; }
look
echo "--- a source"
look src
echo "--- other rules"
workflow <<'X'
rules:
  b: {output: b, shell: "touch b"}
X
look
grep -o '</svg>g[^<]*' r.html | sort -u
run cwflow --crate crate
grep -c CreateAction crate/ro-crate-metadata.json
# where a link leads, a longer text gives way; a link to nothing becomes a file
head -c 200000 /dev/zero >long
ln -s long link
ln -s later dangling
run cwflow --trace link
run cwflow --trace dangling
cmp long later
ls -l link dangling | grep -c -e '->'
