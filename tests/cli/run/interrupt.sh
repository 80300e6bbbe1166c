# SIGINT: running jobs are ended with all they started, their outputs removed, status 130.
workflow <<'TXT'
rules:
  all: {input: [a.txt, b.txt]}
  a: {output: a.txt, shell: "echo half > {output}; sleep 1000 & echo $! > pid; wait"}
  b: {input: a.txt, output: b.txt, shell: "touch {output}"}
TXT
cwflow -q 2>err &
while [ ! -s pid ]; do sleep 0.05; done
kill -INT $!
wait $!
echo "status $?"
# Killed, or dead and not yet buried by init.
for _ in {1..600}; do
	grep -q '^State:.*[^Z] (' "/proc/$(cat pid)/status" 2>/dev/null || break
	sleep 0.05
done
grep -q '^State:.*[^Z] (' "/proc/$(cat pid)/status" 2>/dev/null && echo "still running"
rm pid
files
cwflow -n -q
