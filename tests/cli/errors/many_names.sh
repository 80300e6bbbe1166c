# More names than there may be, in each place that has a bound.
names() { # names FORMAT SEPARATOR
	seq 70 | while read -r i; do
		# shellcheck disable=SC2059
		printf "$1$2" "$i"
	done
}
cat >Workflowfile <<X
sets:
  one: [a]
$(names '  s%d: [a]' '\n')
  g: {glob: "$(names '{g%d}' '_')"}
  t: {columns: {$(names 'c%d: [a]' ', ')}}
rules:
  a: {output: a, input: {expand: "$(names '{s%d}' '/')"}, shell: "touch a"}
  b: {output: "$(names '{w%d}' '/')", shell: "touch b"}
  c: {output: c, input: {lookup: t, where: {$(names 'c%d: a' ', ')}, column: c1}, shell: "touch c"}
  d: {output: d, input: {expand: "{i}", i: {glob: "$(names '{one}{j%d}' '_')", after: a}}, shell: "touch d"}
X
run cwflow -n 2>&1 | cut -c1-100
cat >Workflowfile <<X
sets:
  g: {glob: "in/$(names '{g%d}' '_')"}
  t: {columns: {$(names 'c%d: [a]' ', ')}}
rules:
  a: {output: a, input: [{expand: "{t.c70}"}, {expand: "{g.g70}"}, {expand: "$(seq 60 | sed 's/.*/{g.g&}/' | paste -sd/)"}], shell: "touch a"}
X
cwflow -n 2>&1 | cut -c1-100
