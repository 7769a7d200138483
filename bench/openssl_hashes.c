/* openssl_hashes FOLDER ENTRIES - makes every leaf and node hash of a log with OpenSSL's SHA-256, one thread, and prints the seconds that
 * took.  FOLDER is a log's tile/entries; its files are read before the clock starts. */
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WIDTH 256

struct bundle {
	unsigned char *bytes;
	size_t n;
};

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static struct bundle load(const char *folder, unsigned long index, unsigned width)
{
	char path[4096], number[64], part[16] = "";
	if (width < WIDTH)
		snprintf(part, sizeof part, ".p/%u", width);
	if (index < 1000)
		snprintf(number, sizeof number, "%03lu", index);
	else
		snprintf(number, sizeof number, "x%03lu/%03lu", index / 1000, index % 1000);
	snprintf(path, sizeof path, "%s/%s%s", folder, number, part);
	FILE *const file = fopen(path, "rbe");
	if (!file || fseek(file, 0, SEEK_END) != 0) {
		perror(path);
		exit(1);
	}
	struct bundle bundle = { .n = (size_t)ftell(file) };
	rewind(file);
	bundle.bytes = malloc(bundle.n + 1);
	if (!bundle.bytes || fread(bundle.bytes, 1, bundle.n, file) != bundle.n)
		exit(1);
	fclose(file);
	return bundle;
}

static void hash(EVP_MD_CTX *context, const EVP_MD *sha256, unsigned char prefix, const unsigned char *bytes, size_t n, unsigned char out[32])
{
	if (EVP_DigestInit_ex(context, sha256, NULL) != 1 || EVP_DigestUpdate(context, &prefix, 1) != 1 || EVP_DigestUpdate(context, bytes, n) != 1 ||
	    EVP_DigestFinal_ex(context, out, NULL) != 1)
		exit(1);
}

int main(int argc, char **argv)
{
	const unsigned long entries = argc == 3 ? strtoul(argv[2], NULL, 10) : 0, bundles = (entries + WIDTH - 1) / WIDTH;
	if (entries == 0)
		return 2;
	struct bundle *const all = calloc(bundles, sizeof *all);
	unsigned char (*const level)[32] = calloc(entries + 1, sizeof *level);
	EVP_MD_CTX *const context = EVP_MD_CTX_new();
	EVP_MD *const sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!all || !level || !context || !sha256)
		return 1;
	for (unsigned long i = 0; i < bundles; i++)
		all[i] = load(argv[1], i, i + 1 < bundles || entries % WIDTH == 0 ? WIDTH : (unsigned)(entries % WIDTH));
	const double began = now_s();
	unsigned long count = 0;
	for (unsigned long i = 0; i < bundles; i++)
		for (size_t at = 0; at + 2 <= all[i].n && count < entries;) {
			const size_t n = (size_t)all[i].bytes[at] << 8 | all[i].bytes[at + 1];
			hash(context, sha256, 0, all[i].bytes + at + 2, n, level[count++]);
			at += 2 + n;
		}
	/* an odd one moves up as it is: as many nodes as in the log's tree */
	for (unsigned long n = count; n > 1; n = (n + 1) / 2)
		for (unsigned long i = 0; i < n; i += 2) {
			if (i + 1 < n)
				hash(context, sha256, 1, level[i], 64, level[i / 2]);
			else
				memmove(level[i / 2], level[i], 32);
		}
	printf("%.6f\n", now_s() - began);
	return count == entries ? 0 : 1;
}
