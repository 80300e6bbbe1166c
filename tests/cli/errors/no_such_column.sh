put t.tsv "sample	fq
a	1"
workflow <<'EOF'
sets: {t: {table: t.tsv}, c: {columns: {x: [1]}}}
rules:
  all: {input: [{expand: "{t.smaple}"}]}
  b: {input: [{expand: "{c.y}"}]}
EOF
cwflow
workflow <<'EOF'
sets: {t: {table: t.tsv}}
rules:
  all: {input: [{expand: "{t.smaple}"}]}
  b: {input: {lookup: t, where: {sampl: a}, column: fq}}
EOF
cwflow
cwflow b
