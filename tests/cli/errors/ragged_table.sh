printf 'a,b\n1,2\n3\n' >t.csv
printf 'a\ta\n1\t2\n' >u.tsv
workflow <<'EOF'
sets: {t: {table: t.csv}, u: {table: u.tsv}}
rules:
  all: {input: [{expand: "{t.a}"}]}
  allu: {input: [{expand: "{u.a}"}]}
EOF
cwflow
cwflow allu
