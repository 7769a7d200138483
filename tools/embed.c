/* usage: embed NAME IN OUT.c - a text file as `const char NAME[]`. */
#include <stdio.h>

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	FILE *in = fopen(argv[2], "re"), *out = fopen(argv[3], "we");
	if (!in || !out)
		return 1;
	fprintf(out, "/* made by tools/embed.c */\nextern const char %s[];\nconst char %s[] =\n\t\"", argv[1], argv[1]);
	for (int c = fgetc(in); c != EOF; c = fgetc(in)) {
		if (c == '\n')
			fputs("\\n\"\n\t\"", out);
		else if (c == '"' || c == '\\' || c == '?' || c < 0x20 || c > 0x7E)
			fprintf(out, "\\%03o", (unsigned)c);
		else
			fputc(c, out);
	}
	fputs("\";\n", out);
	fclose(in);
	return fclose(out) == 0 ? 0 : 1;
}
