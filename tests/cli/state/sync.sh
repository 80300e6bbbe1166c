# --sync: outputs are on the disk before they are recorded.
need strace
no_sanitizer ptrace
workflow <<'WF'
rules:
  copy: {input: in.txt, output: out/o.txt, shell: "cat {input} > {output}"}
WF
put in.txt
strace -y -e trace=fsync,fdatasync -o log cwflow -q --sync 2>/dev/null || skip "strace cannot trace"
grep -n -E 'fsync.*out/o.txt|fdatasync.*journal' log | sed -E 's/^([0-9]+):/\1 /' | awk '
	/out\/o.txt/ { synced = NR } /journal/ { last = NR; if (synced && !after) after = NR }
	END { print (synced && after > synced) ? "synced, then recorded" : "wrong order" }'
