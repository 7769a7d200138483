// The server's defaults, so that a person is told before the server has to.  The server decides.

export const captionLimit = 2200;
export const bioLimit = 160;
export const nameLimit = 50;
export const searchMost = 100;
export const passwordLeast = 10;
export const clipSecondsLimit = 180;
export const uploadLimit = 512 * 1024 * 1024;
export const handlePattern = /^(?!\.)[a-z0-9_.]{2,30}(?<!\.)$/;

/** The languages of the product's content. */
export const contentLanguages = ['en', 'ar', 'hi', 'bn', 'te', 'mr', 'ta', 'ur', 'gu', 'kn', 'ml', 'or', 'pa', 'as'];

const codes = 'ADAEAFAGAIALAMAOARATAUAZBABBBDBEBFBGBHBIBJBNBOBRBSBTBWBYBZCACDCFCGCHCICLCMCNCOCRCUCVCYCZDEDJDKDMDODZECEEEG'
  + 'ERESETFIFJFMFRGAGBGDGEGHGMGNGQGRGTGWGYHKHNHRHTHUIDIEILINIQIRISITJMJOJPKEKGKHKIKMKNKPKRKWKZLALBLCLILKLRLSLTLULVLY'
  + 'MAMCMDMEMGMHMKMLMMMNMOMRMTMUMVMWMXMYMZNANENGNINLNONPNRNZOMPAPEPGPHPKPLPSPTPWPYQARORSRURWSASBSCSDSESGSISKSLSMSNSOSR'
  + 'SSSTSVSYSZTDTGTHTJTLTMTNTOTRTTTVTWTZUAUGUSUYUZVAVCVEVNVUWSYEZAZMZW';

/** ISO 3166 codes of the places that a person may live in. */
export const countries = codes.match(/../g)!;
