import { expect } from 'chai';

import { kindOf } from '../../../connector/src/mail/kind.ts';

describe('the subject of a read receipt', () => {
  const subjects = [
    ...['Read: Spring offer', 'Not read: Spring offer', 'Displayed: Spring offer', 'Read receipt: Spring offer'],
    ...['Return Receipt (displayed): Spring offer', 'Disposition notification: Spring offer'],
    ...['Gelesen: Angebot', 'Ungelesen: Angebot', 'Nicht gelesen: Angebot', 'Lesebestätigung: Angebot'],
    ...['Lu : Offre', 'Non lu : Offre', 'Accusé de réception (affiché) : Offre'],
    ...['Leído: Oferta', 'No leído: Oferta', 'Confirmación de lectura: Oferta'],
    ...['Letto: Offerta', 'Non letto: Offerta', 'Conferma di lettura: Offerta', 'Lida: Oferta', 'Não lida: Oferta'],
    ...['Gelezen: Aanbod', 'Niet gelezen: Aanbod', 'Leesbevestiging: Aanbod'],
    ...['Läst: Erbjudande', 'Oläst: Erbjudande', 'Læst: Tilbud', 'Lest: Tilbud', 'Ulest: Tilbud'],
    ...['Luettu: Tarjous', 'Lukematon: Tarjous', 'Przeczytane: Oferta', 'Nieprzeczytane: Oferta'],
    ...['Přečteno: Nabídka', 'Nepřečteno: Nabídka', 'Prečítané: Ponuka', 'Olvasott: Ajánlat', 'Citit: Ofertă'],
    ...['Прочитано: Предложение', 'Не прочитано: Предложение', 'Okundu: Teklif', 'Okunmadı: Teklif'],
    ...['開封済み: 見積もり', '未開封: 見積もり', '已读: 报价', '未读：报价', '읽음: 제안', '읽지 않음: 제안'],
  ];
  for (const subject of subjects) {
    it(`is: ${subject}`, () => {
      const receipt = kindOf([
        ['Return-Path', '<>'],
        ['Subject', subject],
      ]);
      expect(receipt.kind).to.equal('read_receipt');
      expect(kindOf([['Subject', subject]]).kind).to.equal('human');
    });
  }
});

describe('the subject of an answer to an invitation', () => {
  const subjects = [
    ...['Accepted: Call', 'Declined: Call', 'Tentative: Call', 'Tentatively Accepted: Call'],
    ...['Zugesagt: Gespräch', 'Angenommen: Gespräch', 'Abgelehnt: Gespräch', 'Abgesagt: Gespräch'],
    ...['Mit Vorbehalt: Gespräch', 'Mit Vorbehalt angenommen: Gespräch', 'Vorläufig: Gespräch'],
    ...['Accepté : Appel', 'Refusé : Appel', 'Provisoire : Appel', 'Acceptation provisoire : Appel'],
    ...['Aceptado: Llamada', 'Aceptada: Llamada', 'Rechazado: Llamada', 'Rechazada: Llamada'],
    ...['Provisional: Llamada', 'Provisionalmente aceptada: Llamada'],
    ...['Accettato: Chiamata', 'Accettata: Chiamata', 'Rifiutato: Chiamata', 'Rifiutata: Chiamata'],
    ...['Provvisorio: Chiamata', 'Provvisoria: Chiamata'],
    ...['Aceite: Chamada', 'Aceito: Chamada', 'Recusado: Chamada', 'Recusada: Chamada', 'Provisório: Chamada'],
    ...['Tentativa: Chamada', 'Geaccepteerd: Gesprek', 'Geweigerd: Gesprek', 'Afgewezen: Gesprek'],
    ...['Voorlopig: Gesprek', 'Onder voorbehoud: Gesprek', 'Accepterat: Samtal', 'Avböjt: Samtal', 'Avböjd: Samtal'],
    ...['Preliminärt: Samtal', 'Accepteret: Samtale', 'Afvist: Samtale', 'Foreløbig: Samtale'],
    ...['Godtatt: Samtale', 'Avslått: Samtale', 'Tentativ: Samtale'],
    ...['Hyväksytty: Puhelu', 'Hylätty: Puhelu', 'Alustava: Puhelu'],
    ...['Zaakceptowane: Rozmowa', 'Odrzucone: Rozmowa', 'Wstępna akceptacja: Rozmowa'],
    ...['Přijato: Hovor', 'Odmítnuto: Hovor', 'Nezávazně: Hovor'],
    ...['Elfogadva: Hívás', 'Elutasítva: Hívás', 'Feltételes: Hívás'],
    ...['Принято: Звонок', 'Отклонено: Звонок', 'Под вопросом: Звонок'],
    ...['Kabul edildi: Arama', 'Reddedildi: Arama', 'Belirsiz: Arama'],
    ...['承諾: 打ち合わせ', '辞退: 打ち合わせ', '仮承諾: 打ち合わせ', '已接受：会议', '已拒绝：会议', '暂定：会议'],
    ...['수락: 통화', '거절: 통화'],
  ];
  for (const subject of subjects)
    it(`is: ${subject}`, () => expect(kindOf([['Subject', subject]]).kind).to.equal('calendar'));

  it('is none in a mail that answers another', () => {
    for (const subject of subjects) {
      const answer = kindOf([
        ['Subject', subject],
        ['In-Reply-To', '<offer@rep.example.com>'],
      ]);
      expect(answer.kind, subject).to.equal('human');
    }
  });
});

describe('the subject of an invitation of Google Calendar', () => {
  const subjects = [
    ...['Invitation: Call @ Tue 3 Mar', 'Updated invitation: Call @ Tue 3 Mar', 'Canceled event: Call @ Tue 3 Mar'],
    ...['Cancelled event: Call @ Tue 3 Mar', 'Einladung: Gespräch @ Di. 3. März'],
    ...['Aktualisierte Einladung: Gespräch @ Di. 3. März', 'Invitation mise à jour : Appel @ mar. 3 mars'],
    ...['Invitación: Llamada @ mar 3 mar', 'Invitación actualizada: Llamada @ mar 3 mar'],
    ...['Invito: Chiamata @ mar 3 mar', 'Invito aggiornato: Chiamata @ mar 3 mar'],
    ...['Convite: Chamada @ ter 3 mar', 'Convite atualizado: Chamada @ ter 3 mar'],
    ...['Uitnodiging: Gesprek @ di 3 mrt', 'Bijgewerkte uitnodiging: Gesprek @ di 3 mrt'],
    ...['Inbjudan: Samtal @ tis 3 mars', 'Invitasjon: Samtale @ tir. 3. mars', 'Kutsu: Puhelu @ ti 3.3.'],
    ...['Zaproszenie: Rozmowa @ wt. 3 mar', '招待: 打ち合わせ @ 3月3日', '邀请：会议 @ 3月3日'],
    ...['초대장: 통화 @ 3월 3일', 'Приглашение: Звонок @ вт 3 мар.'],
  ];
  for (const subject of subjects)
    it(`is: ${subject}`, () => expect(kindOf([['Subject', subject]]).kind).to.equal('calendar'));
});
