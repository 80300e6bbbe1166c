#!/bin/sh
# Holds the includes to the layer table of docs/internals.md:
# - a room includes only the rooms of its row, and these stand on lower levels;
# - the rooms that CMake links are those of the table;
# - an outside library's header is included by the rooms that the table names, in one
#   file each unless it says "several";
# - file names are unique in the whole tree;
# - x.c includes its own x.h first; guards are named after the file; headers form no cycle.
set -eu
cd "${1:-$(dirname "$0")/../..}"
dirs=$(ls -d engine rules tests bench 2>/dev/null || true)

files=$(find engine rules -name '*.[ch]' | LC_ALL=C sort)
# shellcheck disable=SC2086 # a list of words
awk -v table=docs/internals.md '
function fault(text) { print text; faults++ }

# "| 2 | pattern | base sys | <pcre2.h> |" -> level, allowed, outside
function read_table(	line, cell, i, n, word, room) {
	while ((getline line < table) > 0) {
		if (line !~ /^\| *[0-9]+ *\|/)
			continue
		split(line, cell, "|")
		room = cell[3]
		gsub(/[ `]/, "", room)
		level[room] = cell[2] + 0
		n = split(cell[4], word, " ")
		for (i = 1; i <= n; i++) {
			row[room] = row[room] " " word[i]
			if (word[i] ~ /\//) {
				one_header[room, word[i]] = 1
				sub(/\/.*/, "", word[i])
				partly[room, word[i]] = 1
			}
			allowed[room, word[i]] = 1
			uses[room] = uses[room] " " word[i]
		}
		n = split(cell[5], word, " ")
		for (i = 1; i <= n; i++)
			if (word[i] ~ /^`?</) {
				gsub(/[`<>,]/, "", word[i])
				outside[room, ++outsides[room]] = word[i]
				several[room, word[i]] = word[i + 1] ~ /several/
			}
	}
	for (room in level) {
		n = split(uses[room], word, " ")
		for (i = 1; i <= n; i++) {
			if (!(word[i] in level))
				fault(table ": " room " names the unknown room " word[i])
			else if (level[word[i]] >= level[room])
				fault(table ": " room " (level " level[room] ") may include " \
					word[i] " (level " level[word[i]] ")")
		}
	}
}

# <x.h> of the C library, the kernel, the compiler?
function is_system(h) {
	return h ~ /^(sys|linux|sanitizer|netinet|arpa)\// || index(" " sys " ", " " h " ")
}

function outside_rule(room, h,	i, pattern) {
	for (i = 1; i <= outsides[room]; i++) {
		pattern = outside[room, i]
		if (pattern == h || (pattern ~ /\*$/ &&
			index(h, substr(pattern, 1, length(pattern) - 1)) == 1))
			return pattern
	}
	return ""
}

BEGIN {
	sys = "assert.h ctype.h dirent.h dlfcn.h errno.h fcntl.h fenv.h float.h fnmatch.h " \
		"ftw.h getopt.h glob.h grp.h inttypes.h langinfo.h limits.h locale.h math.h " \
		"netdb.h poll.h pthread.h pwd.h sched.h setjmp.h signal.h spawn.h " \
		"stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h " \
		"stdlib.h stdnoreturn.h string.h strings.h termios.h threads.h time.h " \
		"unistd.h wchar.h wctype.h mntent.h complex.h malloc.h endian.h " \
		"regex.h immintrin.h emmintrin.h x86intrin.h syslog.h"
	read_table()
}

FNR == 1 {
	path = FILENAME
	n = split(path, part, "/")
	room = part[2]
	name = part[n]
	if (n != 3)
		fault(path ": a room has no folders in it")
	if (!(room in level) && !(room in unknown)) {
		unknown[room] = 1
		fault(path ": the room " room " is not in " table)
	}
	own = name
	sub(/\.c$/, ".h", own)
	first = 1
	guard = ""
	header[path] = name ~ /\.h$/
}

/^#ifndef / && guard == "" && header[path] {
	guard = $2
	want = "CW_" toupper(room) "_" toupper(name)
	gsub(/[^A-Z0-9]/, "_", want)
	if (guard != want)
		fault(path ":" FNR ": the guard " guard " is to be " want)
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	h = $0
	sub(/^[^"]*"/, "", h)
	sub(/".*/, "", h)
	if (h !~ /^[a-z_0-9]+\/[a-z_0-9]+\.[a-z]+$/) {
		fault(path ":" FNR ": include \"" h "\" is to be written \"room/file.h\"")
		next
	}
	split(h, part, "/")
	to = part[1]
	included[path, ++includes[path]] = h
	if (to != room) {
		if (!((room, to) in allowed))
			fault(path ":" FNR ": " room " must not include " to " (" h ")")
		else if (((room, to) in partly) && !((room, h) in one_header))
			fault(path ":" FNR ": " room " may include of " to " not " h)
	}
	if (first && name ~ /\.c$/)
		first_include[path] = h
	first = 0
	next
}

/^[ \t]*#[ \t]*include[ \t]*</ {
	h = $0
	sub(/^[^<]*</, "", h)
	sub(/>.*/, "", h)
	if (first && name ~ /\.c$/)
		first_include[path] = "<" h ">"
	first = 0
	if (is_system(h))
		next
	rule = outside_rule(room, h)
	if (rule == "") {
		fault(path ":" FNR ": <" h "> is no header of this room in " table)
		next
	}
	if (several[room, rule])
		next
	if (((room, rule) in owner) && owner[room, rule] != path)
		fault(path ":" FNR ": <" h "> is already in " owner[room, rule])
	owner[room, rule] = path
}

# Depth first through the headers; the stack is the path that is shown.
function visit(path,	i, h, dir) {
	state[path] = 1
	stack[++depth] = path
	for (i = 1; i <= includes[path]; i++) {
		h = "engine/" included[path, i]
		if (!(h in header))
			h = "rules/" included[path, i]
		if (!(h in header))
			fault(path ": no such file: " included[path, i])
		else if (state[h] == 1)
			fault("include cycle: " path " includes " h)
		else if (!(h in state))
			visit(h)
	}
	state[path] = 2
	depth--
}

END {
	for (path in header) {
		own = path
		sub(/\.c$/, ".h", own)
		if (own != path && (own in header)) {
			split(own, part, "/")
			if (first_include[path] != part[2] "/" part[3])
				fault(path ": its first include is to be \"" part[2] "/" part[3] "\"")
		}
		if (header[path] && !(path in state))
			visit(path)
	}
	# The USES of each cw_room are its row.
	while ((getline line < "CMakeLists.txt") > 0)
		text = text " " line
	while (match(text, /cw_room\([^)]*\)/)) {
		call = substr(text, RSTART + 8, RLENGTH - 9)
		text = substr(text, RSTART + RLENGTH)
		n = split(call, word, /[ \t]+/)
		linked = ""
		on = 0
		for (i = 2; i <= n; i++) {
			if (word[i] ~ /^[A-Z]+$/)
				on = word[i] == "USES"
			else if (on && word[i] != "")
				linked = linked " " word[i]
		}
		if (linked != uses[word[1]])
			fault("CMakeLists.txt: cw_room(" word[1] ") uses" linked \
				", the table says" uses[word[1]])
	}
	exit faults > 0
}' $files && layers=0 || layers=1

# One name, one file, in the whole tree (tests and bench too).
twice=$(find $dirs -name '*.[ch]' -exec basename {} \; | sort | uniq -d)
if [ -n "$twice" ]; then
	echo "file names used twice: $twice"
	layers=1
fi
exit "$layers"
