# A job fails: its outputs go, its log stays, what depends on it does not run.
workflow <<'TXT'
sets: {n: [1, 2, 3]}
rules:
  all: {input: {expand: "out/{n}.b"}}
  a:
    output: "out/{n}.a"
    log: "out/{n}.log"
    shell: |
      echo "reading {n}" > {log}
      echo half > {output}
      echo "seen by the user"
      [ {n} != 2 ] || {{ echo "bad record" >> {log}; exit 7; }}
  b: {input: "out/{n}.a", output: "out/{n}.b", shell: "cp {input} {output}"}
TXT
run cwflow -k
files out
run cwflow -n -q
