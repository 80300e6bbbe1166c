# libgit2 is loaded only for a module that is not in the cache; its absence is said.
need git ldd
git init -q -b main repo
git -C repo config user.name x; git -C repo config user.email x@example.org
put repo/Workflowfile "rules:
  one: {output: one.txt, shell: 'echo 1 > {output}'}"
git -C repo add . && git -C repo commit -q -m one
ldd "$(command -v cwflow)" | grep -c -e git2 -e crypto
mkdir broken
for v in 0 1 2 3 4 5 6 7 8 9 10 11 12; do : >"broken/libgit2.so.1.$v"; done
export LD_LIBRARY_PATH="$PWD/broken"
workflow <<'EOT'
rules: {all: {output: x, shell: 'echo > x'}}
EOT
git init -q .
run cwflow -q
workflow <<'EOT'
include: [{git: ./repo, as: lab_}]
rules: {all: {output: x, shell: 'echo > x'}}
EOT
run cwflow -n 2>&1 | sed -E "s|$PWD|DIR|; s/so\.[0-9.]+/so.N/g"
