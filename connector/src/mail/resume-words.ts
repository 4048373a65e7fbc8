import { plainText } from './plain-text.ts';

const wordSet = (...texts: readonly string[]): ReadonlySet<string> =>
  new Set(texts.flatMap((text) => text.split(' ')).map(plainText));

/** Words before the last day of an absence, or before the first day after it. */
export const BEFORE_DATE = wordSet(
  // English; German; French
  'until till til through thru back return returning returns',
  'bis zurück rückkehr ab wieder',
  'jusqu retour reviens',
  // Spanish, Portuguese, Italian
  'hasta vuelta regreso vuelvo até volta retorno regresso volto fino rientro ritorno torno',
  // Dutch; Swedish, Danish, Norwegian
  'tot terug tillbaka tilbage tilbake åter',
  // Polish, Czech and Slovak; Russian, Ukrainian, Bulgarian
  'do wracam zpět späť до по вернусь',
);

/** Words behind the last day of an absence: Finnish, Turkish, Hungarian, Japanese, Korean. */
export const BEHIND_DATE: readonly string[] = ['asti', 'saakka', 'kadar', 'まで', '日まで', '까지', '일까지'].map(
  plainText,
);

/** What stands between the first and the last day. */
export const BETWEEN_DATES = wordSet('- – — ~ to till until til bis au al a tot do до по e 至 到');

/** What may stand between these words and the date, the names of weekdays among it. */
export const FILLERS = wordSet(
  '. , ( on the in to at of office and including incl inclusive work today',
  'am zum den dem der im büro da erreichbar einschließlich einschl inkl ab',
  'le la au à bureau el al la oficina o ao dia em no escritório il lo ufficio in',
  'en met op kantoor och med den på kontoret og i w dnia dniu dne dni',
  'monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun',
  'montag dienstag mittwoch donnerstag freitag samstag sonntag mo di mi fr sa so',
  'lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo',
  'lunedì martedì mercoledì giovedì venerdì sabato domenica segunda terça quarta quinta sexta feira -',
  'maandag dinsdag woensdag donderdag vrijdag zaterdag zondag måndag tisdag onsdag torsdag fredag lördag søndag mandag tirsdag',
);
