/**
 * First words of the subject of a read receipt, before the colon: those of Outlook (read, not read) and of Thunderbird
 * (return receipt) in each language. Compared as `plainText`.
 */
export const RECEIPT_PREFIXES: readonly string[] = [
  ...['read', 'not read', 'displayed', 'return receipt (displayed)', 'read receipt', 'disposition notification'],
  ...['gelesen', 'ungelesen', 'nicht gelesen', 'lesebestätigung', 'lu', 'non lu', 'accusé de réception (affiché)'],
  ...['leído', 'no leído', 'confirmación de lectura', 'letto', 'non letto', 'conferma di lettura', 'lida', 'não lida'],
  ...['gelezen', 'niet gelezen', 'leesbevestiging', 'läst', 'oläst', 'læst', 'lest', 'ulest', 'luettu', 'lukematon'],
  ...['przeczytane', 'nieprzeczytane', 'přečteno', 'nepřečteno', 'prečítané', 'olvasott', 'citit', 'прочитано'],
  ...['не прочитано', 'okundu', 'okunmadı', '開封済み', '未開封', '已读', '未读', '읽음', '읽지 않음'],
];
