#include "sys/sha256_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct sha256 {
	uint32_t h[8];
	uint64_t bytes;
	unsigned char block[64];
	size_t used; /* bytes of block */
};

static const uint32_t round_constants[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf,
	0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
	0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
	0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
	0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
	0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
	0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
	0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
	0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2};

static uint32_t rotate(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static void init(struct sha256 *s)
{
	*s = (struct sha256){.h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
				     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

static void add_block(struct sha256 *s, const unsigned char *p)
{
	uint32_t w[64], v[8];
	for (size_t i = 0; i < 16; i++) {
		w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
		       (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
	}
	for (size_t i = 16; i < 64; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];
		w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
		       (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
	memcpy(v, s->h, sizeof(v));
	for (size_t i = 0; i < 64; i++) {
		uint32_t e = v[4], a = v[0];
		uint32_t t1 = v[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
			      ((e & v[5]) ^ (~e & v[6])) + round_constants[i] + w[i];
		uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
			      ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (size_t i = 0; i < 8; i++) {
		s->h[i] += v[i];
	}
}

static void add(struct sha256 *s, const unsigned char *p, size_t n)
{
	s->bytes += n;
	while (n > 0) {
		if (s->used == 0 && n >= sizeof(s->block)) {
			add_block(s, p);
			p += sizeof(s->block);
			n -= sizeof(s->block);
			continue;
		}
		size_t k = sizeof(s->block) - s->used;
		k = k < n ? k : n;
		memcpy(s->block + s->used, p, k);
		s->used += k;
		p += k;
		n -= k;
		if (s->used == sizeof(s->block)) {
			add_block(s, s->block);
			s->used = 0;
		}
	}
}

static void finish(struct sha256 *s)
{
	static const unsigned char padding[64] = {0x80};
	uint64_t bits = s->bytes * 8;
	size_t n = s->used < 56 ? 56 - s->used : 120 - s->used;
	add(s, padding, n);
	unsigned char length[8];
	for (size_t i = 0; i < 8; i++) {
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	}
	add(s, length, sizeof(length));
}

void sha256_bytes(const void *p, size_t n, unsigned char ret[32])
{
	struct sha256 s;
	init(&s);
	add(&s, p, n);
	finish(&s);
	for (size_t i = 0; i < 32; i++) {
		ret[i] = (unsigned char)(s.h[i / 4] >> (24 - 8 * (i % 4)));
	}
}

int sha256_file(const char *path, char ret_hex[65])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return -1;
	}
	struct sha256 s;
	unsigned char buf[16384];
	ssize_t n;
	init(&s);
	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno != EINTR) {
			int err = errno;
			close(fd);
			errno = err;
			return -1;
		}
		add(&s, buf, n < 0 ? 0 : (size_t)n);
	}
	close(fd);
	finish(&s);
	for (size_t i = 0; i < 8; i++) {
		snprintf(ret_hex + 8 * i, 9, "%08x", s.h[i]);
	}
	return 0;
}
