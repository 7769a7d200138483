/* amanat - one program: the server and the commands on its data folder. */
#include <stddef.h>

#include "cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv, NULL);
}
