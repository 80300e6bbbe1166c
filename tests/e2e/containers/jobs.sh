# shellcheck shell=sh
# Jobs in containers of one program: names and values that look like shell, exit statuses,
# time-outs and interrupts that leave nothing running. To be sourced:
#
#	box      folder of the test
#	program  podman or docker; it works, and has the image
#	image    made by make_root

box=${box:?} program=${program:?} image=${image:?}

fail()
{
	echo "FAILED: $*" >&2
	exit 1
}

# make_root BUSYBOX: a file system of busybox alone, on stdout as tar.
make_root()
{
	mkdir -p "$box"/root/bin "$box"/root/etc "$box"/root/tmp "$box"/root/proc \
		"$box"/root/dev "$box"/root/sys
	cp "$1" "$box/root/bin/busybox"
	for name in sh cat echo id sleep touch wc; do
		ln -sf busybox "$box/root/bin/$name"
	done
	echo inside >"$box/root/etc/marker"
	tar -C "$box/root" -c .
}

# No container is left, at once or soon.
none_left()
{
	tries=50
	while [ "$("$program" ps -q | wc -l)" != 0 ]; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || fail "a container goes on: $("$program" ps)"
		sleep 0.2
	done
}

try_jobs()
{
	mkdir "$box/work"
	cd "$box/work" || exit
	printf 'one two\n' >"in 'put'.txt"
	printf 'shell: {executable: sh}\nenvvars: [SECRET]\ndefaults: {container: "%s"}\n' \
		"$image" >Workflowfile
	cat >>Workflowfile <<'TXT'
rules:
  text:
    input: "in 'put'.txt"
    output: "out/{x}.txt"
    env: {GREETING: "it's $x"}
    shell: |
      cat /etc/marker {input} > {output}
      echo "$GREETING" {env.SECRET} {wildcards.x} >> {output}
  list:
    input: "in 'put'.txt"
    output: words
    command: [wc, -w]
    stdin: "{input}"
    stdout: "{output}"
  scratch:
    input: "in 'put'.txt"
    output: scratch/out
    shadow: minimal
    shell: cat {input} /etc/marker > {output}; touch junk
  fails: {output: fails, shell: "echo no luck; exit 7"}
  slow: {output: slow, timeout: 2, shell: "sleep 4321; touch {output}"}
  long: {output: long, shell: "touch begun; sleep 4321; touch {output}"}
TXT
	# shellcheck disable=SC2016 # a name that looks like shell
	SECRET='s e$cret' cwflow -k --cores 4 --container-program "$program" \
		'out/$(touch pwned).txt' words scratch/out fails slow >log 2>&1 &&
		fail "jobs that fail, and exit status 0"
	# shellcheck disable=SC2016
	printf "inside\none two\nit's \$x s e\$cret \$(touch pwned)\n" >want
	# shellcheck disable=SC2016
	cmp want 'out/$(touch pwned).txt' || fail "$(cat log)"
	[ ! -e pwned ] || fail "a name was run"
	[ "$(cat words)" = 2 ] || fail "stdin and stdout: $(cat words)"
	[ "$(cat scratch/out)" = "one two
inside" ] || fail "shadow: $(cat log)"
	[ ! -e junk ] || fail "what a scratch folder had beside its outputs stays"
	grep -q 'exit status 7' log || fail "$(cat log)"
	grep -q 'out of time' log || fail "$(cat log)"
	[ ! -e slow ] || fail "an output of a job out of time"
	[ ! -e fails ] || fail "an output of a failed job"
	none_left
	[ -O words ] || fail "not the user's own file"
	if grep -qF "e\$cret" log; then
		fail "the secret is in the log"
	fi

	SECRET=x cwflow --container-program "$program" long >log 2>&1 &
	engine=$!
	tries=150
	while [ ! -e begun ] && [ "$tries" -gt 0 ]; do
		tries=$((tries - 1))
		sleep 0.2
	done
	[ -e begun ] || fail "the job did not begin: $(cat log)"
	kill -INT "$engine"
	status=0
	wait "$engine" || status=$?
	[ "$status" = 130 ] || fail "interrupted, and exit status $status: $(cat log)"
	none_left
	echo "all passed"
}
