import { expect } from 'chai';
import { plainText } from '../../../connector/src/mail/plain-text.ts';
import { tokensOf, writtenDates } from '../../../connector/src/mail/written-date.ts';

/** Each date of a text: its readings as year-month-day, `to` before the last day of a range. */
function datesIn(text: string): string[] {
  return writtenDates(tokensOf(plainText(text))).map(({ readings, isRange }) => {
    const ways = readings.map(({ year, month, day }) =>
      [year, month, day].filter((part) => part !== undefined).join('-'),
    );
    return (isRange ? 'to ' : '') + ways.join(' or ');
  });
}

describe('the dates of a text', () => {
  const cases: [text: string, dates: string[]][] = [
    ['3 dec 2026', ['2026-12-3']],
    ['3rd of december', ['12-3']],
    ['14. marz', ['3-14']],
    ['1st of december', ['12-1']],
    ['2nd december', ['12-2']],
    ['4th of december', ['12-4']],
    ['1er décembre', ['12-1']],
    ['1º de diciembre', ['12-1']],
    ['1ª de diciembre', ['12-1']],
    ['1° dicembre', ['12-1']],
    ['1o de dezembro', ['12-1']],
    ['1a december', ['12-1']],
    ['december den 3', ['12-3']],
    ['3 de diciembre del 2026', ['2026-12-3']],
    ['2026년 12월 1일', ['2026-12-1']],
    ['dec 3rd, 2026', ['2026-12-3']],
    ['dec 3 20261', ['12-3']],
    ['dec 3 12026', ['12-3']],
    ['2026-12-03', ['2026-12-3']],
    ['3.12.2026', ['2026-12-3']],
    ['3.12.26', ['2026-12-3']],
    ['14.12.', ['12-14']],
    ['(14.12)', ['12-14']],
    ['ca.3.12.2026', ['2026-12-3']],
    ['3/12/26', ['2026-12-3 or 2026-3-12']],
    ['12/12/26', ['2026-12-12']],
    ['14/12 at 3', ['12-14 or 14-12']],
    ['2026年12月1日', ['2026-12-1']],
    ['12月14日まで', ['12-14']],
    ['12월 1일', ['12-1']],
    ['14/12-18/12', ['12-14 or 14-12', '12-18 or 18-12']],
    ['3/12/26-4/12/26', ['2026-12-3 or 2026-3-12', '2026-12-4 or 2026-4-12']],
    ['3/12/26/', ['2026-12-3 or 2026-3-12']],
    ['3/12/26/ 4', ['2026-12-3 or 2026-3-12']],
    ['dec 3 - 14', ['to 12-14']],
    ['dec 3 - 14: away', ['to 12-14']],
    ['dec 3 - 14, 2026', ['to 2026-12-14']],
    ['dec 3 - 14 jan', ['12-3', '1-14']],
    ['dec 3 - 14.1.', ['12-3', '1-14']],
    ['dec 3 - offer', ['12-3']],
    ['dec 3, 14', ['12-3']],
    ['back 3 dec, not 4 dec', ['12-3', '12-4']],
  ];
  for (const [text, dates] of cases) {
    it(`are ${dates.join(' and ')} in "${text}"`, () => expect(datesIn(text)).to.deep.equal(dates));
  }

  const months: Record<string, string> = {
    English: 'January February March April May June July August September October November December',
    'short English': 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec',
    German: 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember',
    Austrian: 'Jänner Feb Mrz April Mai Juni Juli August Sept Okt November Dez',
    French: 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
    'short French': 'janv févr mars avr mai juin juil août sept oct nov déc',
    Spanish: 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
    'short Spanish': 'ene feb mar abr mayo jun jul agosto septiembre oct nov dic',
    Portuguese: 'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
    'short Portuguese': 'jan fev mar abr mai jun jul agosto sept outubro nov dez',
    Italian: 'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
    'short Italian': 'gen feb mar apr maggio giu lug agosto sept ott nov dic',
    Dutch: 'januari februari maart april mei juni juli augustus september oktober november december',
    Swedish: 'januari februari mars april maj juni juli augusti september oktober november december',
    Danish: 'januar februar marts april maj juni juli august september oktober november december',
    Norwegian: 'januar februar mars april mai juni juli august september oktober november des',
    Finnish:
      'tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta',
    Polish: 'stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia',
    Czech: 'ledna února března dubna května června července srpna září října listopadu prosince',
    Russian: 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря',
    Ukrainian: 'січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня',
    Hungarian: 'január február március április május június július augusztus szeptember október november december',
    Turkish: 'ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık',
  };
  for (const [language, names] of Object.entries(months)) {
    it(`are known by the months of a year in ${language}`, () => {
      const found = names.split(' ').map((name) => datesIn(`3. ${name} 2027`).join());
      expect(found).to.deep.equal(Array.from({ length: 12 }, (_, index) => `2027-${index + 1}-3`));
    });
  }

  const none: [what: string, text: string][] = [
    ['nothing', ''],
    ['words', 'no date'],
    ['a number and a word', '3 cats'],
    ['a month and a word', 'december plans'],
    ['a number that is no day', '103 dec'],
    ['too much between day and month', '3 of of of dec'],
    ['a number behind letters', 're3.12.2026'],
    ['a version', 'v2.3.12.2026'],
    ['a version before a word', '3.12 is out'],
    ['a number that goes on', '3/12/26/4'],
    ['numbers apart', '3 /12'],
    ['numbers apart by the other side', '3/ 12'],
    ['letters between numbers', '3x12x2026'],
    ['a number before a letter', '3/a'],
    ['a letter before a number', 'a/3'],
    ['a year and a month', '2026/12'],
    ['a long number first', '123/4'],
    ['a long number second', '3/123'],
    ['a year of three digits', '3/12/123'],
    ['a phone number', '12-12'],
    ['a month without its day in Japanese', '12月'],
    ['a day that no unit follows', '12月14'],
    ['a day that another word follows', '12月14x'],
    ['a day that is no number', '12月-日'],
    ['a month that is no number', '-月14日'],
    ['a month without its unit', '12x14日'],
  ];
  for (const [what, text] of none) {
    it(`are none in ${what}`, () => expect(datesIn(text)).to.deep.equal([]));
  }
});
