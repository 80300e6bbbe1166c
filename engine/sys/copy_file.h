/* Files for other places. */
#ifndef CW_SYS_COPY_FILE_H
#define CW_SYS_COPY_FILE_H

/* The regular file `from` becomes `to` as well, in place of what was there, with mode 0666
 * less the umask; a link is followed in `from` and replaced in `to`. 0, or -1 with errno:
 * then `to` is as before. */
int copy_file(const char *from, const char *to);

#endif
