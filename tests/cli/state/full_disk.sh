# A disk that is full: the run says it, ends with 1, and what was done stays done.
need unshare
unshare -rm true 2>/dev/null || skip "no user namespaces"
workflow <<'WF'
sets: {i: {from: 1, to: 40}}
rules:
  all: {input: {expand: "out/{i}.txt"}}
  one: {output: "out/{i}.txt", shell: "head -c 100000 /dev/zero > {output}"}
WF
mkdir small
unshare -rm bash -c '
	mount -t tmpfs -o size=3M none small || exit 77
	cp Workflowfile small; cd small
	cwflow -q -k >/dev/null 2>../err; echo "status $?"
	grep -o -i -m 1 "no space left on device" ../err
	before=$(find out -type f -size 100000c | wc -l)
	mount -o remount,size=20M .
	cwflow -n -q >plan; echo "status $?"
	todo=$(sed -n "s/^one //p" plan)
	[ $((todo + before)) -ge 40 ] && [ "$before" -gt 5 ] && echo "whole ones stay"
	cwflow -q >/dev/null 2>&1; echo "status $?"
	find out -type f -size 100000c | wc -l
	cwflow -n
' || skip "no tmpfs"
