/* usage: layers ROOT STAMP - fails the build when the sources break the order of the rooms (layers.c); writes STAMP when they do not. */
#include <stdio.h>

#include "layers.h"

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	int breaches = layers_check(argv[1], stderr);
	if (breaches != 0)
		return 1;
	FILE *stamp = fopen(argv[2], "we");
	if (!stamp || fputs("ok\n", stamp) < 0 || fclose(stamp) != 0)
		return 1;
	return 0;
}
