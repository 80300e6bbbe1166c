# Scratch folders: only declared outputs come back.
put in/a.txt 1
workflow <<'EOF'
rules:
  all: {input: [o1, o2, o3]}
  a: {input: in/a.txt, output: o1, shadow: minimal, shell: "cat in/a.txt > o1; touch junk1; ls > seen1; cat seen1 >> o1"}
  b: {input: in/a.txt, output: o2, shadow: shallow, shell: "touch junk2; touch o2"}
  c: {input: in/a.txt, output: o3, shadow: full, shell: "echo x >> in/a.txt; cp in/a.txt o3"}
EOF
run cwflow -q -j1
files
cat o1 o3 in/a.txt
