# Ranges, lines of a file, lists of the configuration, tables in place.
printf '\357\273\277p\r\n\r\nq\r\n' >ids.txt
workflow <<'EOF'
config: {chosen: [u, v]}
sets:
  t: {from: 3, to: 1, step: -1}
  ids: {lines: ids.txt}
  chosen: "{config.chosen}"
  pairs: {columns: {a: [1, 2], b: [x, y]}}
rules:
  all:
    input:
      - {expand: "t{t}"}
      - {expand: "i{ids}"}
      - {expand: "c{chosen}"}
      - {expand: "p{pairs.a}{pairs.b}"}
    output: list
    shell: echo {input} > {output}
  mk:
    output: "{k,[ticp]}{x,..?}"
    wildcard_constraints: {x: "[0-9a-z]{1,2}"}
    shell: touch {output}
EOF
sed -i 's/{x,..?}/{x}/' Workflowfile
run cwflow -q -j1
cat list
