/* What the terminal behind a descriptor can do. */
#ifndef CW_SYS_TERM_H
#define CW_SYS_TERM_H

/* Whether lines can be drawn over: a terminal, TERM not empty nor "dumb". */
bool term_is_live(int fd);

/* Columns; 80 where it is not known. */
unsigned term_width(int fd);

/* Whether to colour: not where NO_COLOR is set (and not empty), always where
 * CLICOLOR_FORCE is (and not "0"), else on a live terminal. */
bool term_color(int fd);

#endif
