// node tools/countries.mjs: writes locale/names/countries.json, the states' names in each language of locale/, as CLDR has them.
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const languages = readdirSync(path.join(root, 'locale')).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5));
// ISO 3166-1's codes, officially assigned, and XK, which its users agreed on.
const codes = ('AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI '
  + 'CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU '
  + 'GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME '
  + 'MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE '
  + 'RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA '
  + 'VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW').split(' ');
// The long names of HK and MO are sentences.
const names = (code, style) => new Intl.DisplayNames([code], { type: 'region', style });
const speakers = languages.map((language) => {
  const long = names(language, 'long'), short = names(language, 'short');
  return [language, { of: (code) => (['HK', 'MO', 'PS'].includes(code) ? short : long).of(code) }];
});
const rows = codes.map((code) => `${JSON.stringify(code)}: ${JSON.stringify(Object.fromEntries(speakers.map(([language, speaker]) => [language, speaker.of(code)])))}`);
writeFileSync(path.join(root, 'locale/names/countries.json'), `{\n${rows.join(',\n')}\n}\n`);
