/* SHA-256 (FIPS 180-4): of files that declare their digest, and of what leaves the house. */
#ifndef CW_SYS_SHA256_FILE_H
#define CW_SYS_SHA256_FILE_H

/* The digest of the file in lower-case hex. 0, or -1 with errno. */
int sha256_file(const char *path, char ret_hex[65]);

/* The digest of `n` bytes, as it is. */
void sha256_bytes(const void *p, size_t n, unsigned char ret[32]);

#endif
