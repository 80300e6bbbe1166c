# While a run goes on, after it was interrupted, after it was killed: page and crate tell
# so, and wait for nothing.
no_sanitizer time
workflow <<'X'
rules:
  all: {input: [a, b.x, c]}
  a: {output: a, shell: "touch a"}
  b: {output: "b.{n}", shell: "touch began; sleep 60; touch {output}"}
  c: {output: c, shell: "sleep 60; touch c"}
X
look()
{
	cwflow --report r.html
	grep -o 'class="badge[^/]*' r.html
	grep -o '<h2>[RB][^<]*' r.html
	grep -c '</svg>b <code>n=x</code>' r.html
	cwflow --crate crate
	grep -o '"@id":"#run","@type.*' crate/ro-crate-metadata.json | grep -o '"actionStatus.*'
}
begin()
{
	rm -f began ev
	cwflow -q -j 3 --events ev 2>/dev/null &
	run=$!
	until [ -e began ] && [ "$(grep -sc '"job_started"' ev)" = "$1" ] &&
		[ "$(grep -sc '"job_finished"' ev)" = "$2" ]; do sleep 0.05; done
}
begin 3 1; look
kill -INT $run; wait $run
echo "--- interrupted"; look
begin 2 0; kill -KILL $run; wait $run 2>/dev/null
until cwflow --unlock | grep -q "no run"; do sleep 0.05; done
echo "--- killed"; look
