#include "charter/charter.h"

#include <string.h>

/* ISO 3166-1, the 249 officially assigned alpha-2 codes: a row a first letter, the second letters behind it. */
static const char *const assigned[] = {
	"ADEFGILMOQRSTUWXZ", "BABDEFGHIJLMNOQRSTVWYZ", "CACDFGHIKLMNORUVWXYZ", "DEJKMOZ", "ECEGHRST", "FIJKMOR", "GABDEFGHILMNPQRSTUWY", "HKMNRTU",
	"IDELMNOQRST", "JEMOP", "KEGHIMNPRWYZ", "LABCIKRSTUVY", "MACDEFGHKLMNOPQRSTUVWXYZ", "NACEFGILOPRUZ", "OM", "PAEFGHKLMNRSTWY", "QA", "REOSUW",
	"SABCDEGHIJKLMNORSTVXYZ", "TCDFGHJKLMNORTVWZ", "UAGMSYZ", "VACEGINU", "WFS", "YET", "ZAMW",
};

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

bool place_parse(struct str code, struct place *out)
{
	if (code.n != 2 || !is_capital(code.p[0]) || !is_capital(code.p[1]))
		return false;
	bool known = code.p[0] == 'X' || (code.p[0] == 'Q' && code.p[1] >= 'M');
	for (size_t i = 0; i < sizeof assigned / sizeof assigned[0]; i++)
		known |= assigned[i][0] == code.p[0] && strchr(assigned[i] + 1, code.p[1]) != NULL;
	if (!known)
		return false;
	*out = (struct place){ { code.p[0], code.p[1], '\0' } };
	return true;
}

bool place_known(struct place place)
{
	return place.code[0] != '\0';
}

bool place_eq(struct place a, struct place b)
{
	return place_known(a) && memcmp(a.code, b.code, sizeof a.code) == 0;
}
