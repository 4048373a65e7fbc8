/**
 * First words of the subject of an answer to an invitation, as Outlook and Google Calendar write them in each language:
 * accepted, declined, tentative. Compared as `plainText`, a colon follows.
 */
export const CALENDAR_ANSWER_PREFIXES: readonly string[] = [
  ...['accepted', 'declined', 'tentative', 'tentatively accepted'],
  ...['zugesagt', 'angenommen', 'abgelehnt', 'abgesagt', 'mit vorbehalt', 'mit vorbehalt angenommen', 'vorläufig'],
  ...['accepté', 'refusé', 'provisoire', 'acceptation provisoire'],
  ...['aceptado', 'aceptada', 'rechazado', 'rechazada', 'provisional', 'provisionalmente aceptada'],
  ...['accettato', 'accettata', 'rifiutato', 'rifiutata', 'provvisorio', 'provvisoria'],
  ...['aceite', 'aceito', 'recusado', 'recusada', 'provisório', 'tentativa'],
  ...['geaccepteerd', 'geweigerd', 'afgewezen', 'voorlopig', 'onder voorbehoud'],
  ...['accepterat', 'avböjt', 'avböjd', 'preliminärt'],
  ...['accepteret', 'afvist', 'foreløbig'],
  ...['godtatt', 'avslått', 'tentativ'],
  ...['hyväksytty', 'hylätty', 'alustava'],
  ...['zaakceptowane', 'odrzucone', 'wstępna akceptacja'],
  ...['přijato', 'odmítnuto', 'nezávazně'],
  ...['elfogadva', 'elutasítva', 'feltételes'],
  ...['принято', 'отклонено', 'под вопросом'],
  ...['kabul edildi', 'reddedildi', 'belirsiz'],
  ...['承諾', '辞退', '仮承諾', '已接受', '已拒绝', '暂定', '수락', '거절'],
];

/** First words of the subject of Google Calendar's invitations; the time follows after ` @ `. */
export const CALENDAR_INVITATION_PREFIXES: readonly string[] = [
  ...['invitation', 'updated invitation', 'canceled event', 'cancelled event', 'einladung', 'aktualisierte einladung'],
  ...['invitation mise à jour', 'invitación', 'invitación actualizada', 'invito', 'invito aggiornato', 'convite'],
  ...['convite atualizado', 'uitnodiging', 'bijgewerkte uitnodiging', 'inbjudan', 'invitasjon', 'kutsu', 'zaproszenie'],
  ...['招待', '邀请', '초대장', 'приглашение'],
];
