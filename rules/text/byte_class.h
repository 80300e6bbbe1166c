/*
 * The first look at text: ASCII capitals made small in place, and for each byte one bit
 * that says "part of a word" and one that says "not ASCII". Blanks are ASCII white space,
 * the control bytes 1C to 1F, and . , ; : ? $ @ ^ < > # % ` ! * - = ( ) [ ] { } / " '.
 * About 0.1 ns a byte with AVX2, chosen at run time, else about 1 ns.
 */
#ifndef CW_TEXT_BYTE_CLASS_H
#define CW_TEXT_BYTE_CLASS_H

enum { BYTE_GROUP = 64 };

/* Looks at `groups` groups of 64 bytes at `p`; bit i of word[g] and high[g] belongs to
 * p[64 * g + i]. Returns whether any byte is not ASCII. */
bool byte_class_scan(unsigned char *p, size_t groups, uint64_t *word, uint64_t *high);

/* The same in plain C, whatever the machine; for tests. */
bool byte_class_scan_plain(
	unsigned char *p, size_t groups, uint64_t *word, uint64_t *high);

#endif
