# Integers stay integers, / gives a float, // and % floor.
workflow <<'EOF'
rules:
  all: {input: [a.7]}
  a:
    output: "a.{n}"
    params: {a: "{n+1}", b: "{n/2}", c: "{n//2}", d: "{-n//2}", e: "{-n%3}", f: "{max(n, 10)*2}", g: "{n*1.5:.2f}", h: "{(n-1)*(n+1):05d}"}
    shell: echo {params} > {output}
EOF
run cwflow -q
cat a.7
