# shellcheck shell=bash disable=SC2034,SC2154,SC2086
# What tests on real schedulers share, on top of kit.sh: one of our own is started
# (start_cluster slurm|gridengine), and these are the same for both: profile (its name),
# queued (ids of what waits or runs), running N, cancel IDS. Ends with 77 and a reason
# where the scheduler cannot be had.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/kit.sh" "$1"

skip()
{
	echo "skipped: $*"
	exit 77
}

leave()
{
	[ -z "${where-}" ] || "$service" stop "$where" >/dev/null 2>&1
	[ -z "${where-}" ] || rm -rf "$where"
}

# start_cluster KIND: the scheduler of that kind, its environment exported.
start_cluster()
{
	local words
	kind=$1
	service=$HERE/../services/$kind
	case $kind in
	slurm)
		profile=slurm
		command -v slurmctld >/dev/null && command -v slurmd >/dev/null &&
			command -v sbatch >/dev/null && command -v munged >/dev/null ||
			skip 'Slurm is not installed (scripts/install-deps.sh --cluster)'
		;;
	gridengine)
		profile=sge
		command -v qsub >/dev/null && [ -d /usr/lib/gridengine ] ||
			skip 'Grid Engine is not installed (scripts/install-deps.sh --cluster)'
		[ "$(id -u)" = 0 ] || skip 'Grid Engine starts for root only'
		;;
	esac
	where=$(mktemp -d /tmp/cwk-XXXXXX)
	if ! words=$(timeout 120 "$service" start "$where" 2>start.log); then
		cat start.log
		skip "$kind does not start on this machine"
	fi
	eval "$words"
	cat >fast.yaml <<-END
	profile: $profile
	max-status-rate: 1/s
	latency-wait: 5
	lost-after: 5s
	END
}

# The ids of what waits or runs, but of jobs called `timed`.
queued()
{
	case $kind in
	slurm) squeue -h -r -o '%i %j' | grep -v ' timed\.' | cut -d' ' -f1 ;;
	gridengine) qstat -s rp | awk 'NR > 2 { print $1 }' ;;
	esac
}

# running N: at least so many run.
running()
{
	local n
	case $kind in
	slurm) n=$(squeue -h -r -t R -o '%j' | grep -vc '^timed\.') ;;
	gridengine) n=$(qstat -s r | awk 'NR > 2 { print $1 }' | wc -l) ;;
	esac
	[ "$n" -ge "${1:-1}" ]
}

# all_begun N: so many of the jobs that write begun-* have begun their command.
all_begun()
{
	[ "$(find . -maxdepth 1 -name 'begun-*' | wc -l)" -ge "$1" ]
}

cancel()
{
	case $kind in
	slurm) scancel "$@" ;;
	gridengine) qdel "$@" >/dev/null ;;
	esac
}

nothing_queued()
{
	[ -z "$(queued)" ]
}

run()
{
	timeout 900 "$CWFLOW" --profile ./fast.yaml "$@" >log 2>&1
	status=$?
}

begin()
{
	rm -f log
	"$CWFLOW" --profile ./fast.yaml "$@" >log 2>&1 &
	engine=$!
}

now()
{
	date +%s.%N
}

# took WHAT BEGIN: a line with the seconds since BEGIN, and how busy the machine was.
took()
{
	echo "figure: $1 in $(awk "BEGIN {print $(now) - $2}") s, load $(cut -d' ' -f1 /proc/loadavg)"
}
