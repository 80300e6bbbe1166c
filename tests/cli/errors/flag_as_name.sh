workflow <<'EOT'
rules:
  empty:
  a: {input: {ancient: Workflowfile}, output: {temp: x.txt}, shell: "touch {output}"}
EOT
cwflow -n -q
