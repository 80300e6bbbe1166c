# A mapping among params has no text: told before the run.
workflow <<'X'
config: {k: {a: 1}}
rules:
  a: {output: a, params: {m: "{config.k}", l: [x, "{config.k}"], d: {e: {f: 1}}}, shell: "echo {params.m} {params.l} {params} {params.d.e} {params.m.a} {params.d.e.f} {params.l[0]} > {output}"}
X
cwflow -n
