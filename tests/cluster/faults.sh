#!/bin/bash
# Every way a job can go, against the fake scheduler.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2034,SC2154,SC2086,SC2119 # what kit.sh sets
. "$(dirname "$0")/kit.sh" "$1"
fake_profile
# fresh, without what jobs and tests tell each other
anew()
{
	fresh
	rm -f begun go
}
cat >Workflowfile <<'END'
sets:
  i: {from: 1, to: 12}
rules:
  all: {input: {expand: "out/{i}.txt"}}
  one:
    output: "out/{n}.txt"
    log: "logs/{n}.log"
    shell: "echo {wildcards.n} >{output}; echo logged >{log}"
  bad:
    output: "out/bad-{code}"
    shell: "echo printed; exit {wildcards.code}"
  long:
    output: "out/long-{n}"
    retries: 1
    shell: ": >begun; echo attempt {attempt} >{output}; for i in $(seq 1200); do [ ! -e go ] || break; sleep 0.1; done; echo whole >>{output}"
  quick:
    output: "out/quick-{n}"
    retries: 1
    shell: ": >begun; [ {attempt} = 2 ] || sleep 300; echo {attempt} >{output}"
  once:
    output: "out/once-{n}"
    shell: ": >begun; sleep 300; echo x >{output}"
END

# what is told by the script alone
anew
run -j 5 --max-status-rate 6/m
check "all jobs end well" is "$status" 0
check "each is submitted once" is "$(submissions)" 12
check "the results are there" is "$(cat out/{1..12}.txt | paste -sd' ')" "1 2 3 4 5 6 7 8 9 10 11 12"
check "nobody asked the scheduler" test ! -e "$FAKE_DIR/asked"
run
check "nothing is left to do" says 'nothing to be done'
anew
run out/bad-3
check "a failure is one" is "$status" 1
check "its exit status is told" says 'exit status 3$'
check "its output is shown" says '^printed$'
run out/bad-99
check "99 means nothing to cwflow" says 'exit status 99$'

# killed: the scheduler's own word
for word in OUT_OF_MEMORY TIMEOUT CANCELLED; do
	anew
	begin out/once-1
	check "$word: it runs" until_true 5 test -e begun
	fake end 1 $word
	wait $engine
	check "$word: the run fails" is $? 1
	check "$word: it is named" says "ended by its scheduler: the scheduler says $word \(job 1\)"
	check "$word: no output is left" test ! -e out/once-1
done
anew
begin out/once-1
until_true 5 test -e begun
fake cancel 1
wait $engine
check "ended with SIGTERM: status and word" \
	says 'exit status 143 \(.*SIGTERM\); the scheduler says CANCELLED \(job 1\)'

# tried again, with {attempt}
for word in NODE_FAIL PREEMPTED OUT_OF_MEMORY; do
	anew
	begin out/quick-1
	until_true 5 test -e begun
	fake end 1 $word
	wait $engine
	check "$word: tried again" is $? 0
	check "$word: the second attempt knows it is one" is "$(cat out/quick-1)" 2
done

# put back into the queue by the scheduler: not a new attempt
anew
begin out/long-1
until_true 5 test -e begun
fake requeue 1
touch go
wait $engine
check "requeued: done" is $? 0
check "requeued: in the first attempt" is "$(head -n 1 out/long-1)" "attempt 1"
check "requeued: no second submission" is "$(submissions)" 1

# unknown to the scheduler
anew
begin out/quick-1
until_true 5 test -e begun
fake forget 1
wait $engine
check "unknown: tried again" is $? 0
check "unknown: said" says 'lost: the scheduler does not know job 1 any more'

# its number was given to another
anew
begin out/quick-1
until_true 5 test -e begun
fake forget 1
echo RUNNING >"$FAKE_DIR/1.state"
echo another >"$FAKE_DIR/1.name"
wait $engine
check "number given again: noticed" is "$? $(cat out/quick-1)" "0 2"

# lost before it began: once more, and the old one can do nothing
anew
touch "$FAKE_DIR/hold"
begin out/quick-2
until_true 5 known 1
script=$(cat "$FAKE_DIR/1.script")
rm -f "$FAKE_DIR/1.state" "$FAKE_DIR/hold"
check "never began: submitted again" until_true 10 is "$(submissions)" 1
until_true 20 test -e "$FAKE_DIR/2.pid"
check "never began: said" says 'does not know job 1, and it never began'
check "the old script does nothing" says 'given up' <(sh "$script" 2>&1)
kill -KILL $engine
wait $engine 2>/dev/null

# held for good
anew
touch "$FAKE_DIR/hold"
begin out/once-1
until_true 5 known 1
echo HELD >"$FAKE_DIR/1.state"
wait $engine
check "stuck: failed" is $? 1
check "stuck: said" says 'the scheduler says HELD \(job 1\) and would leave it so'
check "stuck: taken back" until_true 3 grep -q '^1$' "$FAKE_DIR/cancelled"

# held by a person: waited for, and said
anew
touch "$FAKE_DIR/hold"
begin out/1.txt
until_true 5 known 1
echo ONHOLD >"$FAKE_DIR/1.state"
check "held: said" until_true 5 says 'job 1 \(one\) is held: the scheduler says ONHOLD; it waits until'
echo PENDING >"$FAKE_DIR/1.state"
fake release
wait $engine
check "held: done when it is released" is "$? $(cat out/1.txt)" "0 1"
check "held: said once" is "$(grep -c 'is held' log)" 1

# says done, but left nothing
anew
touch "$FAKE_DIR/hold"
begin --latency-wait 1 out/once-1
until_true 5 known 1
echo COMPLETED >"$FAKE_DIR/1.state"
wait $engine
check "no exit status: lost" says 'lost: the scheduler says COMPLETED \(job 1\), but it left no exit status'

# submissions
anew
echo 'Unable to contact controller once' >"$FAKE_DIR/refuse"
run out/1.txt
check "a passing refusal is tried again" is "$status" 0
check "and said" says 'Unable to contact controller once; submitted again in 1 s'
anew
echo 'invalid account' >"$FAKE_DIR/refuse"
run out/1.txt
check "another is a failure of the job" says 'not submitted: .* exit status 1: fakesched: invalid account'
anew
printf 'Welcome to cluster 7!\nMaintenance on day 12.\n' >"$FAKE_DIR/banner"
run out/1.txt
check "banners are not ids" is "$status $(cat out/1.txt)" "0 1"
run --cluster 'true' out/2.txt
check "no id is a failure" says 'printed no job id'
run --cluster 'echo "-rf /"; true' out/2.txt
check "an id with a dash is none" is "$status" 1

# the scheduler does not answer
anew
touch "$FAKE_DIR/deaf"
begin out/long-1
until_true 5 says 'has failed 3 times'
rm "$FAKE_DIR/deaf"
touch go
wait $engine
check "no answer is no failure" is $? 0
check "said once" is "$(grep -c 'has failed 3 times' log)" 1
anew
touch "$FAKE_DIR/mute"
run --profile "$BOX/fake.yaml" out/1.txt
check "silence is no failure" is "$status" 0

# one id a call, one word
anew
cat >one.sh <<END
#!/bin/sh
case \$(cat "\$FAKE_DIR/\$1.state") in
RUNNING | PENDING) echo running ;; COMPLETED) echo success ;; *) echo failed ;;
esac
END
chmod +x one.sh
begin --cluster-status ./one.sh out/once-1
until_true 5 test -e begun
fake end 1 FAILED
wait $engine
check "a status script for one id" is $? 1
check "its word is told" says 'the scheduler says failed'
