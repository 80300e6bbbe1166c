# A path that a rule makes as a file, and below which another's files would lie.
workflow <<'X'
rules:
  all: {input: [d, d/f, x/1, x/1/2/3.log]}
  a: {output: d, shell: "touch d"}
  b: {output: d/f, shell: "touch d/f"}
  c: {output: 'x/{n,\d}', log: 'logs/{n}', shell: "touch {output}"}
  e: {output: 'x/{n}/2/3.log', shell: "touch {output}"}
X
cwflow
# Within a folder of its own it may say more.
workflow <<'X'
rules:
  d: {output: [{path: d, directory: true}, d/f], shell: "mkdir d; touch d/f"}
X
cwflow -q
