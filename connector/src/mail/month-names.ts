import { plainText } from './plain-text.ts';

/**
 * Names of the months from January on, as they stand in a date: English, German, French, Spanish, Portuguese, Italian,
 * Dutch, Swedish, Danish and Norwegian, Finnish, Polish, Czech, Russian, Ukrainian, Hungarian, Turkish; and their
 * abbreviations, but for those that are common words.
 */
const MONTHS: readonly string[] = [
  'january januar jänner janvier enero janeiro gennaio januari tammikuuta stycznia ledna января січня január ocak jan janv ene gen',
  'february februar février febrero fevereiro febbraio februari helmikuuta lutego února февраля лютого február şubat feb févr fev',
  'march märz mars marzo março maart marts maaliskuuta marca března марта березня március mart mar mär mrz',
  'april avril abril aprile huhtikuuta kwietnia dubna апреля квітня április nisan apr avr abr',
  'may mai mayo maio maggio mei maj toukokuuta maja května мая травня május mayıs',
  'june juni juin junio junho giugno kesäkuuta czerwca června июня червня június haziran jun giu',
  'july juli juillet julio julho luglio heinäkuuta lipca července июля липня július temmuz jul juil lug',
  'august août agosto augustus augusti elokuuta sierpnia srpna августа серпня augusztus ağustos aug',
  'september septembre septiembre setembro settembre syyskuuta września září сентября вересня szeptember eylül sep sept',
  'october oktober octobre octubre outubro ottobre lokakuuta października října октября жовтня október ekim oct okt ott',
  'november novembre noviembre novembro marraskuuta listopada listopadu ноября листопада kasım nov',
  'december dezember décembre diciembre dezembro dicembre desember joulukuuta grudnia prosince декабря грудня aralık dec dez déc dic des',
];

const NUMBER_OF_MONTH: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((names, index) => names.split(' ').map((name) => [plainText(name), index + 1] as const)),
);

/** The number of a month, 1 to 12, by its name as `plainText`; undefined for any other word. */
export function monthOf(word: string): number | undefined {
  return NUMBER_OF_MONTH.get(word);
}
