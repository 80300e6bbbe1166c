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
# The file of dependencies comes back too.
workflow <<'X'
rules:
  d: {output: sub/d, depfile: sub/d.d, shadow: minimal, shell: "echo 'sub/d: header' > sub/d.d; touch {output}"}
X
touch header
run cwflow -q
cat sub/d.d
echo 2 >header
run cwflow -n -q
# A default is undone by none.
workflow <<'X'
defaults: {shadow: minimal}
rules:
  all: {input: [e, f]}
  e: {output: e, shell: "touch e e.junk"}
  f: {output: f, shadow: none, shell: "touch f f.junk"}
X
run cwflow -q
ls e* f*
