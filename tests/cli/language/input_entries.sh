# Which file belongs to which entry of the inputs: one entry of any length, none, several.
for f in a b c x1 x2 x3; do put in/$f; done
workflow <<'EOT'
config: {list: [in/a, in/b], one: in/c, none: []}
sets: {x: [x1, x2, x3], e: {glob: "nothing/{e}"}}
rules:
  all: {input: {expand: "out/{r}", r: [first, middle, last, empty, only, two, conf, opt, deps]}}
  first: {input: {m: {expand: "in/{x}"}, a: in/a, b: in/b}, output: out/first, shell: "echo m={input.m} a={input.a} b={input.b} all={input} > {output}"}
  middle: {input: {a: in/a, m: {expand: "in/{x}"}, b: in/b}, output: out/middle, shell: "echo m={input.m} a={input.a} b={input.b} {input[0]} > {output}"}
  last: {input: {a: in/a, b: in/b, m: {expand: "in/{x}"}}, output: out/last, shell: "echo m={input.m} a={input.a} b={input.b} > {output}"}
  empty: {input: {a: in/a, m: {expand: "nothing/{e}"}, b: in/b}, output: out/empty, shell: "echo m={input.m} a={input.a} b={input.b} > {output}"}
  only: {input: {m: {expand: "nothing/{e}"}}, output: out/only, shell: "echo m={input.m} all={input} > {output}"}
  two: {input: {m: {expand: "in/{x}"}, a: in/a, n: {expand: ["in/{x}", in/c]}}, output: out/two, shell: "echo m={input.m} a={input.a} n={input.n} > {output}"}
  conf: {input: {l: "{config.list}", o: "{config.one}", a: in/a}, output: out/conf, shell: "echo l={input.l} o={input.o} a={input.a} > {output}"}
  opt: {input: {a: {path: in/a}, o: {path: in/gone, optional: true}, b: in/b}, output: out/opt, shell: "echo a={input.a} o={input.o} b={input.b} > {output}"}
  deps: {input: {a: in/a, m: {expand: "in/{x}"}}, output: out/deps, depfile: out/deps.d, shell: "echo 'out/deps: in/b in/c' > out/deps.d; echo a={input.a} m={input.m} all={input} > {output}"}
EOT
run cwflow -q
head out/*
rm out/deps
run cwflow -q
cat out/deps
