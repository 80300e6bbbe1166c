# Params take the sources of inputs; their items have numbers, nested values names.
workflow <<'EOT'
config: {list: [l1, l2], nested: {a: {b: [1, 2]}}}
sets: {s: [a, b]}
rules:
  all: {input: {expand: "{s}.done"}}
  work:
    output: "{s}.done"
    params:
      x: {expand: "{s}-{i}", i: [1, 2]}
      y: {switch: "{s}", cases: {a: [p, q], b: r}}
      z: {expand: "{k}", k: "{config.list}"}
      n: "{config.nested}"
      m: {1: one, two: [a, {deep: x}]}
      w: "{config.list}"
    shell: echo {params.x} / {params.y} / {params.y[0]} {params.x[1]} / {params.z} / {params.n.a.b[1]} / {params.m[1]} {params.m.two[1].deep} / {params.w} {params.w[1]} > {output}
EOT
run cwflow -q
cat a.done b.done
