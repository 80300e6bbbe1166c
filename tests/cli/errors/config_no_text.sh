# Values of the configuration that have no text, or no parts, where one is asked for.
workflow <<'X'
config: {m: {x: 1}, t: text, l: [a, [b, c]], k: [a, b]}
onstart: "echo {config.m}"
rules:
  a: {output: "a{w}", shell: "echo {config.m} {config.l} {config.k} > {output}"}
  b: {output: "b{w}", input: "{config.t[wildcards.w]}", shell: "echo {config.t[wildcards.w]} {config.k[wildcards.w]} > {output}"}
  c: {output: "c{w}", params: {p: "x {config.m}", q: "{config.m}", r: "{config.l}", s: "{config.t[wildcards.w]}"}, shell: "echo {params.q.x} > {output}"}
  d: {output: "d{w}", message: "{config.m}", threads: "{config.m}", container: "{config.m}", env: {A: "{config.l}"}, shell: "touch {output}"}
X
run cwflow -n a0
