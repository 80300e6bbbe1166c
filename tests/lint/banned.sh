#!/bin/sh
# What base/prelude.h cannot forbid by the compiler, and the size of things.
set -eu
cd "$(dirname "$0")/../.."
bad=0

# report TEXT LINES: a finding if there are any.
report()
{
	[ -z "$2" ] && return
	printf '%s:\n%s\n' "$1" "$2"
	bad=1
}

code=$(find engine rules -name '*.[ch]' | LC_ALL=C sort)
# bench is not part of the programs.
every=$(find engine rules tests -name "*.[ch]" | LC_ALL=C sort)

# shellcheck disable=SC2086 # lists of files
{
	report "fork and vfork only in engine/sys/process.c and the samplers" "$(
		grep -nE '\bv?fork\(' $code /dev/null | grep -vE '^[^:]*:[0-9]+:[[:space:]/]*\*' |
		grep -vE '^(engine/sys/process\.c|rules/abc/sampler_[a-z_]*\.c):' || true)"
	report "open() without O_CLOEXEC (process.c opens for its child)" "$(
		awk 'FILENAME != "engine/sys/process.c" &&
			/[^a-z_](open|openat)\(/ && !/^[ \t\/]*\*/ && !/\/\*.*open/ {
				text = $0; line = FNR
				while (text !~ /;|\{/ && (getline more) > 0)
					text = text more
				if (text !~ /O_CLOEXEC|, flags|->open\(|\.open\(|O_PATH_CLOEXEC/)
					print FILENAME ":" line ": " text
			}' $code /dev/null)"
	report "fopen() without the letter e (close on exec)" "$(
		grep -nE '\bf(d|re)?open\([^)]*"[rwa][b+]*"' $code /dev/null || true)"
	report "left-over markers" "$(
		grep -nwE 'TO[D]O|FI[X]ME|X[X]X|HA[C]K' $every /dev/null || true)"
	report "typedef'd structs" "$(
		grep -nE '^[[:space:]]*typedef (struct|union|enum)[^(]*$' $code /dev/null || true)"
	report "functions over 100 lines" "$(awk '
		/^\{/ { start = FNR }
		/^\}/ { if (start && FNR - start > 100)
				print FILENAME ":" start ": " FNR - start " lines"
			start = 0 }' $every /dev/null)"
	report "files over 800 lines" "$(
		wc -l $every /dev/null | awk '$1 > 800 && $2 != "total" { print $2 ": " $1 " lines" }')"
}
exit $bad
