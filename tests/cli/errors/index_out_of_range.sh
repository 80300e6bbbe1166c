workflow <<'EOT'
rules:
  a:
    input: [i, {n: j}]
    output: [x, {y: z}]
    log: l
    params: {p: {q: [1, {rest: 2}]}, l: [a]}
    shell: echo {input[2]} {input.n[1]} {output[2]} {output.y[1]} {log[1]} {params.p.qq} {params.p.q[1].rst} {params.l[1]} {params[7]}
EOT
cwflow
