#include "sys/term.h"

#include <sys/ioctl.h>
#include <unistd.h>

bool term_is_live(int fd)
{
	const char *term = getenv("TERM");
	return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

unsigned term_width(int fd)
{
	struct winsize size;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
		return size.ws_col;
	}
	return 80;
}

bool term_color(int fd)
{
	const char *no = getenv("NO_COLOR");
	const char *force = getenv("CLICOLOR_FORCE");
	if (no && *no) {
		return false;
	}
	if (force && *force && strcmp(force, "0") != 0) {
		return true;
	}
	return term_is_live(fd);
}
