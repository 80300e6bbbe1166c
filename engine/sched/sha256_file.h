/* SHA-256 (FIPS 180-4) of files that declare their digest. */
#ifndef CW_SCHED_SHA256_FILE_H
#define CW_SCHED_SHA256_FILE_H

/* The digest of the file in lower-case hex. 0, or -1 with errno. */
int sha256_file(const char *path, char ret_hex[65]);

#endif
