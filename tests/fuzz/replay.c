/* replay FOLDER - runs a fuzz target over each file of its corpus, as a plain test: what once broke stays mended. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define INPUT_MAX 1048576

static void replay(const char *folder, const char *name, unsigned point)
{
	char path[4096];
	uint8_t *bytes = malloc(INPUT_MAX), *exact;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *in = fopen(path, "rb");
	if (!in || !bytes)
		abort();
	size_t n = fread(bytes, 1, INPUT_MAX, in);
	exact = malloc(n ? n : 1);             /* so that a sanitizer sees the first byte too many */
	if (!exact)
		abort();
	memcpy(exact, bytes, n);
	LLVMFuzzerTestOneInput(exact, n);
	printf("ok %u - %s\n", point, name);
	fflush(stdout);
	fclose(in);
	free(exact);
	free(bytes);
}

int main(int argc, char **argv)
{
	unsigned points = 0;
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	if (!folder) {
		fprintf(stderr, "usage: replay FOLDER\n");
		return 2;
	}
	for (struct dirent *entry; (entry = readdir(folder));)
		if (entry->d_name[0] != '.')
			replay(argv[1], entry->d_name, ++points);
	closedir(folder);
	printf("1..%u\n", points);
	return points == 0;
}
