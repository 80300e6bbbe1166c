#!/bin/bash
# The engine killed at any moment, and interrupted: jobs are found again, each runs once.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2034,SC2154,SC2086,SC2119 # what kit.sh sets
. "$(dirname "$0")/kit.sh" "$1"
fake_profile
cat >Workflowfile <<'END'
sets:
  i: {from: 1, to: 6}
rules:
  all: {input: {expand: "out/{i}"}}
  one:
    output: "out/{n}"
    shell: "echo {wildcards.n} >>runs; for i in $(seq 1200); do [ -e hold ] || break; sleep 0.1; done; echo done >{output}"
END

ran_once()
{
	is "$(sort runs | paste -sd' ')" "1 2 3 4 5 6"
}

all_there()
{
	is "$(cat out/* | wc -l)" 6
}

# killed while jobs run
fresh
: >hold
begin
check "six are submitted" until_true 8 known 6
kill -KILL $engine
wait $engine 2>/dev/null
rm hold
run
check "killed: the next run ends well" is "$status" 0
check "killed: it found them" says '6 jobs of an earlier run are still with the scheduler'
check "killed: nothing was submitted twice" is "$(submissions)" 6
check "killed: nothing ran twice" ran_once
check "killed: the results are there" all_there

# killed while jobs run, started again when they have ended
fresh
rm -f runs
: >hold
begin
until_true 8 known 6
kill -KILL $engine
wait $engine 2>/dev/null
rm hold
until_true 10 eval '[ "$(find .cwflow/cluster -name "*.status" | wc -l)" = 6 ]'
run
check "late: the next run ends well" is "$status" 0
check "late: nothing ran twice" ran_once
check "late: nothing was submitted twice" is "$(submissions)" 6

# killed between submission and record, ten times in other moments
for pause in 0.1 0.2 0.3 0.4 0.5; do
	fresh
	rm -f runs
	echo 0.2 >"$FAKE_DIR/slow"
	begin
	sleep $pause
	kill -KILL $engine
	wait $engine 2>/dev/null
	rm -f "$FAKE_DIR/slow"
	run
	check "killed after $pause s: ends well" is "$status" 0
	check "killed after $pause s: nothing ran twice" ran_once
	check "killed after $pause s: the results are there" all_there
done

# the command has changed meanwhile: the old job is taken back first
fresh
rm -f runs
: >hold
begin
until_true 8 known 6
kill -KILL $engine
wait $engine 2>/dev/null
sed -i 's/echo done/echo changed/; s/-e hold/-e none/' Workflowfile
run
check "changed: ends well" is "$status" 0
check "changed: the new command's results" is "$(sort -u out/*)" changed
check "changed: the old were cancelled" is "$(wc -w <"$FAKE_DIR/cancelled")" 6
sed -i 's/echo changed/echo done/; s/-e none/-e hold/' Workflowfile
rm hold

# a run without the cluster does not start what is there
fresh
rm -f runs
: >hold
begin
until_true 8 known 6
kill -KILL $engine
wait $engine 2>/dev/null
"$CWFLOW" -j 2 >log 2>&1
check "without the profile it is refused" is $? 1
check "and said" says 'of an earlier run are still with a scheduler: [1-6 ]*'
rm hold
run
check "with it they are waited for" ran_once

# Ctrl-C: the first lets jobs end
fresh
rm -f runs
: >hold
begin --jobs 3
until_true 8 known 3
interrupt 1
rm hold
wait $engine
check "first: status 130" is $? 130
check "first: what was submitted is done" is "$(cat out/* | wc -l)" 3
check "first: nothing more was submitted" is "$(submissions)" 3
check "first: said" says 'nothing more is submitted, 3 jobs with the scheduler are waited for'
run
check "first: the next run does the rest" ran_once

# the second cancels
fresh
rm -f runs
: >hold
begin
until_true 8 known 6
interrupt 2
wait $engine
check "second: status 130" is $? 130
check "second: one call for all" is "$(wc -l <"$FAKE_DIR/cancelled")" 1
check "second: all of them" is "$(wc -w <"$FAKE_DIR/cancelled")" 6
check "second: no output" test ! -e out/1
rm -f runs hold
run
check "second: the next run does them" ran_once

# the third leaves them
fresh
rm -f runs
: >hold
begin --cluster-cancel 'sleep 20; true'
until_true 8 known 6
interrupt 3
wait $engine
check "third: status 130" is $? 130
check "third: said" says '6 jobs left with the scheduler; the next run here finds them'
rm hold
run
check "third: found and done" is "$status" 0
check "third: nothing ran twice" ran_once

# SIGTERM leaves them at once, as a machine that goes down wants it
fresh
rm -f runs
: >hold
begin
until_true 8 known 6
kill -TERM $engine
wait $engine
check "SIGTERM: status 143" is $? 143
check "SIGTERM: said" says '6 jobs left with the scheduler; the next run here finds them'
check "SIGTERM: nothing is cancelled" test ! -e "$FAKE_DIR/cancelled"
rm hold
run
check "SIGTERM: found and done" is "$status" 0
check "SIGTERM: nothing ran twice" ran_once

# an earlier good output survives a job that is killed, also over a restart
fresh
rm -f runs
mkdir out
run out/1
echo good >out/1
rm -f runs
: >hold
begin -f out/1
until_true 8 eval '[ -s runs ] && [ "$(notes id)" -gt "$(notes end)" ]'
kill -KILL $engine
wait $engine 2>/dev/null
fake end 2 OUT_OF_MEMORY
run -f out/1
check "the earlier output came back" is "$(cat out/1)" good
