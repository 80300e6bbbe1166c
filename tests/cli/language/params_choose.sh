# A lookup or a switch among the params that has nothing to give: the rule does not apply.
workflow <<'X'
sets:
  known: {columns: {name: [a, b], label: [A, B]}}
rules:
  one:
    output: "{name}.txt"
    params: {label: {lookup: known, where: {name: "{name}"}, column: label}}
    shell: echo known {params.label} > {output}
  other:
    output: "{name,[^/]+}.txt"
    params: {kind: {switch: "{name}", cases: {c: C, d: {lookup: known, where: {name: x}, column: label}}}}
    shell: echo other {params.kind} > {output}
X
run cwflow -q a.txt c.txt
run cat a.txt c.txt
run cwflow -n d.txt
