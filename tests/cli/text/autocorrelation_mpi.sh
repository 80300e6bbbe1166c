# The same bytes from any number of ranks, by both kinds of communication.
PATH=$TOOLS:$PATH
[ -x "$TOOLS/autocorrelation-mpi" ] || skip "built without MPI"
case $(ldd "$TOOLS/autocorrelation-mpi") in
*libmpich*) need mpirun.mpich; mpirun=mpirun.mpich ;;
*) need mpirun; mpirun="mpirun --oversubscribe" ;;
esac
no_sanitizer "MPI libraries leak"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl_base_warn_component_unused=0
export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_ALLOW_RUN_AS_ROOT=1 PRTE_ALLOW_RUN_AS_ROOT_CONFIRM=1
make_corpus --books 1 --words 30000 .
wordcount book01.txt book01.dat
autocorrelation book01.txt book01.dat 1.csv >/dev/null
for n in 1 2 3 5 17; do
	for how in --gather --p2p; do
		$mpirun -n $n autocorrelation-mpi $how book01.txt book01.dat out.csv | grep -c "^time: .*$n rank"
		cmp 1.csv out.csv
		rm out.csv
	done
done
put other.txt two
$mpirun -n 3 autocorrelation-mpi other.txt book01.dat out.csv 2>&1 | grep autocorrelation-mpi: | sed "s/'.*//"
$mpirun -n 2 autocorrelation-mpi --gather --p2p a b c 2>&1 | grep autocorrelation-mpi:
files | grep -v book
