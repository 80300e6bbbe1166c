# --update-modules -n says what a run would do and writes no lock file.
need git
export ASAN_OPTIONS="${ASAN_OPTIONS-}:fast_unwind_on_malloc=0" # for lsan.supp
export GIT_CONFIG_GLOBAL=/dev/null HOME="$BOX" XDG_CACHE_HOME="$BOX/cache"
mkdir mod && cd mod || exit
workflow <<'X'
rules: {a: {output: a, shell: "echo 1 > {output}"}}
X
git init -q -b main . && git add . && git -c user.name=n -c user.email=e commit -qm one
cd .. || exit
workflow <<'X'
include: [{git: ./mod, ref: main, as: m_}]
rules: {all: {input: a}}
X
run cwflow -q --update-modules -n
ls Workflowfile.lock .cwflow 2>&1
# commands that only look pin nothing either
for look in --dag -l --summary --list-targets --lint "--why a" "--completion rules"; do
	# shellcheck disable=SC2086 # an option and its value
	cwflow $look >/dev/null 2>&1
done
ls Workflowfile.lock 2>&1
run cwflow -q
before=$(cat Workflowfile.lock)
cd mod && echo '# more' >>Workflowfile && git -c user.name=n -c user.email=e commit -qam two
cd .. || exit
run cwflow -q --update-modules -n
[ "$before" = "$(cat Workflowfile.lock)" ] && echo same
run cwflow -q --update-modules
[ "$before" = "$(cat Workflowfile.lock)" ] || echo changed
