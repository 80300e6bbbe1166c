/* The door of cwabc and cwabc-mpi: finds the command and runs it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "abc/abc_cli.h"
#include "abc/model.h"
#include "base/edit_distance.h"

static const struct abc_command *find_command(const char *name)
{
	struct nearest near;

	nearest_init(&near, sv_from(name));
	for (size_t i = 0; i < abc_command_count; i++) {
		if (strcmp(abc_commands[i].name, name) == 0) {
			return &abc_commands[i];
		}
		nearest_offer(&near, sv_from(abc_commands[i].name));
	}
	if (near.best.p) {
		abc_error("unknown command \"%s\"; did you mean \"" SV_FMT "\"?", name,
			SV_ARG(near.best));
	} else {
		abc_error("unknown command \"%s\"; see \"cwabc --help\"", name);
	}
	return NULL;
}

/* False where standard output is a pipe whose other end is closed. */
static bool stdout_has_reader(void)
{
	struct pollfd p = {.fd = STDOUT_FILENO};

	return poll(&p, 1, 0) < 1 || !(p.revents & (POLLERR | POLLHUP));
}

int abc_main(int argc, char **argv, const struct sampler_ops *mpi)
{
	const struct abc_command *command;
	struct abc_options options;
	enum abc_exit status;

	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		abc_help(stderr, NULL);
		return ABC_USAGE;
	}
	if (abc_is_help(argv[1])) {
		abc_help(stdout, NULL);
		return ABC_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("cwabc " CWFLOW_VERSION);
		return ABC_OK;
	}
	if (strcmp(argv[1], MODEL_HOST_COMMAND) == 0) {
		return model_library_host(argv + 2, (size_t)argc - 2);
	}
	command = find_command(argv[1]);
	if (!command) {
		return ABC_USAGE;
	}
	for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (abc_is_help(argv[i])) {
			abc_help(stdout, command);
			return ABC_OK;
		}
	}
	options.mpi = mpi;
	status = abc_parse(command, argc - 2, argv + 2, &options)
			 ? ABC_USAGE
			 : command->run(&options);
	abc_options_release(&options);
	errno = 0;
	if (fflush(stdout) || ferror(stdout)) {
		if (errno == EPIPE || (errno == 0 && !stdout_has_reader())) {
			return 128 + SIGPIPE; /* show | head: nobody wants the rest */
		}
		return (int)abc_error("cannot write to standard output%s%s",
			errno ? ": " : "", errno ? strerror(errno) : "");
	}
	return (int)status;
}
