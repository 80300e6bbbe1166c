# A rule of a module that extends another one there, and what `with` says of it, for a rule
# outside; `with` may say `extends` itself, by the names of the file that says it.
workflow <<'X'
include:
  - path: m.yaml
    as: m_
    prefix: m/
    with: {a: {params: {w: 1}}, d: {extends: core, params: {p: 3}}}
rules:
  all: {input: [c.txt, m/a.txt, m/d.txt]}
  c: {extends: m_a, output: c.txt}
  core: {output: core.txt, params: {own: 5}, shell: "echo core {params} > {output}"}
X
workflow m.yaml <<'X'
rules:
  b: {output: b.txt, params: {p: 1, w: 0}, shell: "echo {rule} {params} > {output}"}
  a: {extends: b, output: a.txt}
  d: {extends: b, output: d.txt}
X
run cwflow -q
head c.txt m/?.txt
sed -i 's/extends: core/extends: b/' Workflowfile
run cwflow -n
seq 60 | sed 's/.*/echo "  r&: {extends: r$((&+1))}"/' | { echo 'rules:'; bash; echo '  r61: {shell: x}'; } >Workflowfile
run cwflow -n 2>&1 | head -4
